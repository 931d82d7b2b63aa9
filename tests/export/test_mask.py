"""The mask of single messages: the steps outside the slice as context that no one is to imitate."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Literal

import pytest

import agenther as ah
from tests.export.runs import HOSTILE, frame, run, success

if TYPE_CHECKING:
    from pathlib import Path

RUNS = frame(*(run(number) for number in range(3)), success(3))
OPENAI: dict[str, Any] = {"arguments": "string", "tools": "list", "weight_mode": "drop"}


def written(path: Path, **options: Any) -> list[dict[str, Any]]:
    ah.export.sft(RUNS, path, include_successes=True, **options)
    assert ah.export.validate(path) == []
    return [json.loads(line) for line in path.read_bytes().split(b"\n")[:-1]]


@pytest.mark.parametrize(
    ("mask", "form", "off", "on"), [("train", {}, False, True), ("weight", OPENAI, 0, 1)]
)
def test_a_masked_call_stands_with_what_it_returned(
    tmp_path: Path, mask: Literal["train", "weight"], form: dict[str, Any], off: object, on: object
) -> None:
    row, *_, whole = written(tmp_path / "rows.jsonl", mask=mask, **form)
    said = [message for message in row["messages"] if message["role"] == "assistant"]
    names = [call["function"]["name"] for message in said for call in message.get("tool_calls", [])]
    assert names == ["search", "search", "open"], "and no step after the last that the goal keeps"
    assert [message[mask] for message in said] == [on, off, on, on]
    assert [message["content"] for message in said] == ["I search.", "", "", "$5.30/kg."]
    results = [message["content"] for message in row["messages"] if message["role"] == "tool"]
    assert results == [f"MicroMetals 0 {HOSTILE}", "Error: timeout", json.dumps({"price": 5.3})]
    assert not any(mask in message for message in row["messages"] if message["role"] != "assistant")
    # A success is imitated as a whole, and says so: a field that comes later in a file breaks `datasets`.
    assert {message[mask] for message in whole["messages"] if message["role"] == "assistant"} == {on}


def test_without_the_masked_messages_a_row_is_what_it_was(tmp_path: Path) -> None:
    plain = written(tmp_path / "plain.jsonl")
    for row, masked in zip(plain, written(tmp_path / "masked.jsonl", mask="train"), strict=True):
        kept: list[dict[str, Any]] = []
        hidden: set[str] = set()
        for message in masked["messages"]:
            if message.pop("train", True) is False:
                hidden |= {call["id"] for call in message["tool_calls"]}
            elif message.get("tool_call_id") not in hidden:
                kept.append(message)
        assert unnumbered(kept) == unnumbered(row["messages"])


def unnumbered(messages: list[dict[str, Any]]) -> str:
    ids = iter(call["id"] for message in messages for call in message.get("tool_calls", []))
    text = json.dumps(messages)
    for number, each in enumerate(ids):
        text = text.replace(each, f"call-{number}")
    return text


@pytest.mark.parametrize("kind", ["dpo", "kto", "sharegpt"])
def test_rows_that_have_no_mask_refuse_it(kind: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=f"{kind}: found mask 'train', needed None"):
        getattr(ah.export, kind)(RUNS, tmp_path / "rows.jsonl", mask="train")
    assert list(tmp_path.iterdir()) == []


def test_another_mask_is_refused(tmp_path: Path) -> None:
    wrong: Any = "loss"
    with pytest.raises(ValueError, match="mask: found 'loss', needed 'train', 'weight' or None"):
        ah.export.sft(RUNS, tmp_path / "rows.jsonl", mask=wrong)

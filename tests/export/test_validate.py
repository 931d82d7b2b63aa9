"""`validate` finds what loads without an error and still spoils the training."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

import pytest

import agenther as ah
from tests.export.runs import frame, run

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

Row = dict[str, Any]


@pytest.fixture
def good(tmp_path: Path) -> dict[str, Row]:
    """Give one row of each shape."""
    runs = frame(*(run(number) for number in range(6)))
    rows = {}
    for kind in ("sft", "dpo", "kto", "sharegpt"):
        path = tmp_path / f"{kind}.jsonl"
        getattr(ah.export, kind)(runs, path)
        rows[kind] = json.loads(path.read_bytes().split(b"\n")[0])
    return rows


def problems(path: Path, *rows: Row | str) -> list[str]:
    lines = [row if isinstance(row, str) else json.dumps(row) for row in rows]
    path.write_text("\n".join(lines) + "\n")
    return [problem for _, problem in ah.export.validate(path)]


def drop_result(row: Row) -> None:
    del row["messages"][3]


def without_content(row: Row) -> None:
    del row["messages"][2]["content"]


def without_answer(row: Row) -> None:
    row["messages"].pop()


def unknown_role(row: Row) -> None:
    row["messages"][1]["role"] = "human"


def silent_end(row: Row) -> None:
    row["messages"][-1]["content"] = " "


def untold_tool(row: Row) -> None:
    row["tools"] = "[]"


def text_arguments(row: Row) -> None:
    row["messages"][2]["tool_calls"][0]["function"]["arguments"] = "wire"


def late_system(row: Row) -> None:
    row["messages"].insert(2, {"role": "system", "content": "!"})


def leaked_key(row: Row) -> None:
    row["failure_reason"] = "too dear"


def leaked_mark(row: Row) -> None:
    row["messages"][3]["content"] = "Episode finished, reward = False"


def equal_sides(row: Row) -> None:
    row["rejected"] = row["chosen"]


def no_label(row: Row) -> None:
    row["label"] = "true"


def double_call(row: Row) -> None:
    row["conversations"].insert(1, row["conversations"][1])


def trailing_observation(row: Row) -> None:
    row["conversations"].pop()


def bare_call(row: Row) -> None:
    row["conversations"][1]["value"] = 'I search. {"name": "search", "arguments": {}}'


def worded_mask(row: Row) -> None:
    row["messages"][-1]["train"] = "yes"


def weighed_mask(row: Row) -> None:
    row["messages"][2]["weight"] = 0.5


def masked_user(row: Row) -> None:
    row["messages"][1]["train"] = False


def masked_answer(row: Row) -> None:
    row["messages"][-1]["train"] = False


def listed_tools(row: Row) -> None:
    row["tools"] = []


@pytest.mark.parametrize(
    ("kind", "spoil", "sentence"),
    [
        ("sft", drop_result, "have no result"),
        ("sft", without_content, "no text under `content`"),
        ("sft", without_answer, "does not end with a reply"),
        ("sft", unknown_role, "found role 'human'"),
        ("sft", silent_end, "ends with an empty message"),
        ("sft", untold_tool, "'search' is called but not described"),
        ("sft", text_arguments, "arguments that are no JSON"),
        ("sft", late_system, "system prompt that is not first"),
        ("sft", worded_mask, "found 'yes' under `train`, needed true or false"),
        ("sft", weighed_mask, "found 0.5 under `weight`, needed 0 or 1"),
        ("sft", masked_user, "`train` in a message that is not of the assistant"),
        ("sft", masked_answer, "ends with a message that is masked"),
        ("sft", leaked_key, "`failure_reason`, which no trainer reads"),
        ("sft", leaked_mark, "gives the label of the log away"),
        ("dpo", equal_sides, "`chosen` and `rejected` are equal"),
        ("kto", no_label, "`label`: found 'true'"),
        ("sharegpt", double_call, "needed human or observation"),
        ("sharegpt", trailing_observation, "needed an even number"),
        ("sharegpt", bare_call, "no JSON between <tool_call> and </tool_call>"),
        ("sharegpt", listed_tools, "`tools`: found list, needed text"),
    ],
)
def test_what_spoils_a_row(
    kind: str, spoil: Callable[[Row], None], sentence: str, good: dict[str, Row], tmp_path: Path
) -> None:
    path = tmp_path / "rows.jsonl"
    assert problems(path, good[kind]) == []
    row = copy.deepcopy(good[kind])
    spoil(row)
    assert any(sentence in problem for problem in problems(path, row))


def test_what_spoils_a_file(good: dict[str, Row], tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    assert "the line is no JSON" in problems(path, '{"messages": [')[0]
    assert problems(path, "[1]") == ["found a list, needed an object"]
    assert problems(path, {"text": "x"}) == ["the keys `text` are those of no export here"]
    assert "after rows of shape messages" in problems(path, good["sft"], good["dpo"])[0]
    twin = {**good["kto"], "label": not good["kto"]["label"]}
    assert "KL term is 0" in problems(path, good["kto"], twin)[0]
    masked = copy.deepcopy(good["sft"])
    for message in masked["messages"]:
        message["train"] = True if message["role"] == "assistant" else None
    assert problems(path, masked) == [], "null is what `datasets` fills in"
    assert "found `train` as the mask of messages after (none)" in problems(path, good["sft"], masked)[0]
    strings = copy.deepcopy(good["sft"])
    for message in strings["messages"]:
        for call in message.get("tool_calls", []):
            call["function"]["arguments"] = json.dumps(call["function"]["arguments"])
    assert problems(path, strings) == []
    assert "arguments as strings after arguments as objects" in problems(path, good["sft"], strings)[0]


def test_no_content_of_a_file_stops_it(tmp_path: Path) -> None:
    hostile: list[Any] = [None, 1, "x", [], {}, [None], [{}], [{"role": []}], [{"tool_calls": [1]}]]
    keys = ("messages", "prompt", "completion", "chosen", "rejected", "conversations", "tools")
    rows = [{key: value, other: value} for key in keys for other in keys for value in hostile]
    rows += [{"messages": [{"role": "assistant", "tool_calls": value}]} for value in hostile]
    rows += [{"messages": [{"role": "assistant", "tool_calls": [{"function": value}]}]} for value in hostile]
    found = problems(tmp_path / "rows.jsonl", *rows, "[" * 100_000)
    assert len(found) == 100


def test_the_limit(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text("{}\n" * 500)
    assert len(ah.export.validate(path, limit=7)) == 7

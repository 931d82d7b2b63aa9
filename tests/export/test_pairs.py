"""DPO pairs share their prompt; KTO twins keep their distance."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

import agenther as ah
from agenther.export.kto import woven
from tests.export.runs import frame, hindsight, run, verdict

if TYPE_CHECKING:
    from pathlib import Path

    import polars as pl


def rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_bytes().split(b"\n")[:-1]]


def test_a_pair_differs_in_its_last_message_alone(tmp_path: Path) -> None:
    path = tmp_path / "dpo.jsonl"
    ah.export.dpo(frame(run(1)), path)
    (row,) = rows(path)
    assert list(row) == ["prompt", "chosen", "rejected", "tools", "weight"]
    assert row["prompt"][-1]["role"] == "tool"
    assert row["chosen"] == [{"role": "assistant", "content": "$6.30/kg."}]
    assert row["rejected"] == [{"role": "assistant", "content": "I found nothing 1."}]


def test_what_gives_no_pair(tmp_path: Path) -> None:
    same = [hindsight("Wire?", "nothing 1", [0], [None])]
    report = ah.export.dpo(
        frame(
            run(0, final_answer=None),
            run(1, hindsight=same),
            run(2, verdict=verdict(is_failure=False)),
            run(3, verdict=None),
        ),
        tmp_path / "dpo.jsonl",
    )
    assert report.skipped == {"no_own_ending": 1, "not_failed": 2, "same_ending": 1}


def test_twins_differ_in_prompt_and_label_alone(tmp_path: Path) -> None:
    path = tmp_path / "kto.jsonl"
    report = ah.export.kto(frame(*(run(number) for number in range(6))), path)
    assert report.written == 12
    twins: dict[str, list[dict[str, Any]]] = {}
    for row in rows(path):
        twins.setdefault(json.dumps(row["completion"]), []).append(row)
    for one, other in twins.values():
        assert {one["label"], other["label"]} == {True, False}
        right, wrong = sorted((one, other), key=lambda row: not row["label"])
        assert right["prompt"][-1]["content"].startswith("What does")
        assert wrong["prompt"][-1]["content"].startswith("Find copper")
        assert right["tools"] == wrong["tools"]


def test_kto_provenance_follows_the_rows(tmp_path: Path) -> None:
    path = tmp_path / "kto.jsonl"
    ah.export.kto(frame(*(run(number) for number in range(6))), path)
    lines = rows(tmp_path / "kto.provenance.jsonl")
    for number, (row, line) in enumerate(zip(rows(path), lines, strict=True)):
        assert line["row"] == number
        assert line["source"]["record"] == pytest.approx(
            json.loads(row["completion"][3]["content"])["price"] - 5.30
        )


def test_what_gives_no_twin(tmp_path: Path) -> None:
    path = tmp_path / "kto.jsonl"
    goal = hindsight("Find copper wire 1 under $5/kg.", "MicroMetals.", [0], [None])
    report = ah.export.kto(
        frame(
            run(0, verdict=verdict(is_failure=False)), run(1, hindsight=[goal]), run(2, original_prompt=None)
        ),
        path,
    )
    assert report.skipped == {"no_prompt": 1, "not_failed": 1, "same_goal": 1}
    assert [row["label"] for row in rows(path)] == [True, True, True]


def test_a_lone_pair_keeps_its_true_half(tmp_path: Path) -> None:
    path = tmp_path / "kto.jsonl"
    report = ah.export.kto(frame(run(0)), path)
    assert report.skipped == {"twin_adjacent": 1}
    assert [row["label"] for row in rows(path)] == [True]
    ah.export.kto(frame(run(0), run(1, verdict=verdict(is_failure=False))), path)
    assert [row["label"] for row in rows(path)] == [True, True, False]


@pytest.mark.parametrize("pairs", range(60))
@pytest.mark.parametrize("singles", [0, 1, 7, 100])
def test_twins_keep_their_distance(pairs: int, singles: int) -> None:
    first = [b"+%d" % n for n in range(pairs)]
    twins = [b"-%d" % n for n in range(pairs)]
    without = [b"s"] * singles
    order = list(woven(iter(first), lambda: iter(twins), iter(without), pairs, singles))
    assert sorted(order) == sorted(first + twins + without)
    if pairs + singles < 2:
        return
    places = {name: place for place, name in enumerate(order)}
    distance = min((abs(places[b"+%d" % n] - places[b"-%d" % n]) for n in range(pairs)), default=2)
    assert distance >= max(2, pairs - 1)


@pytest.mark.parametrize("dialect", ["messages", "sharegpt"])
def test_two_trials_of_one_task_do_not_meet(dialect: Any, tmp_path: Path) -> None:
    trial = [run(number) for number in range(8)]
    report = ah.export.kto(frame(*trial, *trial), tmp_path / "kto.jsonl", dialect=dialect)
    assert report.lines == 32
    assert ah.export.validate(tmp_path / "kto.jsonl") == []


def test_dataset_info_keeps_other_entries(tmp_path: Path) -> None:
    (tmp_path / "dataset_info.json").write_text('{"mine": {"file_name": "mine.json"}}')
    runs: pl.DataFrame = frame(*(run(number) for number in range(6)))
    ah.export.sharegpt(runs, tmp_path / "sft.jsonl")
    ah.export.dpo(runs, tmp_path / "dpo.jsonl", dialect="sharegpt")
    ah.export.kto(runs, tmp_path / "kto.jsonl", dialect="sharegpt")
    entries = json.loads((tmp_path / "dataset_info.json").read_text())
    assert list(entries) == ["mine", "agenther_sft", "agenther_dpo", "agenther_kto"]
    assert entries["agenther_dpo"]["ranking"] is True
    for name in ("sft", "dpo", "kto"):
        assert ah.export.validate(tmp_path / f"{name}.jsonl") == []
        columns = entries[f"agenther_{name}"]["columns"].values()
        assert set(columns) <= set(rows(tmp_path / f"{name}.jsonl")[0])

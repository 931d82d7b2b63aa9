"""What every export promises: rows that load, every row accounted for, whole files or none."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

import agenther as ah
from agenther.export import WRITERS, Report
from tests.export.runs import HOSTILE, frame, hindsight, run, success, verdict

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def analyzed() -> pl.DataFrame:
    """Give runs of every kind: with a goal, with two, of little weight, a success, without steps."""
    two = [
        hindsight("What does wire 3 cost?", "$8.30/kg.", [0, 2], ["I search.", None]),
        hindsight(
            "Who sells wire 3?", "MicroMetals 3.", [0], ["I search."], strategy="future", confidence=0.6
        ),
    ]
    return frame(
        *(run(number) for number in range(3)),
        run(3, hindsight=two),
        run(4, verdict=verdict(weight=0.1)),
        run(5),
        success(6),
        run(7, hindsight=[], abstained="no_grounded_answer"),
        run(8, steps=None, hindsight=None, verdict=None, abstained="null_steps"),
        run(9),
    )


def rows(path: Path) -> list[dict[str, Any]]:
    data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    assert data.endswith(b"\n") or not data
    return [json.loads(line) for line in data.split(b"\n")[:-1]]


def provenance(path: Path) -> list[dict[str, Any]]:
    return rows(path.with_name(f"{path.name.partition('.')[0]}.provenance.jsonl"))


def export(kind: str, analyzed: pl.DataFrame | pl.LazyFrame, path: Path, **options: Any) -> Report:
    function: Any = getattr(ah.export, kind)
    report = function(analyzed, path, **options)
    assert isinstance(report, Report)
    return report


@pytest.mark.parametrize("kind", WRITERS)
def test_every_row_is_accounted_for_and_valid(kind: str, analyzed: pl.DataFrame, tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    report = export(kind, analyzed, path)
    assert report.read == report.written + sum(report.skipped.values())
    assert len(rows(path)) == report.lines == report.written
    assert ah.export.validate(path) == []
    assert [line["row"] for line in provenance(path)] == list(range(report.lines))
    left = {file.name for file in tmp_path.iterdir()} - {"dataset_info.json"}
    assert left == {"rows.jsonl", "rows.provenance.jsonl"}


def test_sft_rows(analyzed: pl.DataFrame, tmp_path: Path) -> None:
    report = ah.export.sft(analyzed, tmp_path / "sft.jsonl")
    assert report.skipped == {
        "low_weight": 1,
        "no_grounded_answer": 1,
        "no_successful_step": 1,
        "null_steps": 1,
    }
    assert (report.read, report.written) == (11, 7)
    row = rows(tmp_path / "sft.jsonl")[1]
    assert list(row) == ["messages", "tools", "weight"]
    assert [message["role"] for message in row["messages"]] == [
        "system", "user", "assistant", "tool", "assistant", "tool", "assistant",
    ]  # fmt: skip
    assert row["messages"][3]["content"] == f"MicroMetals 1 {HOSTILE}"
    assert row["messages"][2]["tool_calls"][0]["function"] == {
        "name": "search",
        "arguments": {"query": "copper wire 1"},
    }
    assert row["messages"][-1] == {"role": "assistant", "content": "$6.30/kg."}
    assert [tool["function"]["name"] for tool in json.loads(row["tools"])] == ["search", "open"]
    assert row["weight"] == pytest.approx(0.8)


def test_the_order_is_that_of_the_runs_and_their_goals(analyzed: pl.DataFrame, tmp_path: Path) -> None:
    path = tmp_path / "sft.jsonl"
    ah.export.sft(analyzed, path, include_successes=True)
    ids = [line["trajectory_id"] for line in provenance(path)]
    assert ids == ["run-0", "run-1", "run-2", "run-3", "run-3", "run-5", "run-6", "run-9"]
    assert provenance(path)[4]["strategy"] == "future"


def test_provenance_says_where_a_row_is_from(analyzed: pl.DataFrame, tmp_path: Path) -> None:
    path = tmp_path / "sft.jsonl"
    ah.export.sft(analyzed, path)
    line = provenance(path)[2]
    assert line["source"] == {"format": "openai", "path": "logs/a.jsonl", "record": 2}
    assert line["kept_steps"] == [0, 2]
    assert line["rules"] == ["wrong_result/count"]
    assert line["evidence"][0]["field"] == "observation"
    assert line["confidence"] == pytest.approx(0.9)


def test_selection(analyzed: pl.DataFrame, tmp_path: Path) -> None:
    path = tmp_path / "sft.jsonl"
    assert ah.export.sft(analyzed, path, per_run=1).skipped["over_per_run"] == 1
    assert ah.export.sft(analyzed, path, min_confidence=0.7).skipped["low_confidence"] == 1
    assert "low_weight" not in ah.export.sft(analyzed, path, min_weight=0.0).skipped


def test_successes_are_written_as_they_happened(analyzed: pl.DataFrame, tmp_path: Path) -> None:
    path = tmp_path / "sft.jsonl"
    report = ah.export.sft(analyzed, path, include_successes=True)
    assert "no_successful_step" not in report.skipped
    assert (report.read, report.written) == (11, 8)
    messages = rows(path)[6]["messages"]
    assert [message["content"] for message in messages] == [
        "Hello.", "Who are you?", "Ann.", "", "u1", "You were born in 1990.",
    ]  # fmt: skip
    assert ah.export.validate(path) == []


def test_weights(tmp_path: Path) -> None:
    path = tmp_path / "sft.jsonl"
    weights = [1.0, 0.6, 0.4]
    runs = frame(*(run(n, verdict=verdict(weight=weight)) for n, weight in enumerate(weights)))
    report = ah.export.sft(runs, path, weight_mode="repeat", times=2)
    assert (report.written, report.lines) == (3, 4)
    assert [line["trajectory_id"] for line in provenance(path)] == ["run-0", "run-0", "run-1", "run-2"]
    assert "weight" not in rows(path)[0]
    report = ah.export.sft(runs, path, weight_mode="repeat", times=1)
    assert report.skipped == {"weight": 1}
    assert ah.export.sft(runs, path, weight_mode="drop").lines == 3
    assert "weight" not in rows(path)[0]


def test_sampling_depends_on_seed_and_row_alone(tmp_path: Path) -> None:
    path = tmp_path / "sft.jsonl"
    runs = frame(*(run(n, verdict=verdict(weight=0.5)) for n in range(200)))

    def sampled(frame: pl.DataFrame, seed: int = 0) -> set[str]:
        ah.export.sft(frame, path, weight_mode="sample", seed=seed)
        return {line["trajectory_id"] for line in provenance(path)}

    drawn = sampled(runs)
    assert 70 < len(drawn) < 130
    assert sampled(runs.reverse()) == drawn
    assert sampled(runs, seed=1) != drawn


@pytest.mark.parametrize("kind", WRITERS)
def test_chunks_batches_and_laziness_change_no_byte(
    kind: str, analyzed: pl.DataFrame, tmp_path: Path
) -> None:
    many = pl.concat([analyzed] * 3, rechunk=False)
    expected = tmp_path / "a.jsonl"
    export(kind, many.rechunk(), expected)
    frames: dict[str, pl.DataFrame | pl.LazyFrame] = {"chunks": many, "lazy": many.lazy()}
    for name, each in frames.items():
        path = tmp_path / f"{name}.jsonl"
        export(kind, each, path)
        assert path.read_bytes() == expected.read_bytes()
    path = tmp_path / "writer.jsonl"
    with WRITERS[kind](path) as writer:
        for part in many.iter_slices(4):
            writer.write(part)
    assert path.read_bytes() == expected.read_bytes()
    assert provenance(path) == provenance(expected)


@pytest.mark.parametrize("kind", WRITERS)
def test_a_failure_leaves_nothing(kind: str, analyzed: pl.DataFrame, tmp_path: Path) -> None:
    def write_and_stop() -> None:
        with WRITERS[kind](tmp_path / "rows.jsonl") as writer:
            writer.write(analyzed)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_and_stop()
    assert list(tmp_path.iterdir()) == []


def test_an_older_file_stays_until_the_new_one_is_whole(analyzed: pl.DataFrame, tmp_path: Path) -> None:
    path = tmp_path / "sft.jsonl"
    path.write_text("older")
    with ah.export.SftWriter(path) as writer:
        writer.write(analyzed)
        assert path.read_text() == "older"
    assert len(rows(path)) == 7


def test_compressed_files_are_the_same_rows_and_the_same_bytes_each_time(
    analyzed: pl.DataFrame, tmp_path: Path
) -> None:
    ah.export.sft(analyzed, tmp_path / "plain.jsonl")
    for name in ("a.jsonl.gz", "b.jsonl.gz"):
        ah.export.sft(analyzed, tmp_path / name)
    assert rows(tmp_path / "a.jsonl.gz") == rows(tmp_path / "plain.jsonl")
    assert (tmp_path / "a.jsonl.gz").read_bytes() == (tmp_path / "b.jsonl.gz").read_bytes()
    assert ah.export.validate(tmp_path / "a.jsonl.gz") == []


def test_errors_say_what_is_needed(analyzed: pl.DataFrame, tmp_path: Path) -> None:
    path = tmp_path / "sft.jsonl"
    with pytest.raises(ValueError, match=r"no column `hindsight`; add it with"):
        ah.export.sft(analyzed.drop("hindsight"), path)
    with pytest.raises(TypeError, match=r"needed the list of goals"):
        ah.export.sft(analyzed.explode("hindsight"), path)
    with pytest.raises(ValueError, match=r"min_confidence: found 2"):
        ah.export.sft(analyzed, path, min_confidence=2)
    with pytest.raises(FileNotFoundError, match=r"needed one that exists"):
        ah.export.sft(analyzed, tmp_path / "no" / "sft.jsonl")
    with pytest.raises(ValueError, match=r"LLaMA-Factory reads no .gz"):
        ah.export.sharegpt(analyzed, tmp_path / "a.jsonl.gz")
    with pytest.raises(ValueError, match=r"weight_mode 'repeat'"):
        ah.export.kto(analyzed, path, weight_mode="repeat")
    assert list(tmp_path.iterdir()) == []


def test_a_frame_of_goals_alone_is_enough(analyzed: pl.DataFrame, tmp_path: Path) -> None:
    path = tmp_path / "sft.jsonl"
    report = ah.export.sft(analyzed.select("steps", "hindsight"), path)
    assert report.written == 8  # without a verdict, every run weighs 1
    assert rows(path)[0]["messages"][0]["role"] == "user"


def test_goals_of_an_llm_are_written_alike_or_refused(tmp_path: Path) -> None:
    path = tmp_path / "sft.jsonl"
    good = hindsight("Who sells wire?", "MicroMetals.", [0], ["I search."])
    bad = [
        {**good, "kept_steps": [99]},
        {**good, "kept_steps": None},
        {**good, "answer": None},
        {**good, "goal": ""},
    ]
    unthought = {**good, "thoughts": None}
    report = ah.export.sft(frame(run(0, hindsight=[good, unthought, *bad])), path)
    assert report.written == 2
    assert report.skipped == {"bad_steps": 2, "no_answer": 1, "no_goal": 1}


def test_openai_form(analyzed: pl.DataFrame, tmp_path: Path) -> None:
    path = tmp_path / "openai.jsonl"
    ah.export.sft(analyzed, path, arguments="string", tools="list")
    row = rows(path)[0]
    assert row["messages"][2]["tool_calls"][0]["function"]["arguments"] == '{"query":"copper wire 0"}'
    assert row["tools"][0]["type"] == "function"
    assert ah.export.validate(path) == []

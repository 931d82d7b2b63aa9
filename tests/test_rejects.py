"""Rejects: none is lost, and there are no more of them than allowed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import agenther as ah
from agenther import schema

if TYPE_CHECKING:
    from pathlib import Path

RAISED = (ah.RejectedRecordsError, pl.exceptions.ComputeError)
"""Polars 1 wraps what a source raises."""

GOOD = '{"messages": [{"role": "user", "content": "Hi"}]}'
BAD = [
    "{broken",
    '{"surprise": 1}',
    "[]",
    "7",
    '"text"',
    '{"messages": []}',
    '{"messages": [{"role"',
    "\xff\x00",
]

good = st.text(st.characters(exclude_categories=["Cs"]), min_size=1).map(
    lambda words: json.dumps({"messages": [{"role": "user", "content": f"Say {words}"}]}, ensure_ascii=False)
)
lines = st.lists(st.one_of(good, st.sampled_from(BAD)), max_size=40)


@settings(deadline=None)
@given(first=good, rest=lines, batch_rows=st.integers(1, 50))
def test_what_goes_in_comes_out_or_is_rejected(first: str, rest: list[str], batch_rows: int) -> None:
    log = [first, *rest]
    data = "\n".join(log).encode()
    scan = ah.LogScan(data, batch_rows=batch_rows)
    runs = pl.concat([schema.TRAJECTORY.to_frame(), *scan.batches()])
    assert runs.height + scan.rejects.height == len(log)
    assert scan.files.select("records", "runs", "rejects").rows() == [
        (len(log), runs.height, scan.rejects.height)
    ]
    records = [*runs["source"].struct.field("record"), *scan.rejects["record"]]
    assert sorted(records) == list(range(len(log)))
    for record, raw in scan.rejects.select("record", "raw").iter_rows():
        assert raw == log[record].encode()


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """Give a log of 8 runs and 2 rejects, and one more of a run and a reject."""
    path = tmp_path / "log.jsonl"
    path.write_text("\n".join([GOOD, "{broken", GOOD, *[GOOD] * 6, '{"cut']))
    return path


def test_a_frame_of_scan_logs_knows_its_rejects(log: Path) -> None:
    runs = ah.scan_logs(log)
    rejects = ah.rejects(runs)
    assert isinstance(rejects, pl.LazyFrame)
    assert rejects.collect_schema() == schema.REJECTS
    assert rejects.select("record", "reason").collect().rows() == [(1, "invalid_json"), (9, "truncated")]
    assert rejects.collect().equals(ah.scan_rejects(log).collect())
    for other in (runs.head(3), pl.LazyFrame({"a": [1]})):
        with pytest.raises(ValueError, match=r"needed the one that `agenther\.scan_logs` returned"):
            ah.rejects(other)


def test_the_format_of_a_scan_holds_for_its_rejects_too(log: Path) -> None:
    assert ah.rejects(ah.scan_logs(log, format="mint")).collect().height == 10


def test_the_first_reject_can_end_a_scan(log: Path) -> None:
    for engine in ("in-memory", "streaming"):
        with pytest.raises(RAISED, match=r"log\.jsonl, record 1: The record is not readable"):
            ah.scan_logs(log, on_error="raise").collect(engine=engine)


def test_a_scan_by_hand_raises_the_error_itself(log: Path) -> None:
    for options in ({"on_error": "raise"}, {"max_rejects": 1}, {"max_rejects": 0.1}):
        with pytest.raises(ah.RejectedRecordsError):
            list(ah.LogScan(log, **options).batches())


@pytest.mark.filterwarnings("error")
def test_rejects_can_be_passed_over_and_are_counted_all_the_same(log: Path) -> None:
    assert ah.scan_logs(log, on_error="skip").collect().height == 8
    scan = ah.LogScan(log, on_error="skip")
    assert sum(batch.height for batch in scan.batches()) == 8
    assert scan.rejects.is_empty()
    assert scan.files["rejects"].to_list() == [2]


@pytest.mark.filterwarnings("ignore::agenther.RejectedRecordsWarning")
@pytest.mark.parametrize(
    ("budget", "sentence"),
    [
        (None, None),
        (2, None),
        (1, "2 records could not be read so far, more than the 1 of `max_rejects`; the last is "),
        (0, "more than the 0 of `max_rejects`"),
        (1.0, None),
        (0.2, None),
        (0.19, "2 of 10 records could not be read, more than the share of 0.19"),
        (0.0, "more than the share of 0.0 that `max_rejects` allows"),
    ],
)
def test_rejects_have_a_budget(budget: float | None, sentence: str | None, log: Path) -> None:
    scan = ah.scan_logs(log, max_rejects=budget)
    if sentence is None:
        assert scan.collect().height == 8
    else:
        with pytest.raises(RAISED, match=sentence):
            scan.collect()


@pytest.mark.parametrize(("budget"), [-1, 1.5, -0.1, "1", True, float("nan")])
def test_a_budget_that_is_none_is_told_at_once(budget: Any, log: Path) -> None:
    with pytest.raises(ValueError, match=f"max_rejects: found {budget!r}, needed a number from 0"):
        ah.scan_logs(log, max_rejects=budget)
    with pytest.raises(ValueError, match="on_error: found 'ignore', needed one of reject, raise, skip"):
        ah.scan_logs(log, on_error="ignore")  # type: ignore[arg-type]
    for success_at in (float("nan"), "1", True):
        with pytest.raises(ValueError, match=f"success_at: found {success_at!r}, needed a number"):
            ah.scan_logs(log, success_at=success_at)  # type: ignore[arg-type]


def test_a_record_over_the_limit_can_be_let_in() -> None:
    data = f"{GOOD}\n{GOOD.replace('Hi', 'Hi' * 100)}".encode()
    runs = ah.scan_logs(data, max_record_bytes=100, on_error="skip")
    assert runs.collect().height == 1
    assert ah.rejects(runs).collect()["reason"].to_list() == ["too_large"]
    assert ah.scan_logs(data, max_record_bytes=1000).collect().height == 2
    with pytest.raises(ValueError, match="max_record_bytes: found 0, needed a whole number from 1"):
        ah.scan_logs(data, max_record_bytes=0)

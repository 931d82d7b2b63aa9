"""What a careful reader says of the examples, held against the engine: `examples/expected.jsonl`."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import agenther as ah
from tests.cli.conftest import EXAMPLES

Run = tuple[str, int]


@pytest.fixture(scope="module")
def expected() -> dict[Run, dict[str, Any]]:
    lines = (EXAMPLES / "expected.jsonl").read_text(encoding="utf-8").splitlines()
    return {(row["file"], row["record"]): row for row in map(json.loads, lines)}


@pytest.fixture(scope="module")
def found() -> dict[Run, dict[str, Any]]:
    scan = ah.LogScan(EXAMPLES / "logs")
    runs = pl.concat(list(scan.batches())).with_columns(ah.analyze().struct.unnest())
    return {
        (Path(run["source"]["path"]).name, run["source"]["record"]): run for run in runs.iter_rows(named=True)
    }


def test_every_run_is_described(expected: dict[Run, Any], found: dict[Run, Any]) -> None:
    assert expected.keys() == found.keys()
    for run, row in expected.items():
        assert found[run]["trajectory_id"].startswith(row["trajectory_id"])


def test_the_examples_show_every_failure_type_and_successes(expected: dict[Run, Any]) -> None:
    shown = Counter(row["failure_type"] for row in expected.values())
    assert shown.keys() == {None, *ah.schema.FAILURE_TYPES}
    assert min(shown.values()) >= 2
    assert len(expected) >= 40


def test_labels_decide_whether_a_run_failed(expected: dict[Run, Any], found: dict[Run, Any]) -> None:
    for run, row in expected.items():
        assert row["labelled"] == (found[run]["success"] is not None), run
        if row["labelled"]:
            assert row["is_failure"] == found[run]["verdict"]["is_failure"], run


def test_a_run_in_which_nothing_worked_is_not_relabelled(
    expected: dict[Run, Any], found: dict[Run, Any]
) -> None:
    for run, row in expected.items():
        if row["is_failure"] and not row["hindsight"]:
            assert not found[run]["hindsight"], run


def test_unlabelled_runs_are_told_apart(expected: dict[Run, Any], found: dict[Run, Any]) -> None:
    for run, row in expected.items():
        if not row["labelled"]:
            assert row["is_failure"] == found[run]["verdict"]["is_failure"], run


def test_the_type_agrees_with_a_reader_more_often_than_not(
    expected: dict[Run, Any], found: dict[Run, Any]
) -> None:
    failures = [run for run, row in expected.items() if row["is_failure"]]
    agreed = [
        run for run in failures if found[run]["verdict"]["failure_type"] == expected[run]["failure_type"]
    ]
    commonest = Counter(expected[run]["failure_type"] for run in failures).most_common(1)[0][1]
    assert len(agreed) > max(len(failures) / 2, commonest)


def test_most_runs_with_a_goal_in_hindsight_are_relabelled(
    expected: dict[Run, Any], found: dict[Run, Any]
) -> None:
    worthy = [run for run, row in expected.items() if row["is_failure"] and row["hindsight"]]
    relabelled = [run for run in worthy if found[run]["hindsight"]]
    assert len(relabelled) >= 0.73 * len(worthy), "the share that the paper relabels"

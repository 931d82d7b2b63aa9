"""Rules held against labels that they do not see."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import polars as pl
import pytest
from polars.testing import assert_frame_equal

import agenther as ah
from agenther import evaluation
from tests.cli.conftest import EXAMPLES

if TYPE_CHECKING:
    from collections.abc import Iterator

LOGS = EXAMPLES / "logs"
SEARCH = ah.Step(action_name="search", action_input="ferries", observation="3 ferries")
FAILED = ah.Step(action_name="book", action_input="{}", observation="Error: timeout", error=True)


def run(*steps: ah.Step, success: bool | None = None, reward: float | None = None) -> pl.DataFrame:
    return ah.Trajectory(
        original_prompt="Find a ferry", steps=list(steps), final_answer="Done", success=success, reward=reward
    ).to_frame()


@pytest.fixture(scope="module")
def examples() -> pl.DataFrame:
    return pl.concat(ah.LogScan(LOGS).batches())


def without_labels(runs: pl.DataFrame) -> pl.DataFrame:
    return runs.with_columns(
        success=pl.lit(None, pl.Boolean),
        reward=pl.lit(None, pl.Float64),
        failure_reason=pl.lit(None, pl.String),
    )


def test_the_figures_are_those_of_a_count_by_hand(examples: pl.DataFrame) -> None:
    labelled = examples.filter(pl.col("success").is_not_null())
    failed = [not success for success in labelled["success"]]
    verdicts = without_labels(labelled).select(ah.classify()).to_series().to_list()
    probabilities = [verdict["failure_probability"] for verdict in verdicts]
    flagged = [verdict["is_failure"] for verdict in verdicts]
    caught = sum(both for both in map(all, zip(failed, flagged, strict=True)))
    pairs = product(
        (p for p, failure in zip(probabilities, failed, strict=True) if failure),
        (p for p, failure in zip(probabilities, failed, strict=True) if not failure),
    )
    ranked = [1.0 if above > below else 0.5 if above == below else 0.0 for above, below in pairs]
    hits = [{piece["rule"] for piece in verdict["evidence"]} for verdict in verdicts]

    found = ah.rules.evaluate(examples)
    assert found.summary.schema == evaluation.SUMMARY
    assert found.summary.row(0, named=True) == {
        "runs": len(failed),
        "left_out": examples.height - len(failed),
        "failures": sum(failed),
        "base_rate": pytest.approx(sum(failed) / len(failed)),
        "auc": pytest.approx(sum(ranked) / len(ranked)),
        "flagged": sum(flagged),
        "precision": pytest.approx(caught / sum(flagged)),
        "recall": pytest.approx(caught / sum(failed)),
    }
    assert found.rules.schema == evaluation.HITS
    assert set(found.rules["rule"]) == set().union(*hits)
    for rule in found.rules.iter_rows(named=True):
        of_rule = [failure for failure, fired in zip(failed, hits, strict=True) if rule["rule"] in fired]
        assert rule == {
            "rule": rule["rule"],
            "hits": len(of_rule),
            "failures": sum(of_rule),
            "precision": pytest.approx(sum(of_rule) / len(of_rule)),
            "coverage": pytest.approx(len(of_rule) / len(failed)),
        }


def test_the_rules_do_not_see_the_label(examples: pl.DataFrame) -> None:
    labelled = examples.filter(pl.col("success").is_not_null())
    turned = labelled.with_columns(success=pl.col("success").not_(), reward=pl.lit(None, pl.Float64))
    straight, inverted = (ah.rules.evaluate(runs).summary.row(0, named=True) for runs in (labelled, turned))
    assert inverted["flagged"] == straight["flagged"]
    assert inverted["failures"] == straight["runs"] - straight["failures"]
    assert inverted["auc"] == pytest.approx(1 - straight["auc"])
    assert inverted["precision"] == pytest.approx(1 - straight["precision"])


def test_frames_lazy_frames_and_batches_give_the_same(examples: pl.DataFrame) -> None:
    def batches() -> Iterator[pl.DataFrame]:
        yield from examples.iter_slices(7)

    of_frame = ah.rules.evaluate(examples)
    for runs in (examples.lazy(), batches(), ah.LogScan(LOGS, batch_rows=5).batches(), examples):
        again = ah.rules.evaluate(runs)
        assert_frame_equal(again.summary, of_frame.summary)
        assert_frame_equal(again.rules, of_frame.rules)


def test_the_reward_is_the_label_where_success_is_not_stated() -> None:
    runs = pl.concat(
        [
            run(SEARCH, reward=1.0),
            run(SEARCH, reward=0.4),
            run(SEARCH, reward=0.4, success=True),
            run(SEARCH),
            ah.Trajectory(steps=None, success=False).to_frame(),
        ]
    )
    found = ah.rules.evaluate(runs).summary
    assert found.select("runs", "left_out", "failures").row(0) == (3, 2, 1)


def test_equal_probabilities_count_half() -> None:
    runs = [run(SEARCH, success=success) for success in (True, False, True)]
    assert ah.rules.evaluate(runs).summary["auc"].item() == 0.5


def test_what_nothing_stands_behind_is_null() -> None:
    empty = ah.rules.evaluate(ah.schema.TRAJECTORY.to_frame())
    assert empty.summary.row(0) == (0, 0, 0, None, None, 0, None, None)
    assert empty.rules.is_empty()
    all_failed = ah.rules.evaluate(run(FAILED, FAILED, success=False)).summary.row(0, named=True)
    assert (all_failed["base_rate"], all_failed["auc"]) == (1.0, None)
    none_failed = ah.rules.evaluate(run(SEARCH, success=True)).summary.row(0, named=True)
    assert (none_failed["auc"], none_failed["recall"]) == (None, None)


def test_the_auc_holds_for_more_pairs_than_a_count_has_room_for() -> None:
    bad = run(FAILED, FAILED, success=False).select(pl.all().repeat_by(70_000).explode())
    found = ah.rules.evaluate([bad, run(SEARCH, success=True)]).summary.row(0, named=True)
    assert (found["failures"], found["auc"]) == (70_000, 1.0)


def test_given_rules_are_the_ones_that_are_held_against_the_labels(examples: pl.DataFrame) -> None:
    default = ah.rules.load()
    assert_frame_equal(ah.rules.evaluate(examples, rules=default).rules, ah.rules.evaluate(examples).rules)

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


def ranked_rightly(values: list[float], failed: list[bool], alike: list[int] | None = None) -> float:
    """Give the share of pairs of a failure and a success in which the failure is higher, a tie as half."""
    runs = list(zip(values, failed, alike or [0] * len(values), strict=True))
    pairs = [
        (bad, good)
        for (bad, failure, one), (good, failure_too, other) in product(runs, runs)
        if failure and not failure_too and one == other
    ]
    return sum(1.0 if bad > good else 0.5 if bad == good else 0.0 for bad, good in pairs) / len(pairs)


def f1(right: int, wrong: int) -> float:
    return 2 * right / (2 * right + wrong)


def test_the_figures_are_those_of_a_count_by_hand(examples: pl.DataFrame) -> None:
    labelled = examples.filter(pl.col("success").is_not_null())
    failed = [not success for success in labelled["success"]]
    verdicts = without_labels(labelled).select(ah.classify()).to_series().to_list()
    probabilities = [verdict["failure_probability"] for verdict in verdicts]
    flagged = [verdict["is_failure"] for verdict in verdicts]
    caught = sum(both for both in map(all, zip(failed, flagged, strict=True)))
    passed = sum(not either for either in map(any, zip(failed, flagged, strict=True)))
    wrong = len(failed) - caught - passed
    steps = labelled["steps"].list.len().to_list()
    hits = [set(rules) for rules in labelled.select(ah.rules.fired()).to_series()]

    found = ah.rules.evaluate(examples, source=pl.lit("examples"))
    assert found.summary.schema == evaluation.SUMMARY
    assert found.summary.row(0, named=True) == {
        "runs": len(failed),
        "left_out": examples.height - len(failed),
        "failures": sum(failed),
        "base_rate": pytest.approx(sum(failed) / len(failed)),
        "auc": pytest.approx(ranked_rightly(probabilities, failed)),
        "steps_auc": pytest.approx(ranked_rightly(steps, failed)),
        "equal_steps_auc": pytest.approx(ranked_rightly(probabilities, failed, steps)),
        "flagged": sum(flagged),
        "precision": pytest.approx(caught / sum(flagged)),
        "recall": pytest.approx(caught / sum(failed)),
        "macro_f1": pytest.approx((f1(caught, wrong) + f1(passed, wrong)) / 2),
        "type_accuracy": None,
        "type_macro_f1": None,
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
    confused = {(row["truth"], row["verdict"]): row["runs"] for row in found.confusion.iter_rows(named=True)}
    assert confused["failure", "failure"] == caught
    assert sum(confused.values()) == len(failed)


def test_types_are_held_against_the_likeliest_type(examples: pl.DataFrame) -> None:
    failed = examples.filter(pl.col("success").not_())
    verdicts = failed.select(ah.classify().struct.field("failure_type")).to_series()
    told = ah.rules.evaluate(failed, types=pl.lit("incomplete"))
    share = (verdicts == "incomplete").sum() / len(verdicts)
    assert told.summary["type_accuracy"].item() == pytest.approx(share)
    assert set(told.types["truth"]) == {"incomplete"}
    assert dict(told.types.select("verdict", "runs").iter_rows()) == dict(verdicts.value_counts().iter_rows())


def test_sources_are_evaluated_apart(examples: pl.DataFrame) -> None:
    halves = examples.with_row_index("at").with_columns(half=(pl.col("at") % 2).cast(pl.String))
    found = ah.rules.evaluate(halves, source=pl.col("half"))
    assert found.sources.schema == evaluation.SOURCES
    for half in ("0", "1"):
        alone = ah.rules.evaluate(halves.filter(half=half)).summary.drop("left_out", "equal_steps_auc")
        assert_frame_equal(
            found.sources.filter(source=half).drop("source", "left_out", "equal_steps_auc"), alone
        )
    assert found.rules_by_source["hits"].sum() == found.rules["hits"].sum()


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
    counts = {"runs", "left_out", "failures", "flagged"}
    for name, value in empty.summary.row(0, named=True).items():
        assert value == (0 if name in counts else None), name
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

"""Weights that are fitted on labelled runs."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import polars as pl
import pytest
from polars.testing import assert_frame_equal

import agenther as ah
from agenther import weighing

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

DATE = "2026-11-22"
REPEAT = "incomplete/repeated-action-once"
SEARCH = ah.Step(action_name="search", action_input="ferries", observation="3 ferries")


def runs(failures: Sequence[bool], *, task: str = "ferry", source: str = "a.jsonl") -> pl.DataFrame:
    """Give runs of which those that fail say everything twice."""
    frames = [
        ah.Trajectory(
            original_prompt=f"Find a {task} {at}",
            steps=[SEARCH] * (2 if failed else 1),
            success=not failed,
            source=ah.Source(format="jsonl", path=source, record=at),
        ).to_frame()
        for at, failed in enumerate(failures)
    ]
    return pl.concat(frames)


HALF = [at % 2 == 0 for at in range(40)]


def test_a_rule_that_tells_weighs_more_and_one_that_does_not_weighs_less() -> None:
    def fitted(frame: pl.DataFrame) -> tuple[float, float]:
        of_rule = ah.rules.fit(frame, date=DATE).weights.filter(rule=REPEAT).row(0, named=True)
        return of_rule["weight"], weighing.KEPT_SHARE * of_rule["before"]

    weight, pulled_to = fitted(runs(HALF))
    assert weight > pulled_to
    # The same runs, with labels that have nothing to do with what was done.
    idle = runs(HALF).with_columns(success=pl.Series([at % 4 < 2 for at in range(40)]))
    weight, pulled_to = fitted(idle)
    assert weight < pulled_to


def test_rules_that_fire_together_share_what_they_tell() -> None:
    rule = weighing.Rule("incomplete", "repeat", 0.1, 0.1)

    def weights(fired: tuple[str, ...]) -> dict[str, float]:
        labelled = [
            weighing.Run(
                "s", "f", str(at), None, at % 2 == 0, 1, fired if at % 2 == 0 else (), "incomplete", 0.5
            )
            for at in range(40)
        ]
        return weighing.together(labelled, {"one": rule, "other": rule})

    alone, both = weights(("one",)), weights(("one", "other"))
    assert both["one"] == pytest.approx(both["other"], abs=0.02)
    assert both["one"] < alone["one"] < both["one"] + both["other"]


def test_what_speaks_for_a_type_is_made_no_good_sign() -> None:
    turned = runs(HALF).with_columns(success=pl.col("success").not_())
    weights = ah.rules.fit(turned, date=DATE).weights.filter(pl.col("type_weight") > 0, pl.col("before") > 0)
    assert weights["weight"].min() >= 0  # type: ignore[operator]


def test_the_weight_is_the_stated_formula() -> None:
    # 20 of 40 runs fail; the rule fires on these 20, and 1 hit more counts at the base rate.
    expected = round(min(3.0, math.log((20 + 0.5) / 0.5)), 1)
    fitted = ah.rules.fit(runs(HALF), transfer=True, source=pl.lit("a"), date=DATE)
    of_rule = fitted.weights.filter(rule=REPEAT).row(0, named=True)
    assert (of_rule["hits"], of_rule["sources"], of_rule["agreeing"]) == (20, 1, 1.0)
    assert of_rule["weight"] == expected


def test_sources_that_disagree_cancel_a_rule_out() -> None:
    turned = runs(HALF, source="b.jsonl").with_columns(success=pl.col("success").not_())
    both = [runs(HALF), turned]
    of_rule = ah.rules.fit(both, transfer=True, date=DATE).weights.filter(rule=REPEAT).row(0, named=True)
    assert (of_rule["sources"], of_rule["weight"]) == (2, weighing.DISPUTED)


def test_a_pack_is_loaded_and_gives_what_was_fitted(tmp_path: Path) -> None:
    fitted = ah.rules.fit(runs(HALF), date=DATE)
    pack = tmp_path / "fitted.toml"
    fitted.write(pack)
    assert ah.rules.check(pack, default=True).filter(level="error").is_empty()
    rules = ah.rules.load(pack)
    weights = dict(rules.frame().select("id", pl.col("weight").cast(pl.Float64).round(4)).iter_rows())
    assert weights == pytest.approx(dict(fitted.weights.select("rule", "weight").iter_rows()))
    for fact in (f'date = "{DATE}"', "runs = 40", "failures = 20", f"prior = {rules.prior:.4g}"):
        assert fact in fitted.pack.splitlines()
    # What the engine says with the pack is what the fitting took it to say.
    judged = runs(HALF).select(
        ah.rules.fired(rules=rules),
        p=ah.classify(rules=rules, success=None).struct.field("failure_probability"),
    )
    table = {
        row["id"]: weighing.Rule(row["label"], row["group"], row["weight"], row["type_weight"])
        for row in rules.frame().iter_rows(named=True)
    }
    for fired, probability in judged.iter_rows():
        log_odds = rules.prior + rules.scale * weighing.say(fired, weights, table, kindred_share=1.0)
        assert probability == pytest.approx(weighing.sigmoid(log_odds), abs=1e-5)


def test_fitting_does_not_depend_on_the_order_of_the_runs() -> None:
    frame = pl.concat([runs(HALF), runs(HALF, task="train", source="b.jsonl")])
    straight = ah.rules.fit(frame, date=DATE)
    shuffled = ah.rules.fit(frame.sample(fraction=1, shuffle=True, seed=3), date=DATE)
    assert shuffled.pack == straight.pack
    assert_frame_equal(shuffled.weights, straight.weights)
    assert_frame_equal(shuffled.sources, straight.sources)


def test_runs_of_a_task_are_held_out_together() -> None:
    def run(task: int, steps: int) -> weighing.Run:
        return weighing.Run(
            source="s",
            format="f",
            task=str(task),
            type=None,
            failed=True,
            steps=steps,
            rules=(),
            likeliest="incomplete",
            probability=0.5,
        )

    of_run = weighing.folds([run(at % 10, at) for at in range(50)])
    folds = [of_run(run(task, steps=99)) for task in range(10)]
    assert sorted(folds) == sorted(str(at % weighing.FOLDS) for at in range(10))


def test_no_leak_changes_a_fit() -> None:
    frame = runs(HALF)
    told = frame.with_columns(
        failure_reason=pl.when("success").then(None).otherwise(pl.lit("repeated itself")),
        metadata=pl.when("success").then(pl.lit('{"outcome": "good"}')),
        reward=pl.col("success").cast(pl.Float64),
    )
    assert ah.rules.fit(told, date=DATE).pack == ah.rules.fit(frame, date=DATE).pack


@pytest.mark.parametrize("labels", [HALF[:12], [True] * 40, [False] * 37 + [True] * 3])
def test_too_few_labels_are_told(labels: list[bool]) -> None:
    with pytest.raises(ah.rules.NotEnoughLabelsError, match=r"found \d+ labelled runs, .* takes 20 of them"):
        ah.rules.fit(runs(labels))


def test_runs_of_one_task_are_too_few() -> None:
    with pytest.raises(ah.rules.NotEnoughLabelsError, match=r"all 40 labelled runs are of one task"):
        ah.rules.fit(runs(HALF), task=pl.lit("ferry"))


def test_the_date_of_a_pack_is_a_date() -> None:
    with pytest.raises(ValueError, match=r"found the date yesterday, needed one such as 2026-11-22"):
        ah.rules.fit(runs(HALF), date="yesterday")


def test_a_fit_says_what_it_adds() -> None:
    fitted = ah.rules.fit(runs(HALF), date=DATE)
    row = fitted.sources.row(0, named=True)
    assert fitted.gain == pytest.approx(row["auc"] - row["auc_before"])


def test_small_sources_go_together_where_none_is_large_enough() -> None:
    small = [runs(HALF[:14], task=name, source=f"{name}.jsonl") for name in ("ferry", "train", "bus")]
    apart = [
        frame.with_columns(pl.col("source").struct.with_fields(format=pl.lit(str(at))))
        for at, frame in enumerate(small)
    ]
    fitted = ah.rules.fit(apart, date=DATE)
    assert fitted.sources["source"].to_list() == ["small sources"]
    assert fitted.held_out.height == 42
    # Beside a large source they are left out, since they would teach what source a run is of.
    beside = ah.rules.fit([*apart, runs(HALF)], date=DATE)
    assert (beside.sources["source"].to_list(), beside.left_out) == (["a.jsonl"], 42)


def test_the_pack_names_no_file_and_quotes_no_log() -> None:
    fitted = ah.rules.fit(runs(HALF, task="SECRET", source="SECRET.jsonl"), date=DATE)
    assert "SECRET" not in fitted.pack


def test_types_are_refitted_where_they_are_known() -> None:
    frame = runs([True] * 40 + [False] * 10)
    kind = (
        pl.when(pl.col("source").struct.field("record") < 25)
        .then(pl.lit("tool_error"))
        .otherwise(pl.lit("incomplete"))
    )
    before = ah.rules.fit(frame, date=DATE).weights
    after = ah.rules.fit(frame, types=kind, date=DATE).weights
    assert before["type_before"].to_list() == before["type_weight"].to_list()
    assert after["type_before"].to_list() != after["type_weight"].to_list()

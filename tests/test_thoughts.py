"""What becomes of the thoughts of kept steps: kept, filtered, replaced, dropped."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, get_args

import polars as pl
import pytest

import agenther as ah
from agenther._typing import Thoughts
from agenther.expressions import THOUGHTS

if TYPE_CHECKING:
    from collections.abc import Callable

EXAMPLES = Path(__file__).parents[1] / "examples" / "logs"


@pytest.fixture(scope="module")
def runs() -> pl.DataFrame:
    """Read the examples."""
    return pl.concat(ah.LogScan(EXAMPLES).batches())


def goals(runs: pl.DataFrame, thoughts: Thoughts | None = None) -> pl.DataFrame:
    stage = ah.relabel(thoughts=thoughts) if thoughts else ah.relabel()
    kept = runs.select(stage, "steps").explode("hindsight").drop_nulls("hindsight")
    return kept.select(pl.col("hindsight").struct.unnest(), "steps")


def thoughts(found: pl.DataFrame) -> list[str | None]:
    return found["thoughts"].explode().to_list()


def test_the_choices_are_those_of_the_type() -> None:
    assert get_args(Thoughts) == THOUGHTS


def test_nothing_but_the_thoughts_depends_on_the_choice(runs: pl.DataFrame) -> None:
    default = goals(runs)
    assert goals(runs, thoughts="template").equals(default)
    for choice in THOUGHTS:
        found = goals(runs, thoughts=choice)
        assert found.drop("thoughts").equals(default.drop("thoughts"))
        assert (found["thoughts"].list.len() == found["kept_steps"].list.len()).all()


def test_kept_thoughts_are_those_of_the_kept_steps(runs: pl.DataFrame) -> None:
    found = goals(runs, thoughts="keep")
    own = [
        [steps[at]["thought"] for at in kept]
        for kept, steps in found.select("kept_steps", "steps").iter_rows()
    ]
    assert found["thoughts"].to_list() == own
    assert any(thought for of_goal in own for thought in of_goal)


def test_a_filter_leaves_out_what_a_template_stands_in_for(runs: pl.DataFrame) -> None:
    filtered, templates, kept = (
        thoughts(goals(runs, thoughts=choice)) for choice in ("filter", "template", "keep")
    )
    assert filtered != templates
    for left, stands, own in zip(filtered, templates, kept, strict=True):
        assert left in (None, stands)
        assert own is not None or stands is None, "a step without a thought gets none"
    assert set(thoughts(goals(runs, thoughts="drop"))) == {None}


@pytest.mark.parametrize("stage", [ah.relabel, ah.analyze])
def test_another_choice_is_refused(stage: Callable[..., pl.Expr]) -> None:
    with pytest.raises(ValueError, match="thoughts: found 'rewrite', needed one of 'keep', 'filter'"):
        stage(thoughts="rewrite")


def test_one_run_is_analyzed_with_a_choice(runs: pl.DataFrame) -> None:
    row = runs.row(0, named=True)
    analysis = ah.analyze_one({"steps": row["steps"]}, thoughts="drop")
    assert analysis.hindsight is not None
    assert {thought for goal in analysis.hindsight for thought in goal.thoughts} <= {None}

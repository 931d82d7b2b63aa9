"""The `.agenther` namespaces give what the free functions give."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

import agenther as ah

# Namespaces are invisible to type checkers.
STAGES: dict[str, tuple[dict[str, Any], pl.Expr]] = {
    "classify": ({}, ah.classify()),
    "extract": ({}, ah.extract()),
    "relabel": ({"goals": 1}, ah.relabel(goals=1)),
    "analyze": ({"seed": 7}, ah.analyze(seed=7)),
    "verify": (
        {"goal": "original_prompt", "answer": "final_answer"},
        ah.verify(goal="original_prompt", answer="final_answer"),
    ),
}


@pytest.mark.parametrize("name", STAGES)
def test_expr(name: str, runs: pl.DataFrame) -> None:
    options, expected = STAGES[name]
    namespace: Any = pl.col("steps").agenther  # type: ignore[attr-defined]
    assert_frame_equal(runs.select(getattr(namespace, name)(**options)), runs.select(expected))


@pytest.mark.parametrize("name", STAGES)
def test_frames(name: str, runs: pl.DataFrame) -> None:
    options, expected = STAGES[name]
    expected = expected.struct.unnest() if name == "analyze" else expected
    expected_frame = runs.with_columns(expected)
    eager: Any = runs.agenther  # type: ignore[attr-defined]
    assert_frame_equal(getattr(eager, name)(**options), expected_frame)
    lazy: Any = runs.lazy().agenther  # type: ignore[attr-defined]
    assert_frame_equal(getattr(lazy, name)(**options).collect(), expected_frame)


def test_a_frame_needs_no_more_than_steps(runs: pl.DataFrame) -> None:
    few: Any = runs.select("steps").agenther  # type: ignore[attr-defined]
    assert few.analyze().columns == ["steps", "verdict", "outcome", "hindsight", "abstained"]


def test_without_steps_polars_says_which_column_is_missing(runs: pl.DataFrame) -> None:
    few: Any = runs.select("original_prompt").agenther  # type: ignore[attr-defined]
    with pytest.raises(pl.exceptions.ColumnNotFoundError, match="steps"):
        few.analyze()

"""What a log says of its own outcome decides whether a run failed, and nothing else of the verdict."""

from __future__ import annotations

import polars as pl
import pytest
from polars.testing import assert_frame_equal

import agenther as ah
from tests.cli.conftest import EXAMPLES
from tests.quality_tables import DATA, FOLDERS

LEAKS = {
    "success": pl.lit(None, pl.Boolean),
    "reward": pl.lit(None, pl.Float64),
    "failure_reason": pl.lit(None, pl.String),
    "metadata": pl.lit(None, pl.String),
}
FOLLOWS = ("is_failure", "failure_type", "severity", "failed_step")
"""What the label decides, and what is only said of a failure."""


def verdicts(runs: pl.DataFrame) -> pl.DataFrame:
    return runs.select(ah.classify().struct.unnest())


def check(runs: pl.DataFrame) -> None:
    told, blank = verdicts(runs), verdicts(runs.with_columns(**LEAKS))
    assert_frame_equal(told.drop(FOLLOWS), blank.drop(FOLLOWS))
    # Where both say that the run failed, they say the same of how.
    both = told["is_failure"] & blank["is_failure"]
    assert_frame_equal(told.filter(both), blank.filter(both))
    # The reason and the metadata do not even decide whether it failed.
    silent = verdicts(runs.with_columns(failure_reason=LEAKS["failure_reason"], metadata=LEAKS["metadata"]))
    assert_frame_equal(told, silent)


def test_blanking_what_leaks_changes_no_verdict_on_the_examples() -> None:
    runs = pl.concat(ah.LogScan(EXAMPLES / "logs").batches())
    assert runs["success"].drop_nulls().n_unique() == 2
    check(runs)


@pytest.mark.skipif(not DATA.is_dir(), reason="the shared data is not at hand")
@pytest.mark.parametrize("folder", FOLDERS)
def test_blanking_what_leaks_changes_no_verdict_on_real_logs(folder: str) -> None:
    check(pl.concat(ah.LogScan(DATA / folder).batches()))


def test_a_label_turned_round_turns_nothing_but_the_failure() -> None:
    runs = pl.concat(ah.LogScan(EXAMPLES / "logs").batches()).filter(pl.col("success").is_not_null())
    turned = runs.with_columns(success=pl.col("success").not_(), reward=pl.lit(None, pl.Float64))
    assert_frame_equal(verdicts(runs).drop(FOLLOWS), verdicts(turned).drop(FOLLOWS))
    assert (verdicts(runs)["is_failure"] != verdicts(turned)["is_failure"]).all()

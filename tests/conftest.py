"""Fixtures that the tests share."""

from __future__ import annotations

import polars as pl
import pytest

from tests.sample_runs import BARE, EMPTY, NULL, ROME, SHELL


@pytest.fixture
def runs() -> pl.DataFrame:
    """Give a trajectory frame with successes, failures, unlabelled, empty and null runs."""
    return pl.concat(run.to_frame() for run in (ROME, SHELL, EMPTY, NULL, BARE)).rechunk()

"""One run at a time: pydantic models over the same engine as the frames."""

from __future__ import annotations

from typing import TypeAlias

import polars as pl
import pytest
from pydantic import BaseModel, ValidationError

import agenther as ah
from agenther import models, schema
from tests.sample_runs import BARE, EMPTY, NULL, ROME, SHELL


@pytest.mark.parametrize("run", [ROME, SHELL, EMPTY, NULL, BARE], ids=lambda run: run.trajectory_id)
def test_one_run_gives_what_its_row_gives(run: ah.Trajectory) -> None:
    row = run.to_frame().select(ah.analyze()).item()
    assert ah.analyze_one(run).model_dump() == row


def test_a_mapping_is_a_run() -> None:
    assert ah.analyze_one(SHELL.model_dump()) == ah.analyze_one(SHELL)


def test_an_unknown_field_is_refused() -> None:
    with pytest.raises(ValidationError, match="final_anwser"):
        ah.analyze_one({"final_anwser": "typo"})


def test_verify_one_gives_what_its_row_gives() -> None:
    goal, answer = "How many lines has the log?", "1042"
    row = SHELL.to_frame().select(ah.verify(goal=pl.lit(goal), answer=pl.lit(answer))).item()
    assert ah.verify_one(SHELL, goal, answer).model_dump() == row


def test_the_frame_of_a_run_is_a_trajectory_frame() -> None:
    assert ROME.to_frame().schema == schema.TRAJECTORY


Dtype: TypeAlias = object


def item(dtype: Dtype) -> pl.Struct:
    inner = dtype.inner if isinstance(dtype, pl.List) else dtype
    assert isinstance(inner, pl.Struct)
    return inner


OUTCOME = schema.OUTCOME.to_schema()
HINDSIGHT = item(schema.HINDSIGHT).to_schema()
STRUCTS: list[tuple[type[BaseModel], Dtype]] = [
    (models.Step, schema.STEP),
    (models.Source, schema.SOURCE),
    (models.Trajectory, pl.Struct(schema.TRAJECTORY)),
    (models.Verdict, schema.VERDICT),
    (models.Evidence, schema.EVIDENCE),
    (models.Outcome, schema.OUTCOME),
    (models.Achievement, OUTCOME["achievements"]),
    (models.Fact, OUTCOME["facts"]),
    (models.FailedAttempt, OUTCOME["failed_attempts"]),
    (models.Hindsight, schema.HINDSIGHT),
    (models.Slot, HINDSIGHT["slots"]),
    (models.Support, HINDSIGHT["evidence"]),
    (models.Grounding, schema.GROUNDING),
    (models.Claim, schema.GROUNDING.to_schema()["claims"]),
    (models.Analysis, schema.ANALYSIS),
]


@pytest.mark.parametrize(("model", "dtype"), STRUCTS, ids=lambda value: getattr(value, "__name__", ""))
def test_a_model_has_the_fields_of_its_struct(model: type[BaseModel], dtype: Dtype) -> None:
    assert list(model.model_fields) == list(item(dtype).to_schema())

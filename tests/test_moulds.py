"""Moulds: learned from the users of a log, they word the goals of its runs."""

from __future__ import annotations

import json

import polars as pl
import pytest

import agenther as ah
from agenther.moulds import MIN_TASKS

PARCELS = {"PK-1042": "in transit", "PK-7711": "delivered"}


def run(prompt: str, parcel: str, status: str, *, success: bool) -> ah.Trajectory:
    """One run that tracks a parcel."""
    return ah.Trajectory(
        original_prompt=prompt,
        success=success,
        steps=[
            ah.Step(
                action_name="trackParcel",
                action_input=json.dumps({"parcel_id": parcel}),
                observation=json.dumps({"status": status, "city": "Lyon", "weight_kg": 3}),
            )
        ],
    )


@pytest.fixture
def log() -> pl.DataFrame:
    teachers = [
        run(f"Can you tell me the status of parcel {parcel}?", parcel, status, success=True)
        for parcel, status in PARCELS.items()
    ]
    failed = run("Redirect parcel PK-3300 to Main Street 5 by noon.", "PK-3300", "in transit", success=False)
    return pl.concat([row.to_frame() for row in [*teachers, failed]])


def test_a_mould_needs_several_tasks(log: pl.DataFrame) -> None:
    learned = ah.moulds(log)
    assert learned.rows() == [
        ("trackParcel", "Can you tell me the status of parcel {parcel_id}?", ["parcel_id"], ["status"], 2)
    ]
    assert ah.moulds(log.lazy()).equals(learned)
    assert ah.moulds(log, min_tasks=MIN_TASKS + 1).is_empty()
    again = pl.concat([log.head(1)] * 3)
    assert ah.moulds(again).is_empty(), "three trials of one task are one task"


def test_a_goal_is_worded_as_the_users_word_theirs(log: pl.DataFrame) -> None:
    learned = ah.moulds(log)
    failed = log.filter(~pl.col("success"))
    goal = failed.select(ah.relabel(moulds=learned, goals=1)).item()[0]
    assert goal["wording"] == "mined"
    assert goal["goal"] == "Can you tell me the status of parcel PK-3300?"
    assert "in transit" in goal["answer"]
    analysis = failed.lazy().select(ah.analyze(moulds=learned).struct.field("hindsight")).collect()
    assert analysis.item()[0]["goal"] == goal["goal"]
    assert failed.select(ah.relabel(goals=1)).item()[0]["wording"] != "mined"


def test_moulds_survive_a_file(log: pl.DataFrame) -> None:
    learned = ah.moulds(log)
    text = learned.write_ndjson()
    assert pl.read_ndjson(text.encode()).select(learned.columns).equals(learned)


def test_a_frame_that_has_only_steps_teaches_nothing(log: pl.DataFrame) -> None:
    assert ah.moulds(log.select("steps")).is_empty()


def test_what_are_no_moulds_is_refused_in_a_sentence() -> None:
    with pytest.raises(ValueError, match=r"moulds: found no column text, parameters, fields, needed tool"):
        ah.relabel(moulds=pl.DataFrame({"tool": ["a"]}))

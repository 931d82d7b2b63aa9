"""The dtypes of the frames, as Polars has them.

The native side has the same table in `rust/agenther-py/src/schema.rs`; a test compares the two.

>>> import agenther as ah
>>> ah.schema.TRAJECTORY["steps"] == ah.schema.STEPS
True
"""

from __future__ import annotations

import polars as pl

FAILURE_TYPES = (
    "incomplete",
    "constraint_violation",
    "wrong_result",
    "tool_error",
    "hallucination",
    "off_topic",
)
"""The six ways in which a run fails, in the order of the `scores` struct."""

STEP = pl.Struct(
    {
        "user": pl.String(),
        "thought": pl.String(),
        "action_name": pl.String(),
        "action_input": pl.String(),
        "observation": pl.String(),
        "error": pl.Boolean(),
    }
)
STEPS = pl.List(STEP)

SOURCE = pl.Struct({"format": pl.String(), "path": pl.String(), "record": pl.UInt64()})

TRAJECTORY = pl.Schema(
    {
        "trajectory_id": pl.String(),
        "original_prompt": pl.String(),
        "system": pl.String(),
        "tools": pl.String(),
        "steps": STEPS,
        "final_answer": pl.String(),
        "success": pl.Boolean(),
        "reward": pl.Float64(),
        "failure_reason": pl.String(),
        "metadata": pl.String(),
        "source": SOURCE,
    }
)
"""The columns of the trajectory frame: one row is one run."""

EVIDENCE = pl.Struct(
    {
        "rule": pl.String(),
        "failure_type": pl.String(),
        "label": pl.String(),
        "step": pl.UInt32(),
        "field": pl.String(),
        "start": pl.UInt32(),
        "end": pl.UInt32(),
    }
)

VERDICT = pl.Struct(
    {
        "is_failure": pl.Boolean(),
        "failure_type": pl.String(),
        "failure_probability": pl.Float32(),
        "scores": pl.Struct(dict.fromkeys(FAILURE_TYPES, pl.Float32())),
        "severity": pl.Float32(),
        "weight": pl.Float32(),
        "recoverable": pl.Boolean(),
        "failed_step": pl.UInt32(),
        "labels": pl.List(pl.String()),
        "evidence": pl.List(EVIDENCE),
    }
)
"""What `classify` gives. `labels` are those that packs declare, of the rules that fired."""

OUTCOME = pl.Struct(
    {
        "achievements": pl.List(
            pl.Struct({"step": pl.UInt32(), "tool": pl.String(), "effect": pl.String(), "text": pl.String()})
        ),
        "facts": pl.List(
            pl.Struct(
                {
                    "step": pl.UInt32(),
                    "kind": pl.String(),
                    "text": pl.String(),
                    "value": pl.Float64(),
                    "unit": pl.String(),
                    "start": pl.UInt32(),
                    "end": pl.UInt32(),
                }
            )
        ),
        "failed_attempts": pl.List(
            pl.Struct({"step": pl.UInt32(), "tool": pl.String(), "cause": pl.String()})
        ),
    }
)
"""What `extract` gives."""

HINDSIGHT = pl.List(
    pl.Struct(
        {
            "goal": pl.String(),
            "answer": pl.String(),
            "strategy": pl.String(),
            "wording": pl.String(),
            "first_step": pl.UInt32(),
            "last_step": pl.UInt32(),
            "kept_steps": pl.List(pl.UInt32()),
            "thoughts": pl.List(pl.String()),
            "confidence": pl.Float32(),
            "difficulty": pl.String(),
            "slots": pl.List(
                pl.Struct(
                    {"name": pl.String(), "value": pl.String(), "origin": pl.String(), "step": pl.UInt32()}
                )
            ),
            "evidence": pl.List(
                pl.Struct(
                    {
                        "text": pl.String(),
                        "step": pl.UInt32(),
                        "field": pl.String(),
                        "start": pl.UInt32(),
                        "end": pl.UInt32(),
                    }
                )
            ),
        }
    )
)
"""What `relabel` gives."""

MOULDS = pl.List(
    pl.Struct(
        {
            "tool": pl.String(),
            "text": pl.String(),
            "parameters": pl.List(pl.String()),
            "fields": pl.List(pl.String()),
        }
    )
)
"""What one run shows `moulds`."""

GROUNDING = pl.Struct(
    {
        "grounded": pl.Boolean(),
        "claims": pl.List(
            pl.Struct(
                {"text": pl.String(), "kind": pl.String(), "supported": pl.Boolean(), "step": pl.UInt32()}
            )
        ),
    }
)
"""What `verify` gives."""

ANALYSIS = pl.Struct(
    {"verdict": VERDICT, "outcome": OUTCOME, "hindsight": HINDSIGHT, "abstained": pl.String()}
)
"""What `analyze` gives."""

REJECTS = pl.Schema(
    {
        "path": pl.String(),
        "record": pl.UInt64(),
        "offset": pl.UInt64(),
        "format": pl.String(),
        "reason": pl.String(),
        "sentence": pl.String(),
        "raw": pl.Binary(),
    }
)
"""The columns of the rejects: records that could not be read."""

FILES = pl.Schema(
    {
        "path": pl.String(),
        "format": pl.String(),
        "records": pl.UInt64(),
        "runs": pl.UInt64(),
        "rejects": pl.UInt64(),
        "bytes": pl.UInt64(),
    }
)
"""The columns of the counts of each file; `records` is `runs` + `rejects`."""

DETECTIONS = pl.Schema(
    {
        "path": pl.String(),
        "format": pl.String(),
        "confidence": pl.Float32(),
        "runner_up": pl.String(),
        "runner_up_confidence": pl.Float32(),
        "layout": pl.String(),
    }
)
"""The columns of what each file is found to be."""

SURVEY = pl.Schema(
    {
        **DETECTIONS,
        "records": pl.UInt64(),
        "runs": pl.UInt64(),
        "rejects": pl.UInt64(),
        "bytes": pl.UInt64(),
        "sentence": pl.String(),
    }
)
"""The columns of what a file is, read through: what it was found to be, the counts, the first reject."""

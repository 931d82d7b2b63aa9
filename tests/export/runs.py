"""Frames for the exports: runs that we wrote, with goals as `analyze` gives them."""

from __future__ import annotations

import json
from typing import Any

import polars as pl

from agenther import schema

FRAME = pl.Schema(
    {**schema.TRAJECTORY, "verdict": schema.VERDICT, "hindsight": schema.HINDSIGHT, "abstained": pl.String()}
)

HOSTILE = 'He said "no",\nthen\t\\left\\ \u2028 \x00 ' + "é" * 3
"""Text that breaks a line or a quote wherever it is not escaped."""


def call(name: str, arguments: object, observation: str, thought: str | None = None) -> dict[str, Any]:
    """Give a step."""
    text = arguments if isinstance(arguments, str) else json.dumps(arguments)
    return {"thought": thought, "action_name": name, "action_input": text, "observation": observation}


def hindsight(
    goal: str, answer: str, kept: list[int], thoughts: list[str | None], **more: Any
) -> dict[str, Any]:
    """Give a goal."""
    return {
        "goal": goal,
        "answer": answer,
        "strategy": "final",
        "wording": "phrase",
        "first_step": kept[0],
        "last_step": kept[-1],
        "kept_steps": kept,
        "thoughts": thoughts,
        "confidence": 0.9,
        "difficulty": "easy",
        "slots": [],
        "evidence": [{"text": answer, "step": kept[-1], "field": "observation", "start": 0, "end": 4}],
        **more,
    }


def verdict(*, weight: float = 0.8, is_failure: bool = True) -> dict[str, Any]:
    """Give a verdict."""
    return {
        "is_failure": is_failure,
        "failure_type": "wrong_result" if is_failure else None,
        "severity": 0.5,
        "weight": weight,
        "evidence": [{"rule": "wrong_result/count"}, {"rule": "wrong_result/count"}] if is_failure else [],
    }


def run(number: int, **changes: Any) -> dict[str, Any]:
    """Give a failed run with one goal."""
    return {
        "trajectory_id": f"run-{number}",
        "original_prompt": f"Find copper wire {number} under $5/kg.",
        "system": "You buy things.",
        "steps": [
            call(
                "search",
                {"query": f"copper wire {number}"},
                f"MicroMetals {number} {HOSTILE}",
                "I look for it.",
            ),
            call("search", {"query": "x", "page": 2}, "Error: timeout"),
            call("open", "MicroMetals", json.dumps({"price": 5.30 + number})),
            call("finish", {"answer": "none"}, ""),
        ],
        "final_answer": f"I found nothing {number}.",
        "success": False,
        "source": {"format": "openai", "path": "logs/a.jsonl", "record": number},
        "verdict": verdict(),
        "hindsight": [
            hindsight(
                f"What does copper wire {number} cost at MicroMetals?",
                f"${5.30 + number:.2f}/kg.",
                [0, 2],
                ["I search.", None],
            )
        ],
        **changes,
    }


def success(number: int) -> dict[str, Any]:
    """Give a run that its log calls a success, with the user's words in between."""
    return run(
        number,
        original_prompt="Hello.",
        system=None,
        success=True,
        hindsight=[],
        abstained="no_successful_step",
        verdict=verdict(is_failure=False, weight=1.0),
        steps=[
            {"thought": "Who are you?"},
            {**call("find_user", {"name": "Ann"}, "u1"), "user": "Ann."},
            {"thought": "You were born in 1990."},
        ],
        final_answer="You were born in 1990.",
    )


def frame(*runs: dict[str, Any]) -> pl.DataFrame:
    """Give the frame of `analyze` with these runs."""
    return pl.DataFrame(list(runs), schema=FRAME, strict=False)

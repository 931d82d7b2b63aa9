"""One run at a time: pydantic models over the same engine.

Each model has the fields of the struct of the same name in `agenther.schema`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

import polars as pl
from pydantic import BaseModel, ConfigDict, NonNegativeInt

from agenther import expressions, schema

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agenther._typing import Thoughts
    from agenther.rules import Packs, Rules

FailureType: TypeAlias = Literal[
    "incomplete", "constraint_violation", "wrong_result", "tool_error", "hallucination", "off_topic"
]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Step(_Model):
    """One step: words of the user, a thought, a call and what it returned, or a plain reply."""

    user: str | None = None
    thought: str | None = None
    action_name: str | None = None
    action_input: str | None = None
    observation: str | None = None
    error: bool | None = None


class Source(_Model):
    """Where a run was read from."""

    format: str | None = None
    path: str | None = None
    record: NonNegativeInt | None = None


class Trajectory(_Model):
    """One run: a row of the trajectory frame.

    >>> Trajectory(original_prompt="Fly me to Rome").steps
    []
    """

    trajectory_id: str | None = None
    original_prompt: str | None = None
    system: str | None = None
    tools: str | None = None
    steps: list[Step] | None = []
    final_answer: str | None = None
    success: bool | None = None
    reward: float | None = None
    failure_reason: str | None = None
    metadata: str | None = None
    source: Source | None = None

    def to_frame(self) -> pl.DataFrame:
        """Give the trajectory frame with this run as its only row.

        >>> Trajectory(original_prompt="Fly me to Rome").to_frame().shape
        (1, 11)
        """
        return pl.DataFrame([self.model_dump()], schema=schema.TRAJECTORY)


class Evidence(_Model):
    """One hit of one rule, with its bytes in a field of the run."""

    rule: str
    failure_type: FailureType | None
    label: str | None
    step: NonNegativeInt | None
    field: str | None
    start: NonNegativeInt | None
    end: NonNegativeInt | None


class Verdict(_Model):
    """Whether and how a run failed."""

    is_failure: bool
    failure_type: FailureType | None
    failure_probability: float
    scores: dict[FailureType, float]
    severity: float
    weight: float
    recoverable: bool
    failed_step: NonNegativeInt | None
    labels: list[str]
    evidence: list[Evidence]


class Achievement(_Model):
    """A step that worked."""

    step: NonNegativeInt
    tool: str | None
    effect: str
    text: str


class Fact(_Model):
    """A typed fact in the observation of a step."""

    step: NonNegativeInt
    kind: str
    text: str
    value: float | None
    unit: str | None
    start: NonNegativeInt
    end: NonNegativeInt


class FailedAttempt(_Model):
    """A step that did not work."""

    step: NonNegativeInt
    tool: str | None
    cause: str


class Outcome(_Model):
    """What a run achieved."""

    achievements: list[Achievement]
    facts: list[Fact]
    failed_attempts: list[FailedAttempt]


class Slot(_Model):
    """A value that a goal fixes."""

    name: str
    value: str
    origin: Literal["user", "observation", "constant", "invented"]
    step: NonNegativeInt


class Support(_Model):
    """Words of a goal or its answer, and the bytes of the run that support them."""

    text: str
    step: NonNegativeInt | None
    field: str
    start: NonNegativeInt
    end: NonNegativeInt


class Hindsight(_Model):
    """A goal that a run does satisfy."""

    goal: str
    answer: str
    strategy: Literal["final", "future", "episode"]
    wording: Literal["relax", "reuse", "mined", "phrase"]
    first_step: NonNegativeInt
    last_step: NonNegativeInt
    kept_steps: list[NonNegativeInt]
    thoughts: list[str | None]
    confidence: float
    difficulty: Literal["easy", "medium", "hard"]
    slots: list[Slot]
    evidence: list[Support]


class Claim(_Model):
    """One claim of a goal or its answer."""

    text: str
    kind: str
    supported: bool
    step: NonNegativeInt | None


class Grounding(_Model):
    """Whether the claims of a goal and its answer are supported by a run."""

    grounded: bool
    claims: list[Claim]


class Analysis(_Model):
    """The results of all stages on one run. They are null where its steps are."""

    verdict: Verdict | None
    outcome: Outcome | None
    hindsight: list[Hindsight] | None
    abstained: str | None


def analyze_one(
    trajectory: Trajectory | Mapping[str, object],
    *,
    goals: int = 3,
    min_confidence: float = 0.5,
    seed: int = 0,
    thoughts: Thoughts = "template",
    moulds: pl.DataFrame | None = None,
    rules: Rules | Packs | None = None,
) -> Analysis:
    """Classify, extract and relabel one run. The parameters are those of `agenther.analyze`.

    >>> analyze_one({"original_prompt": "Fly me to Rome", "success": False}).abstained
    'no_steps'
    """
    analysis = expressions.analyze(
        goals=goals,
        min_confidence=min_confidence,
        seed=seed,
        thoughts=thoughts,
        moulds=moulds,
        rules=rules,
    )
    row = Trajectory.model_validate(trajectory).to_frame().select(analysis).item()
    return Analysis.model_validate(row)


def verify_one(
    trajectory: Trajectory | Mapping[str, object], goal: str, answer: str | None = None
) -> Grounding:
    """Check a goal and its answer, whoever wrote them, against one run, whose steps are not null.

    >>> verify_one({"original_prompt": "Fly me to Rome"}, "Find a flight for $120").grounded
    False
    """
    grounding = expressions.verify(goal=pl.lit(goal), answer=pl.lit(answer, dtype=pl.String))
    row = Trajectory.model_validate(trajectory).to_frame().select(grounding).item()
    return Grounding.model_validate(row)

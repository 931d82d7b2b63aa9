"""The stages as Polars expressions.

Each works on the columns of the trajectory frame, row by row, in eager, lazy and streaming use. A column
that is named otherwise is said by keyword; `None` says that the frame has none. A row whose steps are null
gives null (from `analyze`: nulls and `abstained` = "null_steps"). So does a run at which the engine panics, a
bug that stops no other run (from `analyze`: `abstained` = "engine_panic").
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agenther import _plugin

if TYPE_CHECKING:
    import polars as pl
    from typing_extensions import Unpack

    from agenther._typing import IntoColumn, RunColumns, Thoughts
    from agenther.rules import Packs, Rules

RUN_COLUMNS = (
    "steps",
    "trajectory_id",
    "original_prompt",
    "system",
    "tools",
    "final_answer",
    "success",
    "reward",
)
"""The columns that a stage reads, in the order in which the plugin takes them."""

THOUGHTS: tuple[Thoughts, ...] = ("keep", "filter", "template", "drop")
"""What can become of the thoughts of kept steps."""

_MOULD = ("tool", "text", "parameters", "fields")


def classify(*, rules: Rules | Packs | None = None, **columns: Unpack[RunColumns]) -> pl.Expr:
    """Tell whether and how each run failed: a column `verdict` of dtype `schema.VERDICT`.

    What its fields mean and how they are computed: docs/verdicts.md.

    Parameters
    ----------
    rules
        Packs, as `rules.load` takes them, or rules that it made: `["default", "mine.toml"]` is the pack that
        ships with the engine and one that adds to it or changes it; `None` is the former alone.
    **columns
        Columns that are not named as in the trajectory frame.

    >>> import agenther as ah
    >>> runs = ah.Trajectory(original_prompt="Fly me to Rome", success=False).to_frame()
    >>> runs.select(ah.classify().struct.field("is_failure")).item()
    True
    """
    return _plugin.call("classify", _run(columns), _rules_option(rules)).alias("verdict")


def fired(*, rules: Rules | None = None, **columns: Unpack[RunColumns]) -> pl.Expr:
    """List the ids of the rules that fire on each run: a column `fired` of lists of strings.

    Unlike the evidence of a verdict it has good signs as well, which leave no evidence. The parameters are
    those of `classify`.

    >>> import agenther as ah
    >>> runs = ah.Trajectory(original_prompt="Is it open?", final_answer="yes").to_frame()
    >>> "wrong_result/yes-no-answer" in runs.select(ah.rules.fired()).item().to_list()
    True
    """
    return _plugin.call("fired", _run(columns), _rules_option(rules)).alias("fired")


def extract(**columns: Unpack[RunColumns]) -> pl.Expr:
    """Find what each run achieved all the same: a column `outcome` of dtype `schema.OUTCOME`.

    >>> import agenther as ah
    >>> runs = ah.Trajectory(original_prompt="Fly me to Rome").to_frame()
    >>> runs.select(ah.extract().struct.field("achievements").list.len()).item()
    0
    """
    return _plugin.call("extract", _run(columns), {}).alias("outcome")


def relabel(
    *,
    goals: int = 3,
    min_confidence: float = 0.5,
    seed: int = 0,
    thoughts: Thoughts = "template",
    moulds: pl.DataFrame | None = None,
    **columns: Unpack[RunColumns],
) -> pl.Expr:
    """Find the goals that each run does satisfy: a column `hindsight` of dtype `schema.HINDSIGHT`.

    Parameters
    ----------
    goals
        The most goals a run may give; the best come first.
    min_confidence
        Goals below this confidence, 0 to 1, are dropped.
    seed
        Chooses among equivalent phrasings. The same seed gives the same words.
    thoughts
        What becomes of the thoughts of the steps that a goal keeps; those of other steps are in no goal.
        `"keep"`: they stand as the agent had them, the original goal and all. `"filter"`: sentences that
        chase the original goal, or are about what is not in the slice, go, and a thought that loses all of
        them is null. `"template"`: the same, and a thought that loses all of them becomes a short sentence
        on what the call does, varied by seed and run. `"drop"`: all are null.
    moulds
        How the users of the log ask, from `agenther.moulds`: goals that fit are worded as they word theirs.
    **columns
        Columns that are not named as in the trajectory frame.

    >>> import agenther as ah
    >>> runs = ah.Trajectory(original_prompt="Fly me to Rome").to_frame()
    >>> runs.select(ah.relabel(goals=1)).item().to_list()
    []

    The thought of this run is of nothing but what was asked for and not done:

    >>> run = ah.Trajectory(
    ...     original_prompt="Refund my blender, order A12.",
    ...     steps=[
    ...         ah.Step(
    ...             thought="The blender must be refunded.",
    ...             action_name="get_order_details",
    ...             action_input='{"order_id": "A12"}',
    ...             observation='{"order_id": "A12", "status": "delivered", "total": 72.5}',
    ...         )
    ...     ],
    ... ).to_frame()
    >>> for thoughts in ("keep", "filter", "template", "drop"):
    ...     goal = run.select(ah.relabel(thoughts=thoughts)).item()[0]
    ...     print(f"{thoughts}: {goal['thoughts']}")
    keep: ['The blender must be refunded.']
    filter: [None]
    template: ["I'll look up the order."]
    drop: [None]
    """
    options = _relabel_options(goals, min_confidence, seed, thoughts, moulds)
    return _plugin.call("relabel", _run(columns), options).alias("hindsight")


def analyze(
    *,
    goals: int = 3,
    min_confidence: float = 0.5,
    seed: int = 0,
    thoughts: Thoughts = "template",
    moulds: pl.DataFrame | None = None,
    rules: Rules | Packs | None = None,
    **columns: Unpack[RunColumns],
) -> pl.Expr:
    """Classify, extract and relabel in one pass: a column `analysis` of dtype `schema.ANALYSIS`.

    Its fields are `verdict`, `outcome`, `hindsight` and, where there is no goal, the reason `abstained`: a
    code that docs/verdicts.md explains.
    The parameters are those of `classify` and `relabel`.

    >>> import agenther as ah
    >>> runs = ah.Trajectory(original_prompt="Fly me to Rome").to_frame()
    >>> runs.select(ah.analyze().struct.unnest()).columns
    ['verdict', 'outcome', 'hindsight', 'abstained']
    """
    options = _relabel_options(goals, min_confidence, seed, thoughts, moulds) | _rules_option(rules)
    return _plugin.call("analyze", _run(columns), options).alias("analysis")


def panic(
    *,
    goals: int = 3,
    min_confidence: float = 0.5,
    seed: int = 0,
    thoughts: Thoughts = "template",
    moulds: pl.DataFrame | None = None,
    rules: Rules | Packs | None = None,
    **columns: Unpack[RunColumns],
) -> pl.Expr:
    """Give what the engine says of each run where `analyze`, given the same, panics; null elsewhere.

    It is not part of the API: it words the rejects of such runs.
    """
    options = _relabel_options(goals, min_confidence, seed, thoughts, moulds) | _rules_option(rules)
    return _plugin.call("panic", _run(columns), options).alias("panic")


def verify(
    *,
    goal: IntoColumn = "goal",
    answer: IntoColumn = "answer",
    kept_steps: IntoColumn = None,
    **columns: Unpack[RunColumns],
) -> pl.Expr:
    """Check a goal and its answer, whoever wrote them, against what each run observed.

    Gives a column `grounding` of dtype `schema.GROUNDING`; null where the goal is null. The kinds of
    claims are explained in docs/verdicts.md. A goal and answer that `relabel` gives for the run with its
    default seed are judged as they were there; any other, those of another seed or of learned wording too,
    by the calls and observations alone.

    Parameters
    ----------
    goal
        The goal.
    answer
        The answer; `None` or a null checks the goal alone.
    kept_steps
        Indices of the steps that may support the claims, of any integer type; `None` or a null means all of
        them. A list for all rows is a literal: `pl.lit([0, 2])`.
    **columns
        Columns that are not named as in the trajectory frame.

    >>> import agenther as ah, polars as pl
    >>> runs = ah.Trajectory(original_prompt="Fly me to Rome").to_frame()
    >>> grounding = ah.verify(goal=pl.lit("Find a flight for $120"), answer=None)
    >>> runs.select(grounding.struct.field("grounded")).item()
    False
    """
    return _plugin.call("verify", [*_run(columns), goal, answer, kept_steps], {}).alias("grounding")


def _run(columns: RunColumns) -> list[IntoColumn]:
    unknown = ", ".join(f"`{name}`" for name in columns if name not in RUN_COLUMNS)
    if unknown:
        raise TypeError(f"found the unknown argument {unknown}, needed columns of {', '.join(RUN_COLUMNS)}")
    given: dict[str, IntoColumn] = {**columns}  # type: ignore[dict-item]
    return [given.get(name, name) for name in RUN_COLUMNS]


def shown_moulds(**columns: Unpack[RunColumns]) -> pl.Expr:
    """Give the moulds that each run shows by itself, before `agenther.moulds` asks for support."""
    return _plugin.call("moulds", _run(columns), {}).alias("moulds")


def _relabel_options(
    goals: int, min_confidence: float, seed: int, thoughts: Thoughts, moulds: pl.DataFrame | None
) -> dict[str, object]:
    if goals < 0:
        raise ValueError(f"goals: found {goals}, needed 0 or more")
    if not 0 <= min_confidence <= 1:
        raise ValueError(f"min_confidence: found {min_confidence}, needed a number from 0 to 1")
    if not 0 <= seed < 2**64:
        raise ValueError(f"seed: found {seed}, needed a whole number from 0 to 2**64 - 1")
    if thoughts not in THOUGHTS:
        needed = ", ".join(map(repr, THOUGHTS))
        raise ValueError(f"thoughts: found {thoughts!r}, needed one of {needed}")
    options: dict[str, object] = {
        "goals": goals,
        "min_confidence": min_confidence,
        "seed": seed,
        "thoughts": thoughts,
    }
    if moulds is None:
        return options
    absent = [name for name in _MOULD if name not in moulds.columns]
    if absent:
        raise ValueError(
            f"moulds: found no column {', '.join(absent)}, needed {', '.join(_MOULD)},"
            " as `agenther.moulds` gives them"
        )
    return options | {"moulds": moulds.select(_MOULD).rows(named=True)}


def _rules_option(rules: Rules | Packs | None) -> dict[str, object]:
    if rules is None:
        return {}
    # The module of packs needs `classify`, to hold rules against labels.
    from agenther.rules import Rules, load  # noqa: PLC0415

    loaded = rules if isinstance(rules, Rules) else load(rules)
    return {"rules": loaded.option()}

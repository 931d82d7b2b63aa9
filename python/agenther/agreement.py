"""How far the runs of one task agree with one another: a sign of success that needs no label.

Runs that go wrong go wrong in different ways, and runs that go right end alike. Where a log has several runs
of each task, this may tell more than all rules: `docs/quality.md` has the figures.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from agenther.expressions import extract

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from agenther._typing import RunColumns

SHORT = 8
"""Longer answers are prose, which no two runs word alike."""


def agreement(*, task: str | pl.Expr = "original_prompt", **columns: Unpack[RunColumns]) -> pl.Expr:
    """Give, for each run, the share of the other runs of its task that end as it does: a column `agreement`.

    Runs end alike where they made the same changes: the calls that change something and worked, by tool and
    arguments, in any order. Where no run of the task changed anything, it is the final answer that counts,
    without its case and punctuation, if one of them is of at most `SHORT` words; and where no run has an
    answer, what the last call returned. A run that is the only one of its task has null.

    It looks at all rows of a task, so that it is no elementwise expression: use it on a whole frame.

    Parameters
    ----------
    task
        What tells the tasks apart. Where users word a task differently in each run, give an identifier:
        `pl.col("metadata").str.json_path_match("$.task_id")`.
    **columns
        Columns that are not named as in the trajectory frame.

    >>> import agenther as ah
    >>> answers = ["Ulm", "ulm.", "Bern"]
    >>> runs = pl.concat(
    ...     ah.Trajectory(original_prompt="Where was he born?", final_answer=answer, steps=[]).to_frame()
    ...     for answer in answers
    ... )
    >>> runs.select(ah.agreement())["agreement"].to_list()
    [0.5, 0.5, 0.0]
    """
    of_task = pl.col(task) if isinstance(task, str) else task
    outcome = _outcome(of_task, columns)
    others = pl.len().over(of_task).cast(pl.Int64) - 1
    alike = pl.len().over(of_task, outcome).cast(pl.Int64) - 1
    return pl.when(of_task.is_not_null() & (others > 0)).then(alike / others).alias("agreement")


def _outcome(task: pl.Expr, columns: RunColumns) -> pl.Expr:
    """Give a text that is equal where runs of a task end alike."""
    writes, answer, returned = _writes(columns), _answer(columns), _returned(columns)
    short = answer.str.split(" ").list.len().is_between(1, SHORT) & (answer != "")
    return (
        pl.when((writes != "").any().over(task))
        .then(writes)
        .when(short.any().over(task))
        .then(answer)
        .when((answer == "").all().over(task))
        .then(returned)
        .otherwise(writes)
    )


def _column(columns: RunColumns, name: str) -> pl.Expr:
    given = columns.get(name, name)
    if given is None:
        return pl.lit(None)
    return pl.col(given) if isinstance(given, str) else given  # type: ignore[return-value]


def _writes(columns: RunColumns) -> pl.Expr:
    """Give the changes of a run, each once, in an order that has nothing to do with time."""
    element = pl.element().struct
    made = (
        extract(**columns)
        .struct.field("achievements")
        .list.eval(element.field("step").filter(element.field("effect") == "write"))
    )
    # Blanks between the tokens of JSON differ from run to run.
    arguments = element.field("action_input").fill_null("").str.to_lowercase().str.replace_all(r"\s+", "")
    call = pl.format("{} {}", element.field("action_name").fill_null(""), arguments)
    return (
        _column(columns, "steps")
        .list.gather(made)
        .list.eval(call)
        .list.unique()
        .list.sort()
        .list.join("\n")
        .fill_null("")
    )


def _answer(columns: RunColumns) -> pl.Expr:
    text = _column(columns, "final_answer").cast(pl.String).fill_null("").str.to_lowercase()
    words = text.str.replace_all(r"[^\p{L}\p{N}]+", " ").str.strip_chars()
    return words.str.replace(r"^(the|an?) ", "")


def _returned(columns: RunColumns) -> pl.Expr:
    element = pl.element().struct
    seen = element.field("observation").filter(
        element.field("action_name").is_not_null(), element.field("observation").is_not_null()
    )
    return _column(columns, "steps").list.eval(seen).list.last().str.strip_chars().fill_null("")

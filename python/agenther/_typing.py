"""Types that the public functions share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias, TypedDict

if TYPE_CHECKING:
    import polars as pl

IntoColumn: TypeAlias = "str | pl.Expr | None"
"""A column by its name, an expression, or `None` where the frame has no such column."""


Thoughts: TypeAlias = Literal["keep", "filter", "template", "drop"]
"""What becomes of the thoughts of kept steps; `agenther.relabel` says what each means."""


class RunColumns(TypedDict, total=False):
    """The columns that make a run, where they are not named as in the trajectory frame."""

    steps: IntoColumn
    trajectory_id: IntoColumn
    original_prompt: IntoColumn
    system: IntoColumn
    tools: IntoColumn
    final_answer: IntoColumn
    success: IntoColumn
    reward: IntoColumn

"""The `.agenther` namespaces: sugar over the free functions, which type checkers see better.

A namespace on a frame knows which columns there are: those of the trajectory frame that are missing count
as null, so that a frame with `original_prompt` and `steps` is enough.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

import polars as pl

from agenther import expressions

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from agenther._typing import IntoColumn, RunColumns

Frame = TypeVar("Frame", pl.DataFrame, pl.LazyFrame)


@pl.api.register_expr_namespace("agenther")
class ExprNamespace:
    """`pl.col("steps").agenther`: the stages, with this expression as the steps."""

    def __init__(self, steps: pl.Expr) -> None:
        self._steps = steps

    def classify(self, **columns: Unpack[RunColumns]) -> pl.Expr:
        """See `agenther.classify`."""
        return expressions.classify(**{**columns, "steps": self._steps})

    def extract(self, **columns: Unpack[RunColumns]) -> pl.Expr:
        """See `agenther.extract`."""
        return expressions.extract(**{**columns, "steps": self._steps})

    def relabel(
        self,
        *,
        goals: int = 3,
        min_confidence: float = 0.5,
        seed: int = 0,
        **columns: Unpack[RunColumns],
    ) -> pl.Expr:
        """See `agenther.relabel`."""
        return expressions.relabel(
            goals=goals, min_confidence=min_confidence, seed=seed, **{**columns, "steps": self._steps}
        )

    def analyze(
        self,
        *,
        goals: int = 3,
        min_confidence: float = 0.5,
        seed: int = 0,
        **columns: Unpack[RunColumns],
    ) -> pl.Expr:
        """See `agenther.analyze`."""
        return expressions.analyze(
            goals=goals, min_confidence=min_confidence, seed=seed, **{**columns, "steps": self._steps}
        )

    def verify(
        self,
        *,
        goal: IntoColumn = "goal",
        answer: IntoColumn = "answer",
        kept_steps: IntoColumn = None,
        **columns: Unpack[RunColumns],
    ) -> pl.Expr:
        """See `agenther.verify`."""
        return expressions.verify(
            goal=goal, answer=answer, kept_steps=kept_steps, **{**columns, "steps": self._steps}
        )


class _FrameNamespace(Generic[Frame]):
    """The stages, each as further columns of the frame."""

    def __init__(self, frame: Frame) -> None:
        self._frame = frame

    def classify(self, **columns: Unpack[RunColumns]) -> Frame:
        """Add the column `verdict`; see `agenther.classify`."""
        return self._frame.with_columns(expressions.classify(**self._present(columns)))

    def extract(self, **columns: Unpack[RunColumns]) -> Frame:
        """Add the column `outcome`; see `agenther.extract`."""
        return self._frame.with_columns(expressions.extract(**self._present(columns)))

    def relabel(
        self,
        *,
        goals: int = 3,
        min_confidence: float = 0.5,
        seed: int = 0,
        **columns: Unpack[RunColumns],
    ) -> Frame:
        """Add the column `hindsight`; see `agenther.relabel`."""
        expression = expressions.relabel(
            goals=goals, min_confidence=min_confidence, seed=seed, **self._present(columns)
        )
        return self._frame.with_columns(expression)

    def analyze(
        self,
        *,
        goals: int = 3,
        min_confidence: float = 0.5,
        seed: int = 0,
        **columns: Unpack[RunColumns],
    ) -> Frame:
        """Add `verdict`, `outcome`, `hindsight` and `abstained`; see `agenther.analyze`."""
        expression = expressions.analyze(
            goals=goals, min_confidence=min_confidence, seed=seed, **self._present(columns)
        )
        return self._frame.with_columns(expression.struct.unnest())

    def verify(
        self,
        *,
        goal: IntoColumn = "goal",
        answer: IntoColumn = "answer",
        kept_steps: IntoColumn = None,
        **columns: Unpack[RunColumns],
    ) -> Frame:
        """Add the column `grounding`; see `agenther.verify`."""
        expression = expressions.verify(
            goal=goal, answer=answer, kept_steps=kept_steps, **self._present(columns)
        )
        return self._frame.with_columns(expression)

    def _present(self, columns: RunColumns) -> RunColumns:
        """Say `None` for optional columns that the frame has not; without steps there is no run."""
        names = set(self._frame.lazy().collect_schema())
        absent = [name for name in expressions.RUN_COLUMNS if name not in names and name != "steps"]
        return {**dict.fromkeys(absent), **columns}  # type: ignore[typeddict-item]


@pl.api.register_dataframe_namespace("agenther")
class DataFrameNamespace(_FrameNamespace[pl.DataFrame]):
    """`df.agenther`."""


@pl.api.register_lazyframe_namespace("agenther")
class LazyFrameNamespace(_FrameNamespace[pl.LazyFrame]):
    """`lf.agenther`."""

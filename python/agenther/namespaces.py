"""The `.agenther` namespaces: sugar over the free functions, which type checkers see and these not.

A namespace on a frame knows which columns there are: those of the trajectory frame that are missing count
as null, so that a frame with `steps` alone is enough.
"""

from __future__ import annotations

from typing import Any, Generic, TypeVar

import polars as pl

from agenther import expressions

Frame = TypeVar("Frame", pl.DataFrame, pl.LazyFrame)


@pl.api.register_expr_namespace("agenther")
class ExprNamespace:
    """`pl.col("steps").agenther`: the stages, with this expression as the steps."""

    def __init__(self, steps: pl.Expr) -> None:
        self._steps = steps

    def classify(self, **options: Any) -> pl.Expr:
        """See `agenther.classify`."""
        return expressions.classify(steps=self._steps, **options)

    def extract(self, **options: Any) -> pl.Expr:
        """See `agenther.extract`."""
        return expressions.extract(steps=self._steps, **options)

    def relabel(self, **options: Any) -> pl.Expr:
        """See `agenther.relabel`."""
        return expressions.relabel(steps=self._steps, **options)

    def analyze(self, **options: Any) -> pl.Expr:
        """See `agenther.analyze`."""
        return expressions.analyze(steps=self._steps, **options)

    def verify(self, **options: Any) -> pl.Expr:
        """See `agenther.verify`."""
        return expressions.verify(steps=self._steps, **options)


class _FrameNamespace(Generic[Frame]):
    """The stages, each as further columns of the frame."""

    def __init__(self, frame: Frame) -> None:
        self._frame: Frame = frame

    def classify(self, **options: Any) -> Frame:
        """Add the column `verdict`; see `agenther.classify`."""
        return self._frame.with_columns(expressions.classify(**self._present(options)))

    def extract(self, **options: Any) -> Frame:
        """Add the column `outcome`; see `agenther.extract`."""
        return self._frame.with_columns(expressions.extract(**self._present(options)))

    def relabel(self, **options: Any) -> Frame:
        """Add the column `hindsight`; see `agenther.relabel`."""
        return self._frame.with_columns(expressions.relabel(**self._present(options)))

    def analyze(self, **options: Any) -> Frame:
        """Add `verdict`, `outcome`, `hindsight` and `abstained`; see `agenther.analyze`."""
        return self._frame.with_columns(expressions.analyze(**self._present(options)).struct.unnest())

    def verify(self, **options: Any) -> Frame:
        """Add the column `grounding`; see `agenther.verify`."""
        return self._frame.with_columns(expressions.verify(**self._present(options)))

    def _present(self, options: dict[str, Any]) -> dict[str, Any]:
        """Say `None` for columns that the frame has not; without steps there is no run."""
        names = self._frame.lazy().collect_schema()
        absent = [name for name in expressions.RUN_COLUMNS if name not in names and name != "steps"]
        return {**dict.fromkeys(absent), **options}


@pl.api.register_dataframe_namespace("agenther")
class DataFrameNamespace(_FrameNamespace[pl.DataFrame]):
    """`df.agenther`."""


@pl.api.register_lazyframe_namespace("agenther")
class LazyFrameNamespace(_FrameNamespace[pl.LazyFrame]):
    """`lf.agenther`."""

"""Every call of the compiled plugin, in one place."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
from polars.plugins import register_plugin_function

from agenther import _native

if TYPE_CHECKING:
    from collections.abc import Iterable

    from agenther._typing import IntoColumn

_LIBRARY = Path(_native.__file__)


def call(
    function: str,
    columns: Iterable[IntoColumn],
    options: dict[str, object],
) -> pl.Expr:
    """Call a plugin function on columns of runs.

    The options are a literal column with JSON: the native side says why. `is_elementwise` lets the
    streaming engine cut the frame anywhere: one row is one run, so that no run is cut.
    """
    return register_plugin_function(
        plugin_path=_LIBRARY,
        function_name=function,
        args=[_expression(column) for column in columns] + [pl.lit(json.dumps(options))],
        is_elementwise=True,
    )


_ABSENT = pl.lit("").alias("__agenther_absent")
"""Stands for a column that the frame has not. With a null literal, Polars would not see that two calls are
the same, and `.struct.unnest()` would compute each field anew."""


def _expression(column: IntoColumn) -> pl.Expr:
    if column is None:
        return _ABSENT
    return pl.col(column) if isinstance(column, str) else column

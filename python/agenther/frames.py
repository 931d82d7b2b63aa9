"""Trajectory frames in Parquet and Arrow files, as sources of a scan."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from agenther import schema

if TYPE_CHECKING:
    from collections.abc import Iterator

SUFFIXES = (".parquet", ".arrow", ".feather", ".ipc")
FORMAT = "trajectory_frame"

_PARQUET = b"PAR1"
_ARROW = b"ARROW1"


class NotTrajectoriesError(Exception):
    """A file holds a frame, but not one of trajectories."""

    def reject(self, path: str) -> pl.DataFrame:
        """Give the reject that stands for the whole file."""
        row = {"path": path, "record": 0, "offset": 0, "reason": "unknown_shape", "sentence": str(self)}
        return pl.DataFrame([row], schema=schema.REJECTS)


def is_frame(path: str) -> bool:
    """Tell by its first bytes whether a file is Parquet or Arrow."""
    return _magic(path).startswith((_PARQUET, _ARROW))


def read(path: str, rows: int) -> Iterator[pl.DataFrame]:
    """Read a file as trajectory frames of at most so many rows."""
    lazy = _scan(path)
    try:
        columns = lazy.collect_schema()
    except pl.exceptions.PolarsError as error:
        raise NotTrajectoriesError(f"The file could not be opened: {_first_line(error)}.") from error
    _check(columns)
    conformed = lazy.with_row_index("source.record").select(_conform(columns, path))
    start = 0
    while True:
        try:
            batch = conformed.slice(start, rows).collect()
        except pl.exceptions.PolarsError as error:
            raise NotTrajectoriesError(
                f"The frame is not one of trajectories: {_first_line(error)}."
            ) from error
        if batch.is_empty():
            return
        yield batch
        start += rows


def counts(path: str, runs: int, rejects: int) -> pl.DataFrame:
    """Give the counts of a file that was read."""
    size = Path(path).stat().st_size
    row = {"path": path, "format": FORMAT, "records": runs + rejects, "runs": runs, "rejects": rejects}
    return pl.DataFrame([row | {"bytes": size}], schema=schema.FILES)


def detections(paths: list[str]) -> pl.DataFrame:
    """Give what `detect_formats` says of such files."""
    rows = [{"path": path, "format": FORMAT, "confidence": 1.0} for path in paths]
    return pl.DataFrame(rows, schema=schema.DETECTIONS)


def _magic(path: str) -> bytes:
    try:
        with Path(path).open("rb") as file:
            return file.read(len(_ARROW))
    except OSError:
        return b""  # the log reader opens it again, and says what is wrong


def _scan(path: str) -> pl.LazyFrame:
    is_parquet = _magic(path).startswith(_PARQUET)
    return pl.scan_parquet(path, glob=False) if is_parquet else pl.scan_ipc(path)


def _first_line(error: Exception) -> str:
    return str(error).split("\n", 1)[0]


def _check(columns: pl.Schema) -> None:
    """Refuse a frame without steps. The other columns are filled or cast."""
    if "steps" not in columns:
        found = ", ".join(f"`{name}`" for name in columns)
        raise NotTrajectoriesError(f"The frame has no column `steps`, only {found}.")
    fields = _step_fields(columns["steps"])
    if missing := [name for name in ("action_name", "action_input", "observation") if name not in fields]:
        raise NotTrajectoriesError(
            f"The column `steps` is {columns['steps']}, without the field `{missing[0]}`; "
            f"needed are steps as in `agenther.schema.STEPS`."
        )


def _step_fields(dtype: pl.DataType) -> list[str]:
    step = dtype.inner if isinstance(dtype, pl.List) else None
    return [field.name for field in step.fields] if isinstance(step, pl.Struct) else []


def _conform(columns: pl.Schema, path: str) -> list[pl.Expr]:
    """Cast what there is, fill what is missing with nulls, leave out what is not of the frame."""
    source = pl.struct(
        pl.lit(FORMAT).alias("format"), pl.lit(path).alias("path"), pl.col("source.record").alias("record")
    )
    expressions = {name: pl.lit(None) for name in schema.TRAJECTORY} | {"source": source}
    expressions |= {name: pl.col(name) for name in schema.TRAJECTORY if name in columns}
    present = _step_fields(columns["steps"])
    fields = [
        (pl.element().struct.field(name) if name in present else pl.lit(None)).cast(dtype).alias(name)
        for name, dtype in schema.STEP.to_schema().items()
    ]
    expressions["steps"] = pl.col("steps").list.eval(pl.struct(*fields))
    return [expressions[name].cast(dtype).alias(name) for name, dtype in schema.TRAJECTORY.items()]

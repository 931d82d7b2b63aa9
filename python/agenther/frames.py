"""Parquet and Arrow files as sources of a scan: trajectory frames as they are, other frames as records."""

from __future__ import annotations

from glob import escape
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from agenther import _native, _plugin, arrow_stream, schema

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

FORMAT = "trajectory_frame"

PARQUET = b"PAR1"
ARROW = b"ARROW1"
MAGIC = (PARQUET, ARROW, arrow_stream.MAGIC)

_SNIFFED_ROWS = 64
_MOST_ROWS = 512
"""Rows of a frame in memory at a time: a run may well have a megabyte."""


class NotTrajectoriesError(Exception):
    """A file holds a frame, but not one of trajectories."""

    def reject(self, path: str) -> pl.DataFrame:
        """Give the reject that stands for the whole file."""
        row = {"path": path, "record": 0, "offset": 0, "reason": "unknown_shape", "sentence": str(self)}
        return pl.DataFrame([row], schema=schema.REJECTS)


def is_frame(path: str) -> bool:
    """Tell by its first bytes whether a file is Parquet or Arrow, as a file or as a stream."""
    return _magic(path).startswith(MAGIC)


def has_steps(path: str) -> bool:
    """Tell whether a file means to be a trajectory frame."""
    return is_trajectories(_columns(path))


def is_trajectories(columns: pl.Schema) -> bool:
    """Tell whether columns mean to be a trajectory frame; beside messages, `steps` may be their number."""
    has_messages = "messages" in columns
    return "steps" in columns and ("action_name" in _step_fields(columns["steps"]) or not has_messages)


def read(
    path: str, rows: int, *, columns: Sequence[str] | None = None, success_at: float | None = None
) -> Iterator[pl.DataFrame]:
    """Read a file as trajectory frames of at most so many rows, or as some columns of them."""
    source = pl.struct(
        pl.lit(FORMAT).alias("format"), pl.lit(path).alias("path"), pl.col("source.record").alias("record")
    )
    frame = _scan(path).with_row_index("source.record")
    runs = frame.select(conform(_columns(path), source, success_at))
    yield from _batches(runs if columns is None else runs.select(columns), rows, path)


def records(path: str, rows: int) -> Iterator[bytes]:
    """Read any other frame as JSON lines, a row a record, for the log reader to make out."""
    lines = _scan(path).select(line=_plugin.call("to_json", [pl.struct(pl.all())], {}))
    for batch in _batches(lines, rows, path):
        text: str = batch["line"].str.join("\n").item()
        yield text.encode() + b"\n"


def _batches(lazy: pl.LazyFrame, rows: int, path: str) -> Iterator[pl.DataFrame]:
    read = 0
    try:
        height = _height(path)
        for batch in lazy.collect_batches(chunk_size=min(rows, _MOST_ROWS), maintain_order=True):
            read += batch.height
            yield batch
    except pl.exceptions.PolarsError as error:
        reason = _first_line(error)
        raise NotTrajectoriesError(f"The frame is not one of trajectories: {reason}.") from error
    if read < height:
        # Polars 1 ends the batches where an error is, and does not raise it.
        raise NotTrajectoriesError(
            f"Reading stopped after {read} of {height} rows: the file is damaged, or not one of trajectories."
        )


def _height(path: str) -> int:
    height: int = _scan(path).select(pl.len()).collect().item()
    return height


def counts(path: str, runs: int, rejects: int) -> pl.DataFrame:
    """Give the counts of a file that was read."""
    size = Path(path).stat().st_size
    row = {"path": path, "format": FORMAT, "records": runs + rejects, "runs": runs, "rejects": rejects}
    return pl.DataFrame([row | {"bytes": size}], schema=schema.FILES)


def detection(path: str, mapping: str | None = None) -> pl.DataFrame:
    """Give what `detect_formats` says of such a file."""
    layout = "rows of a frame"
    try:
        if has_steps(path):
            row = {"path": path, "format": FORMAT, "confidence": 1.0, "layout": layout}
            return pl.DataFrame([row], schema=schema.DETECTIONS)
        found = pl.DataFrame(_native.detect_chunks(path, records(path, _SNIFFED_ROWS), mapping))
        return found.with_columns(layout=pl.lit(layout))
    except NotTrajectoriesError:
        row = {"path": path, "confidence": 0.0, "layout": layout}
        return pl.DataFrame([row], schema=schema.DETECTIONS)


def _magic(path: str) -> bytes:
    try:
        with Path(path).open("rb") as file:
            return file.read(len(ARROW))
    except OSError:
        return b""  # the log reader opens it again, and says what is wrong


def _scan(path: str) -> pl.LazyFrame:
    magic = _magic(path)
    if magic.startswith(PARQUET):
        return pl.scan_parquet(path, glob=False)
    if magic.startswith(ARROW):
        return pl.scan_ipc(escape(path))  # which takes its path for a glob
    return arrow_stream.scan(path)


def _columns(path: str) -> pl.Schema:
    try:
        return _scan(path).collect_schema()
    except pl.exceptions.PolarsError as error:
        raise NotTrajectoriesError(f"The file could not be opened: {_first_line(error)}.") from error


def _first_line(error: Exception) -> str:
    return str(error).split("\n", 1)[0]


def _check(columns: pl.Schema) -> None:
    """Refuse steps that are none. The other columns are filled or cast."""
    fields = _step_fields(columns["steps"])
    if missing := [name for name in ("action_name", "action_input", "observation") if name not in fields]:
        raise NotTrajectoriesError(
            f"The column `steps` is {columns['steps']}, without the field `{missing[0]}`; "
            f"needed are steps as in `agenther.schema.STEPS`."
        )


def _step_fields(dtype: pl.DataType) -> list[str]:
    step = dtype.inner if isinstance(dtype, pl.List) else None
    return [field.name for field in step.fields] if isinstance(step, pl.Struct) else []


def conform(columns: pl.Schema, source: pl.Expr, success_at: float | None = None) -> list[pl.Expr]:
    """Cast what there is, fill what is missing with nulls, leave out what is not of the frame."""
    _check(columns)
    expressions = {name: pl.lit(None) for name in schema.TRAJECTORY} | {"source": source}
    expressions |= {name: pl.col(name) for name in schema.TRAJECTORY if name in columns}
    present = _step_fields(columns["steps"])
    fields = [
        (pl.element().struct.field(name) if name in present else pl.lit(None)).cast(dtype).alias(name)
        for name, dtype in schema.STEP.to_schema().items()
    ]
    expressions["steps"] = pl.col("steps").list.eval(pl.struct(*fields))
    if success_at is not None and "reward" in columns:
        reached = pl.col("reward").cast(pl.Float64) >= success_at
        expressions["success"] = pl.coalesce(expressions["success"].cast(pl.Boolean), reached)
    return [expressions[name].cast(dtype).alias(name) for name, dtype in schema.TRAJECTORY.items()]

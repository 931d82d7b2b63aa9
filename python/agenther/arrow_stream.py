"""Arrow in its streaming format, as `datasets.save_to_disk` and IPC streams have it, one batch at a time.

Polars reads such a file whole or not at all. What it needs of one batch is cut out here: the schema, the
dictionaries so far, and the batch, each a message of its own.
"""

from __future__ import annotations

import os
import struct
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import IO, TYPE_CHECKING

import polars as pl
from polars.io.plugins import register_io_source

if TYPE_CHECKING:
    from collections.abc import Iterator

MAGIC = b"\xff\xff\xff\xff"
"""What each message begins with; no text does."""

_SCHEMA, _DICTIONARY, _BATCH = 1, 2, 3
"""What a message is, in its header."""


def scan(path: str) -> pl.LazyFrame:
    """Scan a file lazily; a `ComputeError` where it is damaged.

    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp(), "stream.arrow")
    >>> pl.DataFrame({"a": [1, 2]}).write_ipc_stream(path)
    >>> scan(str(path)).select("a").collect()["a"].to_list()
    [1, 2]
    """
    with Path(path).open("rb") as file:
        kind, first = _message(file) or (0, b"")
    if kind != _SCHEMA:
        raise pl.exceptions.ComputeError("the Arrow stream does not begin with a schema")
    return register_io_source(partial(_batches, path), schema=_frame(first).schema)


def _batches(
    path: str,
    columns: list[str] | None,
    predicate: pl.Expr | None,
    rows: int | None,
    _batch_size: int | None,
) -> Iterator[pl.DataFrame]:
    for whole in _frames(path):
        part = whole if rows is None else whole.head(rows)
        frame = part if predicate is None else part.filter(predicate)
        yield frame if columns is None else frame.select(columns)
        rows = None if rows is None else rows - part.height
        if rows == 0:
            return


def _frames(path: str) -> Iterator[pl.DataFrame]:
    """Read a batch at a time, or so many as are as long as the dictionaries before them.

    These are read anew with each: a stream of many would take quadratic time.
    """
    before, size = b"", 0
    since: list[tuple[int, bytes]] = []
    with Path(path).open("rb") as file:
        while message := _message(file):
            kind, content = message
            since.append(message)
            size += len(content)
            if kind == _BATCH and size >= len(before):
                yield _frame(before + b"".join(content for _, content in since))
                before += b"".join(content for kind, content in since if kind != _BATCH)
                since, size = [], 0
    if before and since:
        yield _frame(before + b"".join(content for _, content in since))


def _frame(messages: bytes) -> pl.DataFrame:
    return pl.read_ipc_stream(BytesIO(messages + MAGIC + bytes(4)))


def _message(file: IO[bytes]) -> tuple[int, bytes] | None:
    """Read a message with its body, and say what it is; nothing at the end of the stream."""
    start = file.read(8)
    if len(start) < len(MAGIC) or start == MAGIC + bytes(4):
        return None
    (size,) = struct.unpack("<i", start[4:]) if len(start) == 8 and start.startswith(MAGIC) else (-1,)  # noqa: PLR2004
    header = _read(file, size)
    try:
        kind, length = _header(header)
    except struct.error:
        kind, length = 0, -1
    return kind, start + header + _read(file, length)


def _read(file: IO[bytes], size: int) -> bytes:
    """Read what a message says it holds, which may be more than there is."""
    if not 0 <= size <= os.fstat(file.fileno()).st_size - file.tell():
        raise pl.exceptions.ComputeError("the Arrow stream is damaged or was cut off")
    return file.read(size)


def _header(header: bytes) -> tuple[int, int]:
    """Read what a message is, and the length of its body, off its table (of Flatbuffers): fields 1 and 3."""
    (table,) = struct.unpack_from("<I", header)
    (back,) = struct.unpack_from("<i", header, table)
    fields = table - back
    (size,) = struct.unpack_from("<H", header, fields)

    def field(number: int, layout: str) -> int:
        at = 4 + 2 * number
        (offset,) = struct.unpack_from("<H", header, fields + at) if at < size else (0,)
        (value,) = struct.unpack_from(layout, header, table + offset) if offset else (0,)
        return int(value)

    return field(1, "<B"), field(3, "<q")

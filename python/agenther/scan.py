"""Logs → the trajectory frame: lazily, in bounded memory, every record accounted for.

Files are found by path, folder or glob; the format of each is told from its content. Parquet and Arrow
files that hold trajectory frames are read as such.
"""

from __future__ import annotations

import warnings
from glob import glob
from itertools import groupby
from os import PathLike, fspath
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import polars as pl
from polars.io.plugins import register_io_source

from agenther import _native, frames, schema

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

Sources: TypeAlias = (
    "str | PathLike[str] | Iterable[str] | Iterable[PathLike[str]] | Iterable[str | PathLike[str]]"
)
"""A path, a folder or a glob, or several of them."""

SUFFIXES = (".json", ".jsonl", ".ndjson", ".gz", ".zst", *frames.SUFFIXES)
"""What is read of a folder. A file or a glob is read whatever its suffix."""


class RejectedRecordsWarning(UserWarning):
    """A scan met records that it could not read."""


class LogScan:
    r"""One pass over logs: batches of runs, and then the rejects and the counts of each file.

    >>> import agenther as ah, tempfile, pathlib
    >>> log = pathlib.Path(tempfile.mkdtemp(), "runs.jsonl")
    >>> _ = log.write_text('{"messages": [{"role": "user", "content": "Hi"}]}\n{"messages": [')
    >>> scan = ah.LogScan(log)
    >>> [batch.height for batch in scan.batches()], scan.rejects["reason"].to_list()
    ([1], ['truncated'])
    >>> scan.files.select("records", "runs", "rejects").row(0)
    (2, 1, 1)

    Parameters
    ----------
    sources
        Files, folders and globs. A file that is named twice is read once.
    format
        Read every record as this format (see `formats`) instead of detecting it.
    batch_rows
        The most runs a batch has; a batch also ends at about 8 MiB of log.
    """

    def __init__(self, sources: Sources, *, format: str | None = None, batch_rows: int = 8192) -> None:
        if batch_rows < 1:
            raise ValueError(f"batch_rows: found {batch_rows}, needed 1 or more")
        if format is not None and format not in formats():
            raise ValueError(f"format: found {format!r}, needed one of {', '.join(formats())}")
        self.paths = find(sources)
        self._format = format
        self._batch_rows = batch_rows
        self._rejects: list[pl.DataFrame] = []
        self._files: list[pl.DataFrame] = []

    @property
    def rejects(self) -> pl.DataFrame:
        """The records that could not be read so far: a frame of `schema.REJECTS`."""
        return pl.concat([schema.REJECTS.to_frame(), *self._rejects])

    def take_rejects(self) -> pl.DataFrame:
        """Take the rejects met since the last call, so that a long scan need not keep them."""
        rejects, self._rejects = self.rejects, []
        return rejects

    @property
    def files(self) -> pl.DataFrame:
        """The files read to their end so far, with their counts: a frame of `schema.FILES`."""
        return pl.concat([schema.FILES.to_frame(), *self._files])

    def batches(self) -> Iterator[pl.DataFrame]:
        """Read everything from the start, as trajectory frames of at most `batch_rows` rows."""
        self._rejects, self._files = [], []
        for is_frame, group in groupby(self.paths, frames.is_frame):
            if is_frame:
                for path in group:
                    yield from self._frame(path)
            else:
                paths = list(group)
                yield from self._logs(
                    _native.LogScanner(
                        paths,
                        format=self._format,
                        batch_rows=self._batch_rows,
                        threads=pl.thread_pool_size(),
                    )
                )

    def _logs(self, scanner: _native.LogScanner) -> Iterator[pl.DataFrame]:
        while True:
            batch = scanner.read_batch()
            self._rejects.append(pl.DataFrame(scanner.take_rejects()))
            self._files.append(pl.DataFrame(scanner.take_files()))
            if batch is None:
                return
            yield pl.DataFrame(batch)

    def _frame(self, path: str) -> Iterator[pl.DataFrame]:
        runs = rejects = 0
        try:
            if not frames.has_steps(path):
                records = frames.records(path, self._batch_rows)
                yield from self._logs(
                    _native.LogScanner.from_chunks(
                        path, records, format=self._format, batch_rows=self._batch_rows
                    )
                )
                return
            for batch in frames.read(path, self._batch_rows):
                runs += batch.height
                yield batch
        except frames.NotTrajectoriesError as error:
            rejects = 1
            self._rejects.append(error.reject(path))
        self._files.append(frames.counts(path, runs, rejects))


def scan_logs(sources: Sources, *, format: str | None = None, batch_rows: int = 8192) -> pl.LazyFrame:
    """Scan logs as a trajectory frame (`schema.TRAJECTORY`), lazily and in bounded memory.

    Records that cannot be read are kept aside: `scan_rejects` has them, and a
    `RejectedRecordsWarning` counts them. The parameters are those of `LogScan`.

    >>> import agenther as ah, tempfile, pathlib
    >>> log = pathlib.Path(tempfile.mkdtemp(), "runs.jsonl")
    >>> _ = log.write_text('{"messages": [{"role": "user", "content": "Hi"}]}')
    >>> ah.scan_logs(log).select("original_prompt").collect().item()
    'Hi'
    """
    paths = LogScan(sources, format=format, batch_rows=batch_rows).paths

    def batches(rows: int | None) -> Iterator[pl.DataFrame]:
        scan = LogScan(paths, format=format, batch_rows=min(batch_rows, rows or batch_rows))
        rejected = 0
        for runs in scan.batches():
            rejected += scan.take_rejects().height
            yield runs
        if rejected := rejected + scan.take_rejects().height:
            warnings.warn(
                f"{rejected} records could not be read; `agenther.scan_rejects` has them",
                RejectedRecordsWarning,
                stacklevel=2,
            )

    return _lazy(batches, schema.TRAJECTORY)


def scan_rejects(sources: Sources, *, format: str | None = None) -> pl.LazyFrame:
    """Scan logs for the records that `scan_logs` cannot read: a frame of `schema.REJECTS`.

    >>> import agenther as ah, tempfile, pathlib
    >>> log = pathlib.Path(tempfile.mkdtemp(), "runs.jsonl")
    >>> _ = log.write_text('{"messages": [')
    >>> ah.scan_rejects(log).select("record", "offset", "reason").collect().row(0)
    (0, 0, 'truncated')
    """
    paths = LogScan(sources, format=format).paths

    def batches(_: int | None) -> Iterator[pl.DataFrame]:
        scan = LogScan(paths, format=format)
        for _runs in scan.batches():
            yield scan.take_rejects()
        yield scan.take_rejects()

    return _lazy(batches, schema.REJECTS)


def detect_formats(sources: Sources) -> pl.DataFrame:
    """Tell the format of each file: a frame of `schema.DETECTIONS`.

    >>> import agenther as ah, tempfile, pathlib
    >>> log = pathlib.Path(tempfile.mkdtemp(), "runs.jsonl")
    >>> _ = log.write_text('{"messages": [{"role": "user", "content": "Hi"}]}')
    >>> ah.detect_formats(log)["format"].item()
    'openai_chat'
    """
    found = [schema.DETECTIONS.to_frame()]
    for is_frame, group in groupby(find(sources), frames.is_frame):
        paths = list(group)
        found += map(frames.detection, paths) if is_frame else [pl.DataFrame(_native.detect(paths))]
    return pl.concat(found)


def formats() -> list[str]:
    """List the names of the log formats that are read.

    >>> import agenther as ah
    >>> "openai_chat" in ah.formats()
    True
    """
    return _native.formats()


def find(sources: Sources) -> list[str]:
    """Find the files of paths, folders and globs, in their order and without repetition."""
    several = [sources] if isinstance(sources, str | PathLike) else sources
    files = [file for source in several for file in _find_one(fspath(source))]
    return list(dict.fromkeys(files))


def _find_one(source: str) -> list[str]:
    path = Path(source).expanduser()
    if path.is_file():
        return [str(path)]
    if path.is_dir():
        files = sorted(str(file) for file in path.rglob("*") if _is_log(file, path))
        if not files:
            raise FileNotFoundError(f"the folder {source} has no file named {', '.join(SUFFIXES)}")
        return files
    files = sorted(file for file in glob(str(path), recursive=True) if Path(file).is_file())
    if not files:
        raise FileNotFoundError(f"no file is at {source}, and none matches it as a glob")
    return files


def _is_log(file: Path, folder: Path) -> bool:
    hidden = any(part.startswith(".") for part in file.relative_to(folder).parts)
    return not hidden and file.suffix in SUFFIXES and file.is_file()


def _lazy(batches: Callable[[int | None], Iterator[pl.DataFrame]], columns: pl.Schema) -> pl.LazyFrame:
    """Give Polars a source that it can ask for fewer rows and columns."""

    def read(
        with_columns: list[str] | None,
        predicate: pl.Expr | None,
        n_rows: int | None,
        _batch_size: int | None,
    ) -> Iterator[pl.DataFrame]:
        left = n_rows
        for batch in batches(n_rows):
            frame = batch if left is None else batch.head(left)
            left = None if left is None else left - frame.height
            # The predicate may use columns that are projected away.
            frame = frame if predicate is None else frame.filter(predicate)
            yield frame if with_columns is None else frame.select(with_columns)
            if left == 0:
                return

    return register_io_source(read, schema=columns)

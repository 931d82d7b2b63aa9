"""Logs → the trajectory frame: lazily, in bounded memory, every record accounted for.

Files are found by path, folder or glob; the format of each is told from its content. Parquet and Arrow
files that hold trajectory frames are read as such.
"""

from __future__ import annotations

import warnings
from contextlib import ExitStack
from functools import partial
from itertools import chain, groupby
from math import isnan
from numbers import Real
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import polars as pl
from polars.io.plugins import register_io_source

from agenther import _native, frames, schema
from agenther.mapping import load
from agenther.sources import Source, Sources, Stream, find, look, name_of, needs_disk, on_disk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from agenther.mapping import Mapping

OnError: TypeAlias = Literal["reject", "raise", "skip"]

_ANY_COLUMN = ("trajectory_id",)
"""What is built where no column is wanted, and rows are counted all the same."""


class RejectedRecordsWarning(UserWarning):
    """A scan met records that it could not read."""


class RejectedRecordsError(ValueError):
    """A scan met more records that it could not read than it was allowed to."""


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
        Files, folders and globs; open files and bytes; `-` for standard input; URLs of object stores
        (`s3://…`, `hf://…`), which fsspec opens. A file that is named twice is read once, however its path
        is spelled. Of a folder, what is named as logs are is read, and `.csv`, `.html`, `.log`, `.md`,
        `.tsv`, `.txt` and what has no suffix where a format is recognised in it; `passed_over` has the rest.
    format
        Read every record as this format (see `formats`) instead of detecting it.
    success_at
        The reward from which on a run counts as a success where its log states none; by default the full
        mark of each format.
    mapping
        Read every record as this file says: a TOML file, see `docs/mapping.md`. `mapping.suggest` drafts
        one.
    on_error
        What to do with a record that cannot be read: keep it aside ("reject"), stop ("raise"), or leave it
        out and say nothing ("skip"; it is still counted in `files`).
    max_rejects
        Stop with `RejectedRecordsError` at more rejects than this number, or, given a float, at the end
        if they are more than this share of the records.
    max_record_bytes
        A record of more bytes is a reject; 256 MiB unless given.
    columns
        Build these columns of the frame alone.
    batch_rows
        The most runs a batch has; a batch also ends at about 8 MiB of log.
    """

    def __init__(
        self,
        sources: Sources,
        *,
        format: str | None = None,
        success_at: float | None = None,
        mapping: Mapping | None = None,
        on_error: OnError = "reject",
        max_rejects: float | None = None,
        max_record_bytes: int | None = None,
        columns: Sequence[str] | None = None,
        batch_rows: int = 8192,
    ) -> None:
        if batch_rows < 1:
            raise ValueError(f"batch_rows: found {batch_rows}, needed 1 or more")
        if format is not None and format not in formats():
            raise ValueError(f"format: found {format!r}, needed one of {', '.join(formats())}")
        if format is not None and mapping is not None:
            raise ValueError(
                "found both a format and a mapping, needed one of them: a mapping is a format of its own"
            )
        if success_at is not None and (not _is_number(success_at) or isnan(success_at)):
            raise ValueError(f"success_at: found {success_at!r}, needed a number")
        if max_record_bytes is not None and not _is_count(max_record_bytes):
            raise ValueError(f"max_record_bytes: found {max_record_bytes!r}, needed a whole number from 1")
        if on_error not in ("reject", "raise", "skip"):
            raise ValueError(f"on_error: found {on_error!r}, needed one of reject, raise, skip")
        if max_rejects is not None and not _is_budget(max_rejects):
            raise ValueError(
                f"max_rejects: found {max_rejects!r}, needed a number from 0, or a share from 0.0 to 1.0"
            )
        self.sources, self.passed_over = look(sources)
        """The logs; and what of the folders among the sources is not read, see `sources.Found`."""
        self._format = format
        self._success_at = success_at
        self._mapping = mapping
        self._mapping_text = load(mapping)
        self._on_error = on_error
        self._max_rejects = max_rejects
        self._max_record_bytes = max_record_bytes
        self._columns = None if columns is None else list(columns)
        self._batch_rows = batch_rows
        self._start()

    def _start(self) -> None:
        self._rejects: list[pl.DataFrame] = []
        self._files: list[pl.DataFrame] = []
        self._rejected = 0

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

    @property
    def files_read(self) -> int:
        """The number of files read to their end so far."""
        return sum(files.height for files in self._files)

    def batches(self) -> Iterator[pl.DataFrame]:
        """Read everything from the start, as trajectory frames of at most `batch_rows` rows."""
        self._start()
        for kind, group in groupby(self.sources, _kind):
            if kind == "log":
                paths = [name_of(source) for source in group]
                yield from self._logs(
                    _native.LogScanner(paths, **self._plan(), threads=pl.thread_pool_size())
                )
            else:
                for source in group:
                    yield from self._frame(source) if isinstance(source, str) else self._stream(source)
        self._check_share()

    def _plan(self) -> dict[str, Any]:
        return {
            "format": self._format,
            "success_at": self._success_at,
            "mapping": self._mapping_text,
            "max_record_bytes": self._max_record_bytes,
            "columns": self._columns,
            "batch_rows": self._batch_rows,
        }

    def _logs(self, scanner: _native.LogScanner) -> Iterator[pl.DataFrame]:
        while True:
            batch = scanner.read_batch()
            if (files := pl.DataFrame(scanner.take_files())).height:
                self._files.append(files)
            self._reject(pl.DataFrame(scanner.take_rejects()))
            if batch is None:
                return
            yield pl.DataFrame(batch)

    def _frame(self, path: str) -> Iterator[pl.DataFrame]:
        runs = rejects = 0
        try:
            if not frames.has_steps(path):
                records = frames.records(path, self._batch_rows)
                yield from self._logs(_native.LogScanner.from_chunks(path, records, **self._plan()))
                return
            batches = frames.read(path, self._batch_rows, columns=self._columns, success_at=self._success_at)
            for batch in batches:
                runs += batch.height
                yield batch
        except frames.NotTrajectoriesError as error:
            rejects = 1
            self._reject(error.reject(path))
        self._files.append(frames.counts(path, runs, rejects))

    def _stream(self, stream: Stream) -> Iterator[pl.DataFrame]:
        chunks = stream.chunks()
        try:
            head = next(chunks, b"")
        except OSError as error:
            head, chunks = b"", _failing(error)
        chunks = chain([head], chunks)
        if needs_disk(head):
            yield from self._spooled(stream.name, chunks)
            return
        for batch in self._logs(_native.LogScanner.from_chunks(stream.name, chunks, **self._plan())):
            stream.check()
            yield batch
        stream.check()

    def _spooled(self, name: str, chunks: Iterable[bytes]) -> Iterator[pl.DataFrame]:
        """Read what is read from its end by way of a file, and name the stream wherever that is named."""
        with ExitStack() as disk:
            try:
                path = disk.enter_context(on_disk(name, chunks))
            except OSError as error:
                rejects, files = _broken(name, error)
                self._reject(rejects)
                self._files.append(files)
                return
            inner = LogScan(path, **{**self._plan(), "mapping": self._mapping})
            named = pl.col("path").str.replace(path, name, literal=True)
            for batch in inner.batches():
                self._reject(inner.take_rejects().with_columns(named))
                source = pl.col("source").struct.with_fields(
                    path=pl.field("path").str.replace(path, name, literal=True)
                )
                yield batch.with_columns(source) if "source" in batch.columns else batch
            self._reject(inner.take_rejects().with_columns(named))
            self._files.append(inner.files.with_columns(named))

    def reject(self, rejects: pl.DataFrame) -> None:
        """Keep runs aside that a later stage could not work on, as what could not be read is."""
        self._reject(rejects)

    def _reject(self, rejects: pl.DataFrame) -> None:
        """Keep rejects aside, as far as they are allowed."""
        self._rejected += rejects.height
        if rejects.is_empty():
            return
        if self._on_error != "skip":
            self._rejects.append(rejects)
        last = "{path}, record {record}: {sentence}".format(**rejects.row(-1, named=True))
        if self._on_error == "raise":
            first = "{path}, record {record}: {sentence}".format(**rejects.row(0, named=True))
            raise RejectedRecordsError(first)
        if isinstance(self._max_rejects, int) and self._rejected > self._max_rejects:
            raise RejectedRecordsError(
                f"{self._rejected} records could not be read so far, more than the {self._max_rejects} of "
                f"`max_rejects`; the last is {last}"
            )

    def _check_share(self) -> None:
        if not isinstance(self._max_rejects, float):
            return
        records = int(self.files["records"].sum())
        if self._rejected > self._max_rejects * records:
            raise RejectedRecordsError(
                f"{self._rejected} of {records} records could not be read, more than the share of "
                f"{self._max_rejects} that `max_rejects` allows"
            )


def _kind(source: Source) -> Literal["log", "frame", "stream"]:
    if isinstance(source, Stream):
        return "stream"
    return "frame" if frames.is_frame(source) else "log"


def _is_number(value: object) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool)


def _is_count(value: object) -> bool:
    return isinstance(value, int) and _is_number(value) and value >= 1


def _is_budget(number: float) -> bool:
    return _is_number(number) and number >= 0 and (isinstance(number, int) or number <= 1)


def _broken(name: str, error: OSError) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Give the reject and the counts of a stream that could not be read to its end."""
    sentence = f"Reading stopped ({error}), and a file of this kind is read whole or not at all."
    reject = {"path": name, "record": 0, "offset": 0, "reason": "broken_stream", "sentence": sentence}
    counts = {"path": name, "records": 1, "runs": 0, "rejects": 1, "bytes": 0}
    return pl.DataFrame([reject], schema=schema.REJECTS), pl.DataFrame([counts], schema=schema.FILES)


def _failing(error: OSError) -> Iterator[bytes]:
    """Fail where the reader reads, which makes a reject of it."""
    yield b""
    raise error


def scan_logs(
    sources: Sources,
    *,
    format: str | None = None,
    success_at: float | None = None,
    mapping: Mapping | None = None,
    on_error: OnError = "reject",
    max_rejects: float | None = None,
    max_record_bytes: int | None = None,
    batch_rows: int = 8192,
) -> pl.LazyFrame:
    """Scan logs as a trajectory frame (`schema.TRAJECTORY`), lazily and in bounded memory.

    Polars asks the scan for the columns and rows it needs: other columns are not built, and after
    `head(10)` the rest of the logs is not read. Rows come in the order of the logs.

    Records that cannot be read are kept aside: a `RejectedRecordsWarning` counts them, and `rejects` has
    them. With `on_error="raise"` the first of them stops the scan, with `max_rejects` too many of them do
    (`RejectedRecordsError`, which Polars 1 wraps in a `ComputeError`), with `on_error="skip"` nothing is
    said of them. The parameters are those of `LogScan`.

    >>> import agenther as ah, tempfile, pathlib
    >>> log = pathlib.Path(tempfile.mkdtemp(), "runs.jsonl")
    >>> _ = log.write_text('{"messages": [{"role": "user", "content": "Hi"}]}')
    >>> ah.scan_logs(log).select("original_prompt").collect().item()
    'Hi'
    >>> ah.scan_logs(log.read_bytes()).select("source").unnest("source").collect().row(0)
    ('openai_chat', '<bytes>', 0)
    """
    scan = partial(
        LogScan,
        format=format,
        success_at=success_at,
        mapping=mapping,
        on_error=on_error,
        max_rejects=max_rejects,
        max_record_bytes=max_record_bytes,
    )
    found = scan(sources, batch_rows=batch_rows).sources

    def batches(columns: list[str] | None, rows: int | None) -> Iterator[pl.DataFrame]:
        logs = scan(found, columns=columns, batch_rows=min(batch_rows, rows or batch_rows))
        rejected = 0
        for runs in logs.batches():
            rejected += logs.take_rejects().height
            yield runs
        if rejected := rejected + logs.take_rejects().height:
            warnings.warn(
                f"{rejected} records could not be read; `agenther.rejects` has them",
                RejectedRecordsWarning,
                stacklevel=2,
            )

    runs = _lazy(batches, schema.TRAJECTORY)
    options: dict[str, Any] = {"format": format, "mapping": mapping, "max_record_bytes": max_record_bytes}
    setattr(runs, _REJECTS, partial(scan_rejects, found, **options))
    return runs


_REJECTS = "_agenther_rejects"
"""The attribute of a frame of `scan_logs` that scans the same sources for rejects."""


def rejects(runs: pl.LazyFrame) -> pl.LazyFrame:
    """Scan for the records that a frame made by `scan_logs` leaves out: a lazy frame of `schema.REJECTS`.

    The frame that `scan_logs` returns remembers its sources and how they are read, and when the rejects are
    collected they are read once more. A frame that was derived from it (by `filter`, `select`, …) does not:
    give the first one.

    >>> import agenther as ah, tempfile, pathlib
    >>> log = pathlib.Path(tempfile.mkdtemp(), "runs.jsonl")
    >>> _ = log.write_text('{"messages": [')
    >>> ah.rejects(ah.scan_logs(log)).select("record", "reason").collect().row(0)
    (0, 'truncated')
    """
    scan: Callable[[], pl.LazyFrame] | None = getattr(runs, _REJECTS, None)
    if scan is None:
        raise ValueError(
            "rejects: found a frame that remembers no logs, needed the one that `agenther.scan_logs` "
            "returned, before any further step; `agenther.scan_rejects` takes the logs themselves"
        )
    return scan()


def scan_rejects(
    sources: Sources,
    *,
    format: str | None = None,
    mapping: Mapping | None = None,
    max_record_bytes: int | None = None,
) -> pl.LazyFrame:
    """Scan logs for the records that `scan_logs` cannot read: a frame of `schema.REJECTS`.

    >>> import agenther as ah, tempfile, pathlib
    >>> log = pathlib.Path(tempfile.mkdtemp(), "runs.jsonl")
    >>> _ = log.write_text('{"messages": [')
    >>> ah.scan_rejects(log).select("record", "offset", "reason").collect().row(0)
    (0, 0, 'truncated')
    """
    options: dict[str, Any] = {"format": format, "mapping": mapping, "max_record_bytes": max_record_bytes}
    found = LogScan(sources, **options).sources

    def batches(_columns: list[str] | None, _rows: int | None) -> Iterator[pl.DataFrame]:
        scan = LogScan(found, **options, columns=_ANY_COLUMN)
        for _runs in scan.batches():
            yield scan.take_rejects()
        yield scan.take_rejects()

    return _lazy(batches, schema.REJECTS)


def detect_formats(sources: Sources, *, mapping: Mapping | None = None) -> pl.DataFrame:
    """Tell the format of each file: a frame of `schema.DETECTIONS`.

    >>> import agenther as ah, tempfile, pathlib
    >>> log = pathlib.Path(tempfile.mkdtemp(), "runs.jsonl")
    >>> _ = log.write_text('{"messages": [{"role": "user", "content": "Hi"}]}')
    >>> ah.detect_formats(log)["format"].item()
    'openai_chat'
    """
    found = [schema.DETECTIONS.to_frame()]
    text = load(mapping)
    for kind, group in groupby(find(sources), _kind):
        if kind == "log":
            found.append(pl.DataFrame(_native.detect([name_of(source) for source in group], text)))
        else:
            found += [
                frames.detection(source, text) if isinstance(source, str) else _of_stream(source, mapping)
                for source in group
            ]
    return pl.concat(found)


def _of_stream(stream: Stream, mapping: Mapping | None) -> pl.DataFrame:
    chunks = stream.chunks()
    head = next(chunks, b"")
    chunks = chain([head], chunks)
    if not needs_disk(head):
        return pl.DataFrame(_native.detect_chunks(stream.name, chunks, load(mapping)))
    with on_disk(stream.name, chunks) as path:
        return detect_formats(path, mapping=mapping).with_columns(path=pl.lit(stream.name))


def formats() -> list[str]:
    """List the names of the log formats that are read.

    >>> import agenther as ah
    >>> "openai_chat" in ah.formats()
    True
    """
    return _native.formats()


def _lazy(
    batches: Callable[[list[str] | None, int | None], Iterator[pl.DataFrame]], columns: pl.Schema
) -> pl.LazyFrame:
    """Give Polars a source that it can ask for fewer rows and columns."""

    def read(
        with_columns: list[str] | None,
        predicate: pl.Expr | None,
        n_rows: int | None,
        _batch_size: int | None,
    ) -> Iterator[pl.DataFrame]:
        left = n_rows
        for batch in batches(_needed(with_columns, predicate), n_rows):
            frame = batch if left is None else batch.head(left)
            left = None if left is None else left - frame.height
            # The predicate may use columns that are projected away.
            frame = frame if predicate is None else frame.filter(predicate)
            yield frame if with_columns is None else frame.select(with_columns)
            if left == 0:
                return

    return register_io_source(read, schema=columns)


def _needed(with_columns: list[str] | None, predicate: pl.Expr | None) -> list[str] | None:
    """Name the columns to build; `None` means all."""
    if with_columns is None:
        return None
    roots = [] if predicate is None else predicate.meta.root_names()
    return list(dict.fromkeys([*with_columns, *roots])) or list(_ANY_COLUMN)

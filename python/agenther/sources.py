"""Where logs are: files, folders and globs, open files and bytes, standard input, object stores."""

from __future__ import annotations

import json
import re
import sys
import tempfile
from contextlib import contextmanager, suppress
from functools import partial
from glob import glob, has_magic
from io import BytesIO, TextIOBase
from os import PathLike, fspath
from pathlib import Path, PurePosixPath
from typing import IO, TYPE_CHECKING, Any, TypeAlias, TypeVar

import polars as pl

from agenther import _native, frames

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

STDIN = "-"
_ZIP = b"PK\x03\x04"

RECORD_SUFFIXES = (
    ".json",
    ".jsonl",
    ".ndjson",
    ".traj",
    ".eval",
    ".zip",
    ".gz",
    ".zst",
    *frames.SUFFIXES,
)
"""What is read of a folder, whatever is in it: a file that is no log is a reject."""

TEXT_SUFFIXES = (".csv", ".html", ".log", ".md", ".tsv", ".txt")
"""What is read of a folder if a format is recognised in it: most files of these names are no logs."""

CHUNK = 1 << 20
"""Bytes asked of a stream at a time; also what it takes to recognise a format."""


class Stream:
    """Bytes that lie in no local file, under a name that stands for a path."""

    def __init__(self, name: str, opened: Callable[[], IO[Any]]) -> None:
        self.name = name
        self._open = opened
        self._interrupt: BaseException | None = None

    def __repr__(self) -> str:
        return f"Stream({self.name!r})"

    def chunks(self) -> Iterator[bytes]:
        """Read it from the start. What goes wrong further on ends it, and the reader says where."""
        with self._open() as file:
            try:
                while chunk := file.read(CHUNK):
                    yield chunk.encode() if isinstance(chunk, str) else bytes(chunk)
            except KeyboardInterrupt as interrupt:
                # The reader would take it for a broken stream, and read on with the next source.
                self._interrupt = interrupt
                raise

    def check(self) -> None:
        """Raise the interrupt that ended the reading, if one did."""
        if self._interrupt is not None:
            raise self._interrupt


def needs_disk(head: bytes) -> bool:
    """Tell by its first bytes whether a stream is read from its end: Parquet, Arrow, an archive."""
    return head.startswith((frames.PARQUET, frames.ARROW, _ZIP))


@contextmanager
def on_disk(name: str, chunks: Iterable[bytes]) -> Iterator[str]:
    """Keep a stream in a file of the same name for as long as the block lasts."""
    with tempfile.TemporaryDirectory(prefix="agenther-") as folder:
        path = Path(folder, PurePosixPath(name).name.strip("<>") or "stream")
        with path.open("wb") as file:
            file.writelines(chunks)
        yield str(path)


Source: TypeAlias = "str | Stream"
"""A local file by its path, or a stream."""

_File = TypeVar("_File", str, Stream)

One: TypeAlias = "str | PathLike[str] | bytes | bytearray | IO[Any] | Stream"
Sources: TypeAlias = (
    "One | Iterable[str] | Iterable[PathLike[str]] | Iterable[str | PathLike[str]] | Iterable[One]"
)
"""A path, a folder, a glob, a URL, an open file or bytes, or several of them."""


def find(sources: Sources) -> list[Source]:
    """Find the files of sources, in their order and without repetition.

    `-` is standard input; `s3://…`, `hf://…` and other URLs are read through fsspec.
    """
    alone = isinstance(sources, str | PathLike | bytes | bytearray | Stream) or hasattr(sources, "read")
    several: Iterable[One] = [sources] if alone else sources  # type: ignore[assignment,list-item]
    found = [file for source in several for file in _find_one(source)]
    return list(dict.fromkeys(found))


def name_of(source: Source) -> str:
    """Give the path of a source, or what stands for one."""
    return source if isinstance(source, str) else source.name


def _find_one(source: One) -> list[Source]:
    if isinstance(source, Stream):
        return [source]
    if isinstance(source, bytes | bytearray):
        return [Stream("<bytes>", lambda: BytesIO(source))]
    if not isinstance(source, str | PathLike):
        return [_open_file(source)]
    where = fspath(source)
    if where == STDIN:
        return [_open_file(sys.stdin.buffer, "<stdin>")]
    return list(_find_remote(where)) if "://" in where else list(_find_local(where))


def _open_file(file: IO[Any], name: str | None = None) -> Stream:
    """Read an open file from where it stands, and again from there if it can go back."""
    if isinstance(file, TextIOBase):
        # The bytes under a text file, if it has any, are what the log is.
        file = getattr(file, "buffer", file)
    name = name or str(getattr(file, "name", "<stream>"))
    start = file.tell() if file.seekable() else None
    reads = 0

    @contextmanager
    def opened() -> Iterator[IO[Any]]:
        nonlocal reads
        if start is not None:
            file.seek(start)
        elif reads:
            raise ValueError(
                f"{name} was read already and cannot be read a second time; write it to a file first"
            )
        reads += 1
        yield file  # whoever opened it closes it

    return Stream(name, opened)  # type: ignore[arg-type]


def _find_local(source: str) -> list[Source]:
    path = Path(source).expanduser()
    if path.is_file():
        return [str(path)]
    if path.is_dir():
        return _stores_joined(_logs_in(path))
    files = _matched(str(path))
    if not files:
        raise FileNotFoundError(f"no file is at {source}, and none matches it as a glob")
    return _stores_joined(files)


def _matched(pattern: str) -> list[str]:
    """Give the files that match a glob, and the logs in folders that do, unless it goes into them itself.

    A folder without a log is passed over: whoever writes `logs/*` does not mean each thing in it to be one.
    """
    matches = sorted(glob(pattern, recursive=True))
    entered = {parent for match in matches for parent in Path(match).parents}
    files = []
    for match in matches:
        if Path(match).is_file():
            files.append(match)
        elif Path(match).is_dir() and Path(match) not in entered:
            with suppress(FileNotFoundError):
                files += _logs_in(Path(match))
    return files


def _logs_in(folder: Path) -> list[str]:
    files = [str(file) for file in sorted(folder.rglob("*"), key=str) if _is_visible_file(file, folder)]
    return _logs_among(files, str(folder), str, _recognised)


_EVENT = re.compile(r"(?:event-)?(\d+)(?:-[\w-]*)?\.json")
"""The name of a file in the folder `events` of a session of OpenHands, with its number."""


def _stores_joined(files: list[str]) -> list[Source]:
    """Put the files of each store of events together: OpenHands has a file an event, and a run in a folder.

    They are read as one stream, in the order of their numbers, that has the name of the session's folder.
    """
    events: dict[Path, list[tuple[int, str]]] = {}
    for file in files:
        path = Path(file)
        if path.parent.name == "events" and (named := _EVENT.fullmatch(path.name)):
            events.setdefault(path.parent, []).append((int(named[1]), file))
    stores = {
        folder: Stream(str(folder.parent), partial(_open_events, [file for _, file in sorted(numbered)]))  # type: ignore[arg-type]
        for folder, numbered in events.items()
        if _is_event(min(numbered)[1])
    }
    joined = {file: stores[folder] for folder in stores for _, file in events[folder]}
    return list(dict.fromkeys(joined.get(file, file) for file in files))


def _is_event(path: str) -> bool:
    """Tell whether a file holds an event of OpenHands, of the first versions or of its SDK."""
    try:
        event = json.loads(Path(path).read_bytes())
    except (OSError, ValueError, RecursionError):
        return False
    return (
        isinstance(event, dict)
        and isinstance(event.get("source"), str)
        and any(isinstance(event.get(key), str) for key in ("action", "observation", "kind"))
    )


class _Events:
    """The texts of files, one after another, each ended by a line break."""

    def __init__(self, files: list[str]) -> None:
        self._left = iter(files)

    def read(self, _size: int = -1) -> bytes:
        path = next(self._left, None)
        return b"" if path is None else Path(path).read_bytes() + b"\n"


@contextmanager
def _open_events(files: list[str]) -> Iterator[_Events]:
    yield _Events(files)


def _find_remote(url: str) -> list[Stream]:
    try:
        import fsspec  # noqa: PLC0415 - an extra, and slow to import
    except ImportError as error:
        scheme = url.split("://", 1)[0]
        raise ModuleNotFoundError(
            f"{url} needs the package fsspec, and what it needs for {scheme}://: `pip install fsspec`"
        ) from error
    with _errors_of_store(url):
        store, path = fsspec.core.url_to_fs(url)
        pattern, alone = has_magic(path), store.isfile(path)
        names = _names_in_store(store, path) if pattern else [path] if alone else store.find(path)
        streams = [
            Stream(store.unstrip_protocol(name), partial(_open_remote, store, name)) for name in sorted(names)
        ]
    if not streams:
        raise FileNotFoundError(f"no file is at {url}, and none matches it as a glob")
    return streams if pattern or alone else _logs_among(streams, url, name_of, _recognised_stream)


def _names_in_store(store: Any, pattern: str) -> list[str]:
    """Do for a store what `_matched` does for the disk; what is no log by its name is left in its folder."""
    matches = store.glob(pattern)
    entered = {str(parent) for match in matches for parent in PurePosixPath(match).parents}
    names = []
    for match in matches:
        if store.isfile(match):
            names.append(match)
        elif match not in entered:
            names += [name for name in store.find(match) if name.endswith(RECORD_SUFFIXES)]
    return names


def _open_remote(store: Any, name: str) -> IO[Any]:
    with _errors_of_store(store.unstrip_protocol(name)):
        file: IO[Any] = store.open(name, "rb")
    return file


@contextmanager
def _errors_of_store(url: str) -> Iterator[None]:
    try:
        yield
    except OSError:
        raise
    except ImportError as error:
        raise ModuleNotFoundError(f"{url} cannot be read: {error}") from error
    except Exception as error:  # every store has errors of its own: no credentials, no such bucket
        raise OSError(f"{url} cannot be read: {error}") from error


def _logs_among(
    files: list[_File], folder: str, name: Callable[[_File], str], recognised: Callable[[_File], bool]
) -> list[_File]:
    logs = [
        file
        for file in files
        if name(file).endswith(RECORD_SUFFIXES) or (name(file).endswith(TEXT_SUFFIXES) and recognised(file))
    ]
    if not logs:
        raise FileNotFoundError(
            f"the folder {folder} has no file named {', '.join(RECORD_SUFFIXES)}, and none named "
            f"{', '.join(TEXT_SUFFIXES)} in which a format is recognised"
        )
    return logs


_HIDDEN_LOGS = (".aider.chat.history.md", ".specstory")
"""Hidden names under which agents leave their chats in the folder of the project they worked on."""


def _is_visible_file(file: Path, folder: Path) -> bool:
    parts = file.relative_to(folder).parts
    hidden = any(part.startswith(".") and part not in _HIDDEN_LOGS for part in parts)
    return not hidden and file.suffix in (*RECORD_SUFFIXES, *TEXT_SUFFIXES) and file.is_file()


def _recognised(path: str) -> bool:
    try:
        return pl.DataFrame(_native.detect([path]))["format"].item() is not None
    except OSError:
        return True  # the scan says what is wrong with it


def _recognised_stream(stream: Stream) -> bool:
    return pl.DataFrame(_native.detect_chunks(stream.name, stream.chunks()))["format"].item() is not None

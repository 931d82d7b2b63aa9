"""Where logs are: files, folders and globs, open files and bytes, standard input, object stores."""

from __future__ import annotations

import json
import os
import re
import sys
import tempfile
from collections import Counter
from contextlib import contextmanager, nullcontext, suppress
from functools import partial
from glob import glob, has_magic
from io import SEEK_END, BytesIO, TextIOBase
from os import PathLike, fspath
from os.path import realpath
from pathlib import Path, PurePosixPath
from typing import IO, TYPE_CHECKING, Any, NamedTuple, TypeAlias, TypeVar

import polars as pl

from agenther import _native, frames

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from contextlib import AbstractContextManager

STDIN = "-"
ZIP = b"PK\x03\x04"

RECORD_SUFFIXES, TEXT_SUFFIXES = map(tuple, _native.log_suffixes())
"""What is read of a folder: the first whatever is in it, as a reject if it is no log; the second, and what
has no suffix, if a format is recognised in it. `_native.is_log_name` knows them in any case, and rotated."""

CHUNK = 1 << 20
"""Bytes asked of a stream at a time; also what it takes to recognise a format."""


class Stream:
    """Bytes that lie in no local file, under a name that stands for a path."""

    def __init__(self, name: str, opened: Callable[[], IO[Any]], *, place: str | None = None) -> None:
        self.name = name
        self.place = place
        """Where it comes from, which two streams that are the same have in common."""
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
    return head.startswith((*frames.MAGIC, ZIP))


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


class Found(NamedTuple):
    """What was found where logs are looked for."""

    files: list[Source]
    """The logs, in their order and without repetition."""
    passed_over: list[str]
    """What of the folders is not read: files that are not named as logs are, texts in which no format is
    recognised, and links to other folders. Hidden files are not counted."""


def find(sources: Sources) -> list[Source]:
    """Find the files of sources, in their order and without repetition.

    `-` is standard input; `s3://…`, `hf://…` and other URLs are read through fsspec.
    """
    return look(sources).files


def look(sources: Sources) -> Found:
    """Find the files of sources, and what of their folders is passed over."""
    alone = isinstance(sources, str | PathLike | bytes | bytearray | Stream) or hasattr(sources, "read")
    several: list[One] = [sources] if alone else list(sources)  # type: ignore[arg-type,list-item]
    if not several:
        raise ValueError("sources: found none, needed a file, a folder, a glob, a URL, an open file or bytes")
    passed_over: list[str] = []
    files = [file for source in several for file in _find_one(source, passed_over)]
    # One file has many spellings, and may be linked to.
    unique: dict[object, Source] = {}
    for file in files:
        known = unique.setdefault(_identity(file), file)
        if isinstance(file, str) and isinstance(known, str) and _rank(file) > _rank(known):
            unique[_identity(file)] = file
    unread = [path for path in dict.fromkeys(passed_over) if realpath(path) not in unique]
    return Found(list(unique.values()), unread)


def _identity(source: Source) -> object:
    if isinstance(source, str):
        return realpath(source)
    return source if source.place is None else source.place


def _rank(path: str) -> tuple[bool, bool]:
    """Rank the paths of one file: labels lie beside the file itself, but caches keep it under a number."""
    return _native.is_log_name(path) is True, not Path(path).is_symlink()


def tally_passed_over(paths: Iterable[str]) -> dict[str, int]:
    """Count what was passed over, by how it is named; the most come first.

    >>> tally_passed_over(["a/b.png", "LICENSE", "c.PNG"])
    {'.png': 2, 'without a suffix': 1}
    """
    kinds = Counter(
        "links to folders" if Path(path).is_dir() else Path(path).suffix.lower() or "without a suffix"
        for path in paths
    )
    return dict(sorted(kinds.items(), key=lambda kind: (-kind[1], kind[0])))


def name_of(source: Source) -> str:
    """Give the path of a source, or what stands for one."""
    return source if isinstance(source, str) else source.name


def _find_one(source: One, passed_over: list[str]) -> list[Source]:
    if isinstance(source, Stream):
        return [source]
    if isinstance(source, bytes | bytearray):
        return [Stream("<bytes>", lambda: BytesIO(source))]
    if not isinstance(source, str | PathLike):
        return [_open_file(source)]
    where = fspath(source)
    if where == STDIN:
        return [_open_file(sys.stdin.buffer, "<stdin>")]
    if "://" in where:
        return list(_find_remote(where, passed_over))
    return _find_local(where, passed_over)


def _open_file(file: IO[Any], name: str | None = None) -> Stream:
    """Read an open file from where it stands, and leave it there if it can go back."""
    if isinstance(file, TextIOBase):
        # The bytes under a text file, if it has any, are what the log is.
        file = getattr(file, "buffer", file)
    place = name
    name = name or str(getattr(file, "name", "<stream>"))
    if not file.seekable():
        return _once(name, lambda: nullcontext(file), place)  # whoever opened it closes it
    start = file.tell()
    if start and file.seek(0, SEEK_END) == start:
        raise ValueError(f"{name} stands at its end, with nothing left to read; go back with `seek(0)` first")
    file.seek(start)

    @contextmanager
    def opened() -> Iterator[IO[Any]]:
        file.seek(start)
        try:
            yield file
        finally:
            if not file.closed:
                file.seek(start)

    return Stream(name, opened, place=place)  # type: ignore[arg-type]


def _once(name: str, opened: Callable[[], AbstractContextManager[IO[Any]]], place: str | None) -> Stream:
    """Read what is gone once it is read."""
    reads = 0

    def first() -> AbstractContextManager[IO[Any]]:
        nonlocal reads
        reads += 1
        if reads > 1:
            raise ValueError(
                f"{name} was read already and cannot be read a second time; write it to a file first"
            )
        return opened()

    return Stream(name, first, place=place)  # type: ignore[arg-type]


def _find_local(source: str, passed_over: list[str]) -> list[Source]:
    path = Path(source).expanduser()
    if path.is_file():
        return [str(path)]
    if path.is_dir():
        return _stores_joined(_logs_in(path, passed_over))
    if path.is_fifo() or path.is_char_device():
        return [_once(str(path), partial(path.open, "rb"), realpath(path))]
    files = _matched(str(path), passed_over)
    if not files:
        raise FileNotFoundError(f"no file is at {source}, and none matches it as a glob")
    return _stores_joined(files)


def _matched(pattern: str, passed_over: list[str]) -> list[str]:
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
                files += _logs_in(Path(match), passed_over)
    return files


def _logs_in(folder: Path, passed_over: list[str]) -> list[str]:
    files: list[str] = []
    for path in _visible(folder):
        (files if Path(path).is_file() else passed_over).append(path)
    return _logs_among(files, str(folder), str, _recognised, passed_over)


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
        folder: Stream(
            str(folder.parent),
            partial(_open_events, [file for _, file in sorted(numbered)]),  # type: ignore[arg-type]
            place=realpath(folder),
        )
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


_NEEDED = {
    "abfs": "adlfs",
    "az": "adlfs",
    "gcs": "gcsfs",
    "gs": "gcsfs",
    "hf": "huggingface_hub",
    "http": "aiohttp",
    "https": "aiohttp",
    "s3": "s3fs",
    "sftp": "paramiko",
}
"""The packages that fsspec itself needs for a scheme: the extra `remote` brings none of them."""


def _needed(scheme: str) -> str:
    return f"'agenther[remote]' {_NEEDED[scheme]}" if scheme in _NEEDED else "'agenther[remote]'"


def _find_remote(url: str, passed_over: list[str]) -> list[Stream]:
    try:
        import fsspec  # noqa: PLC0415 - an extra, and slow to import
    except ImportError as error:
        scheme = url.split("://", 1)[0]
        raise ModuleNotFoundError(
            f"{url} needs the package fsspec, and what that needs for {scheme}://: "
            f"`pip install {_needed(scheme)}`"
        ) from error
    with _errors_of_store(url):
        store, path = fsspec.core.url_to_fs(url)
        pattern, alone = has_magic(path), store.isfile(path)
        names = [path] if alone else store.find(path)
        if pattern and not alone:
            names = _names_in_store(store, path, passed_over)
        streams = [
            Stream(address, partial(_open_remote, store, name), place=address)
            for name in sorted(names)
            for address in [store.unstrip_protocol(name)]
        ]
    if not streams:
        raise FileNotFoundError(f"no file is at {url}, and none matches it as a glob")
    if pattern or alone:
        return streams
    return _logs_among(streams, url, name_of, _recognised_stream, passed_over)


def _names_in_store(store: Any, pattern: str, passed_over: list[str]) -> list[str]:
    """Do for a store what `_matched` does for the disk; what is no log by its name is left in its folder."""
    matches = store.glob(pattern)
    entered = {str(parent) for match in matches for parent in PurePosixPath(match).parents}
    names = []
    for match in matches:
        if store.isfile(match):
            names.append(match)
        elif match not in entered:
            for name in store.find(match):
                (names if _native.is_log_name(name) else passed_over).append(name)
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
        scheme = url.split("://", 1)[0]
        raise ModuleNotFoundError(
            f"{url} cannot be read: {error}; `pip install {_needed(scheme)}`"
        ) from error
    except Exception as error:  # every store has errors of its own: no credentials, no such bucket
        raise OSError(f"{url} cannot be read: {error}") from error


def _logs_among(
    files: list[_File],
    folder: str,
    name: Callable[[_File], str],
    recognised: Callable[[_File], bool],
    passed_over: list[str],
) -> list[_File]:
    logs = []
    for file in files:
        named = _native.is_log_name(name(file))
        if named or (named is None and recognised(file)):
            logs.append(file)
        else:
            passed_over.append(name(file))
    if not logs:
        raise FileNotFoundError(
            f"the folder {folder} has no file named {', '.join(RECORD_SUFFIXES)}, and none named "
            f"{', '.join(TEXT_SUFFIXES)} or without a suffix in which a format is recognised"
        )
    return logs


_HIDDEN_LOGS = (".aider.chat.history.md", ".specstory")
"""Hidden names under which agents leave their chats in the folder of the project they worked on."""


def _visible(folder: Path) -> list[str]:
    """List what is in a folder: files, and links to folders, which may lead anywhere and are not followed."""
    found = []
    for root, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if _is_visible(name)]
        links = [name for name in folders if Path(root, name).is_symlink()]
        found += [str(Path(root, name)) for name in (*links, *filter(_is_visible, files))]
    return sorted(found)


def _is_visible(name: str) -> bool:
    return not name.startswith(".") or name in _HIDDEN_LOGS


def _recognised(path: str) -> bool:
    try:
        return frames.is_frame(path) or pl.DataFrame(_native.detect([path]))["format"].item() is not None
    except OSError:
        return True  # the scan says what is wrong with it


def _recognised_stream(stream: Stream) -> bool:
    return pl.DataFrame(_native.detect_chunks(stream.name, stream.chunks()))["format"].item() is not None

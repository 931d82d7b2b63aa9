"""Mappings: TOML files that say where the fields of a run are in logs of a format of one's own.

`docs/mapping.md` is their manual.
"""

from __future__ import annotations

import zipfile
import zlib
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from agenther import _native, frames
from agenther.sources import CHUNK, ZIP, find, needs_disk, on_disk

if TYPE_CHECKING:
    from os import PathLike

    from agenther.sources import Source, Sources

Mapping: TypeAlias = "str | PathLike[str]"
"""The path of a mapping."""


def load(mapping: Mapping | None) -> str | None:
    r"""Read a mapping and check it; a mistake is a `ValueError` that names its place.

    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp(), "mapping.toml")
    >>> _ = path.write_text('name = "mine"\ngaol = "task"\nsteps = "turns"\n')
    >>> load(path)
    Traceback (most recent call last):
    ValueError: ...mapping.toml, line 2, column 1: ...
    """
    if mapping is None:
        return None
    text = Path(mapping).read_text(encoding="utf-8")
    try:
        _native.check_mapping(text)
    except ValueError as error:
        raise ValueError(f"{mapping}, {error}") from error
    return text


def suggest(log: Sources) -> str:
    """Draft a mapping from the start of a log, for a person to check: TOML with a reason on every line.

    >>> print(suggest(b'{"task": "Go", "turns": [{"tool": "go", "args": {}, "result": "Gone."}]}'))
    # A draft...
    """
    files = find(log)
    if len(files) != 1:
        raise ValueError(f"a mapping is drafted from one log, and {len(files)} were found")
    (source,) = files
    return _native.suggest_mapping(_sample(source))


def _sample(source: Source) -> bytes:
    """Give the start of a log: of a frame its first rows, of an archive its first log."""
    if isinstance(source, str):
        if frames.is_frame(source):
            try:
                return next(frames.records(source, _ROWS), b"")
            except frames.NotTrajectoriesError as error:
                raise ValueError(f"{source}: {error}") from error
        with Path(source).open("rb") as file:
            start = file.read(_SAMPLE)
        return _sample_of_archive(source) if start.startswith(ZIP) else start
    chunks = source.chunks()
    start = next(chunks, b"")
    if needs_disk(start):
        with on_disk(source.name, chain([start], chunks)) as path:
            return _sample(path)
    return b"".join(islice(chain([start], chunks), _SAMPLE // CHUNK))


def _sample_of_archive(path: str) -> bytes:
    try:
        with zipfile.ZipFile(path) as archive:
            for member in archive.namelist():
                if _native.is_log_name(member):
                    with archive.open(member) as file:
                        return file.read(_SAMPLE)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, zlib.error) as error:
        raise ValueError(f"{path} cannot be read as an archive here: {error}; unpack it first") from error
    raise ValueError(f"the archive {path} has no member that is named as a log is")


_ROWS = 64
"""Rows of a frame that a draft is made from."""

_SAMPLE = 4 * CHUNK
"""Bytes of a log, compressed or not, that a draft is made from."""

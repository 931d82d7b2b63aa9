"""Mappings: TOML files that say where the fields of a run are in logs of a format of one's own.

`docs/mapping.md` is their manual.
"""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from agenther import _native
from agenther.sources import CHUNK, find

if TYPE_CHECKING:
    from os import PathLike

    from agenther.sources import Sources

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
    if isinstance(source, str):
        with Path(source).open("rb") as file:
            return _native.suggest_mapping(file.read(_SAMPLE))
    return _native.suggest_mapping(b"".join(islice(source.chunks(), _SAMPLE // CHUNK)))


_SAMPLE = 4 * CHUNK
"""Bytes of a log, compressed or not, that a draft is made from."""

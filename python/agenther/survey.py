"""What logs are, file by file: the format, how sure it is, how much there is of it."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING

import polars as pl

from agenther import _native, schema
from agenther.scan import LogScan, detect_formats
from agenther.sources import find, name_of, on_disk

if TYPE_CHECKING:
    from agenther.mapping import Mapping
    from agenther.sources import Source, Sources


def survey(logs: Sources, *, mapping: Mapping | None = None) -> pl.DataFrame:
    """Read logs through and say of each file what it is: a frame of `schema.SURVEY`.

    `sentence` says of the first record that could not be read what was seen and what to do.

    >>> import tempfile, pathlib
    >>> log = pathlib.Path(tempfile.mkdtemp(), "runs.jsonl")
    >>> _ = log.write_text('{"messages": [{"role": "user", "content": "Hi"}]}')
    >>> survey(log).select("format", "records", "layout").row(0)
    ('openai_chat', 1, 'one record a line')
    """
    files = [_survey_one(source, mapping) for source in find(logs)]
    return pl.concat([schema.SURVEY.to_frame(), *files])


def shapes() -> list[tuple[str, str]]:
    """List the formats that are read, each with the fields that make its shape.

    >>> dict(shapes())["openai_chat"]
    '`messages` of `role` and `content`, or a bare list of them'
    """
    return _native.shapes()


def _survey_one(source: Source, mapping: Mapping | None) -> pl.DataFrame:
    # It is read twice, and standard input cannot be.
    local = nullcontext(source) if isinstance(source, str) else on_disk(source.name, source.chunks())
    with local as path:
        scan = LogScan(path, mapping=mapping, columns=["trajectory_id"])
        first = schema.REJECTS.to_frame()
        for _runs in scan.batches():
            first = pl.concat([first, scan.take_rejects()]).head(1)
        first = pl.concat([first, scan.take_rejects()]).head(1)
        counts = scan.files.select(pl.col("records", "runs", "rejects", "bytes").sum())
        sentence = pl.Series("sentence", [first["sentence"].item() if first.height else None], pl.String)
        found = detect_formats(path, mapping=mapping).with_columns(path=pl.lit(name_of(source)))
        return found.hstack([*counts, sentence])

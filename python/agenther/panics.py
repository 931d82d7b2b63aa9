"""Runs at which the engine panicked, which is a bug of ours: they abstain, and are told as rejects."""

from __future__ import annotations

import polars as pl

from agenther import schema

ENGINE_PANIC = "engine_panic"
"""What `abstained` is of such a run, and the reason of its reject."""


def rejects(runs: pl.DataFrame, panic: pl.Expr) -> pl.DataFrame:
    """Tell runs of a scan as rejects: a frame of `schema.REJECTS`.

    What the engine says is asked for once more, by `expressions.panic`: the frame has the reason alone.
    """
    source = pl.col("source").struct
    run = pl.col("trajectory_id").fill_null("without an id")
    sentence = pl.format(
        "The engine panicked at the run {} ({}), which is a bug of AgentHER and no fault of the log; please"
        " report it with the run, which stands in `raw` as it was read.",
        run,
        panic.fill_null("it did not when asked again"),
    )
    content = pl.struct(name for name in schema.TRAJECTORY if name in runs.columns)
    told = runs.select(
        source.field("path", "record"),
        offset=pl.lit(None),
        format=source.field("format"),
        reason=pl.lit(ENGINE_PANIC),
        sentence=sentence,
        raw=content.struct.json_encode().cast(pl.Binary),
    )
    return told.cast(dict(schema.REJECTS))  # type: ignore[arg-type]

"""Which rows an export is to write, and why not the others."""

from __future__ import annotations

import polars as pl

from agenther import schema

TEXT_COLUMNS = ("trajectory_id", "original_prompt", "system", "tools", "final_answer", "abstained")

_LOGGED = {
    **dict.fromkeys(TEXT_COLUMNS, pl.String()),
    "success": pl.Boolean(),
    "reward": pl.Float64(),
    "source": schema.SOURCE,
    "verdict": schema.VERDICT,
}


def prepare(frame: pl.DataFrame, exporter: str) -> pl.DataFrame:
    """Give a frame every column that an export reads; those that a log may lack are null."""
    for column, cure in {
        "steps": "read the runs with ah.scan_logs",
        "hindsight": "add it with frame.with_columns(ah.analyze().struct.unnest())",
    }.items():
        if column not in frame.columns:
            raise ValueError(f"{exporter}: the frame has no column `{column}`; {cure}")
    dtype = frame.schema["hindsight"]
    if not isinstance(dtype, pl.List) or not isinstance(dtype.inner, pl.Struct):
        raise TypeError(
            f"{exporter}: column `hindsight`: found {dtype}, needed the list of goals that "
            "ah.analyze() gives, not yet exploded"
        )
    missing = _LOGGED.keys() - set(frame.columns)
    absent = [pl.lit(None, _LOGGED[name]).alias(name) for name in sorted(missing)]
    verdict = pl.col("verdict").struct
    return frame.with_columns(absent).select(
        "steps",
        *TEXT_COLUMNS,
        "success",
        "reward",
        "source",
        "hindsight",
        is_failure=verdict.field("is_failure"),
        failure_type=verdict.field("failure_type"),
        severity=verdict.field("severity"),
        weight=verdict.field("weight"),
        rules=verdict.field("evidence").list.eval(
            pl.element().struct.field("rule").unique(maintain_order=True)
        ),
        run=pl.int_range(pl.len(), dtype=pl.UInt32),
    )


def of_goals(
    runs: pl.DataFrame, *, min_confidence: float, min_weight: float, per_run: int | None
) -> pl.DataFrame:
    """One row a goal, and one for a run without, with the reason why it is `skipped` (null: it is not)."""
    # Polars 2 drops the row of an empty list where earlier versions keep it; for a null all keep it.
    has_goal = pl.col("hindsight").list.len() > 0
    exploded = runs.with_columns(pl.when(has_goal).then("hindsight")).explode("hindsight").unnest("hindsight")
    rank = pl.int_range(pl.len(), dtype=pl.UInt32).over("run")
    return exploded.with_columns(
        rank=rank,
        skipped=pl.when(pl.col("goal").is_null())
        .then(pl.coalesce("abstained", pl.lit("no_goal")))
        .when(pl.col("confidence").fill_nan(None).fill_null(0) < min_confidence)
        .then(pl.lit("low_confidence"))
        .when(_weight() < min_weight)
        .then(pl.lit("low_weight"))
        .when(pl.lit(per_run is not None) & (rank >= (per_run or 0)))
        .then(pl.lit("over_per_run")),
    )


def of_successes(runs: pl.DataFrame, *, min_weight: float) -> pl.DataFrame:
    """One row a run that its log calls a success, to be written under its original goal."""
    no_goal = pl.col("hindsight").list.get(0, null_on_oob=True)
    return (
        runs.filter(pl.col("success"))
        .with_columns(pl.when(pl.lit(value=False)).then(no_goal).alias("hindsight"))
        .unnest("hindsight")
        .with_columns(
            rank=pl.lit(None, pl.UInt32),
            skipped=pl.when(_weight() < min_weight).then(pl.lit("low_weight")),
        )
    )


def _weight() -> pl.Expr:
    """Give the weight of a run; without a verdict it is 1."""
    return pl.col("weight").fill_nan(0).fill_null(1)

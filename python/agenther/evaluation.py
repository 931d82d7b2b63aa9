"""Rules held against labels that they do not see.

`agenther.rules.evaluate` is the way in; `agenther.fitting` works on the same table of judged runs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from agenther.expressions import classify, fired
from agenther.schema import FAILURE_TYPES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from agenther.rules import Rules

SUMMARY = pl.Schema(
    {
        "runs": pl.UInt32(),
        "left_out": pl.UInt32(),
        "failures": pl.UInt32(),
        "base_rate": pl.Float64(),
        "auc": pl.Float64(),
        "steps_auc": pl.Float64(),
        "equal_steps_auc": pl.Float64(),
        "flagged": pl.UInt32(),
        "precision": pl.Float64(),
        "recall": pl.Float64(),
        "macro_f1": pl.Float64(),
        "type_accuracy": pl.Float64(),
        "type_macro_f1": pl.Float64(),
    }
)
"""The columns of `Evaluation.summary`: one row."""

SOURCES = pl.Schema({"source": pl.String(), **SUMMARY})
"""The columns of `Evaluation.sources`: one row is one source."""

HITS = pl.Schema(
    {
        "rule": pl.String(),
        "hits": pl.UInt32(),
        "failures": pl.UInt32(),
        "precision": pl.Float64(),
        "coverage": pl.Float64(),
    }
)
"""The columns of `Evaluation.rules`: one row is one rule that fires on a run."""

CONFUSION = pl.Schema({"truth": pl.String(), "verdict": pl.String(), "runs": pl.UInt32()})
"""The columns of `Evaluation.confusion` and `Evaluation.types`."""

JUDGED = pl.Schema(
    {
        "source": pl.String(),
        "format": pl.String(),
        "task": pl.String(),
        "type": pl.String(),
        "failed": pl.Boolean(),
        "probability": pl.Float32(),
        "flagged": pl.Boolean(),
        "likeliest": pl.String(),
        "steps": pl.UInt32(),
        "rules": pl.List(pl.String()),
    }
)
"""What is kept of a run: by its label, whether and how it failed, and what the rules say without the
label."""

FEW = 20
"""A file with fewer labelled runs is no source by itself, but one with those of its format."""


@dataclass(frozen=True, eq=False)
class Evaluation:
    """What rules are worth on labelled runs. Made by `evaluate`."""

    summary: pl.DataFrame
    """All rules together, a frame of `SUMMARY`: how many runs have a label and how many were left out for the
    want of one; how many of them failed, and their share; the AUC of `failure_probability`, beside it the AUC
    of the number of steps alone, and the AUC among runs of one source and one number of steps; how many runs
    the rules take for failures at the threshold of the pack, the precision and recall of that, and the mean
    of the F1 of failures and of successes; where types are known, the accuracy and macro-F1 of the type,
    given failure. A figure that nothing stands behind, such as an AUC where no run failed, is null."""
    sources: pl.DataFrame
    """The same for each source, a frame of `SOURCES`. Figures of several sources together flatter: they
    reward telling the sources apart."""
    rules: pl.DataFrame
    """Rule by rule, a frame of `HITS`: on how many runs it fires, how many of those failed, their share
    (`precision`, to be read beside the base rate; of a good sign it is low) and the share of all runs that it
    fires on (`coverage`). The rule with the most hits comes first; one that fires on no run is not in it."""
    rules_by_source: pl.DataFrame
    """The same for each source: `HITS`, after a column `source`."""
    confusion: pl.DataFrame
    """How many failures and successes were taken for either, a frame of `CONFUSION`."""
    types: pl.DataFrame
    """How many failures of each type were taken for which, a frame of `CONFUSION`; empty without types."""


def evaluate(
    runs: pl.DataFrame | pl.LazyFrame | Iterable[pl.DataFrame],
    *,
    rules: Rules | None = None,
    source: pl.Expr | None = None,
    types: pl.Expr | None = None,
) -> Evaluation:
    """Hold what rules say of runs without their labels against the labels.

    Parameters
    ----------
    runs
        Trajectory frames: one, a lazy one, or batches such as those of `LogScan.batches`, of which little is
        kept. The label of a run is its `success`, or else whether its `reward` is 1; the rules do not see it.
    rules
        Rules made by `load`; `None` is the pack that ships with the engine.
    source
        What tells the sources apart, which are evaluated apart as well. `None` is the file, where the frame
        has the column `source`; files of fewer than `FEW` labelled runs go together by their format.
    types
        The type of each failure, where it is known: one of `schema.FAILURE_TYPES` or null.

    >>> import agenther as ah
    >>> done = ah.Step(action_name="search", action_input="Rome", observation="3 flights")
    >>> good = ah.Trajectory(original_prompt="Find a flight", steps=[done], final_answer="3", success=True)
    >>> stuck = ah.Trajectory(original_prompt="Find a flight", steps=[done] * 6, success=False)
    >>> evaluation = ah.rules.evaluate([good.to_frame(), stuck.to_frame()])
    >>> evaluation.summary.select("runs", "base_rate", "auc", "recall").row(0)
    (2, 0.5, 1.0, 1.0)
    >>> evaluation.rules.filter(rule="incomplete/repeated-action").row(0)
    ('incomplete/repeated-action', 1, 1, 1.0, 0.5)
    """
    judged = judge(runs, rules, source=source, types=types)
    of_use = judged.drop_nulls(["failed", "probability"])
    left_out = judged.height - of_use.height
    by_source = of_use.group_by("source").agg(*_figures()).join(_equal_steps(of_use), "source", "left")
    return Evaluation(
        summary=of_use.select(*_figures())
        .with_columns(
            left_out=pl.lit(left_out),
            equal_steps_auc=_share(
                pl.lit(_pairs(of_use)["above"].sum()), pl.lit(_pairs(of_use)["pairs"].sum())
            ),
        )
        .pipe(_conform, SUMMARY),
        sources=by_source.with_columns(left_out=pl.lit(0)).sort("source").pipe(_conform, SOURCES),
        rules=_hits(of_use, []),
        rules_by_source=_hits(of_use, ["source"]),
        confusion=_confusion(of_use, _word("failed"), _word("flagged")),
        types=_confusion(
            of_use.filter(pl.col("failed"), pl.col("type").is_not_null()), pl.col("type"), pl.col("likeliest")
        ),
    )


def judge(
    runs: pl.DataFrame | pl.LazyFrame | Iterable[pl.DataFrame],
    rules: Rules | None,
    *,
    source: pl.Expr | None = None,
    task: pl.Expr | None = None,
    types: pl.Expr | None = None,
) -> pl.DataFrame:
    """Give a frame of `JUDGED`, one row for each run, whose small sources are put together."""
    batches = [runs] if isinstance(runs, pl.DataFrame | pl.LazyFrame) else runs
    judged = pl.concat(
        [JUDGED.to_frame(), *(_judge(batch.lazy(), rules, source, task, types) for batch in batches)]
    )
    if source is not None:
        return judged
    labelled = pl.all_horizontal(pl.col("failed", "probability").is_not_null()).sum().over("source")
    return judged.with_columns(
        source=pl.when(labelled >= FEW).then("source").otherwise(pl.format("{}, small files", "format"))
    )


def _judge(
    runs: pl.LazyFrame,
    rules: Rules | None,
    source: pl.Expr | None,
    task: pl.Expr | None,
    types: pl.Expr | None,
) -> pl.DataFrame:
    verdict, scores = pl.col("verdict").struct, pl.col("verdict").struct.field("scores").struct
    place = pl.col("source").struct if "source" in runs.collect_schema() else None
    path = place.field("path") if place else pl.lit("runs")
    return (
        runs.select(
            classify(rules=rules, success=None, reward=None),
            rules=fired(rules=rules),
            failed=pl.coalesce(pl.col("success").not_(), pl.col("reward") < 1),
            source=(path if source is None else source).cast(pl.String).fill_null("runs"),
            format=(place.field("format") if place else pl.lit("runs")).fill_null("runs"),
            task=(pl.col("original_prompt") if task is None else task).cast(pl.String).fill_null(""),
            type=pl.lit(None, pl.String) if types is None else types,
            steps=pl.col("steps").list.len(),
        )
        .select(
            *("source", "format", "task", "type", "failed", "steps", "rules"),
            probability=verdict.field("failure_probability"),
            flagged=verdict.field("is_failure"),
            likeliest=pl.concat_list(scores.field(*FAILURE_TYPES))
            .list.arg_max()
            .replace_strict(dict(enumerate(FAILURE_TYPES)), return_dtype=pl.String, default=None),
        )
        .select(pl.col(name).cast(dtype) for name, dtype in JUDGED.items())
        .collect(engine="streaming")
    )


def _figures() -> list[pl.Expr]:
    """Give the figures of a set of runs, but for those that need pairs of equal steps."""
    failed, flagged = pl.col("failed"), pl.col("flagged")
    failures, successes, caught = failed.sum(), failed.not_().sum(), (failed & flagged).sum()
    passed = (failed.not_() & flagged.not_()).sum()
    typed = failed & pl.col("type").is_not_null()
    right = pl.col("type") == pl.col("likeliest")
    of_types = [
        _f1((typed & right & (pl.col("type") == name)).sum(), *_counts(typed, name)) for name in FAILURE_TYPES
    ]
    return [
        pl.len().alias("runs"),
        failures.alias("failures"),
        _share(failures, pl.len()).alias("base_rate"),
        _auc("probability").alias("auc"),
        _auc("steps").alias("steps_auc"),
        flagged.sum().alias("flagged"),
        _share(caught, flagged.sum()).alias("precision"),
        _share(caught, failures).alias("recall"),
        ((_f1(caught, failures, flagged.sum()) + _f1(passed, successes, flagged.not_().sum())) / 2).alias(
            "macro_f1"
        ),
        _share((typed & right).sum(), typed.sum()).alias("type_accuracy"),
        pl.mean_horizontal(of_types).alias("type_macro_f1"),
    ]


def _counts(typed: pl.Expr, name: str) -> tuple[pl.Expr, pl.Expr]:
    return (typed & (pl.col("type") == name)).sum(), (typed & (pl.col("likeliest") == name)).sum()


def _f1(right: pl.Expr, true: pl.Expr, said: pl.Expr) -> pl.Expr:
    """Give the F1 of a class, null where no run is of it: then it is no class of these runs."""
    return pl.when(true > 0).then(2 * right / (true + said))


def _above(of: str) -> pl.Expr:
    """Count the pairs of a failure and a success in which the failure has the higher value, a tie as half."""
    # In floats: the product of two counts does not fit into the type of a count.
    positives = pl.col("failed").sum().cast(pl.Float64)
    return pl.col(of).rank("average").filter(pl.col("failed")).sum() - positives * (positives + 1) / 2


def _auc(of: str) -> pl.Expr:
    """Give the share of pairs that are ranked rightly: the Mann-Whitney statistic."""
    failed = pl.col("failed")
    return _share(_above(of), failed.sum().cast(pl.Float64) * failed.not_().sum())


def _pairs(judged: pl.DataFrame) -> pl.DataFrame:
    """Count, of the pairs of one source and one number of steps, those that are ranked rightly."""
    failed = pl.col("failed")
    return judged.group_by("source", "steps").agg(
        above=_above("probability"), pairs=failed.sum().cast(pl.Float64) * failed.not_().sum()
    )


def _equal_steps(judged: pl.DataFrame) -> pl.DataFrame:
    pairs = _pairs(judged).group_by("source").agg(pl.col("above", "pairs").sum())
    return pairs.select("source", equal_steps_auc=_share(pl.col("above"), pl.col("pairs")))


def _hits(judged: pl.DataFrame, by: list[str]) -> pl.DataFrame:
    runs = pl.len().over(by) if by else pl.len()
    return (
        judged.select(*by, pl.col("rules").alias("rule"), "failed", runs=runs)
        .explode("rule")
        .drop_nulls("rule")
        .group_by(*by, "rule")
        .agg(hits=pl.len(), failures=pl.col("failed").sum(), runs=pl.col("runs").first())
        .with_columns(
            precision=_share(pl.col("failures"), pl.col("hits")),
            coverage=_share(pl.col("hits"), pl.col("runs")),
        )
        .pipe(_conform, pl.Schema({**{name: pl.String() for name in by}, **HITS}))
        .sort(*by, pl.col("hits"), pl.col("rule"), descending=[*(False for _ in by), True, False])
    )


def _confusion(judged: pl.DataFrame, truth: pl.Expr, verdict: pl.Expr) -> pl.DataFrame:
    counted = judged.group_by(truth.alias("truth"), verdict.alias("verdict")).agg(runs=pl.len())
    return counted.pipe(_conform, CONFUSION).sort("truth", "verdict")


def _word(column: str) -> pl.Expr:
    return pl.when(pl.col(column)).then(pl.lit("failure")).otherwise(pl.lit("success"))


def _share(part: pl.Expr, whole: pl.Expr) -> pl.Expr:
    return pl.when(whole > 0).then(part / whole)


def _conform(frame: pl.DataFrame, schema: pl.Schema) -> pl.DataFrame:
    return frame.select(pl.col(name).cast(dtype) for name, dtype in schema.items())

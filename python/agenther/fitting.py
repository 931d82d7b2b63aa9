"""Refit the weights, the prior, the scale and the threshold of rules on labelled runs.

The formula is that of `agenther.weighing`.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import defaultdict
from dataclasses import dataclass
from statistics import fmean
from typing import TYPE_CHECKING

import polars as pl

from agenther import _native
from agenther.evaluation import judge
from agenther.weighing import (
    MIN_RUNS,
    Learner,
    Rule,
    Run,
    auc,
    best_threshold,
    calibrate,
    folds,
    sigmoid,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from os import PathLike

    from agenther.rules import Rules

MIN_OF_CLASS = 5
"""Nor one with fewer failures, or fewer successes."""

WEIGHTS = pl.Schema(
    {
        "rule": pl.String(),
        "group": pl.String(),
        "hits": pl.UInt32(),
        "sources": pl.UInt32(),
        "agreeing": pl.Float64(),
        "before": pl.Float64(),
        "weight": pl.Float64(),
        "type_before": pl.Float64(),
        "type_weight": pl.Float64(),
    }
)
"""The columns of `Fit.weights`."""

SOURCES = pl.Schema(
    {
        "source": pl.String(),
        "format": pl.String(),
        "runs": pl.UInt32(),
        "tasks": pl.UInt32(),
        "failures": pl.UInt32(),
        "steps_auc": pl.Float64(),
        "auc_before": pl.Float64(),
        "auc": pl.Float64(),
        "prior": pl.Float64(),
    }
)
"""The columns of `Fit.sources`."""

HELD_OUT = pl.Schema(
    {
        "source": pl.String(),
        "task": pl.String(),
        "failed": pl.Boolean(),
        "steps": pl.UInt32(),
        "say": pl.Float64(),
        "probability": pl.Float64(),
        "type": pl.String(),
        "likeliest": pl.String(),
    }
)
"""The columns of `Fit.held_out`."""


class NotEnoughLabelsError(ValueError):
    """There are too few labelled runs to fit on, or all have the same label."""


@dataclass(frozen=True, eq=False)
class Fit:
    """A fitted pack. Made by `fit`."""

    pack: str
    """The pack, in TOML: prior, scale and threshold, the weights that changed, and what they were fitted on.
    Load it after the pack whose rules it weighs."""
    weights: pl.DataFrame
    """Rule by rule, a frame of `WEIGHTS`: on how many runs it fires, on how many sources it could be
    measured, the share of these with the sign of the mean, and its weights before and after."""
    sources: pl.DataFrame
    """Source by source, a frame of `SOURCES`: the AUC of the number of steps, of the weights before, and of
    weights fitted without the task of the run (`transfer`: without its format); and the prior of its own."""
    held_out: pl.DataFrame
    """Run by run, a frame of `HELD_OUT`: what rules that were fitted without it say of it."""
    left_out: int
    """How many runs were not fitted on: without a label, or of a source that is too small."""

    @property
    def gain(self) -> float:
        """What the fit adds to the AUC, in the mean of the sources: below 0, the weights before were better.

        >>> type(Fit.gain).__name__
        'property'
        """
        return fmean(after - before for before, after in self.sources.select("auc_before", "auc").iter_rows())

    def write(self, path: str | PathLike[str]) -> None:
        """Write the pack to a file.

        >>> Fit.write.__name__
        'write'
        """
        with open(path, "w", encoding="utf-8", newline="\n") as file:  # noqa: PTH123 - of any path-like
            file.write(self.pack)


def fit(
    runs: pl.DataFrame | pl.LazyFrame | Iterable[pl.DataFrame],
    *,
    rules: Rules | None = None,
    source: pl.Expr | None = None,
    task: pl.Expr | None = None,
    types: pl.Expr | None = None,
    transfer: bool = False,
    name: str = "fitted",
    date: str | None = None,
) -> Fit:
    """Refit rules on labelled runs: a pack of weights that goes on top of them.

    The label of a run is its `success`, or else whether its `reward` is 1. No rule sees it.

    Parameters
    ----------
    runs
        Trajectory frames: one, a lazy one, or batches such as those of `LogScan.batches`.
    rules
        Rules made by `load`; `None` is the pack that ships with the engine.
    source
        What tells the sources apart; `None` is the file, small ones together by their format. A source needs
        20 labelled runs with 5 of each label; the others are left out, or go together where none has as many.
    task
        What tells the tasks apart; `None` is the original prompt. Runs of one task are held out together.
    types
        The type of each failure, where it is known: one of `schema.FAILURE_TYPES` or null.
    transfer
        Fit for sources that are not among these: the weights so far count for nothing, a rule that no run has
        measured weighs 0.1 at most, and what is held out for the figures, the scale and the prior is a whole
        format.
    name
        What the pack is called.
    date
        When it was fitted, in the pack, such as `2026-11-22`; `None` is today. All else is the same for the
        same runs.

    >>> import agenther as ah
    >>> done = ah.Step(action_name="search", action_input="Rome", observation="3 flights")
    >>> runs = [
    ...     ah.Trajectory(
    ...         original_prompt=f"Flight {i}", steps=[done] * (1 + i % 2), success=i % 2 == 0
    ...     ).to_frame()
    ...     for i in range(40)
    ... ]
    >>> fitted = ah.rules.fit(runs, date="2026-11-22")
    >>> fitted.sources["auc"].item()
    1.0
    """
    day = _day(date)
    table = _rules(rules)
    judged = judge(runs, rules, source=source, task=task, types=types)
    chosen = _of_use(judged)
    learn = Learner(table, transfer=transfer)
    unit: Callable[[Run], str] = (lambda run: run.format) if transfer else folds(chosen)
    if not transfer and len({run.task for run in chosen}) == 1:
        raise NotEnoughLabelsError(
            f"all {len(chosen):,} labelled runs are of one task, and what is fitted is judged on tasks"
            " that it was not fitted on; name what tells the tasks apart"
        )
    held_out, held_types = learn.held_out(chosen, unit)
    scale, priors = calibrate(chosen, held_out)
    prior = round(fmean(priors.values()), 2)
    probabilities = [sigmoid(prior + scale * say) for say in held_out]
    threshold = best_threshold(chosen, probabilities)
    sides = learn.sides(chosen)
    weights, type_weights = learn.weights(chosen), learn.type_weights(chosen)
    sources = _sources(chosen, held_out, priors)
    facts = _facts(chosen, sources, day, transfer=transfer)
    return Fit(
        pack=_pack(
            name,
            {
                "prior": prior,
                "scale": scale,
                "kindred_share": learn.kindred_share,
                "threshold": threshold,
            },
            facts,
            table,
            weights,
            type_weights,
        ),
        weights=pl.DataFrame(
            [
                (
                    rule,
                    of.group,
                    sides[rule].hits,
                    len(sides[rule].of_sources),
                    sides[rule].agreeing() if sides[rule].of_sources else None,
                    of.weight,
                    weights[rule],
                    of.type_weight,
                    type_weights[rule],
                )
                for rule, of in table.items()
            ],
            schema=WEIGHTS,
            orient="row",
        ),
        sources=sources,
        held_out=pl.DataFrame(
            [
                (run.source, run.task, run.failed, run.steps, say, probability, run.type, likeliest)
                for run, say, probability, likeliest in zip(
                    chosen, held_out, probabilities, held_types, strict=True
                )
            ],
            schema=HELD_OUT,
            orient="row",
        ),
        left_out=judged.height - len(chosen),
    )


def _day(date: str | None) -> str:
    """Give the date of a pack, by default today.

    >>> _day("2026-11-22")
    '2026-11-22'
    """
    if date is None:
        return dt.datetime.now(dt.timezone.utc).date().isoformat()
    try:
        return dt.date.fromisoformat(date).isoformat()
    except ValueError as error:
        raise ValueError(f"found the date {date}, needed one such as 2026-11-22") from error


def _rules(rules: Rules | None) -> dict[str, Rule]:
    listed = _native.RuleSet([("default", [])]).rules() if rules is None else rules.frame().to_dicts()
    return {
        rule["id"]: Rule(
            rule["label"], rule["group"], round(rule["weight"], 4), round(rule["type_weight"], 4)
        )
        for rule in listed
    }


def _of_use(judged: pl.DataFrame) -> list[Run]:
    """Give the runs of the sources that have enough of both labels; if none has, all runs as one source."""
    labelled = judged.drop_nulls(["failed", "probability"])
    enough = _large(labelled)
    if enough.is_empty():
        enough = _large(labelled.with_columns(source=pl.lit("small sources")))
    if enough.is_empty():
        failures = labelled["failed"].sum()
        raise NotEnoughLabelsError(
            f"found {labelled.height:,} labelled runs, {failures:,} failures and"
            f" {labelled.height - failures:,} successes; to fit rules takes {MIN_RUNS} of them or more,"
            f" {MIN_OF_CLASS} failures and {MIN_OF_CLASS} successes"
        )
    # The order of the runs must not tell: not in the figures, and not in the hash.
    ordered = enough.with_columns(fired=pl.col("rules").list.sort().list.join(",")).sort(
        "source", "task", "steps", "failed", "fired"
    )
    return [
        Run(
            row["source"],
            row["format"],
            row["task"],
            row["type"],
            row["failed"],
            row["steps"],
            tuple(row["rules"]),
            row["likeliest"],
            row["probability"],
        )
        for row in ordered.iter_rows(named=True)
    ]


def _large(labelled: pl.DataFrame) -> pl.DataFrame:
    failed, runs = pl.col("failed").sum().over("source"), pl.len().over("source")
    return labelled.filter(runs >= MIN_RUNS, failed >= MIN_OF_CLASS, runs - failed >= MIN_OF_CLASS)


def _sources(runs: Sequence[Run], says: Sequence[float], priors: Mapping[str, float]) -> pl.DataFrame:
    by_source: dict[str, list[tuple[Run, float]]] = defaultdict(list)
    for run, value in zip(runs, says, strict=True):
        by_source[run.source].append((run, value))
    rows = []
    for name, pairs in by_source.items():
        failed = [run.failed for run, _ in pairs]
        rows.append(
            (
                name,
                pairs[0][0].format,
                len(pairs),
                len({run.task for run, _ in pairs}),
                sum(failed),
                auc([run.steps for run, _ in pairs], failed),
                auc([run.probability for run, _ in pairs], failed),
                auc([value for _, value in pairs], failed),
                priors[name],
            )
        )
    return pl.DataFrame(rows, schema=SOURCES, orient="row")


def _facts(runs: Sequence[Run], sources: pl.DataFrame, date: str, *, transfer: bool) -> dict[str, object]:
    """Give what a pack says of its fitting: counts, a hash and figures; no path, and no text of a log."""
    digest = hashlib.sha256()
    for run in runs:
        line = (run.task, run.failed, run.steps, *run.rules)
        digest.update(("\x1f".join(map(str, line)) + "\n").encode())
    return {
        "date": date,
        "runs": len(runs),
        "failures": sum(run.failed for run in runs),
        "tasks": len({run.task for run in runs}),
        "sources": sources.height,
        "typed": sum(run.failed and run.type is not None for run in runs),
        "data": f"sha256:{digest.hexdigest()}",
        "held_out": "format" if transfer else "task",
        "auc": round(sources["auc"].mean(), 3),  # type: ignore[arg-type]
        "auc_before": round(sources["auc_before"].mean(), 3),  # type: ignore[arg-type]
        "auc_of_steps": round(sources["steps_auc"].mean(), 3),  # type: ignore[arg-type]
    }


def _pack(  # noqa: PLR0917 - each is a part of the file
    name: str,
    verdict: Mapping[str, float],
    facts: Mapping[str, object],
    rules: Mapping[str, Rule],
    weights: Mapping[str, float],
    type_weights: Mapping[str, float],
) -> str:
    lines = [
        "[pack]",
        f"name = {_toml(name)}",
        f"version = {_toml(facts['date'])}",
        "schema_version = 1",
        'licence = "unstated"',
        *(f"{key} = {value}" for key, value in verdict.items()),
        "",
        "[pack.fitted]",
        *(f"{key} = {_toml(value)}" for key, value in facts.items()),
    ]
    for rule, of in rules.items():
        changed = {
            key: after
            for key, before, after in (
                ("weight", of.weight, weights[rule]),
                ("type_weight", of.type_weight, type_weights[rule]),
            )
            if after != before
        }
        if changed:
            lines += [
                "",
                "[[override]]",
                f"rule = {_toml(rule)}",
                *(f"{key} = {value}" for key, value in changed.items()),
            ]
    return "\n".join(lines) + "\n"


def _toml(value: object) -> str:
    r"""Write a number or a string as TOML.

    >>> _toml('a "b"\n'), _toml(3)
    ('"a \\"b\\"\\U0000000A"', '3')
    """
    if not isinstance(value, str):
        return str(value)
    quoted = value.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(char if char.isprintable() else f"\\U{ord(char):08X}" for char in quoted) + '"'

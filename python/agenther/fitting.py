"""Refit the weights, the prior, the scale and the threshold of rules on labelled runs.

The formula, with runs grouped by source:

* The say of a rule on a source is the log-odds of failure of the runs that it fires on, less the log-odds of all
  runs of the source. `PSEUDO_HITS` more hits fail at the base rate, and `KEPT_HITS` more as the rule's weight so
  far says, so that a few labels move little. A source counts where the rule fires on `MIN_HITS` of its runs and
  leaves out as many.
* Its weight is the mean over sources, each clipped at ±`CLIP`; 0 unless `AGREEING` of the sources have the sign of
  the mean; rounded to 0.1. A rule of weight 0 speaks for the type only, and stays so; one that speaks for a type
  is not made a good sign.
* Scale and prior: the probability is σ(prior + scale · say), where the say of a run is that of rules fitted without
  its task (`transfer`: without its format). One scale is fitted for all sources, with a prior for each; the prior
  kept is the mean. No run is ever pooled with one of another source: that would teach what source it is.
* The threshold is the one of the highest mean macro-F1 over sources.
* The type weight of a rule is found as its weight is, of failures whose type is known: log-odds that the type is the
  label of the rule. It is refitted where there are `MIN_RUNS` such failures of two types.
"""

from __future__ import annotations

import datetime
import hashlib
import math
from collections import defaultdict
from dataclasses import dataclass, field
from statistics import fmean
from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from agenther import _native
from agenther.evaluation import judge

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from os import PathLike

    from agenther.rules import Rules

MIN_RUNS = 20
"""A source with fewer labelled runs is not fitted on."""

MIN_OF_CLASS = 5
"""Nor one with fewer failures, or fewer successes."""

MIN_HITS = 5
PSEUDO_HITS = 1.0
KEPT_HITS = 5.0
CLIP = 3.0
AGREEING = 0.7
FOLDS = 5
KINDRED_SHARE = 0.25
"""What each kindred rule beyond the loudest adds, as in the engine."""

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
    """The pack, in TOML: prior, scale and threshold, the weights that changed, and what they were fitted on. Load it
    after the pack whose rules it weighs."""
    weights: pl.DataFrame
    """Rule by rule, a frame of `WEIGHTS`: on how many runs it fires, on how many sources it could be measured, the
    share of these with the sign of the mean, and its weights before and after."""
    sources: pl.DataFrame
    """Source by source, a frame of `SOURCES`: the AUC of the number of steps, of the weights before, and of weights
    fitted without the task of the run (`transfer`: without its format); and the prior of its own."""
    held_out: pl.DataFrame
    """Run by run, a frame of `HELD_OUT`: what rules that were fitted without it say of it."""
    left_out: int
    """How many runs were not fitted on: without a label, or of a source that is too small."""

    def write(self, path: str | PathLike[str]) -> None:
        """Write the pack to a file.

        >>> Fit.write.__name__
        'write'
        """
        with open(path, "w", encoding="utf-8", newline="\n") as file:  # noqa: PTH123 - of any path-like
            file.write(self.pack)


class _Rule(NamedTuple):
    label: str
    group: str
    weight: float
    type_weight: float


class _Run(NamedTuple):
    source: str
    format: str
    task: str
    type: str | None
    failed: bool
    steps: int
    rules: tuple[str, ...]
    likeliest: str
    probability: float


@dataclass
class _Sides:
    """What a fit learns of the hits of one rule: a log-odds for each source, and how many hits in all."""

    hits: int = 0
    of_sources: list[float] = field(default_factory=list)

    def mean(self) -> float:
        return fmean(max(-CLIP, min(CLIP, odds)) for odds in self.of_sources)

    def agreeing(self) -> float:
        mean = self.mean()
        return fmean(float((odds > 0) == (mean > 0)) for odds in self.of_sources)


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
        What tells the sources apart; `None` is the file, small ones together by their format.
    task
        What tells the tasks apart; `None` is the original prompt. Runs of one task are held out together.
    types
        The type of each failure, where it is known: one of `schema.FAILURE_TYPES` or null.
    transfer
        Fit for sources that are not among these: the weights so far count for nothing, and what is held out for the
        figures, the scale and the prior is a whole format.
    name
        What the pack is called.
    date
        When it was fitted, in the pack; `None` is today. All else is the same for the same runs.

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
    table = _rules(rules)
    judged = judge(runs, rules, source=source, task=task, types=types)
    chosen = _of_use(judged)
    start = dict.fromkeys(table, 0.0) if transfer else {rule: of.weight for rule, of in table.items()}
    kept = 0.0 if transfer else KEPT_HITS
    learn = _Learner(table, start, kept)
    unit: Callable[[_Run], str] = (lambda run: run.format) if transfer else _folds(chosen)
    held_out, held_types = learn.held_out(chosen, unit)
    scale, priors = _calibrate(chosen, held_out)
    prior = round(fmean(priors.values()), 2)
    probabilities = [_sigmoid(prior + scale * say) for say in held_out]
    threshold = _threshold(chosen, probabilities)
    sides = learn.sides(chosen)
    weights, type_weights = learn.weights(chosen), learn.type_weights(chosen)
    sources = _sources(chosen, held_out, priors)
    facts = _facts(chosen, sources, date, transfer=transfer)
    return Fit(
        pack=_pack(name, {"prior": prior, "scale": scale, "threshold": threshold}, facts, table, weights, type_weights),
        weights=pl.DataFrame(
            [
                (rule, of.group, sides[rule].hits, len(sides[rule].of_sources),
                 sides[rule].agreeing() if sides[rule].of_sources else None,
                 of.weight, weights[rule], of.type_weight, type_weights[rule])
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


def _rules(rules: Rules | None) -> dict[str, _Rule]:
    listed = _native.RuleSet([], True).rules() if rules is None else rules.frame().to_dicts()
    return {
        rule["id"]: _Rule(
            rule["label"], rule["group"], round(rule["weight"], 4), round(rule["type_weight"], 4)
        )
        for rule in listed
    }


def _of_use(judged: pl.DataFrame) -> list[_Run]:
    """Give the runs of the sources that have enough of both labels."""
    labelled = judged.drop_nulls(["failed", "probability"])
    failed = pl.col("failed").sum().over("source")
    runs = pl.len().over("source")
    enough = labelled.filter(
        runs >= MIN_RUNS, failed >= MIN_OF_CLASS, runs - failed >= MIN_OF_CLASS
    )
    if enough.is_empty():
        failures = labelled["failed"].sum()
        sources = labelled["source"].n_unique()
        raise NotEnoughLabelsError(
            f"found {labelled.height:,} labelled runs in {sources:,} {'source' if sources == 1 else 'sources'},"
            f" {failures:,} failures and {labelled.height - failures:,} successes; to fit rules, a source needs"
            f" {MIN_RUNS} labelled runs or more, {MIN_OF_CLASS} of them failures and {MIN_OF_CLASS} successes"
        )
    # The order of the runs must not tell: not in the figures, and not in the hash.
    ordered = enough.with_columns(fired=pl.col("rules").list.sort().list.join(",")).sort(
        "source", "task", "steps", "failed", "fired"
    )
    return [
        _Run(
            row["source"], row["format"], row["task"], row["type"], row["failed"], row["steps"],
            tuple(row["rules"]), row["likeliest"], row["probability"],
        )
        for row in ordered.iter_rows(named=True)
    ]


def _folds(runs: Sequence[_Run]) -> Callable[[_Run], str]:
    """Deal the tasks out to folds, in an order that has nothing to do with them."""
    tasks = sorted({run.task for run in runs}, key=lambda task: hashlib.sha256(task.encode()).digest())
    fold = {task: str(at % FOLDS) for at, task in enumerate(tasks)}
    return lambda run: fold[run.task]


class _Learner:
    """Weights from runs."""

    def __init__(self, rules: Mapping[str, _Rule], start: Mapping[str, float], kept: float) -> None:
        self.rules = rules
        self.start = start
        self.kept = kept

    def sides(self, runs: Sequence[_Run]) -> dict[str, _Sides]:
        """Give what the hits of each rule say."""
        sides: dict[str, _Sides] = {rule: _Sides() for rule in self.rules}
        for of_source in _by_source(runs).values():
            base = _logit(fmean(run.failed for run in of_source))
            hits, failures = _counts(of_source, lambda run: run.failed)
            for rule, count in hits.items():
                sides[rule].hits += count
                if MIN_HITS <= count <= len(of_source) - MIN_HITS:
                    sides[rule].of_sources.append(self._odds(base, count, failures[rule], self.start[rule]))
        return sides

    def weights(self, runs: Sequence[_Run]) -> dict[str, float]:
        """Give the weight of each rule."""
        return {
            rule: _rounded(side, self.rules[rule]) if side.of_sources else self.start[rule]
            for rule, side in self.sides(runs).items()
        }

    def type_weights(self, runs: Sequence[_Run]) -> dict[str, float]:
        """Give the type weight of each rule."""
        before = {rule: of.type_weight for rule, of in self.rules.items()}
        typed = [run for run in runs if run.failed and run.type]
        types = {run.type for run in typed}
        if len(typed) < MIN_RUNS or len(types) < 2:  # noqa: PLR2004 - one type is no choice
            return before
        hits, _ = _counts(typed, lambda run: run.failed)
        for rule, count in hits.items():
            of = self.rules[rule]
            right = sum(run.type == of.label for run in typed if rule in run.rules)
            base = fmean(run.type == of.label for run in typed)
            if of.type_weight > 0 and count >= MIN_HITS and 0 < base < 1:
                odds = self._odds(_logit(base), count, right, of.type_weight)
                before[rule] = round(max(0.0, min(CLIP, odds)), 1)
        return before

    def _odds(self, base: float, hits: int, failures: int, so_far: float) -> float:
        expected = PSEUDO_HITS * _sigmoid(base) + self.kept * _sigmoid(base + so_far)
        return _logit((failures + expected) / (hits + PSEUDO_HITS + self.kept)) - base

    def held_out(self, runs: Sequence[_Run], unit: Callable[[_Run], str]) -> tuple[list[float], list[str]]:
        """Give the say of rules, and the likeliest type, of each run, fitted on the runs of other units."""
        fitted = {}
        for held in sorted({unit(run) for run in runs}):
            rest = [run for run in runs if unit(run) != held]
            fitted[held] = self.weights(rest), self.type_weights(rest)
        says = [say(run.rules, fitted[unit(run)][0], self.rules) for run in runs]
        return says, [self._likeliest(run, fitted[unit(run)][1]) for run in runs]

    def _likeliest(self, run: _Run, type_weights: Mapping[str, float]) -> str:
        """Give the type as the engine would, with other type weights."""
        scores = dict(TYPE_PRIOR)
        for label in scores:
            of_label = [rule for rule in run.rules if self.rules[rule].label == label]
            scores[label] += say(of_label, type_weights, self.rules)
        return max(scores, key=lambda label: scores[label])


TYPE_PRIOR = {
    "incomplete": 0.0,
    "constraint_violation": 0.0,
    "wrong_result": 1.0,
    "tool_error": 0.0,
    "hallucination": 0.0,
    "off_topic": -1.0,
}
"""The scores of the types before any rule speaks, as in the engine."""


def say(fired: Iterable[str], weights: Mapping[str, float], rules: Mapping[str, _Rule]) -> float:
    """Give what rules say together, as the engine has it: in a group, the loudest and a share of the rest.

    >>> kin = _Rule("incomplete", "repeat", 0.0, 0.0)
    >>> say(["a", "b", "c"], {"a": 2.0, "b": 1.0, "c": -1.0}, {"a": kin, "b": kin, "c": kin})
    1.25
    """
    groups: dict[str, list[float]] = defaultdict(list)
    for rule in fired:
        groups[rules[rule].group].append(weights[rule])
    total = 0.0
    for of_group in groups.values():
        for loudest, side in ((max, [w for w in of_group if w > 0]), (min, [w for w in of_group if w < 0])):
            if side:
                total += (1 - KINDRED_SHARE) * loudest(side) + KINDRED_SHARE * sum(side)
    return total


def _rounded(side: _Sides, rule: _Rule) -> float:
    if rule.weight == 0 or side.agreeing() < AGREEING:
        return 0.0
    lowest = 0.0 if rule.type_weight > 0 else -CLIP
    return round(max(lowest, side.mean()), 1)


def _by_source(runs: Sequence[_Run]) -> dict[str, list[_Run]]:
    sources: dict[str, list[_Run]] = defaultdict(list)
    for run in runs:
        sources[run.source].append(run)
    return sources


def _counts(runs: Iterable[_Run], counted: Callable[[_Run], bool]) -> tuple[dict[str, int], dict[str, int]]:
    """Count on how many runs each rule fires, and on how many of those something holds."""
    hits: dict[str, int] = defaultdict(int)
    holding: dict[str, int] = defaultdict(int)
    for run in runs:
        for rule in run.rules:
            hits[rule] += 1
            holding[rule] += counted(run)
    return hits, holding


def _calibrate(runs: Sequence[_Run], says: Sequence[float]) -> tuple[float, dict[str, float]]:
    """Fit one scale, and a prior for each source, by Newton's method on the mean log loss of the sources.

    A penalty of one run pulls the scale towards 1, so that a source which the rules tell apart without a fault has
    a scale too.
    """
    of_source: dict[str, list[tuple[float, bool]]] = defaultdict(list)
    for run, value in zip(runs, says, strict=True):
        of_source[run.source].append((value, run.failed))
    scale, priors = 1.0, {name: _logit(fmean(y for _, y in pairs)) for name, pairs in of_source.items()}
    penalty = fmean(1 / len(pairs) for pairs in of_source.values())
    for _ in range(NEWTON_STEPS):
        slope, bend = penalty * (scale - 1), penalty
        for name, pairs in of_source.items():
            chances = [_sigmoid(priors[name] + scale * value) for value, _ in pairs]
            errors = [p - y for p, (_, y) in zip(chances, pairs, strict=True)]
            spreads = [p * (1 - p) for p in chances]
            priors[name] -= _step(fmean(errors), fmean(spreads))
            slope += fmean(e * v for e, (v, _) in zip(errors, pairs, strict=True))
            bend += fmean(s * v * v for s, (v, _) in zip(spreads, pairs, strict=True))
        scale = max(0.05, scale - _step(slope, bend))
    return round(scale, 2), priors


NEWTON_STEPS = 200
"""Far more than it takes: the scale and the priors are stepped in turns."""


def _step(slope: float, bend: float) -> float:
    return max(-0.5, min(0.5, slope / max(bend, 1e-3)))


def _threshold(runs: Sequence[_Run], probabilities: Sequence[float]) -> float:
    of_source: dict[str, list[tuple[float, bool]]] = defaultdict(list)
    for run, probability in zip(runs, probabilities, strict=True):
        of_source[run.source].append((probability, run.failed))
    grid = [at / 20 for at in range(1, 20)]
    worth = {at: fmean(_macro_f1(pairs, at) for pairs in of_source.values()) for at in grid}
    return max(grid, key=lambda at: (round(worth[at], 6), -abs(at - 0.5)))


def _macro_f1(pairs: Sequence[tuple[float, bool]], threshold: float) -> float:
    caught = sum(y and p >= threshold for p, y in pairs)
    passed = sum(not y and p < threshold for p, y in pairs)
    wrong = len(pairs) - caught - passed
    # F1 = 2 TP / (2 TP + FP + FN), and what is wrong is the one or the other.
    return fmean(2 * right / (2 * right + wrong) if right else 0.0 for right in (caught, passed))


def _sources(runs: Sequence[_Run], says: Sequence[float], priors: Mapping[str, float]) -> pl.DataFrame:
    by_source: dict[str, list[tuple[_Run, float]]] = defaultdict(list)
    for run, value in zip(runs, says, strict=True):
        by_source[run.source].append((run, value))
    rows = []
    for name, pairs in by_source.items():
        failed = [run.failed for run, _ in pairs]
        rows.append(
            (
                name, pairs[0][0].format, len(pairs), len({run.task for run, _ in pairs}), sum(failed),
                auc([run.steps for run, _ in pairs], failed),
                auc([run.probability for run, _ in pairs], failed),
                auc([value for _, value in pairs], failed),
                priors[name],
            )
        )
    return pl.DataFrame(rows, schema=SOURCES, orient="row")


def auc(values: Sequence[float], failed: Sequence[bool]) -> float:
    """Give the share of pairs of a failure and a success in which the failure has the higher value.

    >>> auc([1, 2, 2, 3], [False, False, True, True])
    0.875
    """
    frame = pl.DataFrame({"value": values, "failed": failed}, schema={"value": pl.Float64, "failed": pl.Boolean})
    ranks = frame["value"].rank("average").filter(frame["failed"]).sum()
    positives = int(frame["failed"].sum())
    return float((ranks - positives * (positives + 1) / 2) / (positives * (frame.height - positives)))


def _facts(
    runs: Sequence[_Run], sources: pl.DataFrame, date: str | None, *, transfer: bool
) -> dict[str, object]:
    """Give what a pack says of its fitting: counts, a hash and figures; no path, and no text of a log."""
    digest = hashlib.sha256()
    for run in runs:
        line = (run.task, run.failed, run.steps, *run.rules)
        digest.update(("\x1f".join(map(str, line)) + "\n").encode())
    return {
        "date": date or datetime.datetime.now(datetime.timezone.utc).date().isoformat(),
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


def _pack(
    name: str,
    verdict: Mapping[str, float],
    facts: Mapping[str, object],
    rules: Mapping[str, _Rule],
    weights: Mapping[str, float],
    type_weights: Mapping[str, float],
) -> str:
    lines = [
        "[pack]", f"name = {_toml(name)}", f"version = {_toml(facts['date'])}", "schema_version = 1",
        'licence = "unstated"', *(f"{key} = {value}" for key, value in verdict.items()), "",
        "[pack.fitted]", *(f"{key} = {_toml(value)}" for key, value in facts.items()),
    ]
    for rule, of in rules.items():
        changed = {
            key: after
            for key, before, after in (
                ("weight", of.weight, weights[rule]), ("type_weight", of.type_weight, type_weights[rule])
            )
            if after != before
        }
        if changed:
            lines += ["", "[[override]]", f"id = {_toml(rule)}", *(f"{key} = {value}" for key, value in changed.items())]
    return "\n".join(lines) + "\n"


def _toml(value: object) -> str:
    r"""Write a number or a string as TOML.

    >>> _toml('a "b"\n'), _toml(3)
    ('"a \\"b\\"\\u000A"', '3')
    """
    if not isinstance(value, str):
        return str(value)
    quoted = value.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(char if char.isprintable() else f"\\u{ord(char):04X}" for char in quoted) + '"'


def _logit(share: float) -> float:
    return math.log(share / (1 - share))


def _sigmoid(odds: float) -> float:
    return 1 / (1 + math.exp(-odds))

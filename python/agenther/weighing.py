"""From labelled runs to the weights of rules.

For logs like these, weights are those of a logistic regression: of all rules together, each source with an
intercept of its own. A penalty of `KEPT` pulls each weight to `KEPT_SHARE` of the weight so far, so that a
few labels move little. Kindred rules then share nothing, since the regression knows what they have in common:
the pack sets `kindred_share = 1`.

For other logs (`transfer`) each rule is weighed by itself, with runs grouped by source. A regression would
learn what goes together on these sources:

* The say of a rule on a source is the log-odds of failure of the runs that it fires on, less the log-odds of
  all runs of the source. `PSEUDO_HITS` more hits fail at the base rate. A source counts where the rule fires
  on `MIN_HITS` of its runs and leaves out as many.
* Its weight is the mean over sources, each clipped at ±`CLIP`; `DISPUTED` unless `AGREEING` of the sources
  have the sign of the mean; rounded to 0.1.
* A rule weighs `UNMEASURED` at most unless it earned more: on a source on which it is as precise as
  `EARNING_PRECISION`.

Either way:

* A rule of weight 0 speaks for the type only, and stays so; one that speaks for a type is not made a good
  sign.
* Scale and prior: the probability is 1 / (1 + exp(-prior - scale · say)), where the say of a run is that of
  rules fitted without its task (`transfer`: without its format). One scale is fitted for all sources, with a
  prior for each; the prior kept is the mean. No run is ever pooled with one of another source: that would
  teach what source it is.
* The threshold is the one nearest to a half whose mean macro-F1 over sources is within 0.01 of the highest:
  the figure is flat about its peak, and where the peak lies is chance.
* The type weight of a rule is its log-odds by itself, of failures whose type is known, that the type is the
  label of the rule. The weight so far always counts as `KEPT_HITS`. It
  is refitted where there are `MIN_RUNS` such failures of two types.
"""

from __future__ import annotations

import hashlib
import math
from collections import defaultdict
from dataclasses import dataclass, field
from statistics import fmean
from typing import TYPE_CHECKING, NamedTuple

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

MIN_RUNS = 20
"""A source with fewer labelled runs is not fitted on, and types are not with fewer failures."""

UNMEASURED = 0.1
"""The most that a rule weighs which has not earned more."""

DISPUTED = 0.05
"""What a rule weighs on whose sign the sources differ: not 0, so that it is measured again."""

EARNING_HITS = 10
EARNING_PRECISION = 0.8
"""Of a transferred pack, a rule earns its weight on a source on which it fires so often with such a
precision,"""

HIGHEST_BASE_RATE = 0.8
"""where not nearly all runs fail anyway (of a good sign: succeed)."""

MIN_HITS = 5
PSEUDO_HITS = 1.0
KEPT_HITS = 5.0
KEPT = 3.0
KEPT_SHARE = 0.3
"""Of a sum in which kindred rules share nothing, a weight is worth so much of what it is in one of groups."""

ROUNDS = 60
SETTLED = 2e-3
MOST = 5.0
"""The most that a pack may give a rule."""

CLIP = 3.0
AGREEING = 0.7
FOLDS = 5
KINDRED_SHARE = 0.25
"""What each kindred rule beyond the loudest adds, as in the engine."""


class Rule(NamedTuple):
    """What of a rule the fitting needs."""

    label: str
    group: str
    weight: float
    type_weight: float


class Run(NamedTuple):
    """What of a run the fitting needs: its label, and what the rules say without it."""

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
class Sides:
    """What a fit learns of the hits of one rule: a log-odds for each source, and how many hits in all."""

    hits: int = 0
    of_sources: list[float] = field(default_factory=list)
    earned: bool = False

    def mean(self) -> float:
        """Give the mean over sources."""
        return fmean(max(-CLIP, min(CLIP, odds)) for odds in self.of_sources)

    def agreeing(self) -> float:
        """Give the share of sources that have the sign of the mean."""
        mean = self.mean()
        return fmean(float((odds > 0) == (mean > 0)) for odds in self.of_sources)


def folds(runs: Sequence[Run]) -> Callable[[Run], str]:
    """Deal the tasks out to folds, in an order that has nothing to do with them."""
    tasks = sorted({run.task for run in runs}, key=lambda task: hashlib.sha256(task.encode()).digest())
    fold = {task: str(at % FOLDS) for at, task in enumerate(tasks)}
    return lambda run: fold[run.task]


class Learner:
    """Weights from runs."""

    def __init__(self, rules: Mapping[str, Rule], *, transfer: bool) -> None:
        self.rules = rules
        self.transfer = transfer
        self.start = {rule: of.weight for rule, of in rules.items()}
        self.kindred_share = KINDRED_SHARE if transfer else 1.0

    def sides(self, runs: Sequence[Run]) -> dict[str, Sides]:
        """Give what the hits of each rule say."""
        sides: dict[str, Sides] = {rule: Sides() for rule in self.rules}
        for of_source in by_source(runs).values():
            base = fmean(run.failed for run in of_source)
            hits, failures = _counts(of_source, lambda run: run.failed)
            for rule, count in hits.items():
                sides[rule].hits += count
                sides[rule].earned |= _earns(count, failures[rule] / count, base)
                if MIN_HITS <= count <= len(of_source) - MIN_HITS:
                    odds = _odds(logit(base), (count, failures[rule]))
                    sides[rule].of_sources.append(odds)
        return sides

    def weights(self, runs: Sequence[Run]) -> dict[str, float]:
        """Give the weight of each rule."""
        if not self.transfer:
            return together(runs, self.rules)
        weights = {}
        for rule, side in self.sides(runs).items():
            weight = _rounded(side, self.rules[rule]) if side.of_sources else self.start[rule]
            most = MOST if side.earned else UNMEASURED
            weights[rule] = max(-most, min(most, weight))
        return weights

    def type_weights(self, runs: Sequence[Run]) -> dict[str, float]:
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
                odds = _odds(logit(base), (count, right), KEPT_HITS, of.type_weight)
                before[rule] = round(max(0.0, min(CLIP, odds)), 1)
        return before

    def held_out(self, runs: Sequence[Run], unit: Callable[[Run], str]) -> tuple[list[float], list[str]]:
        """Give the say of rules, and the likeliest type, of each run, fitted on the runs of other units."""
        fitted = {}
        for held in sorted({unit(run) for run in runs}):
            rest = [run for run in runs if unit(run) != held]
            fitted[held] = self.weights(rest), self.type_weights(rest)
        says = [say(run.rules, fitted[unit(run)][0], self.rules, self.kindred_share) for run in runs]
        return says, [self._likeliest(run, fitted[unit(run)][1]) for run in runs]

    def _likeliest(self, run: Run, type_weights: Mapping[str, float]) -> str:
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


def say(
    fired: Iterable[str],
    weights: Mapping[str, float],
    rules: Mapping[str, Rule],
    kindred_share: float = KINDRED_SHARE,
) -> float:
    """Give what rules say together, as the engine has it: in a group, the loudest and a share of the rest.

    >>> kin = Rule("incomplete", "repeat", 0.0, 0.0)
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
                total += (1 - kindred_share) * loudest(side) + kindred_share * sum(side)
    return total


def _odds(base: float, seen: tuple[int, int], kept: float = 0.0, so_far: float = 0.0) -> float:
    """Give the log-odds that a hit adds to those of the base, of hits and what of them held."""
    hits, holding = seen
    expected = PSEUDO_HITS * sigmoid(base) + kept * sigmoid(base + so_far)
    return logit((holding + expected) / (hits + PSEUDO_HITS + kept)) - base


def _earns(hits: int, precision: float, base: float) -> bool:
    """Tell whether a rule is precise on a source, for failure or for success."""
    return hits >= EARNING_HITS and any(
        right >= EARNING_PRECISION and right > chance and chance <= HIGHEST_BASE_RATE
        for right, chance in ((precision, base), (1 - precision, 1 - base))
    )


def _rounded(side: Sides, rule: Rule) -> float:
    if rule.weight == 0:
        return 0.0
    if side.agreeing() < AGREEING:
        return math.copysign(DISPUTED, rule.weight)
    lowest = 0.0 if rule.type_weight > 0 else -CLIP
    return round(max(lowest, side.mean()), 1) or math.copysign(DISPUTED, rule.weight)


def together(runs: Sequence[Run], rules: Mapping[str, Rule]) -> dict[str, float]:
    """Give the weights of a logistic regression of all rules."""
    weights = Regression(runs, rules).fitted()
    # Not 0: a rule of weight 0 would be left so by the next fit.
    return {
        rule: (round(weight, 2) or math.copysign(0.01, rules[rule].weight)) if rules[rule].weight else 0.0
        for rule, weight in weights.items()
    }


class Regression:
    """A logistic regression by Newton's method on one weight after the other.

    Runs on which the same rules fire are one row, however many there are.
    """

    def __init__(self, runs: Sequence[Run], rules: Mapping[str, Rule]) -> None:
        self.rules = rules
        self.pulled_to = {rule: KEPT_SHARE * of.weight for rule, of in rules.items()}
        self.weights = dict(self.pulled_to)
        failed: dict[tuple[str, tuple[str, ...]], list[bool]] = defaultdict(list)
        for run in runs:
            failed[run.source, run.rules].append(run.failed)
        self.rows = [(len(labels), sum(labels)) for labels in failed.values()]
        self.says = [sum(self.weights[rule] for rule in fired) for _, fired in failed]
        self.of_sources: dict[str, list[int]] = defaultdict(list)
        self.of_rules: dict[str, list[int]] = defaultdict(list)
        for at, (source, fired) in enumerate(failed):
            self.of_sources[source].append(at)
            for rule in fired:
                self.of_rules[rule].append(at)

    def fitted(self) -> dict[str, float]:
        """Give the weights, once they are settled."""
        telling = [rule for rule in sorted(self.of_rules) if self.rules[rule].weight]
        for _ in range(ROUNDS):
            intercepts = max(abs(self._move(rows, 0.0, 0.0)) for rows in self.of_sources.values())
            weights = max((abs(self._weigh(rule)) for rule in telling), default=0.0)
            if max(intercepts, weights) < SETTLED:
                break
        return self.weights

    def _weigh(self, rule: str) -> float:
        # What speaks for a type is no good sign.
        lowest = 0.0 if self.rules[rule].type_weight > 0 else -MOST
        weight = self.weights[rule]
        off = weight - self.pulled_to[rule]
        moved = self._move(self.of_rules[rule], off, KEPT, (lowest - weight, MOST - weight))
        self.weights[rule] += moved
        return moved

    def _move(
        self, rows: Sequence[int], off: float, kept: float, bounds: tuple[float, float] = (-MOST, MOST)
    ) -> float:
        """Step the say of rows, for a weight that is `off` from where it is pulled to."""
        slope, bend = kept * off, kept
        for at in rows:
            chance = sigmoid(max(-30.0, min(30.0, self.says[at])))
            runs, failures = self.rows[at]
            slope += runs * chance - failures
            bend += runs * chance * (1 - chance)
        step = max(bounds[0], min(bounds[1], -_step(slope, bend)))
        for at in rows:
            self.says[at] += step
        return step


def by_source(runs: Sequence[Run]) -> dict[str, list[Run]]:
    """Group runs by their source."""
    sources: dict[str, list[Run]] = defaultdict(list)
    for run in runs:
        sources[run.source].append(run)
    return sources


def _counts(runs: Iterable[Run], counted: Callable[[Run], bool]) -> tuple[dict[str, int], dict[str, int]]:
    """Count on how many runs each rule fires, and on how many of those something holds."""
    hits: dict[str, int] = defaultdict(int)
    holding: dict[str, int] = defaultdict(int)
    for run in runs:
        for rule in run.rules:
            hits[rule] += 1
            holding[rule] += counted(run)
    return hits, holding


def calibrate(runs: Sequence[Run], says: Sequence[float]) -> tuple[float, dict[str, float]]:
    """Fit one scale, and a prior for each source, by Newton's method on the mean log loss of the sources.

    A penalty of one run pulls the scale towards 1, so that a source which the rules tell apart without a
    fault has a scale too.
    """
    of_source: dict[str, list[tuple[float, bool]]] = defaultdict(list)
    for run, value in zip(runs, says, strict=True):
        of_source[run.source].append((value, run.failed))
    scale, priors = 1.0, {name: logit(fmean(y for _, y in pairs)) for name, pairs in of_source.items()}
    penalty = fmean(1 / len(pairs) for pairs in of_source.values())
    for _ in range(NEWTON_STEPS):
        slope, bend = penalty * (scale - 1), penalty
        for name, pairs in of_source.items():
            chances = [sigmoid(priors[name] + scale * value) for value, _ in pairs]
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


def best_threshold(runs: Sequence[Run], probabilities: Sequence[float]) -> float:
    """Give the threshold nearest to a half of those with a mean macro-F1 as good as the best."""
    of_source: dict[str, list[tuple[float, bool]]] = defaultdict(list)
    for run, probability in zip(runs, probabilities, strict=True):
        of_source[run.source].append((probability, run.failed))
    grid = [at / 20 for at in range(1, 20)]
    worth = {at: fmean(_macro_f1(pairs, at) for pairs in of_source.values()) for at in grid}
    as_good = max(worth.values()) - 0.01
    return min((at for at in grid if worth[at] >= as_good), key=lambda at: abs(at - 0.5))


def _macro_f1(pairs: Sequence[tuple[float, bool]], threshold: float) -> float:
    caught = sum(y and p >= threshold for p, y in pairs)
    passed = sum(not y and p < threshold for p, y in pairs)
    wrong = len(pairs) - caught - passed
    # F1 = 2 TP / (2 TP + FP + FN), and what is wrong is the one or the other.
    return fmean(2 * right / (2 * right + wrong) if right else 0.0 for right in (caught, passed))


def auc(values: Sequence[float], failed: Sequence[bool]) -> float:
    """Give the share of pairs of a failure and a success in which the failure has the higher value.

    >>> auc([1, 2, 2, 3], [False, False, True, True])
    0.875
    """
    frame = pl.DataFrame(
        {"value": values, "failed": failed}, schema={"value": pl.Float64, "failed": pl.Boolean}
    )
    ranks = frame["value"].rank("average").filter(frame["failed"]).sum()
    positives = int(frame["failed"].sum())
    return float((ranks - positives * (positives + 1) / 2) / (positives * (frame.height - positives)))


def logit(share: float) -> float:
    """Give the log-odds of a share."""
    return math.log(share / (1 - share))


def sigmoid(odds: float) -> float:
    """Give the share of log-odds."""
    return 1 / (1 + math.exp(-odds))

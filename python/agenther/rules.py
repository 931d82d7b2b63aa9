"""Rule packs: load, list, explain, document, check, test, evaluate.

A pack is a folder of TOML files, one rule a file, or a single file with `[[rule]]` tables. `"default"` is the
pack that ships with the engine; it comes first unless it is named at another place or left out.

>>> import agenther as ah
>>> rules = ah.rules.load()
>>> "incomplete/no-terminal-action" in rules.frame()["id"]
True
"""

from __future__ import annotations

from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import polars as pl

from agenther import _native
from agenther.expressions import classify

if TYPE_CHECKING:
    from collections.abc import Iterable

Packs: TypeAlias = "str | PathLike[str] | Iterable[str | PathLike[str]]"
"""A folder, a TOML file or `"default"`, or several of them."""

DEFAULT = "default"
"""The name of the pack that ships with the engine. (A folder of that name is `./default`.)"""

RULES = pl.Schema(
    {
        "id": pl.String(),
        "name": pl.String(),
        "summary": pl.String(),
        "label": pl.String(),
        "failure_type": pl.String(),
        "severity": pl.Float32(),
        "confidence": pl.String(),
        "status": pl.String(),
        "since": pl.String(),
        "tags": pl.List(pl.String()),
        "group": pl.String(),
        "weight": pl.Float32(),
        "type_weight": pl.Float32(),
        "active": pl.Boolean(),
        "changed_by": pl.List(pl.String()),
        "pack": pl.String(),
        "file": pl.String(),
    }
)
"""The columns of `Rules.frame`."""

EXAMPLES = pl.Schema(
    {"rule": pl.String(), "example": pl.String(), "number": pl.UInt32(), "outcome": pl.String()}
)
"""The columns of `Rules.test`."""

DIAGNOSTICS = pl.Schema(
    {
        "level": pl.String(),
        "code": pl.String(),
        "title": pl.String(),
        "help": pl.String(),
        "file": pl.String(),
        "line": pl.UInt32(),
        "column": pl.UInt32(),
        "start": pl.UInt32(),
        "end": pl.UInt32(),
    }
)
"""The columns of `check`: what is wrong, what to do, and where, down to the bytes."""

SUMMARY = pl.Schema(
    {
        "runs": pl.UInt32(),
        "left_out": pl.UInt32(),
        "failures": pl.UInt32(),
        "base_rate": pl.Float64(),
        "auc": pl.Float64(),
        "flagged": pl.UInt32(),
        "precision": pl.Float64(),
        "recall": pl.Float64(),
    }
)
"""The columns of `Evaluation.summary`: one row."""

HITS = pl.Schema(
    {
        "rule": pl.String(),
        "hits": pl.UInt32(),
        "failures": pl.UInt32(),
        "precision": pl.Float64(),
        "coverage": pl.Float64(),
    }
)
"""The columns of `Evaluation.rules`: one row is one rule that hits a run."""

_JUDGED = pl.Schema(
    {
        "failed": pl.Boolean(),
        "probability": pl.Float32(),
        "flagged": pl.Boolean(),
        "rules": pl.List(pl.String()),
    }
)
"""What an evaluation keeps of a run: by its label, whether it failed, and what the rules said without it."""


class Rules:
    """Compiled rules, for `classify(rules=…)` and `analyze(rules=…)`. Made by `load`; immutable."""

    def __init__(self, packs: list[tuple[str, list[tuple[str, str]]]]) -> None:
        self._packs = packs
        self._native = _native.RuleSet(packs)

    @property
    def hash(self) -> str:
        """A hash of the text of the packs: equal text, equal hash.

        >>> load().hash == load().hash
        True
        """
        return self._native.hash

    def frame(self) -> pl.DataFrame:
        """List the rules: a frame of `RULES`, in the order of packs and files.

        >>> load().frame().columns[:3]
        ['id', 'name', 'summary']
        """
        return pl.DataFrame(self._native.rules(), schema=RULES)

    def explain(self, rule: str) -> str:
        """Write the page of a rule, as Markdown, by its id.

        >>> load().explain("incomplete/no-terminal-action").splitlines()[0]
        '# incomplete/no-terminal-action'
        """
        if (page := self._native.explain(rule)) is None:
            raise KeyError(f"no rule has the id {rule}; `frame` lists them")
        return page

    def pages(self) -> dict[str, str]:
        """Write the page of every rule and an index of them: Markdown by path, `index.md` first.

        >>> list(load().pages())[0]
        'index.md'
        """
        return dict(self._native.pages())

    def test(self) -> pl.DataFrame:
        """Run every rule on its examples: a frame of `EXAMPLES`.

        The outcome is `validated`, `noisy` (it fired and must not) or `missing` (the other way round).

        >>> "validated" in load().test()["outcome"]
        True
        """
        return pl.DataFrame(self._native.test(), schema=EXAMPLES)

    def option(self) -> dict[str, object]:
        """Give what travels to the plugin: the hash, and the text for a process that has not met it."""
        return {"hash": self.hash, "packs": self._packs}


def load(packs: Packs = (), *, default: bool = True) -> Rules:
    """Load packs, after the one that ships with the engine unless `default` is false.

    A pack may change the rules of packs before it (`[[override]]`). Loading the same text again is cheap:
    it is compiled once a process. Anything wrong raises a `ValueError` with one line for each thing; `check`
    gives them as a frame.

    >>> load().hash == load("default").hash
    True
    """
    return Rules(_read(packs, default=default))


def check(packs: Packs = (), *, default: bool = True) -> pl.DataFrame:
    r"""Check packs: a frame of `DIAGNOSTICS`, errors first, then what the lints warn of.

    The pack that ships with the engine stands before them, unless `default` is false: it is what they
    change, repeat or refer to.

    >>> import tempfile, pathlib
    >>> pack = pathlib.Path(tempfile.mkdtemp(), "mine.toml")
    >>> _ = pack.write_text("[[rule]]\nsurprise = 1")
    >>> check(pack)["level"][0]
    'error'
    """
    return pl.DataFrame(_native.check_rules(_read(packs, default=default)), schema=DIAGNOSTICS)


@dataclass(frozen=True, eq=False)
class Evaluation:
    """What rules are worth on labelled runs. Made by `evaluate`."""

    summary: pl.DataFrame
    """All rules together, a frame of `SUMMARY`: how many runs have a label and how many were left out for the
    want of one; how many of them failed, and their share; the AUC of `failure_probability`; how many runs the
    rules take for failures at the threshold of the pack, and the precision and recall of that. A figure that
    nothing stands behind, such as an AUC where no run failed, is null."""
    rules: pl.DataFrame
    """Rule by rule, a frame of `HITS`: on how many runs it fires, how many of those failed, their share
    (`precision`, to be read beside the base rate) and the share of all runs that it fires on (`coverage`).
    The rule with the most hits comes first. A rule that fires on no run is not in it, and neither is a good
    sign, which leaves no evidence."""


def evaluate(
    runs: pl.DataFrame | pl.LazyFrame | Iterable[pl.DataFrame], *, rules: Rules | None = None
) -> Evaluation:
    """Hold what rules say of runs without their labels against the labels.

    Parameters
    ----------
    runs
        Trajectory frames: one, a lazy one, or batches such as those of `LogScan.batches`, of which little is
        kept. The label of a run is its `success`, or else whether its `reward` is 1; the rules do not see it.
    rules
        Rules made by `load`; `None` is the pack that ships with the engine.

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
    batches = [runs] if isinstance(runs, pl.DataFrame | pl.LazyFrame) else runs
    judged = pl.concat([_JUDGED.to_frame(), *(_judge(batch, rules) for batch in batches)])
    of_use = judged.drop_nulls(["failed", "probability"])
    return Evaluation(summary=_summary(of_use, judged.height - of_use.height), rules=_hits(of_use))


def schema() -> str:
    """Give the JSON Schema of the rule language.

    >>> import json
    >>> json.loads(schema())["$schema"]
    'https://json-schema.org/draft/2020-12/schema'
    """
    return _native.rules_schema()


def _judge(runs: pl.DataFrame | pl.LazyFrame, rules: Rules | None) -> pl.DataFrame:
    verdict = pl.col("verdict").struct
    return (
        runs.lazy()
        .select(
            classify(rules=rules, success=None, reward=None),
            failed=pl.coalesce(pl.col("success").not_(), pl.col("reward") < 1),
        )
        .select(
            "failed",
            probability=verdict.field("failure_probability"),
            flagged=verdict.field("is_failure"),
            rules=verdict.field("evidence")
            .list.eval(pl.element().struct.field("rule"))
            .list.unique(maintain_order=True),
        )
        .collect(engine="streaming")
    )


def _summary(judged: pl.DataFrame, left_out: int) -> pl.DataFrame:
    failed, flagged = pl.col("failed"), pl.col("flagged")
    failures, successes = failed.sum(), failed.not_().sum()
    caught = (failed & flagged).sum()
    # The Mann-Whitney statistic: of the pairs of a failure and a success, the share that is ranked rightly.
    # In floats: the product of two counts does not fit into the type of a count.
    positives = failures.cast(pl.Float64)
    above = pl.col("probability").rank("average").filter(failed).sum() - positives * (positives + 1) / 2
    return judged.select(
        runs=pl.len(),
        left_out=pl.lit(left_out),
        failures=failures,
        base_rate=_share(failures, pl.len()),
        auc=_share(above, positives * successes),
        flagged=flagged.sum(),
        precision=_share(caught, flagged.sum()),
        recall=_share(caught, failures),
    ).cast(SUMMARY)


def _hits(judged: pl.DataFrame) -> pl.DataFrame:
    return (
        judged.select(pl.col("rules").alias("rule"), "failed")
        .explode("rule")
        .drop_nulls("rule")
        .group_by("rule")
        .agg(hits=pl.len(), failures=pl.col("failed").sum())
        .with_columns(
            precision=_share(pl.col("failures"), pl.col("hits")),
            coverage=_share(pl.col("hits"), pl.lit(judged.height)),
        )
        .cast(HITS)
        .sort(pl.col("hits"), pl.col("rule"), descending=[True, False])
    )


def _share(part: pl.Expr, whole: pl.Expr) -> pl.Expr:
    return pl.when(whole > 0).then(part / whole)


def _read(packs: Packs, *, default: bool) -> list[tuple[str, list[tuple[str, str]]]]:
    several = [packs] if isinstance(packs, str | PathLike) else list(packs)
    if default and DEFAULT not in several:
        several.insert(0, DEFAULT)
    # The native side has the text of the default pack.
    return [(str(pack), [] if pack == DEFAULT else _files(Path(pack))) for pack in several]


def _files(pack: Path) -> list[tuple[str, str]]:
    if not pack.is_dir():
        return [(str(pack), pack.read_text("utf-8"))]
    files = sorted(pack.rglob("*.toml"))
    if not files:
        raise FileNotFoundError(f"the folder {pack} has no rule: no file named *.toml")
    return [(file.relative_to(pack).as_posix(), file.read_text("utf-8")) for file in files]

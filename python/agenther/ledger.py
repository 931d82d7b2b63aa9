"""What was relabelled before: a log that has grown is run again, and gives only what is new.

A job writes a ledger beside its training files: a line for each run that it wrote, with a hash of the content
of the run and one of each of its pairs of goal and answer. Where earlier output lies among the logs of a
later job, its ledger is read, and the runs and pairs in it are passed over. The later ledger starts with the
lines of the earlier ones, so that naming the newest output is enough.
"""

from __future__ import annotations

import json
from hashlib import blake2b
from typing import TYPE_CHECKING, TextIO

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

LEDGER = "relabelled.jsonl"
"""The name of the file."""

_CONTENT = ("original_prompt", "system", "steps", "final_answer")
"""What makes a run: the same content under another id, in another file, is the same run."""


class Ledger:
    """The runs and pairs of earlier jobs, and the pairs of this one.

    >>> ledger = Ledger()
    >>> ledger.is_new_pair("Which ferries go to Kiel?", "The Color Line.")
    True
    >>> ledger.is_new_pair("Which ferries go to Kiel?", "The Color Line.")
    False
    """

    def __init__(self) -> None:
        self._runs: set[str] = set()
        self._pairs: set[str] = set()

    def read(self, path: Path) -> None:
        """Take the ledger of an earlier job; a line that is none raises `ValueError`, with its place."""
        with path.open(encoding="utf-8") as lines:
            for number, line in enumerate(lines, start=1):
                try:
                    entry = json.loads(line)
                    run, pairs = entry["run"], list(entry["pairs"])
                except (ValueError, KeyError, TypeError):
                    raise ValueError(
                        f"{path}, line {number}: found {line[:60]!r}, needed an object with `run` and"
                        " `pairs`; restore the file, or take its folder out of the logs"
                    ) from None
                self._runs.add(str(run))
                self._pairs.update(map(str, pairs))

    def has_run(self, runs: pl.DataFrame) -> pl.Series:
        """Tell which runs an earlier job relabelled: one Boolean a run."""
        if not self._runs:
            return pl.repeat(value=False, n=runs.height, dtype=pl.Boolean, eager=True)
        return pl.Series([run in self._runs for run in fingerprints(runs)], dtype=pl.Boolean)

    def new_runs(self, runs: pl.DataFrame) -> pl.DataFrame:
        """Give the runs whose content was not met before, and remember it."""
        new = []
        for run in fingerprints(runs):
            new.append(run not in self._runs)
            self._runs.add(run)
        return runs.filter(pl.Series(new, dtype=pl.Boolean))

    def is_new_pair(self, goal: str, answer: str) -> bool:
        """Tell whether a goal with this answer was not met before, and remember it."""
        pair = _hash(f"{goal}\0{answer}")
        new = pair not in self._pairs
        self._pairs.add(pair)
        return new

    def without_repeats(self, runs: pl.DataFrame) -> pl.DataFrame:
        """Take out the goals that an earlier job or run gave already, and the runs left with none."""
        at = pl.int_range(pl.len(), dtype=pl.UInt32)
        goals = runs.select(at.alias("at"), "hindsight").explode("hindsight").drop_nulls("hindsight")
        texts = goals.select(pl.col("hindsight").struct.field("goal", "answer")).iter_rows()
        new = pl.Series([self.is_new_pair(goal, answer) for goal, answer in texts], dtype=pl.Boolean)
        kept = goals.filter(new).group_by("at", maintain_order=True).agg("hindsight")
        numbered = runs.with_columns(at=at).drop("hindsight")
        return numbered.join(kept, on="at", maintain_order="left").select(runs.columns)


def write(runs: pl.DataFrame, file: TextIO) -> None:
    """Write a line for each run, with the pairs in its `hindsight`."""
    goal, answer = (pl.element().struct.field(name) for name in ("goal", "answer"))
    pairs = runs.select(pl.col("hindsight").list.eval(pl.concat_str(goal, pl.lit("\0"), answer))).to_series()
    lines = (
        {"run": run, "pairs": [_hash(text) for text in texts]}
        for run, texts in zip(fingerprints(runs), pairs, strict=True)
    )
    file.writelines(json.dumps(line) + "\n" for line in lines)


def carry(paths: Iterable[Path], file: TextIO) -> None:
    """Write the lines of earlier ledgers, each once."""
    seen = set()
    for path in paths:
        with path.open(encoding="utf-8") as lines:
            for line in lines:
                entry = line.rstrip("\n")
                if (hashed := _hash(entry)) not in seen:
                    seen.add(hashed)
                    file.write(entry + "\n")


def fingerprints(runs: pl.DataFrame) -> list[str]:
    """Hash the content of each run.

    >>> import agenther as ah
    >>> one, other = ah.Trajectory(trajectory_id="a"), ah.Trajectory(trajectory_id="b")
    >>> fingerprints(one.to_frame()) == fingerprints(other.to_frame())
    True
    """
    content = runs.select(pl.struct(_CONTENT).struct.json_encode()).to_series()
    return [_hash(text) for text in content]


def _hash(text: str) -> str:
    # 64 bits: among a million runs, two meet by chance once in forty million logs.
    return blake2b(text.encode(), digest_size=8).hexdigest()


def of(paths: Iterable[Path]) -> Ledger:
    """Read the ledgers of earlier jobs."""
    ledger = Ledger()
    for path in paths:
        ledger.read(path)
    return ledger

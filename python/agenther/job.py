"""The main job: logs in, training files out, in one pass and bounded memory.

Every record is accounted for. `records = written + skipped + rejected`, where `records` is counted by the
reader, `written` and `skipped` by what became of each run; `Account.check` compares the two, and it
compares the rows handed to the exporters with the lines in the files.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import polars as pl

from agenther import export, scan
from agenther.expressions import analyze

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Which = Literal["failed", "unlabelled", "all"]

REJECTS = "rejects.jsonl"
SUMMARY = "summary.json"


class AccountError(Exception):
    """The numbers of a finished job contradict each other: a bug of ours."""


@dataclass(frozen=True)
class Job:
    """What to do."""

    logs: Sequence[str | Path]
    out: Path
    to: Sequence[str] = ("sft", "dpo", "sharegpt")
    which: Which = "failed"
    min_confidence: float = 0.5
    min_weight: float = 0.3
    goals: int = 3
    seed: int = 0
    log_format: str | None = None


@dataclass
class Account:
    """What became of every record."""

    files: int = 0
    records: int = 0
    read: int = 0
    rejected: Counter[str] = field(default_factory=Counter)
    labelled: int = 0
    failed: Counter[str] = field(default_factory=Counter)
    relabelled: int = 0
    goals: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    written: int = 0
    rows: Counter[str] = field(default_factory=Counter)
    rows_skipped: dict[str, Counter[str]] = field(default_factory=dict)
    outputs: list[str] = field(default_factory=list)

    def check(self) -> None:
        """Raise `AccountError` if a record is missing or counted twice."""
        accounted = self.written + self.skipped.total() + self.rejected.total()
        if self.records != accounted:
            raise AccountError(
                f"{self.records:,} records were found, but {self.written:,} written + {self.skipped.total():,} skipped"
                f" + {self.rejected.total():,} rejected are {accounted:,}; please report this"
            )
        if self.read + self.rejected.total() != self.records:
            raise AccountError(
                f"{self.records:,} records were found, but {self.read:,} read + {self.rejected.total():,} rejected"
                " do not add up to that; please report this"
            )

    def as_json(self) -> dict[str, object]:
        """The account as it stands in `summary.json`; counts in falling order."""
        return {
            "files": self.files,
            "records": self.records,
            "read": self.read,
            "rejected": self.rejected.total(),
            "rejected_by_reason": _ordered(self.rejected),
            "labelled": self.labelled,
            "failed": self.failed.total(),
            "failed_by_type": _ordered(self.failed),
            "relabelled": self.relabelled,
            "goals": self.goals,
            "skipped": self.skipped.total(),
            "skipped_by_reason": _ordered(self.skipped),
            "written": self.written,
            "rows": dict(self.rows),
            "rows_skipped": {name: _ordered(counts) for name, counts in self.rows_skipped.items()},
            "outputs": self.outputs,
        }


def _ordered(counts: Counter[str]) -> dict[str, int]:
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))

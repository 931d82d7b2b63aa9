"""What an export did with each row that it was given."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Report:
    """The count of an export.

    >>> from pathlib import Path
    >>> Report(Path("sft.jsonl"), read=3, written=2, lines=2, skipped={"low_weight": 1}).read
    3
    """

    path: Path
    """The file."""
    read: int
    """Candidate rows: one for each hindsight goal, one for each run that has none."""
    written: int
    """Candidates that are in the file."""
    lines: int
    """Lines of the file: more than `written` where the weight repeats rows."""
    skipped: dict[str, int] = field(default_factory=dict)
    """Candidates that are not, by reason."""

    def __post_init__(self) -> None:
        skipped = sum(self.skipped.values())
        if self.read != self.written + skipped:
            raise AssertionError(
                f"{self.path}: {self.read} rows were read, but {self.written} written and {skipped} skipped; "
                "please report it"
            )

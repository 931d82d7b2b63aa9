"""What all writers share: frames in, lines out, every row accounted for."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import polars as pl

from agenther import _plugin
from agenther.export import candidates
from agenther.export.report import Report
from agenther.export.settings import Mask, Options, Settings
from agenther.export.staging import StagedFile, beside
from agenther.expressions import RUN_COLUMNS

if TYPE_CHECKING:
    from types import TracebackType

    from typing_extensions import Self, Unpack

RUNS_AT_ONCE = 1024
"""Runs rendered in one go: it bounds the memory, and no result depends on it."""

_GOAL_COLUMNS = ("goal", "answer", "kept_steps", "thoughts", "weight")
_PROVENANCE = (
    "trajectory_id",
    "source",
    "original_prompt",
    "goal",
    "strategy",
    "wording",
    "first_step",
    "last_step",
    "kept_steps",
    "confidence",
    "difficulty",
    "slots",
    "evidence",
    "is_failure",
    "failure_type",
    "severity",
    "weight",
    "rules",
)


class Writer:
    """Writes one training file from successive frames.

    Used as a context manager: the file appears under its name at the end of the block, and not at all
    where the block raises.

    >>> import agenther as ah, pathlib, tempfile
    >>> frame = ah.Trajectory(success=False).to_frame().with_columns(ah.analyze().struct.unnest())
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with ah.export.SftWriter(pathlib.Path(folder) / "sft.jsonl") as writer:
    ...         _ = writer.write(frame)
    ...         _ = writer.write(frame)
    ...     writer.report.read
    2
    """

    name: ClassVar[str]
    """The name of the export, for messages."""
    has_mask: ClassVar[bool] = False
    """Whether a trainer of the rows reads a mask of single messages."""

    def __init__(
        self,
        path: str | Path,
        layout: dict[str, object],
        *,
        include_successes: bool = False,
        **options: Unpack[Options],
    ) -> None:
        self.path = Path(path)
        self.settings = Settings(**options)
        self.check_mask(self.settings.mask)
        self._layout = {**self.settings.rendering(), **layout}
        self._include_successes = include_successes
        self._skipped: Counter[str] = Counter()
        self._read = self._written = self._lines = 0
        self._report: Report | None = None
        self._staged: list[StagedFile] = []
        self._runs_with_rows: list[pl.Series] = []
        self._open()

    @classmethod
    def check_mask(cls, mask: Mask | None) -> None:
        """Raise `ValueError` at a mask that no trainer of the rows would read."""
        if mask is not None and not cls.has_mask:
            raise ValueError(
                f"{cls.name}: found mask {mask!r}, needed None: no trainer of these rows reads a mask of"
                " single messages, and what is masked would be imitated; write `sft` alone with it"
            )

    def _open(self) -> None:
        try:
            if self.settings.provenance:
                self._provenance = self._stage(beside(self.path, ".provenance.jsonl"))
            self._file = self._stage(self.path)
        except BaseException:
            self.discard()
            raise

    def _stage(self, path: Path) -> StagedFile:
        self._staged.append(StagedFile(path))
        return self._staged[-1]

    @property
    def report(self) -> Report:
        """The count, once the file is whole."""
        if self._report is None:
            raise RuntimeError(
                f"{self.path}: the file is not closed yet; call close() before you read the report"
            )
        return self._report

    def write(self, frame: pl.DataFrame | pl.LazyFrame) -> pl.Series:
        """Append the rows of a frame, and tell which of its runs got any: one Boolean a run.

        A lazy frame is collected in batches, so that memory stays bounded.
        """
        if isinstance(frame, pl.LazyFrame):
            batches = frame.collect_batches(chunk_size=RUNS_AT_ONCE, maintain_order=True)
            parts = [self.write(batch) for batch in batches]
        else:
            parts = [self._write_part(part) for part in frame.iter_slices(RUNS_AT_ONCE)]
        return pl.concat([pl.Series("written", [], pl.Boolean), *parts])

    def _write_part(self, part: pl.DataFrame) -> pl.Series:
        self._runs_with_rows = []
        runs = candidates.prepare(part, self.name)
        self._write_runs(runs)
        return runs["run"].is_in(pl.concat(self._runs_with_rows).implode()).alias("written")

    def _write_runs(self, runs: pl.DataFrame) -> None:
        self._append(self._rows(runs).sort("run", "rank", nulls_last=True, maintain_order=True))

    def _rows(self, runs: pl.DataFrame) -> pl.DataFrame:
        """Give every candidate with its `row`, `copies` and `skipped`."""
        goals = self._goals(runs)
        if not self._include_successes:
            return self._render(goals, {})
        successes = candidates.of_successes(runs, min_weight=self.settings.min_weight)
        # A success that is written as it is has not been passed over for want of a goal.
        goals = goals.filter(pl.col("goal").is_not_null() | ~pl.col("success").fill_null(value=False))
        return pl.concat([self._render(goals, {}), self._render(successes, {"goal": "original"})])

    def _goals(self, runs: pl.DataFrame) -> pl.DataFrame:
        return candidates.of_goals(
            runs,
            min_confidence=self.settings.min_confidence,
            min_weight=self.settings.min_weight,
            per_run=self.settings.per_run,
        )

    def _render(self, rows: pl.DataFrame, layout: dict[str, object]) -> pl.DataFrame:
        """Render the candidates that are not skipped yet."""
        chosen = rows.filter(pl.col("skipped").is_null()).drop("skipped")
        rendered = _plugin.call(
            "render", [*RUN_COLUMNS, *_GOAL_COLUMNS], {"render": {**self._layout, **layout}}
        )
        provenance = pl.struct(_PROVENANCE).struct.json_encode().alias("provenance")
        kept = chosen.select("run", "rank", provenance, rendered.alias("rendered")).unnest("rendered")
        passed_over = rows.filter(pl.col("skipped").is_not_null()).select(
            "run",
            "rank",
            pl.lit(None, pl.String).alias("provenance"),
            pl.lit(None, pl.String).alias("row"),
            pl.lit(0, pl.UInt32).alias("copies"),
            "skipped",
        )
        unweighted = pl.when(pl.col("copies") == 0).then(pl.lit("weight"))
        return pl.concat([kept.with_columns(pl.coalesce("skipped", unweighted)), passed_over])

    def _count(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Count all rows and give those to write."""
        self._read += rows.height
        reasons = rows["skipped"].drop_nulls().value_counts(sort=False)
        self._skipped.update(dict(reasons.iter_rows()))
        kept = rows.filter(pl.col("skipped").is_null())
        self._written += kept.height
        self._runs_with_rows.append(kept["run"])
        return kept

    def _append(self, rows: pl.DataFrame) -> None:
        kept = self._count(rows)
        if self.settings.weight_mode == "repeat":
            kept = kept.select(pl.col("row", "provenance").repeat_by("copies")).explode("row", "provenance")
        self._file.write_lines(kept["row"])
        if self.settings.provenance:
            number = pl.int_range(pl.len()) + self._lines
            members = pl.col("provenance").str.slice(1)
            self._provenance.write_lines(
                kept.select(pl.concat_str(pl.lit('{"row":'), number, pl.lit(","), members)).to_series()
            )
        self._lines += kept.height

    def close(self) -> Report:
        """Put the files in their places and give the count."""
        if self._report is None:
            self._finish()
            self._report = Report(
                self.path, self._read, self._written, self._lines, dict(sorted(self._skipped.items()))
            )
            for staged in self._staged:
                staged.commit()
        return self._report

    def _finish(self) -> None:
        """Write what could not be written before every row was seen."""

    def discard(self) -> None:
        """Give the files up; nothing is left of them."""
        for staged in self._staged:
            staged.discard()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None:
            self.discard()
            return
        try:
            self.close()
        except BaseException:
            self.discard()
            raise

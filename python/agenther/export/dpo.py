"""Preference pairs for DPO."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import polars as pl

from agenther.export import dataset_info
from agenther.export.writer import Writer

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from agenther.export.report import Report
    from agenther.export.settings import Arguments, Dialect, Options, Tools


class DpoWriter(Writer):
    """Writes the file of `dpo` from successive frames.

    >>> DpoWriter.name
    'dpo'
    """

    name: ClassVar[str] = "dpo"

    def __init__(
        self,
        path: str | Path,
        *,
        dialect: Dialect = "messages",
        arguments: Arguments = "object",
        tools: Tools = "string",
        **options: Unpack[Options],
    ) -> None:
        self._dialect = dialect
        if dialect == "sharegpt":
            dataset_info.check_path(Path(path))
        layout: dict[str, object] = {
            "row": "preference",
            "dialect": dialect,
            "arguments": arguments,
            "tools": tools,
        }
        super().__init__(path, layout, **options)

    def _rows(self, runs: pl.DataFrame) -> pl.DataFrame:
        # The ending of a run that did not fail is no bad example.
        return super()._rows(_only_failures(runs))

    def _finish(self) -> None:
        if self._dialect == "sharegpt":
            self._staged.append(dataset_info.stage(self.path, "dpo"))


def _only_failures(runs: pl.DataFrame) -> pl.DataFrame:
    failed = pl.col("is_failure").fill_null(value=False)
    return runs.with_columns(
        pl.when(failed).then("hindsight"),
        pl.when(failed).then("abstained").otherwise(pl.lit("not_failed")),
    )


def dpo(
    frame: pl.DataFrame | pl.LazyFrame,
    path: str | Path,
    *,
    dialect: Dialect = "messages",
    arguments: Arguments = "object",
    tools: Tools = "string",
    **options: Unpack[Options],
) -> Report:
    """Write pairs with one prompt: under the goal ĝ and the kept steps, the grounded answer ≻ the run's own.

    The pair of the paper, chosen (ĝ, τ) against rejected (g, τ), is one completion under two prompts. In
    TRL it trains nothing: with an explicit prompt both sides get the same log-probabilities (loss 0.6931 =
    ln 2, margin 0, whatever the model), and with an implicit one the trainer raises. What that pair means
    is said by unpaired rows, `kto`.

    Here `prompt` is ĝ and the kept steps through their last observation. `chosen` is the hindsight answer.
    `rejected` is the final answer that the run itself gave, which speaks to g: under ĝ it is off the point,
    and mostly reports a failure that ĝ does not have. Both sides are one message of the agent in the same
    place, so that

    * no observation is in the loss (TRL does not mask them in DPO);
    * the two do not differ in kind: with calls on the rejected side only, "never call a tool" would be
      learned first. That is why the run's wandering on is not the rejected side;
    * the same pair loads in TRL, LLaMA-Factory, and the preference API of OpenAI.

    Skipped are runs that did not fail (`not_failed`), runs without a final answer (`no_own_ending`), and
    those whose own answer contains the hindsight answer and so is not worse (`same_ending`).

    Parameters
    ----------
    frame
        The trajectory frame with the columns of `analyze`.
    path
        The file; `.gz` and `.zst` compress it.
    dialect
        `"messages"` for TRL: `prompt`, `chosen`, `rejected`, `tools`. `"sharegpt"` for LLaMA-Factory:
        `conversations` of odd length, `chosen`, `rejected`, and an entry in `dataset_info.json`.
    arguments, tools
        As in `sft`.
    **options
        See `agenther.export.settings.Settings`.

    >>> import agenther as ah, pathlib, tempfile
    >>> frame = ah.Trajectory(success=True).to_frame().with_columns(ah.analyze().struct.unnest())
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     ah.export.dpo(frame, pathlib.Path(folder) / "dpo.jsonl").skipped
    {'not_failed': 1}
    """
    with DpoWriter(path, dialect=dialect, arguments=arguments, tools=tools, **options) as writer:
        writer.write(frame)
    return writer.report

"""LLaMA-Factory's ShareGPT: its `dataset_info.json` is written beside it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from agenther.export import dataset_info
from agenther.export.writer import Writer

if TYPE_CHECKING:
    import polars as pl
    from typing_extensions import Unpack

    from agenther.export.report import Report
    from agenther.export.settings import Options


class ShareGptWriter(Writer):
    """Writes the file of `sharegpt` from successive frames.

    >>> ShareGptWriter.name
    'sharegpt'
    """

    name: ClassVar[str] = "sharegpt"

    def __init__(
        self, path: str | Path, *, include_successes: bool = False, **options: Unpack[Options]
    ) -> None:
        dataset_info.check_path(Path(path))
        layout: dict[str, object] = {"row": "demonstration", "dialect": "sharegpt"}
        super().__init__(path, layout, include_successes=include_successes, **options)

    def _finish(self) -> None:
        self._staged.append(dataset_info.stage(self.path, "sft"))


def sharegpt(
    frame: pl.DataFrame | pl.LazyFrame,
    path: str | Path,
    *,
    include_successes: bool = False,
    **options: Unpack[Options],
) -> Report:
    """Write rows `{"conversations": [{"from": "human", "value": ...}, ...], "system": "", "tools": "[...]"}`.

    For LLaMA-Factory, Axolotl, Unsloth and FastChat; not for TRL, where such rows render to nothing and are
    filtered out. LLaMA-Factory takes human or observation and function_call or gpt in strict turn and
    empties any other row without a word, so a run that breaks this is skipped as `not_alternating`. Thought
    and call are one value, `thought<tool_call>{...}</tool_call>`: bare text before bare JSON raises there.

    There is no mask in this shape (LLaMA-Factory reads none of single turns), so `mask` is refused.

    Pairs and KTO rows in this shape: `dpo(..., dialect="sharegpt")`, `kto(..., dialect="sharegpt")`.

    Parameters
    ----------
    frame
        The trajectory frame with the columns of `analyze`.
    path
        The file, `.jsonl`. `dataset_info.json` beside it gets the entry `agenther_<name>`.
    include_successes
        Also write the runs that their log calls a success, under their original goal.
    **options
        See `agenther.export.settings.Settings`.

    >>> import agenther as ah, pathlib, tempfile
    >>> frame = ah.Trajectory(success=False).to_frame().with_columns(ah.analyze().struct.unnest())
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = ah.export.sharegpt(frame, pathlib.Path(folder) / "rows.jsonl")
    ...     sorted(file.name for file in pathlib.Path(folder).iterdir())
    ['dataset_info.json', 'rows.jsonl', 'rows.provenance.jsonl']
    """
    with ShareGptWriter(path, include_successes=include_successes, **options) as writer:
        writer.write(frame)
    return writer.report

"""TRL messages for supervised fine-tuning, the default export."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from agenther.export.writer import Writer

if TYPE_CHECKING:
    from pathlib import Path

    import polars as pl
    from typing_extensions import Unpack

    from agenther.export.report import Report
    from agenther.export.settings import Arguments, Options, Tools


class SftWriter(Writer):
    """Writes the file of `sft` from successive frames.

    >>> SftWriter.name
    'sft'
    """

    name: ClassVar[str] = "sft"
    has_mask: ClassVar[bool] = True

    def __init__(
        self,
        path: str | Path,
        *,
        arguments: Arguments = "object",
        tools: Tools = "string",
        include_successes: bool = False,
        **options: Unpack[Options],
    ) -> None:
        super().__init__(
            path,
            {"row": "demonstration", "arguments": arguments, "tools": tools},
            include_successes=include_successes,
            **options,
        )


def sft(
    frame: pl.DataFrame | pl.LazyFrame,
    path: str | Path,
    *,
    arguments: Arguments = "object",
    tools: Tools = "string",
    include_successes: bool = False,
    **options: Unpack[Options],
) -> Report:
    """Write rows `{"messages": [...], "tools": "[...]", "weight": 0.9}`, one a hindsight goal.

    Loads as it is in TRL's `SFTTrainer` (set `assistant_only_loss=True`, which leaves the observations out
    of the loss; rows of prompt and completion would train on them), and in Axolotl (`type: chat_template`).
    For the fine-tuning APIs of OpenAI and Fireworks: `arguments="string", tools="list"`.

    With `mask="train"` the calls outside the slice stand in the conversation, each message of the agent says
    whether it is trained on, and Axolotl obeys with `message_field_training: train`. With `mask="weight"` the
    same is said as 0 or 1 to the fine-tuning API of OpenAI (then `arguments="string", tools="list",
    weight_mode="drop"`). TRL reads neither and would train on what is masked.

    Parameters
    ----------
    frame
        The trajectory frame with the columns of `analyze`.
    path
        The file; `.gz` and `.zst` compress it.
    arguments
        `"object"` for trainers that render a chat template: most of them encode a string twice, some
        raise. `"string"` for the APIs, and for `datasets` before 4.7, which pads objects with nulls.
    tools
        `"string"`, which no version of `datasets` pads, or `"list"`.
    include_successes
        Also write the runs that their log calls a success, under their original goal.
    **options
        See `agenther.export.settings.Settings`.

    >>> import agenther as ah, pathlib, tempfile
    >>> frame = ah.Trajectory(success=False).to_frame().with_columns(ah.analyze().struct.unnest())
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     ah.export.sft(frame, pathlib.Path(folder) / "sft.jsonl.gz").written
    0
    """
    with SftWriter(
        path, arguments=arguments, tools=tools, include_successes=include_successes, **options
    ) as writer:
        writer.write(frame)
    return writer.report

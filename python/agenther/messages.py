"""Logs that are in memory already: a column of messages, a frame, a table, a data set.

They are read by the same code as log files, row by row, in the engine: nothing here loops over rows.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, overload

import polars as pl

from agenther import _plugin, frames
from agenther import mapping as mappings
from agenther.scan import RejectedRecordsWarning

if TYPE_CHECKING:
    from agenther._typing import IntoColumn

_ROW = "__agenther_row"
"""The column of row numbers, while a frame is read."""

MESSAGES = ("messages", "tools", "trajectory_id", "goal", "system", "success", "reward")
"""What `from_messages` takes, in the order in which the plugin takes it."""


def from_messages(
    messages: IntoColumn = "messages",
    *,
    tools: IntoColumn = None,
    trajectory_id: IntoColumn = None,
    goal: IntoColumn = None,
    system: IntoColumn = None,
    success: IntoColumn = None,
    reward: IntoColumn = None,
    format: str | None = None,
    success_at: float | None = None,
    mapping: mappings.Mapping | None = None,
) -> pl.Expr:
    """Read a column of chat messages as runs: a column `trajectory` of structs, a trajectory frame in one.

    It is elementwise, so it works eager, lazy and streaming. A row that is null or cannot be read gives
    null; `messages_rejects`, called alike, says why.

    Parameters
    ----------
    messages
        JSON text, or lists of structs `{role, content, tool_calls, tool_call_id, name, …}` as `datasets`
        and pyarrow give them (a key that is null counts as absent). Records of every other format that is
        read from files are read here too.
    tools
        The schemas of the tools, as JSON text or lists of structs.
    trajectory_id, goal, system, success, reward
        What is known of the run besides; where it is not null it wins over what the record says. Texts may be
        numbers or categories, and `success` 0 and 1. Without a `trajectory_id` the id is a fingerprint of the
        record where the record names none, so that equal rows have one id.
    format
        Read every row as this format (see `formats`) instead of recognising it.
    success_at
        The reward from which on a run counts as a success where nothing states one.
    mapping
        Read every row as this TOML file says (see `docs/mapping.md`).

    >>> import agenther as ah, polars as pl
    >>> chats = pl.DataFrame({"messages": ['[{"role": "user", "content": "Hi"}]', "[1]"], "solved": False})
    >>> runs = chats.select(ah.from_messages("messages", success="solved").struct.unnest())
    >>> runs.select("original_prompt", "success").rows()
    [('Hi', False), (None, None)]
    """
    columns = [messages, tools, trajectory_id, goal, system, success, reward]
    return _plugin.call("from_messages", columns, _options(format, success_at, mapping)).alias("trajectory")


def messages_rejects(
    messages: IntoColumn = "messages", *, format: str | None = None, mapping: mappings.Mapping | None = None
) -> pl.Expr:
    """Say why `from_messages` cannot read a row: structs of `reason` and `sentence`.

    It is null where the row can be read, and where it is null and there is nothing to read.

    >>> import agenther as ah, polars as pl
    >>> chats = pl.DataFrame({"messages": ['[{"role": "user", "content": "Hi"}]', "[1"]})
    >>> chats.select(ah.messages_rejects("messages").struct.field("reason")).to_series().to_list()
    [None, 'truncated']
    """
    columns = [messages, *[None] * (len(MESSAGES) - 1)]
    return _plugin.call("messages_rejects", columns, _options(format, None, mapping)).alias("reject")


def _options(
    format: str | None, success_at: float | None, mapping: mappings.Mapping | None
) -> dict[str, object]:
    text = mappings.load(mapping)
    return {"read": {"format": format, "success_at": success_at, "mapping": text}}


@overload
def from_frame(
    frame: pl.LazyFrame,
    mapping: Mapping[str, str] | mappings.Mapping | None = ...,
    *,
    format: str | None = ...,
    success_at: float | None = ...,
) -> pl.LazyFrame: ...
@overload
def from_frame(
    frame: Any,
    mapping: Mapping[str, str] | mappings.Mapping | None = ...,
    *,
    format: str | None = ...,
    success_at: float | None = ...,
) -> pl.DataFrame: ...
def from_frame(
    frame: Any,
    mapping: Mapping[str, str] | mappings.Mapping | None = None,
    *,
    format: str | None = None,
    success_at: float | None = None,
) -> pl.DataFrame | pl.LazyFrame:
    """Read a frame, a row a run, as a trajectory frame; lazily if it is lazy.

    A frame with `steps` is taken as a trajectory frame that may lack columns. Of any other the rows are
    read as records are read from files: `messages` and the like are found by name, labels, tools and the
    rest beside them too, and `source.record` is the number of the row.

    A row that cannot be read stays, as nulls. Of a frame that is not lazy a `RejectedRecordsWarning` counts
    them, and a frame of nothing else is a `ValueError`; `messages_rejects(pl.struct(pl.all()))` says why.

    Parameters
    ----------
    frame
        A frame of Polars, a table of pyarrow, a `datasets.Dataset`, a pandas frame, or whatever else gives
        an Arrow stream.
    mapping
        Which columns to read instead: any of `messages`, `tools`, `trajectory_id`, `goal`, `system`,
        `success` and `reward`, each with the name of a column. Or the path of a TOML file that says where
        the fields of a run are in a row (see `docs/mapping.md`).
    format
        Read every row as this format (see `formats`) instead of recognising it.
    success_at
        The reward from which on a run counts as a success where nothing states one.

    >>> import agenther as ah, polars as pl
    >>> frame = pl.DataFrame({"messages": [[{"role": "user", "content": "Hi"}]], "reward": [0.5]})
    >>> ah.from_frame(frame, success_at=0.5).select("original_prompt", "success").row(0)
    ('Hi', True)
    >>> chats = frame.rename({"messages": "chat", "reward": "mark"})
    >>> runs = ah.from_frame(chats, {"messages": "chat", "reward": "mark"})
    >>> runs.select("original_prompt", "reward").row(0)
    ('Hi', 0.5)
    """
    rows = _frame_of(frame)
    names = rows.lazy().collect_schema()
    numbered = rows.lazy().with_row_index(_ROW)
    if mapping is None and frames.is_trajectories(names):
        runs = numbered.select(_trajectories(names, success_at))
        return runs if isinstance(rows, pl.LazyFrame) else runs.collect()
    record = pl.struct(pl.all().exclude(_ROW))
    columns: dict[str, Any] = {"messages": record}
    file = None
    if isinstance(mapping, Mapping):
        columns = _mapped(mapping, names)
    else:
        file = mapping
    read = from_messages(**columns, format=format, success_at=success_at, mapping=file)
    source = pl.col("source").struct.with_fields(record=pl.col(_ROW).cast(pl.UInt64))
    runs = numbered.select(_ROW, read.struct.unnest()).with_columns(source).drop(_ROW)
    if isinstance(rows, pl.LazyFrame):
        return runs
    why = messages_rejects(columns["messages"], format=format, mapping=file)
    return _checked(runs.collect(), rows, why)


def _frame_of(frame: Any) -> pl.DataFrame | pl.LazyFrame:
    if isinstance(frame, pl.DataFrame | pl.LazyFrame):
        return frame
    of_datasets = type(frame).__module__.partition(".")[0] == "datasets"
    if of_datasets and not hasattr(frame, "num_rows"):
        raise TypeError(
            f"from_frame: found {type(frame).__name__} of datasets, needed a Dataset; of an iterable one, "
            "collect some rows first"
        )
    if of_datasets and isinstance(frame, dict):
        raise TypeError(
            f"from_frame: found a DatasetDict, needed one of its splits: {', '.join(map(str, frame))}"
        )
    if of_datasets:
        # As Arrow, with what `select`, `filter` and `shuffle` have left of it.
        frame = frame.with_format("arrow")[:]
    if hasattr(frame, "__arrow_c_stream__"):
        return pl.DataFrame(frame)
    if type(frame).__module__.partition(".")[0] == "pandas":
        return pl.from_pandas(frame)  # pandas before 2.2 gives no Arrow stream
    raise TypeError(
        f"from_frame: found {type(frame).__name__}, needed a frame of Polars or pandas, a table of pyarrow, "
        "a Dataset or another Arrow stream"
    )


def _trajectories(columns: pl.Schema, success_at: float | None) -> list[pl.Expr]:
    source = pl.struct(
        pl.lit(frames.FORMAT).alias("format"),
        pl.lit(None, pl.String).alias("path"),
        pl.col(_ROW).cast(pl.UInt64).alias("record"),
    )
    try:
        return frames.conform(columns, source, success_at)
    except frames.NotTrajectoriesError as error:
        raise ValueError(str(error)) from error


def _mapped(mapping: Mapping[str, str], columns: pl.Schema) -> dict[str, Any]:
    if unknown := [name for name in mapping if name not in MESSAGES]:
        raise ValueError(f"mapping: found {unknown[0]!r}, needed some of {', '.join(MESSAGES)}")
    if absent := [name for name in mapping.values() if name not in columns]:
        raise ValueError(f"mapping: found no column {absent[0]!r} among {', '.join(columns)}")
    return {"messages": "messages", **mapping}


def _checked(runs: pl.DataFrame, rows: pl.DataFrame, why: pl.Expr) -> pl.DataFrame:
    """Say how many rows could not be read."""
    unread = runs["steps"].null_count()
    if not unread:
        return runs
    sentences = rows.select(why.struct.field("sentence")).to_series().drop_nulls()
    first = next(iter(sentences.head(1)), "It is null.")
    if unread == runs.height:
        raise ValueError(f"from_frame: no row could be read. {first}")
    warnings.warn(
        f"{unread} of {runs.height} rows could not be read, and are null; of the first: {first}",
        RejectedRecordsWarning,
        stacklevel=3,
    )
    return runs

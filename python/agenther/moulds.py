"""Moulds: how the people in a log ask for what the tools do.

A sentence that a user wrote and whose literals equal the arguments of a call is a mould of that tool, with a
slot for each. Goals that are filled into moulds speak the users' language, and a model learns more from them.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import polars as pl

from agenther.expressions import RUN_COLUMNS, shown_moulds

if TYPE_CHECKING:
    from pathlib import Path

    from typing_extensions import Unpack

    from agenther._typing import RunColumns

MIN_TASKS = 2
"""Tasks that a mould needs: one may say anything."""

MAX_MOULDS = 2000
"""The most moulds that are kept, those of most tasks first: they travel with every call of `relabel`."""


_COLUMNS = {
    "tool": pl.String(),
    "text": pl.String(),
    "parameters": pl.List(pl.String()),
    "fields": pl.List(pl.String()),
}
"""What `relabel` reads of a mould."""


def read_moulds(path: Path) -> pl.DataFrame:
    """Read moulds that were written as JSON lines; anything else raises `ValueError`, with its place."""
    moulds = []
    with path.open(encoding="utf-8", errors="replace") as lines:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            mould = _parsed(line)
            if mould is None:
                raise ValueError(
                    f"{path}, line {number}: found {line[:60].rstrip()!r}, needed an object with `tool` and"
                    " `text`, which are texts, and `parameters` and `fields`, which are lists of texts, as"
                    " `agenther.moulds` gives them"
                )
            moulds.append(mould)
    return pl.DataFrame(moulds, schema=_COLUMNS)


def _parsed(line: str) -> dict[str, object] | None:
    try:
        mould = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(mould, dict):
        return None
    texts = all(isinstance(mould.get(name), str) for name in ("tool", "text"))
    lists = all(
        isinstance(mould.get(name), list) and all(isinstance(item, str) for item in mould[name])
        for name in ("parameters", "fields")
    )
    return {name: mould[name] for name in _COLUMNS} if texts and lists else None


def moulds(
    runs: pl.DataFrame | pl.LazyFrame, *, min_tasks: int = MIN_TASKS, **columns: Unpack[RunColumns]
) -> pl.DataFrame:
    """Learn the moulds of a log in a first pass, for `relabel(moulds=...)` and `analyze(moulds=...)`.

    Gives a frame with the `tool`, the `text` with `{parameter}` where a value stood, the `parameters`, the
    `fields` of the result that the text asks for, and the number of `tasks` (different prompts) that show it.

    Parameters
    ----------
    runs
        The trajectory frame. Runs that succeeded teach as well.
    min_tasks
        The fewest tasks that must show a mould.
    **columns
        Columns that are not named as in the trajectory frame.

    >>> import agenther as ah
    >>> def run(city):
    ...     return ah.Trajectory(
    ...         original_prompt=f"What's the weather in {city}?",
    ...         steps=[
    ...             ah.Step(
    ...                 action_name="get_weather",
    ...                 action_input=f'{{"city": "{city}"}}',
    ...                 observation="sunny, 21 degrees",
    ...             )
    ...         ],
    ...     ).to_frame()
    >>> ah.moulds(pl.concat([run("Oslo"), run("Bergen")])).row(0)
    ('get_weather', "What's the weather in {city}?", ['city'], [], 2)
    """
    names = runs.lazy().collect_schema()
    present: RunColumns = {**columns}
    for name in RUN_COLUMNS:
        if name not in names and name != "steps":
            present.setdefault(name, None)  # type: ignore[misc]
    prompt = present.get("original_prompt", "original_prompt")
    task = pl.lit(None, dtype=pl.String) if prompt is None else prompt
    shown = (
        runs.lazy()
        .select(
            (pl.col(task) if isinstance(task, str) else task).alias("task"),
            shown_moulds(**present).alias("mould"),
        )
        .explode("mould")
        .drop_nulls("mould")
        .group_by("mould")
        .agg(tasks=pl.col("task").n_unique())
        .filter(pl.col("tasks") >= min_tasks)
        .unnest("mould")
    )
    found = shown.collect(engine="streaming")
    return found.sort("tasks", "tool", "text", "parameters", descending=[True, False, False, False]).head(
        MAX_MOULDS
    )

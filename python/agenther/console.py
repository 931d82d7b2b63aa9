"""What the command line shows: tables, progress, problems.

Logs are hostile: their text is shown as data. Control characters are spelled out, so that a log cannot move
the cursor or colour the terminal, and nothing of a log is read as markup.
"""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from agenther.job import Account

out = Console(highlight=False, markup=False, emoji=False)
err = Console(stderr=True, highlight=False, markup=False, emoji=False)


def plain(text: object, *, width: int | None = None) -> Text:
    """The text with control characters spelled out, on one line, cut to `width`.

    >>> plain("a\\x1b[31mb\\nc").plain
    'a\\\\x1b[31mb\\\\nc'
    """
    shown = "".join(char if char.isprintable() else _spelled(char) for char in str(text))
    if width is not None and len(shown) > width:
        shown = shown[: width - 1] + "…"
    return Text(shown)


def _spelled(char: str) -> str:
    return char.encode("unicode_escape").decode("ascii")


def problem(sentence: str) -> None:
    """Says on standard error what is wrong."""
    err.print(Text.assemble(("agenther: ", "bold red"), plain(sentence)), soft_wrap=True)


def table(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Shows a table; numbers stand to the right."""
    rows = [list(row) for row in rows]
    shown = Table(title=Text(title), title_justify="left", box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for at, name in enumerate(columns):
        numeric = bool(rows) and all(isinstance(row[at], int | float) for row in rows)
        shown.add_column(name, justify="right" if numeric else "left", overflow="fold")
    for row in rows:
        shown.add_row(*(plain(f"{cell:,}" if isinstance(cell, int) else cell) for cell in row))
    out.print(shown)


def account(of: Account, folder: str) -> None:
    """Shows what became of every record of a job."""
    figures = of.as_json()
    rows: list[tuple[str, int, str]] = [
        ("records", of.records, f"in {of.files:,} {'file' if of.files == 1 else 'files'}"),
        ("rejected", of.rejected.total(), "could not be read"),
        *_of(figures["rejected_by_reason"]),
        ("read", of.read, f"{of.labelled:,} with a label"),
        ("failed", of.failed.total(), ""),
        *_of(figures["failed_by_type"]),
        ("skipped", of.skipped.total(), ""),
        *_of(figures["skipped_by_reason"]),
        ("written", of.written, f"runs with {of.goals:,} goals in hindsight"),
    ]
    table("What became of the runs", ["", "runs", ""], rows)
    out.print()
    files = [(name, of.rows.get(name, "")) for name in of.outputs]
    table(f"Files in {folder}", ["file", "rows"], files)


def _of(counts: object) -> Iterator[tuple[str, int, str]]:
    assert isinstance(counts, dict)
    for name, count in counts.items():
        yield f"  {name}", count, ""


@contextmanager
def progress(total: int | None) -> Iterator[Callable[[int, int], None]]:
    """A progress bar on a terminal, nothing elsewhere. Call what it gives with bytes and runs so far."""
    if not sys.stderr.isatty():
        yield lambda read, runs: None
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[runs]:,} runs"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=err, transient=True) as bar:
        task = bar.add_task("Reading", total=total, runs=0)
        yield lambda read, runs: bar.update(task, completed=read, runs=runs)


def tally(counts: Mapping[str, int]) -> str:
    """Counts as words.

    >>> tally({"openai": 3, "mint": 1})
    'openai 3, mint 1'
    """
    return ", ".join(f"{name} {count:,}" for name, count in counts.items())

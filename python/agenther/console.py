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
    from pathlib import Path

    from agenther.job import Account

out = Console(highlight=False, markup=False, emoji=False)
err = Console(stderr=True, highlight=False, markup=False, emoji=False)

# A file or a pipe has no width that the rows of a table would have to fit into.
_pipe = Console(highlight=False, markup=False, emoji=False, width=10_000)


_PAGE = 120
"""Characters of a line of text in columns where there is no terminal."""


def plain(text: object, *, width: int | None = None) -> Text:
    r"""Spell out the characters of a text, and cut it to `width`.

    >>> plain("a\x1b[31mb\nc").plain
    'a\\x1b[31mb\\nc'
    """
    shown = spelled(str(text))
    if width is not None and len(shown) > width:
        shown = shown[: width - 1] + "…"
    return Text(shown)


def spelled(text: str, *, keep: str = "") -> str:
    r"""Spell out the characters of a text that are not shown as themselves, except those to `keep`.

    >>> spelled("a\x07\nb", keep="\n").splitlines()
    ['a\\x07', 'b']
    """
    return "".join(
        char if char.isprintable() or char in keep else char.encode("unicode_escape").decode("ascii")
        for char in text
    )


def problem(sentence: str) -> None:
    """Say on standard error what is wrong."""
    err.print(Text.assemble(("agenther: ", "bold red"), plain(sentence)), soft_wrap=True)


def say(sentence: str) -> None:
    """Say something on standard output."""
    out.print(plain(sentence), soft_wrap=True)


def table(columns: Sequence[str], rows: Iterable[Sequence[object]], *, fold: str | None = None) -> None:
    """Show a table; numbers stand to the right. Where it is too wide, `fold` is the column that gives way."""
    rows = [list(row) for row in rows]
    shown = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for at, name in enumerate(columns):
        numeric = bool(rows) and all(isinstance(row[at], int | float) for row in rows)
        shown.add_column(
            name,
            justify="right" if numeric else "left",
            overflow="fold",
            no_wrap=fold is not None and name != fold,
        )
    for row in rows:
        shown.add_row(*(plain(f"{cell:,}" if isinstance(cell, int) else cell) for cell in row))
    (out if out.is_terminal else _pipe).print(shown)


def columns(of: Table) -> None:
    """Show a table whose columns share the width of the terminal, or of a page where there is none."""
    if out.is_terminal:
        out.print(of)
    else:
        _pipe.print(of, width=_PAGE)


def account(of: Account, folder: Path) -> None:
    """Show what became of every record of a job, and where the files are."""
    figures = of.as_json()
    rows = [
        ("records", of.records, f"in {of.files:,} {'file' if of.files == 1 else 'files'}"),
        ("rejected", figures["rejected"], tally(figures["rejected_by_reason"])),
        ("read", of.read, f"{of.labelled:,} with a label"),
        ("failed", figures["failed"], tally(figures["failed_by_type"])),
        ("relabelled", of.relabelled, f"{of.goals:,} goals in hindsight"),
        ("abstained", figures["abstained"], tally(figures["abstained_by_reason"])),
        ("skipped", figures["skipped"], tally(figures["skipped_by_reason"])),
        (
            "written",
            of.written,
            tally({f"{name}.jsonl": count for name, count in of.rows.items()}, "rows in"),
        ),
    ]
    table(("", "runs", ""), rows)
    out.print()
    out.print(
        plain(
            f"{of.records:,} {'record' if of.records == 1 else 'records'} = {of.written:,} written"
            f" + {figures['skipped']:,} skipped + {figures['rejected']:,} rejected."
            f" The files are in {folder}."
        ),
        soft_wrap=True,
    )
    passed_over(of.passed_over)


def passed_over(kinds: Mapping[str, int]) -> None:
    """Say what of the folders was not read, if there is any."""
    if files := sum(kinds.values()):
        problem(
            f"{files:,} {'file was' if files == 1 else 'files were'} passed over ({tally(kinds)}), not named"
            " as logs are or of no known format; name a file itself to read it all the same"
        )


def tally(counts: Mapping[str, int], of: str = "") -> str:
    """Give counts as words.

    >>> tally({"openai": 3, "mint": 1200})
    '3 openai, 1,200 mint'
    """
    return ", ".join(" ".join(filter(None, (f"{count:,}", of, name))) for name, count in counts.items())


@contextmanager
def progress(total: int | None) -> Iterator[Callable[[int, int], None]]:
    """Give a callback for files and runs so far: a progress bar on a terminal, nothing elsewhere."""
    if not sys.stderr.isatty():
        yield lambda _files, _runs: None
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[runs]:,} runs"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=err, transient=True) as bar:
        task = bar.add_task("Reading", total=total, runs=0)
        yield lambda files, runs: bar.update(task, completed=files, runs=runs)

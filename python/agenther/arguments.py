"""What the command line takes: the arguments that commands share, their types, and the help on them."""

from __future__ import annotations

import argparse
from math import isnan, nan
from pathlib import Path
from typing import Any

from agenther.export import WRITERS
from agenther.scan import formats


def export_names(text: str) -> tuple[str, ...]:
    """Read the names of exports."""
    names = tuple(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))
    unknown = [name for name in names if name not in WRITERS]
    if unknown or not names:
        found = ", ".join(unknown) or "nothing"
        raise argparse.ArgumentTypeError(f"found {found}, needed one or more of {', '.join(WRITERS)}")
    return names


def share(text: str) -> float:
    """Read a number from 0 to 1."""
    try:
        value = float(text)
    except ValueError:
        value = -1
    if not 0 <= value <= 1:
        raise argparse.ArgumentTypeError(f"found {text}, needed a number from 0 to 1")
    return value


def budget(text: str) -> float:
    """Read a number of rejects, or a share of the records."""
    try:
        value: float = int(text) if text.isdecimal() else float(text)
    except ValueError:
        value = -1
    if value < 0 or (isinstance(value, float) and not value <= 1):
        raise argparse.ArgumentTypeError(
            f"found {text}, needed a whole number from 0, or a share from 0.0 to 1.0"
        )
    return value


def number(text: str) -> float:
    """Read a number."""
    try:
        value = float(text)
    except ValueError:
        value = nan
    if isnan(value):
        raise argparse.ArgumentTypeError(f"found {text}, needed a number")
    return value


def count(text: str) -> int:
    """Read a whole number from 1."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"found {text}, needed a whole number from 1")
    return int(text)


def index(text: str) -> int:
    """Read a whole number from 0."""
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"found {text}, needed a whole number from 0")
    return int(text)


class _Help(argparse.HelpFormatter):
    """Help that ends in the default of an option, where it has one that says something."""

    def _get_help_string(self, action: argparse.Action) -> str | None:
        default = action.default
        # A default of 0 says something, and equals False.
        if not action.help or default is None or default is False or default in ([], argparse.SUPPRESS):
            return action.help
        shown = ",".join(default) if isinstance(default, tuple) else default
        return f"{action.help} (default: {shown})"


class Parser(argparse.ArgumentParser):
    """A parser whose commands show their defaults as well."""

    def __init__(self, *arguments: Any, **options: Any) -> None:  # noqa: ANN401 - as argparse has it
        super().__init__(*arguments, **{"formatter_class": _Help, **options})


def add_one_run(parser: argparse.ArgumentParser, which: str) -> None:
    """Add what says which run of a log is meant."""
    parser.add_argument("log", metavar="LOG", help="a file, a folder, a glob, a URL, or - for standard input")
    parser.add_argument("id", nargs="?", metavar="ID", help=f"of the run, {which}")
    parser.add_argument("--record", type=index, metavar="N", help="its record in the file; the first is 0")
    add_reading(parser)
    add_rules(parser)


def add_logs(parser: argparse.ArgumentParser) -> None:
    """Add the logs, and what to do with records that cannot be read."""
    parser.add_argument(
        "logs", nargs="+", metavar="LOGS", help="files, folders, globs, URLs, or - for standard input"
    )
    add_reading(parser)
    parser.add_argument(
        "--on-error",
        choices=("reject", "raise", "skip"),
        default="reject",
        help="keep records aside that cannot be read, stop at the first, or pass over them",
    )
    parser.add_argument(
        "--max-rejects",
        type=budget,
        metavar="N",
        help="give up at more rejects than this number, or than this share (0.01) of all records",
    )
    parser.add_argument("--rejects", type=Path, metavar="FILE", help="write the rejects to this file")
    add_rules(parser)


def add_reading(parser: argparse.ArgumentParser) -> None:
    """Add how logs are read."""
    parser.add_argument("--format", choices=formats(), metavar="NAME", help="read every file as this format")
    add_mapping(parser)
    parser.add_argument(
        "--success-at",
        type=number,
        metavar="X",
        help="the reward from which on a run is a success, where its log states none",
    )
    parser.add_argument(
        "--max-record-bytes",
        type=count,
        metavar="N",
        help="a record of more bytes is a reject; by default of more than 256 MiB",
    )


def add_mapping(parser: argparse.ArgumentParser) -> None:
    """Add the mapping of a format of one's own."""
    parser.add_argument(
        "--mapping", type=Path, metavar="TOML", help="read every file as this says: see docs/mapping.md"
    )


def add_rules(parser: argparse.ArgumentParser) -> None:
    """Add the rule packs."""
    parser.add_argument(
        "--rules",
        action="append",
        default=[],
        metavar="PACK",
        help="a rule pack more: a folder or a TOML file, which may change rules of packs before it",
    )
    parser.add_argument("--no-default-rules", action="store_true", help="use the packs of --rules alone")

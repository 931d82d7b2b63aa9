"""Rule packs: load, list, explain, document, check, test, evaluate, fit.

A pack is a folder of TOML files, one rule a file, or a single file with `[[rule]]` tables. `"default"` is the
pack that ships with the engine; it comes first unless it is named at another place or left out.

>>> import agenther as ah
>>> rules = ah.rules.load()
>>> "incomplete/no-terminal-action" in rules.frame()["id"]
True
"""

from __future__ import annotations

from difflib import get_close_matches
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import polars as pl

from agenther import _native
from agenther.evaluation import Evaluation, evaluate
from agenther.expressions import fired
from agenther.fitting import Fit, NotEnoughLabelsError, fit

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = [
    "DIAGNOSTICS",
    "EXAMPLES",
    "RULES",
    "Evaluation",
    "Fit",
    "NotEnoughLabelsError",
    "Packs",
    "Rules",
    "check",
    "evaluate",
    "fired",
    "fit",
    "load",
    "schema",
]

Packs: TypeAlias = "str | PathLike[str] | Iterable[str | PathLike[str]]"
"""A folder, a TOML file or `"default"`, or several of them."""

DEFAULT = "default"
"""The name of the pack that ships with the engine. (A folder of that name is `./default`.)"""

RULES = pl.Schema(
    {
        "id": pl.String(),
        "name": pl.String(),
        "summary": pl.String(),
        "label": pl.String(),
        "failure_type": pl.String(),
        "severity": pl.Float32(),
        "confidence": pl.String(),
        "status": pl.String(),
        "since": pl.String(),
        "tags": pl.List(pl.String()),
        "group": pl.String(),
        "weight": pl.Float32(),
        "type_weight": pl.Float32(),
        "active": pl.Boolean(),
        "changed_by": pl.List(pl.String()),
        "pack": pl.String(),
        "file": pl.String(),
    }
)
"""The columns of `Rules.frame`."""

EXAMPLES = pl.Schema(
    {"rule": pl.String(), "example": pl.String(), "number": pl.UInt32(), "outcome": pl.String()}
)
"""The columns of `Rules.test`."""

DIAGNOSTICS = pl.Schema(
    {
        "level": pl.String(),
        "code": pl.String(),
        "title": pl.String(),
        "help": pl.String(),
        "file": pl.String(),
        "line": pl.UInt32(),
        "column": pl.UInt32(),
        "start": pl.UInt32(),
        "end": pl.UInt32(),
    }
)
"""The columns of `check`: what is wrong, what to do, and where, down to the bytes."""


class Rules:
    """Compiled rules, for `classify(rules=…)` and `analyze(rules=…)`. Made by `load`; immutable."""

    def __init__(self, packs: list[tuple[str, list[tuple[str, str]]]]) -> None:
        self._packs = packs
        self._native = _native.RuleSet(packs)

    def __reduce__(self) -> tuple[type[Rules], tuple[list[tuple[str, list[tuple[str, str]]]]]]:
        """Pickle the text, which another process compiles."""
        return Rules, (self._packs,)

    @property
    def hash(self) -> str:
        """A hash of the text of the packs: equal text, equal hash.

        >>> load().hash == load().hash
        True
        """
        return self._native.hash

    @property
    def prior(self) -> float:
        """The log-odds of failure before any rule speaks.

        >>> -5 < load().prior < 5
        True
        """
        return self._native.verdict[0]

    @property
    def scale(self) -> float:
        """What the say of the rules is multiplied with.

        >>> load().scale > 0
        True
        """
        return self._native.verdict[1]

    @property
    def threshold(self) -> float:
        """The probability from which on a run without a label counts as failed.

        >>> 0 < load().threshold < 1
        True
        """
        return self._native.verdict[2]

    def frame(self) -> pl.DataFrame:
        """List the rules: a frame of `RULES`, in the order of packs and files.

        >>> load().frame().columns[:3]
        ['id', 'name', 'summary']
        """
        return pl.DataFrame(self._native.rules(), schema=RULES)

    def explain(self, rule: str) -> str:
        """Write the page of a rule, as Markdown, by its id.

        >>> load().explain("incomplete/no-terminal-action").splitlines()[0]
        '# incomplete/no-terminal-action'
        """
        if (page := self._native.explain(rule)) is None:
            near = get_close_matches(rule, self.frame()["id"], 1)
            cure = f"did you mean {near[0]}?" if near else "`frame` lists them"
            raise KeyError(f"no rule has the id {rule}; {cure}")
        return page

    def pages(self) -> dict[str, str]:
        """Write the page of every rule and an index of them: Markdown by path, `index.md` first.

        >>> list(load().pages())[0]
        'index.md'
        """
        return dict(self._native.pages())

    def test(self) -> pl.DataFrame:
        """Run every rule on its examples: a frame of `EXAMPLES`.

        The outcome is `validated`, `noisy` (it fired and must not) or `missing` (the other way round).

        >>> "validated" in load().test()["outcome"]
        True
        """
        return pl.DataFrame(self._native.test(), schema=EXAMPLES)

    def option(self) -> dict[str, object]:
        """Give what travels to the plugin: the hash, and the text for a process that has not met it."""
        return {"hash": self.hash, "packs": self._packs}


def load(packs: Packs = (), *, default: bool = True) -> Rules:
    """Load packs, after the one that ships with the engine unless `default` is false.

    A pack may change the rules of packs before it (`[[override]]`). Loading the same text again is cheap:
    it is compiled once a process. Anything wrong raises a `ValueError` with one line for each thing; `check`
    gives them as a frame.

    >>> load().hash == load("default").hash
    True
    """
    return Rules(_read(packs, default=default))


def check(packs: Packs = (), *, default: bool = True) -> pl.DataFrame:
    r"""Check packs: a frame of `DIAGNOSTICS`, errors first, then what the lints warn of.

    The pack that ships with the engine stands before them, unless `default` is false: it is what they
    change, repeat or refer to.

    >>> import tempfile, pathlib
    >>> pack = pathlib.Path(tempfile.mkdtemp(), "mine.toml")
    >>> _ = pack.write_text("[[rule]]\nsurprise = 1")
    >>> check(pack)["level"][0]
    'error'
    """
    return pl.DataFrame(_native.check_rules(_read(packs, default=default)), schema=DIAGNOSTICS)


def schema() -> str:
    """Give the JSON Schema of the rule language.

    >>> import json
    >>> json.loads(schema())["$schema"]
    'https://json-schema.org/draft/2020-12/schema'
    """
    return _native.rules_schema()


def _read(packs: Packs, *, default: bool) -> list[tuple[str, list[tuple[str, str]]]]:
    several = [packs] if isinstance(packs, str | PathLike) else list(packs)
    if default and DEFAULT not in several:
        several.insert(0, DEFAULT)
    # The native side has the text of the default pack.
    return [(str(pack), [] if pack == DEFAULT else _files(Path(pack))) for pack in several]


def _files(pack: Path) -> list[tuple[str, str]]:
    if not pack.is_dir():
        return [(str(pack), _text(pack))]
    files = sorted(pack.rglob("*.toml"))
    if not files:
        raise FileNotFoundError(f"the folder {pack} has no rule: no file named *.toml")
    return [(file.relative_to(pack).as_posix(), _text(file)) for file in files]


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except UnicodeDecodeError as error:
        raise ValueError(
            f"{file} is no text in UTF-8, as packs are: byte {error.start:,} is"
            f" {error.object[error.start]:#04x}"
        ) from error

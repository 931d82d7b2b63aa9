"""Why the verdict on a run is as it is: the run, the verdict, and every piece of evidence in its place."""

from __future__ import annotations

from dataclasses import dataclass
from heapq import nlargest
from itertools import islice
from typing import TYPE_CHECKING, Any

import polars as pl

from agenther import panics
from agenther.expressions import analyze, classify, panic
from agenther.rules import load

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from agenther.rules import Rules
    from agenther.scan import LogScan

_COMPARED = 50_000
"""Ids that an unknown one is compared with: enough for most logs, and a second's work."""

_COMPARED_LENGTH = 200
"""The most characters of an id that is compared: nobody mistypes a longer one."""

_NEAREST = 3
"""Ids that are named where there is not the one that was asked for."""

_ALIKE = 0.3
"""The share of pairs of characters that two ids have in common if one may be meant by the other."""


class UnknownRunError(ValueError):
    """A log has no such run."""


class EnginePanicError(ValueError):
    """The engine panicked at the run, so that there is nothing to explain."""


@dataclass(frozen=True)
class Found:
    """A run that was looked for."""

    run: dict[str, Any]
    """The first of that name: a row of the trajectory frame, with all that `analyze` gives."""
    places: list[tuple[str, int]]
    """The file and the record of every run of that name."""


def find(scan: LogScan, run_id: str | None, record: int | None, *, rules: Rules | None = None) -> Found:
    r"""Find a run in logs by its id, by the number of its record, or by both, and analyze it.

    Without either it is the first that failed. Where there is none, an `UnknownRunError` says why, with the
    ids that are nearest.

    >>> import agenther as ah
    >>> log = b'{"id": "a-1", "messages": [{"role": "user", "content": "Hi"}], "success": false}\n'
    >>> find(ah.LogScan(log), "a-1", None).places
    [('<bytes>', 0)]
    >>> find(ah.LogScan(log), "a-7", None)
    Traceback (most recent call last):
    agenther.explain.UnknownRunError: no run has the id a-7; the nearest: a-1
    """
    source = pl.col("source").struct
    asked = [] if run_id is None else [pl.col("trajectory_id") == run_id]
    asked += [] if record is None else [source.field("record") == record]
    asked = asked or [classify(rules=rules).struct.field("is_failure")]
    run: dict[str, Any] | None = None
    places: list[tuple[str, int]] = []
    missed = _Missed(run_id, record)
    for runs in scan.batches():
        these = runs.filter(*asked)
        places += these.select(source.field("path", "record")).iter_rows()
        if run is None and these.height:
            run = _analyzed(these.head(1), rules)
        missed.add(runs["trajectory_id"], scan.take_rejects())
    missed.add((), scan.take_rejects())
    if run is None:
        raise UnknownRunError(missed.sentence())
    return Found(run, places)


def _analyzed(run: pl.DataFrame, rules: Rules | None) -> dict[str, Any]:
    """Give the row of a run with all that `analyze` gives; an `EnginePanicError` where that panics."""
    analyzed = run.with_columns(analyze(rules=rules).struct.unnest())
    if analyzed["abstained"].item() == panics.ENGINE_PANIC:
        raise EnginePanicError(panics.rejects(run, panic(rules=rules))["sentence"].item())
    return analyzed.row(0, named=True)


class _Missed:
    """What there is to say where no run was found: the ids there are, and what could not be read."""

    def __init__(self, run_id: str | None, record: int | None) -> None:
        self._run_id = run_id
        self._record = record
        self._ids: dict[str, None] = {}
        self._read = 0
        self._rejected = 0
        self._first: str | None = None
        self._of_record: str | None = None

    def add(self, ids: Collection[str | None], rejects: pl.DataFrame) -> None:
        self._read += len(ids)
        if self._first is None and rejects.height:
            self._first = "{path}, record {record}: {sentence}".format(**rejects.row(0, named=True))
        new = (run_id for run_id in ids if run_id and len(run_id) <= _COMPARED_LENGTH)
        self._ids.update(dict.fromkeys(islice(new, _COMPARED - len(self._ids))))
        self._rejected += rejects.height
        if self._of_record is None and self._run_id is None and self._record is not None:
            of_record = rejects.filter(record=self._record).head(1)
            for path, sentence in of_record.select("path", "sentence").iter_rows():
                self._of_record = f"{path}, record {self._record} could not be read: {sentence}"

    def sentence(self) -> str:
        if self._of_record is not None:
            return self._of_record
        if self._run_id is None and self._record is None:
            if not self._read:
                return f"no run was read, and no record could be: {self._first or 'the log holds none'}"
            return f"no run failed; {self._read:,} were read, {self._rejected:,} records could not be"
        asked = {"the id": self._run_id, "the record number": self._record}
        named = " and ".join(f"{name} {value}" for name, value in asked.items() if value is not None)
        nearest = f"; the nearest: {', '.join(near)}" if (near := self._near()) else self._some()
        unread = f"; {self._rejected:,} records could not be read" if self._rejected else ""
        return f"no run has {named}{nearest}{unread}"

    def _some(self) -> str:
        """Give ids to see what they look like, where none is like the one asked for."""
        some = list(islice(self._ids, _NEAREST)) if self._run_id is not None else []
        return (
            f"; ids in the log: {', '.join(some)}{', …' if len(self._ids) > _NEAREST else ''}" if some else ""
        )

    def _near(self) -> list[str]:
        """Give ids that contain the one asked for, and then those that are spelled like it."""
        asked = (self._run_id or "")[:_COMPARED_LENGTH].casefold()
        pairs = _pairs(asked)
        alike = {known: _alike(pairs, _pairs(known.casefold())) for known in self._ids}
        alike |= {known: 1.0 for known in self._ids if asked and asked in known.casefold()}
        near = nlargest(_NEAREST, alike, key=alike.__getitem__)
        return [known for known in near if alike[known] >= _ALIKE]


def _pairs(text: str) -> set[str]:
    return {text[at : at + 2] for at in range(len(text) - 1)}


def _alike(one: set[str], other: set[str]) -> float:
    """Give Dice's coefficient; the time of an edit distance grows with the square of what a log may hold."""
    return 2 * len(one & other) / max(len(one) + len(other), 1)


def explain(run: dict[str, Any], *, rules: Rules | None = None) -> dict[str, Any]:
    """Give a classified row of the trajectory frame as what there is to see of it.

    Each step has its number. The verdict has `decided_by`: `label` where the log has one, else `rules`.
    Each piece of evidence has the `summary` of its rule and the `text` of its span.

    >>> import agenther as ah
    >>> runs = ah.Trajectory(original_prompt="Fly me to Rome", success=False).to_frame()
    >>> explain(runs.with_columns(ah.classify()).row(0, named=True))["verdict"]["decided_by"]
    'label'
    """
    verdict = run["verdict"] or {}
    decided_by = "rules" if run["success"] is None and run["reward"] is None else "label"
    told = {name: value for name, value in verdict.items() if name != "evidence"}
    return {
        **{name: run[name] for name in ("trajectory_id", "source", "original_prompt", "system")},
        "steps": [{"step": number, **step} for number, step in enumerate(run["steps"] or [])],
        "final_answer": run["final_answer"],
        "label": {name: run[name] for name in ("success", "reward", "failure_reason")},
        "verdict": {**told, "decided_by": decided_by} if told else None,
        "evidence": _evidence(verdict.get("evidence", []), run, rules or load()),
    }


def _evidence(pieces: list[dict[str, Any]], run: dict[str, Any], rules: Rules) -> list[dict[str, Any]]:
    """Add to each piece the summary of its rule and the text of its span."""
    summaries = dict(rules.frame().select("id", "summary").iter_rows())
    coded: dict[tuple[int | None, str], bytes] = {}
    told = []
    for piece in pieces:
        text = None
        if piece["start"] is not None:
            place = piece["step"], piece["field"]
            if place not in coded:  # there may be as many pieces in a text as it has words
                coded[place] = (field_of(piece, run) or "").encode()
            text = coded[place][piece["start"] : piece["end"]].decode(errors="replace")
        told.append({**piece, "summary": summaries[piece["rule"]], "text": text})
    return told


def field_of(piece: dict[str, Any], run: dict[str, Any]) -> str | None:
    """Give the text that a piece of evidence points into."""
    holder = run if piece["step"] is None else run["steps"][piece["step"]]
    text: str | None = holder.get(piece["field"])
    return text


def cut(text: str, spans: Sequence[tuple[int, int]]) -> list[str]:
    """Cut a text at spans of bytes: what lies outside of them and inside, in turn, outside first and last.

    Spans that overlap or touch are one.

    >>> cut("für 25 € und 30 €", [(5, 7), (16, 18)])
    ['für ', '25', ' € und ', '30', ' €']
    """
    coded = text.encode()
    borders: list[int] = []
    for start, end in sorted(spans):
        if borders and start <= borders[-1]:
            borders[-1] = max(borders[-1], end)
        else:
            borders += [start, end]
    places = zip([0, *borders], [*borders, len(coded)], strict=True)
    return [coded[start:end].decode(errors="replace") for start, end in places]

"""A run as a page to read: what was asked, each step, the verdict, and the evidence marked in the text.

Like all that `console` shows, the text of a log is shown as data: it stands to the right of the words of the
page, which it can therefore not pass itself off as.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import groupby
from typing import TYPE_CHECKING, Any, TypeAlias

from rich.text import Text

from agenther import console
from agenther.explain import cut, field_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Piece: TypeAlias = "dict[str, Any]"
"""One piece of evidence."""

HEAD = 600
"""Characters shown of a long text without a mark in it."""

AROUND = 150
"""Characters shown on either side of a mark, and of either end of a long one."""

AROUND_IN_LINE = 40
"""The same where a text is shown in one line."""

MARKS = 20
"""Marks shown in one text, and places shown of one rule: a rule may hit every step of a long run."""

_INDENT = 15

_FIELDS = {
    "user": "user",
    "thought": "thought",
    "action_name": "action",
    "action_input": "input",
    "observation": "observation",
}
"""The fields of a step, with what the page calls them."""

_NAMES = {**_FIELDS, "original_prompt": "goal", "system": "system", "final_answer": "answer"}


def show(of: dict[str, Any]) -> None:
    """Show what `explain.explain` gives."""
    title(of)
    by_place: dict[tuple[int | None, str | None], list[Piece]] = defaultdict(list)
    for piece in of["evidence"]:
        by_place[piece["step"], piece["field"]].append(piece)
    _field(of, None, "original_prompt", by_place)
    if (None, "system") in by_place:
        _field(of, None, "system", by_place)
    failed_step = of["verdict"] and of["verdict"]["failed_step"]
    for step in of["steps"]:
        heading(f"step {step['step']}", "the run failed here" if step["step"] == failed_step else "")
        for name in _FIELDS:
            _field(step, step["step"], name, by_place)
        if step["error"]:
            line("error", Text("yes, the log says"))
    if of["final_answer"] is not None:
        heading("the end")
        _field(of, None, "final_answer", by_place)
    verdict(of)
    evidence(of)


def title(of: dict[str, Any]) -> None:
    """Say which run it is."""
    source = of["source"] or {}
    place = [source.get("format"), source.get("path")]
    if source.get("record") is not None:
        place.append(f"record {source['record']}")
    heading(f"run {of['trajectory_id'] or 'without an id'}", ", ".join(filter(None, place)))


def _field(
    holder: dict[str, Any],
    step: int | None,
    name: str,
    by_place: dict[tuple[int | None, str | None], list[Piece]],
) -> None:
    """Show one text with the marks in it, and beneath it the rules that it speaks for."""
    text = holder[name]
    if text is None:
        return
    pieces = by_place.get((step, name), [])
    line(_NAMES[name], marked(text, _spans(pieces)))
    if pieces:
        rules = dict.fromkeys(piece["rule"] for piece in pieces)
        line("^ evidence", Text(", ".join(rules), style="yellow"))


def verdict(of: dict[str, Any]) -> None:
    """Say how the run was judged, and by what."""
    given = of["verdict"]
    if given is None:
        heading("verdict", "none: the run has no steps to read")
        return
    label = {name: value for name, value in of["label"].items() if value is not None}
    said = label.pop("failure_reason", None)
    states = ", ".join(f"{name} {str(value).lower()}" for name, value in label.items())
    source = f"by the label of the log ({states})" if states else "by the rules, as the log has no label"
    heading("verdict", f"{'failed' if given['is_failure'] else 'did not fail'}, {source}")
    if said is not None:
        line("reason", Text.assemble(marked(said), " (the log says)"))
    if given["failure_type"] is not None:
        line("type", Text(f"{given['failure_type']}, score {given['scores'][given['failure_type']]:.2f}"))
    if given["labels"]:
        line("labels", Text(", ".join(given["labels"])))
    line("probability", Text(f"{given['failure_probability']:.2f} of a failure, by the rules alone"))
    line("severity", Text(f"{given['severity']:.2f}"))
    line("weight", Text(f"{given['weight']:.2f} in training"))
    line("recoverable", Text("yes" if given["recoverable"] else "no"))
    if given["failed_step"] is not None:
        line("failed step", Text(str(given["failed_step"])))


def evidence(of: dict[str, Any]) -> None:
    """Show each rule that fired, and where."""
    heading("evidence", "" if of["evidence"] else "none: no rule fired")
    for rule, group in groupby(sorted(of["evidence"], key=_rule), key=_rule):
        pieces = list(group)
        summary = console.plain(pieces[0]["summary"])
        console.out.print(Text.assemble("  ", (rule, "yellow"), "  ", summary), soft_wrap=True)
        for piece in pieces[:MARKS]:
            line("", _place(piece, of))
        if len(pieces) > MARKS:
            line("", Text(f"and in {len(pieces) - MARKS:,} places more"))


def _rule(piece: Piece) -> str:
    return str(piece["rule"])


def _place(piece: Piece, of: dict[str, Any]) -> Text:
    """Say in one line where a piece of evidence is, and what stands there."""
    step, name = piece["step"], piece["field"]
    if step is None and name is None:
        return Text("the run as a whole")
    words = ([] if step is None else [f"step {step}"]) + ([] if name is None else [_NAMES[name]])
    text = field_of(piece, of)
    if text is None:
        return Text(", ".join(words))
    excerpt = marked(text, _spans([piece]), around=AROUND_IN_LINE, head=2 * AROUND_IN_LINE, one_line=True)
    return Text.assemble(", ".join(words), ": ", excerpt)


def _spans(pieces: Sequence[Piece]) -> list[tuple[int, int]]:
    return sorted((piece["start"], piece["end"]) for piece in pieces if piece["start"] is not None)


def marked(
    text: str,
    spans: Sequence[tuple[int, int]] = (),
    *,
    around: int = AROUND,
    head: int = HEAD,
    one_line: bool = False,
) -> Text:
    """Mark spans of bytes in a text, and cut what is far from them.

    The marks are colours on a terminal and `>>` and `<<` elsewhere.

    >>> marked("für 25 €", [(5, 7)]).plain
    'für >>25<< €'
    >>> marked("a" * 9, head=4).plain
    'aaaa… (5 characters more)'
    """
    keep = "" if one_line else "\n"
    if not spans:
        more = f"… ({len(text) - head:,} characters more)" if len(text) > head else ""
        return Text(console.spelled(text[:head], keep=keep) + more)
    in_colour = console.out.is_terminal and not console.out.no_color and console.out.color_system is not None
    before, after = ("", "") if in_colour else (">>", "<<")
    shown = Text()
    pieces = cut(text, spans[:MARKS])
    for at, piece in enumerate(pieces):
        inside = at % 2 == 1
        ends = around if inside or 0 < at < len(pieces) - 1 else 0
        short = console.spelled(
            _shortened(
                piece, head=ends if at < len(pieces) - 1 else around, tail=around if at == 0 else ends
            ),
            keep=keep,
        )
        if inside:
            shown.append(f"{before}{short}{after}", style="bold black on yellow")
        else:
            shown.append(short)
    return shown


def _shortened(text: str, *, head: int, tail: int) -> str:
    """Cut the middle of a text out."""
    return text if len(text) <= head + tail else f"{text[:head]}…{text[len(text) - tail :]}"


def heading(words: str, remark: str = "") -> None:
    """Begin a part of a page."""
    console.out.print()
    aside = console.plain(f"  {remark}" if remark else "")
    console.out.print(Text.assemble((console.spelled(words), "bold"), aside), soft_wrap=True)


def line(name: str, text: Text) -> None:
    """Show a text beside its name, each of its lines as far from the edge."""
    for number, part in enumerate(_wrapped(text)):
        left = f"{'':2}{name if number == 0 else '':{_INDENT - 2}}"
        console.out.print(Text.assemble((left, "cyan"), part), soft_wrap=True)


def _wrapped(text: Text) -> Iterator[Text]:
    # A file or a pipe has no width that lines would have to fit into.
    if console.out.is_terminal:
        yield from text.wrap(console.out, max(console.out.width - _INDENT, 20))
    else:
        yield from text.split("\n", allow_blank=True)

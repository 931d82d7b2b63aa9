"""A run beside what it is in hindsight: what was asked and done, and each goal that the run does satisfy.

As on every page, the text of a log is shown as data.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.table import Table
from rich.text import Text

from agenther import console, page

if TYPE_CHECKING:
    from collections.abc import Iterator

ACTION, OBSERVED, WORDS = 160, 200, 400
"""Characters shown of an action, of an observation, and of the words of user and agent."""

SPANS = 12
"""Spans shown of one goal."""

Goal = dict[str, Any]


def show(run: dict[str, Any], told: dict[str, Any]) -> None:
    """Show an analyzed row of the trajectory frame; `told` is what `explain.explain` gives of it."""
    page.title(told)
    page.verdict(told)
    page.evidence(told)
    if run["abstained"] is not None:
        page.heading("in hindsight", f"no goal: {run['abstained']}")
        console.columns(_beside(run, None))
    for number, goal in enumerate(run["hindsight"] or [], start=1):
        made = ", ".join(goal[name] for name in ("wording", "strategy", "difficulty"))
        page.heading(f"goal {number}", f"{made}, confidence {goal['confidence']:.2f}")
        console.columns(_beside(run, goal))
        _slots(goal)
        _spans(goal)


def _beside(run: dict[str, Any], goal: Goal | None) -> Table:
    """Give the run and, where there is a goal, its demonstration as rows of a table."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 2), show_header=goal is not None)
    table.add_column("", style="cyan", no_wrap=True)
    table.add_column("the run", ratio=1, overflow="fold")
    if goal is not None:
        table.add_column("in hindsight", ratio=1, overflow="fold")
    for name, left, right in _rows(run, goal):
        table.add_row(name, left, *([] if goal is None else [right]))
    return table


def _rows(run: dict[str, Any], goal: Goal | None) -> Iterator[tuple[str, Text, Text]]:
    asked = Text("" if goal is None else console.spelled(goal["goal"], keep="\n"), style="bold")
    yield "goal", _short(run["original_prompt"], WORDS), asked
    status = _statuses(run)
    thoughts = {} if goal is None else dict(zip(goal["kept_steps"], goal["thoughts"], strict=True))
    for number, step in enumerate(run["steps"] or []):
        kept = number in thoughts
        right = _step(step, thought=thoughts[number]) if kept else Text("left out", style="dim")
        left = _step(step, thought=step["thought"])
        yield f"step {number}", Text("\n").join([Text(status.get(number, ""), style="dim"), left]), right
    answer = Text("" if goal is None else console.spelled(goal["answer"], keep="\n"), style="bold")
    yield "answer", _short(run["final_answer"], WORDS), answer


def _statuses(run: dict[str, Any]) -> dict[int, str]:
    """Say of each step what came of it."""
    outcome = run["outcome"] or {"achievements": [], "failed_attempts": []}
    worked = {done["step"]: f"{done['effect']}, worked" for done in outcome["achievements"]}
    failed = {tried["step"]: f"failed: {tried['cause']}" for tried in outcome["failed_attempts"]}
    return worked | failed


def _step(step: dict[str, Any], *, thought: str | None) -> Text:
    """Give what was said, done and observed, a line each."""
    action = " ".join(filter(None, (step["action_name"], step["action_input"])))
    lines = [
        ("user: ", step["user"], WORDS),
        ("", thought, WORDS),
        ("> ", action or None, ACTION),
        ("= ", step["observation"], OBSERVED),
    ]
    shown = [Text(mark) + _short(text, most) for mark, text, most in lines if text is not None]
    return Text("\n").join(shown)


def _short(text: str | None, most: int) -> Text:
    return console.plain(" ".join((text or "").split()), width=most)


def _slots(goal: Goal) -> None:
    for slot in goal["slots"]:
        place = "" if slot["step"] is None else f", step {slot['step']}"
        said = Text(f" ({slot['origin']}{place})", style="dim")
        page.line(
            "slot", Text.assemble(console.plain(f"{slot['name']} = {slot['value']}", width=ACTION), said)
        )


def _spans(goal: Goal) -> None:
    """Name the places that bear the goal and the answer out."""
    for span in goal["evidence"][:SPANS]:
        where = [] if span["step"] is None else [f"step {span['step']}"]
        place = f" ({', '.join([*where, span['field']])}, bytes {span['start']} to {span['end']})"
        page.line("span", Text.assemble(console.plain(span["text"], width=ACTION), Text(place, style="dim")))
    if (more := len(goal["evidence"]) - SPANS) > 0:
        page.line("", Text(f"and {more:,} spans more"))

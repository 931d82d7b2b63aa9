"""Checks that a training file is what its trainer takes."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any, NamedTuple, cast

Row = dict[str, Any]


class Problem(NamedTuple):
    """What is wrong with a row.

    >>> Problem(3, "`messages` is empty")
    Problem(row=3, problem='`messages` is empty')
    """

    row: int
    """The row, from 0."""
    problem: str
    """A sentence."""


_SHAPES = {
    "messages": {"messages", "tools", "weight"},
    "preference": {"prompt", "chosen", "rejected", "tools", "weight"},
    "feedback": {"prompt", "completion", "label", "tools", "weight"},
    "sharegpt": {"conversations", "chosen", "rejected", "kto_tag", "system", "tools", "weight"},
}
_LEAKS = ("###STOP###", "Episode finished, reward =", "Answer is CORRECT", "Answer is INCORRECT")
_TOOL_CALL = ("<tool_call>", "</tool_call>")


def validate(path: str | Path, *, limit: int = 100) -> list[Problem]:
    """Give the problems of a training file, at most `limit` of them; an empty list is a good file.

    Checked is what loads without an error and still spoils the training: the keys of a row, JSON,
    roles and their order, a `content` in every message, calls and their results by id, the form of
    arguments (one form in a file), tools, a last turn of the agent, strictly alternating ShareGPT turns,
    KTO twins side by side, and marks by which a log gives its label away.

    Parameters
    ----------
    path
        A file of any export here; `.gz` and `.zst` are read.
    limit
        The most problems to give.

    >>> import pathlib, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder) / "rows.jsonl"
    ...     _ = path.write_text('{"messages": []}' + chr(10))
    ...     validate(path)
    [Problem(row=0, problem='`messages` is empty')]
    """
    problems: list[Problem] = []
    for problem in _problems(Path(path)):
        problems.append(problem)
        if len(problems) == limit:
            break
    return problems


def _problems(path: Path) -> Iterator[Problem]:
    shape = forms = before = None
    with _opened(path) as lines:
        for number, line in enumerate(lines):
            row = _parsed(line)
            if isinstance(row, str):
                yield Problem(number, row)
                continue
            found = _shape(row)
            if found is None:
                yield Problem(number, f"the keys {_listed(row)} are those of no export here")
                continue
            if shape not in (None, found):
                yield Problem(number, f"found a row of shape {found} after rows of shape {shape}")
            shape = found
            extra = set(row) - _SHAPES[found]
            if extra:
                yield Problem(
                    number, f"found the keys {_listed(extra)}, which no trainer reads: they may leak"
                )
            for problem in _CHECKS[found](row):
                yield Problem(number, problem)
            form = _form(row)
            if form and forms not in (None, form):
                yield Problem(number, f"found arguments as {form} after arguments as {forms}")
            forms = form or forms
            if before is not None and _are_twins(before, row):
                yield Problem(
                    number, "the same completion as in the row before, with another label: KL is 0 there"
                )
            before = row
            text = line.decode("utf-8", "replace")
            for mark in _LEAKS:
                if mark in text:
                    yield Problem(number, f"found {mark!r}, which gives the label of the log away")


def _opened(path: Path) -> IO[bytes]:
    if path.suffix == ".gz":
        return cast("IO[bytes]", gzip.open(path, "rb"))
    if path.suffix == ".zst":
        import zstandard

        return cast("IO[bytes]", zstandard.open(path, "rb"))
    return path.open("rb")


def _parsed(line: bytes) -> Row | str:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        return f"the line is no JSON: {error}"
    return row if isinstance(row, dict) else f"found a {type(row).__name__}, needed an object"


def _listed(keys: Row | set[str]) -> str:
    return ", ".join(f"`{key}`" for key in sorted(keys)) or "(none)"


def _shape(row: Row) -> str | None:
    for shape, key in {
        "messages": "messages",
        "sharegpt": "conversations",
        "feedback": "completion",
        "preference": "chosen",
    }.items():
        if key in row:
            return shape
    return None


def _list_of_messages(row: Row, key: str) -> list[Row]:
    value = row.get(key)
    return value if isinstance(value, list) and all(isinstance(turn, dict) for turn in value) else []


def _check_messages(row: Row) -> Iterator[str]:
    yield from _turns(row, "messages")
    yield from _closing(row, "messages")
    yield from _tools(row, ("messages",))


def _check_preference(row: Row) -> Iterator[str]:
    yield from _turns(row, "prompt")
    for key in ("chosen", "rejected"):
        yield from _turns(row, key, opened=True)
        yield from _closing(row, key)
    if row.get("chosen") == row.get("rejected"):
        yield "`chosen` and `rejected` are equal"
    yield from _tools(row, ("prompt", "chosen", "rejected"))


def _check_feedback(row: Row) -> Iterator[str]:
    yield from _turns(row, "prompt")
    yield from _turns(row, "completion", opened=True)
    yield from _closing(row, "completion")
    if not isinstance(row.get("label"), bool):
        yield f"`label`: found {row.get('label')!r}, needed true or false"
    yield from _tools(row, ("completion",))


def _turns(row: Row, key: str, *, opened: bool = False) -> Iterator[str]:
    """Check roles, their order, contents and ids. `opened`: the user has spoken already."""
    turns = _list_of_messages(row, key)
    if not turns:
        yield f"`{key}` is empty" if row.get(key) == [] else f"`{key}`: needed a list of messages"
        return
    waiting: list[object] = []
    before = "user" if opened else None
    for place, turn in enumerate(turns):
        role, where = turn.get("role"), f"`{key}[{place}]`"
        if not isinstance(turn.get("content"), str):
            yield f"{where}: found no text under `content`; several templates raise without"
        if role == "tool":
            if turn.get("tool_call_id") in waiting:
                waiting.remove(turn.get("tool_call_id"))
            else:
                yield f"{where}: found the result of a call {turn.get('tool_call_id')!r} that is not open"
        elif waiting:
            yield f"{where}: found role {role!r} while the calls {waiting} have no result"
            waiting = []
        if role == "assistant":
            if before not in ("user", "tool"):
                yield f"{where}: found the assistant after {before or 'nothing'}; some templates raise"
            for call in turn.get("tool_calls") or []:
                waiting.append(call.get("id"))
                yield from _call(call.get("function") or {}, where)
        elif role == "system" and place > 0:
            yield f"{where}: found a system prompt that is not first"
        elif role not in ("system", "user", "tool"):
            yield f"{where}: found role {role!r}, needed system, user, assistant or tool"
        before = role
    if waiting:
        yield f"`{key}`: the calls {waiting} have no result"


def _call(function: Row, where: str) -> Iterator[str]:
    if not isinstance(function.get("name"), str):
        yield f"{where}: found a call without a name"
    arguments = function.get("arguments")
    if isinstance(arguments, str):
        try:
            arguments = json.loads(arguments)
        except ValueError:
            yield f"{where}: found arguments that are no JSON"
            return
    if not isinstance(arguments, dict):
        yield f"{where}: found arguments that are no object"


def _closing(row: Row, key: str) -> Iterator[str]:
    turns = _list_of_messages(row, key)
    if turns and (turns[-1].get("role") != "assistant" or turns[-1].get("tool_calls")):
        yield f"`{key}` does not end with a reply of the assistant"
    if turns and not str(turns[-1].get("content", "")).strip():
        yield f"`{key}` ends with an empty message"


def _tools(row: Row, keys: tuple[str, ...]) -> Iterator[str]:
    schemas = row.get("tools", [])
    if isinstance(schemas, str):
        try:
            schemas = json.loads(schemas or "[]")
        except ValueError:
            yield "`tools` is no JSON"
            return
    if not isinstance(schemas, list) or not all(
        isinstance(schema, dict) and isinstance(schema.get("function"), dict) for schema in schemas
    ):
        yield "`tools`: needed a list of objects with `function`"
        return
    described = {schema["function"].get("name") for schema in schemas}
    for key in keys:
        for turn in _list_of_messages(row, key):
            for call in turn.get("tool_calls") or []:
                name = (call.get("function") or {}).get("name")
                if name not in described:
                    yield f"the tool {name!r} is called but not described in `tools`"


def _form(row: Row) -> str | None:
    for key in ("messages", "prompt", "completion"):
        for turn in _list_of_messages(row, key):
            for call in turn.get("tool_calls") or []:
                return (
                    "strings" if isinstance((call.get("function") or {}).get("arguments"), str) else "objects"
                )
    return None


def _check_sharegpt(row: Row) -> Iterator[str]:
    turns = _list_of_messages(row, "conversations")
    is_pair = "chosen" in row
    if len(turns) % 2 == (0 if is_pair else 1) or not turns:
        yield f"`conversations`: found {len(turns)} turns, needed an {'odd' if is_pair else 'even'} number"
    endings = [row[key] for key in ("chosen", "rejected") if key in row]
    for place, turn in enumerate(
        [*turns, *endings[:1], *([{"from": "human"}] if endings else []), *endings[1:]]
    ):
        needed = ("human", "observation") if place % 2 == 0 else ("gpt", "function_call")
        if not isinstance(turn, dict) or turn.get("from") not in needed:
            yield f"turn {place}: found {turn.get('from') if isinstance(turn, dict) else turn!r}, needed {' or '.join(needed)}"
        elif "value" in turn and not isinstance(turn["value"], str):
            yield f"turn {place}: `value` is no text"
        elif turn["from"] == "function_call":
            yield from _call_text(turn.get("value", ""), place)
    for key in ("system", "tools"):
        if not isinstance(row.get(key), str):
            yield f"`{key}`: found {type(row.get(key)).__name__}, needed text"
    if "kto_tag" in row and not isinstance(row["kto_tag"], bool):
        yield f"`kto_tag`: found {row['kto_tag']!r}, needed true or false"
    yield from _tools(row, ())


def _call_text(value: str, place: int) -> Iterator[str]:
    opening, closing = _TOOL_CALL
    _, found, rest = value.partition(opening)
    body, ended, _ = rest.partition(closing)
    try:
        calls = json.loads(body if found and ended else value)
    except ValueError:
        yield f"turn {place}: found no JSON between {opening} and {closing}"
        return
    for call in calls if isinstance(calls, list) else [calls]:
        if not isinstance(call, dict) or not isinstance(call.get("name"), str):
            yield f"turn {place}: found a call without a name"
        elif not isinstance(call.get("arguments"), dict):
            yield f"turn {place}: found arguments that are no object"


def _are_twins(before: Row, row: Row) -> bool:
    if "label" in row:
        return row["label"] != before.get("label") and row.get("completion") == before.get("completion")
    if "kto_tag" in row:
        turns, others = row.get("conversations") or [], before.get("conversations") or []
        return row["kto_tag"] != before.get("kto_tag") and turns[1:] == others[1:]
    return False


_CHECKS: dict[str, Callable[[Row], Iterator[str]]] = {
    "messages": _check_messages,
    "preference": _check_preference,
    "feedback": _check_feedback,
    "sharegpt": _check_sharegpt,
}

"""Checks that a training file is what its trainer takes."""

from __future__ import annotations

import gzip
import json
from itertools import chain, islice
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, NamedTuple, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

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


_SHAPES: dict[str, set[str]] = {
    "messages": {"messages", "tools", "weight"},
    "preference": {"prompt", "chosen", "rejected", "tools", "weight"},
    "feedback": {"prompt", "completion", "label", "tools", "weight"},
    "sharegpt": {"conversations", "chosen", "rejected", "kto_tag", "system", "tools", "weight"},
}
_LEAKS = ("###STOP###", "Episode finished, reward =", "Answer is CORRECT", "Answer is INCORRECT")
_ROLES = ("system", "user", "assistant", "tool")
_SHAREGPT_TAGS = (("human", "observation"), ("gpt", "function_call"))
_MASKS: tuple[tuple[str, Callable[[object], bool], str], ...] = (
    ("train", lambda value: isinstance(value, bool), "true or false"),
    ("weight", lambda value: type(value) is int and value in (0, 1), "0 or 1"),
)
_TOOL_CALL = ("<tool_call>", "</tool_call>")


def validate(path: str | Path, *, limit: int = 100) -> list[Problem]:
    """Give the problems of a training file, at most `limit` of them; an empty list is a good file.

    Checked is what loads without an error and still spoils the training: the keys of a row, JSON,
    roles and their order, a `content` in every message, calls and their results by id, the form of
    arguments and of the mask of messages (one form in a file), tools, a last turn of the agent, strictly
    alternating ShareGPT turns, KTO twins side by side, and marks by which a log gives its label away.

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
    return list(islice(_problems(Path(path)), limit))


def _problems(path: Path) -> Iterator[Problem]:
    seen = _Seen()
    with _opened(path) as lines:
        for number, line in enumerate(lines):
            row = _parsed(line)
            sentences = [row] if isinstance(row, str) else chain(_check(row), seen.check(row), _leaks(line))
            yield from (Problem(number, sentence) for sentence in sentences)


def _check(row: Row) -> Iterator[str]:
    shape = _shape(row)
    if shape is None:
        yield f"the keys {_listed(row)} are those of no export here"
        return
    extra = set(row) - _SHAPES[shape]
    if extra:
        yield f"found the keys {_listed(extra)}, which no trainer reads: they may leak"
    yield from _CHECKS[shape](row)


class _Seen:
    """What holds between the rows of a file."""

    def __init__(self) -> None:
        self._shape: str | None = None
        self._form: str | None = None
        self._mask: set[str] | None = None
        self._before: Row = {}

    def check(self, row: Row) -> Iterator[str]:
        shape, form = _shape(row), _form(row)
        if shape and self._shape not in (None, shape):
            yield f"found a row of shape {shape} after rows of shape {self._shape}"
        if form and self._form not in (None, form):
            yield f"found arguments as {form} after arguments as {self._form}"
        mask = _mask_fields(row)
        if self._mask is not None and shape == "messages" and self._mask != mask:
            yield f"found {_listed(mask)} as the mask of messages after {_listed(self._mask)}"
        self._mask = mask if shape == "messages" else self._mask
        if _are_twins(self._before, row):
            yield "found the completion of the row before with the other label: the KL term is 0 there"
        self._shape, self._form, self._before = shape or self._shape, form or self._form, row


def _leaks(line: bytes) -> Iterator[str]:
    return (
        f"found {mark!r}, which gives the label of the log away" for mark in _LEAKS if mark.encode() in line
    )


def _opened(path: Path) -> IO[bytes]:
    if path.suffix == ".gz":
        return cast("IO[bytes]", gzip.open(path, "rb"))
    if path.suffix == ".zst":
        import zstandard  # noqa: PLC0415 - optional

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
    """Check a list of messages. `opened`: the user has spoken already."""
    turns = _list_of_messages(row, key)
    if not turns:
        yield f"`{key}` is empty" if row.get(key) == [] else f"`{key}`: needed a list of messages"
        return
    before = "user" if opened else "nothing"
    for place, turn in enumerate(turns):
        where = f"`{key}[{place}]`"
        yield from _turn(turn, before, where)
        before = str(turn.get("role"))
    yield from _results(turns, key)


def _turn(turn: Row, before: str, where: str) -> Iterator[str]:
    role = turn.get("role")
    if role not in _ROLES:
        yield f"{where}: found role {role!r}, needed {', '.join(_ROLES)}"
    if not isinstance(turn.get("content"), str):
        yield f"{where}: found no text under `content`; several templates raise without"
    if role == "system" and before != "nothing":
        yield f"{where}: found a system prompt that is not first"
    if role == "assistant" and before not in ("user", "tool"):
        yield f"{where}: found the assistant after {before}; some templates raise"
    yield from _mask(turn, where)
    for call in _calls(turn):
        yield from _call(call, where)


def _mask(turn: Row, where: str) -> Iterator[str]:
    """Check the field by which a message is left out of the training. Null is what `datasets` fills in."""
    for field, takes, needed in _MASKS:
        value = turn.get(field)
        if value is None:
            continue
        if not takes(value):
            yield f"{where}: found {value!r} under `{field}`, needed {needed}"
        if turn.get("role") != "assistant":
            yield f"{where}: found `{field}` in a message that is not of the assistant"


def _calls(turn: Row) -> list[Row]:
    calls = turn.get("tool_calls")
    return [call for call in calls if isinstance(call, dict)] if isinstance(calls, list) else []


def _results(turns: list[Row], key: str) -> Iterator[str]:
    """Check that each call has its result before anyone speaks again."""
    waiting: list[object] = []
    for place, turn in enumerate([*turns, {}]):
        if turn.get("role") == "tool":
            answered = turn.get("tool_call_id")
            if answered in waiting:
                waiting.remove(answered)
            else:
                yield f"`{key}[{place}]`: found the result of a call {answered!r} that is not open"
            continue
        if waiting:
            yield f"`{key}[{place - 1}]`: the calls {waiting} have no result"
        waiting = [call.get("id") for call in _calls(turn)]


def _function(call: Row) -> Row:
    function = call.get("function")
    return function if isinstance(function, dict) else {}


def _call(call: Row, where: str) -> Iterator[str]:
    function = _function(call)
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
    if turns and (turns[-1].get("train") is False or turns[-1].get("weight") == 0):
        yield f"`{key}` ends with a message that is masked: the answer would not be learned"
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
            for call in _calls(turn):
                name = _function(call).get("name")
                if name not in described:
                    yield f"the tool {name!r} is called but not described in `tools`"


def _mask_fields(row: Row) -> set[str]:
    turns = _list_of_messages(row, "messages")
    return {field for field, _, _ in _MASKS for turn in turns if turn.get(field) is not None}


def _form(row: Row) -> str | None:
    for key in ("messages", "prompt", "completion"):
        for turn in _list_of_messages(row, key):
            for call in _calls(turn):
                return "strings" if isinstance(_function(call).get("arguments"), str) else "objects"
    return None


def _check_sharegpt(row: Row) -> Iterator[str]:
    turns = _list_of_messages(row, "conversations")
    is_pair = "chosen" in row
    if len(turns) % 2 == (0 if is_pair else 1) or not turns:
        yield f"`conversations`: found {len(turns)} turns, needed an {'odd' if is_pair else 'even'} number"
    for place, turn in enumerate(turns):
        yield from _sharegpt_turn(turn, f"`conversations[{place}]`", _SHAREGPT_TAGS[place % 2])
    for key in ("chosen", "rejected") if is_pair else ():
        yield from _sharegpt_turn(row.get(key), f"`{key}`", _SHAREGPT_TAGS[1])
    for key in ("system", "tools"):
        if not isinstance(row.get(key), str):
            yield f"`{key}`: found {type(row.get(key)).__name__}, needed text"
    if "kto_tag" in row and not isinstance(row["kto_tag"], bool):
        yield f"`kto_tag`: found {row['kto_tag']!r}, needed true or false"
    yield from _tools(row, ())


def _sharegpt_turn(turn: object, where: str, tags: tuple[str, str]) -> Iterator[str]:
    if not isinstance(turn, dict) or turn.get("from") not in tags:
        found = turn.get("from") if isinstance(turn, dict) else turn
        yield f"{where}: found {found!r}, needed {' or '.join(tags)}; the row would be emptied"
    elif not isinstance(turn.get("value"), str):
        yield f"{where}: found no text under `value`"
    elif turn["from"] == "function_call":
        yield from _call_text(turn["value"], where)


def _call_text(value: str, where: str) -> Iterator[str]:
    opening, closing = _TOOL_CALL
    _, found, rest = value.partition(opening)
    body, ended, _ = rest.partition(closing)
    try:
        calls = json.loads(body if found and ended else value)
    except ValueError:
        yield f"{where}: found no JSON between {opening} and {closing}"
        return
    for call in calls if isinstance(calls, list) else [calls]:
        if not isinstance(call, dict) or not isinstance(call.get("name"), str):
            yield f"{where}: found a call without a name"
        elif not isinstance(call.get("arguments"), dict):
            yield f"{where}: found arguments that are no object"


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

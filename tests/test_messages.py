"""Logs in memory: columns of messages and whole frames are read as files are."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from typing import Any

import polars as pl
import pyarrow as pa
import pytest
from polars.testing import assert_frame_equal

import agenther as ah
from agenther import _plugin, schema

SEARCH = {"name": "search", "arguments": {"q": "café ☕", "limit": 3, "exact": None}}
FETCH = {"name": "fetch", "arguments": {"q": None, "limit": None, "exact": True}}
CHAT: list[dict[str, Any]] = [
    {"role": "user", "content": 'Where is the "café"?'},
    {
        "role": "assistant",
        "content": "I look twice.",
        "tool_calls": [{"id": "a", "function": SEARCH}, {"id": "b", "function": FETCH}],
    },
    {"role": "tool", "tool_call_id": "b", "name": "fetch", "content": "line\nof \\ text"},
    {"role": "tool", "tool_call_id": "a", "name": "search", "content": "3 results"},
    {"role": "assistant", "content": "By the river."},
]
SCHEMAS = [{"name": "search", "description": "finds", "parameters": {"type": "object"}}]


def structs(*chats: list[dict[str, Any]]) -> pl.Series:
    """Give messages as `datasets` and pyarrow do: every key in every struct, null where it was not."""
    return pl.Series("messages", pl.from_arrow(pa.array(chats)))


def texts(*chats: Any) -> pl.Series:
    return pl.Series("messages", [None if chat is None else json.dumps(chat) for chat in chats], pl.String)


def trajectories(frame: pl.DataFrame, **columns: Any) -> pl.DataFrame:
    return frame.select(ah.from_messages("messages", **columns).struct.unnest())


def test_json_text_and_structs_give_the_same_runs() -> None:
    written, built = (trajectories(pl.DataFrame(column)) for column in (texts(CHAT), structs(CHAT)))
    assert written.schema == built.schema == schema.TRAJECTORY
    # The ids are fingerprints of the records, and the structs have lost nulls of the arguments.
    assert_frame_equal(written.drop("trajectory_id", "steps"), built.drop("trajectory_id", "steps"))
    assert built["original_prompt"].item() == 'Where is the "café"?'
    search, fetch, reply = built["steps"].item().to_list()
    assert (search["thought"], search["action_name"], search["observation"]) == (
        "I look twice.",
        "search",
        "3 results",
    )
    assert json.loads(search["action_input"]) == {"q": "café ☕", "limit": 3}
    assert json.loads(fetch["action_input"]) == {"exact": True}
    assert fetch["observation"] == "line\nof \\ text"
    assert reply["thought"] == "By the river." == built["final_answer"].item()


def test_values_of_every_kind_are_written_as_json() -> None:
    moment = datetime(2026, 3, 2, 9, 30, 0, 250_000, tzinfo=timezone.utc)
    frame = pl.DataFrame(
        {
            "text": ['"quoted"\n\\ ü\x00'],
            "number": [2**53 + 1],
            "half": [0.1],
            "none": [None],
            "nan": [float("nan")],
            "flag": [True],
            "moment": [moment],
            "local": [moment.replace(tzinfo=None)],
            "day": [moment.date()],
            "bytes": [b"\xff"],
            "list": [[1, None, 3]],
            "empty": [[]],
        },
        schema_overrides={"empty": pl.List(pl.String)},
    ).with_columns(
        small=pl.lit(-7, pl.Int8),
        single=pl.lit(0.5, pl.Float32),
        kind=pl.lit("tool").cast(pl.Categorical),
        choice=pl.lit("b").cast(pl.Enum(["a", "b"])),
        pair=pl.concat_list(pl.lit(1), pl.lit(2)).cast(pl.Array(pl.Int64, 2)),
        rows=pl.lit(pl.Series([[{"a": 1, "b": None}, {"a": None, "b": "x"}]])),
    )
    written = frame.select(_plugin.call("to_json", [pl.struct(pl.all())], {})).item()
    assert json.loads(written) == {
        "text": '"quoted"\n\\ ü\x00',
        "number": 2**53 + 1,
        "half": 0.1,
        "flag": True,
        "moment": "2026-03-02T09:30:00.250Z",
        "local": "2026-03-02T09:30:00.250",
        "day": "2026-03-02",
        "list": [1, None, 3],
        "empty": [],
        "small": -7,
        "single": 0.5,
        "kind": "tool",
        "choice": "b",
        "pair": [1, 2],
        "rows": [{"a": 1}, {"b": "x"}],
    }
    sliced = pl.concat([frame, frame]).slice(1, 1)
    assert sliced.select(_plugin.call("to_json", [pl.struct(pl.all())], {})).item() == written


@pytest.mark.parametrize("kind", [pl.Float32, pl.Int8, pl.UInt64, pl.Boolean, pl.Binary, pl.Date])
def test_structs_may_hold_what_no_message_is_read_for(kind: Any) -> None:
    frame = pl.DataFrame(structs(CHAT)).with_columns(
        pl.col("messages").list.eval(
            pl.element().struct.with_fields(extra=pl.lit(None, kind), nothing=pl.lit(None))
        )
    )
    assert trajectories(frame)["steps"].list.len().to_list() == [3]


def test_rows_that_cannot_be_read_are_null_and_say_why() -> None:
    frame = pl.DataFrame(texts(CHAT, None, {"surprise": 1})).vstack(
        pl.DataFrame({"messages": ['[{"role": "user"', ""]})
    )
    runs = frame.select(ah.from_messages())
    assert runs["trajectory"].is_null().to_list() == [False, True, True, True, True]
    rejects = frame.select(ah.messages_rejects().struct.unnest())
    assert rejects["reason"].to_list() == [None, None, "unknown_shape", "truncated", "truncated"]
    assert "`surprise`" in rejects["sentence"][2]
    assert rejects["sentence"][3].endswith(".")


def test_what_is_known_besides_wins_over_the_record() -> None:
    record = {"id": "logged", "messages": CHAT, "reward": 0.0, "tools": [{"name": "other"}]}
    frame = pl.DataFrame(texts(record, record)).with_columns(
        key=pl.Series(["mine", None]),
        question=pl.Series(["Find the café", None]),
        solved=pl.Series([True, None]),
        tools=pl.Series([json.dumps(SCHEMAS), None]),
    )
    runs = trajectories(frame, trajectory_id="key", goal="question", success="solved", tools="tools")
    assert runs["trajectory_id"].to_list() == ["mine", "logged"]
    assert runs["original_prompt"].to_list() == ["Find the café", CHAT[0]["content"]]
    assert runs["success"].to_list() == [True, False]
    first, second = (json.loads(tools) for tools in runs["tools"])
    assert first == [{"type": "function", "function": SCHEMAS[0]}]
    assert second[0]["function"]["name"] == "other"


def test_tools_may_be_structs_or_a_literal() -> None:
    frame = pl.DataFrame(texts(CHAT, CHAT)).with_columns(
        tools=pl.Series([SCHEMAS, None], dtype=pl.List(pl.Struct({"name": pl.String})))
    )
    assert [tools and json.loads(tools) for tools in trajectories(frame, tools="tools")["tools"]] == [
        [{"type": "function", "function": {"name": "search"}}],
        None,
    ]
    literal = trajectories(frame, tools=pl.lit(json.dumps(SCHEMAS)))
    assert literal["tools"].null_count() == 0


@pytest.mark.parametrize(
    ("success_at", "successes"),
    [(None, [None, False, True, True, False]), (0.5, [True, True, True, True, False])],
)
def test_a_reward_becomes_a_success_where_nothing_states_one(
    success_at: float | None, successes: list[bool | None]
) -> None:
    records = [
        {"messages": CHAT, "reward": 7.5},  # on a scale that is not known
        {"messages": CHAT, "reward": 0.5},
        {"messages": CHAT, "reward": 1},
        {"messages": CHAT, "reward": 0.1, "success": True},
        {"messages": CHAT, "reward": 0.9, "success": False},
    ]
    runs = trajectories(pl.DataFrame(texts(*records)), success_at=success_at)
    assert runs["success"].to_list() == successes
    rewards = [record.pop("reward") for record in records]
    besides = pl.DataFrame(texts(*records)).with_columns(reward=pl.Series(rewards, dtype=pl.Float64))
    assert trajectories(besides, reward="reward", success_at=success_at)["success"].to_list() == successes
    log = "\n".join(
        json.dumps(record | {"reward": reward}) for record, reward in zip(records, rewards, strict=True)
    )
    assert ah.scan_logs(log.encode(), success_at=success_at).collect()["success"].to_list() == successes


def test_it_is_elementwise_in_every_engine() -> None:
    frame = pl.DataFrame(texts(*[CHAT, None, [1]] * 500)).with_columns(n=pl.int_range(pl.len()))
    whole = frame.select("n", ah.from_messages().struct.unnest())
    lazy = frame.lazy().select("n", ah.from_messages().struct.unnest())
    assert lazy.collect_schema() == whole.schema
    for engine in ("in-memory", "streaming"):
        assert_frame_equal(lazy.collect(engine=engine), whole)
    sliced = lazy.filter(pl.col("n") % 7 == 3).tail(20).collect()
    assert_frame_equal(sliced, whole.filter(pl.col("n") % 7 == 3).tail(20))
    assert frame.clear().select(ah.from_messages()).height == 0
    verdicts = whole.select(ah.classify()).to_series()
    assert verdicts.is_null().to_list() == whole["steps"].is_null().to_list()


def test_other_columns_are_refused_in_a_sentence() -> None:
    with pytest.raises(pl.exceptions.ComputeError, match="found Int64, needed String with JSON, List"):
        pl.DataFrame({"messages": [1]}).select(ah.from_messages())
    with pytest.raises(pl.exceptions.ComputeError, match='No format is called "nonsense"'):
        pl.DataFrame({"messages": ["[]"]}).select(ah.from_messages(format="nonsense"))


def test_what_is_known_besides_may_be_numbers_and_categories() -> None:
    frame = pl.DataFrame(texts(CHAT, CHAT, CHAT)).with_columns(
        key=pl.Series([7, 8, None]),
        kind=pl.Series(["maps", None, "maps"]).cast(pl.Categorical),
        solved=pl.Series([1, 0, 2], dtype=pl.Int8),
    )
    runs = trajectories(frame, trajectory_id="key", goal="kind", success="solved")
    assert runs["trajectory_id"].to_list()[:2] == ["7", "8"]
    assert runs["original_prompt"].to_list() == ["maps", CHAT[0]["content"], "maps"]
    assert runs["success"].to_list() == [True, False, None]
    for column, needed in (("messages", "String with JSON"), ("key", "Boolean")):
        wrong = frame.with_columns(messages=pl.Series([["a"]] * 3), key=pl.lit(0.5))
        with pytest.raises(pl.exceptions.ComputeError, match=needed):
            trajectories(
                wrong if column == "messages" else wrong.with_columns(frame["messages"]), success="key"
            )


def rows() -> list[dict[str, Any]]:
    return [
        {"id": "one", "messages": CHAT, "success": False, "topic": "maps"},
        {"id": "two", "messages": CHAT[:1], "success": True, "topic": "maps"},
    ]


def test_frames_of_every_library_give_the_same_runs() -> None:
    table = pa.Table.from_pylist(rows())
    runs = ah.from_frame(table)
    assert runs.schema == schema.TRAJECTORY
    assert runs["trajectory_id"].to_list() == ["one", "two"]
    assert runs["success"].to_list() == [False, True]
    assert json.loads(runs["metadata"][0]) == {"topic": "maps"}
    assert runs["source"].to_list()[1] == {"format": "openai_chat", "path": None, "record": 1}
    frame = pl.DataFrame(table)
    assert_frame_equal(ah.from_frame(frame), runs)
    lazy = ah.from_frame(frame.lazy())
    assert isinstance(lazy, pl.LazyFrame)
    assert_frame_equal(lazy.collect(), runs)
    pandas: Any = pytest.importorskip("pandas")
    encoded = [row | {"messages": json.dumps(row["messages"])} for row in rows()]
    assert_frame_equal(
        ah.from_frame(pandas.DataFrame(encoded)).select("trajectory_id", "original_prompt", "success"),
        runs.select("trajectory_id", "original_prompt", "success"),
    )


def test_data_sets_are_read_as_selected() -> None:
    datasets = pytest.importorskip("datasets")
    found = datasets.Dataset.from_list(rows())
    assert_frame_equal(ah.from_frame(found), ah.from_frame(pa.Table.from_pylist(rows())))
    assert ah.from_frame(found.select([1]))["trajectory_id"].to_list() == ["two"]
    with pytest.raises(TypeError, match="found IterableDataset"):
        ah.from_frame(found.to_iterable_dataset())
    with pytest.raises(TypeError, match="needed one of its splits: train"):
        ah.from_frame(datasets.DatasetDict({"train": found}))


def test_a_trajectory_frame_is_completed(runs: pl.DataFrame) -> None:
    few = runs.select("steps", "success", "reward")
    frame = ah.from_frame(few)
    assert frame.schema == schema.TRAJECTORY
    assert_frame_equal(frame.select(few.columns), few)
    assert frame["source"].to_list()[2] == {"format": "trajectory_frame", "path": None, "record": 2}
    assert_frame_equal(ah.from_frame(runs), runs)
    chats = pl.DataFrame(structs(CHAT)).with_columns(steps=5)
    assert ah.from_frame(chats)["steps"].list.len().item() == 3
    with pytest.raises(ValueError, match="without the field `action_name`"):
        ah.from_frame(pl.DataFrame({"steps": [1]}))


def test_columns_of_other_names_are_mapped() -> None:
    frame = pl.DataFrame(pa.Table.from_pylist(rows())).rename({"messages": "turns", "id": "key"})
    frame = frame.with_columns(mark=pl.Series([0.2, 0.8]), ask=pl.lit("Find it"))
    mapping = {"messages": "turns", "trajectory_id": "key", "reward": "mark", "goal": "ask"}
    runs = ah.from_frame(frame, mapping, success_at=0.5)
    assert runs.select("trajectory_id", "original_prompt", "success").rows() == [
        ("one", "Find it", False),
        ("two", "Find it", True),
    ]
    with pytest.raises(ValueError, match="mapping: found 'turns', needed some of messages"):
        ah.from_frame(frame, {"turns": "messages"})
    with pytest.raises(ValueError, match="mapping: found no column 'gone' among key, turns"):
        ah.from_frame(frame, {"messages": "gone"})


def test_rows_of_a_frame_that_cannot_be_read_are_told() -> None:
    frame = pl.DataFrame(texts(CHAT, [1])).with_columns(n=pl.int_range(2))
    with pytest.warns(ah.RejectedRecordsWarning, match="1 of 2 rows could not be read"):
        runs = ah.from_frame(frame)
    assert runs["steps"].is_null().to_list() == [False, True]
    with pytest.raises(ValueError, match=r"no row could be read\. The record is an object with the keys `n`"):
        ah.from_frame(frame.select("n"))
    with pytest.raises(TypeError, match="found list, needed a frame"):
        ah.from_frame([1, 2])

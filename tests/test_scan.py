"""Scanning logs: every record is accounted for, whatever Polars asks of the source."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING, Any

import polars as pl
import pyarrow as pa
import pytest
from polars.testing import assert_frame_equal

import agenther as ah
from agenther import _native, arrow_stream, schema

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def chat(prompt: str) -> str:
    call = {"name": "search", "arguments": json.dumps({"query": prompt})}
    messages = [
        {"role": "user", "content": prompt},
        {
            "role": "assistant",
            "content": None,
            "tool_calls": [{"id": "c1", "type": "function", "function": call}],
        },
        {"role": "tool", "tool_call_id": "c1", "content": "3 results"},
        {"role": "assistant", "content": "Found 3 results."},
    ]
    return json.dumps({"messages": messages})


@pytest.fixture
def logs(tmp_path: Path) -> Path:
    """Give a folder with 5 runs and 2 rejects in three files, and a file that is no log."""
    folder = tmp_path / "logs"
    (folder / "deep").mkdir(parents=True)
    (folder / "a.jsonl").write_text(f"{chat('one')}\n{{broken\n{chat('two')}\n")
    (folder / "deep" / "b.json").write_text(f"[{chat('three')}, {chat('four')}]")
    (folder / "c.jsonl.gz").write_bytes(gzip.compress(f"{chat('five')}\n{{".encode()))
    (folder / "notes.md").write_text("not a log")
    (folder / ".hidden.jsonl").write_text(chat("hidden"))
    return folder


PROMPTS = ["one", "two", "five", "three", "four"]


def test_a_folder_is_read_in_the_order_of_its_paths(logs: Path) -> None:
    runs = ah.scan_logs(logs)
    with pytest.warns(ah.RejectedRecordsWarning, match="2 records could not be read"):
        frame = runs.collect()
    assert frame.schema == schema.TRAJECTORY
    assert runs.collect_schema() == schema.TRAJECTORY
    assert frame["original_prompt"].to_list() == PROMPTS
    assert frame["source"].struct.field("record").to_list() == [0, 2, 0, 0, 1]
    step = frame["steps"][0][0]
    assert (step["action_name"], step["observation"]) == ("search", "3 results")


def test_records_are_runs_and_rejects(logs: Path) -> None:
    scan = ah.LogScan(logs)
    batches = list(scan.batches())
    assert scan.files.schema == schema.FILES
    assert scan.files.select("records", "runs", "rejects").rows() == [(3, 2, 1), (2, 1, 1), (2, 2, 0)]
    assert sum(batch.height for batch in batches) == scan.files["runs"].sum()
    assert scan.rejects.height == scan.files["rejects"].sum()


def test_rejects_say_where_and_why_and_keep_the_record(logs: Path) -> None:
    rejects = ah.scan_rejects(logs)
    frame = rejects.collect()
    assert frame.schema == rejects.collect_schema() == schema.REJECTS
    first = frame.row(0, named=True)
    assert first["path"].endswith("a.jsonl")
    assert (first["record"], first["offset"]) == (1, len(chat("one")) + 1)
    assert first["raw"] == b"{broken"
    assert first["sentence"].endswith(".")


def test_a_batch_of_nothing_but_rejects_ends_no_scan(tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    unreadable = '{"messages": [' + "x" * (4 << 20) + "\n"  # 20 of them are more than a batch takes
    log.write_text(chat("before") + "\n" + unreadable * 20 + chat("after"))
    scan = ah.LogScan(log)
    prompts, rejects = [], 0
    for runs in scan.batches():
        prompts += runs["original_prompt"].to_list()
        rejects += scan.take_rejects().height
    assert prompts == ["before", "after"]
    assert rejects + scan.take_rejects().height == 20
    assert scan.files["records"].item() == 22


def test_a_scan_starts_anew_with_every_pass(logs: Path) -> None:
    scan = ah.LogScan(logs)
    for _ in range(2):
        assert pl.concat(scan.batches()).height == len(PROMPTS)
    assert scan.rejects.height == 2
    assert scan.files.height == 3 == scan.files_read


@pytest.mark.parametrize("rows", [1, 2, 3, 100])
def test_batches_have_at_most_so_many_rows_and_span_files(rows: int, logs: Path) -> None:
    batches = list(ah.LogScan(logs, batch_rows=rows).batches())
    assert max(batch.height for batch in batches) <= rows
    assert pl.concat(batches)["original_prompt"].to_list() == PROMPTS


@pytest.mark.filterwarnings("ignore::agenther.RejectedRecordsWarning")
@pytest.mark.parametrize(
    "query",
    [
        lambda runs: runs.select("original_prompt"),
        lambda runs: runs.filter(pl.col("original_prompt").str.contains("o")),
        lambda runs: runs.filter(pl.col("original_prompt") == "four").select("trajectory_id"),
        lambda runs: runs.head(2),
        lambda runs: runs.slice(1, 3).select("source"),
        lambda runs: runs.head(3).filter(pl.col("original_prompt") != "one"),
        lambda runs: runs.select(pl.len()),
        lambda runs: runs.select(ah.analyze()),
    ],
)
def test_what_is_pushed_down_changes_nothing(
    query: Callable[[pl.LazyFrame], pl.LazyFrame], logs: Path
) -> None:
    whole = ah.scan_logs(logs).collect().lazy()
    for engine in ("in-memory", "streaming"):
        found: Any = query(ah.scan_logs(logs, batch_rows=2)).collect(engine=engine)
        assert_frame_equal(found, query(whole).collect())


@pytest.mark.filterwarnings("ignore::agenther.RejectedRecordsWarning")
def test_columns_that_nobody_asked_for_are_not_built(logs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[list[str] | None] = []
    scanner = _native.LogScanner

    def recorded(paths: list[str], *, columns: list[str] | None, **options: Any) -> _native.LogScanner:
        asked.append(columns)
        return scanner(paths, columns=columns, **options)

    monkeypatch.setattr(_native, "LogScanner", recorded)
    runs = ah.scan_logs(logs)
    runs.select("original_prompt").collect()
    runs.filter(pl.col("success").is_null()).select("reward", "original_prompt").collect()
    runs.collect()
    assert [columns and sorted(columns) for columns in asked] == [
        ["original_prompt"],
        ["original_prompt", "reward", "success"],
        None,
    ]
    assert runs.select(pl.len()).collect().item() == len(PROMPTS)
    assert len(asked[-1] or ()) == 1


def test_a_scanner_builds_the_columns_it_is_told(logs: Path) -> None:
    (batch,) = ah.LogScan(logs / "a.jsonl", columns=["steps", "trajectory_id"]).batches()
    assert batch.columns == ["trajectory_id", "steps"]
    scanner = _native.LogScanner([str(logs / "a.jsonl")], columns=["success"])
    assert pa.RecordBatchReader.from_stream(scanner).schema.names == ["success"]
    with pytest.raises(ValueError, match='columns: found "nonsense", needed some of trajectory_id, '):
        list(ah.LogScan(logs, columns=["nonsense"]).batches())


def test_globs_paths_and_repetitions(logs: Path) -> None:
    sources: list[str | Path] = [f"{logs}/**/*.json", logs / "a.jsonl", str(logs / "a.jsonl")]
    batches = ah.LogScan(sources).batches()
    assert pl.concat(batches)["original_prompt"].to_list() == ["three", "four", "one", "two"]


def test_a_path_with_nothing_there_is_told_at_once(tmp_path: Path) -> None:
    for scan in (ah.scan_logs, ah.scan_rejects, ah.LogScan, ah.detect_formats):
        with pytest.raises(FileNotFoundError, match=r"no file is at .*missing\.jsonl"):
            scan(tmp_path / "missing.jsonl")
    with pytest.raises(FileNotFoundError, match="has no file named"):
        ah.scan_logs(tmp_path)


def test_an_unknown_format_is_told_at_once(logs: Path) -> None:
    with pytest.raises(ValueError, match=r"format: found 'nonsense', needed one of .*openai_chat"):
        ah.LogScan(logs, format="nonsense")
    with pytest.raises(ValueError, match=r"format: found 'nonsense', needed one of .*openai_chat"):
        ah.scan_logs(logs, format="nonsense")


def test_a_file_that_vanishes_is_a_reject_and_the_rest_is_read(logs: Path) -> None:
    scan = ah.LogScan([logs / "a.jsonl", logs / "deep"])
    (logs / "a.jsonl").unlink()
    assert pl.concat(scan.batches())["original_prompt"].to_list() == ["three", "four"]
    assert "could not be opened" in scan.rejects["sentence"].item()
    assert scan.files["rejects"].to_list() == [1, 0]


def _stream(frame: pl.DataFrame, path: Path) -> None:
    """Write a frame as `datasets` does: a stream of batches."""
    table = frame.to_arrow()
    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_stream(file, table.schema) as writer:
        writer.write_table(table, max_chunksize=2)


WRITE: dict[str, Callable[[pl.DataFrame, Path], Any]] = {
    "parquet": pl.DataFrame.write_parquet,
    "arrow": pl.DataFrame.write_ipc,
    "stream": _stream,
}


@pytest.mark.parametrize("kind", WRITE)
def test_trajectory_frames_are_read_too(kind: str, runs: pl.DataFrame, tmp_path: Path) -> None:
    path = tmp_path / "x[1]*" / "runs.arrow"  # no glob
    path.parent.mkdir()
    WRITE[kind](runs, path)
    scan = ah.LogScan(path, batch_rows=2)
    batches = list(scan.batches())
    assert [batch.height for batch in batches] == [2, 2, 1]
    assert_frame_equal(pl.concat(batches), runs)
    assert scan.files.row(0)[1:5] == ("trajectory_frame", 5, 5, 0)
    assert ah.detect_formats(path)["format"].to_list() == ["trajectory_frame"]


def test_what_a_frame_lacks_is_null_and_its_rows_know_where_they_come_from(
    runs: pl.DataFrame, tmp_path: Path
) -> None:
    path = tmp_path / "few.parquet"
    few = runs.select("steps", "success", extra=1).with_columns(
        pl.col("steps").list.eval(
            pl.struct(pl.element().struct.field("action_name", "action_input", "observation"))
        )
    )
    few.write_parquet(path)
    frame = ah.scan_logs(path).collect()
    assert frame.schema == schema.TRAJECTORY
    assert frame["source"].to_list()[3] == {"format": "trajectory_frame", "path": str(path), "record": 3}
    assert frame["steps"].list.len().to_list() == runs["steps"].list.len().to_list()
    assert frame["original_prompt"].null_count() == runs.height


def test_columns_of_a_frame_and_its_rewards(runs: pl.DataFrame, tmp_path: Path) -> None:
    path = tmp_path / "runs.parquet"
    graded = runs.with_columns(reward=pl.Series([0.1, 0.7, None, 0.7, 0.2]), success=None)
    graded.write_parquet(path)
    frame = ah.scan_logs(path, success_at=0.5).select("success", "reward").collect()
    assert frame["success"].to_list() == [False, True, None, True, False]
    (batch,) = ah.LogScan(path, columns=["reward"]).batches()
    assert batch.columns == ["reward"]


@pytest.mark.parametrize(
    ("other", "sentence"),
    [
        (pl.DataFrame({"a": [1]}), "no format has this shape"),
        (pl.DataFrame({"steps": [1]}), "The column `steps` is Int64, without the field `action_name`"),
        (pl.DataFrame({"steps": [["text"]]}), "The column `steps` is List(String), without the field"),
        (
            pl.DataFrame({"steps": [[]], "source": ["text"]}, {"steps": schema.STEPS, "source": pl.String}),
            "not one of trajectories",
        ),
    ],
)
def test_another_frame_is_a_reject(other: pl.DataFrame, sentence: str, tmp_path: Path, logs: Path) -> None:
    other.write_parquet(tmp_path / "other.parquet")
    scan = ah.LogScan([tmp_path / "other.parquet", logs / "deep"])
    assert pl.concat(scan.batches()).height == 2
    assert sentence in scan.rejects["sentence"].item()
    assert scan.files["rejects"].to_list() == [1, 0]


@pytest.mark.parametrize("kind", WRITE)
def test_other_frames_are_read_as_records(kind: str, tmp_path: Path) -> None:
    logs = [json.loads(chat(prompt)) for prompt in PROMPTS] + [{"messages": None}]
    path = tmp_path / "chats.arrow"
    WRITE[kind](pl.DataFrame(logs), path)
    scan = ah.LogScan(path, batch_rows=2)
    runs = pl.concat(scan.batches())
    assert runs["original_prompt"].to_list() == PROMPTS
    assert runs["source"].struct.field("record").to_list() == [0, 1, 2, 3, 4]
    assert scan.files.select("format", "records", "rejects").row(0) == ("openai_chat", 6, 1)
    assert ah.detect_formats(path).select("format", "layout").row(0) == ("openai_chat", "rows of a frame")


def test_categories_that_change_within_an_arrow_stream_are_followed(tmp_path: Path) -> None:
    path = tmp_path / "chats.arrow"
    prompts = [[f"{letter}{batch}" for letter in "ab" * 9] for batch in range(5)]
    schema = pa.schema({"instruction": pa.dictionary(pa.int8(), pa.string()), "output": pa.string()})
    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_stream(file, schema) as writer:
        for names in prompts:
            columns = [pa.array(names).dictionary_encode().cast(schema.types[0]), pa.array(names)]
            writer.write_batch(pa.record_batch(columns, schema))
    names = [name for names in prompts for name in names]
    read = arrow_stream.scan(str(path))
    for column in ("instruction", "output"):
        assert pl.concat(read.collect_batches())[column].to_list() == names
        assert read.head(20).collect()[column].to_list() == names[:20]


def test_an_arrow_stream_that_was_cut_off_is_a_reject(runs: pl.DataFrame, tmp_path: Path) -> None:
    path = tmp_path / "runs.arrow"
    _stream(runs, path)
    whole = path.read_bytes()
    for length in (0, 4, 6, 9, 99, len(whole) // 2, len(whole) - 100):
        path.write_bytes(whole[:length])
        scan = ah.LogScan(path)
        read = sum(batch.height for batch in scan.batches())
        assert read < runs.height
        assert scan.rejects.height == (1 if length else 0), length
    path.write_bytes(b"\xff" * 999)
    scan = ah.LogScan(path)
    assert not list(scan.batches())
    assert "damaged" in scan.rejects["sentence"].item()


def test_the_scanner_is_an_arrow_stream(logs: Path) -> None:
    scanner = _native.LogScanner([str(logs / "a.jsonl"), str(logs / "deep" / "b.json")], batch_rows=1)
    reader = pa.RecordBatchReader.from_stream(scanner)
    batches = [batch.num_rows for batch in reader]
    assert batches == [1, 1, 1, 1]
    assert pl.DataFrame(scanner.take_rejects()).height == 1


def test_a_stream_that_is_not_read_is_released(logs: Path) -> None:
    scanner = _native.LogScanner([str(logs / "a.jsonl")])
    del_me = scanner.__arrow_c_stream__()
    del del_me
    assert scanner.read_batch() is not None


def test_formats_are_detected_from_content(logs: Path) -> None:
    found = ah.detect_formats(logs)
    assert found.schema == schema.DETECTIONS
    assert found["format"].to_list() == ["openai_chat"] * 3
    assert found["layout"].to_list() == [
        "one record a line",
        "one record a line",
        "items of an array or object",
    ]
    assert "openai_chat" in ah.formats()

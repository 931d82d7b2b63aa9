"""Where logs are: folders, open files, bytes, standard input, object stores."""

from __future__ import annotations

import gzip
import io
import json
import os
import sys
import threading
import zipfile
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

import agenther as ah
from agenther import sources

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PROMPTS = ["one", "two", "three"]


def log(*prompts: str) -> str:
    return "".join(
        json.dumps({"messages": [{"role": "user", "content": prompt}]}) + "\n" for prompt in prompts
    )


def prompts(*args: Any, **options: Any) -> list[str]:
    return ah.scan_logs(*args, **options).collect()["original_prompt"].to_list()


def archive(**members: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as file:
        for name, text in members.items():
            file.writestr(f"{name}.jsonl", text)
    return packed.getvalue()


def test_bytes_and_open_files_are_logs(tmp_path: Path) -> None:
    data = log(*PROMPTS).encode()
    path = tmp_path / "log.jsonl"
    path.write_bytes(data)
    assert prompts(data) == prompts(bytearray(data)) == prompts(gzip.compress(data)) == PROMPTS
    with path.open("rb") as file:
        scan = ah.scan_logs(file)
        assert scan.select("source").unnest("source").collect()["path"].unique().item() == str(path)
        # It goes back to where it stood.
        assert scan.collect().height == 3
        assert ah.rejects(scan).collect().is_empty()
    with path.open(encoding="utf-8") as file:
        assert prompts(file) == PROMPTS
    assert prompts(io.StringIO(log("ü"))) == ["ü"]
    assert prompts([data, path, io.BytesIO(data)]) == PROMPTS * 3


class Pipe(io.RawIOBase):
    """What cannot go back, counts what was read of it, and may break."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self.chunks = chunks
        self.taken = 0

    def readable(self) -> bool:
        """Say yes."""
        return True

    def read(self, size: int = -1) -> bytes:
        """Give the next chunk, whatever its size."""
        chunk = next(self.chunks, b"")
        self.taken += len(chunk)
        assert size > 0
        return chunk


def test_what_cannot_go_back_is_read_once() -> None:
    scan = ah.scan_logs(Pipe(iter([log(*PROMPTS).encode()])))
    assert scan.collect().height == 3
    # Polars 1 wraps what a source raises.
    again = (ValueError, pl.exceptions.ComputeError)
    with pytest.raises(again, match="was read already and cannot be read a second time"):
        scan.collect()


def test_a_stream_that_breaks_keeps_what_came_before() -> None:
    def broken() -> Iterator[bytes]:
        yield log("one").encode()
        raise OSError("the line is dead")

    scan = ah.LogScan(Pipe(broken()))
    assert pl.concat(scan.batches())["original_prompt"].to_list() == ["one"]
    assert scan.rejects["reason"].to_list() == ["broken_stream"]
    assert "the line is dead" in scan.rejects["sentence"].item()


def test_a_file_that_breaks_before_its_end_is_a_reject_where_it_is_read_from_there() -> None:
    def broken() -> Iterator[bytes]:
        yield archive(one=log("one"))[:50]
        raise OSError("the line is dead")

    streams: list[Any] = [Pipe(broken()), log("two").encode()]
    scan = ah.LogScan(streams)
    assert pl.concat(scan.batches())["original_prompt"].to_list() == ["two"]
    assert "the line is dead" in scan.rejects["sentence"].item()
    assert scan.files["rejects"].to_list() == [1, 0]


def test_an_interrupt_is_no_reject() -> None:
    def interrupted() -> Iterator[bytes]:
        yield log("one").encode()
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        list(ah.LogScan(Pipe(interrupted())).batches())


def test_after_enough_rows_the_rest_is_not_read() -> None:
    chunk = log(*["again"] * 10_000).encode()
    pipe = Pipe(iter([chunk] * 100))
    assert ah.scan_logs(pipe, batch_rows=100).head(5).collect().height == 5
    # A format is recognised by a megabyte, and what was asked for comes in chunks.
    assert pipe.taken <= 4 * len(chunk)


def test_standard_input_is_named_by_a_dash(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(log(*PROMPTS).encode())))
    runs = ah.scan_logs("-").collect()
    assert runs["source"].struct.field("path").unique().to_list() == ["<stdin>"]
    assert runs["original_prompt"].to_list() == PROMPTS


def test_streams_that_are_read_from_their_end_are(runs: pl.DataFrame) -> None:
    parquet = io.BytesIO()
    runs.write_parquet(parquet)
    frame = ah.scan_logs(parquet.getvalue()).collect()
    assert_frame_equal(frame, runs)
    packed = archive(one=log("one"), two=log("two") + "{")
    scan = ah.LogScan(packed)
    found = pl.concat(scan.batches())
    assert found["original_prompt"].to_list() == ["one", "two"]
    assert scan.rejects["path"].to_list() == ["<bytes>"]
    assert scan.files.select("path", "records", "rejects").rows() == [("<bytes>", 3, 1)]
    assert found["source"].struct.field("path").to_list() == ["<bytes>"] * 2
    assert ah.detect_formats(packed).select("path", "format").rows() == [("<bytes>", "openai_chat")]


def test_a_folder_is_read_by_suffix_and_other_text_by_content(tmp_path: Path) -> None:
    for name in ("a.json", "b.jsonl", "c.ndjson", "d.traj", "g.log", "h.txt", "ignored.yaml"):
        (tmp_path / name).write_text(log(name))
    (tmp_path / "e.gz").write_bytes(gzip.compress(log("e.gz").encode()))
    (tmp_path / "f.zip").write_bytes(archive(one=log("f.zip")))
    table = pl.DataFrame({"messages": ['[{"role": "user", "content": "i.csv"}]'], "success": [True]})
    table.write_csv(tmp_path / "i.csv")
    (tmp_path / "prices.csv").write_text("item,price\neggs,2\n")
    (tmp_path / "notes.txt").write_text("Milk, eggs, bread.\n")
    (tmp_path / "page.html").write_text("<h1>Not a log</h1>")
    assert prompts(tmp_path) == [
        *("a.json", "b.jsonl", "c.ndjson", "d.traj", "e.gz", "f.zip", "g.log", "h.txt", "i.csv")
    ]


def test_a_folder_that_a_glob_matches_is_read_as_one_that_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(log("a"))
    (tmp_path / "deep" / "deeper").mkdir(parents=True)
    (tmp_path / "deep" / "b.jsonl").write_text(log("b"))
    (tmp_path / "deep" / "deeper" / "c.jsonl").write_text(log("c"))
    (tmp_path / "deep" / "notes.txt").write_text("Milk, eggs, bread.")
    (tmp_path / "none").mkdir()
    assert prompts(f"{tmp_path}/*") == ["a", "b", "c"]
    assert prompts(f"{tmp_path}/de*") == ["b", "c"]
    # A glob that goes into the folder itself says what it wants of it.
    assert prompts(f"{tmp_path}/**/[ab].jsonl") == ["a", "b"]
    assert prompts(f"{tmp_path}/*/*.jsonl") == ["b"]
    with pytest.raises(FileNotFoundError, match="none matches it as a glob"):
        ah.scan_logs(f"{tmp_path}/no*")


def test_a_folder_says_what_it_passed_over(tmp_path: Path) -> None:
    """Suffixes count in any case and rotated, what has none by its content, and the rest is named."""
    runs = ("a.JSONL", "b.jsonl.1", "c.jsonlines", "d.log.2", "e", "deep/f.json")
    (tmp_path / "deep").mkdir()
    for name in runs:
        (tmp_path / name).write_text(log(name))
    (tmp_path / "g.zst").write_bytes(gzip.compress(log("g.zst").encode()))
    others = ("LICENSE", "h.yaml", "i.png", "notes.txt")
    for name in (*others, ".hidden.png"):
        (tmp_path / name).write_text("Milk, eggs, bread.\n")
    (tmp_path / "link").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "again.json").symlink_to(tmp_path / "deep/f.json")
    scan = ah.LogScan(tmp_path)
    found = pl.concat(scan.batches())["original_prompt"]
    assert sorted(found) == sorted([*runs, "g.zst"])
    assert sorted(scan.passed_over) == [str(tmp_path / name) for name in sorted([*others, "link"])]
    assert sources.tally_passed_over(scan.passed_over) == {
        ".png": 1,
        ".txt": 1,
        ".yaml": 1,
        "links to folders": 1,
        "without a suffix": 1,
    }


def test_a_file_of_many_names_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "log.jsonl").write_text(log("one"))
    (tmp_path / "link.jsonl").symlink_to(tmp_path / "log.jsonl")
    monkeypatch.chdir(tmp_path)
    spellings: list[str | Path] = [
        "log.jsonl",
        "./log.jsonl",
        tmp_path / "log.jsonl",
        tmp_path,
        "*.jsonl",
        "link.jsonl",
    ]
    assert sources.find(spellings) == ["log.jsonl"]
    assert sources.find(["link.jsonl", "log.jsonl"]) == ["log.jsonl"]
    (tmp_path / "blobs").mkdir()
    (tmp_path / "blobs" / "5e884898").write_text(log("blob"))
    (tmp_path / "named.jsonl").symlink_to(tmp_path / "blobs" / "5e884898")
    assert sources.find(tmp_path) == [str(tmp_path / name) for name in ("named.jsonl", "log.jsonl")]
    (tmp_path / "notes").write_text("Milk, eggs, bread.")
    assert sources.look([tmp_path, tmp_path]).passed_over == [str(tmp_path / "notes")]
    assert sources.look([tmp_path, "notes"]).passed_over == []
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(log("two").encode())))
    assert prompts(["-", "-"]) == ["two"]


def test_no_source_is_a_mistake() -> None:
    nothing: list[Any] = [[], iter([])]
    for none in nothing:
        with pytest.raises(ValueError, match="sources: found none, needed a file"):
            ah.scan_logs(none)


def test_an_open_file_stays_where_it_stood() -> None:
    file = io.BytesIO(b"before" + log(*PROMPTS).encode())
    file.seek(6)
    assert prompts(file) == prompts(file) == PROMPTS
    assert file.tell() == 6
    file.seek(0, io.SEEK_END)
    with pytest.raises(ValueError, match="stands at its end"):
        ah.scan_logs(file)
    assert prompts(io.BytesIO()) == []


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="named pipes are of Unix")
def test_a_named_pipe_is_read_once(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=lambda: pipe.write_bytes(log(*PROMPTS).encode()))
    writer.start()
    scan = ah.scan_logs(pipe)
    assert scan.collect()["original_prompt"].to_list() == PROMPTS
    writer.join()
    with pytest.raises((ValueError, pl.exceptions.ComputeError), match="cannot be read a second time"):
        scan.collect()


@pytest.fixture
def store() -> Iterator[Any]:
    """Give an object store with three logs and a text, as the `memory://` of fsspec."""
    fsspec = pytest.importorskip("fsspec")
    files = fsspec.filesystem("memory")
    files.pipe("/bucket/logs/a.jsonl", log("one").encode())
    files.pipe("/bucket/logs/deep/b.jsonl.gz", gzip.compress(log("two").encode()))
    files.pipe("/bucket/logs/c.zip", archive(one=log("three")))
    files.pipe("/bucket/logs/notes.txt", b"Milk, eggs, bread.")
    yield files
    files.rm("/bucket", recursive=True)


def test_chats_that_agents_hide_in_a_project_are_read(tmp_path: Path) -> None:
    chat = "# aider chat started at 2026-01-02 10:00:00\n\n#### Sail to Kiel.\n\nSailed.\n"
    (tmp_path / ".aider.chat.history.md").write_text(chat)
    (tmp_path / ".cache").mkdir()
    (tmp_path / ".cache" / "log.jsonl").write_text(log("hidden"))
    assert prompts(tmp_path) == ["Sail to Kiel."]


def test_object_stores_are_read_through_fsspec(store: Any, runs: pl.DataFrame, tmp_path: Path) -> None:
    here = tmp_path.as_posix()
    (tmp_path / "log.jsonl").write_text(log("here"))
    assert prompts("memory://bucket/logs/a.jsonl") == ["one"]
    assert prompts("memory://bucket/logs") == ["one", "three", "two"]
    assert prompts("memory://bucket/logs/**/*.gz") == ["two"]
    assert prompts("memory://bucket/lo*") == ["one", "three", "two"]
    found = ah.scan_logs("memory://bucket/logs/").collect()["source"].struct.field("path").to_list()
    assert found[0] == "memory:///bucket/logs/a.jsonl"
    assert prompts(f"file://{here}/*.jsonl") == ["here"]
    parquet = io.BytesIO()
    runs.write_parquet(parquet)
    store.pipe("/bucket/runs.parquet", parquet.getvalue())
    assert ah.scan_logs("memory://bucket/runs.parquet").collect().height == runs.height
    with pytest.raises(FileNotFoundError, match="no file is at memory://bucket/nothing"):
        ah.scan_logs("memory://bucket/nothing.jsonl")


def test_a_store_that_cannot_be_read_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("fsspec")
    with pytest.raises(OSError, match="nowhere://logs cannot be read: Protocol not known"):
        ah.scan_logs("nowhere://logs")
    fsspec: Any = pytest.importorskip("fsspec.implementations.memory")

    def refuse(*_: object, **__: object) -> None:
        raise RuntimeError("no credentials")

    monkeypatch.setattr(fsspec.MemoryFileSystem, "isfile", refuse)
    with pytest.raises(OSError, match="memory://logs cannot be read: no credentials"):
        ah.scan_logs("memory://logs")
    monkeypatch.setitem(sys.modules, "fsspec", None)
    with pytest.raises(
        ModuleNotFoundError, match=r"s3://logs needs .* `pip install 'agenther\[remote\]' s3fs`"
    ):
        ah.scan_logs("s3://logs")


def test_sources_are_named_and_shown() -> None:
    (stream,) = sources.find(b"")
    assert repr(stream) == "Stream('<bytes>')"
    assert sources.name_of(stream) == "<bytes>"


def store_of_events(folder: Path, events: int = 12) -> Path:
    """Write a session as OpenHands keeps it: a file an event, whose names sort in another order."""
    said = {"source": "user", "action": "message", "args": {"content": "How many files are there?"}}
    run = {"source": "agent", "action": "run", "args": {"command": "ls | wc -l"}}
    saw = {"source": "agent", "observation": "run", "content": "7", "extras": {"metadata": {"exit_code": 0}}}
    end = {"source": "agent", "action": "finish", "args": {"final_thought": "7 files"}}
    middle = [{**run}, {**saw}] * ((events - 2) // 2)
    (folder / "events").mkdir(parents=True)
    for number, event in enumerate([said, *middle, end]):
        cause = {"cause": number - 1} if "observation" in event else {}
        text = json.dumps({"id": number, "timestamp": "2026-01-01", **event, **cause})
        (folder / "events" / f"{number}.json").write_text(text)
    return folder


def test_a_folder_with_a_file_an_event_is_one_run(tmp_path: Path) -> None:
    for session in ("a1", "b2"):
        store_of_events(tmp_path / "sessions" / session)
    whole = ah.scan_logs(tmp_path).collect()
    assert whole["original_prompt"].to_list() == ["How many files are there?"] * 2
    assert whole["steps"].list.len().to_list() == [6, 6]
    assert whole["final_answer"].to_list() == ["7 files"] * 2
    paths = whole["source"].struct.field("path").to_list()
    assert paths == [str(tmp_path / "sessions" / session) for session in ("a1", "b2")]
    assert ah.scan_logs(str(tmp_path / "sessions/*/events/*.json")).collect().equals(whole)
    assert ah.detect_formats(tmp_path)["format"].to_list() == ["openhands"] * 2


def test_files_of_other_logs_in_such_a_folder_stay_what_they_are(tmp_path: Path) -> None:
    (tmp_path / "events").mkdir()
    for number in (0, 1):
        (tmp_path / "events" / f"{number}.json").write_text(
            '{"messages": [{"role": "user", "content": "Hi"}]}'
        )
    (tmp_path / "events" / "2.json").write_text("{broken")
    scan = ah.LogScan(tmp_path)
    assert sum(batch.height for batch in scan.batches()) == 2
    assert scan.rejects.height == 1


def test_an_event_alone_says_what_to_give_instead(tmp_path: Path) -> None:
    scan = ah.LogScan(store_of_events(tmp_path / "a1") / "events" / "1.json")
    assert not sum(batch.height for batch in scan.batches())
    assert "give the folder of the session" in scan.rejects["sentence"].item()

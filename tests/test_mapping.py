"""Logs of a format of one's own: read by a mapping, wherever logs are read."""

from __future__ import annotations

import json
import zipfile
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

import agenther as ah

if TYPE_CHECKING:
    from pathlib import Path

MAPPING = """
name = "ferry_bot"
id = "run"
goal = "task.request"
reward = "points"
full_mark = 10
steps = "turns"

[step]
thought = "why"
tool = "call.tool"
arguments = "call.args"
observation = "result"
"""
TURN = {"why": "Look first.", "call": {"tool": "timetable", "args": {"to": "Olhão"}}, "result": "17:40"}
RECORDS: list[dict[str, Any]] = [
    {"run": 1, "task": {"request": "Book the ferry."}, "points": 10, "turns": [TURN]},
    {"run": 2, "task": {"request": "Book the bus."}, "points": 4, "turns": [TURN, TURN]},
    {"run": 3, "task": {}, "points": 0, "turns": []},
]


@pytest.fixture
def mapping(tmp_path: Path) -> Path:
    path = tmp_path / "mapping.toml"
    path.write_text(MAPPING)
    return path


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "log.jsonl"
    path.write_text("\n".join(map(json.dumps, RECORDS)))
    return path


def seen(runs: pl.DataFrame) -> list[tuple[Any, ...]]:
    return runs.select("trajectory_id", "original_prompt", "success", pl.col("steps").list.len()).rows()


READ = [("1", "Book the ferry.", True, 1), ("2", "Book the bus.", False, 2)]


def test_files_streams_and_frames_are_read_by_it(mapping: Path, log: Path, tmp_path: Path) -> None:
    frame = pl.DataFrame(RECORDS)
    frame.write_parquet(tmp_path / "log.parquet")
    for source in (log, log.read_bytes(), tmp_path / "log.parquet"):
        runs = ah.scan_logs(source, mapping=mapping)
        with pytest.warns(ah.RejectedRecordsWarning):
            assert seen(runs.collect()) == READ
        assert ah.rejects(runs).collect()["record"].to_list() == [2]
        assert ah.detect_formats(source, mapping=mapping)["format"].to_list() == ["ferry_bot"]
    with pytest.warns(ah.RejectedRecordsWarning, match="1 of 3 rows"):
        rows = ah.from_frame(frame, mapping)
    assert seen(rows)[:2] == READ
    cells = pl.DataFrame({"record": list(map(json.dumps, RECORDS))})
    runs_of_cells = cells.select(ah.from_messages("record", mapping=mapping).struct.unnest())
    assert seen(runs_of_cells)[:2] == READ
    why = cells.select(ah.messages_rejects("record", mapping=mapping).struct.field("sentence")).to_series()
    assert why.to_list() == [None, None, "The record looks like ferry_bot, but it has no steps at `turns`."]


def test_a_bar_for_rewards_wins_over_its_full_mark(mapping: Path, log: Path) -> None:
    runs = ah.scan_logs(log, mapping=mapping, success_at=4, on_error="skip").collect()
    assert runs["success"].to_list() == [True, True]


def test_what_is_wrong_with_it_is_told_with_its_place(mapping: Path, log: Path) -> None:
    mapping.write_text(MAPPING.replace("goal", "gaol"))
    for read in (ah.scan_logs, ah.scan_rejects, ah.LogScan, ah.detect_formats):
        with pytest.raises(ValueError, match=r"mapping\.toml, line 4, column 1: .*`gaol`"):
            read(log, mapping=mapping)
    with pytest.raises(ValueError, match="found both a format and a mapping"):
        ah.LogScan(log, mapping=mapping, format="mint")
    with pytest.raises(FileNotFoundError):
        ah.scan_logs(log, mapping="nowhere.toml")


def test_a_draft_reads_the_log_that_it_was_made_from(log: Path, tmp_path: Path) -> None:
    for source in (log, log.read_bytes()):
        draft = tmp_path / "draft.toml"
        draft.write_text(ah.mapping.suggest(source))
        runs = ah.scan_logs(log, mapping=draft, on_error="skip").collect()
        assert runs["original_prompt"].to_list()[:2] == ["Book the ferry.", "Book the bus."]
        assert runs["steps"][0][0]["action_name"] == "timetable"
    rows = pl.read_ndjson(log, ignore_errors=True)
    frame, archive = tmp_path / "log.parquet", tmp_path / "log.zip"
    rows.write_parquet(frame)
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("picture.png", "no log")
        file.write(log, "log.jsonl")
    for packed in (frame, frame.read_bytes(), archive, archive.read_bytes()):
        assert 'steps = "' in ah.mapping.suggest(packed)
    with pytest.raises(ValueError, match="2 were found"):
        ah.mapping.suggest([log, draft])
    with pytest.raises(ValueError, match="The sample holds no JSON"):
        ah.mapping.suggest(b"Milk, eggs, bread.")

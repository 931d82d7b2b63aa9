"""What comes of a panic of the engine at a run: the run abstains and is told, and the others go on."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import polars as pl
import pytest

import agenther as ah
from agenther import _plugin, export
from tests.cli.conftest import Shell, chat, write_log

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from agenther._typing import IntoColumn

SENTENCE = "The engine panicked at the run run-2 (a test asked for this panic, at "


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a log of three runs, and an engine that panics at the second of them."""
    call = _plugin.call

    def panicking(function: str, columns: Iterable[IntoColumn], options: dict[str, object]) -> pl.Expr:
        return call(function, columns, options | {"panic_at": "run-2"})

    monkeypatch.setattr(_plugin, "call", panicking)
    runs = [chat(run_id=f"run-{number}", text=f"Done, {number}.") for number in (1, 2, 3)]
    for run, order in zip(runs, ("FB-1", "FB-2", "FB-3"), strict=True):
        run["messages"] = json.loads(json.dumps(run["messages"]).replace("FB-10877", order))
    return write_log(tmp_path / "log.jsonl", *runs)


@pytest.mark.parametrize("engine", ["in-memory", "streaming"])
def test_the_run_abstains_in_a_query_and_the_others_do_not(log: Path, engine: str) -> None:
    runs = ah.scan_logs(log).with_columns(ah.analyze().struct.unnest(), only=ah.classify())
    found = runs.collect(engine=engine)  # type: ignore[call-overload]
    assert found["abstained"].to_list() == [None, "engine_panic", None]
    assert found["verdict"].is_null().to_list() == [False, True, False]
    assert found["only"].is_null().to_list() == [False, True, False]
    assert found["outcome"].is_null().to_list() == [False, True, False]
    assert found["hindsight"].list.len().to_list() == [1, 0, 1]


def test_every_stage_goes_on(log: Path) -> None:
    runs = ah.scan_logs(log).collect()
    stages = runs.select(
        fired=ah.rules.fired(),
        outcome=ah.extract(),
        hindsight=ah.relabel().list.len(),
        grounding=ah.verify(goal=pl.lit("Find order FB-1"), answer=None),
    )
    assert [stages[name].null_count() for name in stages.columns] == [1, 1, 0, 1]
    assert ah.moulds(runs).height >= 0
    assert ah.analyze_one(ah.Trajectory(trajectory_id="run-2")).abstained == "engine_panic"


def test_an_export_skips_the_run_with_the_reason(log: Path, tmp_path: Path) -> None:
    runs = ah.scan_logs(log).with_columns(ah.analyze().struct.unnest())
    report = export.sft(runs, tmp_path / "sft.jsonl")
    assert report.skipped == {"engine_panic": 1}


def test_a_job_rejects_the_run_and_counts_it(log: Path, agenther: Shell, tmp_path: Path) -> None:
    done = agenther("run", log, "-o", "out", "--json")
    account = done.json
    assert done.code == 1
    assert (account["records"], account["read"], account["written"]) == (3, 2, 2)
    assert (account["labelled"], account["failed"]) == (2, 2)
    assert account["rejected_by_reason"] == {"engine_panic": 1}
    (line,) = (tmp_path / "out" / "rejects.jsonl").read_text().splitlines()
    reject = json.loads(line)
    assert reject["sentence"].startswith(SENTENCE)
    assert "please report it" in reject["sentence"]
    assert (reject["path"], reject["record"], reject["reason"]) == (str(log), 1, "engine_panic")
    assert json.loads(reject["raw"])["trajectory_id"] == "run-2"


def test_the_panic_is_a_reject_for_the_options_too(log: Path, agenther: Shell, tmp_path: Path) -> None:
    assert agenther("run", log, "-o", "out", "--on-error", "skip").code == 0
    assert not (tmp_path / "out" / "rejects.jsonl").exists()
    for option in (["--on-error", "raise"], ["--max-rejects", "0"], ["--max-rejects", "0.2"]):
        done = agenther("run", log, "-o", "given-up", *option)
        assert done.code == 4
        assert not (tmp_path / "given-up" / "sft.jsonl").exists()


def test_the_commands_say_that_the_engine_panicked(log: Path, agenther: Shell) -> None:
    verdicts = agenther("classify", log, "--json")
    assert (verdicts.code, len(verdicts.json_lines)) == (1, 2)
    assert SENTENCE in verdicts.err
    for command in ("show", "explain"):
        done = agenther(command, log, "run-2")
        assert done.code == 2
        assert SENTENCE in done.err
        assert "Traceback" not in done.err


@pytest.mark.usefixtures("log")
def test_many_panics_say_one_thing_on_standard_error(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    many = write_log(tmp_path / "many.jsonl", *[chat(run_id="run-2")] * 500)
    found = ah.scan_logs(many).with_columns(ah.analyze().struct.unnest()).collect()
    assert found["abstained"].to_list() == ["engine_panic"] * 500
    assert capfd.readouterr().err.count("\n") <= 1

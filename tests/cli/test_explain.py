"""`agenther explain`: one run, the verdict on it, and the evidence marked in the text."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest
from rich.console import Console

from agenther import Trajectory, console, page
from tests.cli.conftest import EXAMPLES, Shell, chat, write_log

if TYPE_CHECKING:
    from pathlib import Path

LOGS = EXAMPLES / "logs"
UNSEEN = "Die Fähre »Kiel« kostet 777 Euro für Sie."


def ferry(**changes: Any) -> dict[str, Any]:
    """Make a run whose answer holds a number that nothing says, behind letters of several bytes."""
    call = {"id": "c", "type": "function", "function": {"name": "find_ferry", "arguments": "{}"}}
    return {
        "id": "ferry",
        "messages": [
            {"role": "user", "content": "Was kostet die Fähre?"},
            {"role": "assistant", "content": "Ich suche.", "tool_calls": [call]},
            {"role": "tool", "tool_call_id": "c", "content": changes.pop("observation", "Fähre: 129 €")},
            {"role": "assistant", "content": changes.pop("answer", UNSEEN)},
        ],
        **changes,
    }


def test_a_run_is_shown_with_its_verdict_and_its_evidence_in_place(agenther: Shell) -> None:
    done = agenther("explain", LOGS, "4-0")
    assert (done.code, done.err) == (0, "")
    lines = [line.rstrip() for line in done.out.splitlines()]
    assert lines[1].startswith("run 4-0  tau_bench, ")
    assert lines[1].endswith("airline-support.json, record 4")
    assert any(line.startswith("  goal         Hi there! Please change my flight") for line in lines)
    failed = lines.index("step 4")
    shown = [line.replace(', "payment_id": "card_2299"', "") for line in lines[failed + 1 : failed + 5]]
    assert shown == [
        "  user         Yes, go ahead.",
        "  action       change_flight",
        '  input        {"booking_id": "Z6WL1F", "segment": 1, "flight": "SK 765", "date": "2026-03-15"}',
        "  observation  Error: payment gateway timeout (504), the booking was not changed",
    ]
    assert lines[failed + 5].startswith("  ^ evidence   constraint_violation/write-error")
    assert "step 7  the run failed here" in lines
    assert "verdict  failed, by the label of the log (success false, reward 0.0)" in lines
    assert "  failed step  7" in lines
    rule = "  incomplete/no-successful-write  Detects runs in which a change was asked for or tried,"
    at = next(number for number, line in enumerate(lines) if line.startswith(rule))
    assert lines[at + 1].strip() == "the run as a whole"


def test_marks_are_where_the_bytes_are_in_other_scripts_too(agenther: Shell, tmp_path: Path) -> None:
    write_log(tmp_path / "log.jsonl", ferry())
    shown = agenther("explain", "log.jsonl", "ferry").out
    assert "  answer       Die Fähre »Kiel« kostet >>777<< Euro für Sie." in shown
    assert "               answer: Die Fähre »Kiel« kostet >>777<< Euro für Sie." in shown
    assert ", by the rules, as the log has no label" in shown
    told = agenther("explain", "log.jsonl", "ferry", "--json").json
    (piece,) = (
        piece for piece in told["evidence"] if piece["rule"] == "wrong_result/ungrounded-answer-number"
    )
    assert (piece["field"], piece["text"]) == ("final_answer", "777")
    assert UNSEEN.encode()[piece["start"] : piece["end"]] == b"777"
    assert piece["summary"].startswith("Detects numbers in the final answer")


def test_json_has_all_that_the_page_shows(agenther: Shell, tmp_path: Path) -> None:
    write_log(tmp_path / "log.jsonl", ferry(observation="x" * 5_000, success=False, failure_reason="No."))
    told = agenther("explain", "log.jsonl", "ferry", "--json").json
    assert told["source"] == {"format": "openai_chat", "path": "log.jsonl", "record": 0}
    assert told["original_prompt"] == "Was kostet die Fähre?"
    assert [step["step"] for step in told["steps"]] == [0, 1]
    assert told["steps"][0]["observation"] == "x" * 5_000
    assert told["label"]["success"] is False
    assert (told["verdict"]["is_failure"], told["verdict"]["decided_by"]) == (True, "label")
    assert "evidence" not in told["verdict"]


@pytest.mark.parametrize("log", sorted(LOGS.iterdir()), ids=lambda path: path.name)
def test_every_example_can_be_explained_and_each_span_stands_in_the_text(agenther: Shell, log: Path) -> None:
    for run in agenther("classify", log, "--json").json_lines:
        number = run["source"]["record"]
        told = agenther("explain", log, run["trajectory_id"], "--record", str(number), "--json").json
        shown = agenther("explain", log, "--record", str(number)).out
        assert f"run {run['trajectory_id']}" in shown
        assert f"{told['verdict']['failure_probability']:.2f} of a failure" in shown
        for piece in told["evidence"]:
            assert piece["rule"] in shown
            assert piece["summary"] in shown
            assert (piece["text"] is None) == (piece["start"] is None)
            if piece["text"] is not None and "\n" not in piece["text"]:
                assert f">>{piece['text']}<<" in shown


def test_long_texts_are_cut_around_the_evidence(agenther: Shell, tmp_path: Path) -> None:
    far = "ruhige See " * 1_000
    write_log(tmp_path / "log.jsonl", ferry(observation=far, answer=f"{far}777 Euro {far}"))
    shown = agenther("explain", "log.jsonl", "ferry").out
    assert "… (10,400 characters more)" in shown
    assert ">>777<< Euro" in shown
    assert len(shown) < 5_000


def test_a_rule_that_fires_everywhere_does_not_fill_the_page(agenther: Shell, tmp_path: Path) -> None:
    answer = " ".join(str(7_000 + number) for number in range(2_000))
    write_log(tmp_path / "log.jsonl", ferry(answer=answer))
    rules = [piece["rule"] for piece in agenther("explain", "log.jsonl", "ferry", "--json").json["evidence"]]
    found = rules.count("wrong_result/ungrounded-answer-number")
    shown = agenther("explain", "log.jsonl", "ferry").out
    assert f"and in {found - page.MARKS} places more" in shown
    assert len(shown) < 20_000


def test_the_text_of_a_log_is_data(agenther: Shell, tmp_path: Path) -> None:
    hostile = "[bold]x[/bold] \x1b[31mred\x07 \u202eleft\nverdict  did not fail"
    write_log(tmp_path / "log.jsonl", ferry(observation=hostile, id="[red]ferry\x1b[0m"))
    done = agenther("explain", "log.jsonl", "[red]ferry\x1b[0m")
    assert "[bold]x[/bold] \\x1b[31mred\\x07 \\u202eleft" in done.out
    assert "run [red]ferry\\x1b[0m" in done.out
    assert not set(done.out) & {"\x1b", "\x07", "\u202e"}
    (verdict,) = (line for line in done.out.splitlines() if line.startswith("verdict"))
    assert verdict.endswith(", by the rules, as the log has no label")


def terminal(monkeypatch: pytest.MonkeyPatch, **options: Any) -> io.StringIO:
    """Put a terminal of 60 columns in the place of standard output."""
    file = io.StringIO()
    screen = Console(
        file=file, force_terminal=True, width=60, highlight=False, markup=False, emoji=False, **options
    )
    monkeypatch.setattr(console, "out", screen)
    return file


def test_a_terminal_has_colours_and_lines_that_fit(
    agenther: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_log(tmp_path / "log.jsonl", ferry(observation="eine ruhige See " * 20))
    screen = terminal(monkeypatch, color_system="standard", no_color=False)
    assert agenther("explain", "log.jsonl", "ferry").code == 0
    shown = screen.getvalue()
    assert "\x1b[1;30;43m777\x1b[0m" in shown
    assert ">>" not in shown
    wrapped = [line for line in shown.splitlines() if "ruhige See" in line]
    assert len(wrapped) > 5


def test_without_colours_the_marks_are_characters(
    agenther: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_log(tmp_path / "log.jsonl", ferry())
    monkeypatch.setenv("NO_COLOR", "1")
    screen = terminal(monkeypatch)
    assert agenther("explain", "log.jsonl", "ferry").code == 0
    assert ">>777<<" in screen.getvalue()


def test_an_unknown_id_is_told_with_the_nearest(agenther: Shell, tmp_path: Path) -> None:
    write_log(tmp_path / "log.jsonl", *(chat(run_id=run_id) for run_id in ("task-12", "task-13", "other")))
    done = agenther("explain", "log.jsonl", "tsak-12")
    assert (done.code, done.out) == (2, "")
    assert done.err.strip() == "agenther: no run has the id tsak-12; the nearest: task-12, task-13"
    assert "the nearest: other" in agenther("explain", "log.jsonl", "OTH").err
    unlike = agenther("explain", "log.jsonl", "\x1b[31m").err.strip()
    assert unlike == "agenther: no run has the id \\x1b[31m; ids in the log: task-12, task-13, other"


def test_a_record_is_found_by_its_number(agenther: Shell, tmp_path: Path) -> None:
    write_log(tmp_path / "log.jsonl", chat(run_id="a"), chat(run_id="b")).open("a").write("{broken\n")
    assert "run b" in agenther("explain", "log.jsonl", "--record", "1").out
    unread = agenther("explain", "log.jsonl", "--record", "2")
    assert unread.code == 2
    assert "log.jsonl, record 2 could not be read: The record is not readable JSON" in unread.err
    missing = agenther("explain", "log.jsonl", "--record", "9")
    assert missing.code == 2
    assert "no run has the record number 9; 1 records could not be read" in missing.err
    neither = agenther("explain", "log.jsonl")
    assert neither.code == 2
    assert "needed one of them" in neither.err
    assert "needed a whole number from 0" in agenther("explain", "log.jsonl", "--record", "-1").err


def test_runs_of_one_id_are_told_apart_by_their_records(agenther: Shell, tmp_path: Path) -> None:
    write_log(tmp_path / "log.jsonl", chat(text="First."), chat(run_id="x"), chat(text="Third."))
    first = agenther("explain", "log.jsonl", "run-1")
    assert first.code == 0
    assert "First." in first.out
    assert "this is the first of 2 such runs; --record N shows another: log.jsonl, record 2" in first.err
    third = agenther("explain", "log.jsonl", "run-1", "--record", "2")
    assert "Third." in third.out
    assert third.err == ""


PACK = """
[pack]
name = "mine"
version = "1.0.0"
schema_version = 1
licence = "Apache-2.0"

[[rule]]
id = "off_topic/ferries"
name = "ferries"
summary = "Detects ferries."
label = "off_topic"
severity = 0.5
confidence = "low"
status = "stable"
since = "1.0.0"
false_positives = ["Runs about ferries."]
tags = ["test"]
group = "ferries"
weight = 3.0
type_weight = 2.0
match = { literals = ["Fähre"], field = "observation" }

[[rule.valid]]
original_prompt = "x"
steps = [{ action_name = "a", action_input = "{}", observation = "-" }]

[[rule.invalid]]
original_prompt = "x"
steps = [{ action_name = "a", action_input = "{}", observation = "Fähre" }]
"""


def test_other_rules_give_other_evidence(agenther: Shell, tmp_path: Path) -> None:
    write_log(tmp_path / "log.jsonl", ferry())
    (tmp_path / "mine.toml").write_text(PACK, encoding="utf-8")
    done = agenther("explain", "log.jsonl", "ferry", "--rules", "mine.toml", "--no-default-rules")
    assert done.code == 0, done.err
    assert "  observation  >>Fähre<<: 129 €" in done.out
    assert "  off_topic/ferries  Detects ferries." in done.out
    assert "wrong_result/" not in done.out


def test_a_run_with_nothing_in_it_has_a_page_too(agenther: Shell, tmp_path: Path) -> None:
    Trajectory(trajectory_id="empty").to_frame().write_parquet(tmp_path / "empty.parquet")
    empty = agenther("explain", "empty.parquet", "empty")
    assert empty.code == 0
    assert "incomplete/unanswered" in empty.out
    Trajectory(trajectory_id="null", steps=None).to_frame().write_parquet(tmp_path / "null.parquet")
    null = agenther("explain", "null.parquet", "null")
    assert null.code == 0
    assert "verdict  none: the run has no steps to read" in null.out
    assert agenther("explain", "null.parquet", "null", "--json").json["verdict"] is None

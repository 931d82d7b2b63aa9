"""`agenther show`: one run beside the goals that it satisfies in hindsight."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.cli.conftest import EXAMPLES, Shell, chat, write_log

if TYPE_CHECKING:
    from pathlib import Path


def test_a_run_stands_beside_its_goals(agenther: Shell, tmp_path: Path) -> None:
    write_log(tmp_path / "log.jsonl", chat(run_id="won", success=True), chat(run_id="lost"))
    done = agenther("show", "log.jsonl")
    assert (done.code, done.err) == (0, "")
    lines = [line.rstrip() for line in done.out.splitlines()]
    assert lines[1] == "run lost  openai_chat, log.jsonl, record 1"
    assert "verdict  failed, by the label of the log (success false)" in lines
    headings = [line for line in lines if line.startswith("goal 1")]
    assert len(headings) == 1
    told = agenther("show", "log.jsonl", "lost", "--json").json
    goal = told["hindsight"][0]
    beside = "\n".join(lines[lines.index(headings[0]) :])
    assert goal["goal"].split()[0] in beside
    assert beside.count('> get_order {"order_id": "FB-10877"}') >= 2 * len(told["hindsight"])
    assert "read, worked" in beside
    for slot in goal["slots"]:
        assert f"{slot['name']} = {slot['value']}" in beside
    assert f"{goal['evidence'][0]['text']} (" in beside


def test_an_abstention_is_named_and_the_run_is_shown_all_the_same(agenther: Shell, tmp_path: Path) -> None:
    run = {"messages": [{"role": "user", "content": "Hi [bold]there[/bold]\x1b[31m"}], "success": False}
    write_log(tmp_path / "log.jsonl", run)
    done = agenther("show", "log.jsonl")
    assert done.code == 0
    assert "in hindsight  no goal: no_steps" in done.out
    assert "Hi [bold]there[/bold]\\x1b[31m" in done.out


def test_without_a_failure_there_is_nothing_to_show(agenther: Shell, tmp_path: Path) -> None:
    write_log(tmp_path / "log.jsonl", chat(success=True))
    done = agenther("show", "log.jsonl")
    assert (done.code, done.err) == (
        2,
        "agenther: no run failed; 1 were read, 0 records could not be\n",
    )


def test_where_nothing_can_be_read_the_first_reject_says_why(agenther: Shell, tmp_path: Path) -> None:
    (tmp_path / "empty.json").touch()
    (tmp_path / "odd.json").write_text('{"a": 1}')
    assert agenther("show", "empty.json").err.strip().endswith("no record could be: the log holds none")
    assert "odd.json, record 0: The record is an object with the keys `a`" in agenther("show", "odd.json").err


def test_every_failed_run_of_the_examples_can_be_shown(agenther: Shell) -> None:
    listed = agenther("classify", EXAMPLES / "logs" / "retail-support.jsonl", "--json").json_lines
    failed = [run["trajectory_id"] for run in listed if run["verdict"]["is_failure"]]
    assert failed
    for run in failed:
        assert agenther("show", EXAMPLES / "logs" / "retail-support.jsonl", run).code == 0

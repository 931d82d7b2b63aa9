"""The commands around the main job: classify, formats, validate."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import agenther
from tests.cli.conftest import EXAMPLES, Shell, chat, write_log


def test_classify_shows_failures_and_gives_every_run_as_json(agenther: Shell, tmp_path: Path) -> None:
    write_log(tmp_path / "log.jsonl", chat(run_id="good", success=True), chat(run_id="bad"))
    shown = agenther("classify", "log.jsonl")
    assert shown.code == 0
    assert "bad" in shown.out
    assert "good" not in shown.out
    runs = agenther("classify", "log.jsonl", "--json").json_lines
    assert [(run["trajectory_id"], run["verdict"]["is_failure"]) for run in runs] == [
        ("good", False),
        ("bad", True),
    ]


def test_classify_names_what_it_could_not_read(agenther: Shell) -> None:
    done = agenther("classify", EXAMPLES / "logs" / "with-rejects.jsonl")
    assert done.code == 1
    assert "record 1" in done.err
    assert "record 2" in done.err


def test_formats_are_listed_and_told(agenther: Shell) -> None:
    for arguments in (["--list"], []):
        listed = agenther("formats", *arguments, "--json").json
        assert {"openai_chat", "tau_bench"} <= {entry["format"] for entry in listed}
    assert "`messages` of `role` and `content`" in agenther("formats", "--list").out
    found = agenther("formats", EXAMPLES / "logs", "--json").json
    assert {Path(file["path"]).name: file["format"] for file in found} == {
        "airline-support.json": "tau_bench",
        "assistant-tools.jsonl.gz": "openai_chat",
        "encyclopedia-qa.json": "react",
        "household-and-coding.jsonl": "mint",
        "research-desk.json": "agenther",
        "retail-support.jsonl": "openai_chat",
        "shell-ops.json": "intercode",
        "sql-analytics.json": "intercode",
        "with-rejects.jsonl": "openai_chat",
    }


def test_formats_say_how_much_there_is_and_how_it_lies(agenther: Shell, tmp_path: Path) -> None:
    write_log(tmp_path / "log.jsonl", chat(), chat()).open("a").write("{broken\n")
    (file,) = agenther("formats", "log.jsonl", "--json").json
    assert (file["records"], file["runs"], file["rejects"]) == (3, 2, 1)
    assert file["layout"] == "one record a line"
    shown = agenther("formats", "log.jsonl")
    assert shown.code == 1
    assert "one record a line" in shown.out
    assert "openai_chat" in shown.out
    assert "log.jsonl: 1 of 3 records cannot be read; of the first: The record is not" in shown.err


def test_a_file_of_no_known_format_is_a_problem(agenther: Shell, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("Milk, eggs, bread.\n")
    (tmp_path / "other.jsonl").write_text('{"surprise": 1}\n')
    done = agenther("formats", "notes.txt", "other.jsonl")
    assert done.code == 1
    first = "1 of 1 records cannot be read; of the first:"
    assert f"notes.txt: {first} The file holds no JSON: it looks like plain text." in done.err
    assert f"other.jsonl: {first} The record is an object with the keys `surprise`" in done.err
    (tmp_path / "empty.jsonl").touch()
    assert "empty.jsonl: It holds no record." in agenther("formats", "empty.jsonl").err


@pytest.mark.parametrize("command", [("run", "-o", "out"), ("classify",), ("formats",), ("rules", "eval")])
def test_where_there_is_nothing_to_read_the_answer_is_one(
    command: tuple[str, ...], agenther: Shell, tmp_path: Path
) -> None:
    (tmp_path / "empty.jsonl").touch()
    done = agenther(*command, "empty.jsonl")
    assert done.code == 2
    assert "no record is in empty.jsonl: 1 file was read, with nothing in them" in done.err


@pytest.mark.parametrize("command", [("run", "-o", "out"), ("classify",), ("formats",)])
def test_what_of_a_folder_is_not_read_is_told(
    command: tuple[str, ...], agenther: Shell, tmp_path: Path
) -> None:
    (tmp_path / "logs").mkdir()
    write_log(tmp_path / "logs" / "log.jsonl", chat())
    assert "passed over" not in agenther(*command, "logs").err
    for name in ("a.png", "b.PNG", "LICENSE"):
        (tmp_path / "logs" / name).touch()
    done = agenther(*command, "logs")
    assert done.code == 0
    assert "3 files were passed over (2 .png, 1 without a suffix)" in done.err
    if command[0] == "run":
        summary = json.loads((tmp_path / "out" / "summary.json").read_text())
        assert (summary["passed_over"], summary["passed_over_by_suffix"][".png"]) == (3, 2)


def test_the_limit_of_a_record_is_an_option(agenther: Shell, tmp_path: Path) -> None:
    write_log(tmp_path / "log.jsonl", chat())
    for command in (["classify"], ["run", "-o", "out"]):
        assert agenther(*command, "log.jsonl", "--max-record-bytes", "1000000").code == 0
        small = agenther(*command, "log.jsonl", "--max-record-bytes", "10")
        assert small.code == 1
        assert "more than the limit of 10; raise `max_record_bytes`" in small.err


def test_a_mapping_is_drafted_and_reads_the_log(agenther: Shell, tmp_path: Path) -> None:
    turn = {"tool": "look", "args": {"at": "the sea"}, "result": "It is calm."}
    write_log(tmp_path / "log.jsonl", {"task": "Say how the sea is today.", "watches": [turn]})
    unknown = agenther("formats", "log.jsonl")
    assert unknown.code == 1
    assert "--suggest" in unknown.err
    drafted = agenther("formats", "--suggest", "log.jsonl")
    assert drafted.code == 0
    assert agenther("formats", "--suggest", "log.jsonl", "--json").json == {"mapping": drafted.out}
    (tmp_path / "mapping.toml").write_text(drafted.out)
    (file,) = agenther("formats", "log.jsonl", "--mapping", "mapping.toml", "--json").json
    assert (file["runs"], file["rejects"]) == (1, 0)
    for command in (["classify"], ["run", "-o", "out"]):
        assert agenther(*command, "log.jsonl", "--mapping", "mapping.toml").code == 0
    (tmp_path / "mapping.toml").write_text("nonsense = 1")
    refused = agenther("classify", "log.jsonl", "--mapping", "mapping.toml")
    assert refused.code == 2
    assert "mapping.toml, line 1, column 1" in refused.err


def test_standard_input_is_read(agenther: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = write_log(tmp_path / "log.jsonl", chat())
    for command in (["classify", "-", "--json"], ["formats", "-", "--json"], ["run", "-", "-o", "out"]):
        with log.open(encoding="utf-8") as standard_input:
            monkeypatch.setattr(sys, "stdin", standard_input)
            assert agenther(*command).code == 0
    assert (tmp_path / "out" / "sft.jsonl").exists()


def test_rejects_go_where_they_are_told_and_too_many_end_the_command(agenther: Shell, tmp_path: Path) -> None:
    write_log(tmp_path / "log.jsonl", chat()).open("a").write("{broken\n")
    done = agenther("classify", "log.jsonl", "--rejects", "kept.jsonl")
    assert done.code == 1
    assert "1 record was not read; kept.jsonl has each with the reason" in done.err
    assert json.loads((tmp_path / "kept.jsonl").read_text())["reason"] == "invalid_json"
    assert agenther("classify", "log.jsonl", "--on-error", "skip").code == 0
    for refused in (["--on-error", "raise"], ["--max-rejects", "0"], ["--max-rejects", "0.4"]):
        done = agenther("classify", "log.jsonl", *refused)
        assert done.code == 4, refused
        assert "given up:" in done.err
    for budget in ("-1", "1.5", "few"):
        done = agenther("classify", "log.jsonl", f"--max-rejects={budget}")
        assert done.code == 2
        assert "needed a whole number from 0, or a share from 0.0 to 1.0" in done.err


def test_a_reward_is_a_success_from_where_it_is_told(agenther: Shell, tmp_path: Path) -> None:
    write_log(tmp_path / "log.jsonl", {**chat(success=None), "reward": 0.6})
    for bar, failed in (("0.5", False), ("0.7", True)):
        (run,) = agenther("classify", "log.jsonl", "--json", "--success-at", bar).json_lines
        assert run["verdict"]["is_failure"] == failed
    assert "needed a number" in agenther("classify", "log.jsonl", "--success-at", "high").err


def test_validate_passes_what_run_writes_and_finds_what_is_broken(agenther: Shell, tmp_path: Path) -> None:
    agenther("run", EXAMPLES / "logs", "-o", "out")
    files = [f"out/{name}.jsonl" for name in ("sft", "dpo", "sharegpt")]
    assert agenther("validate", *files).code == 0
    (tmp_path / "bad.jsonl").write_text('{"messages": []}\n')
    done = agenther("validate", "bad.jsonl", files[0])
    assert done.code == 1
    assert "bad.jsonl, row 0" in done.out
    problems = agenther("validate", "bad.jsonl", "--json").json
    assert [problem["row"] for problem in problems["bad.jsonl"]] == [0]


@pytest.mark.parametrize("command", ["run", "classify", "explain", "formats", "rules", "validate"])
def test_every_command_explains_itself(agenther: Shell, command: str) -> None:
    done = agenther(command, "--help")
    assert done.code == 0
    assert done.out.startswith(f"usage: agenther {command}")


def test_help_shows_the_defaults_of_options(agenther: Shell) -> None:
    said = " ".join(agenther("run", "--help").out.split())
    for default in ("sft,dpo,sharegpt", "failed", "0.5", "0.3", "3", "0", "template", "reject"):
        assert f"(default: {default})" in said
    assert "(default: None)" not in said
    assert "(default: False)" not in said
    assert "(default: 100)" in " ".join(agenther("validate", "--help").out.split())


def test_the_script_is_installed() -> None:
    script = Path(sys.executable).with_name("agenther")
    if not script.exists():
        pytest.skip(f"agenther is not installed beside {sys.executable}")
    done = subprocess.run([script, "--version"], capture_output=True, text=True, check=False)
    assert done.stdout.split() == ["agenther", agenther.__version__]


def test_a_reader_that_goes_away_is_no_error(tmp_path: Path) -> None:
    log = write_log(tmp_path / "log.jsonl", *[chat()] * 5_000)
    command = [sys.executable, "-m", "agenther.cli", "classify", "--json", str(log)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as reading:
        assert reading.stdout is not None
        assert json.loads(reading.stdout.readline())["trajectory_id"] == "run-1"
        reading.stdout.close()
        assert reading.stderr is not None
        assert reading.stderr.read() == b""
        assert reading.wait(timeout=60) == 0


def test_rules_are_listed_and_explained(agenther: Shell) -> None:
    listed = [rule["id"] for rule in agenther("rules", "list", "--json").json]
    assert "incomplete/no-terminal-action" in listed
    page = agenther("rules", "explain", listed[0])
    assert page.code == 0
    assert page.out.startswith(f"# {listed[0]}")
    unknown = agenther("rules", "explain", "incomplete/no-such-rule")
    assert unknown.code == 2
    assert "incomplete/no-such-rule" in unknown.err
    assert {rule["severity"] for rule in agenther("rules", "list", "--json").json} <= {
        share / 20 for share in range(21)
    }


def test_what_is_off_is_listed_as_off(agenther: Shell, tmp_path: Path) -> None:
    text = '[pack]\nname = "m"\nversion = "1"\nschema_version = 1\nlicence = "MIT"\n[[override]]\n'
    (tmp_path / "mine.toml").write_text(f'{text}rule = "incomplete/step-limit"\nenabled = false\n')
    listed = agenther("rules", "list", "--rules", "mine.toml").out.splitlines()
    off = [line.split()[0] for line in listed if ", off" in line]
    assert off == ["incomplete/step-limit"]


def test_no_rules_at_all_are_a_mistake(agenther: Shell) -> None:
    for command in (["list"], ["check"], ["test"]):
        done = agenther("rules", *command, "--no-default-rules")
        assert done.code == 2
        assert "--no-default-rules leaves no rule" in done.err


def test_each_mistake_of_a_pack_stands_on_a_line(agenther: Shell, tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text("[[rule]]\nsurprise = 1\n")
    done = agenther("classify", "mine.toml", "--rules", "mine.toml")
    assert done.code == 2
    assert len(done.err.splitlines()) > 1
    assert "\\n" not in done.err
    assert "rules" not in done.out


def test_the_default_pack_is_sound(agenther: Shell) -> None:
    assert agenther("rules", "check").code == 0
    assert agenther("rules", "test").code == 0


def test_a_pack_with_a_mistake_is_named_with_its_place(agenther: Shell, tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text("[[rule]]\nsurprise = 1\n")
    checked = agenther("rules", "check", "mine.toml")
    assert checked.code == 1
    assert "mine.toml:2:1" in checked.out
    assert "surprise" in checked.out
    write_log(tmp_path / "log.jsonl", chat())
    refused = agenther("classify", "log.jsonl", "--rules", "mine.toml")
    assert refused.code == 2
    assert "surprise" in refused.err


CHANGE = """
[pack]
name = "mine"
version = "1.0.0"
schema_version = 1
licence = "Apache-2.0"

[[override]]
rule = "incomplete/no-terminal-action"
severity = 0.125
"""


def test_a_pack_that_only_changes_rules_is_checked_with_what_it_changes(
    agenther: Shell, tmp_path: Path
) -> None:
    (tmp_path / "mine.toml").write_text(CHANGE)
    assert agenther("rules", "check", "mine.toml").code == 0
    alone = agenther("rules", "check", "mine.toml", "--no-default-rules")
    assert alone.code == 1
    assert "mine.toml:9:8: error[unknown-rule]" in alone.out
    assert agenther("rules", "test", "mine.toml", "--json").json == []
    listed = agenther("rules", "list", "--rules", "mine.toml", "--json").json
    (changed,) = (rule for rule in listed if rule["changed_by"])
    assert (changed["id"], changed["severity"]) == ("incomplete/no-terminal-action", 0.125)
    near = CHANGE.replace("no-terminal-action", "no-terminal-acton")
    (tmp_path / "mine.toml").write_text(near)
    assert "Did you mean `incomplete/no-terminal-action`?" in agenther("rules", "check", "mine.toml").out


def test_rules_are_written_as_pages(agenther: Shell, tmp_path: Path) -> None:
    done = agenther("rules", "docs", "-o", "pages")
    assert done.code == 0
    ids = [rule["id"] for rule in agenther("rules", "list", "--json").json]
    pages = tmp_path / "pages"
    assert sorted(path.relative_to(pages).as_posix() for path in pages.rglob("*.md")) == sorted(
        ["index.md", *(f"{rule}.md" for rule in ids)]
    )
    links = re.findall(r"\]\(([^)]+)\)", (pages / "index.md").read_text("utf-8"))
    assert all((pages / link).is_file() for link in links)
    assert len(links) == len(ids)
    assert agenther("rules", "docs", "-o", "pages", "--json").json["pages"] == len(ids) + 1


def test_the_schema_of_packs_is_printed(agenther: Shell) -> None:
    schema = agenther("rules", "schema")
    assert schema.code == 0
    assert {"rule", "override", "label"} <= set(schema.json["$defs"])


def test_rules_are_held_against_labels(agenther: Shell, tmp_path: Path) -> None:
    write_log(tmp_path / "good.jsonl", chat(success=True), chat(success=None))
    write_log(
        tmp_path / "bad.jsonl", chat(text="It costs 4711 and 815."), chat(text="It costs 4711 and 815.")
    )
    done = agenther("rules", "eval", "good.jsonl", "bad.jsonl", "--json")
    assert done.code == 0
    (rule,) = (rule for rule in done.json["rules"] if rule["rule"] == "wrong_result/ungrounded-amounts")
    assert (rule["hits"], rule["failures"], rule["precision"]) == (2, 2, 1.0)
    assert rule["coverage"] == pytest.approx(2 / 3)
    assert (done.json["runs"], done.json["left_out"], done.json["auc"]) == (3, 1, 1.0)
    shown = agenther("rules", "eval", "good.jsonl", "bad.jsonl")
    assert "wrong_result/ungrounded-amounts" in shown.out
    assert "base_rate" in shown.out
    assert shown.err == ""


def test_rules_cannot_be_held_against_logs_without_labels(agenther: Shell, tmp_path: Path) -> None:
    write_log(tmp_path / "log.jsonl", chat(success=None)).open("a").write("{broken\n")
    done = agenther("rules", "eval", "log.jsonl")
    assert done.code == 1
    assert "none of the 1 runs read has a label" in done.err
    assert "record 1" in done.err


def labelled_chats(count: int) -> list[dict[str, Any]]:
    """Give chats of which every other one asks the same tool the same twice, and failed."""
    chats = []
    for at in range(count):
        call = {"id": "c", "type": "function", "function": {"name": "search", "arguments": '{"q": "ferry"}'}}
        asked = [
            {"role": "assistant", "content": None, "tool_calls": [call]},
            {"role": "tool", "tool_call_id": "c", "content": "3 ferries"},
        ]
        chats.append(
            {
                "messages": [
                    {"role": "user", "content": f"Find ferry {at}"},
                    *asked * (1 + at % 2),
                    {"role": "assistant", "content": "There are 3."},
                ],
                "success": at % 2 == 0,
                "metadata": {"task of": at},
            }
        )
    return chats


def test_rules_are_fitted_and_the_pack_is_used(agenther: Shell, tmp_path: Path) -> None:
    lines = [json.dumps(chat) for chat in labelled_chats(40)]
    (tmp_path / "logs.jsonl").write_text("\n".join(lines), encoding="utf-8")
    done = agenther("rules", "fit", "logs.jsonl", "-o", "mine.toml", "--date", "2026-11-22")
    assert done.code == 0, done.err
    assert "use it with --rules mine.toml" in done.out
    pack = (tmp_path / "mine.toml").read_text(encoding="utf-8")
    assert agenther("rules", "fit", "logs.jsonl", "--date", "2026-11-22").out == pack
    told = agenther("rules", "fit", "logs.jsonl", "--date", "2026-11-22", "--json").json
    assert told["pack"] == pack
    judged = agenther("rules", "eval", "logs.jsonl", "--rules", "mine.toml", "--json").json
    assert (judged["runs"], judged["auc"], judged["macro_f1"]) == (40, 1.0, 1.0)
    truth = {(row["truth"], row["verdict"]): row["runs"] for row in judged["confusion"]}
    assert truth == {("failure", "failure"): 20, ("success", "success"): 20}


def test_rules_cannot_be_fitted_on_too_few_labels(agenther: Shell, tmp_path: Path) -> None:
    lines = [json.dumps(chat) for chat in labelled_chats(8)]
    (tmp_path / "logs.jsonl").write_text("\n".join(lines), encoding="utf-8")
    done = agenther("rules", "fit", "logs.jsonl", "-o", "mine.toml")
    assert done.code == 2
    assert "found 8 labelled runs, 4 failures and 4 successes; to fit rules takes 20" in done.err
    assert not (tmp_path / "mine.toml").exists()


def test_a_field_that_tells_no_task_or_type_is_told(agenther: Shell, tmp_path: Path) -> None:
    lines = [json.dumps({**chat, "kind": "odd"}) for chat in labelled_chats(40)]
    (tmp_path / "logs.jsonl").write_text("\n".join(lines), encoding="utf-8")
    done = agenther("rules", "fit", "logs.jsonl", "--task", "nosuch")
    assert done.code == 2
    assert "all 40 labelled runs are of one task" in done.err
    assert "found the date yesterday" in agenther("rules", "fit", "logs.jsonl", "--date", "yesterday").err
    told = agenther("rules", "eval", "logs.jsonl", "--types", "nosuch")
    assert "none of 20 failures has its type in the field nosuch of its metadata" in told.err
    unknown = agenther("rules", "eval", "logs.jsonl", "--types", "kind")
    assert "the field kind has types that there are not: odd; known are incomplete," in unknown.err

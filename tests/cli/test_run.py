"""`agenther run`: every record accounted for, files whole or absent, errors in sentences."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import polars as pl
import pytest

import agenther as ah
from agenther.job import Account, AccountError
from tests.cli.conftest import EXAMPLES, Shell, chat, write_log

if TYPE_CHECKING:
    from pathlib import Path


def lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_every_record_of_the_examples_is_accounted_for(agenther: Shell, tmp_path: Path) -> None:
    done = agenther("run", EXAMPLES / "logs", "-o", "out", "--json")
    account = done.json
    assert done.code == 1, "two of the records are unreadable on purpose"
    assert account["records"] == account["written"] + account["skipped"] + account["rejected"]
    assert (account["files"], account["read"], account["rejected"]) == (9, 56, 2)
    assert json.loads((tmp_path / "out" / "summary.json").read_text()) == account
    reasons = [reject["reason"] for reject in lines(tmp_path / "out" / "rejects.jsonl")]
    assert reasons == ["truncated", "unknown_shape"]


def test_the_rows_in_the_files_are_those_of_the_account(agenther: Shell, tmp_path: Path) -> None:
    account = agenther("run", EXAMPLES / "logs", "-o", "out", "--json").json
    for name, rows in account["rows"].items():
        assert len(lines(tmp_path / "out" / f"{name}.jsonl")) == rows
        assert len(lines(tmp_path / "out" / f"{name}.provenance.jsonl")) == rows
    runs = {
        (row["source"]["path"], row["source"]["record"])
        for name in account["rows"]
        for row in lines(tmp_path / "out" / f"{name}.provenance.jsonl")
        if isinstance(row["source"], dict)
    }
    assert len(runs) == account["written"]


def test_the_same_logs_give_the_same_bytes(agenther: Shell, tmp_path: Path) -> None:
    for out in ("one", "two"):
        agenther("run", EXAMPLES / "logs", "-o", out)
    names = sorted(path.name for path in (tmp_path / "one").iterdir())
    assert names == sorted(path.name for path in (tmp_path / "two").iterdir())
    for name in names:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


@pytest.mark.parametrize(
    ("which", "skipped"),
    [("failed", {"a": "not_failed"}), ("unlabelled", {"a": "labelled", "b": "labelled"}), ("all", {})],
)
def test_which_runs_are_relabelled(
    agenther: Shell, tmp_path: Path, which: str, skipped: dict[str, str]
) -> None:
    runs = [chat(run_id="a", success=True), chat(run_id="b"), chat(run_id="c", success=None)]
    write_log(tmp_path / "log.jsonl", *runs)
    account = agenther("run", "log.jsonl", "-o", "out", "--which", which, "--json").json
    reasons = {reason for reason in account["skipped_by_reason"] if reason in {"not_failed", "labelled"}}
    assert reasons == set(skipped.values())
    assert account["records"] == 3 == account["written"] + account["skipped"]


def test_rejects_can_stand_elsewhere_or_nowhere(agenther: Shell, tmp_path: Path) -> None:
    write_log(tmp_path / "log.jsonl", chat()).open("a").write("{broken\n")
    done = agenther("run", "log.jsonl", "-o", "out", "--rejects", "kept/rejects.jsonl")
    assert done.code == 1
    assert len(lines(tmp_path / "kept" / "rejects.jsonl")) == 1
    assert not (tmp_path / "out" / "rejects.jsonl").exists()
    done = agenther("run", "log.jsonl", "-o", "out", "--on-error", "skip", "--json")
    assert done.code == 0
    assert done.json["rejected_by_reason"] == {"invalid_json": 1}
    assert not (tmp_path / "out" / "rejects.jsonl").exists()


@pytest.mark.parametrize(
    "refused", [["--on-error", "raise"], ["--max-rejects", "0"], ["--max-rejects", "0.2"]]
)
def test_a_job_that_is_given_up_leaves_the_rejects_alone(
    agenther: Shell, tmp_path: Path, refused: list[str]
) -> None:
    write_log(tmp_path / "log.jsonl", chat()).open("a").write("{broken\n")
    done = agenther("run", "log.jsonl", "-o", "out", "--rejects", "rejects.jsonl", *refused)
    assert done.code == 4
    assert "no file of training data was written" in done.err
    assert list((tmp_path / "out").iterdir()) == []
    assert len(lines(tmp_path / "rejects.jsonl")) == 1


def test_a_job_within_its_budget_is_done(agenther: Shell, tmp_path: Path) -> None:
    write_log(tmp_path / "log.jsonl", chat()).open("a").write("{broken\n")
    assert agenther("run", "log.jsonl", "-o", "out", "--max-rejects", "0.5").code == 1
    assert agenther("run", "log.jsonl", "-o", "out", "--max-rejects", "1").code == 1
    assert (tmp_path / "out" / "sft.jsonl").exists()


def test_only_the_exports_asked_for_are_written(agenther: Shell, tmp_path: Path) -> None:
    write_log(tmp_path / "log.jsonl", chat())
    assert agenther("run", "log.jsonl", "-o", "out", "--to", "sft").code == 0
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "rejects.jsonl",
        "relabelled.jsonl",
        "sft.jsonl",
        "sft.provenance.jsonl",
        "summary.json",
    ]


def test_bytes_that_are_no_text_are_kept_in_base64(agenther: Shell, tmp_path: Path) -> None:
    (tmp_path / "log.jsonl").write_bytes(json.dumps(chat()).encode() + b'\n{"messages": "\xff\xfe\n')
    assert agenther("run", "log.jsonl", "-o", "out").code == 1
    (reject,) = lines(tmp_path / "out" / "rejects.jsonl")
    assert reject["record"] == 1
    assert "raw_base64" in reject


def test_earlier_output_is_not_read_as_a_log(agenther: Shell, tmp_path: Path) -> None:
    write_log(tmp_path / "log.jsonl", chat())
    first = agenther("run", ".", "-o", "out", "--json").json
    assert agenther("run", ".", "-o", "out", "--json").json == first
    done = agenther("run", "out", "-o", "out")
    assert done.code == 2
    assert "output folder" in done.err


def test_a_log_cannot_speak_to_the_terminal(agenther: Shell, tmp_path: Path) -> None:
    hostile = "\x1b[2J\x1b]0;owned\x07[bold]x[/bold]\r\n../../etc/passwd"
    write_log(tmp_path / "log.jsonl", chat(run_id=hostile, text=hostile))
    done = agenther("classify", "log.jsonl")
    assert done.code == 0
    assert "\x1b" not in done.out + done.err
    assert "[bold]x[/bold]" in done.out
    assert agenther("run", "log.jsonl", "-o", "out").code == 0
    assert not {path.name for path in tmp_path.iterdir()} - {"log.jsonl", "out"}


@pytest.mark.parametrize(
    "name", ["[bold]log.jsonl", "-x.jsonl", "ünï code.jsonl", "a;rm -rf b.jsonl", "*.jsonl"]
)
def test_odd_file_names_are_names(agenther: Shell, tmp_path: Path, name: str) -> None:
    write_log(tmp_path / name, chat())
    done = agenther("run", "--json", "-o", "out", "--", name)
    assert (done.code, done.json["read"]) == (0, 1)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["run", "nowhere.jsonl", "-o", "out"], "nowhere.jsonl"),
        (["run", "log.jsonl"], "--out"),
        (["run", "log.jsonl", "-o", "log.jsonl"], "log.jsonl"),
        (["run", "log.jsonl", "-o", "out", "--to", "sft,xml"], "xml"),
        (["run", "log.jsonl", "-o", "out", "--min-confidence", "2"], "from 0 to 1"),
        (["run", "log.jsonl", "-o", "out", "--format", "binary"], "binary"),
        (["classify", "nowhere"], "nowhere"),
        (["validate", "nowhere.jsonl"], "nowhere.jsonl"),
        (["conquer"], "conquer"),
    ],
)
def test_wrong_usage_is_answered_with_a_sentence(
    agenther: Shell, tmp_path: Path, arguments: list[str], said: str
) -> None:
    write_log(tmp_path / "log.jsonl", chat())
    done = agenther(*arguments)
    assert done.code == 2
    assert said in done.err
    assert "Traceback" not in done.err
    assert not (tmp_path / "out" / "summary.json").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="signals are those of POSIX")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_job_leaves_nothing_behind(tmp_path: Path, number: signal.Signals) -> None:
    # So long that the job is still at it when the signal comes.
    log, out = write_log(tmp_path / "log.jsonl", *[chat()] * 50_000), tmp_path / "out"
    command = [sys.executable, "-m", "agenther.cli", "run", str(log), "-o", str(out)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as job:
        while not list(out.glob(".agenther-*")) and job.poll() is None:
            time.sleep(0.01)
        job.send_signal(number)
        _, err = job.communicate(timeout=60)
    assert job.returncode == 130
    assert "interrupted" in err
    assert list(out.iterdir()) == []


def test_an_account_that_does_not_add_up_is_an_error() -> None:
    account = Account(records=3, read=3, written=2)
    with pytest.raises(AccountError, match="3 records, but 2 written"):
        account.check()


def test_a_log_that_has_grown_gives_only_what_is_new(agenther: Shell, tmp_path: Path) -> None:
    logs = tmp_path / "logs"
    shutil.copytree(EXAMPLES / "logs", logs)
    first = agenther("run", "logs", "-o", "one", "--json").json
    again = agenther("run", "logs", "one", "-o", "two", "--json").json
    assert (again["written"], again["goals"], sum(again["rows"].values())) == (0, 0, 0)
    assert again["skipped_by_reason"]["relabelled_before"] == first["written"]
    assert again["records"] == first["records"] == again["skipped"] + again["rejected"]

    write_log(logs / "grown.jsonl", chat(run_id="yesterday"))
    new = agenther("run", "logs", "one", "two", "-o", "three", "--json").json
    assert new["written"] == 1
    pairs = [row for name in ("one", "three") for row in lines(tmp_path / name / "sft.jsonl")]
    assert len({json.dumps(pair) for pair in pairs}) == len(pairs)


def test_a_pair_is_written_once_however_often_it_was_logged(agenther: Shell, tmp_path: Path) -> None:
    runs = [chat(run_id=run_id) for run_id in "ab"]
    write_log(tmp_path / "log.jsonl", *runs)
    account = agenther("run", "log.jsonl", "-o", "out", "--json").json
    assert account["written"] == 1
    assert account["skipped_by_reason"] == {"same_content": 1}
    assert account["goals_repeated"] == account["goals"]

    # Another run that demonstrates the same, in the same words.
    other = chat(run_id="a")
    other["messages"].insert(0, {"role": "system", "content": "You serve customers."})
    write_log(tmp_path / "log.jsonl", runs[0], other)
    account = agenther("run", "log.jsonl", "-o", "out", "--json").json
    assert account["skipped_by_reason"] == {"repeated": 1}


def test_a_run_is_written_once_in_whatever_words_its_id_asks_for(agenther: Shell, tmp_path: Path) -> None:
    write_log(tmp_path / "log.jsonl", *(chat(run_id=f"run-{number}") for number in range(20)))
    account = agenther("run", "log.jsonl", "-o", "out", "--json").json
    assert (account["written"], account["skipped_by_reason"]) == (1, {"same_content": 19})
    assert account["relabelled"] == 20
    again = agenther("run", "log.jsonl", "out", "-o", "two", "--json").json
    assert again["skipped_by_reason"] == {"relabelled_before": 20}


def test_the_newest_output_knows_what_is_in_those_before(agenther: Shell, tmp_path: Path) -> None:
    logs = tmp_path / "logs"
    logs.mkdir()
    for number in range(4):
        order = json.loads(json.dumps(chat(run_id=f"run-{number}")).replace("10877", f"1087{number}"))
        write_log(logs / f"{number}.jsonl", order)
        newest = [f"out{number - 1}"] if number else []
        account = agenther("run", "logs", *newest, "-o", f"out{number}", "--json").json
        assert account["written"] == 1
        assert account["skipped_by_reason"].get("relabelled_before", 0) == len(runs_of(tmp_path, number - 1))
    assert len(runs_of(tmp_path, 3)) == 4
    both = agenther("run", "logs", "out0", "out3", "-o", "all", "--json").json
    assert (both["written"], both["goals"]) == (0, 0)
    ledger = (tmp_path / "all" / "relabelled.jsonl").read_text().splitlines()
    assert len(ledger) == len(set(ledger)) == len(runs_of(tmp_path, 3)), "each line is carried once"


def runs_of(folder: Path, number: int) -> set[object]:
    path = folder / f"out{number}" / "relabelled.jsonl"
    return {line["run"] for line in lines(path)} if path.exists() else set()


def test_an_output_that_is_named_as_a_log_is_not_replaced(agenther: Shell, tmp_path: Path) -> None:
    write_log(tmp_path / "log.jsonl", chat())
    agenther("run", "log.jsonl", "-o", "out")
    before = {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()}
    write_log(tmp_path / "log.jsonl", chat(), chat(run_id="new", text="Another end."))
    for name in ("out", "out/sft.jsonl", "./out/"):
        done = agenther("run", "log.jsonl", name, "-o", "out")
        assert done.code == 2
        assert "is the output folder out or in it, whose files are about to be replaced" in done.err
    assert {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()} == before


def test_thoughts_and_masks_are_chosen(agenther: Shell, tmp_path: Path) -> None:
    for out, *options in (
        ("plain",),
        ("template", "--thoughts", "template"),
        ("keep", "--thoughts", "keep"),
        ("train", "--to", "sft", "--mask", "train"),
        ("weight", "--to", "sft", "--mask", "weight"),
    ):
        assert agenther("run", EXAMPLES / "logs", "-o", out, *options).code == 1, "two rejects on purpose"
        assert agenther("validate", f"{out}/sft.jsonl").code == 0
    texts = {path.parent.name: path.read_text() for path in tmp_path.glob("*/sft.jsonl")}
    assert texts["plain"] == texts["template"] != texts["keep"]
    assert '"train":false' in texts["train"]
    assert '"weight":0' in texts["weight"]
    assert '"arguments":"{' in texts["weight"], "as the API of OpenAI takes it"
    done = agenther("run", EXAMPLES / "logs", "-o", "refused", "--mask", "train")
    assert done.code == 2
    assert "dpo: found mask 'train', needed None" in done.err
    assert not (tmp_path / "refused").exists()


@pytest.mark.parametrize(
    "content", [b"\xff\x00garbage", b"[1]", b'{"tool": 1, "text": "x", "parameters": [], "fields": []}']
)
def test_a_file_of_no_moulds_is_named(agenther: Shell, tmp_path: Path, content: bytes) -> None:
    write_log(tmp_path / "log.jsonl", chat())
    (tmp_path / "moulds.jsonl").write_bytes(b"\n" + content + b"\n")
    done = agenther("run", "log.jsonl", "-o", "out", "--moulds", "moulds.jsonl")
    assert done.code == 2
    assert "moulds.jsonl, line 2: found" in done.err


def test_a_seed_of_nought_is_one(agenther: Shell, tmp_path: Path) -> None:
    write_log(tmp_path / "log.jsonl", chat())
    assert agenther("run", "log.jsonl", "-o", "out", "--seed", "0").code == 0
    done = agenther("run", "log.jsonl", "-o", "out", "--seed", str(2**64))
    assert done.code == 2
    assert "seed: found 18446744073709551616" in done.err


def test_a_run_without_steps_or_goals_is_accounted_for(agenther: Shell, tmp_path: Path) -> None:
    rows = [{"trajectory_id": "a", "steps": None}, {"trajectory_id": "b", "steps": []}]
    runs = pl.DataFrame(rows, schema={"trajectory_id": pl.String(), "steps": ah.schema.STEPS})
    runs.with_columns(success=False).write_parquet(tmp_path / "runs.parquet")
    account = agenther("run", "runs.parquet", "-o", "out", "--which", "all", "--json").json
    assert (account["records"], account["written"], account["goals"]) == (2, 0, 0)
    assert account["skipped"] + account["rejected"] == 2


def test_a_broken_ledger_is_named(agenther: Shell, tmp_path: Path) -> None:
    write_log(tmp_path / "log.jsonl", chat())
    agenther("run", "log.jsonl", "-o", "one")
    (tmp_path / "one" / "relabelled.jsonl").write_text('{"run": 1}\n')
    done = agenther("run", "log.jsonl", "one", "-o", "two")
    assert done.code == 2
    assert "relabelled.jsonl, line 1: found" in done.err
    assert not (tmp_path / "two" / "sft.jsonl").exists()


def parcel(number: str, prompt: str, *, success: bool) -> dict[str, object]:
    """Make a run that tracks a parcel."""
    arguments = json.dumps({"parcel_id": number})
    call = {"id": "c1", "type": "function", "function": {"name": "trackParcel", "arguments": arguments}}
    result = json.dumps({"status": "in transit", "city": "Lyon", "weight_kg": 3})
    return {
        "id": f"run-{number}",
        "success": success,
        "messages": [
            {"role": "user", "content": prompt},
            {"role": "assistant", "content": None, "tool_calls": [call]},
            {"role": "tool", "tool_call_id": "c1", "content": result},
            {"role": "assistant", "content": "Sorry, I cannot do that."},
        ],
    }


def test_goals_are_worded_as_the_users_of_the_logs_do(agenther: Shell, tmp_path: Path) -> None:
    status = "Can you tell me the status of parcel {}?"
    taught = [parcel(number, status.format(number), success=True) for number in ("PK-1042", "PK-7711")]
    failed = parcel("PK-3300", "Redirect parcel PK-3300 to Main Street 5 by noon.", success=False)
    write_log(tmp_path / "log.jsonl", *taught, failed)
    account = agenther("run", "log.jsonl", "-o", "out", "--moulds", "auto", "--json").json
    assert account["goals_by_wording"] == {"mined": 1}
    assert account["goals_distinct"] == 1
    assert status.format("PK-3300") in (tmp_path / "out" / "sft.jsonl").read_text()

    plain = agenther("run", "log.jsonl", "-o", "plain", "--json").json
    assert "mined" not in plain["goals_by_wording"]
    mould = {"tool": "trackParcel", "text": "Tell me the weight of {parcel_id}.", "parameters": ["parcel_id"]}
    (tmp_path / "moulds.jsonl").write_text(json.dumps(mould | {"fields": ["weight_kg"]}))
    agenther("run", "log.jsonl", "-o", "out", "--moulds", "moulds.jsonl")
    assert "Tell me the weight of PK-3300." in (tmp_path / "out" / "sft.jsonl").read_text()


def test_the_account_says_how_much_the_goals_differ(agenther: Shell) -> None:
    account = agenther("run", EXAMPLES / "logs", "-o", "out", "--json").json
    assert 0 < account["goals_distinct"] <= account["goals"]
    assert account["goals"] == sum(account["goals_by_wording"].values())
    assert account["goal_entropy_bits"] > 3


def test_a_log_without_a_record_is_no_success(agenther: Shell, tmp_path: Path) -> None:
    (tmp_path / "empty.jsonl").touch()
    done = agenther("run", "empty.jsonl", "-o", "out")
    assert done.code == 2
    assert "no record is in empty.jsonl: 1 file was read, with nothing in them" in done.err


def test_what_was_not_read_is_told_with_the_first_reason(agenther: Shell, tmp_path: Path) -> None:
    (tmp_path / "log.bin").write_bytes(b"\xff\x00\xfe" * 99)
    done = agenther("run", "log.bin", "-o", "out")
    assert done.code == 1
    assert "1 record was not read; out/rejects.jsonl has each with the reason." in done.err
    assert "log.bin, record 0: The file holds no JSON: it looks like binary data." in done.err


def test_a_file_is_no_folder_for_the_outputs(agenther: Shell, tmp_path: Path) -> None:
    write_log(tmp_path / "log.jsonl", chat())
    done = agenther("run", "log.jsonl", "-o", "log.jsonl")
    assert done.code == 2
    assert (
        done.err
        == "agenther: log.jsonl is a file; needed a folder for the outputs, which is made if need be\n"
    )
    assert (tmp_path / "log.jsonl").is_file()

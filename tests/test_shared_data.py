"""Real logs, where they are at hand: every record of every folder is a run or a reject.

How many records a folder holds is counted here without the reader, by what its files are known to be. The
columns of the table: folder, files, records on disk, runs, rejects, successes, failures.

    python -m tests.test_shared_data
"""

from __future__ import annotations

import json
import re
import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import agenther as ah

if TYPE_CHECKING:
    from collections.abc import Callable

DATA = Path(__file__).parents[2] / "shared" / "data"


def one(_: Path) -> int:
    """Count a file that is one run."""
    return 1


def none(_: Path) -> int:
    """Count a file beside the logs, which holds no record."""
    return 0


def lines(path: Path) -> int:
    """Count the lines that are not blank."""
    return sum(1 for line in path.read_bytes().split(b"\n") if line.strip())


def items(path: Path) -> int:
    """Count the elements of an array, or the members of an object."""
    return len(json.loads(path.read_text()))


def sessions(path: Path) -> int:
    """Count the sessions of Claude Code in a file, and the lines that are none of an event."""
    if path.suffix == ".json":
        return 1
    events = [json.loads(line) for line in path.read_text().splitlines() if line.strip()]
    spoken = [event for event in events if isinstance(event, dict) and "content" in event.get("message", ())]
    silent = [
        event for event in events if isinstance(event, dict) and event.get("type") in {"summary", "system"}
    ]
    return len({event["sessionId"] for event in spoken}) + len(events) - len(spoken) - len(silent)


def samples(path: Path) -> int:
    """Count the samples of an Inspect log."""
    if path.suffix == ".eval":
        with zipfile.ZipFile(path) as archive:
            return sum(name.startswith("samples/") for name in archive.namelist())
    return len(json.loads(path.read_text()).get("samples") or [])


def eval_cases(path: Path) -> int:
    """Count the cases of an evaluation set of the ADK; a session is one."""
    document = json.loads(path.read_text())
    cases = document.get("eval_cases") if isinstance(document, dict) else None
    return len(cases) if cases else 1


def intercode(path: Path) -> int:
    """Count the tasks, which may stand beside the settings of the run."""
    document = json.loads(path.read_text())
    return len(document.get("logs", document))


def trials(path: Path) -> int:
    """Count the questions in a log of Reflexion's trials."""
    return len(re.findall(r"^Question: ", path.read_text(), re.MULTILINE))


COUNTS: dict[str, dict[str, Callable[[Path], int]]] = {
    "agenther": {"*.json": items},
    "claude-code": {"*": sessions},
    "docent": {"**/tb_airline.json": one, "**/*": samples},
    "fastchat": {"*.json": items},
    "fireact": {"**/*.jsonl": lines, "**/*.json": items},
    "google-adk": {"**/*.json": eval_cases},
    "inspect_ai": {"**/*": samples},
    "intercode": {"**/*.json": intercode},
    "langfuse": {"*.json": one},
    "massim-otel": {"**/*.json": one},
    "mint-bench": {"**/*.jsonl": lines},
    "openhands": {"**/output.jsonl": lines, "**/*.json": one},
    "react-webshop": {"*.jsonl": lines},
    "reflexion": {"**/*.txt": trials, "**/*.jsonl": lines, "**/*.json": items},
    "stabletoolbench": {"**/answer/**/*.json": one, "**/preference_results/*": none, "**/*.json": items},
    "swe-agent": {"**/*.traj": one},
    "tapeagents": {"**/*.json": one},
    "tau-bench-airline": {"*.json": items},
    "tau2-voice": {"**/results.json": none, "**/simulations/*.json": one},
    "toolbench": {"**/answer/**/*.json": one, "**/*.json": items},
    "webarena": {"**/*.html": one},
    "webvoyager": {"**/*.json": one},
}
"""How the records of a folder are counted: the first pattern that a file matches says how."""


def on_disk(folder: str, paths: list[str]) -> int:
    """Count the records of a folder's files."""
    ways = [
        (count, {str(file) for file in (DATA / folder).glob(pattern)})
        for pattern, count in COUNTS[folder].items()
    ]
    return sum(next(count for count, files in ways if path in files)(Path(path)) for path in paths)


def account(folder: str) -> tuple[int, int, int, int, int, int]:
    """Give files, records on disk, runs, rejects, successes and failures of a folder."""
    scan = ah.LogScan(DATA / folder)
    labels: list[bool | None] = []
    for runs in scan.batches():
        labels += runs["success"].to_list()
    paths: list[str] = scan.files["path"].to_list()
    counted = on_disk(folder, paths)
    return len(paths), counted, len(labels), scan.rejects.height, labels.count(True), labels.count(False)


@pytest.mark.skipif(not DATA.is_dir(), reason="the shared data is not at hand")
@pytest.mark.parametrize("folder", COUNTS)
def test_every_record_on_disk_is_a_run_or_a_reject(folder: str) -> None:
    files, counted, runs, rejects, *_ = account(folder)
    assert files > 0
    assert counted == runs + rejects


@pytest.mark.skipif(not DATA.is_dir(), reason="the shared data is not at hand")
def test_no_folder_is_left_out() -> None:
    # LATS prints searches without marking where one begins, so its logs are not counted here.
    assert {path.name for path in DATA.iterdir() if path.is_dir()} - COUNTS.keys() == {"lats"}


if __name__ == "__main__":
    sys.stdout.write("| folder | files | records on disk | runs | rejects | success | failure |\n")
    sys.stdout.write("|---|---|---|---|---|---|---|\n")
    for name in COUNTS:
        sys.stdout.write(f"| {name} | " + " | ".join(map(str, account(name))) + " |\n")

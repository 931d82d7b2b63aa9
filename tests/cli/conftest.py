"""What the tests of the command line share: a shell, and logs to run it on."""

from __future__ import annotations

import json
import signal
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import pytest

from agenther.cli import main

if TYPE_CHECKING:
    from collections.abc import Iterator

EXAMPLES = Path(__file__).parents[2] / "examples"


@dataclass(frozen=True)
class Done:
    """A finished command."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output as one JSON value."""
        return json.loads(self.out)

    @property
    def json_lines(self) -> list[dict[str, Any]]:
        """Standard output as JSON lines."""
        return [json.loads(line) for line in self.out.splitlines()]


class Shell(Protocol):
    """Runs `agenther` with arguments."""

    def __call__(self, *arguments: str | Path) -> Done:
        """Run it to its end."""
        ...


@pytest.fixture
def agenther(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Shell]:
    """Run `agenther` in an empty folder; in this process, because importing takes longer than most tests."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    handler = signal.getsignal(signal.SIGTERM)

    def shell(*arguments: str | Path) -> Done:
        try:
            code = main([str(argument) for argument in arguments])
        except SystemExit as ended:  # argparse has answered
            code = int(ended.code or 0)
        out, err = capsys.readouterr()
        return Done(code, out, err)

    yield shell
    signal.signal(signal.SIGTERM, handler)


def chat(*, run_id: str = "run-1", success: bool | None = False, text: str = "All done.") -> dict[str, Any]:
    """Make a run as OpenAI chat messages: one read that worked, and an answer."""
    arguments = json.dumps({"order_id": "FB-10877"})
    call = {"id": "c1", "type": "function", "function": {"name": "get_order", "arguments": arguments}}
    observation = {"order_id": "FB-10877", "status": "delivered", "delivered": "2026-02-26", "total": 72.5}
    label = {} if success is None else {"success": success}
    return {
        "id": run_id,
        "messages": [
            {"role": "user", "content": "What is the status of order FB-10877? Send me a refund of $20 too."},
            {"role": "assistant", "content": None, "tool_calls": [call]},
            {"role": "tool", "tool_call_id": "c1", "content": json.dumps(observation)},
            {"role": "assistant", "content": text},
        ],
        **label,
    }


def write_log(path: Path, *runs: dict[str, Any]) -> Path:
    """Write runs as JSON lines."""
    path.write_text("".join(json.dumps(run) + "\n" for run in runs), encoding="utf-8")
    return path

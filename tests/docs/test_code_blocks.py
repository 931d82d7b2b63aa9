"""The code in the documents runs: every `python` block, and every `agenther` line of a `sh` block."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCUMENTS = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    ROOT / "examples" / "README.md",
    *sorted((ROOT / "docs").glob("*.md")),
]
BLOCK = re.compile(r"^```(python|sh)\n(.*?)^```", re.MULTILINE | re.DOTALL)
REJECTS_FOUND = 1


def blocks(language: str) -> list[object]:
    """Give the blocks of a language, named by document and line."""
    found: list[object] = []
    for document in DOCUMENTS:
        text = document.read_text(encoding="utf-8")
        for match in BLOCK.finditer(text):
            if match[1] == language:
                line = text.count("\n", 0, match.start()) + 1
                found.append(pytest.param(match[2], id=f"{document.name}:{line}"))
    return found


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Make a folder in which the paths of the documents exist."""
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    (tmp_path / "logs").symlink_to(ROOT / "examples" / "logs")
    manual = (ROOT / "docs" / "mapping.md").read_text(encoding="utf-8")
    record = re.search(r"^```json\n(.*?)^```", manual, re.MULTILINE | re.DOTALL)
    assert record is not None
    (tmp_path / "runs.jsonl").write_text(record[1])
    manual = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")
    pack = re.search(r"^```toml\n(.*?)^```", manual, re.MULTILINE | re.DOTALL)
    assert pack is not None
    (tmp_path / "mine.toml").write_text(pack[1])
    return tmp_path


@pytest.mark.parametrize("code", blocks("python"))
def test_python_blocks_run(code: str, folder: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("code", blocks("sh"))
def test_agenther_lines_run(code: str, folder: Path) -> None:
    for line in code.splitlines():
        words = shlex.split(line, comments=True)
        if words[:1] != ["agenther"]:
            continue
        words, to = (words[:-2], words[-1]) if words[-2:-1] == [">"] else (words, None)
        done = subprocess.run(
            [sys.executable, "-m", "agenther.cli", *words[1:]],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode <= REJECTS_FOUND, f"{line}\n{done.stdout}{done.stderr}"
        if to is not None:
            (folder / to).write_text(done.stdout)

"""The entry that tells LLaMA-Factory how to read a file: `dataset_info.json` beside it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from agenther.export.staging import StagedFile

if TYPE_CHECKING:
    from pathlib import Path

_COLUMNS: dict[str, dict[str, str]] = {
    "sft": {},
    "dpo": {"chosen": "chosen", "rejected": "rejected"},
    "kto": {"kto_tag": "kto_tag"},
}


def check_path(path: Path) -> None:
    """Refuse a file that LLaMA-Factory would not open: it goes by the last suffix.

    >>> import pathlib
    >>> check_path(pathlib.Path("rows.jsonl"))
    """
    if path.suffix not in {".jsonl", ".json"}:
        raise ValueError(
            f"{path}: LLaMA-Factory reads no {path.suffix or 'file without a suffix'}; name it .jsonl"
        )


def stage(path: Path, rows: str) -> StagedFile:
    """Write the entry for a file to a temporary `dataset_info.json`; entries for other files stay."""
    target = path.with_name("dataset_info.json")
    entries = json.loads(target.read_text(encoding="utf-8")) if target.exists() else {}
    columns = {"messages": "conversations", **_COLUMNS[rows], "system": "system", "tools": "tools"}
    ranking = {"ranking": True} if rows == "dpo" else {}
    entries[f"agenther_{path.stem}"] = {
        "file_name": path.name,
        "formatting": "sharegpt",
        **ranking,
        "columns": columns,
    }
    staged = StagedFile(target)
    staged.handle.write(json.dumps(entries, ensure_ascii=False, indent=1).encode() + b"\n")
    return staged

"""The ShareGPT files in LLaMA-Factory itself: its converter, its template, its three stages.

In an environment of its own, since the pins of trainers conflict: `pip install . --group llamafactory`,
then `pytest tests/export/test_llamafactory.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import agenther as ah
from tests.export.runs import HOSTILE, frame, run, success

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.loader
pytest.importorskip(
    "llamafactory", reason="LLaMA-Factory is not installed: pip install . --group llamafactory"
)

from llamafactory.data.loader import get_dataset  # noqa: E402
from llamafactory.data.template import get_template_and_fix_tokenizer  # noqa: E402
from llamafactory.hparams import DataArguments, ModelArguments  # noqa: E402
from transformers import Seq2SeqTrainingArguments  # noqa: E402

from tests.export import tiny  # noqa: E402 - needs what importorskip looks for

RUNS = frame(*(run(number) for number in range(6)), success(6))


def tokenised(folder: Path, name: str, stage: str) -> tuple[Any, Any]:
    tokenizer = tiny.tokenizer()
    data = DataArguments(
        template="qwen",
        dataset=f"agenther_{name}",
        dataset_dir=str(folder),
        cutoff_len=4096,
        overwrite_cache=True,
    )
    model = ModelArguments(model_name_or_path="tiny", cache_dir=str(folder / "cache"))
    training = Seq2SeqTrainingArguments(output_dir=str(folder), do_train=True, report_to="none", use_cpu=True)
    template = get_template_and_fix_tokenizer(tokenizer, data)
    module: Any = get_dataset(template, model, data, training, stage=stage, tokenizer=tokenizer)
    return tokenizer, module["train_dataset"]


def learned(tokenizer: Any, labels: list[int]) -> str:
    return str(tokenizer.decode([token for token in labels if token != -100]))


def test_sft_learns_calls_and_answers(tmp_path: Path) -> None:
    report = ah.export.sharegpt(RUNS, tmp_path / "sft.jsonl", include_successes=True)
    tokenizer, rows = tokenised(tmp_path, "sft", "sft")
    assert len(rows) == report.lines == 7
    text, trained = tokenizer.decode(rows[0]["input_ids"]), learned(tokenizer, rows[0]["labels"])
    assert f"MicroMetals 0 {HOSTILE}" in text
    assert '"name": "open"' in text
    assert HOSTILE not in trained
    assert "I search." in trained
    assert '{"name": "search", "arguments": {"query": "copper wire 0"}}' in trained
    assert "$5.30/kg." in trained


def test_parallel_calls_are_read_as_several(tmp_path: Path) -> None:
    steps = run(0)["steps"]
    runs = frame(run(0, steps=[steps[0], {**steps[2], "thought": None}]))
    goal = runs["hindsight"].to_list()[0]
    runs = frame(run(0, steps=[steps[0], steps[2]], hindsight=[{**goal[0], "kept_steps": [0, 1]}]))
    ah.export.sharegpt(runs, tmp_path / "sft.jsonl", join_silent_calls=True)
    tokenizer, rows = tokenised(tmp_path, "sft", "sft")
    trained = learned(tokenizer, rows[0]["labels"])
    assert trained.count("<tool_call>") == 2
    assert trained.startswith("I search.")


def test_pairs(tmp_path: Path) -> None:
    report = ah.export.dpo(RUNS, tmp_path / "dpo.jsonl", dialect="sharegpt")
    tokenizer, rows = tokenised(tmp_path, "dpo", "rm")
    assert len(rows) == report.lines == 6
    assert "$5.30/kg." in learned(tokenizer, rows[0]["chosen_labels"])
    assert "I found nothing 0." in learned(tokenizer, rows[0]["rejected_labels"])


def test_kto(tmp_path: Path) -> None:
    report = ah.export.kto(RUNS, tmp_path / "kto.jsonl", dialect="sharegpt")
    _, rows = tokenised(tmp_path, "kto", "kto")
    assert len(rows) == report.lines == 12
    assert sorted(rows["kto_tags"]) == [False] * 6 + [True] * 6

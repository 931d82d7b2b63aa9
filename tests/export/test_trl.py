"""The files in TRL itself: loaded by `datasets`, tokenised and trained on, unchanged.

In an environment of its own, since the pins of trainers conflict: `pip install . --group trl`, then
`pytest tests/export/test_trl.py`.
"""

from __future__ import annotations

import copy
import json
import math
from typing import TYPE_CHECKING, Any

import pytest

import agenther as ah
from tests.export.runs import HOSTILE, call, frame, run, success

pytestmark = pytest.mark.loader
trl = pytest.importorskip("trl", reason="TRL is not installed: pip install . --group trl")

from datasets import load_dataset  # noqa: E402

from tests.export import tiny  # noqa: E402 - needs what importorskip looks for

if TYPE_CHECKING:
    from pathlib import Path

SETTINGS: dict[str, Any] = {
    "per_device_train_batch_size": 2,
    "max_steps": 4,
    "learning_rate": 1e-2,
    "logging_steps": 1,
    "report_to": "none",
    "save_strategy": "no",
    "use_cpu": True,
    "max_length": 4096,
}

RUNS = frame(*(run(number) for number in range(6)), success(6))


def loaded(path: Path) -> Any:
    return load_dataset("json", data_files=str(path), split="train", cache_dir=str(path.parent / "cache"))


def history(trainer: Any) -> list[dict[str, float]]:
    trainer.train()
    return [entry for entry in trainer.state.log_history if "loss" in entry]


@pytest.mark.parametrize("suffix", ["", ".gz"])
def test_sft_trains_on_what_the_agent_said_and_on_nothing_else(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"sft.jsonl{suffix}"
    ah.export.sft(RUNS, path, include_successes=True)
    dataset = loaded(path)
    assert set(dataset.column_names) == {"messages", "tools", "weight"}
    tokenizer = tiny.tokenizer()
    trainer = trl.SFTTrainer(
        model=tiny.model(),
        args=trl.SFTConfig(output_dir=str(tmp_path), assistant_only_loss=True, **SETTINGS),
        train_dataset=dataset,
        processing_class=tokenizer,
    )
    assert len(trainer.train_dataset) == 7
    batch = trainer.data_collator([trainer.train_dataset[0]])
    text = tokenizer.decode(batch["input_ids"][0])
    trained = tokenizer.decode([token for token in batch["labels"][0].tolist() if token != -100])
    observation = f"MicroMetals 0 {HOSTILE}"
    assert observation in text
    assert '"name": "open"' in text
    assert observation not in trained
    assert 'I search.<tool_call>search query="copper wire 0"</tool_call>' in trained
    assert "$5.30/kg." in trained
    assert all(math.isfinite(entry["loss"]) for entry in history(trainer))


def test_a_mask_is_loaded_and_spoils_nothing(tmp_path: Path) -> None:
    ah.export.sft(RUNS, tmp_path / "sft.jsonl", include_successes=True, mask="train")
    messages = loaded(tmp_path / "sft.jsonl")["messages"]
    masks = [[turn["train"] for turn in row if turn["role"] == "assistant"] for row in messages]
    assert masks[:6] == [[True, False, True, True]] * 6
    assert set(masks[6]) == {True}


def test_dpo_pairs_carry_a_gradient(tmp_path: Path) -> None:
    path = tmp_path / "dpo.jsonl"
    ah.export.dpo(RUNS, path)
    model = tiny.model()
    trainer = trl.DPOTrainer(
        model=model,
        ref_model=copy.deepcopy(model),
        args=trl.DPOConfig(output_dir=str(tmp_path), **SETTINGS),
        train_dataset=loaded(path),
        processing_class=tiny.tokenizer(),
    )
    logged = history(trainer)
    assert logged[0]["loss"] == pytest.approx(math.log(2), abs=1e-3)
    assert logged[-1]["loss"] < math.log(2) - 1e-3
    assert logged[-1]["rewards/margins"] > 0


def test_kto_twins_leave_a_kl_term(tmp_path: Path) -> None:
    path = tmp_path / "kto.jsonl"
    report = ah.export.kto(RUNS, path)
    model = tiny.model()
    trainer = trl.KTOTrainer(
        model=model,
        ref_model=copy.deepcopy(model),
        args=trl.KTOConfig(output_dir=str(tmp_path), **SETTINGS),
        train_dataset=loaded(path),
        processing_class=tiny.tokenizer(),
    )
    assert len(trainer.train_dataset) == report.lines == 12
    for first in range(0, report.lines, SETTINGS["per_device_train_batch_size"]):
        rows = [json.loads(line) for line in path.read_bytes().split(b"\n")[first : first + 2]]
        assert rows[0]["completion"] != rows[1]["completion"]
    assert all(math.isfinite(entry["loss"]) for entry in history(trainer))


def test_an_argument_may_change_its_type_from_row_to_row(tmp_path: Path) -> None:
    texts = ['{"q": 1}', '{"q": "x"}', '{"q": [1]}', '{"other": {"a": null}}']
    rest = run(0)["steps"][1:]
    runs = [run(n, steps=[call("search", text, "found"), *rest]) for n, text in enumerate(texts)]
    ah.export.sft(frame(*runs), tmp_path / "sft.jsonl")
    rows = loaded(tmp_path / "sft.jsonl")["messages"]
    arguments = [row[2]["tool_calls"][0]["function"]["arguments"] for row in rows]
    read = [json.loads(each) if isinstance(each, str) else each for each in arguments]
    assert read == [json.loads(text) for text in texts]

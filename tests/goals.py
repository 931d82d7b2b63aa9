"""The table of docs/quality.md on goals, and the packs from which they are judged blind, from the real logs.

    python -m tests.goals table                      # writes the table into docs/quality.md
    python -m tests.goals reliability                # writes that of the confidence of goals judged blind
    python -m tests.goals sample FILE [SEED [EACH]]  # one goal a run, at most EACH of a group, as JSON lines

A line of a sample has an `id`, the goal, the steps that an export keeps and the answer, for the reader; what
is to be hidden from the reader (source, run, confidence) stands in FILE.key. The logs are not in the
repository; without them this says so. The reliability needs docs/quality/judged.jsonl alone.
"""

from __future__ import annotations

import json
import random
import sys
from collections import Counter
from itertools import pairwise
from pathlib import Path
from statistics import fmean
from typing import Any

import polars as pl

import agenther as ah

ROOT = Path(__file__).parents[1]
DATA = ROOT.parent / "shared" / "data"
PAGE = ROOT / "docs" / "quality.md"
JUDGED = ROOT / "docs" / "quality" / "judged.jsonl"

BANDS = (0.5, 0.7, 0.75, 0.8, 0.85, 0.9, 1.0)
"""Edges of the bands of confidence, from the default of `min_confidence` on."""

GROUPS = {
    "tau-bench airline": "tau-bench-airline",
    "StableToolBench": "stabletoolbench",
    "ToolBench": "toolbench",
    "Reflexion": "reflexion",
    "MINT ALFWorld": "alfworld",
    "MINT reasoning": "mint-bench.*reasoning",
    "MINT HumanEval": "code_generation",
    "InterCode SQL": "intercode.*sql",
    "InterCode bash": "intercode.*(bash|nl2b)",
    "InterCode Python": "intercode",
    "FireAct (web snippets)": "fireact/trajs",
    "SWE-agent": "swe-agent",
    "ReAct WebShop": "react-webshop",
    "LATS": "lats",
    "inspect, docent, OpenHands": "inspect|docent|openhands",
    "Langfuse, massim, ADK, TapeAgents": "langfuse|massim|google-adk|tapeagents",
}
"""The rows of the table, by a pattern of their path; the first that fits counts."""

CUT = 1500
"""Bytes of an observation that a reader sees."""


def failed_runs() -> pl.DataFrame:
    """Analyze the runs that failed, by their label or else by the rules."""
    if not DATA.is_dir():
        sys.exit(f"found no {DATA}: the real logs are not in the repository")
    group = pl.lit(None, pl.String)
    for name, pattern in reversed(GROUPS.items()):
        path = pl.col("source").struct.field("path")
        group = pl.when(path.str.contains(pattern)).then(pl.lit(name)).otherwise(group)
    found = ah.scan_logs(DATA).with_columns(ah.analyze().struct.unnest(), group=group)
    return found.filter(pl.col("verdict").struct.field("is_failure"), pl.col("group").is_not_null()).collect()


def table(failed: pl.DataFrame) -> str:
    lines = [
        "| source | failed | with a successful step | relabelled | several steps | most of the rest |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for name in GROUPS:
        runs = failed.filter(pl.col("group") == name).rows(named=True)
        if not runs:
            continue
        relabelled = [run for run in runs if run["hindsight"]]
        several = sum(any(len(goal["kept_steps"]) > 1 for goal in run["hindsight"]) for run in relabelled)
        rest = Counter(run["abstained"] for run in runs if not run["hindsight"])
        acted = len(runs) - rest["no_successful_step"]
        reasons = ", ".join(f"{reason.replace('_', ' ')} {count}" for reason, count in rest.most_common(3))
        share = f"{len(relabelled)} ({len(relabelled) / len(runs):.0%})"
        lines.append(f"| {name} | {len(runs)} | {acted} | {share} | {several} | {reasons} |")
    return "\n".join(lines)


def reliability() -> str:
    """Hold the confidence of the goals that were judged blind against the verdicts of both readings."""
    judged: dict[tuple[str, str, str], dict[int, dict[str, Any]]] = {}
    for line in map(json.loads, JUDGED.read_text().splitlines()):
        judged.setdefault((line["source"], line["run"], line["goal"]), {})[line["sample"]] = line
    goals = [(of[1]["confidence"], of[1]["valid"], of[2]["valid"]) for of in judged.values()]
    head = (
        "| confidence | goals | said | valid, first | valid, adversary | valid to both "
        "| valid to both, from here up |"
    )
    lines = [
        head,
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for low, high in pairwise(BANDS):
        band = [goal for goal in goals if low <= goal[0] < high or goal[0] == high == BANDS[-1]]
        above = [first and second for confidence, first, second in goals if confidence >= low]
        if band:
            readings = [[goal[1] for goal in band], [goal[2] for goal in band]]
            readings.append([first and second for first, second in zip(*readings, strict=True)])
            said = fmean(goal[0] for goal in band)
            shares = " | ".join(f"{fmean(valid):.1%}" for valid in readings)
            up = f"{sum(above)} of {len(above)} = {fmean(above):.1%}"
            lines.append(f"| {low:.2f}-{high:.2f} | {len(band)} | {said:.1%} | {shares} | {up} |")
    return "\n".join(lines)


def write(mark: str, text: str) -> None:
    before, rest = PAGE.read_text().split(f"<!-- {mark} -->")
    _, after = rest.split(f"<!-- end of {mark} -->")
    PAGE.write_text(f"{before}<!-- {mark} -->\n{text}\n<!-- end of {mark} -->{after}")


def sample(failed: pl.DataFrame, file: Path, seed: int, each: int) -> None:
    chosen = random.Random(seed)  # noqa: S311, a sample, not a secret
    picked: list[tuple[dict[str, Any], dict[str, Any]]] = []
    for name in GROUPS:
        runs = failed.filter(pl.col("group") == name, pl.col("hindsight").list.len() > 0)
        rows = runs.sort("trajectory_id", pl.col("source").struct.field("path")).rows(named=True)
        # Trials of one task give one goal again and again: each is judged once.
        goals = {goal["goal"]: (run, goal) for run in rows for goal in [chosen.choice(run["hindsight"])]}
        picked += chosen.sample(list(goals.values()), min(each, len(goals)))
    chosen.shuffle(picked)
    with file.open("w") as shown, file.with_suffix(".key").open("w") as hidden:
        for number, (run, goal) in enumerate(picked):
            shown.write(json.dumps({"id": number, **seen(run, goal)}, ensure_ascii=False) + "\n")
            key = {"source": run["group"], "run": run["trajectory_id"], "confidence": goal["confidence"]}
            key |= {"goal": goal["goal"], "answer": goal["answer"], "steps": len(goal["kept_steps"])}
            hidden.write(json.dumps({"id": number, **key}, ensure_ascii=False) + "\n")


def seen(run: dict[str, Any], goal: dict[str, Any]) -> dict[str, Any]:
    """Give what a learner would see, and so the reader."""
    kept = [run["steps"][at] for at in goal["kept_steps"]]
    steps = [
        {
            "thought": thought,
            "action": step["action_name"],
            "input": step["action_input"],
            "observation": (step["observation"] or "")[:CUT],
        }
        for step, thought in zip(kept, goal["thoughts"] or [None] * len(kept), strict=True)
    ]
    return {"goal": goal["goal"], "steps": steps, "answer": goal["answer"]}


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["table"]:
            write("goals", table(failed_runs()))
        case ["reliability"]:
            write("reliability of goals", reliability())
        case ["sample", name, *numbers] if len(numbers) <= 2 and all(number.isdigit() for number in numbers):
            seed, each = [*map(int, numbers), *(7, 12)[len(numbers) :]]
            sample(failed_runs(), Path(name), seed, each)
        case _:
            sys.exit(__doc__)

"""The tables of docs/quality.md on detection and rules, and the weights of the pack, from the labelled logs.

    python -m tests.quality_tables fit     # refits the pack, rule files and all; then build again
    python -m tests.quality_tables write   # writes the tables into docs/quality.md

The logs are not in the repository; without them this says so. Both are the same for the same logs and rules.
"""

from __future__ import annotations

import json
import re
import sys
from itertools import pairwise
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING

import polars as pl

import agenther as ah
from agenther.fitting import NotEnoughLabelsError
from agenther.weighing import EARNING_HITS, HIGHEST_BASE_RATE, UNMEASURED, auc, sigmoid

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

ROOT = Path(__file__).parents[1]
DATA = ROOT.parent / "shared" / "data"
LABELS = ROOT.parent / "shared" / "labels" / "tau-airline-types.jsonl"
RULES = ROOT / "rust" / "agenther-core" / "rules"
PAGE = ROOT / "docs" / "quality.md"
LABELLED = ROOT / "tests" / "labelled"

WRITTEN = {
    "plain.jsonl": "written, plain: fitted on",
    "held_out.jsonl": "written, plain: held out",
    "hard.jsonl": "written to be hard: held out",
}
"""Runs that were written for this, of types that no public log labels (`tests/labelled/README.md`)."""

FITTED_ON = "plain.jsonl"

FOLDERS = (
    *("docent", "fireact", "inspect_ai", "intercode", "lats", "mint-bench", "react-webshop", "reflexion"),
    *("tau-bench-airline", "toolbench"),
)

SELF_STOPPED = {
    "tau-bench-airline": "tau-bench airline",
    "sql_react": "InterCode SQL, ReAct",
    "bash_react_10_turns_fs_1": "InterCode bash, ReAct",
    "ft_gpt-3.5": "FireAct, GPT-3.5",
    "lora_llama": "FireAct, Llama",
    "ReAct/base": "Reflexion HotpotQA",
    "react-webshop": "ReAct WebShop",
}
"""The sources in which the agent decides when to stop, by a part of their path."""

ENVIRONMENT_STOPPED = {
    "sql_multiturn_gpt-4": "InterCode SQL, GPT-4",
    "gpt-4_10_turns_fs_1": "InterCode bash, GPT-4, 1",
    "gpt-4_10_turns_fs_2": "InterCode bash, GPT-4, 2",
    "ic_python": "InterCode Python",
    "F=None/max5_p2+tool+cd/code_generation": "MINT HumanEval",
    "alfworld": "MINT ALFWorld",
    "F=None/max5_p2+tool+cd/reasoning/gsm8k": "MINT GSM8K",
    "F=None/max5_p2+tool+cd/reasoning/hotpotqa": "MINT HotpotQA",
    "no_GT-textual/max5_p2+tool+cd/reasoning/gsm8k": "MINT GSM8K, feedback",
    "no_GT-textual/max5_p2+tool+cd/reasoning/hotpotqa": "MINT HotpotQA, feedback",
}
"""The sources in which the environment ends the run at success."""

OTHERS = {
    "plan_solve_fs_2": "InterCode bash, plan first",
    "sql_plan_solve_refine": "InterCode SQL, plan first",
    "CoT/no_context": "Reflexion, no tools",
    "mbpp": "Reflexion MBPP",
    "humaneval-py": "LATS HumanEval",
    "inspect": "Inspect, small files",
}
"""Sources without calls, or whose calls were planned beforehand: in no mean, for comparison."""

NAMES = {**SELF_STOPPED, **ENVIRONMENT_STOPPED, **OTHERS}


TYPE_OF_WRITTEN = pl.col("metadata").str.json_path_match("$.failure_type")


def runs() -> pl.DataFrame:
    """Read the labelled runs, with the type of failure where it is known by hand."""
    if not DATA.is_dir():
        sys.exit(f"found no {DATA}: the labelled logs are not in the repository")
    logs = [*(DATA / folder for folder in FOLDERS), LABELLED / FITTED_ON]
    read = pl.concat(batch for log in logs for batch in ah.LogScan(log).batches())
    types = {
        (str(line["task_id"]), str(line["trial"])): line["label"]
        for line in map(json.loads, LABELS.read_text().splitlines())
        if line["label"] != "success"
    }
    keys = zip(
        *(read["metadata"].str.json_path_match(f"$.{key}") for key in ("task_id", "trial")), strict=True
    )
    known = [types.get((task, trial)) for task, trial in keys]
    airline = pl.col("source").struct.field("format") == "tau_bench"
    return read.with_columns(
        # Every trial of an airline task words its prompt anew.
        task=pl.when(airline)
        .then(pl.col("metadata").str.json_path_match("$.task_id"))
        .otherwise("original_prompt"),
        type=pl.when(airline).then(pl.Series(known, dtype=pl.String)).otherwise(TYPE_OF_WRITTEN),
    )


def name_of(source: str) -> str | None:
    return next((name for part, name in NAMES.items() if part in source), None)


def fit(read: pl.DataFrame) -> None:
    """Refit the pack that ships with the engine, in its files."""
    # Not the type weights: types are known on one source only, and what tells them there may not elsewhere.
    fitted = ah.rules.fit(read, task=pl.col("task"), transfer=True)
    for row in fitted.weights.iter_rows(named=True):
        file = RULES / f"{row['rule']}.toml"
        text = file.read_text()
        text = re.sub(r"(?m)^weight = .*$", f"weight = {row['weight']}", text, count=1)
        if row["before"]:  # a rule of weight 0 speaks for the type only
            status = "stable" if abs(row["weight"]) > UNMEASURED else "experimental"
            text = re.sub(r'(?m)^status = "(stable|experimental)"$', f'status = "{status}"', text, count=1)
        file.write_text(text)
    head = fitted.pack.split("\n[[override]]")[0]
    verdict, facts = re.findall(r"(?ms)^(prior = .*?)\n\n(\[pack\.fitted\].*)", head)[0]
    pack = RULES / "pack.toml"
    kept = [
        line
        for line in pack.read_text().split("\n[fitted]")[0].splitlines()
        if not re.match(r"(prior|scale|kindred_share|threshold) =", line)
    ]
    kept += [*verdict.splitlines(), "", *facts.strip().replace("[pack.fitted]", "[fitted]").splitlines()]
    pack.write_text("\n".join(kept) + "\n")


def worth(read: pl.DataFrame) -> pl.DataFrame:
    """Give, rule by rule, its best precision on a source on which it can earn its weight."""
    found = ah.rules.evaluate(read)
    base = found.sources.select("source", "base_rate")
    listed = ah.rules.load().frame().select(pl.col("id").alias("rule"), "weight", "type_weight", "status")
    good = pl.col("weight") < 0
    right = pl.when(good).then(1 - pl.col("precision")).otherwise("precision")
    chance = pl.when(good).then(1 - pl.col("base_rate")).otherwise("base_rate")
    measured = (
        found.rules_by_source.join(base, "source")
        .join(listed, "rule")
        .with_columns(right=right, chance=chance)
        .filter(pl.col("hits") >= EARNING_HITS, pl.col("chance") <= HIGHEST_BASE_RATE)
        .sort("right", "hits", descending=True)
    )
    best = measured.group_by("rule", maintain_order=True).agg(
        pl.col("source", "hits", "right", "chance").first(),
        above=(pl.col("right") > pl.col("chance")).sum(),
        sources=pl.len(),
    )
    return listed.join(best, "rule", "left")


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(map(_cell, line)) + " |" for line in lines)


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.3f}".replace("0.", ".", 1) if abs(value) < 1 else f"{value:.2f}"
    return f"{value:,}" if isinstance(value, int) else str(value)


def tier(pairs: Sequence[tuple[float, bool]], at: float) -> str:
    """Give precision and recall of what is at or above a probability."""
    flagged = [failed for probability, failed in pairs if probability >= at]
    failures = sum(failed for _, failed in pairs)
    return f"{sum(flagged) / len(flagged):.2f} / {sum(flagged) / failures:.2f}" if flagged else "none"


def sure(pairs: Sequence[tuple[float, bool]]) -> float:
    """Give the most failures that are found at a precision of `SURE`, whatever the threshold that takes."""
    failures = sum(failed for _, failed in pairs)
    ranked = sorted(pairs, reverse=True)
    best, caught = 0, 0
    for at, (probability, failed) in enumerate(ranked, 1):
        caught += failed
        # A threshold does not part equals.
        parts = at == len(ranked) or ranked[at][0] < probability
        if parts and caught >= SURE * at:
            best = caught
    return best / failures


SURE = 0.9


def own_fit(read: pl.DataFrame, rules: ah.rules.Rules | None) -> dict[str, ah.rules.Fit]:
    """Fit each source on its own labels."""
    fits = {}
    path = pl.col("source").struct.field("path")
    for (place,), of_source in read.group_by(path, maintain_order=True):
        if name_of(str(place)):
            try:
                fits[str(place)] = ah.rules.fit(
                    of_source, rules=rules, task=pl.col("task"), types=pl.col("type")
                )
            except NotEnoughLabelsError:
                continue
    return fits


def agreed(read: pl.DataFrame) -> dict[str, tuple[int, float, float, float]]:
    """Give, where there are several runs of a task, how much agreement tells: alone, and with the rules."""
    figures = {}
    for folder in FOLDERS:
        of_folder = read.filter(
            pl.col("source").struct.field("path").str.contains(f"/{folder}/", literal=True)
        )
        kind = pl.col("source").struct.field("path").str.extract(r"/intercode/(\w+)/").fill_null("")
        for (name,), group in of_folder.group_by(kind, maintain_order=True):
            both = (
                group.with_columns(
                    ah.agreement(task=pl.col("task")),
                    p=ah.classify(success=None, reward=None).struct.field("failure_probability"),
                )
                .drop_nulls(["agreement", "success"])
                .with_columns(failed=pl.col("success").not_())
            )
            failed = both["failed"].to_list()
            if len(set(failed)) == 2 and len(failed) >= 50:
                figures[f"{folder} {name}".strip()] = (
                    len(failed),
                    auc(both["p"].to_list(), failed),
                    auc((-both["agreement"]).to_list(), failed),
                    auc((both["p"] - both["agreement"]).to_list(), failed),
                )
    return figures


def detection(read: pl.DataFrame, left_out: ah.rules.Fit) -> str:
    rules = ah.rules.evaluate(read)
    figures = {name_of(row["source"]): row for row in rules.sources.iter_rows(named=True)}
    unseen = {name_of(row["source"]): row for row in left_out.sources.iter_rows(named=True)}
    own = {name_of(place): fitted.sources.row(0, named=True) for place, fitted in own_fit(read, None).items()}
    pairs: dict[str | None, list[tuple[float, bool]]] = {}
    for row in left_out.held_out.iter_rows(named=True):
        pairs.setdefault(name_of(row["source"]), []).append((row["probability"], row["failed"]))
    rows, means = [], []
    for title, names in (
        ("self-stopped", SELF_STOPPED),
        ("environment-stopped", ENVIRONMENT_STOPPED),
        ("other", OTHERS),
    ):
        present = [name for name in names.values() if name in unseen]
        for name in present:
            row = figures[name]
            rows.append(
                [
                    f"{name} ({title})" if title == "self-stopped" else name,
                    row["runs"],
                    f"{row['base_rate']:.2f}",
                    unseen[name]["auc"],
                    own[name]["auc"] if name in own else None,
                    row["auc"],
                    unseen[name]["steps_auc"],
                    row["equal_steps_auc"],
                    tier(pairs[name], TIER),
                    f"{sure(pairs[name]):.2f}",
                ]
            )
        means.append((title, present))
    both = [*means[0][1], *means[1][1]]
    without = [name for name in means[0][1] if "WebShop" not in name]
    for title, present in (
        ("mean, self-stopped", means[0][1]),
        ("the same without WebShop", without),
        ("mean, environment-stopped", means[1][1]),
        ("mean of both", both),
        ("mean of all rows", [*both, *means[2][1]]),
    ):
        own_auc = [own[name]["auc"] for name in present if name in own]
        rows.append(
            [
                f"**{title}**",
                "",
                "",
                fmean(unseen[n]["auc"] for n in present),
                fmean(own_auc),
                fmean(figures[n]["auc"] for n in present),
                fmean(unseen[n]["steps_auc"] for n in present),
                fmean(
                    figures[n]["equal_steps_auc"]
                    for n in present
                    if figures[n]["equal_steps_auc"] is not None
                ),
                "",
                "",
            ]
        )
    head = (
        "source",
        "runs",
        "base rate",
        "format left out",
        "own labels, by task",
        "as shipped",
        "steps only",
        "equal steps",
        f"precision / recall at p ≥ {TIER}",
        f"recall at precision {SURE}",
    )
    return table(head, rows)


TIER = 0.75
"""From which probability on a failure is taken for sure."""


def reliability(left_out: ah.rules.Fit) -> str:
    """Hold probabilities of rules that had not seen the format against what came of the runs."""
    priors = dict(left_out.sources.select("source", "prior").iter_rows())
    prior, scale = (float(re.findall(rf"(?m)^{key} = (.*)$", left_out.pack)[0]) for key in ("prior", "scale"))
    edges = (0.0, 0.1, 0.3, 0.5, 0.7, 0.9, 1.01)
    held_out = left_out.held_out.filter(
        pl.col("source").map_elements(name_of, return_dtype=pl.String).is_not_null()
    )
    rows = []
    for low, high in pairwise(edges):
        cells: list[object] = [f"{low:.1f}-{min(high, 1):.1f}"]
        for own in (False, True):
            by_source: dict[str, list[tuple[float, bool]]] = {}
            for row in held_out.iter_rows(named=True):
                probability = sigmoid((priors[row["source"]] if own else prior) + scale * row["say"])
                if low <= probability < high:
                    by_source.setdefault(row["source"], []).append((probability, row["failed"]))
            enough = [pairs for pairs in by_source.values() if len(pairs) >= EARNING_HITS]
            said = fmean(fmean(p for p, _ in pairs) for pairs in enough) if enough else None
            came = fmean(fmean(failed for _, failed in pairs) for pairs in enough) if enough else None
            cells += [len(enough), said, came]
        rows.append(cells)
    head = ("probability", "sources", "said", "failed", "sources, own prior", "said", "failed")
    return table(head, rows)


def types(read: pl.DataFrame) -> str:
    """Tell how well the type is found, given failure."""
    airline = read.filter(pl.col("source").struct.field("format") == "tau_bench")
    shipped = ah.rules.evaluate(airline, types=pl.col("type")).summary.row(0, named=True)
    fitted = ah.rules.fit(airline, task=pl.col("task"), types=pl.col("type")).held_out
    fitted = fitted.filter(pl.col("failed"), pl.col("type").is_not_null())
    held = list(fitted.select("type", "likeliest").iter_rows())
    failed = read.filter(pl.col("success").not_()).with_columns(
        said=ah.classify(success=pl.lit(value=False), reward=None).struct.field("failure_type"),
        ended=pl.col("metadata").str.json_path_match("$.terminate_reason"),
    )
    halted = failed.filter(
        pl.col("source").struct.field("path").str.contains("ReAct/base", literal=True)
    ).select(
        truth=pl.when(pl.col("failure_reason") == "halted")
        .then(pl.lit("incomplete"))
        .otherwise(pl.lit("other")),
        said=pl.when(pl.col("said") == "incomplete").then(pl.lit("incomplete")).otherwise(pl.lit("other")),
    )
    mint = failed.filter(pl.col("ended").is_in(["max_steps", "max_propose_steps"])).select(
        truth=pl.when(pl.col("ended") == "max_steps").then(pl.lit("incomplete")).otherwise(pl.lit("other")),
        said=pl.when(pl.col("said") == "incomplete").then(pl.lit("incomplete")).otherwise(pl.lit("other")),
        proposals=pl.when(_calls_of("finish") < 2).then(pl.lit("incomplete")).otherwise(pl.lit("other")),
    )
    rows = [
        ["airline, as shipped", len(held), shipped["type_accuracy"], shipped["type_macro_f1"]],
        ["airline, fitted, by task", len(held), *_agreement(held)],
        [
            "Reflexion: halted = incomplete",
            halted.height,
            *_agreement(list(halted.iter_rows()), "incomplete"),
        ],
        [
            "MINT: out of steps = incomplete, out of proposals = any other",
            mint.height,
            *_agreement(list(mint.select("truth", "said").iter_rows()), "incomplete"),
        ],
        [
            "MINT: the same, told by fewer than two final answers",
            mint.height,
            *_agreement(list(mint.select("truth", "proposals").iter_rows()), "incomplete"),
        ],
    ]
    return table(("runs that failed", "runs", "accuracy", "macro-F1, or F1 of incomplete"), rows)


def written() -> str:
    """Tell what the pack says of runs that were written for this."""
    rows = []
    for file, name in WRITTEN.items():
        read = ah.scan_logs(LABELLED / file).collect()
        found = ah.rules.evaluate(read, types=TYPE_OF_WRITTEN)
        row = found.sources.row(0, named=True)
        judged = read.select(
            failed=pl.col("success").not_(),
            p=ah.classify(success=None, reward=None).struct.field("failure_probability"),
        )
        pairs = list(judged.select("p", "failed").iter_rows())
        summary = found.summary.row(0, named=True)
        rows.append(
            [
                name,
                read.height,
                row["auc"],
                row["steps_auc"],
                tier(pairs, 0.5),
                tier(pairs, TIER),
                summary["type_accuracy"],
                summary["type_macro_f1"],
            ]
        )
    head = (
        "runs",
        "count",
        "AUC",
        "steps only",
        "precision / recall at p ≥ 0.5",
        f"at p ≥ {TIER}",
        "type, accuracy",
        "macro-F1",
    )
    return table(head, rows)


def _calls_of(tool: str) -> pl.Expr:
    named = pl.element().struct.field("action_name") == tool
    return pl.col("steps").list.eval(named.fill_null(value=False).cast(pl.Int32)).list.sum()


def _agreement(pairs: Sequence[tuple[str, str]], of: str | None = None) -> tuple[float, float]:
    scores = []
    for name in [of] if of else sorted({truth for truth, _ in pairs}):
        right = sum(truth == said == name for truth, said in pairs)
        named = sum(truth == name for truth, _ in pairs) + sum(said == name for _, said in pairs)
        scores.append(2 * right / named)
    return fmean(truth == said for truth, said in pairs), fmean(scores)


def rule_table(read: pl.DataFrame) -> str:
    rows = [
        [
            f"`{row['rule']}`",
            round(row["weight"], 1),
            row["status"],
            row["hits"],
            f"{row['right']:.2f} ({row['chance']:.2f})" if row["right"] is not None else "",
            (name_of(row["source"]) or row["source"].rsplit("/", 1)[-1]) if row["source"] else "",
            f"{row['above']} of {row['sources']}" if row["sources"] else "",
        ]
        for row in worth(read).sort("rule").iter_rows(named=True)
    ]
    head = ("rule", "weight", "status", "hits", "precision (base)", "on", "sources above base")
    return table(head, rows)


def agreement_table(read: pl.DataFrame) -> str:
    rows = [[name, *figures] for name, figures in agreed(read).items()]
    return table(("source", "runs", "AUC of the rules", "of agreement", "of both"), rows)


def write(read: pl.DataFrame) -> None:
    """Write the tables between their marks."""
    left_out = ah.rules.fit(read, task=pl.col("task"), types=pl.col("type"), transfer=True)
    page = PAGE.read_text()
    for mark, text in {
        "detection": detection(read, left_out),
        "reliability": reliability(left_out),
        "types": types(read),
        "rules": rule_table(read),
        "agreement": agreement_table(read),
        "written": written(),
    }.items():
        begin, end = f"<!-- {mark} -->", f"<!-- end of {mark} -->"
        if begin not in page or end not in page:
            sys.exit(f"found no place for the table in {PAGE}: it needs a line {begin} and a line {end}")
        before, rest = page.split(begin)
        page = f"{before}{begin}\n{text}\n{end}{rest.split(end)[1]}"
    PAGE.write_text(page)


if __name__ == "__main__":
    commands = {"fit": fit, "write": write}
    if sys.argv[1:] not in [[command] for command in commands]:
        sys.exit(__doc__)
    commands[sys.argv[1]](runs())

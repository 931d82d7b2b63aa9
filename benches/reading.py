"""Logs → the trajectory frame, against `polars.scan_ndjson` of the same file, in one run.

The log of the bench, and each source of real logs where `../shared/data` is at hand, is repeated to a file
of `--megabytes` MB, one record a line. Each side runs in a process of its own, so that its peak memory is its
own. Every answer is checked: both sides must find as many records as the file has lines, and ours must read
them all. A third process says what the machine can do: sonic-rs parses the same lines to trees, from memory,
and then from the file with their strings copied, which is the least that fills a column.

    python -m benches.reading [--megabytes 600] [--large 4000]

`--large` also reads a log of so many MB, for the peak of memory alone.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
DATA = ROOT.parent / "shared" / "data"
FOLDER = ROOT / "out"

OURS = """
import sys
from agenther import _native
import polars as pl
scanner = _native.LogScanner([sys.argv[1]], threads=int(sys.argv[2]))
rows = 0
while (batch := scanner.read_batch()) is not None:
    rows += pl.DataFrame(batch).height
files = pl.DataFrame(scanner.take_files())
print(rows)
"""
POLARS = """
import sys
import polars as pl
print(pl.scan_ndjson(sys.argv[1], infer_schema_length=None).collect().height)
"""

REAL = {
    "tau_bench": ["tau-bench-airline/*.json"],
    "mint": ["mint-bench/**/results.jsonl"],
    "react": ["fireact/trajs/*.json"],
    "intercode": ["intercode/sql/gpt-4/*.json"],
    "openai_chat": ["tau-bench-airline/*.json"],
}
"""Sources whose files are cut into lines of one record each, by the format that they are read as."""


GENERATED = 150
"""MB of the log of the bench, at most: polars takes 20 bytes of memory for each, and half a minute."""


def measure(log: Path, megabytes: int) -> dict[str, object]:
    """Measure the log of the bench and what real logs there are."""
    generated = _compared(log.read_text().splitlines(), min(megabytes, GENERATED))
    figures: dict[str, object] = {"openai_chat (generated)": generated}
    for name, patterns in REAL.items():
        files = [file for pattern in patterns for file in sorted(DATA.glob(pattern))]
        if files:
            figures[name] = _compared([line for file in files for line in _records(file, name)], megabytes)
    return figures


def _records(file: Path, name: str) -> list[str]:
    """Give the records of a file, one line each."""
    if file.suffix == ".jsonl":
        return file.read_text().splitlines()
    document = json.loads(file.read_text())
    records = document if isinstance(document, list) else list(document.values())
    if name == "openai_chat":
        records = [{"messages": record["traj"], "reward": record["reward"]} for record in records]
    return [json.dumps(record, ensure_ascii=False) for record in records]


AIMS = {"gb_a_cpu_second": 1.0, "ratio_to_polars": 5.0, "two_threads_ratio": 1.8}
"""What each format is to reach."""

WHY = {
    "gb_a_cpu_second": "{values} values and {escapes} escapes in each KB are told apart, decoded and copied"
    " to the columns, by a machine on which sonic-rs makes its trees of them at {tree} GB/s, and at {columns}"
    " where it reads the file and copies their strings, without a format or a run",
    "ratio_to_polars": "records of {record} bytes with {values} values a KB: the flatter and the shorter"
    " they are, the better polars reads them, which copies their fields as they stand and rebuilds no run;"
    " five times its speed is {five} GB/s, where one thread of sonic-rs reads the file and copies the strings"
    " of its trees at {columns}",
    "two_threads_ratio": "two processes side by side, which share nothing, read {processes} x what one reads",
}
"""Why a format does not."""


def _missed(figures: dict[str, Any], records: list[str]) -> dict[str, str]:
    """Say of each aim that a format misses why it does."""
    size = sum(map(len, records)) / 1000
    told = {
        "record": figures["bytes_a_record"],
        "values": round(sum(_values(json.loads(record)) for record in records) / size),
        "escapes": round(sum(record.count("\\") for record in records) / size),
        "tree": figures["tree_gb_s"],
        "columns": figures["columns_gb_s"],
        "five": round(5 * figures.get("polars_gb_s", 0), 2),
        "processes": figures["two_processes_ratio"],
    }
    return {
        name: f"{figures[name]} of {aim}: {WHY[name].format(**told)}"
        for name, aim in AIMS.items()
        if name in figures and figures[name] < aim
    }


def _values(value: object) -> int:
    """Count the values and keys of a document."""
    if isinstance(value, dict):
        return 1 + sum(1 + _values(member) for member in value.values())
    return 1 + (sum(map(_values, value)) if isinstance(value, list) else 0)


def _compared(records: list[str], megabytes: int) -> dict[str, object]:
    figures = _figures(records, megabytes)
    return {**figures, "missed": _missed(figures, records)}


def _figures(records: list[str], megabytes: int) -> dict[str, object]:
    path, lines = _repeated(records, megabytes)
    size = path.stat().st_size
    try:
        sides = [_best(OURS, lines, str(path), str(threads)) for threads in (1, 2)]
        tree, columns = _tree(path, lines)
        both = _two_processes(path, lines)
        polars = _best(POLARS, lines, str(path))
    finally:
        path.unlink()
    (one, _, cpu), (two, peak, _) = (side for side in sides if side)
    found: dict[str, object] = {
        "bytes_a_record": size // lines,
        "one_thread_gb_s": round(size / one / 1e9, 3),
        "gb_a_cpu_second": round(size / cpu / 1e9, 3),
        "tree_gb_s": round(size / tree / 1e9, 3),
        "columns_gb_s": round(size / columns / 1e9, 3),
        "ratio_to_tree": round(tree / one, 2),
        "ratio_to_columns": round(columns / one, 2),
        "two_threads_ratio": round(one / two, 2),
        "two_processes_ratio": round(2 * one / both, 2),
        "peak_mb": peak,
    }
    if polars is None:
        return {**found, "polars": "cannot read the file"}
    return {
        **found,
        "polars_gb_s": round(size / polars[0] / 1e9, 3),
        "polars_peak_mb": polars[1],
        "ratio_to_polars": round(polars[0] / two, 2),
        "ratio_to_polars_a_cpu_second": round(polars[2] / cpu, 2),
    }


def _repeated(records: list[str], megabytes: int) -> tuple[Path, int]:
    """Write the records again and again until there are so many megabytes of them."""
    FOLDER.mkdir(exist_ok=True)
    path = FOLDER / "reading.jsonl"
    text = "".join(record + "\n" for record in records)
    times = megabytes * 1_000_000 // len(text.encode()) + 1
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for _ in range(times):
            file.write(text)
    return path, times * len(records)


def _best(code: str, lines: int, *arguments: str) -> tuple[float, int, float] | None:
    """Time the code, the best of three: seconds, MB at the peak, CPU seconds; `None` where it fails."""
    sides = [_timed(code, lines, *arguments) for _ in range(3)]
    return min(side for side in sides if side) if all(sides) else None


def _timed(code: str, lines: int, *arguments: str) -> tuple[float, int, float] | None:
    before = (
        "import resource, time, polars, agenther\n_wall, _cpu = time.perf_counter(), time.process_time()\n"
    )
    after = (
        "print(time.perf_counter() - _wall, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss,"
        " time.process_time() - _cpu)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", before + code + after, *arguments], capture_output=True, text=True, check=False
    )
    if done.returncode:
        return None
    counted, figures = done.stdout.splitlines()
    if int(counted) != lines:
        raise AssertionError(f"found {counted} records, needed {lines}")
    seconds, kilobytes, cpu = figures.split()
    return float(seconds), int(kilobytes) // 1024, float(cpu)


def _two_processes(path: Path, lines: int) -> float:
    """Time two processes side by side, each with the whole file: the slower one, the best of three."""

    def one(_: int) -> float:
        side = _timed(OURS, lines, str(path), "1")
        if side is None:
            raise AssertionError("the log could not be read")
        return side[0]

    with ThreadPoolExecutor(2) as pool:
        return min(max(pool.map(one, range(2))) for _ in range(3))


def _tree(path: Path, lines: int) -> tuple[float, float]:
    """Time sonic-rs, the best of three, in seconds: from memory, and from the file with strings copied."""
    command = ["cargo", "run", "--release", "--quiet", "--package", "agenther-bench"]
    command += ["--bin", "agenther-bench-parse", "--", str(path)]
    trees, columns = zip(*(_parsed(command, lines) for _ in range(3)), strict=True)
    return min(trees), min(columns)


def _parsed(command: list[str], lines: int) -> tuple[float, float]:
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    counted, tree, columns = done.stdout.split()
    if int(counted) != lines:
        raise AssertionError(f"sonic-rs found {counted} records, needed {lines}")
    return float(tree), float(columns)


def peak(log: Path, megabytes: int) -> dict[str, object]:
    """Read a log of so many MB by two threads: what memory that takes."""
    path, lines = _repeated(log.read_text().splitlines(), megabytes)
    try:
        side = _timed(OURS, lines, str(path), "2")
    finally:
        size = path.stat().st_size
        path.unlink()
    if side is None:
        raise AssertionError("the log could not be read")
    return {"log_mb": size // 1_000_000, "runs": lines, "seconds": round(side[0], 1), "peak_mb": side[1]}


if __name__ == "__main__":
    from benches import generate

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--megabytes", type=int, default=600)
    parser.add_argument("--large", type=int, default=0)
    arguments = parser.parse_args()
    bench = FOLDER / "bench.jsonl"
    generate.write(bench, 2_000, 7)
    result = measure(bench, arguments.megabytes)
    if arguments.large:
        result["large"] = peak(bench, arguments.large)
    sys.stdout.write(json.dumps(result, indent=2) + "\n")

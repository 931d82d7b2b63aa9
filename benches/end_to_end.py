"""JSONL to SFT rows, whole, against `polars.scan_ndjson` of the same file, in one run.

Each side runs in a process of its own, so that its peak memory is its own. Both answers are checked: our
account must hold every run, and polars must have read as many rows.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

OURS = """
import sys
from pathlib import Path
from agenther.job import Job, run
account = run(Job(logs=[sys.argv[1]], out=Path(sys.argv[2]), to=("sft",), which="all"))
print(account.written + account.skipped.total())
"""
POLARS = """
import sys
import polars as pl
print(pl.scan_ndjson(sys.argv[1]).collect().height)
"""


@dataclass(frozen=True)
class Measured:
    """One side of the comparison."""

    seconds: float
    peak_mb: int


def measure(log: Path, runs: int) -> dict[str, object]:
    """Time both sides on a log of `runs` runs; the best of three each, in turns."""
    size = log.stat().st_size
    ours: list[Measured] = []
    theirs: list[Measured] = []
    for _ in range(3):
        with tempfile.TemporaryDirectory() as folder:
            ours.append(_timed(OURS, runs, str(log), folder))
        theirs.append(_timed(POLARS, runs, str(log)))
    mine = min(ours, key=lambda side: side.seconds)
    polars = min(theirs, key=lambda side: side.seconds)
    return {
        "log_bytes": size,
        "runs": runs,
        "jsonl_to_sft_s": round(mine.seconds, 3),
        "jsonl_to_sft_gb_s": round(size / mine.seconds / 1e9, 4),
        "jsonl_to_sft_peak_mb": mine.peak_mb,
        "polars_scan_ndjson_s": round(polars.seconds, 3),
        "polars_scan_ndjson_gb_s": round(size / polars.seconds / 1e9, 4),
        "polars_scan_ndjson_peak_mb": polars.peak_mb,
        "ratio": round(polars.seconds / mine.seconds, 3),
    }


def _timed(code: str, runs: int, *arguments: str) -> Measured:
    """Run the code and time it, less what the interpreter and the imports take."""
    report = "import resource, time; _start = time.perf_counter()\n"
    imports = "import polars, agenther, agenther.job\n"
    ending = "print(time.perf_counter() - _start, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)\n"
    done = subprocess.run(
        [sys.executable, "-c", imports + report + code + ending, *arguments],
        capture_output=True,
        text=True,
        check=True,
    )
    counted, figures = done.stdout.splitlines()
    if int(counted) != runs:
        raise AssertionError(f"found {counted} runs, needed {runs}")
    seconds, kilobytes = figures.split()
    return Measured(float(seconds), int(kilobytes) // 1024)

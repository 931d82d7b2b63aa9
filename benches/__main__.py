"""Measures the engine in memory, JSONL to SFT, and reading, each against its reference in the same run.

    python -m benches [--runs 5000] [--seed 7] [--megabytes 600] [--record]

`--record` keeps the figures with date and machine under benches/record/.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
from datetime import datetime, timezone
from pathlib import Path

from benches import end_to_end, generate, reading

ROOT = Path(__file__).parents[1]
LOG = ROOT / "out" / "bench.jsonl"
RECORD = Path(__file__).parent / "record"


def main() -> int:
    """Measure, print and, where asked, record."""
    parser = argparse.ArgumentParser(prog="python -m benches", description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=5_000, help="runs in the generated log")
    parser.add_argument("--seed", type=int, default=7, help="seed of the generated log")
    parser.add_argument("--megabytes", type=int, default=600, help="size of each log that is only read")
    parser.add_argument("--record", action="store_true", help="keep the figures under benches/record/")
    arguments = parser.parse_args()

    generate.write(LOG, arguments.runs, arguments.seed)
    figures = {
        "date": datetime.now(timezone.utc).date().isoformat(),
        "machine": _machine(),
        "seed": arguments.seed,
        "engine": _engine(),
        "end_to_end": end_to_end.measure(LOG, arguments.runs),
        "reading": reading.measure(LOG, arguments.megabytes),
    }
    text = json.dumps(figures, indent=2)
    sys.stdout.write(text + "\n")
    if arguments.record:
        path = RECORD / f"{figures['date']}.json"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text + "\n", encoding="utf-8")
        sys.stdout.write(f"recorded in {path.relative_to(ROOT)}\n")
    return 0


def _engine() -> object:
    command = ["cargo", "run", "--release", "--quiet", "--package", "agenther-bench", "--", str(LOG)]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout)


def _machine() -> str:
    """Name the processor and the cores: a figure means little without them."""
    processor = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        names = [
            line.partition(":")[2].strip()
            for line in cpuinfo.read_text().splitlines()
            if "model name" in line
        ]
        processor = names[0] if names else processor
    return f"{processor}, {os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}"


if __name__ == "__main__":
    sys.exit(main())

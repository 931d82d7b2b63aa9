"""Makes a log of any size out of the examples: OpenAI chat messages, one run a line.

Every run is an example with other numbers, identifiers and names, the same ones throughout the run, so that
what was grounded stays grounded; the schemas of its tools stay as they are, as those of an agent do.
The same seed and the same count give the same bytes.

    python -m benches.generate out/bench.jsonl --runs 20000 --seed 7
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

LOGS = Path(__file__).parents[1] / "examples" / "logs"
SOURCES = ("retail-support.jsonl", "assistant-tools.jsonl.gz")

DATE_OR_TIME = re.compile(r"\d{4}-\d{2}-\d{2}(?:T[\d:.]+Z?)?|\d{1,2}:\d{2}")
NUMBER = re.compile(rf"(?P<keep>{DATE_OR_TIME.pattern})|(?<![\d.])(?P<number>[1-9]\d{{2,}})(?!\d)")
NAMES = {
    "Paul": "Aino",
    "Nakamura": "Ferreira",
    "Lena": "Bela",
    "Vogt": "Okafor",
    "Omar": "Chen",
    "Haddad": "Lindholm",
    "Dayo": "Dario",
    "Oyelaran": "Petrov",
    "Hanna": "Elif",
    "Brandt": "Sandoval",
    "Priya": "Farid",
    "Raman": "Jansen",
    "Dana": "Greta",
    "Whitfield": "Moreau",
    "Mikko": "Hugo",
    "Salonen": "Kovacs",
}
"""The people of the examples, and others of as many."""


def templates() -> list[str]:
    """Give the records of the example files in the shape of OpenAI chat messages."""
    records: list[str] = []
    for name in SOURCES:
        data = (LOGS / name).read_bytes()
        text = (gzip.decompress(data) if name.endswith(".gz") else data).decode()
        records += text.splitlines()
    return records


def vary(record: str, rng: random.Random) -> str:
    """Give a record other names, and other numbers of the same length from three digits on."""
    others = list(NAMES.values())
    rng.shuffle(others)
    for name, other in zip(NAMES, others, strict=True):
        record = record.replace(name, other).replace(name.lower(), other.lower())
    numbers: dict[str, str] = {}

    def other_number(match: re.Match[str]) -> str:
        number = match["number"]
        if number is None:
            return match["keep"]
        if number not in numbers:
            numbers[number] = str(rng.randrange(10 ** (len(number) - 1), 10 ** len(number)))
        return numbers[number]

    return NUMBER.sub(other_number, record)


def runs(count: int, seed: int) -> Iterator[str]:
    """Give `count` records, each one line of JSON with an id of its own."""
    rng = random.Random(seed)  # noqa: S311 - a benchmark's log, not a secret
    sources = templates()
    for number in range(count):
        template = rng.choice(sources)
        record = json.loads(vary(template, rng))
        if "tools" in (original := json.loads(template)):
            record["tools"] = original["tools"]
        record["id"] = f"{record['id']}-{number}"
        yield json.dumps(record, ensure_ascii=False)


def write(path: Path, count: int, seed: int) -> int:
    """Write the log and give its number of characters."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="\n") as file:
        return sum(file.write(line + "\n") for line in runs(count, seed))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("path", type=Path)
    parser.add_argument("--runs", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=7)
    arguments = parser.parse_args()
    write(arguments.path, arguments.runs, arguments.seed)

"""Training files: one function and one writer a trainer or shape.

Each takes the trajectory frame with the columns of `analyze`, eager or lazy, and gives a `Report` in
which every row of the frame is accounted for: `read = written + skipped`. A file appears under its name
only when it is whole. Beside it stands `<name>.provenance.jsonl`, one line a row.

>>> import agenther as ah
>>> runs = ah.Trajectory(original_prompt="Fly me to Rome", success=False).to_frame()
>>> out = runs.with_columns(ah.analyze().struct.unnest())
>>> import tempfile, pathlib
>>> with tempfile.TemporaryDirectory() as folder:
...     ah.export.sft(out, pathlib.Path(folder) / "sft.jsonl").skipped
{'no_steps': 1}
"""

from collections.abc import Callable

from agenther.export.dpo import DpoWriter, dpo
from agenther.export.kto import KtoWriter, kto
from agenther.export.report import Report
from agenther.export.sft import SftWriter, sft
from agenther.export.sharegpt import ShareGptWriter, sharegpt
from agenther.export.validate import Problem, validate
from agenther.export.writer import Writer

WRITERS: dict[str, Callable[..., Writer]] = {
    "sft": SftWriter,
    "dpo": DpoWriter,
    "kto": KtoWriter,
    "sharegpt": ShareGptWriter,
}
"""Every writer by the name that the command line takes. A new exporter is a file and a line here."""

__all__ = [
    "WRITERS",
    "DpoWriter",
    "KtoWriter",
    "Problem",
    "Report",
    "SftWriter",
    "ShareGptWriter",
    "Writer",
    "dpo",
    "kto",
    "sft",
    "sharegpt",
    "validate",
]

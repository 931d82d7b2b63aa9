"""The main job: logs in, training files out, in one pass and bounded memory.

Earlier output among the logs is not read as a log: what it holds is passed over (see `ledger`).

Every record is accounted for. `records = written + skipped + rejected`: the reader counts the records, the
fate of each run gives the rest, and `Account.check` compares the two before any file appears.
"""

from __future__ import annotations

import base64
import json
import shutil
import tempfile
from collections import Counter
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TextIO, TypeAlias

import polars as pl

from agenther import ledger, panics
from agenther.export import WRITERS
from agenther.expressions import analyze, panic
from agenther.moulds import moulds, read_moulds
from agenther.scan import LogScan, RejectedRecordsError, scan_logs
from agenther.sources import look, tally_passed_over

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from agenther._typing import Thoughts
    from agenther.export import Writer
    from agenther.export.settings import Mask
    from agenther.rules import Rules
    from agenther.scan import OnError
    from agenther.sources import Source

Which: TypeAlias = Literal["failed", "unlabelled", "all"]

REJECTS = "rejects.jsonl"
SUMMARY = "summary.json"
DATASET_INFO = "dataset_info.json"
LEDGER = ledger.LEDGER

_OUTPUTS = {REJECTS, SUMMARY, DATASET_INFO, LEDGER} | {
    f"{name}{suffix}" for name in WRITERS for suffix in (".jsonl", ".provenance.jsonl")
}
"""The names of the files of a job."""


class AccountError(Exception):
    """The numbers of a job contradict each other: a bug of ours, so its files are thrown away."""


@dataclass(frozen=True)
class Job:
    """What to do.

    >>> Job(logs=["logs"], out=Path("out")).to
    ('sft', 'dpo', 'sharegpt')
    """

    logs: Sequence[str | Path]
    """Files, folders, globs, URLs, or `-` for standard input."""
    out: Path
    """The folder for the files; it is made where it does not exist."""
    to: Sequence[str] = ("sft", "dpo", "sharegpt")
    """Exports by name: the keys of `agenther.export.WRITERS`."""
    which: Which = "failed"
    """Runs to relabel: failures (by the log's label, else by the rules), runs without a label, or all."""
    min_confidence: float = 0.5
    """Goals below it are dropped."""
    min_weight: float = 0.3
    """Runs below it are skipped: the δ of the paper."""
    goals: int = 3
    """The most goals a run may give."""
    seed: int = 0
    """Chooses among equivalent phrasings."""
    thoughts: Thoughts = "template"
    """What becomes of the thoughts of kept steps; `agenther.relabel` says what each means."""
    mask: Mask | None = None
    """The field that masks the steps outside the slice, which stand in the rows of `sft` with it: `train` for
    Axolotl, `weight` for the API of OpenAI, in whose form they are then written. Other exports refuse it."""
    log_format: str | None = None
    """Read every file as this format; by default each is recognised."""
    mapping: Path | None = None
    """Read every record as this TOML file says (see `docs/mapping.md`)."""
    success_at: float | None = None
    """The reward from which on a run counts as a success where its log states none."""
    on_error: OnError = "reject"
    """What to do with a record that cannot be read: keep it aside, stop, or count it and keep nothing."""
    max_rejects: float | None = None
    """Give up at more rejects than this number, or, given a float, than this share of the records."""
    max_record_bytes: int | None = None
    """A record of more bytes is a reject; 256 MiB unless given."""
    rejects: Path | None = None
    """Where to write the rejects instead of `out`; they are written there even if the job is given up."""
    moulds: Path | Literal["auto"] | None = None
    """How the users ask: moulds learned from these logs in a first pass (`auto`), or JSON lines of them."""
    rules: Rules | None = None
    """Rules made by `agenther.rules.load`; by default the pack that comes with the engine."""


@dataclass
class Variety:
    """How much the goals differ, and where their words come from.

    Goals are kept as hashes of eight bytes, so that a job over a log of any length fits in memory.
    """

    wordings: Counter[str] = field(default_factory=Counter)
    _goals: list[pl.Series] = field(default_factory=list)
    _forms: list[pl.Series] = field(default_factory=list)

    def count(self, goals: pl.DataFrame) -> None:
        """Take in goals, the fields of `schema.HINDSIGHT`."""
        text = pl.col("goal")
        form = text.str.replace_all(_VALUE, "_")
        hashed = goals.select(text.hash(0).alias("goal"), form.hash(0).alias("form"))
        self._goals.append(hashed["goal"])
        self._forms.append(hashed["form"])
        self.wordings.update(_counts(goals["wording"]))

    def distinct(self) -> int:
        """Count the goals that differ in any word."""
        return pl.concat(self._goals).n_unique() if self._goals else 0

    def entropy(self) -> float:
        """Give the entropy, in bits, of the forms of the goals: their texts without names and numbers."""
        if not self._forms:
            return 0.0
        counts = pl.concat(self._forms).value_counts()["count"]
        return round(counts.entropy(base=2, normalize=True) or 0.0, 3) if counts.len() > 1 else 0.0


_VALUE = r'"[^"]*"|\b\w*\d\w*\b|\b[A-Z]\w*\b'
"""What differs between two goals of one form: quoted words, numbers and names."""


@dataclass
class Account:
    """What became of every record."""

    files: int = 0
    passed_over: dict[str, int] = field(default_factory=dict)
    """Files of the folders that were not read, by how they are named: see `sources.Found`."""
    records: int = 0
    read: int = 0
    rejected: Counter[str] = field(default_factory=Counter)
    first_reject: str | None = None
    labelled: int = 0
    failed: Counter[str] = field(default_factory=Counter)
    relabelled: int = 0
    goals: int = 0
    repeated: int = 0
    variety: Variety = field(default_factory=Variety)
    abstained: Counter[str] = field(default_factory=Counter)
    skipped: Counter[str] = field(default_factory=Counter)
    written: int = 0
    rows: dict[str, int] = field(default_factory=dict)
    rows_skipped: dict[str, dict[str, int]] = field(default_factory=dict)

    def check(self) -> None:
        """Raise `AccountError` if a record is missing or counted twice.

        >>> Account(records=2, read=2, written=1).check()
        Traceback (most recent call last):
        agenther.job.AccountError: 2 records, but 1 written + 0 skipped + 0 rejected = 1; please report this
        """
        written, skipped, rejected = self.written, self.skipped.total(), self.rejected.total()
        if self.records != written + skipped + rejected:
            raise AccountError(
                f"{self.records} records, but {written} written + {skipped} skipped + {rejected} rejected"
                f" = {written + skipped + rejected}; please report this"
            )
        if self.records != self.read + rejected:
            raise AccountError(
                f"{self.records} records, but {self.read} read + {rejected} rejected; please report this"
            )

    def as_json(self) -> dict[str, Any]:
        """Give the account as it stands in `summary.json`; reasons with the most runs come first."""
        return {
            "files": self.files,
            "passed_over": sum(self.passed_over.values()),
            "passed_over_by_suffix": self.passed_over,
            "records": self.records,
            "rejected": self.rejected.total(),
            "rejected_by_reason": _ordered(self.rejected),
            "read": self.read,
            "labelled": self.labelled,
            "failed": self.failed.total(),
            "failed_by_type": _ordered(self.failed),
            "relabelled": self.relabelled,
            "goals": self.goals,
            "goals_repeated": self.repeated,
            "goals_by_wording": _ordered(self.variety.wordings),
            "goals_distinct": self.variety.distinct(),
            "goal_entropy_bits": self.variety.entropy(),
            "skipped": self.skipped.total(),
            "skipped_by_reason": _ordered(self.skipped),
            "abstained": self.abstained.total(),
            "abstained_by_reason": _ordered(self.abstained),
            "written": self.written,
            "rows": self.rows,
            "rows_skipped": self.rows_skipped,
        }


def _ordered(counts: Counter[str]) -> dict[str, int]:
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def run(job: Job, progress: Callable[[int, int], None] | None = None) -> Account:
    r"""Do a job. Its files appear in `job.out` when all of them are whole, or not at all.

    Parameters
    ----------
    job
        What to do.
    progress
        Called after each batch with the files and the runs read so far.

    >>> import agenther as ah, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     log = Path(folder) / "log.jsonl"
    ...     _ = log.write_text('{"messages": [{"role": "user", "content": "Hi"}], "success": false}\n')
    ...     run(Job([log], Path(folder) / "out")).as_json()["abstained_by_reason"]
    {'no_steps': 1}
    """
    account = Account()
    for name in job.to:
        writer: Any = WRITERS[name]
        writer.check_mask(job.mask)
    logs, earlier, account.passed_over = _inputs(job)
    known = ledger.of(earlier)
    learned = _moulds(job, logs)
    scan = LogScan(
        logs,
        format=job.log_format,
        success_at=job.success_at,
        mapping=job.mapping,
        on_error="raise" if job.on_error == "raise" else "reject",
        max_rejects=job.max_rejects,
        max_record_bytes=job.max_record_bytes,
    )
    with _all_or_nothing(job.out) as folder:
        with ExitStack() as stack:
            writers = {name: stack.enter_context(_writer(name, folder, job)) for name in job.to}
            rejects = stack.enter_context(_rejects_file(folder, job))
            relabelled = stack.enter_context((folder / LEDGER).open("w", encoding="utf-8", newline="\n"))
            ledger.carry(earlier, relabelled)
            try:
                for runs in scan.batches():
                    analyzed = _analyze(_pass_over(runs, known, account), job, learned, scan, account)
                    found = _choose(analyzed, job, account)
                    ledger.write(_write(found, known, writers, account), relabelled)
                    _reject(scan.take_rejects(), rejects, account)
                    if progress is not None:
                        progress(scan.files_read, account.read)
            finally:
                _reject(scan.take_rejects(), rejects, account)
        account.files = scan.files.height
        account.records = int(scan.files["records"].sum())
        for name, writer in writers.items():
            account.rows[name] = writer.report.lines
            account.rows_skipped[name] = writer.report.skipped
        account.check()
        text = json.dumps(account.as_json(), indent=2, ensure_ascii=False)
        (folder / SUMMARY).write_text(text + "\n", encoding="utf-8")
    return account


@contextmanager
def _rejects_file(folder: Path, job: Job) -> Iterator[TextIO | None]:
    """Open the file for rejects. One that was asked for by name is kept when too many end the job."""
    if job.on_error == "skip":
        yield None
        return
    path = folder / REJECTS
    try:
        with path.open("w", encoding="utf-8", newline="\n") as file:
            yield file
    except RejectedRecordsError:
        _hand_over(path, job.rejects)
        raise
    _hand_over(path, job.rejects)


def _hand_over(path: Path, to: Path | None) -> None:
    if to is not None:
        to.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(path, to)


@contextmanager
def _all_or_nothing(out: Path) -> Iterator[Path]:
    """Give a folder beside the outputs; what is in it moves to `out` unless the block raises."""
    if out.exists() and not out.is_dir():
        raise NotADirectoryError(
            f"{out} is a file; needed a folder for the outputs, which is made if need be"
        )
    out.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=".agenther-", dir=out))
    try:
        if (out / DATASET_INFO).exists():
            # It may hold the entries of other data sets, and those stay.
            shutil.copy(out / DATASET_INFO, folder)
        yield folder
        for path in sorted(folder.iterdir()):
            path.replace(out / path.name)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _writer(name: str, folder: Path, job: Job) -> Writer:
    # What is written has been chosen before, so that each run has one fate in all files.
    make: Callable[..., Writer] = WRITERS[name]
    form = _API_FORM if job.mask == "weight" else {}
    return make(folder / f"{name}.jsonl", min_weight=0.0, seed=job.seed, mask=job.mask, **form)


_API_FORM: dict[str, Any] = {"arguments": "string", "tools": "list", "weight_mode": "drop"}
"""How rows are written for the fine-tuning API of OpenAI, which alone reads the mask `weight`."""


def _pass_over(runs: pl.DataFrame, known: ledger.Ledger, account: Account) -> pl.DataFrame:
    """Count the runs that an earlier job relabelled, and give the others."""
    before = known.has_run(runs)
    account.skipped.update({"relabelled_before": repeats} if (repeats := int(before.sum())) else {})
    account.read += runs.height
    account.labelled += runs["success"].count()
    return runs.filter(~before)


def _moulds(job: Job, logs: list[Source]) -> pl.DataFrame | None:
    """Learn the moulds of the logs, which are read once more for it, or read those of a file."""
    if job.moulds is None:
        return None
    if job.moulds != "auto":
        return read_moulds(job.moulds)
    if "-" in map(str, job.logs):
        raise ValueError(
            "moulds: found standard input among the logs, which is read only once; needed files, or the"
            " moulds in a file"
        )
    return moulds(
        scan_logs(
            logs,
            format=job.log_format,
            success_at=job.success_at,
            mapping=job.mapping,
            on_error="skip",
            max_record_bytes=job.max_record_bytes,
        )
    )


def _analyze(
    runs: pl.DataFrame, job: Job, moulds: pl.DataFrame | None, scan: LogScan, account: Account
) -> pl.DataFrame:
    """Analyze the runs; those at which the engine panics are rejects, and none of those that were read."""
    options: dict[str, Any] = {
        "goals": job.goals,
        "min_confidence": job.min_confidence,
        "seed": job.seed,
        "thoughts": job.thoughts,
        "moulds": moulds,
        "rules": job.rules,
    }
    analyzed = runs.with_columns(analyze(**options).struct.unnest())
    panicked = pl.col("abstained").eq_missing(panics.ENGINE_PANIC)
    lost = analyzed.filter(panicked)
    if lost.height:
        account.read -= lost.height
        account.labelled -= lost["success"].count()
        scan.reject(panics.rejects(lost, panic(**options)))
    return analyzed.filter(~panicked)


def _choose(runs: pl.DataFrame, job: Job, account: Account) -> pl.DataFrame:
    """Count the fates of analyzed runs, and give those whose goals are to be written."""
    runs = runs.with_columns(skipped=_fate(job))
    verdict = pl.col("verdict").struct
    failed = runs.filter(verdict.field("is_failure")).select(
        verdict.field("failure_type").fill_null("unknown")
    )
    account.failed.update(_counts(failed.to_series()))
    account.abstained.update(_counts(runs.filter(skipped="abstained")["abstained"]))
    account.skipped.update(_counts(runs["skipped"].drop_nulls()))
    return runs.filter(pl.col("skipped").is_null())


def _write(
    found: pl.DataFrame, known: ledger.Ledger, writers: dict[str, Writer], account: Account
) -> pl.DataFrame:
    """Write the goals of runs that are not known yet, and give the runs that are in a file."""
    # The wording depends on the id, so that pairs alone do not tell that a run was logged twice.
    others = known.new_runs(found)
    chosen = known.without_repeats(others)
    goals = int(chosen["hindsight"].list.len().sum())
    account.relabelled += found.height
    account.goals += goals
    account.repeated += int(found["hindsight"].list.len().sum()) - goals
    if chosen.height:
        account.variety.count(chosen["hindsight"].explode().drop_nulls().struct.unnest())
    for reason, runs in {
        "same_content": found.height - others.height,
        "repeated": others.height - chosen.height,
    }.items():
        account.skipped.update({reason: runs} if runs else {})

    with_rows = pl.repeat(False, chosen.height, dtype=pl.Boolean, eager=True)  # noqa: FBT003
    for writer in writers.values():
        with_rows |= writer.write(chosen)
    written = int(with_rows.sum())
    account.written += written
    if chosen.height > written:
        account.skipped["no_row"] += chosen.height - written
    return chosen.filter(with_rows)


def _fate(job: Job) -> pl.Expr:
    """Say why a run is not relabelled; null where it is."""
    verdict = pl.col("verdict").struct
    passed_over: dict[Which, tuple[str, pl.Expr]] = {
        "failed": ("not_failed", verdict.field("is_failure").not_()),
        "unlabelled": ("labelled", pl.col("success").is_not_null()),
        "all": ("", pl.lit(False)),  # noqa: FBT003 - the one way to spell it
    }
    reason, skipped = passed_over[job.which]
    return (
        pl.when(skipped)
        .then(pl.lit(reason))
        .when(pl.col("abstained").is_not_null())
        .then(pl.lit("abstained"))
        .when(verdict.field("weight") < job.min_weight)
        .then(pl.lit("low_weight"))
    )


def _counts(values: pl.Series) -> dict[str, int]:
    return dict(values.value_counts().iter_rows())


def _reject(rejects: pl.DataFrame, file: TextIO | None, account: Account) -> None:
    """Count rejects and write them out, batch by batch: a log may be nothing else."""
    account.rejected.update(_counts(rejects["reason"]))
    if account.first_reject is None and rejects.height:
        account.first_reject = "{path}, record {record}: {sentence}".format(**rejects.row(0, named=True))
    if file is not None:
        file.writelines(reject_lines(rejects))


def reject_lines(rejects: pl.DataFrame) -> Iterator[str]:
    """Give rejects as JSON lines."""
    for reject in rejects.iter_rows(named=True):
        yield json.dumps(_readable(reject), ensure_ascii=False) + "\n"


def _readable(reject: dict[str, Any]) -> dict[str, Any]:
    """Give the raw bytes as text, or in base64 where they are none."""
    raw: bytes = reject.pop("raw") or b""
    try:
        return {**reject, "raw": raw.decode()}
    except UnicodeDecodeError:
        return {**reject, "raw_base64": base64.b64encode(raw).decode()}


def _inputs(job: Job) -> tuple[list[Source], list[Path], dict[str, int]]:
    """Find the logs, and the ledgers of earlier jobs: what such a job has written is no log of an agent.

    The output folder is not looked into where it lies in another that is named, so that a job can be done
    again: its files are about to be replaced. Who names it wants what it holds passed over, and would lose
    it. The last is what of the folders is passed over, see `tally_passed_over`.
    """
    out = job.out.resolve()
    named = [str(log) for log in job.logs if out in (place := Path(log).resolve(), *place.parents)]
    if named and job.out.is_dir():
        raise FileExistsError(
            f"{named[0]} is among the logs, and is the output folder {job.out} or in it, whose files are"
            " about to be replaced; name another folder for the outputs, or leave this out of the logs to do"
            " all again"
        )
    logs: list[Source] = []
    earlier: dict[Path, None] = {}
    found = look(job.logs)
    for source in found.files:
        path = Path(source).resolve() if isinstance(source, str) else None
        if path is None:
            logs.append(source)
        elif out in path.parents:
            continue
        elif path.name in _OUTPUTS and (written := path.with_name(LEDGER)).is_file():
            earlier[written] = None
        else:
            logs.append(source)
    if not logs:
        raise FileNotFoundError(
            f"every file of {', '.join(map(str, job.logs))} is in the output folder {job.out}, "
            "or is output of an earlier job"
        )
    return logs, list(earlier), tally_passed_over(found.passed_over)

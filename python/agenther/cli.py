"""The command line: `agenther run LOGS -o DIR`, and what helps around it.

Exit codes: 0 done; 1 done, but records were rejected or problems were found; 2 wrong usage, or nothing to
read; 3 an account that does not add up, a bug of ours; 4 more records were rejected than allowed, with no
file of training data written; 130 interrupted, with no file written.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import polars as pl

from agenther import __version__, console, explain, hindsight_page, mapping, page, panics, rules
from agenther.arguments import (
    Parser,
    add_logs,
    add_mapping,
    add_one_run,
    add_rules,
    count,
    export_names,
    index,
    share,
)
from agenther.export import WRITERS, validate
from agenther.expressions import THOUGHTS, classify, panic
from agenther.job import REJECTS, AccountError, Job, reject_lines, run
from agenther.scan import LogScan, RejectedRecordsError
from agenther.schema import FAILURE_TYPES
from agenther.sources import find, look, tally_passed_over
from agenther.survey import shapes, survey

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

DONE, PROBLEMS, USAGE, BUG, GIVEN_UP, INTERRUPTED = 0, 1, 2, 3, 4, 130
"""What the command line answers to the shell."""

SHOWN = 20
"""Runs that `classify` shows on a terminal; `--json` gives all."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Carry out one command and give its exit code.

    >>> main(["classify", "nowhere.jsonl"])  # and a sentence on standard error
    2
    """
    options = _parser().parse_args(arguments)
    signal.signal(signal.SIGTERM, _terminate)
    try:
        code: int = options.command(options)
    except BrokenPipeError:
        # Whoever read our output has gone: say no more, not even at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except _PackError as error:
        code = USAGE
        for line in str(error).splitlines():
            console.problem(line)
    except _EXPECTED as error:
        code, sentence = _failure(error)
        console.problem(sentence)
    return code


class _PackError(ValueError):
    """What is wrong with packs: a line for each thing."""


_EXPECTED = (
    AccountError,
    KeyboardInterrupt,
    ModuleNotFoundError,
    OSError,
    ValueError,
    pl.exceptions.ComputeError,
)
"""What ends a command with a sentence; anything else is a bug, and shows where."""


def _failure(error: BaseException) -> tuple[int, str]:
    """Give the exit code for what ended a command, and say it in a sentence."""
    match error:
        case AccountError():
            return BUG, str(error)
        case RejectedRecordsError():
            return GIVEN_UP, f"given up: {error}; no file of training data was written"
        case KeyboardInterrupt():
            return INTERRUPTED, "interrupted; no file was written"
        case OSError() if error.filename and error.strerror:
            return USAGE, f"{error.filename}: {error.strerror}"
        case _:
            return USAGE, str(error)


def _terminate(_number: int, _frame: object) -> NoReturn:
    raise KeyboardInterrupt


def _run(options: argparse.Namespace) -> int:
    job = Job(
        logs=options.logs,
        out=options.out,
        to=options.to,
        which=options.which,
        min_confidence=options.min_confidence,
        min_weight=options.min_weight,
        goals=options.goals,
        seed=options.seed,
        thoughts=options.thoughts,
        mask=options.mask,
        moulds=options.moulds,
        log_format=options.format,
        mapping=options.mapping,
        success_at=options.success_at,
        on_error=options.on_error,
        max_rejects=options.max_rejects,
        max_record_bytes=options.max_record_bytes,
        rejects=options.rejects,
        rules=_rules(options),
    )
    with console.progress(len(find(job.logs))) as progress:
        account = run(job, progress)
    if options.json:
        _print_json(account.as_json())
    else:
        console.account(account, job.out)
    if not account.records:
        return _nothing(job.logs, account.files)
    if not account.rejected or job.on_error == "skip":
        return DONE
    place = job.rejects or job.out / REJECTS
    console.problem(
        f"{_records(account.rejected.total())} not read; {place} has each with the reason. The first is"
        f" {account.first_reject}"
    )
    return PROBLEMS


def _nothing(logs: Sequence[object], files: int) -> int:
    """Say that there is no record in any of the logs."""
    console.problem(
        f"no record is in {', '.join(map(str, logs))}: {_files(files)} read, with nothing in them; is this"
        " where the logs are?"
    )
    return USAGE


def _files(number: int) -> str:
    return f"{number:,} {'file was' if number == 1 else 'files were'}"


def _records(number: int) -> str:
    return f"{number:,} {'record was' if number == 1 else 'records were'}"


def _scan(options: argparse.Namespace) -> LogScan:
    return LogScan(
        options.logs,
        format=options.format,
        mapping=options.mapping,
        success_at=options.success_at,
        on_error=options.on_error,
        max_rejects=options.max_rejects,
        max_record_bytes=options.max_record_bytes,
    )


def _classify(options: argparse.Namespace) -> int:
    scan = _scan(options)
    pack = _rules(options)
    verdict = pl.col("verdict").struct
    failed: Counter[str] = Counter()
    shown: list[tuple[object, ...]] = []
    read = 0
    for runs in scan.batches():
        judged = runs.with_columns(classify(rules=pack))
        if (lost := judged.filter(pl.col("verdict").is_null())).height:
            scan.reject(panics.rejects(lost, panic(rules=pack)))
        verdicts = judged.drop_nulls("verdict").select("trajectory_id", "source", "success", "verdict")
        read += verdicts.height
        failures = verdicts.filter(verdict.field("is_failure")).select(
            "trajectory_id",
            verdict.field("failure_type").fill_null("unknown"),
            verdict.field("failure_probability", "severity", "failed_step"),
            rules=verdict.field("evidence")
            .list.eval(pl.element().struct.field("rule").unique())
            .list.join(", "),
        )
        failed.update(failures["failure_type"])
        if options.json:
            sys.stdout.write(verdicts.write_ndjson())
        elif len(shown) < SHOWN:
            shown.extend(failures.head(SHOWN - len(shown)).iter_rows())
    if not options.json:
        columns = ("run", "type", "probability", "severity", "step", "rules")
        console.table(columns, [[_cell(value) for value in row] for row in shown])
        console.say(f"{read:,} runs read, {failed.total():,} failed: {console.tally(failed) or 'none'}.")
        if failed.total() > len(shown):
            console.say(f"The first {len(shown)} failures are shown; --json gives every run.")
    return _ended(scan, options)


def _ended(scan: LogScan, options: argparse.Namespace) -> int:
    """Say what a scan has not read, and give the exit code."""
    console.passed_over(tally_passed_over(scan.passed_over))
    if not scan.files["records"].sum():
        return _nothing(options.logs, scan.files_read)
    return _rejected(scan.rejects, options.rejects)


def _cell(value: object) -> object:
    if value is None:
        return ""
    return f"{value:.2f}" if isinstance(value, float) else value


def _rejected(rejects: pl.DataFrame, file: Path | None) -> int:
    """Say which records could not be read, or write them to a file."""
    if file is not None:
        with file.open("w", encoding="utf-8", newline="\n") as lines:
            lines.writelines(reject_lines(rejects))
        if rejects.height:
            console.problem(f"{_records(rejects.height)} not read; {file} has each with the reason")
    else:
        for path, record, sentence in rejects.select("path", "record", "sentence").iter_rows():
            console.problem(f"{path}, record {record}: {sentence}")
    return PROBLEMS if rejects.height else DONE


def _explain(options: argparse.Namespace) -> int:
    if options.id is None and options.record is None:
        raise ValueError("found neither an ID nor --record N, needed one of them: which run of the log?")
    found, told = _find(options)
    if options.json:
        _print_json(told)
    else:
        page.show(told)
    return _name_others(found)


def _show(options: argparse.Namespace) -> int:
    found, told = _find(options)
    if options.json:
        _print_json(told | {name: found.run[name] for name in ("outcome", "hindsight", "abstained")})
    else:
        hindsight_page.show(found.run, told)
    # Without an ID the first failure was asked for, however many there are.
    return DONE if options.id is None and options.record is None else _name_others(found)


def _find(options: argparse.Namespace) -> tuple[explain.Found, dict[str, Any]]:
    scan = LogScan(
        options.log,
        format=options.format,
        mapping=options.mapping,
        success_at=options.success_at,
        max_record_bytes=options.max_record_bytes,
    )
    pack = _rules(options)
    found = explain.find(scan, options.id, options.record, rules=pack)
    return found, explain.explain(found.run, rules=pack)


def _name_others(found: explain.Found) -> int:
    if len(found.places) > 1:
        others = "; ".join(f"{path}, record {record}" for path, record in found.places[1:SHOWN])
        console.problem(
            f"this is the first of {len(found.places):,} such runs; --record N shows another: {others}"
        )
    return DONE


def _formats(options: argparse.Namespace) -> int:
    if options.list or not options.paths:
        listed = shapes()
        if options.json:
            _print_json([{"format": name, "shape": shape} for name, shape in listed])
        else:
            console.table(("format", "shape"), listed)
        return DONE
    if options.suggest:
        draft = mapping.suggest(options.paths)
        sys.stdout.write(json.dumps({"mapping": draft}) + "\n" if options.json else draft)
        return DONE
    files = look(options.paths)
    found = survey(files.files, mapping=options.mapping)
    troubled = found.filter(pl.col("format").is_null() | (pl.col("rejects") > 0))
    if options.json:
        _print_json(found.to_dicts())
    else:
        columns = ("format", "confidence", "records", "rejects", "runner_up", "layout", "path")
        shown = [[_cell(value) for value in row] for row in found.select(columns).iter_rows()]
        console.table(columns, shown, fold="path")
        for path, rejects, records, sentence in troubled.select(
            "path", "rejects", "records", "sentence"
        ).iter_rows():
            share = f"{rejects:,} of {records:,} records cannot be read; of the first: "
            console.problem(f"{path}: {share + sentence if sentence else 'It holds no record.'}")
    console.passed_over(tally_passed_over(files.passed_over))
    if not found["records"].sum():
        return _nothing(options.paths, found.height)
    return PROBLEMS if troubled.height else DONE


def _validate(options: argparse.Namespace) -> int:
    found = {str(path): validate(path, limit=options.limit) for path in options.files}
    if options.json:
        _print_json({path: [problem._asdict() for problem in problems] for path, problems in found.items()})
    else:
        for path, problems in found.items():
            for problem in problems:
                console.say(f"{path}, row {problem.row}: {problem.problem}")
            if not problems:
                console.say(f"{path}: no problem found")
    return PROBLEMS if any(found.values()) else DONE


def _rules_list(options: argparse.Namespace) -> int:
    listed = _rules(options).frame()
    if options.json:
        _print_json(_dicts(listed))
    else:
        off = pl.when("active").then(pl.lit("")).otherwise(pl.lit(", off"))
        listed = listed.with_columns(pl.concat_str("status", off))
        columns = ("id", "status", "confidence", "severity", "summary")
        console.table(
            columns, [[_cell(value) for value in row] for row in listed.select(columns).iter_rows()]
        )
    return DONE


def _rules_explain(options: argparse.Namespace) -> int:
    try:
        text = _rules(options).explain(options.id)
    except KeyError as error:
        raise ValueError(error.args[0]) from error
    if options.json:
        _print_json({"id": options.id, "page": text})
    else:
        for line in text.splitlines():
            console.say(line)
    return DONE


def _rules_docs(options: argparse.Namespace) -> int:
    pages = _rules(options).pages()
    for path, text in pages.items():
        page = options.out / path
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(text, encoding="utf-8", newline="\n")
    if options.json:
        _print_json({"index": str(options.out / "index.md"), "pages": len(pages)})
    else:
        console.say(f"{len(pages)} pages written; begin with {options.out / 'index.md'}")
    return DONE


def _rules_schema(_options: argparse.Namespace) -> int:
    sys.stdout.write(rules.schema())
    return DONE


def _rules_check(options: argparse.Namespace) -> int:
    _needs_packs(options.packs, options)
    found = rules.check(options.packs, default=not options.no_default_rules)
    if options.json:
        _print_json(found.to_dicts())
    else:
        for row in found.iter_rows(named=True):
            place = f"{row['file']}:{row['line']}:{row['column']}"
            cure = f" {row['help']}" if row["help"] else ""
            console.say(f"{place}: {row['level']}[{row['code']}]: {row['title']}{cure}")
        noun = "problem" if found.height == 1 else "problems"
        console.say(f"{found.height} {noun} found" if found.height else "no problem found")
    return PROBLEMS if found.height else DONE


def _rules_test(options: argparse.Namespace) -> int:
    loaded = _load(options.packs, options)
    tested = loaded.test()
    if options.packs:
        # The default pack stands before them only to be changed.
        shipped = rules.load().frame()["id"]
        tested = tested.filter(~pl.col("rule").is_in(shipped.implode()))
    failed = tested.filter(pl.col("outcome") != "validated")
    if options.json:
        _print_json(tested.to_dicts())
    else:
        for rule, example, number, outcome in failed.iter_rows():
            fault = "fires on it and must not" if outcome == "noisy" else "does not fire on it and must"
            console.say(f"{rule}, example {example}[{number}]: the rule {fault}")
        console.say(f"{tested.height - failed.height} passed, {failed.height} failed")
    return PROBLEMS if failed.height else DONE


def _rules_eval(options: argparse.Namespace) -> int:
    scan = _scan(options)
    found = rules.evaluate(scan.batches(), rules=_rules(options), types=_field(options.types))
    summary = found.summary.row(0, named=True)
    if options.json:
        frames = ("sources", "rules", "rules_by_source", "confusion", "types")
        _print_json({**summary, **{name: _dicts(getattr(found, name)) for name in frames}})
    else:
        _print_frame(found.rules)
        _print_frame(found.confusion)
        if found.types.height:
            _print_frame(found.types)
        if found.sources.height > 1:
            _print_frame(found.sources.drop("left_out"))
        _print_frame(found.summary)
    if not summary["runs"]:
        console.problem(
            f"none of the {summary['left_out']:,} runs read has a label that the rules could be held against"
        )
    elif options.types is not None:
        _types_told(options.types, found.types["truth"].to_list(), summary["failures"])
    return _ended(scan, options)


def _types_told(field: str, types: Sequence[str | None], failures: int) -> None:
    """Say where a field does not tell the type of failures, or tells types that there are not."""
    if not any(types):
        console.problem(f"none of {failures:,} failures has its type in the field {field} of its metadata")
    if unknown := sorted({name for name in types if name} - set(FAILURE_TYPES)):
        console.problem(
            f"the field {field} has types that there are not: {', '.join(unknown)}; known are"
            f" {', '.join(FAILURE_TYPES)}"
        )


def _rules_fit(options: argparse.Namespace) -> int:
    scan = _scan(options)
    found = rules.fit(
        scan.batches(),
        rules=_rules(options),
        task=_field(options.task),
        types=_field(options.types),
        transfer=options.transfer,
        date=options.date,
    )
    if options.out is not None:
        found.write(options.out)
    if options.types is not None:
        failed = found.held_out.filter("failed")
        _types_told(options.types, failed["type"].to_list(), failed.height)
    if found.gain < 0:
        console.problem(
            "the fitted weights rank runs that were held out worse than the weights before, by"
            f" {-found.gain:.3f} of AUC in the mean of the sources: keep those before, or fit on more runs"
        )
    if options.json:
        _print_json(
            {"pack": found.pack, "weights": found.weights.to_dicts(), "sources": found.sources.to_dicts()}
        )
    elif options.out is None:
        sys.stdout.write(found.pack)
    else:
        _print_frame(
            found.weights.filter(pl.col("weight") != pl.col("before")).drop("type_before", "type_weight")
        )
        _print_frame(found.sources)
        console.say(
            f"fitted on {found.held_out.height:,} runs, {found.left_out:,} left out;"
            f" use it with --rules {options.out}"
        )
    return _ended(scan, options)


def _dicts(frame: pl.DataFrame) -> list[dict[str, Any]]:
    """Give rows with numbers as they were written: 0.8, and not what is nearest to it in 32 bits."""
    return frame.with_columns(pl.selectors.by_dtype(pl.Float32).cast(pl.Float64).round_sig_figs(7)).to_dicts()


def _field(name: str | None) -> pl.Expr | None:
    """Give a field of the metadata of a run as text."""
    # The name is one key, not a path: it stands between quotes.
    return None if name is None else pl.col("metadata").str.json_path_match(f"$[{json.dumps(name)}]")


def _print_frame(frame: pl.DataFrame) -> None:
    rows = [["-" if value is None else _cell(value) for value in row] for row in frame.iter_rows()]
    console.table(frame.columns, rows)
    console.out.print()


def _rules(options: argparse.Namespace) -> rules.Rules:
    return _load(options.rules, options)


def _load(packs: Sequence[str], options: argparse.Namespace) -> rules.Rules:
    _needs_packs(packs, options)
    try:
        return rules.load(packs, default=not options.no_default_rules)
    except ValueError as error:
        raise _PackError(str(error)) from error


def _needs_packs(packs: Sequence[str], options: argparse.Namespace) -> None:
    if options.no_default_rules and not packs:
        raise ValueError(
            "--no-default-rules leaves no rule: name a pack to use in the place of the default one"
        )


def _print_json(value: object) -> None:
    sys.stdout.write(json.dumps(value, ensure_ascii=False) + "\n")


def _parser() -> argparse.ArgumentParser:
    parser = Parser(
        prog="agenther",
        description="Turns the logs of LLM agents that failed into training data.",
        epilog="Exit codes: 0 done; 1 done, but records were rejected or problems found; 2 wrong usage or "
        "nothing to read; 3 an account that does not add up; 4 more records rejected than allowed; "
        "130 interrupted.",
    )
    parser.add_argument("--version", action="version", version=f"agenther {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    job = commands.add_parser("run", help="logs in, training files out")
    add_logs(job)
    job.add_argument("-o", "--out", type=Path, required=True, metavar="DIR", help="folder for the files")
    job.add_argument(
        "--to", type=export_names, default=Job.to, metavar="NAMES", help=f"of {','.join(WRITERS)}"
    )
    job.add_argument(
        "--which", choices=("failed", "unlabelled", "all"), default=Job.which, help="runs to relabel"
    )
    job.add_argument(
        "--min-confidence", type=share, default=Job.min_confidence, metavar="X", help="of a goal"
    )
    job.add_argument("--min-weight", type=share, default=Job.min_weight, metavar="X", help="of a run")
    job.add_argument("--goals", type=count, default=Job.goals, metavar="N", help="most goals of a run")
    job.add_argument(
        "--seed", type=index, default=Job.seed, metavar="N", help="chooses among equal phrasings"
    )
    job.add_argument(
        "--thoughts",
        choices=THOUGHTS,
        default=Job.thoughts,
        help="of kept steps: as they are, without what chases the original goal, the same with a plain "
        "sentence where nothing is left, or none",
    )
    job.add_argument(
        "--mask",
        choices=("train", "weight"),
        help="keep the calls outside a goal in the rows of sft, masked by this field: train is Axolotl's, "
        "weight OpenAI's (by default they are left out)",
    )
    job.add_argument(
        "--moulds",
        type=lambda text: text if text == "auto" else Path(text),
        metavar="auto|FILE",
        help="word goals as the users of the logs do, learned in a first pass or from JSON lines of moulds",
    )
    job.set_defaults(command=_run)

    verdicts = commands.add_parser("classify", help="whether and how each run failed")
    add_logs(verdicts)
    verdicts.set_defaults(command=_classify)

    seen = commands.add_parser("show", help="one run beside the goals that it satisfies in hindsight")
    add_one_run(seen, "as `classify` shows it; by default the first that failed")
    seen.set_defaults(command=_show)

    why = commands.add_parser("explain", help="why the verdict on one run is as it is")
    add_one_run(why, "as `classify` shows it")
    why.set_defaults(command=_explain)

    found = commands.add_parser("formats", help="the formats that are read, or the format of each file")
    found.add_argument("paths", nargs="*", metavar="PATH", help="as the logs of `run`")
    found.add_argument("--list", action="store_true", help="the formats that are read, with their shapes")
    found.add_argument(
        "--suggest", action="store_true", help="draft a mapping for a log of a format of your own"
    )
    add_mapping(found)
    found.set_defaults(command=_formats)

    _add_rules_commands(commands.add_parser("rules", help="the rules behind the verdicts"))

    check = commands.add_parser("validate", help="check training files before a trainer does")
    check.add_argument("files", nargs="+", type=Path, metavar="FILE", help="a file of any export")
    check.add_argument("--limit", type=count, default=100, metavar="N", help="most problems of a file")
    check.set_defaults(command=_validate)

    for command in (job, verdicts, seen, why, found, check):
        command.add_argument("--json", action="store_true", help="print JSON, for machines")
    return parser


def _add_rules_commands(parser: argparse.ArgumentParser) -> None:
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    listing = commands.add_parser("list", help="every rule")
    listing.set_defaults(command=_rules_list)
    explained = commands.add_parser("explain", help="what a rule detects, when it fires, where it errs")
    explained.add_argument("id", metavar="ID", help="as in `rules list`")
    explained.set_defaults(command=_rules_explain)
    check = commands.add_parser("check", help="what is wrong with packs")
    check.set_defaults(command=_rules_check)
    test = commands.add_parser("test", help="run the rules of packs on their examples")
    test.set_defaults(command=_rules_test)
    docs = commands.add_parser("docs", help="write a page on every rule, and an index")
    docs.add_argument("-o", "--out", type=Path, required=True, metavar="DIR", help="folder for the pages")
    docs.set_defaults(command=_rules_docs)
    form = commands.add_parser("schema", help="print the JSON Schema of packs")
    form.set_defaults(command=_rules_schema)
    worth = commands.add_parser(
        "eval", help="hold the rules against the labels of logs, which they do not see"
    )
    add_logs(worth)
    worth.set_defaults(command=_rules_eval)
    fitted = commands.add_parser("fit", help="refit the weights of the rules on labelled logs: a pack")
    add_logs(fitted)
    fitted.add_argument("-o", "--out", type=Path, metavar="PACK", help="the file to write; else it is shown")
    fitted.add_argument(
        "--task",
        metavar="FIELD",
        help="of the metadata, by which tasks are told apart; else it is the prompt",
    )
    fitted.add_argument(
        "--transfer",
        action="store_true",
        help="fit for other logs than these: forget the weights so far, and hold out whole formats",
    )
    fitted.add_argument("--date", metavar="DATE", help="what the pack has for its date; else it is today")
    fitted.set_defaults(command=_rules_fit)
    for command in (worth, fitted):
        command.add_argument("--types", metavar="FIELD", help="of the metadata, that has the type of failure")
    for command in (listing, explained, docs):
        add_rules(command)
    for command in (check, test):
        command.add_argument(
            "packs", nargs="*", metavar="PACK", help="by default the pack that comes with agenther"
        )
        command.add_argument(
            "--no-default-rules", action="store_true", help="without the pack that comes with agenther"
        )
    for command in (listing, explained, check, test, docs, worth, fitted):
        command.add_argument("--json", action="store_true", help="print JSON, for machines")


if __name__ == "__main__":
    sys.exit(main())

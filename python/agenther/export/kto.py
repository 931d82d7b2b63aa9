"""Unpaired rows for KTO, the sound form of the paper's contrast of two goals."""

from __future__ import annotations

from collections import deque
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import polars as pl

from agenther.export import dataset_info
from agenther.export.staging import StagedFile
from agenther.export.writer import Writer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from typing_extensions import Unpack

    from agenther.export.report import Report
    from agenther.export.settings import Arguments, Dialect, Options, Tools

FEW_PAIRS = 4
"""From so many pairs on, weaving the two halves keeps twins at least three rows apart."""

MOST_HELD = 256
"""Lines held back to part equal completions."""

_KEY = ("run", "rank")


class KtoWriter(Writer):
    """Writes the file of `kto` from successive frames.

    Rows go to three temporary files on disk as they come: those with a twin, the twins, and those without.
    Closing weaves them into one, so memory holds one line at a time, and the disk each row twice.

    >>> KtoWriter.name
    'kto'
    """

    name: ClassVar[str] = "kto"

    def __init__(
        self,
        path: str | Path,
        *,
        dialect: Dialect = "messages",
        arguments: Arguments = "object",
        tools: Tools = "string",
        include_successes: bool = False,
        **options: Unpack[Options],
    ) -> None:
        if options.get("weight_mode") == "repeat":
            raise ValueError(
                "kto: found weight_mode 'repeat', needed 'column', 'sample' or 'drop': equal rows side "
                "by side make the KL term of a batch zero"
            )
        self._dialect = dialect
        if dialect == "sharegpt":
            dataset_info.check_path(Path(path))
        layout: dict[str, object] = {
            "row": "desirable",
            "dialect": dialect,
            "arguments": arguments,
            "tools": tools,
        }
        super().__init__(path, layout, include_successes=include_successes, **options)

    def _open(self) -> None:
        self._pairs = self._singles = 0
        self._spills: list[StagedFile] = []
        super()._open()
        try:
            for part in ("with_twin", "twins", "without"):
                self._spills.append(StagedFile(self.path.with_name(f"{self.path.name}.{part}")))
        except BaseException:
            self.discard()
            raise

    def discard(self) -> None:
        """Give the files up; nothing is left of them."""
        super().discard()
        for spill in self._spills:
            spill.discard()

    def _write_runs(self, runs: pl.DataFrame) -> None:
        kept = self._count(self._rows(runs).sort(*_KEY, nulls_last=True, maintain_order=True))
        failed = pl.col("is_failure").fill_null(value=False)
        asked = (
            self._goals(runs)
            .join(kept, on=_KEY, how="semi")
            .with_columns(skipped=pl.when(~failed).then(pl.lit("not_failed")))
        )
        twins = self._count(self._render(asked, {"row": "undesirable"}).sort(*_KEY, maintain_order=True))
        with_twin = kept.join(twins, on=_KEY, how="semi", maintain_order="left")
        without = kept.join(twins, on=_KEY, how="anti", nulls_equal=False, maintain_order="left")
        self._pairs += with_twin.height
        self._singles += without.height
        for spill, rows in zip(self._spills, (with_twin, twins, without), strict=True):
            # JSON holds no raw tab, so one parts the row from its provenance.
            spill.write_lines(rows.select(pl.concat_str("row", "provenance", separator="\t"))["row"])

    def _finish(self) -> None:
        if self._pairs == 1 and self._singles == 0:
            # Nothing could stand between the two.
            self._pairs, self._singles = 0, 1
            self._written -= 1
            self._skipped["twin_adjacent"] += 1
            order: Iterator[bytes] = self._spills[0].read_lines()
        else:
            with_twin, twins, without = self._spills
            order = woven(
                with_twin.read_lines(), twins.read_lines, without.read_lines(), self._pairs, self._singles
            )
        for line in apart(order, _completion):
            row, _, provenance = line.rstrip(b"\n").partition(b"\t")
            self._file.handle.write(row + b"\n")
            if self.settings.provenance:
                self._provenance.handle.write(b'{"row":%d,%b\n' % (self._lines, provenance[1:]))
            self._lines += 1
        for spill in self._spills:
            spill.discard()
        if self._dialect == "sharegpt":
            self._staged.append(dataset_info.stage(self.path, "kto"))


def woven(
    first: Iterator[bytes],
    twins: Callable[[], Iterator[bytes]],
    without: Iterator[bytes],
    pairs: int,
    singles: int,
) -> Iterator[bytes]:
    """Weave rows, their twins and rows without a twin.

    The twins, read twice, are turned by half their number. With a first row i at place 2i, its twin stands
    `pairs` places away, give or take one; rows without a twin are spread evenly and only widen that. Too
    few pairs to weave stand one half after the other.

    >>> rows, twins = [b"A", b"B", b"C", b"D"], [b"a", b"b", b"c", b"d"]
    >>> b"".join(woven(iter(rows), lambda: iter(twins), iter([b"-"]), 4, 1))
    b'AcBdCaDb-'
    """
    if pairs < FEW_PAIRS:
        yield from chain(first, without, twins())
        return
    turn = pairs - pairs // 2
    turned = chain(islice(twins(), turn, None), islice(twins(), turn))
    for pair, (row, twin) in enumerate(zip(first, turned, strict=True)):
        yield row
        yield twin
        yield from islice(without, (pair + 1) * singles // pairs - pair * singles // pairs)


def apart(lines: Iterator[bytes], key: Callable[[bytes], bytes]) -> Iterator[bytes]:
    """Hold a line back while its neighbour has the same key; at most `MOST_HELD` lines are held.

    Two runs of one task often give the same demonstration, and a log of trials repeats them at just the
    distance at which twins are woven.

    >>> b" ".join(apart(iter([b"a+", b"a-", b"b+", b"b-"]), lambda line: line[:1]))
    b'a+ b+ a- b-'
    """
    held: deque[bytes] = deque()
    before: bytes | None = None
    for line in lines:
        if held and key(held[0]) != before:
            before = key(held[0])
            yield held.popleft()
        if key(line) == before and len(held) < MOST_HELD:
            held.append(line)
        else:
            before = key(line)
            yield line
    yield from held


def _completion(line: bytes) -> bytes:
    """Give what follows the prompt, up to the label. In the strings of a row every quote is escaped."""
    if line.startswith(b'{"prompt"'):
        return line.partition(b'"completion":')[2].partition(b',"label":')[0]
    return line.partition(b'"},{"')[2].partition(b',"kto_tag":')[0]


def kto(
    frame: pl.DataFrame | pl.LazyFrame,
    path: str | Path,
    *,
    dialect: Dialect = "messages",
    arguments: Arguments = "object",
    tools: Tools = "string",
    include_successes: bool = False,
    **options: Unpack[Options],
) -> Report:
    """Write rows (ĝ, τ, true) and (g, τ, false): one demonstration, right for one goal, wrong for another.

    This is what the paper's preference pair means, in a form that trains: each row has a prompt of its
    own. τ is the same in both, the kept steps and the hindsight answer, so that nothing but the goal
    tells them apart. The false one is written only for runs that failed (`not_failed` otherwise).

    Twins never stand side by side. TRL estimates the KL term by rotating the completions of a batch by
    one, so that a twin next to its twin gives KL 0. They stand about as many rows apart as there are pairs,
    the same way each time; do not shuffle before the batches are cut. A lone pair loses its false half
    (`twin_adjacent`).

    Parameters
    ----------
    frame
        The trajectory frame with the columns of `analyze`.
    path
        The file; `.gz` and `.zst` compress it.
    dialect
        `"messages"` for TRL: `prompt`, `completion`, `label`, `tools`. `"sharegpt"` for LLaMA-Factory:
        `conversations`, `kto_tag`, and an entry in `dataset_info.json`; the last turn is the response.
    arguments, tools
        As in `sft`.
    include_successes
        Also write the runs that their log calls a success, under their original goal, as true.
    **options
        See `agenther.export.settings.Settings`; `weight_mode="repeat"` is refused.

    >>> import agenther as ah, pathlib, tempfile
    >>> frame = ah.Trajectory(success=False).to_frame().with_columns(ah.analyze().struct.unnest())
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     ah.export.kto(frame, pathlib.Path(folder) / "kto.jsonl").written
    0
    """
    with KtoWriter(
        path,
        dialect=dialect,
        arguments=arguments,
        tools=tools,
        include_successes=include_successes,
        **options,
    ) as writer:
        writer.write(frame)
    return writer.report

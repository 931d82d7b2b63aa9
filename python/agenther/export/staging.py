"""Files that appear under their name only when they are whole."""

from __future__ import annotations

import gzip
import secrets
from pathlib import Path
from typing import IO, TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import Iterator

    import polars as pl


class StagedFile:
    """A file that is written beside its place and then renamed into it.

    The temporary name is in the same folder, so that the renaming is one step of the file system.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "a.txt"
    ...     staged = StagedFile(path)
    ...     _ = staged.handle.write(b"whole")
    ...     before = path.exists()
    ...     staged.commit()
    ...     before, path.read_text()
    (False, 'whole')
    """

    def __init__(self, path: Path) -> None:
        if not path.parent.is_dir():
            raise FileNotFoundError(
                f"{path}: found no folder {path.parent}, needed one that exists; create it"
            )
        self.path = path
        self._temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
        self._raw = self._temporary.open("xb")
        try:
            self.handle = _compressed(self._raw, path)
        except BaseException:
            self.discard()
            raise

    def write_lines(self, lines: pl.Series) -> None:
        """Append one line a text. The texts hold no line break: they are JSON."""
        lines.to_frame().write_csv(self.handle, include_header=False, quote_style="never")

    def commit(self) -> None:
        """Put the file in its place."""
        self.handle.close()
        self._raw.close()
        self._temporary.replace(self.path)

    def read_lines(self) -> Iterator[bytes]:
        """Finish writing and give the lines; the file is still temporary."""
        self.handle.close()
        self._raw.close()
        with self._temporary.open("rb") as lines:
            yield from lines

    def discard(self) -> None:
        """Leave nothing behind."""
        if "handle" in self.__dict__:
            self.handle.close()
        self._raw.close()
        self._temporary.unlink(missing_ok=True)


def _compressed(raw: IO[bytes], path: Path) -> IO[bytes]:
    if path.suffix == ".gz":
        # Without name and time in the header: the same rows are the same bytes.
        return cast("IO[bytes]", gzip.GzipFile("", "wb", compresslevel=6, fileobj=raw, mtime=0))
    if path.suffix == ".zst":
        try:
            import zstandard  # noqa: PLC0415 - optional
        except ImportError as error:
            raise ModuleNotFoundError(
                f"{path}: writing .zst needs the package zstandard; "
                "install it with `pip install zstandard`, or write .gz"
            ) from error
        return cast("IO[bytes]", zstandard.ZstdCompressor().stream_writer(raw, closefd=False))
    return raw


def beside(path: Path, ending: str) -> Path:
    """Name a file beside another, compressed alike.

    >>> beside(Path("out/sft.jsonl.gz"), ".provenance.jsonl").as_posix()
    'out/sft.provenance.jsonl.gz'
    """
    compression = path.suffix if path.suffix in {".gz", ".zst"} else ""
    stem = path.name.removesuffix(compression)
    return path.with_name(Path(stem).stem + ending + compression)

from collections.abc import Iterable
from typing import Any, TypeAlias, final

__all__ = [
    "ArrowBatch",
    "LogScanner",
    "RuleSet",
    "__version__",
    "check_mapping",
    "check_rules",
    "detect",
    "detect_chunks",
    "formats",
    "is_log_name",
    "log_suffixes",
    "rules_schema",
    "shapes",
    "suggest_mapping",
]

_Packs: TypeAlias = list[tuple[str, list[tuple[str, str]]]]

__version__: str

@final
class ArrowBatch:
    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object: ...

@final
class LogScanner:
    def __new__(
        cls,
        paths: list[str],
        *,
        format: str | None = None,
        success_at: float | None = None,
        mapping: str | None = None,
        max_record_bytes: int | None = None,
        columns: list[str] | None = None,
        batch_rows: int = 8192,
        batch_bytes: int = ...,
        threads: int | None = None,
    ) -> LogScanner: ...
    @staticmethod
    def from_chunks(
        name: str,
        chunks: Iterable[bytes],
        *,
        format: str | None = None,
        success_at: float | None = None,
        mapping: str | None = None,
        max_record_bytes: int | None = None,
        columns: list[str] | None = None,
        batch_rows: int = 8192,
        batch_bytes: int = ...,
    ) -> LogScanner: ...
    def read_batch(self) -> ArrowBatch | None: ...
    def take_rejects(self) -> ArrowBatch: ...
    def take_files(self) -> ArrowBatch: ...
    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object: ...

@final
class RuleSet:
    def __new__(cls, packs: _Packs) -> RuleSet: ...
    @property
    def hash(self) -> str: ...
    @property
    def verdict(self) -> tuple[float, float, float]: ...
    def rules(self) -> list[dict[str, Any]]: ...
    def explain(self, id: str) -> str | None: ...
    def pages(self) -> list[tuple[str, str]]: ...
    def test(self) -> list[dict[str, Any]]: ...

def check_rules(packs: _Packs) -> list[dict[str, Any]]: ...
def rules_schema() -> str: ...
def detect(paths: list[str], mapping: str | None = None) -> ArrowBatch: ...
def detect_chunks(name: str, chunks: Iterable[bytes], mapping: str | None = None) -> ArrowBatch: ...
def check_mapping(text: str) -> str: ...
def suggest_mapping(sample: bytes) -> str: ...
def formats() -> list[str]: ...
def is_log_name(path: str) -> bool | None: ...
def log_suffixes() -> tuple[list[str], list[str]]: ...
def shapes() -> list[tuple[str, str]]: ...

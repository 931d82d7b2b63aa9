from typing import final

__all__ = ["ArrowBatch", "LogScanner", "__version__", "detect", "formats"]

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
        batch_rows: int = 8192,
        batch_bytes: int = ...,
    ) -> LogScanner: ...
    def read_batch(self) -> ArrowBatch | None: ...
    def take_rejects(self) -> ArrowBatch: ...
    def take_files(self) -> ArrowBatch: ...
    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object: ...

def detect(paths: list[str]) -> ArrowBatch: ...
def formats() -> list[str]: ...

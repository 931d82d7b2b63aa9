"""The compiled module: the Polars plugin (called by symbol, not from here) and the log reader."""

__version__: str

"""The command line: `agenther run LOGS -o DIR`, and what helps around it.

Exit codes: 0 done; 1 done, but records were rejected or problems were found; 2 wrong usage, or nothing to
read; 3 an account that does not add up, a bug of ours; 130 interrupted.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from agenther import __version__, commands
from agenther.console import problem
from agenther.job import AccountError

if TYPE_CHECKING:
    from collections.abc import Sequence

DONE, PROBLEMS, USAGE, BUG, INTERRUPTED = 0, 1, 2, 3, 130
"""What the command line answers to the shell."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Carry out one command and give its exit code."""
    options = _parser().parse_args(arguments)
    signal.signal(signal.SIGTERM, _terminate)
    try:
        return PROBLEMS if options.command(options) else DONE
    except commands.UsageError as error:
        problem(str(error))
        return USAGE
    except AccountError as error:
        problem(str(error))
        return BUG
    except KeyboardInterrupt:
        problem("interrupted; no file was written")
        return INTERRUPTED
    except BrokenPipeError:
        # The reader of our output has gone: say no more, not even at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except OSError as error:
        problem(f"{error.filename}: {error.strerror}" if error.filename else str(error))
        return USAGE


def _terminate(number: int, frame: object) -> NoReturn:
    raise KeyboardInterrupt

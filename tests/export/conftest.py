"""The frame that the export tests share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.export.runs import frame, hindsight, run, success, verdict

if TYPE_CHECKING:
    import polars as pl


@pytest.fixture
def analyzed() -> pl.DataFrame:
    """Give runs of every kind: with a goal, with two, of little weight, a success, without steps."""
    two = [
        hindsight("What does wire 3 cost?", "$8.30/kg.", [0, 2], ["I search.", None]),
        hindsight(
            "Who sells wire 3?", "MicroMetals 3.", [0], ["I search."], strategy="future", confidence=0.6
        ),
    ]
    return frame(
        *(run(number) for number in range(3)),
        run(3, hindsight=two),
        run(4, verdict=verdict(weight=0.1)),
        run(5),
        success(6),
        run(7, hindsight=[], abstained="no_grounded_answer"),
        run(8, steps=None, hindsight=None, verdict=None, abstained="null_steps"),
        run(9),
    )

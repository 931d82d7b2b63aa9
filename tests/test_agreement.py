"""How far the runs of one task agree."""

from __future__ import annotations

import polars as pl
import pytest

import agenther as ah

LOOK = ah.Step(action_name="get_order", action_input='{"id": 7}', observation='{"id": 7}')


def cancel(order: int, *, spaces: str = "", error: bool = False) -> ah.Step:
    said = "Error: no such order" if error else '{"status": "cancelled"}'
    arguments = f'{{"id":{spaces} {order}}}'
    return ah.Step(action_name="cancel_order", action_input=arguments, observation=said, error=error or None)


def run(*steps: ah.Step, prompt: str | None = "Cancel it", answer: str | None = None) -> pl.DataFrame:
    return ah.Trajectory(original_prompt=prompt, steps=list(steps), final_answer=answer).to_frame()


def agreed(*runs: pl.DataFrame) -> list[float | None]:
    return pl.concat(runs).select(ah.agreement())["agreement"].to_list()


def test_changes_count_whatever_is_read_and_said() -> None:
    assert agreed(
        run(cancel(1), answer="Done."), run(LOOK, cancel(1, spaces=" ")), run(cancel(2)), run(LOOK)
    ) == pytest.approx([1 / 3, 1 / 3, 0, 0])


def test_changes_that_failed_do_not_count() -> None:
    assert agreed(run(cancel(1)), run(cancel(2, error=True), cancel(1))) == [1.0, 1.0]


def test_short_answers_count_where_nothing_is_changed() -> None:
    assert agreed(run(answer="The Rhine."), run(answer="rhine"), run(LOOK, answer="Elbe")) == [0.5, 0.5, 0.0]


def test_what_was_returned_counts_where_nothing_is_answered() -> None:
    other = ah.Step(action_name="get_order", action_input='{"id": 8}', observation='{"id": 8}')
    assert agreed(run(LOOK), run(other, LOOK), run(other)) == [0.5, 0.5, 0.0]


def test_prose_is_not_compared() -> None:
    prose = [
        "I am sorry, but I could not find any order of that number here.",
        "There is no such order in any of our books.",
    ]
    assert agreed(*(run(LOOK, answer=text) for text in prose)) == [1.0, 1.0]


def test_a_run_alone_or_without_a_task_has_none() -> None:
    assert (
        agreed(run(LOOK), run(LOOK, prompt="Other"), run(LOOK, prompt=None), run(LOOK, prompt=None))
        == [None] * 4
    )


def test_lazy_frames_and_identifiers_of_tasks() -> None:
    frames = pl.concat([run(cancel(1), prompt="Cancel it"), run(cancel(1), prompt="Please cancel")])
    lazy = frames.lazy().with_columns(ah.agreement(task=pl.col("original_prompt").str.len_chars() > 0))
    assert lazy.collect()["agreement"].to_list() == [1.0, 1.0]
    renamed = frames.rename({"steps": "turns"}).with_columns(task=pl.lit("t"))
    assert renamed.select(ah.agreement(task="task", steps="turns"))["agreement"].to_list() == [1.0, 1.0]

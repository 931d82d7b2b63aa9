"""The stages as expressions: the same result wherever and however Polars calls them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

import agenther as ah
from agenther import expressions, schema

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

STAGES = {
    "classify": ah.classify(),
    "extract": ah.extract(),
    "relabel": ah.relabel(),
    "moulds": expressions.shown_moulds(),
    "analyze": ah.analyze(),
    "verify": ah.verify(goal=pl.col("original_prompt"), answer=pl.col("final_answer")),
}
DTYPES = {
    "classify": schema.VERDICT,
    "extract": schema.OUTCOME,
    "relabel": schema.HINDSIGHT,
    "moulds": schema.MOULDS,
    "analyze": schema.ANALYSIS,
    "verify": schema.GROUNDING,
}

each_stage = pytest.mark.parametrize("stage", STAGES.values(), ids=STAGES)


@pytest.mark.parametrize("name", STAGES)
def test_the_native_table_of_dtypes_is_the_python_one(name: str, runs: pl.DataFrame) -> None:
    planned = runs.lazy().select(x=STAGES[name]).collect_schema()
    assert planned == {"x": DTYPES[name]}
    assert runs.select(x=STAGES[name]).schema == planned


@pytest.mark.parametrize(
    ("stage", "name"),
    list(
        zip(
            STAGES.values(),
            ["verdict", "outcome", "hindsight", "moulds", "analysis", "grounding"],
            strict=True,
        )
    ),
)
def test_a_stage_names_its_column(stage: pl.Expr, name: str, runs: pl.DataFrame) -> None:
    assert runs.select(stage).columns == [name]


text = st.none() | st.text(max_size=40)
steps = st.lists(
    st.builds(
        ah.Step,
        user=text,
        thought=text,
        action_name=st.sampled_from([None, "search", "book_flight", "bash", "finish"]),
        action_input=text | st.sampled_from(['{"a": 1}', "{", "ls -l"]),
        observation=text | st.sampled_from(["Error: no such file", "[]", "129.5", '{"price": 3}']),
        error=st.none() | st.booleans(),
    ),
    max_size=5,
)
trajectories = st.builds(
    ah.Trajectory,
    trajectory_id=text,
    original_prompt=text,
    system=text,
    tools=text,
    steps=st.none() | steps,
    final_answer=text,
    success=st.none() | st.booleans(),
    reward=st.none() | st.floats(allow_nan=False),
)


def frame(rows: list[ah.Trajectory]) -> pl.DataFrame:
    return pl.DataFrame([row.model_dump() for row in rows], schema=schema.TRAJECTORY)


@given(rows=st.lists(trajectories, max_size=6), cut=st.integers(0, 6))
@settings(max_examples=60, deadline=None)
def test_the_result_does_not_depend_on_engine_or_chunks(rows: list[ah.Trajectory], cut: int) -> None:
    runs = frame(rows)
    stages = [stage.alias(name) for name, stage in STAGES.items()]
    eager = runs.select(stages)
    assert_frame_equal(runs.lazy().select(stages).collect(engine="in-memory"), eager)
    assert_frame_equal(runs.lazy().select(stages).collect(engine="streaming"), eager)
    chunked = pl.concat([runs[:cut], runs[cut:]], rechunk=False)
    assert_frame_equal(chunked.select(stages), eager)
    one_by_one = [runs[i : i + 1].select(stages) for i in range(len(runs))]
    assert_frame_equal(pl.concat([eager.clear(), *one_by_one]), eager)


@given(rows=st.lists(trajectories, min_size=1, max_size=4))
@settings(max_examples=30, deadline=None)
def test_one_pass_gives_what_the_single_stages_give(rows: list[ah.Trajectory]) -> None:
    runs = frame(rows)
    at_once = runs.select(ah.analyze().struct.unnest()).drop("abstained")
    assert_frame_equal(at_once, runs.select(ah.classify(), ah.extract(), ah.relabel()))


@pytest.mark.parametrize("engine", ["in-memory", "streaming"])
def test_many_runs_are_analyzed_as_each_alone(runs: pl.DataFrame, engine: Any) -> None:
    stages = [stage.alias(name) for name, stage in STAGES.items()]
    # By several threads, in units that end within the list of five.
    many = pl.concat([runs] * 31, rechunk=True)
    alone = pl.concat([runs[i : i + 1].select(stages) for i in range(runs.height)] * 31)
    assert_frame_equal(many.lazy().select(stages).collect(engine=engine), alone)


def test_columns_cut_differently_are_read_row_by_row(runs: pl.DataFrame) -> None:
    cut = runs.with_columns(pl.concat([runs["steps"][:1], runs["steps"][1:]], rechunk=False))
    cut = cut.with_columns(pl.concat([runs["success"][:3], runs["success"][3:]], rechunk=False))
    assert {column.n_chunks() for column in cut} == {1, 2}
    assert_frame_equal(cut.select(ah.analyze()), runs.select(ah.analyze()))


@each_stage
def test_null_steps_give_null(stage: pl.Expr, runs: pl.DataFrame) -> None:
    null = runs.filter(pl.col("steps").is_null()).select(x=stage)
    if null.schema["x"] == schema.ANALYSIS:
        null = null.unnest("x")
        assert null["abstained"].to_list() == ["null_steps"]
        null = null.drop("abstained")
    assert null.null_count().row(0) == (1,) * null.width


def test_empty_steps_give_a_verdict_and_a_reason(runs: pl.DataFrame) -> None:
    empty = runs.filter(pl.col("steps").list.len() == 0).select(ah.analyze().struct.unnest())
    row = empty.row(0, named=True)
    assert row["verdict"]["is_failure"] is True
    assert row["outcome"] == {"achievements": [], "facts": [], "failed_attempts": []}
    assert row["hindsight"] == []
    assert row["abstained"] == "no_steps"


@each_stage
def test_a_step_field_may_be_null_throughout(stage: pl.Expr) -> None:
    step = dict.fromkeys(schema.STEP.to_schema()) | {"observation": "text"}
    runs = pl.DataFrame({"steps": [[step], None, []]}).with_columns(
        pl.lit(None).alias(name) for name in schema.TRAJECTORY if name != "steps"
    )
    assert runs.select(stage).height == len(runs)


@each_stage
def test_no_rows_give_no_rows(stage: pl.Expr, runs: pl.DataFrame) -> None:
    assert runs.clear().select(stage).height == 0
    assert runs.clear().lazy().select(stage).collect(engine="streaming").height == 0


def test_filter_keeps_the_failures(runs: pl.DataFrame) -> None:
    kept = runs.filter(ah.classify().struct.field("is_failure"))["trajectory_id"].to_list()
    assert "rome-1" in kept
    assert "shell-1" not in kept


@each_stage
def test_group_by_gives_the_rows_of_each_group(stage: pl.Expr, runs: pl.DataFrame) -> None:
    runs = pl.concat([runs, runs]).with_columns(group=pl.int_range(pl.len()) % 3)
    in_groups = runs.group_by("group", maintain_order=True).agg(x=stage).explode("x")
    by_hand = [runs.filter(group=g).select("group", x=stage) for g in range(3)]
    assert_frame_equal(in_groups, pl.concat(by_hand))


def test_over_and_when_are_ordinary_uses(runs: pl.DataFrame) -> None:
    plain = runs.select(ah.classify())
    windowed = runs.select(ah.classify().over("trajectory_id", mapping_strategy="group_to_rows"))
    assert windowed.height == plain.height
    guarded = runs.select(pl.when(pl.col("success").is_not_null()).then(ah.classify()))
    assert guarded["verdict"].null_count() == runs["success"].null_count()


@each_stage
def test_a_plan_survives_being_written_and_read(stage: pl.Expr, runs: pl.DataFrame) -> None:
    again = pl.Expr.deserialize(stage.meta.serialize())
    assert_frame_equal(runs.select(x=again), runs.select(x=stage))


def test_columns_may_have_other_names_or_be_absent(runs: pl.DataFrame) -> None:
    renamed = runs.select(trace="steps", ok="success")
    verdict = ah.classify(
        steps="trace",
        success=pl.col("ok"),
        trajectory_id=None,
        original_prompt=None,
        system=None,
        tools=None,
        final_answer=None,
        reward=None,
    )
    failed = renamed.select(verdict.struct.field("is_failure")).to_series().to_list()
    assert failed[:3] == [True, False, True]


def test_literals_stand_for_every_row(runs: pl.DataFrame) -> None:
    labelled = runs.select(ah.classify(success=pl.lit(True)).struct.field("is_failure"))  # noqa: FBT003
    assert labelled["is_failure"].to_list() == [False, False, False, None, False]


def parquet(runs: pl.DataFrame, folder: Path) -> pl.DataFrame:
    runs.write_parquet(folder / "runs.parquet")
    return pl.read_parquet(folder / "runs.parquet")


def ipc(runs: pl.DataFrame, folder: Path) -> pl.DataFrame:
    runs.write_ipc(folder / "runs.arrow")
    return pl.read_ipc(folder / "runs.arrow")


def pyarrow(runs: pl.DataFrame, _: Path) -> pl.DataFrame:
    return pl.DataFrame(pl.from_arrow(runs.to_arrow()))


def pandas(runs: pl.DataFrame, _: Path) -> pl.DataFrame:
    return pl.from_pandas(runs.to_pandas(use_pyarrow_extension_array=True))


@pytest.mark.parametrize(
    "expression", [ah.analyze(), ah.analyze(system=None, tools=None), ah.from_messages("original_prompt")]
)
def test_fields_of_a_struct_are_computed_together(expression: pl.Expr, runs: pl.DataFrame) -> None:
    plan = runs.lazy().select(expression.struct.unnest()).explain()
    assert plan.count("_native") == 1


@pytest.mark.parametrize("through", [parquet, ipc, pyarrow, pandas])
def test_columns_may_come_from_elsewhere(
    through: Callable[[pl.DataFrame, Path], pl.DataFrame], runs: pl.DataFrame, tmp_path: Path
) -> None:
    assert_frame_equal(through(runs, tmp_path).select(STAGES.values()), runs.select(STAGES.values()))


def test_the_order_of_step_fields_does_not_matter_and_others_are_ignored(runs: pl.DataFrame) -> None:
    fields = [pl.element().struct.field(name) for name in reversed(schema.STEP.to_schema())]
    shuffled = pl.struct(*fields, extra=pl.lit(1))
    other = runs.with_columns(pl.col("steps").list.eval(shuffled))
    assert_frame_equal(other.select(ah.analyze()), runs.select(ah.analyze()))


def drop_step_field(name: str) -> pl.Expr:
    fields = [pl.element().struct.field(field) for field in schema.STEP.to_schema() if field != name]
    return pl.col("steps").list.eval(pl.struct(*fields))


@pytest.mark.parametrize("name", ["user", "thought", "error"])
def test_optional_step_fields_may_be_missing(name: str, runs: pl.DataFrame) -> None:
    assert runs.with_columns(drop_step_field(name)).select(ah.analyze()).height == runs.height


@pytest.mark.parametrize("name", ["action_name", "action_input", "observation"])
def test_a_missing_step_field_is_named(name: str, runs: pl.DataFrame) -> None:
    wrong = runs.with_columns(drop_step_field(name))
    with pytest.raises(pl.exceptions.ComputeError, match=f"column `steps`: found no field `{name}`"):
        wrong.select(ah.classify())


@pytest.mark.parametrize(
    ("column", "value", "sentence"),
    [
        ("steps", pl.lit("text"), "classify: column `steps`: found String, needed List"),
        ("steps", pl.concat_list(pl.lit(1, pl.Int64)), r"column `steps`: found List\(Int64\), needed List"),
        ("original_prompt", pl.lit(1, pl.Int64), "column `original_prompt`: found Int64, needed String"),
        ("success", pl.lit("yes"), "column `success`: found String, needed Boolean"),
        ("reward", pl.lit("1.0"), "column `reward`: found String, needed Float64"),
    ],
)
def test_a_wrong_dtype_is_told_when_the_plan_is_made(
    column: str, value: pl.Expr, sentence: str, runs: pl.DataFrame
) -> None:
    wrong = runs.lazy().with_columns(value.alias(column)).select(ah.classify())
    with pytest.raises(pl.exceptions.ComputeError, match=sentence):
        wrong.collect_schema()
    with pytest.raises(pl.exceptions.ComputeError, match=sentence):
        wrong.collect()


def test_a_categorical_prompt_is_told_how_to_become_text(runs: pl.DataFrame) -> None:
    wrong = runs.with_columns(pl.col("original_prompt").cast(pl.Categorical))
    with pytest.raises(pl.exceptions.ComputeError, match=r"cast it with `\.cast\(pl\.String\)`"):
        wrong.select(ah.classify())


def test_a_missing_column_is_told_by_polars(runs: pl.DataFrame) -> None:
    with pytest.raises(pl.exceptions.ColumnNotFoundError, match="final_answer"):
        runs.drop("final_answer").select(ah.classify())


def test_an_unknown_argument_is_told() -> None:
    with pytest.raises(TypeError, match="found the unknown argument `step`, needed columns of steps"):
        ah.classify(step="steps")  # type: ignore[call-arg]


@pytest.mark.parametrize("options", [{"goals": -1}, {"min_confidence": 1.5}, {"seed": -1}, {"seed": 2**64}])
def test_options_out_of_range_are_told(options: dict[str, Any]) -> None:
    name = next(iter(options))
    with pytest.raises(ValueError, match=f"{name}: found .*, needed"):
        ah.analyze(**options)


def test_rewards_may_be_whole_numbers(runs: pl.DataFrame) -> None:
    whole = runs.with_columns(pl.col("reward").cast(pl.Int64))
    assert_frame_equal(whole.select(ah.classify()), runs.select(ah.classify()))


def test_a_unit_says_what_it_is_counted_per() -> None:
    step = ah.Step(action_name="price", action_input="{}", observation="Salmon costs $5.30/kg today.")
    outcome = ah.analyze_one(ah.Trajectory(original_prompt="Price?", steps=[step])).outcome
    assert outcome is not None
    assert ("5.3", "$/kg") in [(str(fact.value), fact.unit) for fact in outcome.facts]


def test_a_null_goal_has_no_grounding(runs: pl.DataFrame) -> None:
    grounding = runs.select(ah.verify(goal=pl.lit(None, pl.String), answer=None))["grounding"]
    assert grounding.null_count() == runs.height


@pytest.mark.parametrize(
    "dtype", [pl.Int8, pl.Int16, pl.Int32, pl.Int64, pl.UInt8, pl.UInt16, pl.UInt32, pl.UInt64]
)
def test_kept_steps_are_of_any_integer_type(runs: pl.DataFrame, dtype: type[pl.DataType]) -> None:
    def verified(kept: pl.Expr) -> list[object]:
        claims = ah.verify(goal=pl.col("original_prompt"), answer=pl.col("final_answer"), kept_steps=kept)
        return runs.select(claims).to_series().to_list()

    expected = verified(pl.lit([0], dtype=pl.List(pl.UInt32)))
    assert expected != verified(pl.lit([], dtype=pl.List(pl.UInt32)))
    assert verified(pl.lit([0], dtype=pl.List(dtype))) == expected
    assert verified(pl.lit([0])) == expected
    if dtype.is_signed_integer():
        none_such = verified(pl.lit([-1], dtype=pl.List(dtype)))
        assert none_such == verified(pl.lit([], dtype=pl.List(pl.UInt32)))

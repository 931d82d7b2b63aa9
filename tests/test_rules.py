"""Rule packs from Python: loaded, listed, explained, checked, tested, and used in a frame."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING

import polars as pl
import pytest
from polars.testing import assert_frame_equal

import agenther as ah

if TYPE_CHECKING:
    from pathlib import Path

PACK = """
name = "mine"
version = "1.0.0"
schema_version = 1
licence = "Apache-2.0"
"""


def rule(word: str) -> str:
    return f"""
id = "off_topic/{word}"
name = "{word}"
summary = "Detects runs that mention {word}."
label = "off_topic"
severity = 0.5
confidence = "low"
status = "stable"
since = "1.0.0"
false_positives = ["Runs that are about {word}."]
tags = ["test"]
group = "{word}"
weight = 3.0
type_weight = 2.0

[match]
literals = ["{word}"]
field = "observation"

[[valid]]
original_prompt = "x"
steps = [{{ action_name = "a", action_input = "{{}}", observation = "nothing" }}]

[[invalid]]
original_prompt = "x"
steps = [{{ action_name = "a", action_input = "{{}}", observation = "all about {word}" }}]
"""


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """Give a pack of one rule that fires on `flights`."""
    folder = tmp_path / "pack"
    (folder / "off_topic").mkdir(parents=True)
    (folder / "pack.toml").write_text(PACK)
    (folder / "off_topic" / "flights.toml").write_text(rule("flights"))
    return folder


@pytest.fixture
def flights() -> pl.DataFrame:
    step = ah.Step(action_name="search", action_input="{}", observation="3 flights")
    return ah.Trajectory(original_prompt="Sing.", steps=[step]).to_frame()


def fired(runs: pl.DataFrame, rules: ah.rules.Rules | None) -> list[str]:
    evidence = ah.classify(rules=rules).struct.field("evidence")
    rules_fired: list[str] = runs.select(evidence).item().struct.field("rule").to_list()
    return rules_fired


def test_a_pack_is_clean_and_its_examples_hold(pack: Path) -> None:
    diagnostics = ah.rules.check(pack)
    assert diagnostics.schema == ah.rules.DIAGNOSTICS
    assert diagnostics.filter(level="error").is_empty(), diagnostics["title"].to_list()
    tested = ah.rules.load(pack, default=False).test()
    assert tested.schema == ah.rules.EXAMPLES
    assert tested["outcome"].to_list() == ["validated", "validated"]


def test_rules_are_listed_and_explained(pack: Path) -> None:
    rules = ah.rules.load(pack, default=False)
    assert rules.frame().schema == ah.rules.RULES
    assert rules.frame()["id"].to_list() == ["off_topic/flights"]
    assert "Detects runs that mention flights." in rules.explain("off_topic/flights")
    with pytest.raises(KeyError, match="no rule has the id off_topic/trains"):
        rules.explain("off_topic/trains")


def test_packs_come_after_the_default_one(pack: Path) -> None:
    both = ah.rules.load(pack).frame()["id"].to_list()
    assert both == [*ah.rules.load().frame()["id"], "off_topic/flights"]


def test_a_frame_is_classified_by_the_given_rules(pack: Path, flights: pl.DataFrame) -> None:
    assert "off_topic/flights" not in fired(flights, None)
    assert fired(flights, ah.rules.load(pack, default=False)) == ["off_topic/flights"]
    assert "off_topic/flights" in fired(flights, ah.rules.load([pack]))


def test_packs_are_given_by_their_paths(pack: Path, flights: pl.DataFrame, runs: pl.DataFrame) -> None:
    loaded = ah.rules.load(pack)
    for rules in (pack, [pack], ["default", str(pack)]):
        given = flights.select(ah.classify(rules=rules))
        assert_frame_equal(given, flights.select(ah.classify(rules=loaded)))
    assert_frame_equal(runs.select(ah.analyze(rules="default")), runs.select(ah.analyze()))
    after = ah.rules.load([pack, "default"]).frame()["id"]
    assert after[0] == "off_topic/flights"


def test_a_pack_changes_rules_and_brings_labels(pack: Path, tmp_path: Path, flights: pl.DataFrame) -> None:
    mine = tmp_path / "mine.toml"
    mine.write_text(
        "[labels.about_travel]\nsummary = 'x'\ntype = 'off_topic'\n"
        "[[override]]\nrule = 'off_topic/flights'\nlabel = 'about_travel'\nseverity = 0.75\n"
    )
    rules = ah.rules.load([pack, mine], default=False)
    (row,) = rules.frame().rows(named=True)
    assert (row["label"], row["failure_type"], row["severity"]) == ("about_travel", "off_topic", 0.75)
    assert (row["pack"], row["changed_by"]) == ("mine", [str(mine)])
    verdict = flights.select(ah.classify(rules=rules)).item()
    assert verdict["labels"] == ["about_travel"]
    (evidence,) = verdict["evidence"]
    assert (evidence["label"], evidence["failure_type"]) == ("about_travel", "off_topic")
    assert flights.select(ah.classify().struct.field("labels")).item().to_list() == []
    mine.write_text("[[override]]\nrule = 'off_topic/flights'\nenabled = false\n")
    off = ah.rules.load([pack, mine], default=False)
    assert off.frame()["active"].to_list() == [False]
    assert fired(flights, off) == []


def test_the_default_pack_is_what_is_used_without_rules(runs: pl.DataFrame) -> None:
    rules = ah.rules.load()
    assert_frame_equal(runs.select(ah.classify(rules=rules)), runs.select(ah.classify()))
    assert_frame_equal(runs.select(ah.analyze(rules=rules)), runs.select(ah.analyze()))


def test_two_packs_are_not_taken_for_each_other(pack: Path, flights: pl.DataFrame) -> None:
    flights_rules = ah.rules.load(pack, default=False)
    (pack / "off_topic" / "flights.toml").rename(pack / "off_topic" / "trains.toml")
    (pack / "off_topic" / "trains.toml").write_text(rule("trains"))
    trains_rules = ah.rules.load(pack, default=False)
    assert trains_rules.hash != flights_rules.hash
    for _ in range(2):
        assert fired(flights, trains_rules) == []
        assert fired(flights, flights_rules) == ["off_topic/flights"]


def test_many_packs_in_one_process_stay_right(tmp_path: Path, flights: pl.DataFrame) -> None:
    packs = []
    for word in ["flights", *(f"word{i}" for i in range(40))]:
        path = tmp_path / word
        path.mkdir()
        (path / "pack.toml").write_text(PACK)
        (path / f"{word}.toml").write_text(rule(word).replace("off_topic/", ""))
        packs.append(ah.rules.load(path, default=False))
    assert [fired(flights, rules) for rules in packs] == [["flights"]] + [[]] * 40


def test_a_plan_with_rules_can_be_written_and_read(pack: Path, flights: pl.DataFrame) -> None:
    stage = ah.classify(rules=ah.rules.load(pack, default=False))
    again = pl.Expr.deserialize(stage.meta.serialize())
    assert_frame_equal(flights.select(again), flights.select(stage))


def test_streaming_gives_the_same(pack: Path, runs: pl.DataFrame) -> None:
    stage = ah.analyze(rules=ah.rules.load(pack))
    assert_frame_equal(runs.lazy().select(stage).collect(engine="streaming"), runs.select(stage))


def test_a_broken_pack_is_told_with_file_and_line(pack: Path) -> None:
    (pack / "off_topic" / "flights.toml").write_text("surprise = 1\n" + rule("flights"))
    with pytest.raises(ValueError, match=r"off_topic/flights\.toml:\d+:\d+: error"):
        ah.rules.load(pack)
    first = ah.rules.check(pack).row(0, named=True)
    assert (first["level"], first["file"]) == ("error", "off_topic/flights.toml")
    assert (first["line"], first["start"], first["end"]) == (1, 0, len("surprise"))


def test_a_folder_without_rules_is_told(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"has no rule: no file named \*\.toml"):
        ah.rules.load(tmp_path)


def test_a_pack_that_is_no_utf8_is_named(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_bytes(b'[pack]\nname = "caf\xe9"\n')
    with pytest.raises(ValueError, match=r"mine\.toml is no text in UTF-8, as packs are: byte 18 is 0xe9"):
        ah.rules.load(tmp_path / "mine.toml")


def test_rules_are_pickled_as_their_text(pack: Path) -> None:
    loaded = ah.rules.load(pack)
    again = pickle.loads(pickle.dumps(loaded))  # noqa: S301 - it is our own
    assert (again.hash, again.frame()["id"].to_list()) == (loaded.hash, loaded.frame()["id"].to_list())


def test_an_unknown_rule_is_told_with_the_nearest() -> None:
    with pytest.raises(KeyError, match=r"did you mean incomplete/step-limit\?"):
        ah.rules.load().explain("incomplete/step-limt")

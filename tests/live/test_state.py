"""The law of the log: whoever has a snapshot and the facts after it has what everybody has."""

import copy
import json
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from resource_hub.live import acts, state
from tests.live.playing import Play

VECTORS = Path(__file__).parent / "vectors.json"


@given(st.integers(0, 2**32), st.integers(1, 120), st.data())
def test_facts_after_a_snapshot_give_the_snapshot_of_now(seed: int, steps: int, data: st.DataObject) -> None:
    play = Play(seed).run(steps)
    cut = data.draw(st.integers(0, len(play.facts)))
    then = state.fold(state.new(play.lesson), play.facts[:cut])
    again = state.fold(json.loads(json.dumps(then)), play.facts[cut:])
    assert again == play.now


@given(st.integers(0, 2**32), st.integers(1, 60), st.integers(0, 60))
def test_facts_that_come_twice_change_nothing(seed: int, steps: int, back: int) -> None:
    play = Play(seed).run(steps)
    now = copy.deepcopy(play.now)
    assert state.fold(now, play.facts[-back:]) == play.now


def test_the_vectors_of_both_languages_hold() -> None:
    for vector in json.loads(VECTORS.read_text("utf-8")):
        assert state.fold(state.new(vector["lesson"]), vector["facts"]) == vector["state"]


def test_the_vectors_know_every_fact() -> None:
    seen = {fact["type"] for vector in json.loads(VECTORS.read_text("utf-8")) for fact in vector["facts"]}
    assert seen == state.FACTS


def test_every_command_becomes_a_fact_that_the_state_knows() -> None:
    assert {act.fact for act in acts.ACTS.values()} | {"seat:joined", "seat:left"} == state.FACTS


def test_an_unknown_fact_counts_and_changes_nothing_else() -> None:
    play = Play(1).run(30)
    before = copy.deepcopy(play.now)
    state.apply(play.now, {"lesson": play.lesson, "seq": before["seq"] + 1, "at": 0, "by": "lead", "type": "later:added", "data": {}})
    assert play.now == before | {"seq": before["seq"] + 1}

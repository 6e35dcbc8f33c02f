"""Whose turn it is and what may follow: the pure rules of preparation and study."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resource_hub.kernel.errors import Invalid
from resource_hub.study import rules
from resource_hub.study.rules import Own, RoundOpen, TeacherFirst, WrongStep
from resource_hub.study.schemas import CycleState, Dues, HourPart, Phase, PrepState, PrepStep, RoundState

MEETING = date(2026, 11, 20)


def test_a_task_goes_from_draft_to_archive_and_never_back() -> None:
    way = list(PrepState)
    for state, to in pairwise(way):
        assert rules.moved(state, to) is to
        with pytest.raises(WrongStep):
            rules.moved(to, state)
    assert rules.moved(PrepState.DISCUSSING, PrepState.SHARED) is PrepState.SHARED


@given(st.sampled_from(PrepState), st.sampled_from([PrepState.TAUGHT, PrepState.REFLECTED]))
def test_what_members_do_never_takes_a_task_back(state: PrepState, what: PrepState) -> None:
    order = list(PrepState)
    assert order.index(rules.reached(state, what)) >= order.index(state)


def test_every_state_asks_one_thing_of_each() -> None:
    nothing, done = Own(), Own(has_edition=True, is_taught=True, has_reflected=True)
    assert rules.next_step(PrepState.DRAFTING, nothing, is_lead=True, has_commented=False) is PrepStep.ASK
    assert rules.next_step(PrepState.DRAFTING, nothing, is_lead=False, has_commented=False) is None
    assert rules.next_step(PrepState.DISCUSSING, nothing, is_lead=False, has_commented=False) is PrepStep.COMMENT
    assert rules.next_step(PrepState.DISCUSSING, nothing, is_lead=False, has_commented=True) is None
    assert rules.next_step(PrepState.DISCUSSING, nothing, is_lead=True, has_commented=False) is PrepStep.CALL
    assert rules.next_step(PrepState.MEETING, nothing, is_lead=True, has_commented=False) is PrepStep.SHARE
    assert rules.next_step(PrepState.SHARED, nothing, is_lead=False, has_commented=False) is PrepStep.ADAPT
    assert rules.next_step(PrepState.TAUGHT, Own(has_edition=True), is_lead=False, has_commented=False) is PrepStep.TEACH
    assert rules.next_step(PrepState.TAUGHT, Own(has_edition=True, is_taught=True), is_lead=True, has_commented=False) is PrepStep.REFLECT
    assert rules.next_step(PrepState.REFLECTED, done, is_lead=True, has_commented=False) is PrepStep.ARCHIVE
    assert rules.next_step(PrepState.REFLECTED, done, is_lead=False, has_commented=False) is None
    assert rules.next_step(PrepState.ARCHIVED, nothing, is_lead=True, has_commented=False) is None


def test_a_draft_is_wanted_two_days_before_its_meeting() -> None:
    found = rules.planned(Dues(meeting_due=MEETING))
    assert found.draft_due == MEETING - timedelta(days=2)
    assert rules.due_of(PrepState.DRAFTING, found) == found.draft_due
    assert rules.due_of(PrepState.ARCHIVED, found) is None
    with pytest.raises(Invalid) as refused:
        rules.planned(Dues(meeting_due=MEETING, taught_due=MEETING - timedelta(days=1)))
    assert list(refused.value.fields) == ["taught_due"]


def test_rounds_come_one_after_the_other_and_are_three_at_most() -> None:
    ended = RoundState.CONCLUDED
    assert rules.next_number([]) == 1
    assert rules.next_number([ended]) == 2
    with pytest.raises(RoundOpen):
        rules.next_number([ended, RoundState.DISCUSSING])
    with pytest.raises(Invalid):
        rules.next_number([ended, ended, ended])


def test_a_cycle_closes_once_and_only_when_every_round_is_concluded() -> None:
    rules.check_closing(CycleState.OPEN, [RoundState.CONCLUDED])
    with pytest.raises(WrongStep):
        rules.check_closing(CycleState.OPEN, [])
    with pytest.raises(WrongStep):
        rules.check_closing(CycleState.CLOSED, [RoundState.CONCLUDED])
    with pytest.raises(RoundOpen):
        rules.check_closing(CycleState.OPEN, [RoundState.CONCLUDED, RoundState.TAUGHT])


def test_the_taught_teacher_speaks_first() -> None:
    with pytest.raises(WrongStep):
        rules.check_turn(Phase.PAUSE, is_teacher=True)
    with pytest.raises(TeacherFirst):
        rules.check_turn(Phase.INTENT, is_teacher=False)
    rules.check_turn(Phase.INTENT, is_teacher=True)
    rules.check_turn(Phase.EVIDENCE, is_teacher=False)
    with pytest.raises(TeacherFirst):
        rules.next_phase(Phase.INTENT, teacher_spoke=False)
    way, phase = [], Phase.PAUSE
    while (following := rules.next_phase(phase, teacher_spoke=True)) is not None:
        way.append(following)
        phase = following
    assert way == [Phase.INTENT, Phase.EVIDENCE, Phase.ISSUES, Phase.NEXT]


def test_each_part_counts_once_and_who_coded_is_no_plain_observer_besides() -> None:
    assert rules.hours("lin", ["lin", "wu", "wu"], ["mao"], ["mao", "wu"]) == [
        ("lin", HourPart.LEAD, 4),
        ("lin", HourPart.TAUGHT, 4),
        ("wu", HourPart.TAUGHT, 4),
        ("mao", HourPart.CODED, 2),
        ("wu", HourPart.OBSERVED, 1),
    ]

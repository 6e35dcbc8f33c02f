"""On which days weekly lessons fall, and what two lessons need at once: pure rules."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resource_hub.cli.demo.district import periods_of
from resource_hub.schools.bells import ENOUGH_MINUTES, Period
from resource_hub.schools.rules import teaching_week
from resource_hub.schools.schemas import Grade
from resource_hub.timetable import rules, weeks
from resource_hub.timetable.required import missing_subjects, required_subjects
from resource_hub.timetable.rules import Booking
from resource_hub.timetable.schemas import LessonState, Slot, Weeks

FIRST = date(2026, 9, 1)
OCTOBER = frozenset(date(2026, 10, 1) + timedelta(days=n) for n in range(8))


@dataclass(frozen=True)
class Term:
    first_day: date = FIRST
    last_day: date = date(2027, 1, 22)
    holidays: frozenset[date] = OCTOBER
    makeup_days: frozenset[date] = frozenset({date(2026, 9, 27), date(2026, 10, 10)})


@dataclass(frozen=True)
class Bells:
    from_on: date
    periods: Sequence[Period]


slots = st.sets(st.builds(Slot, st.integers(1, 7), st.integers(1, 8)), min_size=1, max_size=6)
days = st.dates(date(2026, 8, 1), date(2027, 2, 28))


@given(slots, st.sampled_from(Weeks), days, days, st.sets(days, max_size=20), st.sets(days, max_size=5))
def test_lessons_fall_on_taught_weekdays_of_the_right_weeks(
    wanted: set[Slot], which: Weeks, first: date, last: date, off: set[date], on: set[date]
) -> None:
    term = Term(holidays=frozenset(off), makeup_days=frozenset(on))
    found = weeks.lesson_days(term, first, last, wanted, which)
    assert found == sorted(set(found))
    for day, period in found:
        assert max(first, term.first_day) <= day <= min(last, term.last_day)
        assert day.isoweekday() <= 5
        assert day not in off or day in on
        assert Slot(day.isoweekday(), period) in wanted
        number = teaching_week(term.first_day, term.last_day, day)
        assert number is not None
        assert which is Weeks.EVERY or number % 2 == (which is Weeks.ODD)


@given(slots, days, days)
def test_odd_and_even_weeks_are_all_weeks(wanted: set[Slot], first: date, last: date) -> None:
    odd, even, every = (weeks.lesson_days(Term(), first, last, wanted, which) for which in (Weeks.ODD, Weeks.EVEN, Weeks.EVERY))
    assert sorted(odd + even) == every


def test_sixteen_tuesdays_are_fifteen_lessons_since_one_is_a_holiday() -> None:
    found = weeks.lesson_days(Term(), FIRST, FIRST + timedelta(weeks=16) - timedelta(days=1), [Slot(2, 3)], Weeks.EVERY)
    assert len(found) == 15
    assert date(2026, 10, 6) not in {day for day, _ in found}


def test_a_make_up_day_has_no_lessons_of_its_own_but_may_take_one() -> None:
    saturday = date(2026, 10, 10)
    assert weeks.lesson_days(Term(), saturday, saturday, [Slot(6, 3)], Weeks.EVERY) == []
    assert weeks.may_hold_lessons(Term(), saturday)
    assert not weeks.may_hold_lessons(Term(), date(2026, 10, 11))


def test_bells_are_those_of_the_day() -> None:
    summer, winter = Bells(FIRST, periods_of("city")), Bells(date(2026, 11, 1), [Period(1, 510, 550)])
    assert weeks.period_on([winter, summer], FIRST, 3) == Period(3, 615, 655)
    assert weeks.period_on([winter, summer], date(2026, 11, 2), 3) is None
    assert weeks.periods_on([summer], date(2026, 8, 31)) == ()


def test_the_journeys_slot_has_enough_common_minutes_and_the_one_before_has_not() -> None:
    city, village = periods_of("city"), periods_of("village")
    assert rules.common_minutes(city[2], village) == (village[2], 35)
    near, minutes = rules.common_minutes(city[1], village)
    assert (near, minutes, minutes < ENOUGH_MINUTES) == (village[1], 30, True)
    assert rules.common_minutes(Period(9, 1200, 1240), village) == (None, 0)


NOON = datetime(2026, 9, 1, 4, tzinfo=UTC)
bookings = st.builds(
    lambda ident, at, length, needs: Booking(ident, NOON + timedelta(minutes=at), NOON + timedelta(minutes=at + length), needs),
    st.text("ab", max_size=3), st.integers(0, 300), st.integers(1, 60), st.frozensets(st.sampled_from("pqrs"), max_size=3),
)  # fmt: skip


@given(st.lists(bookings, max_size=6), st.lists(bookings, max_size=6))
def test_who_clashes_with_whom_is_the_same_from_both_sides(ours: list[Booking], theirs: list[Booking]) -> None:
    here = {(clash.key, clash.one, clash.other) for clash in rules.clashes(ours, theirs)}
    there = {(clash.key, clash.other, clash.one) for clash in rules.clashes(theirs, ours)}
    assert here == there
    assert all(key in one.needs & other.needs and one.starts < other.ends and other.starts < one.ends for key, one, other in here)


def test_lessons_that_follow_each_other_do_not_clash() -> None:
    early = Booking("a", NOON, NOON + timedelta(minutes=40), frozenset("p"))
    late = Booking("b", NOON + timedelta(minutes=40), NOON + timedelta(minutes=80), frozenset("p"))
    assert rules.clashes([early], [late]) == []


@pytest.mark.parametrize(("hours", "counts"), [(25, False), (24, False), (23, True)])
def test_a_lesson_cancelled_within_a_day_still_counts_as_planned(hours: int, counts: bool) -> None:
    assert rules.counts_as_planned(LessonState.CANCELLED, NOON, NOON - timedelta(hours=hours)) is counts
    assert rules.counts_as_planned(LessonState.ENDED, NOON, None)


def test_the_lead_school_pairs_everybody_others_only_themselves() -> None:
    assert rules.may_arrange(None, ["x"], "lead")
    assert rules.may_arrange({"lead"}, ["x", "y"], "lead")
    assert rules.may_arrange({"x"}, ["x", "y"], "lead")
    assert not rules.may_arrange({"z"}, ["x", "y"], "lead")
    assert not rules.may_arrange(set(), [], "lead")


def test_what_is_required_follows_the_grade() -> None:
    assert "english" not in required_subjects([Grade.G2])
    assert {"english", "it", "science"} <= required_subjects([Grade.G3])
    assert {"physics", "biology"} <= required_subjects([Grade.G8])
    assert "biology" not in required_subjects([Grade.G9])
    assert required_subjects([Grade.K2]) == frozenset()
    assert required_subjects([Grade.G2, Grade.G3]) == required_subjects([Grade.G2]) | required_subjects([Grade.G3])


def test_a_class_that_is_taught_the_arts_lacks_neither_of_their_strands() -> None:
    taught = required_subjects([Grade.G1]) - {"music", "fine_art"}
    assert missing_subjects([Grade.G1], taught) == {"music", "fine_art"}
    assert missing_subjects([Grade.G1], taught | {"arts"}) == frozenset()


@given(days)
def test_a_week_is_read_as_it_was_written(day: date) -> None:
    assert weeks.week_in(weeks.week_text(day)) == weeks.monday_of(day)


@pytest.mark.parametrize("text", ["2026-W54", "2026-W0", "2026-48", "", "1999-W01", "2026-W481"])
def test_what_is_no_week_is_none(text: str) -> None:
    assert weeks.week_in(text) is None

"""Places and calendar: adding them twice, teaching weeks, who sees which school."""

from datetime import date, timedelta
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resource_hub.infra import unit
from resource_hub.kernel.errors import Invalid
from resource_hub.schools import queries, rules, service
from resource_hub.schools.schemas import Grade, Locality, SchoolForm, SchoolKind
from tests.people.standing import Town

FIRST, LAST = date(2026, 9, 1), date(2027, 1, 22)


def test_weeks_run_from_monday_and_the_first_holds_the_first_day() -> None:
    weeks = {day: rules.teaching_week(FIRST, LAST, day) for day in (FIRST, date(2026, 9, 6), date(2026, 9, 7), LAST, date(2027, 1, 23))}
    assert list(weeks.values()) == [1, 1, 2, 21, None]
    assert rules.teaching_week(FIRST, LAST, date(2026, 8, 31)) is None


@given(st.dates(FIRST, LAST))
def test_every_day_of_term_lies_in_one_of_its_weeks(day: date) -> None:
    week = rules.teaching_week(FIRST, LAST, day)
    assert week is not None
    assert 1 <= week <= rules.weeks_in_term(FIRST, LAST)


def test_lessons_are_held_on_weekdays_and_makeup_days_but_not_on_holidays() -> None:
    holidays = {date(2026, 10, 1) + timedelta(days=n) for n in range(8)}
    makeup = {date(2026, 9, 27)}
    held = [
        rules.is_teaching_day(FIRST, LAST, day, holidays, makeup) for day in (FIRST, date(2026, 9, 5), date(2026, 9, 27), date(2026, 10, 1))
    ]
    assert held == [True, False, True, False]


DAYS = st.dates(date(2026, 1, 1), date(2027, 12, 31))
SPECIAL = st.dictionaries(DAYS, st.booleans(), max_size=40)


@given(DAYS, st.integers(1, 30), SPECIAL)
def test_a_deadline_is_a_working_day_with_as_many_working_days_before_it(start: date, days: int, special: dict[date, bool]) -> None:
    off, on = ({day for day, is_on in special.items() if is_on is wanted} for wanted in (False, True))
    due = rules.working_day_after(start, days, off, on)
    assert rules.is_working_day(due, off, on)
    assert rules.working_days_between(start, due, off, on) == days
    assert rules.working_days_between(due, start, off, on) == -days
    assert rules.working_day_after(start, days - 1, off, on) < due


@given(DAYS, DAYS, SPECIAL)
def test_working_days_add_up(first: date, second: date, special: dict[date, bool]) -> None:
    off, on = ({day for day, is_on in special.items() if is_on is wanted} for wanted in (False, True))
    middle = first + (second - first) // 2
    parts = [rules.working_days_between(a, b, off, on) for a, b in ((first, middle), (middle, second))]
    assert rules.working_days_between(first, second, off, on) == sum(parts)


def test_five_working_days_over_a_national_holiday_end_after_it_and_count_the_makeup_day() -> None:
    off, on = {date(2026, 10, 1) + timedelta(days=n) for n in range(8)}, {date(2026, 10, 10)}
    assert rules.working_day_after(date(2026, 9, 30), 1, off, on) == date(2026, 10, 9)
    assert rules.working_day_after(date(2026, 9, 30), 2, off, on) == date(2026, 10, 10)
    assert rules.working_day_after(date(2026, 9, 30), 5, off, on) == date(2026, 10, 14)
    assert rules.working_day_after(date(2026, 9, 30), 5, set(), set()) == date(2026, 10, 7)


@pytest.mark.slow
def test_deadlines_are_counted_by_the_calendar_of_the_district(town: Town) -> None:
    holidays = {date(2026, 10, 1) + timedelta(days=n): "国庆节" for n in range(8)}
    with town.app.app_context():
        with unit.write():
            service.set_special_days(2026, holidays, {date(2026, 10, 10): ""})
        with unit.read():
            assert queries.working_day_after(date(2026, 9, 30), 5) == date(2026, 10, 14)
            assert queries.working_days_between(date(2026, 9, 30), date(2026, 10, 14)) == 5
            assert queries.working_days_between(date(2026, 10, 14), date(2026, 9, 30)) == -5
        with unit.write():
            service.set_special_days(2027, {date(2027, 1, 1): "元旦"}, {})
            service.set_special_days(2026, {}, {})
        with unit.read():
            assert queries.working_day_after(date(2026, 9, 30), 5) == date(2026, 10, 7)
            assert queries.working_day_after(date(2026, 12, 31), 1) == date(2027, 1, 4)


@pytest.mark.slow
def test_what_is_there_already_is_returned_and_not_made_again(town: Town) -> None:
    form = SchoolForm(code="A1", name="青岚区实验小学", kind=SchoolKind.PRIMARY, locality=Locality.CITY)
    with town.app.app_context(), unit.write():
        assert service.set_up_district("另一个名字") == town.district
        assert service.add_school(form) == town.schools["A1"]
        term = partial(service.add_term, school_year="2026-2027", number=1, first_day=FIRST, last_day=LAST)
        assert term() == term()
        service.set_special_days(2026, {date(2026, 10, 1): "国庆节"}, {})
        klass = partial(service.add_class, town.schools["A3"], school_year="2026-2027", grade=Grade.G1, number=1)
        assert klass(head_count=9, grades=[Grade.G1, Grade.G2]) == klass()
        assert [c.grades for c in queries.classes_of_school(town.schools["A3"])] == [(Grade.G1, Grade.G2)]
        found = queries.term_on(date(2026, 11, 24))
        assert found is not None
        assert found.week_of(date(2026, 11, 24)) == 13
        assert not found.is_teaching_day(date(2026, 10, 1))


@pytest.mark.slow
def test_a_kindergarten_has_no_seventh_grade_and_no_two_schools_share_a_name(town: Town) -> None:
    with town.app.app_context():
        with pytest.raises(Invalid), unit.write():
            service.add_class(town.schools["B4"], school_year="2026-2027", grade=Grade.G7, number=1)
        form = SchoolForm(code="X", name="城南小学", kind=SchoolKind.PRIMARY, locality=Locality.CITY)
        with pytest.raises(Invalid), unit.write():
            service.add_school(form)


@pytest.mark.slow
def test_a_dean_sees_the_own_school_and_the_district_adds_new_ones(town: Town) -> None:
    dean, admin, teacher = town.browser("qiulan"), town.browser("minjie"), town.browser("linxiaoyun")
    assert "青岚区实验小学" in dean.get("/admin/schools").text
    assert "石桥村小学" not in dean.get("/admin/schools").text
    assert teacher.get("/admin/schools").status_code == 403

    form = {"code": "A4", "name": "大坪教学点", "kind": "teaching_point", "locality": "village", "is_three_schools": "1", "uplink_mbps": ""}
    assert dean.post("/admin/schools", form, page="/admin/schools").status_code == 403
    assert admin.post("/admin/schools", form, page="/admin/schools").status_code == 303
    again = admin.post("/admin/schools", form, page="/admin/schools")
    assert again.status_code == 422
    assert "这个学校代码已经用过了。" in again.text
    wrong = admin.post("/admin/schools", {**form, "code": "A5", "name": "新", "kind": "castle"}, page="/admin/schools")
    assert wrong.status_code == 422
    with town.app.app_context(), unit.read():
        school = queries.school_by_code("A4")
        assert school is not None
        assert (school.is_three_schools, school.uplink_mbps) == (True, None)
        assert queries.school_names([school.id]) == {school.id: "大坪教学点"}


@pytest.mark.slow
def test_a_closed_school_leaves_the_lists_but_keeps_its_name(town: Town) -> None:
    with town.app.app_context():
        with unit.write():
            service.close_school(town.schools["B4"], queries.today())
        with unit.read():
            assert town.schools["B4"] not in {school.id for school in queries.schools()}
            assert queries.school_names([town.schools["B4"]])

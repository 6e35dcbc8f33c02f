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


@pytest.mark.slow
def test_what_is_there_already_is_returned_and_not_made_again(town: Town) -> None:
    form = SchoolForm(code="A1", name="青岚区实验小学", kind=SchoolKind.PRIMARY, locality=Locality.CITY)
    with town.app.app_context(), unit.write():
        assert service.set_up_district("另一个名字") == town.district
        assert service.add_school(form) == town.schools["A1"]
        term = partial(service.add_term, school_year="2026-2027", number=1, first_day=FIRST, last_day=LAST)
        assert term(holidays=[date(2026, 10, 1)]) == term()
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

"""The pages of one school and of the calendar, through the forms that a dean and the district fill in."""

import re
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from resource_hub.audit import queries as audit
from resource_hub.infra import unit
from resource_hub.schools import queries, rules
from resource_hub.schools.schemas import Grade
from tests.people.standing import Browser, Town

slow = pytest.mark.slow

TERM = {"school_year": "2030-2031", "number": "1", "first_day": "2030-09-02", "last_day": "2031-01-24"}


@given(st.dictionaries(st.dates(date(2026, 1, 1), date(2026, 3, 1)), st.sampled_from(["", "春节", "元旦", "Spring break"])))
def test_days_are_read_as_they_were_written(days: dict[date, str]) -> None:
    assert rules.days_in(rules.days_text(days)) == (days, [])


@pytest.mark.parametrize(
    "line", ["国庆节 2026-10-01", "2026-10-01 国庆节", "2026年10月1日国庆节", "国庆节:2026/10/1", "2026.10.1-10.1(国庆节)"]
)
def test_the_words_beside_a_day_are_its_name(line: str) -> None:
    assert rules.days_in(line) == ({date(2026, 10, 1): "国庆节"}, [])


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("国庆 2026-10-01 至 2026-10-03", [1, 2, 3]),
        ("2026年10月1日到3日\n2026/10/5", [1, 2, 3, 5]),
        ("2026.10.1-10.2、2026-10-04", [1, 2, 4]),
        (" \n\n", []),
    ],
)
def test_days_may_be_written_as_people_write_them(text: str, days: list[int]) -> None:
    found, strange = rules.days_in(text)
    assert (sorted(found), strange) == ([date(2026, 10, day) for day in days], [])


@pytest.mark.parametrize(
    "line", ["国庆", "10月1日", "2026-13-01", "2026-02-30", "2026-10-08 - 2026-10-01", "2026-10-01 - 2027-10-01", "20261001"]
)
def test_a_line_without_a_day_is_told_and_not_guessed(line: str) -> None:
    assert rules.days_in(f"2026-10-01\n{line}") == ({date(2026, 10, 1): ""}, [line])


@pytest.mark.parametrize(("text", "is_one"), [("2026-2027", True), ("2026-2028", False), ("2026", False), ("26-27", False)])
def test_a_school_year_is_two_years_in_a_row(text: str, is_one: bool) -> None:
    assert rules.is_school_year(text) is is_one
    assert rules.is_school_year(rules.school_year_of(date(2026, 7, 31)))
    assert rules.school_year_of(date(2026, 8, 1)) == "2026-2027"


def send(browser: Browser, path: str, data: dict[str, object]) -> tuple[int, str]:
    answer = browser.post(path, data, page="/account")
    return answer.status_code, answer.text


@slow
def test_a_dean_adds_classes_to_the_own_school_and_sees_them_by_name(town: Town) -> None:
    dean, own, other = town.browser("qiulan"), town.schools["A1"], town.schools["B1"]
    page = dean.get(f"/admin/schools/{own}").text
    assert "还没有班级" in page
    assert "登记撤并" not in page
    given = {"grades": ["G3"], "number": "2", "head_count": "41", "school_year": "2026-2027"}
    assert send(dean, f"/admin/schools/{own}/classes", given)[0] == 303
    assert send(dean, f"/admin/schools/{own}/classes", {**given, "grades": ["G1", "G2"], "number": "1", "head_count": "9"})[0] == 303
    shown = dean.get(f"/admin/schools/{own}").text
    assert "三年级(2)班" in shown
    assert "一年级、二年级(1)班" in shown
    with town.app.app_context(), unit.read():
        assert [(c.grades, c.head_count) for c in queries.classes_of_school(own)] == [((Grade.G1, Grade.G2), 9), ((Grade.G3,), 41)]
        assert [entry.action for entry in audit.recent(2)] == ["class.added", "class.added"]

    assert dean.get(f"/admin/schools/{other}").status_code == 404
    assert send(dean, f"/admin/schools/{other}/classes", given)[0] == 404
    assert send(town.browser("linxiaoyun"), f"/admin/schools/{own}/classes", given)[0] == 403
    assert send(town.browser("minjie"), f"/admin/schools/{other}/classes", given)[0] == 303


@slow
@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({}, "这个班已经在列表里。"),
        ({"grades": []}, "这一项需要填写。"),
        ({"grades": ["G7"]}, "这类学校没有这个年级。"),
        ({"school_year": "2026"}, "学年写成相连的两年"),
        ({"number": "eins"}, "这里要填一个整数。"),
    ],
)
def test_a_class_that_does_not_fit_is_told_at_its_field_and_nothing_typed_is_lost(
    town: Town, change: dict[str, object], sentence: str
) -> None:
    dean, path = town.browser("qiulan"), f"/admin/schools/{town.schools['A1']}/classes"
    given = {"grades": ["G3"], "number": "2", "head_count": "41", "school_year": "2026-2027"}
    assert send(dean, path, given)[0] == 303
    status, page = send(dean, path, {**given, **change})
    assert status == 422
    assert sentence in page
    assert 'value="41"' in page
    assert bool(re.search(r'value="G3" checked', page)) == ("grades" not in change)


@slow
def test_the_district_closes_a_school_and_may_take_it_back(town: Town) -> None:
    admin, dean, path = town.browser("minjie"), town.browser("songqian"), f"/admin/schools/{town.schools['B1']}"
    assert dean.post(f"{path}/closure", {"on": "2026-07-01"}, page="/account").status_code == 403
    assert admin.post(f"{path}/closure", {"on": "bald"}, page="/account").status_code == 422
    assert admin.post(f"{path}/closure", {"on": "2026-07-01"}, page="/account").status_code == 303
    assert "2026-07-01 起撤并" in dean.get(path).text
    with town.app.app_context(), unit.read():
        assert town.schools["B1"] not in {school.id for school in queries.schools()}
    assert admin.post(f"{path}/closure/end", page="/account").status_code == 303
    with town.app.app_context(), unit.read():
        assert town.schools["B1"] in {school.id for school in queries.schools()}
        assert [entry.action for entry in audit.recent(2)] == ["school.reopened", "school.closed"]


@slow
def test_the_district_writes_the_calendar_and_changes_it_when_holidays_are_announced(town: Town) -> None:
    admin, dean = town.browser("minjie"), town.browser("qiulan")
    assert "还没有学期" in dean.get("/admin/terms").text
    assert send(dean, "/admin/terms", TERM)[0] == 403
    assert send(admin, "/admin/terms", TERM)[0] == 303
    assert "/admin/terms/trm_" not in dean.get("/admin/terms").text
    with town.app.app_context(), unit.read():
        (term,) = queries.terms()

    longer = {**TERM, "last_day": "2031-01-25"}
    assert send(dean, f"/admin/terms/{term.id}", longer)[0] == 403
    assert send(admin, f"/admin/terms/{term.id}", longer)[0] == 303
    days = {"holidays": "2030-10-01 – 2030-10-07 国庆节", "makeup_days": "2030-09-28"}
    assert send(dean, "/admin/terms/days/2030", days)[0] == 403
    assert send(admin, "/admin/terms/days/2030", {"holidays": "国庆节 2030-10-01"})[0] == 303
    assert send(admin, "/admin/terms/days/2030", days)[0] == 303
    assert send(admin, "/admin/terms/days/2031", {"holidays": "2031-01-01 元旦"})[0] == 303
    form = admin.get("/admin/terms/days/2030").text
    assert "2030-10-01 – 2030-10-07 国庆节" in form
    assert "放假 8 天，调课 1 天" in dean.get("/admin/terms").text
    with town.app.app_context(), unit.read():
        (term,) = queries.terms()
        assert (len(term.holidays), term.is_teaching_day(date(2030, 9, 28)), term.is_teaching_day(date(2031, 1, 1))) == (8, True, False)
        assert [entry.action for entry in audit.recent(4)] == ["calendar.changed"] * 3 + ["term.changed"]


@slow
@pytest.mark.parametrize(
    ("days", "sentence"),
    [
        ({"holidays": "清明"}, "看不懂“清明”"),
        ({"holidays": "2029-10-01"}, "2029-10-01 不在 2030 年"),
        ({"holidays": "2030-04-05", "makeup_days": "2030-04-05"}, "2030-04-05 既写在放假里，又写在调课里。"),
    ],
)
def test_days_that_do_not_fit_are_told_at_their_field_and_nothing_typed_is_lost(town: Town, days: dict[str, str], sentence: str) -> None:
    admin = town.browser("minjie")
    assert send(admin, "/admin/terms/days/2030", {"holidays": "2030-10-01 国庆节"})[0] == 303
    status, page = send(admin, "/admin/terms/days/2030", days)
    assert status == 422
    assert sentence in page
    assert days["holidays"] in page
    assert "2030-10-01 国庆节" in admin.get("/admin/terms/days/2030").text
    assert admin.get("/admin/terms/days/20300").status_code == 404


@slow
def test_everybody_takes_the_calendar_along(town: Town) -> None:
    admin, teacher = town.browser("minjie"), town.browser("linxiaoyun")
    with town.app.app_context(), unit.read():
        year = queries.today().year
    assert send(admin, "/admin/terms", TERM)[0] == 303
    given = {"holidays": f"{year}-10-01 – {year}-10-08 国庆节", "makeup_days": f"{year}-09-27"}
    assert send(admin, f"/admin/terms/days/{year}", given)[0] == 303
    answer = teacher.get("/calendar.ics")
    assert answer.mimetype == "text/calendar"
    events = {str(e["summary"]): (e["dtstart"].dt, e["dtend"].dt) for e in Calendar.from_ical(answer.data).walk("VEVENT")}
    assert events == {
        "2030-2031 第一学期开学": (date(2030, 9, 2), date(2030, 9, 3)),
        "2030-2031 第一学期结束": (date(2031, 1, 24), date(2031, 1, 25)),
        "放假 国庆节": (date(year, 10, 1), date(year, 10, 9)),
        "调课上课": (date(year, 9, 27), date(year, 9, 28)),
    }
    assert town.browser().get("/calendar.ics").status_code == 303


@slow
@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"number": "1"}, "这个学期已经在列表里"),
        ({"first_day": "2031-01-24"}, "和另一个学期的日期重叠。"),
        ({"last_day": "2031-02-01"}, "结束日期要在开始日期之后。"),
        ({"last_day": "2032-07-04"}, "一个学期没有这么长"),
        ({"school_year": "2030-31"}, "学年写成相连的两年"),
    ],
)
def test_a_term_that_does_not_fit_is_told_at_its_field_and_nothing_typed_is_lost(town: Town, change: dict[str, str], sentence: str) -> None:
    admin = town.browser("minjie")
    assert send(admin, "/admin/terms", TERM)[0] == 303
    second = {**TERM, "number": "2", "first_day": "2031-02-17", "last_day": "2031-07-04", **change}
    status, page = send(admin, "/admin/terms", second)
    assert status == 422
    assert sentence in page
    assert f'value="{second["last_day"]}"' in page
    with town.app.app_context(), unit.read():
        assert len(queries.terms()) == 1


@slow
def test_a_long_term_keeps_its_weeks(town: Town) -> None:
    admin = town.browser("minjie")
    with town.app.app_context(), unit.read():
        today = queries.today()
    given = {**TERM, "school_year": rules.school_year_of(today), "first_day": str(today), "last_day": str(today + timedelta(days=140))}
    assert send(admin, "/admin/terms", given)[0] == 303
    assert "第 1 周" in admin.get("/admin/terms").text

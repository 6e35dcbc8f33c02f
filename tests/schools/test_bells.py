"""Lesson times: read as people write them, kept by school and day, compared between two schools."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resource_hub.cli.demo.district import periods_of
from resource_hub.infra import unit
from resource_hub.schools import bells, queries
from resource_hub.schools.bells import Period
from tests.people.standing import Town
from tests.schools.test_pages import send

MORNING = "8:20-9:00\n9:10-9:50"


@pytest.mark.parametrize(
    "line", ["8:20-9:00", "08：20 – 09：00", "第1节 8:20-9:00", "1. 8:20~9:00", "8点20分到9点", "第一节课 8:20 至 9:00"]
)
def test_a_lesson_may_be_written_as_people_write_it(line: str) -> None:
    assert bells.periods_in(f"{line}\n\n") == ([Period(1, 500, 540)], [])


@pytest.mark.parametrize("line", ["语文", "8:20", "8:20-8:30", "8:20-12:00", "9:00-8:20", "8:70-9:20", "25:00-25:40", "8:40-9:20"])
def test_a_line_that_is_no_lesson_or_overlaps_is_told(line: str) -> None:
    assert bells.periods_in(f"8:10-8:50\n{line}") == ([Period(1, 490, 530)], [line])


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(bells.SHORTEST, bells.LONGEST)), min_size=1, max_size=8))
def test_lessons_are_read_as_they_were_written(shape: list[tuple[int, int]]) -> None:
    periods, at = [], 0
    for number, (pause, minutes) in enumerate(shape, 1):
        periods.append(Period(number, at + pause, at + pause + minutes))
        at += pause + minutes
    assert bells.periods_in(bells.periods_text(periods)) == (periods, [])


def test_city_and_village_have_less_in_common_early_in_the_morning() -> None:
    """The two seeded cases of the demo district: 30 minutes are to be warned of, 35 are enough."""
    city, village = periods_of("city"), periods_of("village")
    common = [bells.overlap(here, there) for here, there in zip(city, village, strict=True)]
    assert common == [30, 30, 35, 35]
    assert [minutes >= bells.ENOUGH_MINUTES for minutes in common] == [False, False, True, True]
    assert [bells.nearest(here, village) for here in city] == village
    assert bells.nearest(Period(9, 1200, 1240), village) is None


@pytest.mark.slow
def test_a_dean_sets_the_lesson_times_of_the_own_school(town: Town) -> None:
    dean, own, other = town.browser("qiulan"), town.schools["A1"], town.schools["B1"]
    with town.app.app_context(), unit.read():
        today = queries.today()
    later = today + timedelta(days=60)
    path = f"/admin/schools/{own}"
    assert send(dean, f"{path}/bells", {"from_on": f"{today}", "periods": MORNING})[0] == 303
    assert send(dean, f"{path}/bells", {"from_on": f"{later}", "periods": "8:00-8:40"})[0] == 303
    status, page = send(dean, f"{path}/bells", {"from_on": f"{later}", "periods": "8:00-8:40\n课间操"})
    assert (status, "看不懂“课间操”" in page, "8:00-8:40\n课间操" in page) == (422, True, True)
    assert send(dean, f"/admin/schools/{other}/bells", {"from_on": f"{today}", "periods": MORNING})[0] == 404
    assert send(town.browser("linxiaoyun"), f"{path}/bells", {"from_on": f"{today}", "periods": MORNING})[0] == 403

    def begins(on: date) -> list[str]:
        with town.app.app_context(), unit.read():
            return [str(period) for one in queries.bells_of([own, other], on).values() for period in one.periods]

    assert begins(today - timedelta(days=1)) == []
    assert begins(today) == begins(later - timedelta(days=1)) == ["8:20–9:00", "9:10–9:50"]
    assert begins(later) == ["8:00–8:40"]
    assert send(dean, f"{path}/bells/{later}/end", {})[0] == 303
    assert send(dean, f"{path}/bells/{later}/end", {})[0] == 404
    assert send(dean, f"{path}/bells/tomorrow/end", {})[0] == 404
    assert begins(later) == ["8:20–9:00", "9:10–9:50"]
    assert "8:20–9:00" in dean.get(path).text

"""A teacher finds their own book first, with numbers that are true for them, and sees what is missing."""

import re

import pytest

from resource_hub.library.schemas import Kind, Licence, Review
from tests.library.works import ART
from tests.shelves.conftest import AUTHOR, DEAN, ELSEWHERE, RESEARCHER, VILLAGER, Shelves

pytestmark = pytest.mark.slow
ART_UNIT = ART.rpartition(" / ")[0]
ART_BOOK = ART_UNIT.rpartition(" / ")[0]


def counts_on(page: str) -> dict[str, int]:
    """Return the numbers beside the lessons of a page of the curriculum."""
    rows = re.findall(r'<a href="/units/[^"]*">([^<]+)<?(?:</a>)?<small>(\d+)<', page)
    return {title: int(count) for title, count in rows}


def test_ones_own_book_opens_first_with_numbers_of_what_one_may_see(shelves: Shelves) -> None:
    shelves.make("全区看得到的教案", ART, licence=Licence.L3, review=Review.DISTRICT_PUBLISHED)
    shelves.make("教共体的课件", ART, Kind.SLIDES, licence=Licence.L2)
    shelves.make("本校的任务单", ART_UNIT, Kind.TASK_SHEET, licence=Licence.L1)
    shelves.make("还没交的草稿", ART, review=Review.DRAFT)
    mine = shelves.page(AUTHOR, "/browse")
    assert f'<h2 id="book">{" ".join(ART_BOOK.split(" / ")[1:])}</h2>' in mine
    book = f"/browse?at={shelves.node(ART_BOOK)}"
    assert re.search(rf'chip-on" aria-current="true" href="{re.escape(book)}">美术 三年级上册', mine)
    topic, unit = ART.split(" / ")[-1], ART_UNIT.split(" / ")[-1]
    seen = {who: counts_on(shelves.page(who, book)) for who in (AUTHOR, VILLAGER, ELSEWHERE)}
    assert seen == {AUTHOR: {unit: 3, topic: 2}, VILLAGER: {unit: 2, topic: 2}, ELSEWHERE: {unit: 1, topic: 1}}
    for who, found in seen.items():
        there = shelves.ask(who, "GET", f"/api/v1/units/{shelves.node(ART_UNIT)}")
        assert sum(group["count"] for group in there["groups"]) == found[unit]


def test_the_way_down_is_an_address_at_each_step(shelves: Shelves) -> None:
    stage, subject = shelves.node("小学"), shelves.node("小学 / 英语")
    first = shelves.page(RESEARCHER, f"/browse?at={stage}")
    assert f"/browse?at={subject}" in first
    used, old = (f"小学 / 英语 / 人教版（PEP）（三年级起点）{year}" for year in ("（2024）", ""))
    english = shelves.page(RESEARCHER, f"/browse?at={subject}")
    folded = english.split("本区不用")[1].split("</details>")[0]
    assert f"/browse?at={shelves.node(used)}" not in folded
    assert f"/browse?at={shelves.node(old)}" not in folded
    assert "/browse?at=cur_" in folded
    assert "Unit 5 The colourful world" in shelves.page(RESEARCHER, f"/browse?at={shelves.node(used + ' / 三年级上册')}")
    shelves.page(RESEARCHER, "/browse?at=cur_nowhere", 404)


def test_the_number_of_queries_does_not_grow_with_the_shelf(shelves: Shelves) -> None:
    shelves.make("一", ART)
    shelves.page(AUTHOR, "/browse")
    shelves.page(AUTHOR, f"/units/{shelves.node(ART)}")
    asked = []
    for _again in range(2):
        with shelves.works.counting() as seen:
            shelves.page(AUTHOR, "/browse")
            shelves.page(AUTHOR, f"/units/{shelves.node(ART)}")
        asked.append(len(seen))
        for number in range(4):
            shelves.make(f"更多{number}", ART, [Kind.SLIDES, Kind.LESSON_PLAN][number % 2])
    assert asked[0] == asked[1]


def test_what_nobody_shared_for_ones_units_is_named(shelves: Shelves) -> None:
    unit = shelves.node(ART_UNIT)

    def lacking(who: str) -> str:
        page = shelves.page(who, "/browse/missing")
        row = re.search(rf'<a href="/units/{unit}">[^<]*</a><span class="muted">([^<]*)</span>', page)
        return row.group(1) if row else ""

    assert lacking(AUTHOR) == "缺 教学设计 · 课件 · 任务单与习题 · 录像与微课"
    shelves.make("教案", ART)
    shelves.make("练习", ART_UNIT, Kind.EXERCISE)
    shelves.make("不给我看的课件", ART, Kind.SLIDES, who=ELSEWHERE, licence=Licence.L1)
    assert lacking(AUTHOR) == "缺 课件 · 录像与微课"
    shelves.make("微课", ART, Kind.MICRO_LESSON)
    shelves.make("课件", ART, Kind.SLIDES)
    assert lacking(AUTHOR) == ""


def test_the_newest_of_the_community_come_page_by_page(shelves: Shelves) -> None:
    for number in range(26):
        shelves.make(f"第{number:02}份", minutes=number)
    shelves.make("别处的", who=ELSEWHERE, review=Review.DISTRICT_PUBLISHED, minutes=99)
    first = shelves.page(VILLAGER, "/browse/new")
    titles = re.findall("第[0-9]{2}份", first)
    assert titles == [f"第{number:02}份" for number in range(25, 1, -1)]
    assert "别处的" not in first
    following = re.search(r'href="(/browse/new\?cursor=[^"]+)"', first)
    assert following is not None
    assert re.findall("第[0-9]{2}份", shelves.page(VILLAGER, following.group(1))) == ["第01份", "第00份"]
    assert "别处的" in shelves.page(RESEARCHER, "/browse/new")
    shelves.page(VILLAGER, "/browse/new?cursor=x", 422)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_the_rail_leads_to_the_curriculum(shelves: Shelves) -> None:
    for who in (AUTHOR, DEAN, RESEARCHER):
        page = shelves.page(who, f"/units/{shelves.node(ART)}")
        assert re.search(r'<a href="/browse" aria-current="page">', page)

"""The week's page: one's own, a class's, a school's, a community's; the calendar address; the first page."""

import re
from datetime import timedelta

import pytest
from icalendar import Calendar

from resource_hub.infra import unit
from resource_hub.kernel import clock
from resource_hub.people import service as people
from resource_hub.timetable import service
from resource_hub.timetable.schemas import CancelReason
from tests.people.standing import Browser
from tests.timetable.conftest import FIRST, Ground
from tests.timetable.test_pairings import lessons_of, paired

pytestmark = pytest.mark.slow


def test_a_teacher_sees_the_own_week_and_others_of_the_community(ground: Ground) -> None:
    paired(ground)
    town, week = ground.town, "2026-W36"
    teacher, stranger = town.browser("wuyoutian"), town.browser("songqian")
    own = teacher.get(f"/timetable?week={week}").text
    assert "第 3 节" in own
    assert "10:15–10:55" in own
    assert "→ 石桥村小学 三年级(1)班" in own
    for words in (f"class={ground.classes['A4 三']}", f"school={town.schools['A1']}", f"community={town.communities['A']}"):
        assert "林晓云" in teacher.get(f"/timetable?week={week}&{words}").text
        assert stranger.get(f"/timetable?week={week}&{words}").status_code == 404
    assert "这一周没有同步课" in stranger.get(f"/timetable?week={week}").text
    assert "国庆节" in teacher.get(f"/timetable?week=2026-W40&school={town.schools['A1']}").text
    assert teacher.get("/timetable?week=2026-W99").status_code == 404
    assert "林晓云" in town.browser("minjie").get(f"/timetable?week={week}&school={town.schools['A4']}").text


def test_nobody_sees_a_timetable_without_signing_in(ground: Ground) -> None:
    assert ground.town.browser().get("/timetable").status_code in {303, 401}


def test_the_first_page_names_the_next_lesson(ground: Ground) -> None:
    one = lessons_of(ground, paired(ground))[0]
    page = ground.town.browser("linxiaoyun").get("/").text
    assert "下一节同步课" in page
    assert f"/timetable/lessons/{one.id}" in page
    assert "还没有选课例包" in page
    assert 'href="/timetable"' in page
    assert "下一节同步课" not in ground.town.browser("meixue").get("/").text


def feed(browser: Browser, data: dict[str, str] | None = None) -> str:
    answer = browser.post("/timetable/feeds", data or {}, page="/account")
    assert answer.status_code == 200
    found = re.search(r"/calendar/([\w-]+)\.ics", answer.text)
    assert found
    return found[0]


def test_a_calendar_follows_moves_and_cancellations_and_says_nothing_of_persons(ground: Ground) -> None:
    found, town = lessons_of(ground, paired(ground)), ground.town
    teacher, anyone = town.browser("wuyoutian"), town.browser()
    path = feed(teacher)
    assert path.removeprefix("/calendar/").removesuffix(".ics") not in teacher.get("/timetable").text
    answer = anyone.get(path)
    assert answer.mimetype == "text/calendar"
    events = {str(event["uid"]): event for event in Calendar.from_ical(answer.data).walk("VEVENT")}
    assert len(events) == 15
    first = events[f"{found[0].id}@resource-hub"]
    assert first["dtstart"].dt == found[0].starts_at
    assert str(first["dtstart"].dt.tzinfo) == "Asia/Shanghai"
    assert (str(first["summary"]), int(first["sequence"])) == ("美术", 1)
    with town.app.app_context(), unit.write():
        service.cancel_lesson(found[0].id, CancelReason.WEATHER)
        service.move_lesson(found[1].id, found[1].day + timedelta(days=1), 4)
    events = {str(event["uid"]): event for event in Calendar.from_ical(anyone.get(path).data).walk("VEVENT")}
    cancelled = events[f"{found[0].id}@resource-hub"]
    assert (str(cancelled["status"]), int(cancelled["sequence"])) == ("CANCELLED", 2)
    assert events[f"{found[1].id}@resource-hub"]["dtstart"].dt == found[1].starts_at + timedelta(days=1, minutes=45)
    for wrong in ("/calendar/x.ics", "/calendar/.ics"):
        assert anyone.get(wrong).status_code == 404


def test_a_calendar_address_ends_when_it_is_revoked_or_its_person_leaves(ground: Ground) -> None:
    paired(ground)
    town = ground.town
    teacher, other, anyone = town.browser("wuyoutian"), town.browser("linxiaoyun"), town.browser()
    room, own = feed(teacher, {"class_id": ground.classes["A4 三"]}), feed(teacher)
    assert "大坪教学点" in anyone.get(room).text
    assert town.browser("songqian").post("/timetable/feeds", {"class_id": ground.classes["A4 三"]}, page="/account").status_code == 404
    ids = re.findall(r"/timetable/feeds/(\w+)/end", teacher.get("/timetable").text)
    assert len(ids) == 2
    assert other.post(f"/timetable/feeds/{ids[0]}/end", {}, page="/account").status_code == 404
    assert teacher.post(f"/timetable/feeds/{ids[0]}/end", {}, page="/account").status_code == 303
    assert anyone.get(own).status_code == 404
    assert anyone.get(room).status_code == 200
    with town.app.app_context(), unit.write():
        people.leave(town.people["wuyoutian"], FIRST - timedelta(days=1))
    assert anyone.get(room).status_code == 404


def test_a_week_is_read_with_the_same_number_of_queries_however_full_it_is(ground: Ground) -> None:
    import sqlalchemy as sa

    from resource_hub.infra.db import db
    from resource_hub.timetable import queries

    def count() -> int:
        seen: list[str] = []
        with ground.town.app.app_context(), unit.read():
            note = lambda *given: seen.append(given[2])  # noqa: E731 -- listened to once
            sa.event.listen(db.engine, "before_cursor_execute", note)
            queries.lessons_between(FIRST, FIRST + timedelta(days=130))
            sa.event.remove(db.engine, "before_cursor_execute", note)
        return len(seen)

    paired(ground)
    one = count()
    paired(ground, ground.music)
    assert count() == one
    assert clock.now().date() <= FIRST

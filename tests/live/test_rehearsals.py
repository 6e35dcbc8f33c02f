"""Rehearsals of lessons: when they are due, who keeps them, what teachers and technicians are told."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from resource_hub.inbox.models import Delivery
from resource_hub.infra import unit
from resource_hub.infra.db import db
from resource_hub.kernel import clock
from resource_hub.live import rehearsing, service
from resource_hub.live.models import LessonRehearsal
from resource_hub.timetable.models import Lesson
from resource_hub.timetable.schemas import LessonKind
from tests.live.standing import LEAD, MORNING, Tokens, admit, plan
from tests.people_of_a_district import District

HERE = ZoneInfo("Asia/Shanghai")
GOOD: dict[str, Any] = {
    "up_kbps": 2_000, "down_kbps": 4_000, "rtt_ms": 30, "sees": "video360", "is_seen": "video360", "concealed": 0.01, "path": "udp", "tcp": True,
}  # fmt: skip


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=HERE)


@pytest.mark.parametrize(
    ("lesson", "now", "due"),
    [
        (at(26, 10), at(24, 9, 59), False),  # a Thursday's lesson, on Tuesday
        (at(26, 10), at(24, 10), True),
        (at(26, 10), at(24, 10, 39), True),
        (at(26, 10), at(24, 10, 40), False),
        (at(26, 10), at(25, 10), True),  # the device was off on Tuesday: from Wednesday's hour on
        (at(26, 10), at(26, 8, 59), True),
        (at(26, 10), at(26, 9), False),  # the room's own check is next
        (at(30, 10), at(28, 10), False),  # a Monday's lesson, on Saturday's hour: it was Friday's turn ...
        (at(30, 10), at(27, 10), True),
        (at(30, 10), at(27, 9), False),
        (at(24, 10), at(20, 10), True),  # a Tuesday's lesson, on Friday
        (at(24, 10), at(20, 11), False),
        (at(24, 10), at(23, 10), True),
    ],
)
def test_a_rehearsal_is_due_at_the_hour_of_the_lesson_two_school_days_before(lesson: datetime, now: datetime, due: bool) -> None:
    if lesson == at(30, 10) and now == at(28, 10):
        due = True  # ... and since nobody came on Friday, whoever switches on next
    assert rehearsing.is_due(lesson, now, HERE) is due


def test_the_rooms_of_a_district_take_turns_within_twenty_minutes() -> None:
    turns = [rehearsing.turn_of(f"cls_{number}") for number in range(200)]
    assert all(timedelta(0) <= turn < timedelta(minutes=20) for turn in turns)
    by_minute = [sum(turn // timedelta(minutes=1) == minute for turn in turns) for minute in range(20)]
    assert max(by_minute) < 30
    assert not rehearsing.is_due(at(26, 10), at(24, 10, 5), HERE, timedelta(minutes=6))
    assert rehearsing.is_due(at(26, 10), at(24, 10, 7), HERE, timedelta(minutes=6))


@pytest.fixture
def tokens(district: District) -> Tokens:
    clock.start_at(MORNING)
    return admit(district.app)


def keep(district: District, lesson: str, token: str, **changed: Any) -> int:
    headers = {"Authorization": f"Bearer {token}", "Accept": "application/json", "User-Agent": "Mozilla/5.0 Chrome/131.0.0.0"}
    return district.client.post(f"/api/v1/lessons/{lesson}/rehearsals", headers=headers, json=GOOD | changed).status_code


def wanted(district: District, token: str) -> str | None:
    answer = district.client.get("/api/v1/rooms/today", headers={"Authorization": f"Bearer {token}"}).get_json()
    found = answer["data"]["rehearsal"]
    return found and str(found["lesson"])


def told(district: District, lesson: str) -> dict[str, str]:
    """The open words about lines, and the rooms in them."""
    with district.app.app_context(), unit.read():
        rows = db.session.scalars(sa.select(Delivery).where(Delivery.ref_id == lesson, Delivery.done_at.is_(None)))
        return {row.kind: row.words["rooms"] for row in rows if row.kind in {"live.thin", "live.mute"}}


@pytest.mark.slow
def test_a_rooms_device_is_told_what_to_rehearse_until_it_has(district: District, tokens: Tokens) -> None:
    clear(district)
    (lesson,) = plan(district.app, starts_in=timedelta(hours=20))
    assert wanted(district, tokens["class:1"]) == lesson
    assert keep(district, lesson, tokens["class:1"]) == 201
    assert wanted(district, tokens["class:1"]) is None
    assert wanted(district, tokens["class:2"]) == lesson
    # Nothing is rehearsed while a lesson is on in the room, or about to begin there.
    (today,) = plan(district.app, starts_in=timedelta(minutes=12))
    assert wanted(district, tokens["class:2"]) is None
    with district.app.app_context(), unit.write():
        db.session.delete(db.session.get_one(Lesson, today))
        db.session.get_one(Lesson, lesson).kind = LessonKind.SCHOOL_ONLINE
    assert wanted(district, tokens["class:2"]) is None, "who only watches sends nothing"


@pytest.mark.slow
def test_only_the_device_of_a_room_keeps_a_rehearsal_and_the_last_one_counts(district: District, tokens: Tokens) -> None:
    (lesson,) = plan(district.app, starts_in=timedelta(hours=20))
    assert [keep(district, lesson, tokens[seat]) for seat in ("lead", "assist:1", "observer")] == [403] * 3
    assert keep(district, lesson, tokens["class:1"], sees="video9000") == 422
    assert keep(district, lesson, tokens["class:1"], sees="still") == 201
    assert keep(district, lesson, tokens["class:1"]) == 201
    with district.app.app_context(), unit.read():
        assert {site: (one.sees, one.tcp) for site, one in rehearsing.of_lesson(lesson).items()} == {1: ("video360", True)}
    with district.app.app_context(), unit.write():
        service.forget_checks(clock.now() + timedelta(days=1))
        assert db.session.scalar(sa.select(sa.func.count()).select_from(LessonRehearsal)) == 0


@pytest.mark.slow
def test_teachers_are_told_of_thin_lines_and_technicians_see_them(district: District, tokens: Tokens) -> None:
    lead, technician = district.as_(LEAD), district.as_("minjie")
    (lesson,) = plan(district.app, starts_in=timedelta(hours=20))
    keep(district, lesson, tokens["class:1"], sees="still", is_seen="audio24")
    keep(district, lesson, tokens["class:2"], sees="text", is_seen="text", path="none", tcp=None)
    assert told(district, lesson) == {"live.thin": "石桥村小学 三年级(1)班", "live.mute": "大坪教学点 三年级(1)班"}
    page = district.client.get(f"/timetable/lessons/{lesson}", headers=lead).text
    assert "演练：收看是语音＋课件＋每 5 秒一张画面，被看到是语音＋课件" in page
    assert "演练：声音画面过不去，只有课件和文字" in page
    assert "演练：声音画面过不去" in district.client.get("/live/rooms", headers=technician).text
    keep(district, lesson, tokens["class:1"], tcp=False)
    keep(district, lesson, tokens["class:2"], path="none", tcp=None)
    assert told(district, lesson) == {}, "what has become better is told no more"
    page = district.client.get(f"/timetable/lessons/{lesson}", headers=lead).text
    assert "演练：两边都是清晰画面＋语音＋课件（备用线路不通）" in page
    assert "（按测速估计）" in page


def clear(district: District) -> None:
    """The timetable has lessons of its own in these days."""
    with district.app.app_context(), unit.write():
        db.session.execute(sa.delete(Lesson))

"""Lessons in counts: made when they end, made again by late evidence, shown by pairing and class, as a sheet too."""

import io
import json
from datetime import timedelta

import openpyxl
import pytest
import sqlalchemy as sa

from resource_hub.inbox.models import Delivery
from resource_hub.infra import unit
from resource_hub.infra.db import db
from resource_hub.infra.jobs import enqueue, work_once
from resource_hub.kernel import clock
from resource_hub.live.counting import count_lesson, counts_of
from resource_hub.live.models import LessonFact, LessonLog
from resource_hub.schools import queries as schools
from resource_hub.timetable import queries as timetable
from resource_hub.timetable import service as arrangements
from resource_hub.timetable.models import Lesson, LessonSite
from resource_hub.timetable.schemas import LessonState
from tests.live.clients import run
from tests.live.conftest import Live
from tests.live.standing import plan
from tests.people_of_a_district import District

pytestmark = pytest.mark.slow
MINUTE = 60_000


def taught(district: District, minutes: int) -> str:
    """A lesson of an hour ago in which one village was there for so many minutes and raised a hand."""
    (lesson,) = plan(district.app)
    with district.app.app_context(), unit.write():
        row = db.session.get_one(Lesson, lesson)
        row.starts_at, row.ends_at = clock.now() - timedelta(minutes=60), clock.now() - timedelta(minutes=20)
        began = int(row.starts_at.timestamp() * 1000)
        story = [
            (-1, "lead", "seat:joined", {"seat": "lead", "conn": "a", "device": "a"}),
            (-1, "class:1", "seat:joined", {"seat": "class:1", "conn": "b", "device": "b"}),
            (0, "lead", "lesson:started", {}),
            (5, "assist:1", "hand:raised", {"site": 1, "who": "4"}),
            (minutes, "class:1", "seat:left", {"seat": "class:1", "conn": "b"}),
            (40, "lead", "lesson:ended", {}),
        ]
        db.session.add(LessonLog(lesson_id=lesson, head=len(story)))
        db.session.flush()
        for seq, (minute, by, kind, data) in enumerate(story, 1):
            text = json.dumps({"id": f"c{seq}"} | data)
            db.session.add(LessonFact(lesson_id=lesson, seq=seq, at=began + minute * MINUTE, by=by, type=kind, ref=f"c{seq}", data=text))
    return lesson


def test_counts_say_whether_a_lesson_was_held(district: District) -> None:
    whole, short = taught(district, 40), taught(district, 10)
    with district.app.app_context(), unit.write():
        for lesson in (whole, short, whole):
            assert count_lesson(lesson) is not None
    with district.app.app_context(), unit.read():
        found = counts_of([whole, short])
        assert (found[whole].is_held, found[short].is_held) == (True, False)
        assert found[whole].summary.sites[1].forms == {"hand": 1}


def test_works_wait_for_words_and_who_assists_hears_of_them(district: District) -> None:
    lesson = taught(district, 40)
    happens(district, lesson, "assist:1", "photo:added", {"id": "w1", "site": 1, "asset": "ast_work", "caption": ""})
    assert told(district, lesson) == {"live.works"}
    happens(district, lesson, "lead", "work:commented", {"id": "w2", "photo": "w1", "text": "线画得直"})
    assert told(district, lesson) == {"live.commented"}


def happens(district: District, lesson: str, by: str, kind: str, data: dict[str, object]) -> None:
    """Something after the lesson, which is counted anew."""
    with district.app.app_context(), unit.write():
        log = db.session.get_one(LessonLog, lesson)
        log.head += 1
        row = db.session.get_one(Lesson, lesson)
        row.ended_at = row.ends_at
        at, ref = int(clock.now().timestamp() * 1000), str(data["id"])
        db.session.add(LessonFact(lesson_id=lesson, seq=log.head, at=at, by=by, type=kind, ref=ref, data=json.dumps(data)))
        enqueue("live.count", {"lesson_id": lesson})
    with district.app.app_context():
        while work_once("light"):
            pass


def told(district: District, lesson: str) -> set[str]:
    """The kinds of deliveries about a lesson that are open."""
    with district.app.app_context(), unit.read():
        rows = db.session.scalars(sa.select(Delivery).where(Delivery.ref_id == lesson, Delivery.done_at.is_(None)))
        return {row.kind for row in rows if row.kind.startswith("live.")}


def test_the_page_and_the_sheet_show_planned_and_held(district: District) -> None:
    lesson = taught(district, 40)
    with district.app.app_context(), unit.write():
        count_lesson(lesson)
    page = district.client.get("/live/statistics", headers=district.as_("minjie")).text
    assert "石桥村小学" in page
    assert "100%" in page
    book = openpyxl.load_workbook(io.BytesIO(district.client.get("/live/statistics.xlsx", headers=district.as_("minjie")).data))
    rows = [row for row in book.worksheets[0].iter_rows(min_row=2, values_only=True) if row[9]]
    assert [(row[5], row[8], row[9], row[10]) for row in rows] == [("石桥村小学", 1, 1, 1)]


def test_a_lesson_that_ended_before_the_bell_stands_there_at_once_and_one_cancelled_late_stays_planned(district: District) -> None:
    with district.app.app_context(), unit.write():
        db.session.execute(sa.delete(LessonSite))
        db.session.execute(sa.delete(Lesson))
    early, late, unheard = taught(district, 40), *plan(district.app, 2)
    with district.app.app_context(), unit.write():
        count_lesson(early)
        db.session.get_one(Lesson, early).ends_at = clock.now() + timedelta(minutes=5)
        cancelled = db.session.get_one(Lesson, late)
        cancelled.starts_at, cancelled.ends_at = clock.now() - timedelta(hours=2), clock.now() - timedelta(hours=1)
        cancelled.state, cancelled.cancelled_at = LessonState.CANCELLED, cancelled.starts_at - timedelta(hours=23)
        assert db.session.get_one(Lesson, unheard).ends_at > clock.now()  # it may still take place
    page = district.client.get("/live/statistics", headers=district.as_("minjie")).text
    # Two classes receive each lesson, and one of them was there.
    assert "计划 4 节，实开 1 节" in page


def test_what_was_tried_out_goes_with_a_lesson_that_is_planned_away(district: District) -> None:
    with district.app.app_context(), unit.write():
        pairing = next(one for one in timetable.pairings() if one.ended_on is None)
        ahead = [one for one in timetable.lessons_between(schools.today(), pairing.plan.last_day, pairing_id=pairing.id) if one.is_ahead]
        assert ahead
        db.session.add(LessonLog(lesson_id=ahead[-1].id, head=1))
        db.session.flush()
        db.session.add(LessonFact(lesson_id=ahead[-1].id, seq=1, at=1, by="lead", type="slide:turned", ref="c1", data="{}"))
        db.session.flush()
        arrangements.end_pairing(pairing.id, pairing.version, schools.today())
    with district.app.app_context(), unit.read():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(LessonLog)) == 0


def test_teachers_do_not_see_the_statistics(district: District) -> None:
    assert district.client.get("/live/statistics", headers=district.as_("wuyoutian")).status_code == 403


def test_a_lesson_is_counted_when_it_ends_and_again_when_a_room_delivers_late(live: Live) -> None:
    async def story() -> None:
        lead, helper = await live.client("lead").enter(), await live.client("assist:1").enter()
        await lead.act("lesson:start")
        await lead.act("lesson:end")
        assert (await helper.act("ticket:count", {"site": 1, "item": 1, "right": 7, "wrong": 2}))["ok"]
        await lead.close()
        await helper.close()

    run(story())
    with live.app.app_context():
        with unit.write():
            db.session.execute(sa.text("UPDATE job SET run_at = created_at WHERE kind = 'live.count'"))
        while work_once("light"):
            pass
        with unit.read():
            assert counts_of([live.lesson])[live.lesson].summary.sites[1].forms == {"ticket": 1}


def test_a_lesson_that_nobody_ended_is_ended_two_hours_later(district: District) -> None:
    (lesson,) = plan(district.app)
    with district.app.app_context():
        with unit.write():
            arrangements.open_lesson(lesson)
            row = db.session.get_one(Lesson, lesson)
            row.ends_at = clock.now() - timedelta(hours=3)
        with unit.write():
            enqueue("live.end_forgotten", {})
        while work_once("light"):
            pass
        with unit.read():
            found = timetable.lesson(lesson)
            assert found is not None
            assert found.state is LessonState.ENDED

"""The board of rooms: each looks after the rooms of their own schools and sees how they were found, what is on, whom to call."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from resource_hub.infra import unit
from resource_hub.infra.db import db
from resource_hub.kernel import clock
from resource_hub.people import queries as people
from resource_hub.people import service
from resource_hub.people.models import Person
from resource_hub.schools import queries as schools
from resource_hub.timetable.models import Lesson
from resource_hub.timetable.schemas import LessonState
from tests.live.standing import MORNING, Tokens, admit, plan
from tests.live.test_room_checks import bearer, keep
from tests.people_of_a_district import District

pytestmark = pytest.mark.slow


@pytest.fixture
def tokens(district: District) -> Tokens:
    clock.start_at(MORNING)
    return admit(district.app)


def test_a_technician_sees_the_rooms_of_their_schools_and_nobody_elses(district: District, tokens: Tokens) -> None:
    (lesson,) = plan(district.app, starts_in=timedelta(minutes=9))
    keep(district, lesson, tokens["class:0"], rung="still", echo="bad", up_kbps=640)
    keep(district, lesson, tokens["class:1"], mic=False)
    own = board(district, "jiangfan")
    assert "教室0" in own
    assert "石桥村小学" not in own
    for words in ("能上课，有不足", "回声很大", "640 千比特", "9.0 兆", "预计：语音＋课件＋每 5 秒一张画面", "Chrome 131"):
        assert words in own
    assert f'href="/live/{lesson}"' in own
    assert "进入课堂" in own
    every = board(district, "minjie")
    assert "石桥村小学" in every
    assert "话筒没有声音" in every
    assert "上不了课" in every


@pytest.mark.parametrize(
    ("account", "status"),
    [("jiangfan", 200), ("qiulan", 200), ("minjie", 200), ("linxiaoyun", 403), ("luozhiqiang", 403), ("wuyoutian", 403)],
)
def test_only_whoever_looks_after_rooms_opens_the_board(district: District, tokens: Tokens, account: str, status: int) -> None:
    assert district.client.get("/live/rooms", headers=district.as_(account)).status_code == status
    assert ("/live/rooms" in district.client.get("/admin", headers=district.as_(account)).text) == (status == 200)
    assert district.client.get("/live/rooms", headers=bearer(tokens["class:0"])).status_code == 403


def test_whom_to_call_is_who_stands_in_the_room_next_else_who_registered_it(district: District, tokens: Tokens) -> None:
    with district.app.app_context(), unit.write():
        for login, phone in (("linxiaoyun", "13900000001"), ("wuyoutian", "13900000002"), ("qiulan", "13900000003")):
            db.session.get_one(Person, people.person_by_login(login)).phone = phone
        school = schools.school_by_code("A1")
        assert school
        dean = people.viewer_of_person(people.person_by_login("qiulan") or "")
        service.add_terminal(school.id, "录播室", by=dean)
    (lesson,) = plan(district.app, starts_in=timedelta(minutes=40))
    page = board(district, "minjie")
    assert [phone in page for phone in ("13900000001", "13900000002", "13900000003")] == [True] * 3
    assert "tel:13900000002" in page
    assert f'href="/live/{lesson}"' not in page  # not yet
    assert tokens


def test_the_lessons_of_today_stand_there_with_their_state(district: District, tokens: Tokens) -> None:
    first, second = plan(district.app, 2)
    with district.app.app_context(), unit.write():
        db.session.get_one(Lesson, first).state = LessonState.OPEN
        db.session.get_one(Lesson, second).state = LessonState.CANCELLED
    page = board(district, "qiulan")
    assert "正在上课" in page
    assert "停课" in page
    assert "09:00–09:40" in page
    assert "旁听" in page
    assert second not in page
    assert tokens


def test_an_empty_board_says_what_will_stand_there(district: District) -> None:
    with district.app.app_context(), unit.write():
        db.session.execute(sa.text("UPDATE class_terminal SET released_at = bound_at"))
    assert "还没有班级终端" in board(district, "jiangfan")


def test_more_rooms_cost_no_more_questions(district: District, tokens: Tokens) -> None:
    plan(district.app)
    headers = district.as_("minjie")
    district.client.get("/live/rooms", headers=headers)
    with counted(district) as few:
        district.client.get("/live/rooms", headers=headers)
    plan(district.app, 5)
    with district.app.app_context(), unit.write():
        school = schools.school_by_code("A1")
        assert school
        for klass in schools.classes_of_school(school.id)[:6]:
            service.add_terminal(school.id, f"{klass.name}多媒体", class_id=klass.id)
    with counted(district) as many:
        district.client.get("/live/rooms", headers=headers)
    assert len(many) <= len(few) + 2
    assert tokens


def board(district: District, account: str) -> str:
    return district.app.test_client().get("/live/rooms", headers=district.as_(account)).text


@contextmanager
def counted(district: District) -> Iterator[list[str]]:
    """Yield the statements that the database is asked inside."""
    asked: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        asked.append(statement)

    with district.app.app_context():
        sa.event.listen(db.engine, "before_cursor_execute", note)
        try:
            yield asked
        finally:
            sa.event.remove(db.engine, "before_cursor_execute", note)

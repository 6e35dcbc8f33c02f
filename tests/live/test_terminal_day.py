"""What the device of a room shows and asks for, how a device becomes it, and the doors to a lesson."""

import json
import re
from datetime import timedelta

import pytest
from flask import Flask

from resource_hub.infra import unit
from resource_hub.infra.db import db
from resource_hub.infra.web.csrf import SESSION_COOKIE
from resource_hub.kernel import clock
from resource_hub.people import service as people
from resource_hub.people.models import ClassTerminal
from resource_hub.schools import queries as schools
from resource_hub.timetable.models import Lesson
from resource_hub.timetable.schemas import LessonState
from tests.live.standing import MORNING, Tokens, admit, plan
from tests.people_of_a_district import District

pytestmark = pytest.mark.slow


@pytest.fixture
def tokens(district: District) -> Tokens:
    clock.start_at(MORNING)
    return admit(district.app)


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}", "Accept": "application/json"}


def become(app: Flask, lesson: str, state: LessonState) -> None:
    with app.app_context(), unit.write():
        db.session.get_one(Lesson, lesson).state = state


def test_a_room_sees_its_own_lessons_of_today_and_people_see_none_of_it(district: District, tokens: Tokens) -> None:
    late, soon = plan(district.app, starts_in=timedelta(hours=3))[0], plan(district.app, starts_in=timedelta(minutes=30))[0]
    (tomorrows,) = plan(district.app, starts_in=timedelta(days=1))
    with district.app.app_context(), unit.write():
        db.session.get_one(Lesson, tomorrows).day = schools.today() + timedelta(days=1)
    become(district.app, late, LessonState.CANCELLED)
    answer = district.client.get("/api/v1/rooms/today", headers=bearer(tokens["class:1"])).json
    assert answer is not None
    day = answer["data"]
    assert [(one["id"], one["state"], one["is_lead"]) for one in day["lessons"]] == [(soon, "planned", False), (late, "cancelled", False)]
    first = day["lessons"][0]
    assert (first["subject"], first["lead_school"], first["teacher"]) == ("美术", "青岚区实验小学", "林晓云")
    assert (first["starts_at"] - first["goes_at"], first["stays_until"] - first["ends_at"]) == (10 * 60_000, 15 * 60_000)
    assert abs(first["starts_at"] - day["now"] - 30 * 60_000) < 60_000
    assert (day["has_class"], day["room"], day["zone"]) == (True, "教室1", "Asia/Shanghai")
    assert district.client.get("/api/v1/rooms/today", headers=bearer(tokens["lead"])).status_code == 403
    assert district.client.get("/api/v1/rooms/today", headers={"Accept": "application/json"}).status_code == 401


def test_a_room_of_another_class_or_of_none_has_no_lesson(district: District, tokens: Tokens) -> None:
    plan(district.app)
    with district.app.app_context(), unit.write():
        school = schools.school_by_code("A1")
        assert school
        other = next(one for one in schools.classes_of_school(school.id) if one.number != 2)
        codes = [people.add_terminal(school.id, "别的教室", class_id=other.id).code, people.add_terminal(school.id, "录播室").code]
        found = [people.enter_terminal(code, people.Client()).token for code in codes]
    days = [district.client.get("/api/v1/rooms/today", headers=bearer(token)).get_json()["data"] for token in found]
    assert [(day["lessons"], day["has_class"]) for day in days] == [([], True), ([], False)]
    assert tokens["class:0"] not in found


def test_the_page_of_the_device_carries_its_day(district: District, tokens: Tokens) -> None:
    (lesson,) = plan(district.app, starts_in=timedelta(minutes=30))
    device = district.app.test_client()
    device.set_cookie(SESSION_COOKIE, tokens["class:2"])
    page = device.get("/terminal").text
    assert 'data-island="terminal-day"' in page
    assert lesson in page
    assert 'rel="manifest"' in page
    assert 'data-island="terminal-day"' not in district.client.get("/terminal").text


def test_the_program_of_a_room_and_its_card_are_there_for_everybody(district: District) -> None:
    worker = district.client.get("/terminal/worker.js")
    assert (worker.mimetype, worker.headers["Service-Worker-Allowed"]) == ("text/javascript", "/")
    kept = json.loads(re.findall(r"self\.HUB = (.*);", worker.text)[0])
    assert any("lesson-class" in name for name in kept["files"])
    assert any("terminal-day" in name for name in kept["files"])
    assert all(name.startswith("/static/") for name in kept["files"])
    card = district.client.get("/terminal/manifest.webmanifest")
    told = json.loads(card.text)
    assert (card.mimetype, told["display"], told["start_url"]) == ("application/manifest+json", "fullscreen", "/terminal")
    assert [icon["sizes"] for icon in told["icons"]] == ["192x192", "512x512"]


def test_a_picture_of_the_address_fills_the_code_in_and_binds_nothing(district: District) -> None:
    with district.app.app_context(), unit.read():
        school = schools.school_by_code("A1")
        assert school
    dean = district.as_("qiulan")
    shown = district.client.post(f"/admin/schools/{school.id}/terminals", headers=dean, data={"room": "一年级教室"}).text
    assert "data:image/svg+xml" in shown
    (code,) = re.findall(r">([a-z2-9]{4}-[a-z2-9]{4})<", shown)
    page = district.app.test_client().get(f"/terminal?code={code}")
    assert f'value="{code}"' in page.text
    assert SESSION_COOKIE not in "".join(page.headers.getlist("Set-Cookie"))
    with district.app.app_context(), unit.read():
        assert db.session.query(ClassTerminal).filter_by(room="一年级教室").one().code_hash is not None


@pytest.mark.parametrize(
    ("starts_in", "state", "lead", "watcher"),
    [
        (timedelta(hours=2), LessonState.PLANNED, ["课前 30 分钟可以进入", "打开课堂（试讲）"], ["课前 30 分钟可以进入"]),
        (timedelta(minutes=29), LessonState.PLANNED, ["进入课堂"], ["旁听"]),
        (timedelta(minutes=-5), LessonState.OPEN, ["回到课堂"], ["旁听"]),
        (timedelta(hours=-2), LessonState.ENDED, ["看课堂记录"], ["看课堂记录"]),
        (timedelta(hours=-2), LessonState.PLANNED, [], []),
        (timedelta(minutes=5), LessonState.CANCELLED, [], []),
    ],
)
def test_the_doors_of_a_lesson_open_in_time(
    district: District, tokens: Tokens, starts_in: timedelta, state: LessonState, lead: list[str], watcher: list[str]
) -> None:
    (lesson,) = plan(district.app, starts_in=starts_in)
    become(district.app, lesson, state)
    assert doors(district, lesson, tokens["lead"]) == lead
    assert doors(district, lesson, tokens["assist:1"]) == lead
    assert doors(district, lesson, tokens["observer"]) == watcher


def test_the_first_page_has_the_door_of_the_next_lesson_when_it_is_near(district: District, tokens: Tokens) -> None:
    (lesson,) = plan(district.app, starts_in=timedelta(minutes=31))
    assert f'href="/live/{lesson}"' not in district.client.get("/", headers=bearer(tokens["lead"])).text
    clock.start_at(MORNING + timedelta(minutes=2))
    page = district.client.get("/", headers=bearer(tokens["lead"])).text
    assert f'href="/live/{lesson}"' in page
    assert page.count("btn-primary") == 1


def doors(district: District, lesson: str, token: str) -> list[str]:
    """Return the words of the ways into a lesson that its page shows."""
    page = district.client.get(f"/timetable/lessons/{lesson}", headers={"Authorization": f"Bearer {token}"})
    assert page.status_code == 200
    found = re.search(r'<div class="doors no-print">(.*?)</div>', page.text, re.DOTALL)
    return re.findall(r">([^<>\s][^<>]*)<", found[1]) if found else []

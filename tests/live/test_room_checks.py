"""Checks of rooms: who may keep one, what is measured with, and that it outlives the lesson."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
import sqlalchemy as sa

from resource_hub.infra import unit
from resource_hub.infra.db import db
from resource_hub.kernel import clock
from resource_hub.kernel.errors import TooMany
from resource_hub.live import probe, queries
from resource_hub.live.checks import CheckFacts, Echo, Health, health_of
from resource_hub.live.models import RoomCheck
from resource_hub.timetable.models import Lesson, LessonSite
from tests.live.standing import MORNING, Tokens, admit, plan
from tests.people_of_a_district import District

pytestmark = pytest.mark.slow

WELL: dict[str, Any] = {
    "up_kbps": 4200, "down_kbps": 9000, "rtt_ms": 21, "camera": True, "mic": True, "echo": "good", "relay": None, "rung": "video720", "note": "",
}  # fmt: skip
CHROME = "Mozilla/5.0 (Windows NT 10.0) Chrome/131.0.0.0 Safari/537.36"


@pytest.fixture
def tokens(district: District) -> Tokens:
    clock.start_at(MORNING)
    return admit(district.app)


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}", "Accept": "application/json", "User-Agent": CHROME}


def keep(district: District, lesson: str, token: str, **changed: Any) -> int:
    return district.client.post(f"/api/v1/lessons/{lesson}/checks", headers=bearer(token), json=WELL | changed).status_code


def test_who_has_a_room_in_the_lesson_keeps_its_check_and_nobody_else_does(district: District, tokens: Tokens) -> None:
    (lesson,) = plan(district.app, starts_in=timedelta(minutes=9))
    assert [keep(district, lesson, tokens[seat]) for seat in ("lead", "assist:1", "class:2")] == [201] * 3
    assert keep(district, lesson, tokens["observer"]) == 403
    assert district.client.post(f"/api/v1/lessons/{lesson}/checks", headers=district.as_("dingning"), json=WELL).status_code == 404
    with district.app.app_context(), unit.read():
        rows = db.session.scalars(sa.select(RoomCheck).order_by(RoomCheck.site)).all()
        classes = db.session.scalars(
            sa.select(LessonSite.class_id).where(LessonSite.lesson_id == lesson).order_by(LessonSite.position)
        ).all()
        assert [(row.seat, row.site, row.class_id) for row in rows] == [
            ("lead", 0, classes[0]), ("assist:1", 1, classes[1]), ("class:2", 2, classes[2]),
        ]  # fmt: skip
        assert {(row.device, row.up_kbps, row.echo, row.relay, row.rung) for row in rows} == {
            ("Chrome 131 · Windows", 4200, Echo.GOOD, None, "video720")
        }


@pytest.mark.parametrize("wrong", [{"rung": "cinema"}, {"echo": "loud"}, {"up_kbps": -1}, {"name": "a pupil"}, {"note": "x" * 201}])
def test_a_check_that_says_anything_else_is_refused(district: District, tokens: Tokens, wrong: dict[str, Any]) -> None:
    (lesson,) = plan(district.app)
    assert keep(district, lesson, tokens["class:1"], **wrong) == 422


def test_the_last_check_of_a_room_counts_whatever_lesson_it_was_for_and_outlives_it(district: District, tokens: Tokens) -> None:
    first, second = plan(district.app, 2)
    keep(district, first, tokens["class:1"], mic=False)
    clock.start_at(MORNING + timedelta(hours=1))
    keep(district, second, tokens["class:1"], rung="still")
    with district.app.app_context():
        with unit.write():
            class_id = db.session.scalar(sa.select(LessonSite.class_id).where(LessonSite.lesson_id == first, LessonSite.position == 1))
            db.session.execute(sa.delete(LessonSite))
            db.session.execute(sa.delete(Lesson))
        with unit.read():
            found = queries.last_checks([class_id, "cls_none"])
            assert list(found) == [class_id]
            assert (found[class_id].mic, found[class_id].rung) == (True, "still")
            assert db.session.scalar(sa.select(sa.func.count()).select_from(RoomCheck)) == 2


def test_bytes_to_measure_with_come_in_the_size_asked_for_and_go_nowhere(district: District, tokens: Tokens) -> None:
    (lesson,) = plan(district.app)
    path = f"/api/v1/lessons/{lesson}/probe"
    headers = bearer(tokens["class:1"])
    got = district.client.get(f"{path}?bytes=50000", headers=headers)
    assert (len(got.data), got.headers["Cache-Control"]) == (50_000, "no-store")
    assert len(set(got.data)) == 256
    assert [district.client.get(f"{path}?bytes={count}", headers=headers).status_code for count in ("0", "1000001", "x")] == [422] * 3
    given = district.client.post(path, headers=headers, data=b"x" * 1_000_000)
    assert given.get_json()["data"] == {"bytes": 1_000_000}
    assert district.client.post(path, headers=headers, data=b"x" * 1_000_001).status_code == 413
    stranger = district.as_("dingning")
    assert [
        district.client.get(f"{path}?bytes=1", headers=stranger).status_code,
        district.client.post(path, headers=stranger).status_code,
    ] == [404] * 2


def test_one_session_measures_so_often_a_minute_and_no_more(district: District, tokens: Tokens) -> None:
    (lesson,) = plan(district.app)
    path = f"/api/v1/lessons/{lesson}/probe?bytes=1"
    answers = [district.client.get(path, headers=bearer(tokens["class:0"])) for _ in range(probe.A_MINUTE + 1)]
    assert [answer.status_code for answer in answers] == [200] * probe.A_MINUTE + [429]
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 61
    assert district.client.get(path, headers=bearer(tokens["class:1"])).status_code == 200


def test_few_bodies_are_read_at_the_same_time() -> None:
    entered, leave = threading.Barrier(probe.AT_ONCE + 1), threading.Event()

    class Slow(BytesIO):
        def read(self, size: int | None = -1) -> bytes:  # noqa: ARG002 -- the signature of BytesIO
            entered.wait(10)
            leave.wait(10)
            return b""

    with ThreadPoolExecutor(probe.AT_ONCE) as threads:
        reading = [threads.submit(probe.count_bytes, Slow()) for _ in range(probe.AT_ONCE)]
        entered.wait(10)
        with pytest.raises(TooMany):
            probe.count_bytes(BytesIO(b"x"))
        leave.set()
        assert [one.result() for one in reading] == [0] * probe.AT_ONCE
    assert probe.count_bytes(BytesIO(b"x")) == 1


def test_the_way_to_the_relay_is_for_seats_and_names_nobody(district: District, tokens: Tokens) -> None:
    (lesson,) = plan(district.app)
    path = f"/api/v1/lessons/{lesson}/ice"
    answer = district.client.get(path, headers=bearer(tokens["class:1"])).get_json()["data"]
    assert answer == {"ice_servers": [], "lives_s": 6 * 3600, "forwards": False}
    assert district.client.get(path, headers=district.as_("dingning")).status_code == 404
    hub = district.app.extensions["resource_hub"]
    hub.settings = _with_relay(hub.settings)
    (server,) = district.client.get(path, headers=bearer(tokens["lead"])).get_json()["data"]["ice_servers"]
    until, who = server["username"].split(":")
    assert abs(int(until) - clock.real().timestamp() - 6 * 3600) < 60
    assert (len(who), "lin" in who) == (12, False)
    assert server["urls"] == ["turn:turn.test:5349?transport=udp", "turn:turn.test:5349?transport=tcp"]


def _with_relay(settings: Any) -> Any:
    from dataclasses import replace

    return replace(settings, turn_host="turn.test")


def facts(**changed: Any) -> CheckFacts:
    given = {name: value for name, value in WELL.items() if name != "echo"} | {"echo": Echo.GOOD} | changed
    return CheckFacts(class_id="cls", device="", at=MORNING, **given)


@pytest.mark.parametrize(
    ("check", "health"),
    [
        (None, Health.UNKNOWN),
        (facts(), Health.WELL),
        (facts(echo=Echo.UNKNOWN, relay=True, rung="video180"), Health.WELL),
        (facts(camera=False), Health.FAIR),
        (facts(echo=Echo.SOME), Health.FAIR),
        (facts(relay=False), Health.FAIR),
        (facts(rung="still"), Health.FAIR),
        (facts(mic=False), Health.POOR),
        (facts(rung="text"), Health.POOR),
    ],
)
def test_a_room_stands_as_its_last_check_says(check: CheckFacts | None, health: Health) -> None:
    assert health_of(check) is health

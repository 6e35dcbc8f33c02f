"""What a room should have before a lesson, who may ask for it and say what, and when a teacher reads that it is there."""

import hashlib
from datetime import timedelta
from typing import Any

import httpx
import pytest

from resource_hub.infra import jobs, unit
from resource_hub.infra.db import db
from resource_hub.kernel import clock
from resource_hub.kernel.ids import new_id
from resource_hub.library.models import Resource
from resource_hub.library.schemas import Kind, Review
from resource_hub.media.models import AssetConsent, ConsentBatch, ObjectDigest
from resource_hub.media.schemas import ConsentScope, ConsentState, Declaration
from resource_hub.people import service as accounts
from resource_hub.schools import queries as schools
from tests.live import stores
from tests.live.standing import MORNING, Tokens, admit, plan
from tests.people_of_a_district import District

pytestmark = pytest.mark.slow

ROOM, OTHER_ROOM, LEAD, ASSIST, WATCHER = "class:1", "class:2", "lead", "assist:1", "observer"


class Asking:
    """A lesson of tomorrow, and its people and rooms as they ask for its stock."""

    def __init__(self, district: District) -> None:
        clock.start_at(MORNING)
        self.app = district.app
        self.tokens: Tokens = admit(district.app)
        (self.lesson,) = plan(district.app, starts_in=timedelta(hours=20))
        self._client = district.app.test_client(use_cookies=False)

    def ask(self, seat: str, path: str = "", method: str = "GET", status: int = 200, **given: Any) -> dict[str, Any]:
        head = {"Authorization": f"Bearer {self.tokens[seat]}", "Accept": "application/json"}
        answer = self._client.open(f"/api/v1/lessons/{self.lesson}/stock{path}", method=method, headers=head, **given)
        assert answer.status_code == status, answer.text
        found: dict[str, Any] = answer.get_json().get("data") or answer.get_json().get("error")
        return found

    def stock(self) -> dict[str, Any]:
        """Return the stock once its files are measured, as a room that comes back later finds it."""
        self.ask(ROOM)
        with self.app.app_context():
            jobs.work_once("light")
        return self.ask(ROOM)

    def report(self, seat: str, stock: dict[str, Any], state: str = "ready", *, lacking: int = 0, status: int = 200) -> None:
        told = {"mark": stock["mark"], "have_bytes": stock["total_bytes"] - lacking, "total_bytes": stock["total_bytes"], "state": state}
        self.ask(seat, "/report", "PUT", status, json=told)

    def words(self) -> list[str]:
        return [room["words"] for room in self.ask(LEAD, "/rooms")["rooms"]]

    def page(self, seat: str, path: str, **given: Any) -> Any:
        return self._client.open(path, headers={"Authorization": f"Bearer {self.tokens[seat]}"}, **given)


@pytest.fixture
def asking(district: District) -> Asking:
    return Asking(district)


def test_a_stock_names_small_pages_first_with_their_true_hashes(asking: Asking) -> None:
    deck = stores.add_deck(asking.app)
    stores.teach_with(asking.app, asking.lesson, deck)
    before = asking.ask(ROOM)
    assert (before["is_whole"], before["files"]) == (False, [])
    stock = asking.stock()
    assert stock["is_whole"]
    assert [(one["page"], one["width"]) for one in stock["files"]] == [(1, 480), (2, 480), (1, 1600), (2, 1600)]
    assert stock["decks"][0]["pages"][1] == {"number": 2, "width": 1600, "height": 900}
    first = stock["files"][0]
    assert first["bytes"] == len(b"page 1 at 480") * 480
    with httpx.Client() as web:
        got = web.get(asking.ask(ROOM, f"/{first['sha256']}")["url"]).content
        part = web.get(asking.ask(ROOM, f"/{first['sha256']}")["url"], headers={"Range": "bytes=10-19"})
    assert hashlib.sha256(got).hexdigest() == first["sha256"]
    assert (part.status_code, part.content) == (206, got[10:20])
    assert stock["total_bytes"] == sum(one["bytes"] for one in stock["files"])


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_only_the_rooms_of_a_lesson_may_speak_of_its_stock_and_each_for_itself(asking: Asking) -> None:
    stores.teach_with(asking.app, asking.lesson, stores.add_deck(asking.app))
    stock = asking.stock()
    with asking.app.app_context(), unit.write():
        school = schools.school_by_code("A1")
        assert school
        other = next(one for one in schools.classes_of_school(school.id) if one.number != 2)
        code = accounts.add_terminal(school.id, "别的教室", class_id=other.id).code
        asking.tokens.by_seat["foreign"] = accounts.enter_terminal(code, accounts.Client()).token
    for path in ("", f"/{stock['files'][0]['sha256']}"):
        assert asking.ask("foreign", path, status=403)["code"] == "wrong_terminal"
    asking.report("foreign", stock, status=403)
    for seat in (LEAD, ASSIST, WATCHER):
        asking.report(seat, stock, status=403)
    asking.ask(ROOM, "/rooms", status=403)
    asking.ask(ROOM, "/report", "PUT", 422, json={"mark": "x", "have_bytes": -1, "total_bytes": 0, "state": "fine"})
    asking.ask(ROOM, "/" + "0" * 64, status=404)
    asking.report(ROOM, stock)
    assert asking.words() == ["课件已到", "教室还没有来取课件"]


def test_a_tick_falls_when_the_pack_changes_and_rises_when_the_room_has_it(asking: Asking) -> None:
    deck = stores.add_deck(asking.app)
    stores.teach_with(asking.app, asking.lesson, deck)
    stock = asking.stock()
    asking.report(ROOM, stock)
    asking.report(OTHER_ROOM, stock, "fetching", lacking=9_000)
    assert asking.words() == ["课件已到", "正在取课件，还差 0.1 MB"]
    asking.report(OTHER_ROOM, stock, "ready", lacking=1)
    assert asking.words()[1] == "课件还差 0.1 MB"
    asking.report(OTHER_ROOM, stock, "disk_full", lacking=1)
    assert asking.words()[1] == "教室电脑磁盘满了，课件还差 0.1 MB"
    asking.report(OTHER_ROOM, stock, "unsupported", lacking=stock["total_bytes"])
    assert asking.words()[1] == "教室电脑不能预存课件（需要 https），上课时现取"
    stores.put_page(asking.app, deck.asset_id, 2, "another page")
    assert asking.words() == ["课件还在处理"] * 2
    changed = asking.stock()
    assert asking.words()[0] == "课件改过，教室还没有取新的"
    asking.report(ROOM, changed)
    assert asking.words()[0] == "课件已到"
    old = {one["sha256"] for one in stock["files"]} - {one["sha256"] for one in changed["files"]}
    assert len(old) == 2
    asking.ask(ROOM, f"/{old.pop()}", status=404)
    with asking.app.app_context(), unit.read():
        assert db.session.query(ObjectDigest).count() == 4, "what was drawn anew is forgotten"


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_what_was_withdrawn_or_lost_its_consent_is_in_no_stock(asking: Asking) -> None:
    deck = stores.add_deck(asking.app)
    film = stores.add_film(asking.app)
    stores.teach_with(asking.app, asking.lesson, deck)
    saved = asking.page(LEAD, f"/live/{asking.lesson}/local-plan", method="POST", data={"text": "看微课", "micro_lesson": film.id})
    assert saved.status_code == 303
    stock = asking.stock()
    assert (stock["plan"]["film"], stock["files"][-1]["piece"]) == (f"/live/stock/{stock['files'][-1]['sha256']}", "micro_lesson")
    asking.report(ROOM, stock)
    take_consent_back(asking, film.asset_id)
    after = asking.stock()
    assert (len(after["files"]), after["plan"]["film"], after["plan"]["text"]) == (4, None, "看微课")
    asking.ask(ROOM, f"/{stock['files'][-1]['sha256']}", status=404)
    assert asking.words()[0] == "课件改过，教室还没有取新的"
    with asking.app.app_context(), unit.write():
        db.session.get_one(Resource, deck.id).review = Review.WITHDRAWN
    asking.ask(ROOM, f"/{stock['files'][0]['sha256']}", status=404)
    assert asking.ask(ROOM)["total_bytes"] == 0
    assert asking.words() == ["", ""]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_the_plan_for_a_cut_line_is_the_teachers_and_takes_a_micro_lesson_that_they_may_see(asking: Asking) -> None:
    film, foreign = stores.add_film(asking.app), stores.add_film(asking.app, author="yanzitian")
    recording, deck = stores.add_film(asking.app, Kind.RECORDED_LESSON), stores.add_deck(asking.app)
    address = f"/live/{asking.lesson}/local-plan"
    for seat in (WATCHER, ROOM):
        assert asking.page(seat, address).status_code == 403
        assert asking.page(seat, address, method="POST", data={"text": "不行"}).status_code == 403
    for given, sentence in (
        ("微课", "认不出这个网址"), (foreign.id, "没有权限看"), (recording.id, "不是微课视频"), (deck.id, "不是微课视频"),
    ):  # fmt: skip
        refused = asking.page(LEAD, address, method="POST", data={"text": "先看微课", "micro_lesson": given})
        assert refused.status_code == 422
        assert sentence in refused.text
        assert "先看微课</textarea>" in refused.text, "what was typed stays"
    given = {"text": "先看微课，再做第 2 题", "micro_lesson": f"https://hub.example/resources/{film.id}?at=3"}
    assert asking.page(LEAD, address, method="POST", data=given).status_code == 303
    stock = asking.stock()
    assert (stock["plan"]["text"], stock["plan"]["title"]) == ("先看微课，再做第 2 题", "调色微课")
    assert [one["bytes"] for one in stock["files"]] == [34_952 * 3], "the lowest rung"
    assert asking.page(ASSIST, address, method="POST", data={"text": "", "micro_lesson": ""}).status_code == 303
    assert asking.ask(ROOM)["plan"] is None


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_room_keeps_the_lessons_of_three_days_and_of_one_day_past(asking: Asking) -> None:
    stores.teach_with(asking.app, asking.lesson, stores.add_deck(asking.app))
    assert asking.stock()["total_bytes"] > 0

    def kept() -> list[str]:
        head = {"Authorization": f"Bearer {asking.tokens[ROOM]}"}
        answer = asking.app.test_client().get("/api/v1/rooms/stock", headers=head)
        return [one["id"] for one in answer.get_json()["data"]["lessons"]]

    for hours, is_kept in ((-53, False), (-51, True), (0, True), (44, True), (46, False)):
        clock.start_at(MORNING + timedelta(hours=hours))
        assert (asking.lesson in kept()) is is_kept, hours


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_the_page_of_a_lesson_says_how_its_rooms_stand_to_its_teachers_alone(asking: Asking) -> None:
    stores.teach_with(asking.app, asking.lesson, stores.add_deck(asking.app))
    asking.report(ROOM, asking.stock())
    page = f"/timetable/lessons/{asking.lesson}"
    assert "课件已到" in asking.page(LEAD, page).text
    assert f"/live/{asking.lesson}/local-plan" in asking.page(ASSIST, page).text
    shown = asking.page(WATCHER, page).text
    assert "课件已到" not in shown
    assert "local-plan" not in shown


def take_consent_back(asking: Asking, asset_id: str) -> None:
    with asking.app.app_context(), unit.write():
        now = clock.now()
        batch = ConsentBatch(
            id=new_id("con"), school_id=schools.schools()[0].id, scope=ConsentScope.SCHOOL, text_version="1", headcount=40, agreed=39,
            declined=1, state=ConsentState.WITHDRAWN_PART, valid_until=(now + timedelta(days=30)).date(), made_by="per_x", created_at=now,
            withdrawn_at=now,
        )  # fmt: skip
        db.session.add(batch)
        db.session.flush()
        db.session.add(AssetConsent(asset_id=asset_id, batch_id=batch.id, declaration=Declaration.NONE, declared_by="per_x", at=now))

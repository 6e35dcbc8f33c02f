"""A work is built upon: files and credit come along, and what is new in the origin can be taken over."""

import pytest
import sqlalchemy as sa

from resource_hub.inbox.models import Delivery
from resource_hub.infra import migrate, unit
from resource_hub.infra.db import db
from tests.library.lineage_of_works import AUTHOR, ELSEWHERE, REVIEWER, VILLAGER, Shelf
from tests.library.works import Works

pytestmark = pytest.mark.slow
PLAN, SHEET = ("教案.txt", "冷与暖"), ("任务单.txt", "涂一涂")


def told(works: Works, account: str) -> list[tuple[str, bool]]:
    person = works.viewer(account).person_id
    with works.district.app.app_context(), unit.read():
        rows = db.session.scalars(sa.select(Delivery).where(Delivery.person_id == person, Delivery.kind == "library.origin_changed"))
        return [(row.words["version"], row.done_at is None) for row in rows]


def test_a_fork_holds_the_files_of_its_origin_and_can_be_mended_and_published(shelf: Shelf) -> None:
    origin = shelf.publish("色彩", PLAN, SHEET)
    fork = shelf.ask("POST", f"/api/v1/resources/{origin}/forks", VILLAGER)["id"]
    assert shelf.ask("POST", f"/api/v1/resources/{origin}/forks", VILLAGER)["id"] == fork
    assert shelf.based_on(fork) == (origin, 1)
    mine = shelf.resource(fork, VILLAGER)
    assert (mine["title"], mine["review"], mine["author"], mine["licence"]) == ("色彩", "draft", "吴有田", "L3")
    assert shelf.filenames(fork, VILLAGER) == ["教案.txt", "任务单.txt"]

    draft = shelf.ask("POST", f"/resources/{fork}/mending", VILLAGER)["location"].rpartition("draft=")[2]
    uploads = shelf.ask("GET", f"/api/v1/drafts/{draft}", VILLAGER)["uploads"]
    assert [upload["filename"] for upload in uploads] == ["教案.txt", "任务单.txt"]
    own = shelf.put(VILLAGER, "村校版任务单.txt", "田里的颜色".encode())
    body = {"title": "田里的色彩", "kind": "lesson_plan", "upload_ids": [uploads[0]["id"], own], "draft_id": draft}
    shelf.ask("POST", "/api/v1/resources", VILLAGER, json=body)
    assert shelf.filenames(fork, VILLAGER) == ["教案.txt", "村校版任务单.txt"]
    assert shelf.filenames(origin) == ["教案.txt", "任务单.txt"]

    shelf.approve(fork, VILLAGER, "tianhe")
    page = shelf.works.page(AUTHOR, f"/resources/{origin}")
    assert "田里的色彩" in page
    assert "改编 1 份" in page
    assert "色彩" in shelf.works.page(VILLAGER, f"/resources/{fork}")


def test_only_what_is_published_and_seen_can_be_forked(shelf: Shelf) -> None:
    work = shelf.works.make(AUTHOR, "草稿")
    assert shelf.ask("POST", f"/api/v1/resources/{work}/forks", VILLAGER, 404)["code"] == "not_found"
    assert shelf.ask("POST", f"/api/v1/resources/{work}/forks", AUTHOR, 409)["code"] == "not_forkable"
    gone = shelf.publish("色彩", PLAN)
    shelf.ask("POST", f"/api/v1/resources/{gone}/forks", ELSEWHERE, 404)
    shelf.ask("POST", f"/api/v1/resources/{gone}/withdrawal", json={"reason": "要更新"})
    shelf.ask("POST", f"/api/v1/resources/{gone}/forks", VILLAGER, 410)
    shelf.ask("POST", f"/api/v1/resources/{gone}/forks", AUTHOR, 409)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_fork_is_licensed_no_wider_than_its_origin_gives(shelf: Shelf) -> None:
    inside, alike = shelf.publish("校内", PLAN, licence="L2"), shelf.publish("共享", SHEET, licence="L4")
    for origin, refused, allowed in ((inside, "L3", "L1"), (alike, "L5", "L4")):
        fork = shelf.ask("POST", f"/api/v1/resources/{origin}/forks", VILLAGER)["id"]
        error = shelf.ask("PATCH", f"/api/v1/resources/{fork}", VILLAGER, 422, json={"licence": refused})
        assert "licence" in error["fields"]
        shelf.ask("PATCH", f"/api/v1/resources/{fork}", VILLAGER, json={"licence": allowed})
        shelf.approve(fork, VILLAGER, "tianhe")
        revised = shelf.ask("POST", f"/resources/{fork}/mending", VILLAGER)["location"].rpartition("draft=")[2]
        body = {"title": "放宽", "kind": "lesson_plan", "licence": refused, "change_note": "放宽授权", "draft_id": revised}
        assert "licence" in shelf.ask("POST", "/api/v1/resources", VILLAGER, 422, json=body)["fields"]


def test_credit_stays_when_the_work_between_is_gone(shelf: Shelf) -> None:
    first = shelf.publish("色彩", PLAN)
    second = shelf.ask("POST", f"/api/v1/resources/{first}/forks", VILLAGER)["id"]
    shelf.ask("PATCH", f"/api/v1/resources/{second}", VILLAGER, json={"title": "秘密的标题"})
    shelf.approve(second, VILLAGER, "tianhe")
    third = shelf.ask("POST", f"/api/v1/resources/{second}/forks", REVIEWER)["id"]
    shelf.ask("PATCH", f"/api/v1/resources/{third}", REVIEWER, json={"title": "第三份"})
    shelf.ask("POST", f"/api/v1/resources/{second}/withdrawal", VILLAGER, json={"reason": "要更新"})
    page = shelf.works.page(REVIEWER, f"/resources/{third}")
    assert "秘密的标题" not in page
    assert page.index("林晓云") < page.index("石桥村小学 吴有田") < page.index("这一份")


def test_what_is_new_in_the_origin_is_told_compared_and_taken_over(shelf: Shelf) -> None:
    origin = shelf.publish("色彩", PLAN, SHEET)
    fork = shelf.ask("POST", f"/api/v1/resources/{origin}/forks", VILLAGER)["id"]
    shelf.approve(fork, VILLAGER, "tianhe")
    old_sheet = shelf.resource(fork, VILLAGER)["files"][1]["asset_id"]
    shelf.revise(origin, "任务单改成两步", PLAN, ("任务单.txt", "先看再涂"), title="色彩的冷暖")
    assert told(shelf.works, VILLAGER) == [("2", True)]

    assert f"/resources/{fork}/origin" in shelf.works.page(VILLAGER, f"/resources/{fork}")
    page = shelf.works.page(VILLAGER, f"/resources/{fork}/origin")
    assert "任务单改成两步" in page
    assert "替换我的《任务单.txt》" in page
    new_sheet = next(f["asset_id"] for f in shelf.resource(origin)["files"] if f["filename"] == "任务单.txt")
    assert f'value="{new_sheet}&gt;{old_sheet}"' in page

    given = {"version": "2", "files": ["", f"{new_sheet}>{old_sheet}"], "fields": "title"}
    led = shelf.ask("POST", f"/resources/{fork}/origin/taking", VILLAGER, data=given)["location"]
    revision = led.rpartition("/")[2]
    assert revision != fork
    assert shelf.resource(fork, VILLAGER)["title"] == "色彩"
    assert [f["asset_id"] for f in shelf.resource(revision, VILLAGER)["files"]][1] == new_sheet
    assert told(shelf.works, VILLAGER) == [("2", False)]
    assert shelf.based_on(fork) == (origin, 2)
    shelf.approve(revision, VILLAGER, "tianhe")
    assert shelf.resource(fork, VILLAGER)["title"] == "色彩的冷暖"
    assert shelf.ask("POST", f"/api/v1/resources/{fork}/origin/taking", VILLAGER, 409, json={"version": 2})["code"] == "nothing_new"


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_version_that_was_put_aside_is_not_told_again_but_the_next_one_is(shelf: Shelf) -> None:
    origin = shelf.publish("色彩", PLAN)
    fork = shelf.ask("POST", f"/api/v1/resources/{origin}/forks", VILLAGER)["id"]
    shelf.revise(origin, "换例子", ("教案.txt", "红与蓝"))
    shelf.ask("POST", f"/resources/{fork}/origin/ignoring", VILLAGER, data={"version": "2"})
    assert f"/resources/{fork}/origin" not in shelf.works.page(VILLAGER, f"/resources/{fork}")
    assert "原作没有新的改动" in shelf.works.page(VILLAGER, f"/resources/{fork}/origin")
    assert told(shelf.works, VILLAGER) == [("2", False)]
    shelf.revise(origin, "再换", ("教案.txt", "黄与紫"))
    assert told(shelf.works, VILLAGER) == [("2", False), ("3", True)]
    assert f"/resources/{fork}/origin" in shelf.works.page(VILLAGER, f"/resources/{fork}")


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_what_was_taken_over_stands_in_a_form_that_was_begun_before(shelf: Shelf) -> None:
    origin = shelf.publish("色彩", PLAN)
    fork = shelf.ask("POST", f"/api/v1/resources/{origin}/forks", VILLAGER)["id"]
    draft = shelf.ask("POST", f"/resources/{fork}/mending", VILLAGER)["location"].rpartition("draft=")[2]
    shelf.ask("PATCH", f"/api/v1/drafts/{draft}", VILLAGER, json={"summary": "写了一半"})
    shelf.revise(origin, "换例子", ("教案.txt", "红与蓝"), title="红与蓝")
    new, old = shelf.resource(origin)["files"][0], shelf.resource(fork, VILLAGER)["files"][0]
    body = {"version": 2, "files": [f"{new['asset_id']}>{old['asset_id']}"], "fields": ["title"]}
    assert shelf.ask("POST", f"/api/v1/resources/{fork}/origin/taking", VILLAGER, json=body)["id"] == fork
    form = shelf.ask("GET", f"/api/v1/drafts/{draft}", VILLAGER)
    assert (form["fields"]["title"], form["fields"]["summary"]) == ("红与蓝", "写了一半")
    assert [upload["asset_id"] for upload in form["uploads"]] == [new["asset_id"]]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_nobody_takes_over_for_another_or_what_is_not_offered(shelf: Shelf) -> None:
    origin, other = shelf.publish("色彩", PLAN), shelf.publish("别的", SHEET)
    fork = shelf.ask("POST", f"/api/v1/resources/{origin}/forks", VILLAGER)["id"]
    shelf.revise(origin, "换例子", ("教案.txt", "红与蓝"))
    foreign = shelf.resource(other)["files"][0]["asset_id"]
    shelf.ask("POST", f"/api/v1/resources/{fork}/origin/taking", AUTHOR, 404, json={"version": 2})
    shelf.ask("POST", f"/api/v1/resources/{fork}/origin/taking", VILLAGER, 404, json={"version": 9})
    for wrong in ({"files": [foreign]}, {"fields": ["licence"]}):
        shelf.ask("POST", f"/api/v1/resources/{fork}/origin/taking", VILLAGER, 422, json={"version": 2, **wrong})
    assert shelf.based_on(fork) == (origin, 1)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_forks_of_before_stand_on_the_first_version(shelf: Shelf) -> None:
    origin = shelf.publish("色彩", PLAN)
    fork = shelf.ask("POST", f"/api/v1/resources/{origin}/forks", VILLAGER)["id"]
    settings = shelf.works.district.app.extensions["resource_hub"].settings
    with shelf.works.district.app.app_context():
        db.engine.dispose()
        migrate.downgrade(settings, "0018")
        migrate.upgrade(settings)
    assert shelf.based_on(fork) == (origin, 1)
    assert shelf.based_on(origin) == (None, None)

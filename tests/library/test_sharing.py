"""Making, changing and moving resources: who may, what happens at the same moment, what is written down."""

import threading
from collections.abc import Callable

import pytest
import sqlalchemy as sa

from resource_hub.audit import queries as audit
from resource_hub.curriculum import service as curriculum
from resource_hub.infra import unit
from resource_hub.infra.db import db
from resource_hub.infra.features import hub
from resource_hub.kernel.refs import Ref
from resource_hub.kernel.viewer import Role, ScopeKind
from resource_hub.library import queries, service
from resource_hub.library.models import Draft
from resource_hub.library.schemas import DraftIn, Kind, ResourceIn, Review
from resource_hub.media.models import Asset
from resource_hub.people import service as persons
from resource_hub.schools import queries as schools
from tests.library.conftest import Put
from tests.library.works import ART, MATHS, Works

pytestmark = pytest.mark.slow

OLD_COLOURS = "小学 / 英语 / 人教版（PEP）（三年级起点） / 三年级上册 / Unit 2 Colours"
STEPS = {
    "submit": "library.share",
    "school_approve": "library.review_school",
    "return": "library.review",
    "propose": "library.share",
    "district_approve": "library.review_district",
    "withdraw": "library.withdraw",
}


def ask(works: Works, account: str, method: str, path: str, json: object = None, **headers: str) -> tuple[int, dict[str, object]]:
    head = {**works.district.as_(account), **headers}
    answer = works.district.client.open(f"/api/v1{path}", method=method, json=json, headers=head)
    return answer.status_code, answer.json["data"] if answer.json["ok"] else answer.json["error"]


@pytest.mark.parametrize("account", ["zhoumin", "minjie"])
def test_district_staff_are_told_at_the_entry_that_they_do_not_upload(works: Works, account: str) -> None:
    assert ask(works, account, "POST", "/drafts")[0] == 403
    assert ask(works, account, "POST", "/resources", {"title": "区里的课", "kind": "slides"})[0] == 403
    works.page(account, "/upload", 403)
    assert 'href="/upload"' not in main_of(works.page(account))
    assert 'href="/upload"' in main_of(works.page("linxiaoyun"))


def test_whoever_belongs_to_no_school_is_told_so_before_a_draft(works: Works) -> None:
    with works.district.app.app_context(), unit.read():
        district = schools.the_district()
    works.grant("chenlan", Role.PRIVACY_OFFICER, ScopeKind.DISTRICT, district.id if district else "")
    status, error = ask(works, "chenlan", "POST", "/drafts")
    assert status == 403
    assert "区级人员不直接上传资源" in str(error["message"])
    assert "区级人员不直接上传资源" in works.page("chenlan", "/upload", 403)


def main_of(page: str) -> str:
    return page[page.index("<main") : page.index("</main>")]


def test_every_step_of_the_page_asks_for_the_right_of_those_who_take_it(works: Works) -> None:
    app = works.district.app
    found = {rule.rule.rpartition("/")[2]: rule.endpoint for rule in app.url_map.iter_rules() if "/steps/" in rule.rule}
    assert {verb: app.view_functions[endpoint].permission for verb, endpoint in found.items()} == STEPS
    resource = works.make("linxiaoyun", "走完全程", Review.SUBMITTED, node=ART)
    client = app.test_client(use_cookies=False)
    for account, verb, reached in (
        ("tangwan", "school_approve", Review.SCHOOL_PUBLISHED),
        ("linxiaoyun", "propose", Review.DISTRICT_REVIEW),
        ("zhoumin", "return", Review.RETURNED),
    ):
        path = f"/resources/{resource}/steps/{verb}"
        assert client.post(path, data={"reason": "请补充"}, headers=works.district.as_("wuyoutian")).status_code in {403, 404}
        moved = client.post(path, data={"reason": "请补充"}, headers=works.district.as_(account))
        assert moved.status_code == 303, moved.text
        assert works.review_of(resource) is reached
    assert moved.location == "/", "who returned it does not see it any more"
    published = works.make("linxiaoyun", "区里下架", Review.DISTRICT_PUBLISHED)
    taken = client.post(f"/resources/{published}/steps/withdraw", data={"reason": "投诉属实"}, headers=works.district.as_("minjie"))
    assert (taken.status_code, works.review_of(published)) == (303, Review.WITHDRAWN)


def test_each_step_is_written_down_with_its_reason(works: Works) -> None:
    resource = works.make("linxiaoyun", "留痕", Review.SUBMITTED, node=ART)
    works.step("tangwan", resource, "return", reason="图片来源不明")
    leaver = works.make("linxiaoyun", "没写完的")
    with works.district.app.app_context():
        person = works.viewer("linxiaoyun").person_id
        with unit.write():
            persons.leave(person, works.today())
        with unit.read():
            step = audit.recent(ref=Ref("resource", resource))
            left = audit.recent(ref=Ref("resource", leaver))
    assert [(entry.action, entry.details["note"]) for entry in step if entry.actor_id] == [("resource.return", "图片来源不明")]
    assert [(entry.action, entry.details["from"]) for entry in left] == [("resource.archive", "draft")]
    assert works.review_of(leaver) is Review.ARCHIVED


def test_a_returned_work_can_get_other_files(works: Works, put: Put) -> None:
    status, made = ask(works, "linxiaoyun", "POST", "/resources", {"title": "先写标题", "kind": "slides"})
    assert status == 201
    path = f"/resources/{made['id']}"
    assert ask(works, "linxiaoyun", "POST", f"{path}/submission")[1]["code"] == "nothing_to_review"
    first, second, foreign = put("linxiaoyun", "一.txt", b"one"), put("linxiaoyun", "二.txt", b"two"), put("tangwan", "三.txt", b"three")
    assert ask(works, "linxiaoyun", "PATCH", path, {"upload_ids": [first, second]})[0] == 200
    assert names(works, path) == ["一.txt", "二.txt"]
    assert ask(works, "linxiaoyun", "PATCH", path, {"upload_ids": [second, first], "title": "换了次序"})[0] == 200
    assert names(works, path) == ["二.txt", "一.txt"]
    status, error = ask(works, "linxiaoyun", "PATCH", path, {"upload_ids": [foreign]})
    assert (status, list(error["fields"])) == (422, ["upload_ids"])
    assert ask(works, "linxiaoyun", "POST", f"{path}/submission")[0] == 200
    assert ask(works, "linxiaoyun", "PATCH", path, {"upload_ids": [first]})[1]["code"] == "wrong_step"
    assert ask(works, "qiulan", "POST", f"{path}/return", {"reason": "换一个文件"})[0] == 200
    assert ask(works, "linxiaoyun", "PATCH", path, {"upload_ids": [first]})[0] == 200
    assert names(works, path) == ["一.txt"]
    assert ask(works, "linxiaoyun", "PATCH", path, {"summary": "只改摘要"})[0] == 200
    assert names(works, path) == ["一.txt"]


def names(works: Works, path: str) -> list[str]:
    return [file["filename"] for file in ask(works, "linxiaoyun", "GET", path)[1]["files"]]


def test_the_same_bytes_are_named_only_where_they_can_be_seen(works: Works, put: Put) -> None:
    made = {}
    for title in ("还在的", "下架的", "草稿"):
        body = {"title": title, "kind": "slides", "upload_ids": [put("linxiaoyun", "a.txt", b"same")]}
        made[title] = str(ask(works, "linxiaoyun", "POST", "/resources", body)[1]["id"])
    for title in ("还在的", "下架的"):
        works.step("linxiaoyun", made[title], "submission")
        works.step("qiulan", made[title], "school-approval")
    works.step("linxiaoyun", made["下架的"], "withdrawal", reason="要更新")
    draft = ask(works, "wuyoutian", "POST", "/drafts")[1]["id"]
    put("wuyoutian", "b.txt", b"same", str(draft))
    with works.district.app.app_context(), unit.write():
        db.session.execute(sa.update(Asset).values(sha256="0" * 64))
    uploads = ask(works, "wuyoutian", "GET", f"/drafts/{draft}")[1]["uploads"]
    assert [[twin["title"] for twin in upload["same_as"]] for upload in uploads] == [["还在的"]]


def test_uploads_that_others_hang_on_a_draft_are_not_shown(works: Works) -> None:
    draft = ask(works, "linxiaoyun", "POST", "/drafts")[1]["id"]
    begun = ask(works, "wuyoutian", "POST", "/uploads", {"filename": "别人的.txt", "size": 10, "draft_id": draft})
    mine = ask(works, "linxiaoyun", "POST", "/uploads", {"filename": "我的.txt", "size": 10, "draft_id": draft})
    assert mine[0] == 201, begun
    shown = ask(works, "linxiaoyun", "GET", f"/drafts/{draft}")[1]
    assert [upload["filename"] for upload in shown["uploads"]] == ["我的.txt"]


def test_two_who_save_a_draft_at_once_both_keep_their_fields(works: Works) -> None:
    viewer, app = works.viewer("linxiaoyun"), works.district.app
    draft = str(ask(works, "linxiaoyun", "POST", "/drafts")[1]["id"])
    has_read = threading.Event()

    def slowly() -> None:
        with app.app_context(), unit.write():
            service.save_draft(viewer, draft, DraftIn(title="色彩"))
            has_read.set()
            threading.Event().wait(0.3)

    def meanwhile() -> None:
        has_read.wait()
        with app.app_context(), unit.write():
            service.save_draft(viewer, draft, DraftIn(summary="三种暖色"))

    together(slowly, meanwhile)
    with app.app_context(), unit.read():
        kept = db.session.get(Draft, draft)
        assert kept is not None
        assert kept.fields == {"title": "色彩", "summary": "三种暖色"}


def test_two_who_use_a_key_at_once_get_one_answer(works: Works) -> None:
    viewer, app = works.viewer("linxiaoyun"), works.district.app
    made: list[str] = []
    has_made = threading.Event()
    given = ResourceIn(title="只有一份", kind=Kind.SLIDES)

    def slowly() -> None:
        with app.app_context(), unit.write():
            made.append(service.create_resource(viewer, given, "k-1").id)
            has_made.set()
            threading.Event().wait(0.3)

    def meanwhile() -> None:
        has_made.wait()
        with app.app_context(), unit.write():
            made.append(service.create_resource(viewer, given, "k-1").id)

    together(slowly, meanwhile)
    assert len(made) == 2
    assert len(set(made)) == 1


def together(*acts: Callable[[], None]) -> None:
    threads = [threading.Thread(target=act) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_a_key_that_is_too_long_is_named(works: Works) -> None:
    body = {"title": "课", "kind": "slides"}
    assert ask(works, "linxiaoyun", "POST", "/resources", body, **{"Idempotency-Key": "k" * 200})[0] == 201
    status, error = ask(works, "linxiaoyun", "POST", "/resources", body, **{"Idempotency-Key": "k" * 201})
    assert (status, list(error["fields"])) == (422, ["Idempotency-Key"])


@pytest.mark.parametrize("cursor", ["WyJ4IiwgInkiXQ", "WyIyMDI2LTAxLTAxIiwgInkiXQ", "x", "WzFd"])
def test_a_cursor_of_my_works_that_is_not_ours_is_refused(works: Works, cursor: str) -> None:
    works.page("linxiaoyun", f"/resources/mine?cursor={cursor}", 422)


def test_my_works_are_walked_page_by_page(works: Works) -> None:
    made = [works.make("linxiaoyun", f"第{number}课") for number in range(5)]
    viewer, found, cursor = works.viewer("linxiaoyun"), [], None
    while True:
        with works.district.app.app_context(), unit.read():
            page = queries.my_resources(viewer, cursor=cursor, limit=2)
        found += [card.id for card in page.rows]
        if page.cursor is None:
            break
        cursor = page.cursor
    assert found == made[::-1]


def test_a_lesson_of_the_old_book_is_found_under_the_new_one_and_says_so(works: Works) -> None:
    old = works.make("zhengyifan", "旧书的颜色课", Review.DISTRICT_PUBLISHED, node=OLD_COLOURS)
    other = works.make("linxiaoyun", "美术课", Review.DISTRICT_PUBLISHED, node=ART)
    works.index()
    new = ask(works, "wuyoutian", "GET", f"/resources/{old}")[1]["newer"]
    assert [place["path"].rpartition(" / ")[2] for place in new] == ["Unit 5 The colourful world"]
    listed = ask(works, "wuyoutian", "GET", f"/search?node={new[0]['node']}")[1]["hits"]
    assert [hit["id"] for hit in listed] == [old]
    assert works.found("wuyoutian", "colourful world") == {old}
    page = works.page("wuyoutian", f"/resources/{old}")
    assert "这是旧教材课例" in page
    assert "Unit 5 The colourful world" in page
    assert "这是旧教材课例" not in works.page("wuyoutian", f"/resources/{other}")
    with works.district.app.app_context(), unit.write():
        row = {"old_path": ART.rpartition(" / ")[0], "new_path": MATHS, "relation": "moved"}
        assert curriculum.import_mappings([row], dry_run=False).is_applied
    works.index()
    assert works.found("wuyoutian", "title:美术课 分数") == {other}, "a table that comes later counts at once"


def test_the_rights_of_roles_are_those_of_the_rule_book(works: Works) -> None:
    with works.district.app.app_context():
        rights = hub().permissions
    assert not rights["library.share"].roles & {Role.RESEARCHER, Role.DISTRICT_ADMIN, Role.CLASS_TERMINAL}
    assert rights["library.withdraw"].roles == rights["library.share"].roles | {Role.DISTRICT_ADMIN}

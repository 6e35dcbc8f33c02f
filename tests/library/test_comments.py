"""Whoever sees a published work may say something about it, signed; its words go when they are taken back."""

import pytest

from resource_hub.audit.models import AuditEntry
from resource_hub.inbox.models import Delivery
from resource_hub.infra import unit
from resource_hub.infra.db import db
from resource_hub.library.models import Comment
from resource_hub.library.schemas import Review
from resource_hub.media.models import Asset
from tests.library.lineage_of_works import AUTHOR, ELSEWHERE, REVIEWER, VILLAGER, Shelf

pytestmark = pytest.mark.slow


@pytest.fixture
def work(shelf: Shelf) -> str:
    return shelf.works.make(AUTHOR, "色彩的冷与暖", Review.SCHOOL_PUBLISHED)


def say(shelf: Shelf, work: str, who: str, body: str, status: int = 201, **given: object) -> dict:
    return shelf.ask("POST", f"/api/v1/resources/{work}/comments", who, status, json={"body": body, **given})


def said(shelf: Shelf, work: str, who: str = REVIEWER) -> list[dict]:
    return shelf.ask("GET", f"/api/v1/resources/{work}/comments", who)["comments"]


def told(shelf: Shelf, who: str) -> list[tuple[str, str, bool]]:
    """Return kind, name and urgency of what somebody was told about comments."""
    person = shelf.works.viewer(who).person_id
    with shelf.works.district.app.app_context(), unit.read():
        rows = db.session.query(Delivery).filter(Delivery.person_id == person, Delivery.kind.startswith("library.comment")).all()
        return sorted((row.kind, row.words["who"], row.is_urgent) for row in rows)


def test_a_comment_is_signed_told_to_the_author_and_answered(shelf: Shelf, work: str) -> None:
    comment = say(shelf, work, VILLAGER, "  用叶子也能讲清楚。\n明天就上。 ")["id"]
    assert told(shelf, AUTHOR) == [("library.comment", "吴有田", False)]
    answer = say(shelf, work, AUTHOR, "好办法,我也改。", reply_to=comment)["id"]
    assert told(shelf, VILLAGER) == [("library.comment_answered", "林晓云", False)]
    [row] = said(shelf, work)
    assert (row["person"], row["school"], row["body"]) == ("吴有田", "石桥村小学", "用叶子也能讲清楚。\n明天就上。")
    assert [(one["id"], one["person"], one["is_author"]) for one in row["answers"]] == [(answer, "林晓云", True)]
    page = shelf.works.page(REVIEWER, f"/resources/{work}")
    for words in ("石桥村小学 吴有田", "用叶子也能讲清楚。", "好办法,我也改。", "署名：青岚区实验小学 邱岚"):
        assert words in page

    say(shelf, work, VILLAGER, "谢谢", reply_to=comment)
    assert told(shelf, VILLAGER) == [("library.comment_answered", "林晓云", False)]
    own = say(shelf, work, AUTHOR, "课件已更新")["id"]
    say(shelf, work, REVIEWER, "收到", reply_to=own)
    assert told(shelf, AUTHOR) == [("library.comment", "吴有田", False), ("library.comment_answered", "邱岚", False)]
    assert [one["id"] for one in said(shelf, work)] == [own, comment]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_comments_are_for_published_works_and_those_who_see_them(shelf: Shelf, work: str) -> None:
    draft = shelf.works.make(AUTHOR, "草稿")
    elsewhere = shelf.works.make(ELSEWHERE, "别处", Review.SCHOOL_PUBLISHED)
    say(shelf, draft, AUTHOR, "自言自语", 409)
    say(shelf, work, ELSEWHERE, "看不见", 404)
    shelf.ask("GET", f"/api/v1/resources/{work}/comments", ELSEWHERE, 404)
    shelf.ask("GET", f"/resources/{work}/comments", ELSEWHERE, 404)
    for body in ("", "  ", "长" * 1001):
        assert say(shelf, work, VILLAGER, body, 422)["fields"].keys() == {"body"}
    comment = say(shelf, elsewhere, ELSEWHERE, "自己的")["id"]
    say(shelf, work, VILLAGER, "接到别处", 404, reply_to=comment)
    comment = say(shelf, work, VILLAGER, "一层")["id"]
    answer = say(shelf, work, AUTHOR, "二层", reply_to=comment)["id"]
    assert say(shelf, work, VILLAGER, "三层", 422, reply_to=answer)["fields"].keys() == {"reply_to"}


def test_what_is_removed_leaves_no_words_and_is_audited(shelf: Shelf, work: str) -> None:
    first, second, third = (say(shelf, work, VILLAGER, f"王小明第{n}名")["id"] for n in (1, 2, 3))
    say(shelf, work, AUTHOR, "请不要写名字", reply_to=second)
    shelf.ask("DELETE", f"/api/v1/comments/{first}", ELSEWHERE, 404)
    shelf.ask("DELETE", f"/api/v1/comments/{first}", AUTHOR, 403)
    assert [(one["id"], one["may_remove"]) for one in said(shelf, work, AUTHOR)] == [(third, False), (second, False), (first, False)]
    shelf.ask("DELETE", f"/api/v1/comments/{first}", VILLAGER)
    shelf.ask("POST", f"/comments/{second}/removal", REVIEWER)
    shelf.ask("DELETE", f"/api/v1/comments/{second}", REVIEWER, 404)
    say(shelf, work, VILLAGER, "再说一次", 404, reply_to=second)
    rows = said(shelf, work)
    assert [(one["id"], one["body"], one["person"], len(one["answers"])) for one in rows] == [
        (third, "王小明第3名", "吴有田", 0),
        (second, "", "", 1),
    ]
    page = shelf.works.page(VILLAGER, f"/resources/{work}")
    assert [words in page for words in ("王小明第3名", "王小明第2名", "王小明第1名", "已删除的评论")] == [True, False, False, True]
    with shelf.works.district.app.app_context(), unit.read():
        kept = {one.id: one.body for one in db.session.query(Comment) if one.removed_at}
        assert kept == {first: "", second: ""}
        entries = db.session.query(AuditEntry).filter(AuditEntry.action == "comment.removed").all()
        assert [one.details["comment"] for one in entries] == [first, second]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_comment_points_to_a_page_or_a_second_of_the_work(shelf: Shelf) -> None:
    work = shelf.publish("教案", ("教案.txt", "说明"), ("录像.txt", "代替录像"))
    document, film = (file["asset_id"] for file in shelf.resource(work)["files"])
    shelf.write_pages(document, "第一页", "第二页")
    with shelf.works.district.app.app_context(), unit.write():
        row = db.session.get_one(Asset, film)
        row.family, row.duration_s, row.media_type = "video", 100.0, "video/mp4"
    wrong = (
        {"page": 1}, {"asset_id": "ast_nothing"}, {"asset_id": document, "page": 3}, {"asset_id": document, "at_s": 1.0},
        {"asset_id": film, "page": 1}, {"asset_id": film, "at_s": 101.0}, {"asset_id": film, "at_s": -1.0},
    )  # fmt: skip
    for place in wrong:
        say(shelf, work, VILLAGER, "哪里?", 422, **place)
    assert said(shelf, work) == []
    say(shelf, work, VILLAGER, "这一页好", asset_id=document, page=2)
    shelf.ask("POST", f"/resources/{work}/comments", VILLAGER, data={"body": "这一秒好", "asset_id": film, "where": "1:25"})
    assert [(one["asset_id"], one["page"], one["at_s"]) for one in said(shelf, work)] == [(film, None, 85.0), (document, 2, None)]
    page = shelf.works.page(REVIEWER, f"/resources/{work}")
    assert f'href="#page-{document}-2"' in page
    assert 'href="#t=85"' in page
    assert f'href="/resources/{work}?recording={film}#t=85"' in shelf.works.page(REVIEWER, f"/resources/{work}/comments")

    client, head = shelf.works.district.app.test_client(use_cookies=False), shelf.works.district.as_(VILLAGER)
    for given in ({"asset_id": document, "where": "第二页"}, {"asset_id": document, "where": "9"}, {"asset_id": "", "where": "2"}):
        reply = client.post(f"/resources/{work}/comments", data={"body": "写了很久的话", **given}, headers=head)
        assert (reply.status_code, 'id="where-problem"' in reply.text, "写了很久的话" in reply.text) == (422, True, True)
    shelf.revise(work, "换了教案", ("新教案.txt", "新的"))
    page = shelf.works.page(REVIEWER, f"/resources/{work}")
    assert "说的是以前版本的文件" in page
    assert "#page-" not in page.partition('id="comments"')[2]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_many_comments_come_in_pages_and_few_queries(shelf: Shelf, work: str) -> None:
    with shelf.works.counting() as few:
        said(shelf, work)
    for number in range(23):
        say(shelf, work, VILLAGER, f"第{number:02}条")
    with shelf.works.counting() as many:
        first = shelf.ask("GET", f"/api/v1/resources/{work}/comments", REVIEWER)
    assert len(many) <= len(few) + 1
    second = shelf.ask("GET", f"/api/v1/resources/{work}/comments?cursor={first['cursor']}", REVIEWER)
    bodies = [one["body"] for one in (*first["comments"], *second["comments"])]
    assert (bodies, second["cursor"]) == ([f"第{number:02}条" for number in range(22, -1, -1)], None)
    page = shelf.works.page(REVIEWER, f"/resources/{work}")
    assert [words in page for words in ("第22条", "第18条", "第17条")] == [True, True, False]
    more = page.partition(f"/resources/{work}/comments?cursor=")[2].partition('"')[0]
    assert "第00条" in shelf.works.page(REVIEWER, f"/resources/{work}/comments?cursor={more}")
    shelf.ask("GET", f"/api/v1/resources/{work}/comments?cursor=WyJ4IiwgInkiXQ", REVIEWER, 422)

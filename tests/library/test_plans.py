"""A plan stands in a draft, a work and its versions; bad plans are told in words; pictures open only to who may see them."""

import pytest

from tests.library.lineage_of_works import AUTHOR, ELSEWHERE, REVIEWER, VILLAGER, Shelf

pytestmark = pytest.mark.slow

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d4944415478da63fcffff3f030005fe02fea735819b0000000049454e44ae426082"
)


def step(ident: str, **columns: object) -> dict:
    return {"id": ident, **columns}


def written(*steps: dict, **sections: object) -> dict:
    return {"title": "认识几分之一", "periods": "1课时", "goals": "借助折纸理解平均分。", "steps": list(steps), **sections}


def share(shelf: Shelf, plan: dict | None, who: str = AUTHOR, status: int = 0, **more: object) -> dict:
    """Make a work of that plan, with no file."""
    body = {"title": "几分之一", "kind": "lesson_plan", "plan": plan, **more}
    return shelf.ask("POST", "/api/v1/resources", who, status, json=body)


def test_a_plan_alone_is_handed_in_published_and_kept_by_its_version(shelf: Shelf) -> None:
    plan = written(step("s1", name="导入", minutes=5, teacher="出示月饼"), step("s2", name="探究", minutes=35, village="用圆饼代替圆片"))
    work = share(shelf, plan)["id"]
    shelf.approve(work)
    kept = shelf.resource(work, VILLAGER)["plan"]
    assert [one["name"] for one in kept["steps"]] == ["导入", "探究"]
    assert kept["steps"][0]["teacher"] == [{"runs": [{"text": "出示月饼"}]}]
    page = shelf.works.page(VILLAGER, f"/resources/{work}")
    assert "用圆饼代替圆片" in page
    assert "40 分钟" in page
    assert "用圆饼代替圆片" in shelf.works.page(VILLAGER, f"/resources/{work}/versions/1")


def test_a_work_without_file_and_plan_is_not_handed_in(shelf: Shelf) -> None:
    for nothing in (None, {}, {"periods": ""}):
        work = share(shelf, nothing)["id"]
        error = shelf.ask("POST", f"/api/v1/resources/{work}/submission", status=409)
        assert error["code"] == "nothing_to_review"


def test_what_is_wrong_in_a_plan_is_told_with_its_place(shelf: Shelf) -> None:
    assert share(shelf, written(*(step(f"s{n}") for n in range(300))))["id"]
    wrong = share(shelf, written(*(step(f"s{n}") for n in range(301))), status=422)["fields"]
    assert wrong == {"plan.steps": "教学过程：太多了，最多 300 项。"}
    wrong = share(shelf, written(step("s1"), step("s2", minutes=-1)), status=422)["fields"]
    assert wrong == {"plan.steps.1.minutes": "第2个环节的时间：不能小于 0。"}
    wrong = share(shelf, written(goals=[{"type": "song"}]), status=422)["fields"]
    assert list(wrong) == ["plan.goals"]
    assert wrong["plan.goals"].startswith("核心素养目标：")
    assert "kind" in share(shelf, written(step("s1", name="导入")), kind="slides", status=422)["fields"]


def test_a_plan_of_a_draft_is_turned_in_with_it_and_mended_later(shelf: Shelf) -> None:
    draft = shelf.ask("POST", "/api/v1/drafts", json={})["id"]
    shelf.ask("PATCH", f"/api/v1/drafts/{draft}", json={"plan": written(step("s1", name="导入"))})
    assert shelf.ask("GET", f"/api/v1/drafts/{draft}")["suggestions"]["title"] == "认识几分之一"
    work = shelf.ask("POST", "/api/v1/resources", json={"title": "几分之一", "kind": "lesson_plan", "draft_id": draft})["id"]
    assert shelf.resource(work)["plan"]["steps"] == [{"id": "s1", "name": "导入"}]
    shelf.approve(work)

    again = shelf.ask("POST", f"/resources/{work}/mending")["location"].rpartition("draft=")[2]
    assert shelf.ask("GET", f"/api/v1/drafts/{again}")["fields"]["plan"]["steps"] == [{"id": "s1", "name": "导入"}]
    shelf.ask("PATCH", f"/api/v1/drafts/{again}", json={"plan": written(step("s1", name="复习导入"))})
    body = {"title": "几分之一", "kind": "lesson_plan", "change_note": "换导入", "draft_id": again}
    revision = shelf.ask("POST", "/api/v1/resources", json=body)["id"]
    assert shelf.resource(work)["plan"]["steps"][0]["name"] == "导入"
    shelf.approve(revision)
    assert shelf.resource(work)["plan"]["steps"][0]["name"] == "复习导入"
    assert "导入" in shelf.works.page(VILLAGER, f"/resources/{work}/versions/1")


def test_a_picture_of_a_plan_opens_to_its_readers_and_no_foreign_one_is_named_in(shelf: Shelf) -> None:
    mine, foreign = (picture_of(shelf, who) for who in (AUTHOR, ELSEWHERE))
    shown = [{"type": "picture", "asset": mine, "alt": "折纸"}]
    refused = share(shelf, written(goals=[{"type": "picture", "asset": foreign}]), status=422)
    assert "不是您上传的" in refused["fields"]["plan"]
    work = share(shelf, written(goals=shown))["id"]
    shelf.ask("GET", f"/media/{mine}/original", VILLAGER, 404)
    shelf.approve(work)
    shelf.ask("GET", f"/media/{mine}/original", VILLAGER, 302)

    fork = shelf.ask("POST", f"/api/v1/resources/{work}/forks", VILLAGER)["id"]
    shelf.ask("PATCH", f"/api/v1/resources/{fork}", VILLAGER, json={"plan": written(homework=shown)})
    assert share(shelf, written(goals=shown), VILLAGER, 422)["fields"]["plan"]
    alone = share(shelf, written(goals=[{"type": "picture", "asset": foreign}]), ELSEWHERE)["id"]
    shelf.ask("PATCH", f"/api/v1/resources/{alone}", ELSEWHERE, json={"plan": written()})
    shelf.ask("GET", f"/media/{foreign}/original", REVIEWER, 404)


def test_a_link_of_a_plan_shows_only_what_its_reader_may_see(shelf: Shelf) -> None:
    seen, hidden = share(shelf, written(), title="公开的任务单")["id"], share(shelf, written(), title="没写完的")["id"]
    shelf.approve(seen)
    links = [{"runs": [{"text": "看这个", "resource": seen}, {"text": "和这个", "resource": hidden}]}]
    work = share(shelf, written(goals=links))["id"]
    shelf.approve(work)
    page = shelf.works.page(VILLAGER, f"/resources/{work}")
    assert f'href="/resources/{seen}"' in page
    assert hidden not in page
    assert "和这个" in page


def picture_of(shelf: Shelf, who: str) -> str:
    draft = shelf.ask("POST", "/api/v1/drafts", who, json={})["id"]
    shelf.put(who, "折纸.png", PNG, draft)
    return str(shelf.ask("GET", f"/api/v1/drafts/{draft}", who)["uploads"][0]["asset_id"])


def test_a_search_finds_the_stage_where_the_words_stand(shelf: Shelf) -> None:
    work = share(shelf, written(step("s1", name="导入"), step("s2", name="探究新知", village="用玉米叶代替圆片")))["id"]
    shelf.approve(work)
    shelf.works.index()
    hit = shelf.ask("GET", "/api/v1/search?q=玉米叶", VILLAGER)["hits"][0]
    assert (hit["id"], hit["moments"][0]["moment"]["anchor"]) == (work, "stage-s2")
    page = shelf.works.page(VILLAGER, "/search?q=玉米叶")
    assert f"/resources/{work}#stage-s2" in page
    assert 'id="stage-s2"' in shelf.works.page(VILLAGER, f"/resources/{work}")


def test_nearly_the_same_plan_is_pointed_out_before_it_is_turned_in(shelf: Shelf) -> None:
    long = "".join(f"第{n}步先折出{n + 2}等份再涂其中一份说出它是几分之一。" for n in range(30))
    work = share(shelf, written(step("s1", teacher=long)))["id"]
    shelf.approve(work)
    for who, expected in ((VILLAGER, [{"id": work, "title": "几分之一"}]), (ELSEWHERE, [])):
        draft = shelf.ask("POST", "/api/v1/drafts", who, json={})["id"]
        shelf.ask("PATCH", f"/api/v1/drafts/{draft}", who, json={"plan": written(step("x9", teacher=long + "补一句。"))})
        assert shelf.ask("GET", f"/api/v1/drafts/{draft}", who)["plan_alike"] == expected


def test_changes_of_the_origin_are_taken_one_by_one(shelf: Shelf) -> None:
    before = written(step("s1", name="导入", teacher="出示月饼"), step("s2", name="探究", teacher="巡视", village="用圆饼"))
    origin = share(shelf, before)["id"]
    shelf.approve(origin)
    fork = shelf.ask("POST", f"/api/v1/resources/{origin}/forks", VILLAGER)["id"]
    mine = shelf.resource(fork, VILLAGER)["plan"]
    mine["steps"][1]["village"] = [{"runs": [{"text": "用玉米叶"}]}]
    shelf.ask("PATCH", f"/api/v1/resources/{fork}", VILLAGER, json={"plan": mine})
    after = written(step("s1", name="导入", teacher="出示月饼和尺子"), step("s2", name="探究", teacher="巡视", village="用竹条"),
                    step("s3", name="练习"), goals="会说几分之一。")  # fmt: skip
    draft = shelf.ask("POST", f"/resources/{origin}/mending")["location"].rpartition("draft=")[2]
    shelf.ask("PATCH", f"/api/v1/drafts/{draft}", json={"plan": after})
    body = {"title": "几分之一", "kind": "lesson_plan", "change_note": "加练习", "draft_id": draft}
    shelf.approve(shelf.ask("POST", "/api/v1/resources", json=body)["id"])

    page = shelf.works.page(VILLAGER, f"/resources/{fork}/origin")
    assert "您也改过这里" in page
    assert "您写的：" in page
    for change in ("step:s1", "step:s3"):
        data = {"version": "2", "change": change}
        assert shelf.ask("POST", f"/resources/{fork}/origin/plan", VILLAGER, data=data)["location"].endswith("#plan-news")
    again = {"version": 2, "change": "step:s1"}
    assert shelf.ask("POST", f"/api/v1/resources/{fork}/origin/plan", VILLAGER, 409, json=again)["code"] == "not_offered"
    now = shelf.resource(fork, VILLAGER)["plan"]
    assert [one["id"] for one in now["steps"]] == ["s1", "s2", "s3"]
    assert now["steps"][0]["teacher"][0]["runs"][0]["text"] == "出示月饼和尺子"
    assert now["steps"][1]["village"][0]["runs"][0]["text"] == "用玉米叶"
    assert now["goals"][0]["runs"][0]["text"] == "借助折纸理解平均分。"
    shelf.ask("POST", f"/resources/{fork}/origin/plan", ELSEWHERE, 404, data={"version": "2", "change": "step:s2"})

    differences = shelf.works.page(VILLAGER, f"/resources/{fork}/compare?with={origin}")
    assert "村校端做什么" in differences
    assert "<ins>" in differences


def test_a_changed_plan_is_to_be_reviewed_and_an_unchanged_one_is_not(shelf: Shelf) -> None:
    plan = written(step("s1", name="导入"))
    work = share(shelf, plan)["id"]
    shelf.approve(work)
    for changed, expected in ((plan, "以前的版本已审过，没有变"), (written(step("s1", name="复习")), "要审")):
        body = {"plan": changed, "summary": f"简介{expected}", "change_note": "改简介"}
        revision = shelf.ask("POST", f"/api/v1/resources/{work}/revisions", json=body)["id"]
        shelf.ask("POST", f"/api/v1/resources/{revision}/submission")
        page = shelf.works.page(REVIEWER, f"/reviews?at={revision}")
        assert "教学设计（在线）" in page
        assert expected in page
        shelf.ask("POST", f"/api/v1/resources/{revision}/withdrawal", json={"reason": "再想想"})

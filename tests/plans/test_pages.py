"""Pages of plans: who sees which, who is let in, versions, pictures, how one begins."""

import io

import pytest
from werkzeug.test import TestResponse

from resource_hub.infra import unit
from resource_hub.kernel.errors import NotFound
from resource_hub.library import lesson_plan
from resource_hub.plans import document, pictures, queries, service, stored
from resource_hub.plans.access import PlanClosed
from resource_hub.plans.schemas import MemberIn, Part, PlanState, VersionIn
from tests.library.test_docx_reading import SIX, file_of
from tests.people_of_a_district import District
from tests.plans.conftest import COMMENTER, EDITOR, OWNER, STRANGER, person_of, viewer_of


def test_strangers_find_nothing_of_a_plan(district: District, plan: str) -> None:
    paths = ("", "/sheet", "/versions", "/versions/1", "/members", "/pictures/ast_x")
    for path in paths:
        assert district.client.get(f"/plans/{plan}{path}", headers=district.as_(STRANGER)).status_code == 404, path
    bodies = {"/versions": {"name": "x"}, "/members": {"person_id": "per_x"}}
    for path in (*bodies, "/closing", "/opening", "/removal", "/members/per_x/removal"):
        reply = district.client.post(f"/plans/{plan}{path}", headers=district.as_(STRANGER), json=bodies.get(path, {}))
        assert reply.status_code == 404, path
    assert plan not in district.client.get("/plans", headers=district.as_(STRANGER)).text
    assert district.client.get(f"/api/v1/plans/{plan}", headers=district.as_(STRANGER)).status_code == 404


def test_each_part_may_what_it_may(district: District, plan: str) -> None:
    for account in (OWNER, EDITOR, COMMENTER):
        district.as_(account)
    for account in (OWNER, EDITOR, COMMENTER):
        assert district.client.get(f"/plans/{plan}", headers=district.as_(account)).status_code == 200
        assert plan in district.client.get("/plans", headers=district.as_(account)).text
    for account, status in ((COMMENTER, 403), (EDITOR, 303), (OWNER, 303)):
        reply = district.client.post(f"/plans/{plan}/versions", headers=district.as_(account), json={"name": account})
        assert reply.status_code == status, account
    for account, status in ((COMMENTER, 403), (EDITOR, 403), (OWNER, 303)):
        assert district.client.post(f"/plans/{plan}/closing", headers=district.as_(account)).status_code == status, account


def test_only_colleagues_around_may_be_let_in(district: District, plan: str) -> None:
    with district.app.app_context():
        with unit.read():
            owner, far = viewer_of(OWNER), person_of(STRANGER)
            assert queries.invitable(owner, words=viewer_of(EDITOR).name)
            is_near = far in queries.invitable(owner, ids=[far])
        assert not is_near, "the stranger of these tests is of another community"
        with pytest.raises(NotFound), unit.write():
            service.put_member(owner, plan, MemberIn(person_id=far))
        with pytest.raises(ValueError, match="owner"):
            MemberIn(person_id=far, part=Part.OWNER)


def test_a_version_stays_as_it_was_and_a_finished_plan_takes_none(district: District, plan: str) -> None:
    with district.app.app_context():
        with unit.read():
            owner = viewer_of(OWNER)
        with unit.write():
            service.keep_version(owner, plan, VersionIn(name="第一次备课", note="先这样"))
        with unit.write():
            service.set_state(owner, plan, PlanState.CLOSED)
        with pytest.raises(PlanClosed), unit.write():
            service.keep_version(owner, plan, VersionIn(name="再一版"))
        with unit.read():
            assert [row.name for row in queries.versions_of(owner, plan)] == ["第一次备课"]
    found = district.client.get(f"/api/v1/plans/{plan}?version=1", headers=district.as_(EDITOR)).json
    assert [step["minutes"] for step in found["data"]["steps"]] == [10, 10, 10]
    assert "计划 30 分钟" in district.client.get(f"/plans/{plan}/versions/1", headers=district.as_(EDITOR)).text
    assert district.client.get(f"/plans/{plan}/versions/2", headers=district.as_(EDITOR)).status_code == 404


def test_an_id_alone_opens_no_picture(district: District, plan: str) -> None:
    with district.app.app_context(), unit.read():
        for account in (OWNER, EDITOR):
            with pytest.raises(NotFound):
                pictures.picture_address(viewer_of(account), plan, "ast_of_somebody_else")


def test_a_plan_begins_with_its_stages_and_needs_a_title(district: District) -> None:
    headers = district.as_(OWNER)
    assert district.client.post("/plans", headers=headers, data={"title": " "}).status_code == 422
    begun = district.client.post("/plans", headers=headers, data={"title": "<b>秋天的雨</b>", "node_id": "", "resource_id": ""})
    assert begun.status_code == 303
    shown = district.client.get(begun.location + "/sheet", headers=headers).text
    assert "&lt;b&gt;秋天的雨&lt;/b&gt;" in shown
    assert "<b>秋天" not in shown
    assert district.client.post("/plans", headers=headers, data={"title": "x", "resource_id": "res_none"}).status_code == 404


def test_a_plan_begins_from_a_word_file_or_says_why_not(district: District) -> None:
    headers = district.as_(OWNER)

    def begin(data: bytes, **fields: str) -> TestResponse:
        form = fields | {"file": (io.BytesIO(data), "教案.docx")}
        return district.client.post("/plans", headers=headers, data=form, content_type="multipart/form-data")

    word = file_of(
        "教学目标",
        "知道颜色有冷有暖",
        "教学过程",
        [SIX, ["导入", "5", "出示两幅画", "看", "", "摆出树叶"], ["新授", "20", "示范", "画", "", ""]],
    )
    begun = begin(word, title="色彩的冷与暖", node_id="", resource_id="")
    assert begun.status_code == 303
    with district.app.app_context(), unit.read():
        said = document.read(stored.opened(begun.location.rsplit("/", 1)[1]))
    assert [(step.name, step.minutes) for step in said.steps] == [("导入", 5), ("新授", 20)]
    assert "知道颜色有冷有暖" in lesson_plan.words(said.goals)
    assert said.title == "色彩的冷与暖"
    refused = begin(b"no word file", title="色彩的冷与暖")
    assert refused.status_code == 422
    assert "打不开这个 Word 文件" in refused.text
    assert 'value="色彩的冷与暖"' in refused.text

"""The district's rubrics: copies are changed, seeds are not; formal appraisal needs a named round."""

import pytest

from resource_hub.infra import unit
from resource_hub.infra.db import db
from resource_hub.observation.models import RubricScore
from tests.observation.conftest import OBSERVER, RESEARCHER, Device
from tests.people_of_a_district import District

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def copy(district: District, seed: str = "seed_c") -> str:
    reply = Device(district, RESEARCHER).ask("post", f"/observe/rubrics/{seed}/copy")
    assert reply.status_code == 303
    return str(reply.location.rsplit("/", 1)[1])


def typed(rows: list[tuple[str, int]]) -> dict[str, object]:
    empty = [""] * len(rows)
    names, weights = [name for name, _ in rows], [str(weight) for _, weight in rows]
    return {"title": "区里的", "about": "", "name": names, "weight": weights, "d1": empty, "d2": empty, "d3": empty, "d4": empty}


def test_a_copy_begins_as_its_seed_and_is_changed(district: District) -> None:
    desk, rubric = Device(district, RESEARCHER), copy(district)
    assert "村端等待不超过 20 秒" in desk.ask("get", f"/observe/rubrics/{rubric}").text
    refused = desk.ask("post", f"/observe/rubrics/{rubric}", data=typed([("甲", 60), ("乙", 30)]))
    assert refused.status_code == 422
    assert "各行分值合计是 90，要正好 100。" in refused.text
    assert 'value="甲"' in refused.text
    assert desk.ask("post", f"/observe/rubrics/{rubric}", data=typed([("甲", 60), ("乙", 40)])).status_code == 303
    assert "第 2 版" in desk.ask("get", "/observe/rubrics").text
    assert desk.ask("get", "/observe/rubrics/seed_c").status_code == 404
    assert desk.ask("post", "/observe/rubrics/seed_c", data=typed([("甲", 60), ("乙", 40)])).status_code == 404


def test_a_score_by_an_old_version_is_told_and_nothing_else_is_lost(district: District) -> None:
    rubric, phone = copy(district), Device(district, OBSERVER)
    Device(district, RESEARCHER).ask("post", f"/observe/rubrics/{rubric}", data=typed([("甲", 60), ("乙", 40)]))
    seen = phone.observation(score={"rubric": rubric, "version": 1, "scores": [10, 10]})
    answer = phone.sync(observations=[seen])
    assert "已经改过" in answer["told"][seen["id"]]
    assert answer["observations"] == {seen["id"]: 1}
    assert phone.sync(observations=[seen | {"version": 2, "score": {"rubric": rubric, "version": 2, "scores": [50, 40]}}])["told"] == {}


def test_appraisal_needs_a_round_that_is_open(district: District) -> None:
    desk, phone = Device(district, RESEARCHER), Device(district, OBSERVER)
    assert desk.ask("post", "/observe/rounds", data={"name": ""}).status_code == 422
    assert desk.ask("post", "/observe/rounds", data={"name": "2026 秋季骨干考核"}).status_code == 303
    listed = desk.ask("get", "/observe/rubrics").text
    round_id = listed.split("/observe/rounds/")[1].split("/")[0]
    score = {"rubric": "seed_a", "version": 1, "scores": [10, 15, 20, 20, 20, 10, 5], "round": round_id}
    seen = phone.observation(score=score)
    phone.sync(observations=[seen])
    with district.app.app_context(), unit.read():
        assert db.session.get_one(RubricScore, seen["id"]).round_id == round_id
    desk.ask("post", f"/observe/rounds/{round_id}/end")
    late = phone.observation(score=score)
    assert "没有开放" in phone.sync(observations=[late])["told"][late["id"]]

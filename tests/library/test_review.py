"""Who sees what at each step of review, asked through the API."""

import pytest

from tests.library.conftest import Put
from tests.people_of_a_district import District

pytestmark = pytest.mark.slow

PLAN = "色彩的冷与暖 教学设计\n目标:用泥土和叶汁调出三种暖色。".encode()


def make(district: District, put: Put, licence: str = "L3", account: str = "linxiaoyun") -> str:
    upload = put(account, "色彩.txt", PLAN)
    body = {"title": "色彩的冷与暖", "kind": "lesson_plan", "upload_ids": [upload], "licence": licence}
    made = district.client.post("/api/v1/resources", json=body, headers=district.as_(account))
    assert made.status_code == 201, made.json
    return str(made.json["data"]["id"])


def status(district: District, account: str, resource: str) -> int:
    return district.client.get(f"/api/v1/resources/{resource}", headers=district.as_(account)).status_code


def step(district: District, account: str, resource: str, verb: str, **body: str) -> int:
    return district.client.post(f"/api/v1/resources/{resource}/{verb}", json=body, headers=district.as_(account)).status_code


def test_a_draft_is_seen_by_its_author_alone(district: District, put: Put) -> None:
    resource = make(district, put)
    assert status(district, "linxiaoyun", resource) == 200
    assert status(district, "tangwan", resource) == 404
    assert status(district, "wuyoutian", resource) == 404


def test_school_approval_opens_it_to_school_and_community_and_nobody_else(district: District, put: Put) -> None:
    resource = make(district, put)
    assert step(district, "linxiaoyun", resource, "submission") == 200
    assert status(district, "qiulan", resource) == 200
    assert step(district, "qiulan", resource, "school-approval") == 200
    assert status(district, "wuyoutian", resource) == 200
    assert status(district, "meixue", resource) == 404


def test_an_author_never_reviews_their_own_work(district: District, put: Put) -> None:
    resource = make(district, put, account="qiulan")
    step(district, "qiulan", resource, "submission")
    refused = district.client.post(f"/api/v1/resources/{resource}/school-approval", headers=district.as_("qiulan"))
    assert refused.status_code == 403
    assert refused.json["error"]["code"] == "own_work"


@pytest.mark.parametrize(("licence", "others_school"), [("L1", 404), ("L2", 200)])
def test_a_licence_keeps_what_review_would_open(district: District, put: Put, licence: str, others_school: int) -> None:
    resource = make(district, put, licence)
    step(district, "linxiaoyun", resource, "submission")
    step(district, "qiulan", resource, "school-approval")
    assert step(district, "minjie", resource, "district-approval") == 404, "nobody asked the district"
    assert step(district, "linxiaoyun", resource, "proposal") == 200
    assert step(district, "minjie", resource, "district-approval") == 200
    assert status(district, "zhonghai", resource) == 200
    assert status(district, "wuyoutian", resource) == others_school
    assert status(district, "meixue", resource) == 404


def test_district_approval_opens_it_to_the_district(district: District, put: Put) -> None:
    resource = make(district, put)
    step(district, "linxiaoyun", resource, "submission")
    step(district, "qiulan", resource, "school-approval")
    step(district, "minjie", resource, "district-approval")
    assert status(district, "meixue", resource) == 200


def test_a_returned_resource_tells_its_author_why(district: District, put: Put) -> None:
    resource = make(district, put)
    step(district, "linxiaoyun", resource, "submission")
    assert step(district, "qiulan", resource, "return", reason="图片来源不明") == 200
    seen = district.client.get(f"/api/v1/resources/{resource}", headers=district.as_("linxiaoyun")).json["data"]
    assert (seen["review"], seen["review_note"]) == ("returned", "图片来源不明")


def test_a_withdrawn_resource_leaves_a_tombstone(district: District, put: Put) -> None:
    resource = make(district, put)
    step(district, "linxiaoyun", resource, "submission")
    step(district, "qiulan", resource, "school-approval")
    assert step(district, "linxiaoyun", resource, "withdrawal", reason="要更新") == 200
    assert status(district, "wuyoutian", resource) == 410
    assert status(district, "meixue", resource) == 404
    assert status(district, "linxiaoyun", resource) == 200


def test_the_same_idempotency_key_makes_one_resource(district: District, put: Put) -> None:
    body = {"title": "只有一份", "kind": "slides", "upload_ids": [put("linxiaoyun", "a.txt", PLAN)]}
    head = {**district.as_("linxiaoyun"), "Idempotency-Key": "k-1"}
    first = district.client.post("/api/v1/resources", json=body, headers=head)
    second = district.client.post("/api/v1/resources", json=body, headers=head)
    other = district.client.post("/api/v1/resources", json={**body, "title": "另一份"}, headers=head)
    assert first.json["data"] == second.json["data"]
    assert other.status_code == 409


def test_a_step_that_is_not_possible_now_says_so(district: District, put: Put) -> None:
    resource = make(district, put)
    refused = district.client.post(f"/api/v1/resources/{resource}/proposal", headers=district.as_("linxiaoyun"))
    assert refused.status_code == 409
    assert refused.json["error"]["code"] == "wrong_step"


def test_only_steps_that_the_state_allows_are_offered(district: District, put: Put) -> None:
    resource = make(district, put)

    def offered() -> set[str]:
        shown = district.client.get(f"/api/v1/resources/{resource}", headers=district.as_("linxiaoyun")).json["data"]["actions"]
        return {"submit", "propose", "withdraw"} & set(shown)

    assert offered() == {"submit", "withdraw"}
    step(district, "linxiaoyun", resource, "submission")
    step(district, "qiulan", resource, "school-approval")
    assert offered() == {"propose", "withdraw"}

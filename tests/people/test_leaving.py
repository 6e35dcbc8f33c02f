"""What a leaver takes along and what stays, asked through the API and the pages."""

from datetime import date

import pytest

from tests.conftest import app, hub_settings
from tests.library.conftest import Put, put
from tests.people.standing import Browser
from tests.people_of_a_district import PASSWORD, District

__all__ = ["app", "hub_settings", "put"]

pytestmark = pytest.mark.slow


def make(district: District, put: Put, title: str) -> str:
    upload = put("linxiaoyun", f"{title}.txt", f"{title}:用泥土和叶汁调出三种暖色。".encode())
    given = {"title": title, "kind": "lesson_plan", "upload_ids": [upload], "licence": "L3"}
    made = district.client.post("/api/v1/resources", json=given, headers=district.as_("linxiaoyun"))
    assert made.status_code == 201, made.json
    return str(made.json["data"]["id"])


def step(district: District, account: str, resource: str, verb: str) -> None:
    answer = district.client.post(f"/api/v1/resources/{resource}/{verb}", headers=district.as_(account))
    assert answer.status_code == 200, answer.json


def test_drafts_go_with_a_leaver_and_published_work_stays_under_the_name(district: District, put: Put) -> None:
    published, submitted, draft = (make(district, put, title) for title in ("已发布", "待审", "草稿"))
    step(district, "linxiaoyun", published, "submission")
    step(district, "qiulan", published, "school-approval")
    step(district, "linxiaoyun", submitted, "submission")

    def status(account: str, resource: str) -> int:
        return district.client.get(f"/api/v1/resources/{resource}", headers=district.as_(account)).status_code

    assert [status("qiulan", resource) for resource in (published, submitted, draft)] == [200, 200, 404]
    me = district.client.get("/api/v1/me", headers=district.as_("linxiaoyun")).json["data"]["id"]
    dean = Browser(district.app.test_client())
    assert dean.sign_in("qiulan", PASSWORD).status_code == 303
    page = f"/admin/people/{me}"
    assert dean.post(f"{page}/departure", {"on": date(2026, 1, 1).isoformat()}, page=page).status_code == 303

    assert status("linxiaoyun", published) == 401
    assert [status(colleague, published) for colleague in ("qiulan", "wuyoutian")] == [200, 200]
    assert [status("qiulan", resource) for resource in (submitted, draft)] == [404, 404]
    assert "林晓云" in dean.get(f"/resources/{published}").text
    assert dean.get(f"/resources/{submitted}").status_code == 404

"""A resource that was given back is changed in the upload form and handed in again; its files stay within reach."""

import httpx
import pytest

from tests.library.conftest import Put
from tests.people_of_a_district import District

pytestmark = pytest.mark.slow
AUTHOR, REVIEWER = "linxiaoyun", "qiulan"


def ask(district: District, method: str, path: str, who: str = AUTHOR, **given: object) -> dict:
    reply = district.client.open(path, method=method, headers=district.as_(who), **given)
    assert reply.status_code < 400, reply.text
    return (reply.json or {}).get("data") or {"location": reply.headers.get("Location", "")}


def make(district: District, put: Put) -> str:
    files = [put(AUTHOR, "教案.txt", "冷与暖".encode()), put(AUTHOR, "任务单.txt", "涂一涂".encode())]
    body = {"title": "色彩", "kind": "lesson_plan", "upload_ids": files, "keywords": ["色彩"], "village_fit": "no_device"}
    return str(ask(district, "POST", "/api/v1/resources", json=body)["id"])


def test_a_returned_work_says_why_and_is_mended_in_place(district: District, put: Put) -> None:
    work = make(district, put)
    ask(district, "POST", f"/api/v1/resources/{work}/submission")
    ask(district, "POST", f"/api/v1/resources/{work}/return", REVIEWER, json={"reason": "图片来源不明"})
    page = district.client.get(f"/resources/{work}", headers=district.as_(AUTHOR)).text
    assert "图片来源不明" in page
    assert "邱岚" in page

    draft = ask(district, "POST", f"/resources/{work}/mending")["location"].rpartition("draft=")[2]
    assert ask(district, "POST", f"/resources/{work}/mending")["location"].endswith(draft)
    form = ask(district, "GET", f"/api/v1/drafts/{draft}")
    assert form["fields"]["title"] == "色彩"
    assert [upload["filename"] for upload in form["uploads"]] == ["教案.txt", "任务单.txt"]

    kept, fresh = form["uploads"][0]["id"], put(AUTHOR, "范作说明.txt", "自己画的".encode())
    body = {"title": "色彩的冷与暖", "kind": "lesson_pack", "upload_ids": [kept, fresh], "draft_id": draft}
    for _ in range(2):
        reply = district.client.post("/api/v1/resources", json=body, headers={**district.as_(AUTHOR), "Idempotency-Key": draft})
        assert reply.json["data"]["id"] == work
    told = ask(district, "GET", f"/api/v1/resources/{work}")
    assert (told["title"], told["review"], told["village_fit"]) == ("色彩的冷与暖", "returned", "no_device")
    assert [file["filename"] for file in told["files"]] == ["教案.txt", "范作说明.txt"]
    ask(district, "POST", f"/api/v1/resources/{work}/submission")


def test_what_is_under_review_is_not_changed_meanwhile(district: District, put: Put) -> None:
    work = make(district, put)
    draft = ask(district, "POST", f"/resources/{work}/mending")["location"].rpartition("draft=")[2]
    ask(district, "POST", f"/api/v1/resources/{work}/submission")
    headers = district.as_(AUTHOR)
    assert district.client.post(f"/resources/{work}/mending", headers=headers).status_code == 409
    late = district.client.post("/api/v1/resources", json={"title": "另一个", "kind": "slides", "draft_id": draft}, headers=headers)
    assert (late.status_code, late.json["error"]["code"]) == (409, "wrong_step")
    assert ask(district, "GET", f"/api/v1/resources/{work}")["title"] == "色彩"


def test_nobody_mends_the_work_of_another(district: District, put: Put) -> None:
    work = make(district, put)
    assert district.client.post(f"/resources/{work}/mending", headers=district.as_("wuyoutian")).status_code == 404
    draft = ask(district, "POST", f"/resources/{work}/mending")["location"].rpartition("draft=")[2]
    body = {"title": "别人的", "kind": "slides", "draft_id": draft}
    made = district.client.post("/api/v1/resources", json=body, headers=district.as_("wuyoutian"))
    assert made.json["data"]["id"] != work
    assert ask(district, "GET", f"/api/v1/resources/{work}")["title"] == "色彩"


def test_the_link_to_a_file_stays_good_and_is_for_its_readers(district: District, put: Put) -> None:
    work = make(district, put)
    asset = ask(district, "GET", f"/api/v1/resources/{work}")["files"][0]["asset_id"]
    reply = district.client.get(f"/media/{asset}/original", headers=district.as_(AUTHOR))
    assert reply.status_code == 302
    assert httpx.get(reply.headers["Location"]).text == "冷与暖"
    assert district.client.get(f"/media/{asset}/original", headers=district.as_("wuyoutian")).status_code == 404


def test_a_file_taken_out_of_a_draft_stays_out_of_it_and_in_the_work(district: District, put: Put) -> None:
    work = make(district, put)
    draft = ask(district, "POST", f"/resources/{work}/mending")["location"].rpartition("draft=")[2]
    first, second = ask(district, "GET", f"/api/v1/drafts/{draft}")["uploads"]
    ask(district, "DELETE", f"/api/v1/drafts/{draft}/uploads/{first['id']}")
    form = ask(district, "GET", f"/api/v1/drafts/{draft}")
    assert [upload["id"] for upload in form["uploads"]] == [second["id"]]
    assert "left_out" not in form["fields"]
    assert len(ask(district, "GET", f"/api/v1/resources/{work}")["files"]) == 2
    path = f"/api/v1/drafts/{draft}/uploads/{second['id']}"
    assert district.client.delete(path, headers=district.as_(REVIEWER)).status_code == 404

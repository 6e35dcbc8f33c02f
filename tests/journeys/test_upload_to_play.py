"""The main job, through the API: upload, wait, play, find, and be refused elsewhere."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx
import pytest

from tests.journeys.conftest import Wait
from tests.library.conftest import Put
from tests.people_of_a_district import District

pytestmark = pytest.mark.slow


def publish(district: District, resource: str) -> None:
    """Declare that nobody can be recognised in the recording, submit, approve."""
    head = district.as_("linxiaoyun")
    recording = district.client.get(f"/api/v1/resources/{resource}", headers=head).json["data"]["files"][0]["asset_id"]
    declared = district.client.put(f"/api/v1/assets/{recording}/consent", json={"declaration": "no_pupils"}, headers=head)
    assert declared.status_code == 200, declared.json
    for account, step in (("linxiaoyun", "submission"), ("tangwan", "school-approval")):
        reply = district.client.post(f"/api/v1/resources/{resource}/{step}", headers=district.as_(account))
        assert reply.status_code == 200, reply.json


@pytest.mark.usefixtures("working")
def test_a_lesson_goes_from_upload_to_a_village_screen(
    district: District, put: Put, until: Wait, ask: Callable[..., Any], lesson: bytes, plan: bytes
) -> None:
    uploads = [put("linxiaoyun", "色彩 课堂实录.mp4", lesson), put("linxiaoyun", "色彩 教案.docx", plan)]
    node = ask("linxiaoyun", "/api/v1/curriculum/nodes", q="美术三上")["nodes"][0]["id"]
    made = district.client.post(
        "/api/v1/resources",
        json={"title": "色彩的冷与暖", "kind": "lesson_pack", "upload_ids": uploads, "node": node},
        headers=district.as_("linxiaoyun"),
    )
    resource = made.json["data"]["id"]

    def ready() -> Any:
        seen = ask("linxiaoyun", f"/api/v1/resources/{resource}")
        assert seen["failure"] is None, seen["failure"]
        return seen if seen["state"] == "ready" else None

    seen: Any = until(ready)
    assert seen["progress"] == 1.0
    assert [d["pages"] for d in seen["documents"]] == [1]
    assert httpx.get(seen["documents"][0]["url_page_1"]).content
    assert httpx.get(seen["files"][0]["url"]).content == lesson

    rungs = {r["label"]: r for r in seen["media"]["renditions"]}
    assert {r["kind"] for r in rungs.values()} == {"video", "audio"}
    assert seen["media"]["voice"]["stills"]
    master = district.client.get(path_of(seen["media"]["hls"]))
    assert master.text.startswith("#EXTM3U")
    first = next(line for line in master.text.splitlines() if line and not line.startswith("#"))
    playlist = district.client.get(path_of(urljoin(seen["media"]["hls"], first))).text
    ranges = [line.removeprefix("#EXT-X-BYTERANGE:") for line in playlist.splitlines() if line.startswith("#EXT-X-BYTERANGE:")]
    url = next(line for line in playlist.splitlines() if line.startswith("http"))
    length, start = (int(part) for part in ranges[0].split("@"))
    got = httpx.get(url, headers={"Range": f"bytes={start}-{start + length - 1}"})
    assert (got.status_code, len(got.content)) == (206, length)

    assert district.client.get(f"/api/v1/resources/{resource}", headers=district.as_("wuyoutian")).status_code == 404
    publish(district, resource)
    assert ask("wuyoutian", f"/api/v1/resources/{resource}")["review"] == "school_published"
    assert district.client.get(f"/api/v1/resources/{resource}", headers=district.as_("meixue")).status_code == 404

    def found() -> Any:
        hits = ask("wuyoutian", "/api/v1/search", q="泥土叶汁调暖色")["hits"]
        return [hit for hit in hits if hit["id"] == resource]

    hits: Any = until(found)
    assert "泥土" in hits[0]["snippet"]
    assert ask("meixue", "/api/v1/search", q="色彩")["total"] == 0


def path_of(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}"


@pytest.mark.usefixtures("working")
def test_a_damaged_recording_is_told_in_words_and_its_original_stays(
    district: District, put: Put, until: Wait, ask: Callable[..., Any], lesson: bytes
) -> None:
    upload = put("linxiaoyun", "坏的.mp4", lesson[: len(lesson) // 20] + b"\0" * 1000)
    made = district.client.post(
        "/api/v1/resources",
        json={"title": "坏的录像", "kind": "recorded_lesson", "upload_ids": [upload]},
        headers=district.as_("linxiaoyun"),
    )
    resource = made.json["data"]["id"]

    def failed() -> Any:
        seen = ask("linxiaoyun", f"/api/v1/resources/{resource}")
        return seen if seen["state"] == "failed" else None

    seen: Any = until(failed)
    assert seen["failure"]["message"]
    assert httpx.get(seen["files"][0]["url"]).status_code == 200

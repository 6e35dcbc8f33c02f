"""Offline packs: ordered by the API, made by the job, opened from a disk by a browser without a network."""

import hashlib
import io
import json
import subprocess
import zipfile
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Playwright

from resource_hub.infra import jobs, unit
from resource_hub.infra.storage import storage
from resource_hub.kernel import clock
from resource_hub.media import service as media
from resource_hub.media.transcripts import Line
from tests.library.conftest import Put
from tests.library.works import Works
from tests.packs.conftest import WorkOff, ask
from tests.people_of_a_district import District

pytestmark = pytest.mark.slow
AUTHOR, REVIEWER, COLLEAGUE, STRANGER = "linxiaoyun", "qiulan", "wuyoutian", "meixue"
CHROMIUM = "/usr/bin/chromium"
CAPTIONS = "1\n00:00:00,000 --> 00:00:02,500\n冷色和</script>暖色\n"


def film(path: Path) -> Path:
    """Write eight seconds in two scenes with a tone: enough for stills that change."""
    scenes = ["color=c=darkred:size=640x360:rate=12:duration=4", "testsrc2=size=640x360:rate=12:duration=4"]
    subprocess.run(
        ["ffmpeg", "-v", "error", "-y", *(word for scene in scenes for word in ("-f", "lavfi", "-i", scene)),
         "-f", "lavfi", "-i", "sine=frequency=330:duration=8", "-filter_complex", "[0:v][1:v]concat=n=2:v=1[v]",
         "-map", "[v]", "-map", "2:a", "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac", str(path)],
        check=True,
    )  # fmt: skip
    return path


def hear(district: District, recording: str, words: str) -> None:
    with district.app.app_context(), unit.write():
        media.begin_transcript(recording, "base")
        media.record_speech(recording, [Line(0.0, 6.0, words)], language="zh", done_s=6.0, is_end=True)


def lesson(district: District, put: Put, tmp_path: Path) -> str:
    recording = put(AUTHOR, "课堂实录.mp4", film(tmp_path / "film.mp4").read_bytes())
    plan = put(AUTHOR, "教学设计.txt", "用叶汁调出三种暖色。".encode())
    given = {"title": "色彩的冷与暖", "kind": "lesson_pack", "upload_ids": [plan, recording]}
    return str(ask(district, "POST", "/resources", AUTHOR, 201, **given)["id"])


def offers(district: District, work: str, who: str = AUTHOR) -> dict[str, dict]:
    return {one["rung"]: one for one in ask(district, "GET", f"/resources/{work}/offline", who)["offers"]}


def order(district: District, work: str, rung: str, who: str = AUTHOR) -> dict:
    return ask(district, "POST", f"/resources/{work}/offline", who, 202, rung=rung)


def unpacked(offer: dict, folder: Path) -> dict:
    """Fetch the pack in two pieces, as a line that broke does, unpack it and return its manifest, every digest checked."""
    first = httpx.get(offer["url"], headers={"Range": "bytes=0-999"})
    rest = httpx.get(offer["url"], headers={"Range": "bytes=1000-"})
    assert (first.status_code, rest.status_code) == (206, 206)
    data = first.content + rest.content
    assert (len(data), hashlib.sha256(data).hexdigest()) == (offer["bytes"], offer["sha256"])
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        archive.extractall(folder)
        names = set(archive.namelist())
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    assert {file["path"] for file in manifest["files"]} == names - {"manifest.json"}
    for file in manifest["files"]:
        held = (folder / file["path"]).read_bytes()
        assert (len(held), hashlib.sha256(held).hexdigest()) == (file["bytes"], file["sha256"]), file["path"]
    return dict(manifest)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_pack_plays_from_a_disk_without_a_network(
    district: District, put: Put, work_off: WorkOff, play: Playwright, tmp_path: Path
) -> None:
    work = lesson(district, put, tmp_path)
    assert ask(district, "POST", f"/resources/{work}/offline", AUTHOR, 409, rung="papers")["code"] == "not_ready"
    work_off()
    recording = next(f["asset_id"] for f in ask(district, "GET", f"/resources/{work}", AUTHOR)["files"] if f["media_type"] == "video/mp4")
    sent = {"file": (io.BytesIO(CAPTIONS.encode()), "字幕.srt")}
    captions = district.client.post(f"/api/v1/assets/{recording}/captions", data=sent, headers=district.as_(AUTHOR)).json["data"]["id"]
    known = offers(district, work)
    rungs = list(known)
    assert rungs[:2] == ["papers", "voice"]
    assert rungs[-1] == "imscc"
    largest = rungs[-2]
    assert known["papers"]["bytes"] < known["voice"]["bytes"] < known[largest]["bytes"]
    for rung in (largest, "voice"):
        if rung == "voice":
            ask(district, "DELETE", f"/assets/{recording}/captions/{captions}", AUTHOR)
            hear(district, recording, "自动听到的冷色")
        assert order(district, work, rung)["state"] == "queued"
        work_off()
        ready = order(district, work, rung)
        assert ready["state"] == "ready"
        manifest = unpacked(ready, tmp_path / rung)
        assert [(one["id"], one["title"], one["author"], one["licence"]) for one in manifest["works"]] == [
            (work, "色彩的冷与暖", "林晓云", "L3")
        ]
    assert not list((tmp_path / "data" / "scratch").iterdir())
    with play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"]) as browser:
        context = browser.new_context(offline=True)
        page = context.new_page()
        faults: list[str] = []
        asked: list[str] = []
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
        page.on("request", lambda request: asked.append(request.url))
        page.goto((tmp_path / largest / "index.html").as_uri())
        page.evaluate("document.querySelector('video').muted = true; document.querySelector('video').play()")
        page.wait_for_function("document.querySelector('video').currentTime > 1")
        assert page.evaluate("document.querySelector('video').textTracks[0].cues[0].text") == "冷色和暖色"
        assert not page.locator(".still-packed").is_visible()
        assert page.locator(".pages img").first.evaluate("one => one.complete && one.naturalWidth > 0")
        assert "只供本区教学使用" in page.locator(".licence").inner_text()
        page.goto((tmp_path / "voice" / "index.html").as_uri())
        first = page.locator("[data-stills]").get_attribute("src")
        page.evaluate("document.querySelector('audio').muted = true; document.querySelector('audio').play()")
        page.wait_for_function("document.querySelector('audio').currentTime > 0.3")
        assert "自动听到的冷色" in page.locator("[data-caption]").inner_text()
        page.evaluate("document.querySelector('audio').currentTime = 7")
        page.wait_for_function("first => document.querySelector('[data-stills]').getAttribute('src') !== first", arg=first)
        assert faults == []
        assert [url for url in asked if not url.startswith("file:")] == []


def test_who_may_not_see_a_work_gets_no_pack_of_it(district: District, put: Put, work_off: WorkOff) -> None:
    plan = put(AUTHOR, "教案.txt", "冷与暖".encode())
    work = str(ask(district, "POST", "/resources", AUTHOR, 201, title="色彩", kind="lesson_plan", upload_ids=[plan])["id"])
    work_off()
    assert list(offers(district, work)) == ["papers", "imscc"]
    ask(district, "GET", f"/resources/{work}/offline", STRANGER, 404)
    ask(district, "POST", f"/resources/{work}/offline", STRANGER, 404, rung="papers")
    assert "rung" in ask(district, "POST", f"/resources/{work}/offline", AUTHOR, 422, rung="720")["fields"]


def test_a_pack_is_made_once_and_anew_when_the_work_changes(district: District, put: Put, works: Works, work_off: WorkOff) -> None:
    plan = put(AUTHOR, "教案.txt", "冷与暖".encode())
    work = str(ask(district, "POST", "/resources", AUTHOR, 201, title="色彩", kind="lesson_plan", upload_ids=[plan])["id"])
    work_off()
    order(district, work, "papers")
    order(district, work, "papers")
    work_off()
    before = order(district, work, "papers")
    with district.app.app_context():
        assert [key for key, *_ in storage().list_keys("packs/")] == [before["url"].partition("?")[0].split("/", 4)[4]]
    ask(district, "PATCH", f"/resources/{work}", AUTHOR, title="色彩的冷与暖")
    assert offers(district, work)["papers"]["state"] == "none"
    order(district, work, "papers")
    work_off()
    after = order(district, work, "papers")
    assert (after["state"], after["sha256"] != before["sha256"]) == ("ready", True)
    page = works.page(AUTHOR, f"/resources/{work}/offline")
    assert "全部内容" in page
    assert "已做好" in page


def test_packs_that_nobody_asks_for_are_forgotten_and_can_be_made_again(
    district: District, put: Put, works: Works, work_off: WorkOff
) -> None:
    plan = put(AUTHOR, "教案.txt", "冷与暖".encode())
    work = str(ask(district, "POST", "/resources", AUTHOR, 201, title="色彩", kind="lesson_plan", upload_ids=[plan])["id"])
    work_off()
    order(district, work, "papers")
    work_off()
    with district.app.app_context():
        storage().put_bytes("packs/pck_gone/lse_gone.zip", b"left by an attempt that was killed")
        sweep(work_off)
        assert offers(district, work)["papers"]["state"] == "ready"
        assert len(list(storage().list_keys("packs/"))) == 1
        clock.start_at(clock.now() + timedelta(days=15))
        sweep(work_off)
        assert list(storage().list_keys("packs/")) == []
    district._tokens.clear()
    assert offers(district, work)["papers"]["state"] == "none"
    order(district, work, "papers")
    work_off()
    assert order(district, work, "papers")["state"] == "ready"


def sweep(work_off: WorkOff) -> None:
    with unit.write():
        jobs.enqueue("packs.sweep", {})
    work_off()

"""What players ask for: playlists by a token, and what viewers leave behind."""

import io
import time
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from itsdangerous import URLSafeTimedSerializer

from resource_hub.infra import unit
from resource_hub.infra.storage import storage
from resource_hub.media import service
from resource_hub.media.schemas import RenditionFacts
from tests.library.conftest import Put
from tests.media_worker.footage import film
from tests.people_of_a_district import District

pytestmark = pytest.mark.slow
AUTHOR, STRANGER = "linxiaoyun", "meixue"
PLAYLIST = '#EXTM3U\n#EXT-X-MAP:URI="{url}",BYTERANGE="4@0"\n#EXTINF:1.0,\n#EXT-X-BYTERANGE:5@4\n{url}\n#EXT-X-ENDLIST\n'
SRT = "1\n00:00:00,000 --> 00:00:01,000\n同学们好\n"


class Lesson:
    """A draft with a recording whose one rung stands in storage, as the worker leaves it."""

    def __init__(self, district: District, put: Put, folder: Path) -> None:
        self.district = district
        upload = put(AUTHOR, "课.mp4", film(folder / "lesson.mp4", size="64x48", seconds=1).read_bytes())
        self.id = self.ask("POST", "/api/v1/resources", json={"title": "课", "kind": "recorded_lesson", "upload_ids": [upload]})["id"]
        self.asset = self.ask("GET", f"/api/v1/resources/{self.id}")["files"][0]["asset_id"]
        with district.app.app_context():
            storage().put_bytes(f"renditions/{self.asset}/240.m4s", b"initbytes")
            rung = RenditionFacts("video", "240", f"renditions/{self.asset}/240.m4s", "video/mp4", 9, 320, 240, 90, PLAYLIST)
            with unit.write():
                service.record_renditions(self.asset, "ladder", [rung])

    def ask(self, method: str, path: str, who: str = AUTHOR, status: int = 200, **given: object) -> dict:
        reply = self.district.client.open(path, method=method, headers=self.district.as_(who), **given)
        assert reply.status_code in (status, 201), reply.text
        return reply.json["data"]

    def refused(self, method: str, path: str, who: str = STRANGER, **given: object) -> int:
        return self.district.client.open(path, method=method, headers=self.district.as_(who), **given).status_code

    def text(self, address: str) -> tuple[int, str]:
        parts = urlsplit(address)
        reply = self.district.client.get(f"{parts.path}?{parts.query}")
        return reply.status_code, reply.text


@pytest.fixture
def lesson(district: District, put: Put, tmp_path: Path) -> Lesson:
    return Lesson(district, put, tmp_path)


def test_a_player_follows_the_playlists_to_the_bytes_without_header_or_cookie(lesson: Lesson) -> None:
    status, master = lesson.text(lesson.ask("GET", f"/api/v1/resources/{lesson.id}")["media"]["hls"])
    assert status == 200
    rung = next(line for line in master.splitlines() if line and not line.startswith("#"))
    status, playlist = lesson.text(rung)
    assert status == 200
    address = next(line for line in playlist.splitlines() if line and not line.startswith("#"))
    assert httpx.get(address, headers={"Range": "bytes=4-8"}).content == b"bytes"


def test_a_token_opens_its_own_recording_for_an_hour_and_nothing_else(lesson: Lesson, put: Put, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    other = Lesson(lesson.district, put, tmp_path / "other")
    address = urlsplit(lesson.ask("GET", f"/api/v1/resources/{lesson.id}")["media"]["hls"])
    token = address.query.removeprefix("t=")
    assert lesson.text(f"/media/{other.asset}/master.m3u8?t={token}")[0] == 403
    assert lesson.text(f"/media/{lesson.asset}/240.m3u8?t={token[:-2]}xx")[0] == 403
    assert lesson.text(f"/media/{lesson.asset}/240.m3u8")[0] == 403

    class Earlier(URLSafeTimedSerializer):
        """Signs as it would have been signed a little more than an hour ago."""

        class default_signer(URLSafeTimedSerializer.default_signer):  # noqa: N801 -- the library's name
            def get_timestamp(self) -> int:
                return int(time.time()) - 3700

    late = Earlier(str(lesson.district.app.config["SECRET_KEY"]), salt="playback").dumps(lesson.asset)
    assert lesson.text(f"/media/{lesson.asset}/master.m3u8?t={late}")[0] == 403


def test_captions_are_added_read_and_removed_by_the_uploader_alone(lesson: Lesson) -> None:
    captions = f"/api/v1/assets/{lesson.asset}/captions"

    def file() -> dict[str, object]:
        return {"data": {"file": (io.BytesIO(SRT.encode()), "课.srt")}, "content_type": "multipart/form-data"}

    assert lesson.refused("POST", captions, **file()) == 404
    added = lesson.ask("POST", captions, status=201, **file())["id"]
    told = lesson.ask("GET", f"/api/v1/resources/{lesson.id}")["media"]["captions"]
    assert [one["id"] for one in told] == [added]
    assert "同学们好" in lesson.text(told[0]["url"])[1]
    assert lesson.refused("DELETE", f"{captions}/{added}") == 404
    lesson.ask("DELETE", f"{captions}/{added}")
    assert lesson.text(told[0]["url"])[0] == 404


def test_a_place_is_kept_for_who_may_see_the_recording(lesson: Lesson) -> None:
    place = f"/api/v1/assets/{lesson.asset}/position"
    assert lesson.refused("PUT", place, json={"at_s": 3.5}) == 404
    assert lesson.refused("PUT", place, AUTHOR, json={"at_s": -1}) == 422
    lesson.ask("PUT", place, json={"at_s": 3.5, "mode": "voice"})
    page = lesson.district.client.get(f"/resources/{lesson.id}", headers=lesson.district.as_(AUTHOR)).text
    assert "3.5" in page


def test_pages_and_stopping_are_not_for_strangers(lesson: Lesson) -> None:
    assert lesson.refused("GET", f"/api/v1/assets/{lesson.asset}/pages") == 404
    assert lesson.refused("DELETE", f"/api/v1/assets/{lesson.asset}/work") == 404
    assert lesson.refused("POST", f"/api/v1/assets/{lesson.asset}/retry") == 404

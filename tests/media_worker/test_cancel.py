"""Work on a file is stopped by its uploader: a recording of twelve hours is taken in and its encode called off."""

from pathlib import Path

import pytest
from flask import Flask

from media_worker.handlers import KINDS
from resource_hub.infra import jobs
from resource_hub.infra.storage import storage
from resource_hub.media.rules import original_key
from tests.library.conftest import put
from tests.media_worker.footage import ffmpeg
from tests.people_of_a_district import District

__all__ = ["put"]
pytestmark = pytest.mark.slow
TWELVE_HOURS_S = 12 * 3600


@pytest.fixture(scope="module")
def all_day(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """One frame a second for twelve hours: twelve minutes, sixty times."""
    folder = tmp_path_factory.mktemp("day")
    ffmpeg("-f", "lavfi", "-i", "color=navy:s=64x64:r=1", "-t", "720", "-c:v", "libx264", "-preset", "ultrafast", "-g", "120",
           "-bf", "0", "-pix_fmt", "yuv420p", str(folder / "part.mp4"))  # fmt: skip
    ffmpeg("-stream_loop", "59", "-i", str(folder / "part.mp4"), "-c", "copy", str(folder / "day.mp4"))
    return Path(folder / "day.mp4").read_bytes()


def test_a_recording_of_twelve_hours_is_taken_in_looked_at_queued_and_called_off(
    app: Flask, district: District, put, all_day: bytes
) -> None:
    app.extensions["resource_hub"].job_kinds.update({kind.name: kind for kind in KINDS})
    upload = put("linxiaoyun", "监考录像.mp4", all_day)
    mine, client = district.as_("linxiaoyun"), district.client
    asset_id = client.get(f"/api/v1/uploads/{upload}", headers=mine).json["data"]["asset_id"]
    made = client.post("/api/v1/resources", json={"title": "录像", "kind": "media_asset", "upload_ids": [upload]}, headers=mine)
    resource = f"/api/v1/resources/{made.json['data']['id']}"
    with app.app_context():
        assert jobs.work_once("intake")
    seen = client.get(resource, headers=mine).json["data"]
    assert abs(seen["media"]["duration_s"] - TWELVE_HOURS_S) < 60
    assert {step["kind"]: step["state"] for step in seen["files"][0]["steps"]} == {"media.inspect": "done", "media.ladder": "queued"}

    work = f"/api/v1/assets/{asset_id}/work"
    assert client.delete(work, headers=district.as_("wuyoutian")).status_code == 404
    assert client.delete(work, headers=mine).json["data"] == {"stopped": 1}
    with app.app_context():
        assert not jobs.work_once("video")
        assert storage().stat(original_key(asset_id)).size == len(all_day)
    seen = client.get(resource, headers=mine).json["data"]
    assert (seen["state"], seen["failure"]["code"]) == ("failed", "cancelled")
    assert "原件已保存" in seen["failure"]["message"]
    assert seen["files"][0]["url"]
    assert client.delete(work, headers=mine).json["data"] == {"stopped": 0}
    assert client.post(f"/api/v1/assets/{asset_id}/retry", headers=mine).json["data"] == {"queued": 1}
    assert client.get(resource, headers=mine).json["data"]["state"] == "processing"

"""How fast uploads are and how soon a recording plays. Prints one JSON line a figure.

``upload.ratio_curl``: rate of 1 GB (or the megabytes given as argument) through our parts, three
at a time, against curl's one presigned PUT through the same gateway; medians of three.
``playable.share_of_length``: seconds from the last stored byte, before the upload is finished, to a
playable ladder, over the length of the recording.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

import httpx
import urllib3

from benchmarks.standing import Platform, platform, settle, signed_in, tell, wait_until_idle
from resource_hub.infra.installation import load
from resource_hub.infra.storage import Storage
from resource_hub.kernel.settings import Settings

LESSON_S = 120
TRIES = 3
AT_ONCE = 3


@dataclass(frozen=True, slots=True)
class Sent:
    """An upload that is finished; ``stored_at``: when its last byte was stored, on the monotonic clock."""

    id: str
    stored_at: float


def main(size_mb: int) -> None:
    """Measure both figures on one fresh platform."""
    with tempfile.TemporaryDirectory(prefix="bench-upload-") as name, platform(Path(name) / "data", HUB_DEMO="0") as hub:
        settle(hub)
        with signed_in(hub) as client:
            measure_rate(client, hub, Path(name) / "bytes.txt", size_mb)
            wait_until_idle(hub)
            measure_playable(client, Path(name) / "lesson.mp4")


def measure_rate(client: httpx.Client, hub: Platform, path: Path, size_mb: int) -> None:
    with path.open("wb") as out:
        for _ in range(size_mb):
            out.write(os.urandom(1 << 19).hex().encode())
    ours, parts, curls = [], [], []
    for number in range(TRIES):
        wait_until_idle(hub)  # the last upload is being looked at
        curls.append(put_by_curl(hub, path, number))
        began = time.monotonic()
        sent = upload(client, path)
        ours.append(time.monotonic() - began)
        parts.append(sent.stored_at - began)
    ratio = statistics.median(curls) / statistics.median(ours)
    took = f"ours {statistics.median(ours):.1f} s, {statistics.median(parts):.1f} of them the parts, curl {statistics.median(curls):.1f} s"
    note = f"{size_mb} MB; {took}, medians of {TRIES}; at least 0.9"
    tell("upload.ratio_curl", ratio, "ratio", note)


def put_by_curl(hub: Platform, path: Path, number: int) -> float:
    settings = Settings.read({"HUB_DATA": str(hub.data), "HUB_PORT": hub.origin.rpartition(":")[2]})
    installed = load(settings)
    url = Storage(settings, installed.s3_endpoint, *installed.s3_keys).presign_put(f"bench/{number}")
    began = time.monotonic()
    subprocess.run(["curl", "-sf", "-T", str(path), "-H", "Expect:", url], check=True, stdout=subprocess.DEVNULL)
    return time.monotonic() - began


def upload(client: httpx.Client, path: Path) -> Sent:
    """Send a file as our own page does: parts side by side, addresses as they are needed."""
    begun = client.post("/api/v1/uploads", json={"filename": path.name, "size": path.stat().st_size}).json()["data"]
    count = -(-path.stat().st_size // begun["part_size"])
    urls = {part["number"]: part["url"] for part in begun["parts"]}
    for start in range(len(urls) + 1, count + 1, 100):
        numbers = list(range(start, min(start + 100, count + 1)))
        more = client.post(f"/api/v1/uploads/{begun['id']}/parts", json={"numbers": numbers}).json()["data"]["parts"]
        urls |= {part["number"]: part["url"] for part in more}

    def send(number: int) -> dict[str, object]:
        with path.open("rb") as source:
            source.seek((number - 1) * begun["part_size"])
            answer = line.request("PUT", urls[number], body=source.read(begun["part_size"]))
        if answer.status != HTTPStatus.OK:
            raise SystemExit(f"part {number} was refused: {answer.status}")
        return {"number": number, "etag": answer.headers["etag"]}

    with urllib3.PoolManager(maxsize=AT_ONCE) as line, ThreadPoolExecutor(AT_ONCE) as pool:
        parts = list(pool.map(send, sorted(urls)))
    stored_at = time.monotonic()
    client.post(f"/api/v1/uploads/{begun['id']}/finish", json={"parts": parts}).raise_for_status()
    return Sent(begun["id"], stored_at)


def make_recording(path: Path, seconds: int, *quality: str) -> Path:
    """Write a test picture in 1080p25 with a tone."""
    picture, sound = f"testsrc2=size=1920x1080:rate=25:duration={seconds}", f"sine=frequency=330:duration={seconds}"
    subprocess.run(
        ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", sound, "-c:v", "libx264", "-preset", "ultrafast",
         *quality, "-c:a", "aac", str(path)],
        check=True,
    )  # fmt: skip
    return path


def measure_playable(client: httpx.Client, path: Path) -> None:
    sent = upload(client, make_recording(path, LESSON_S))
    form = {"title": "bench", "kind": "recorded_lesson", "upload_ids": [sent.id]}
    made = client.post("/api/v1/resources", json=form).raise_for_status().json()["data"]["id"]
    while not (client.get(f"/api/v1/resources/{made}").raise_for_status().json()["data"]["media"] or {}).get("hls"):
        if time.monotonic() - sent.stored_at > LESSON_S * 10:
            raise SystemExit("the ladder did not come")
        time.sleep(0.5)
    took_s = time.monotonic() - sent.stored_at
    tell("playable.share_of_length", took_s / LESSON_S, "share", f"{LESSON_S} s of 1080p25 test picture; at most 0.6")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1024)

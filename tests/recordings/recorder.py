"""A lesson that is held, and a recorder as a browser has it: what it leaves is made by ffmpeg and cut into chunks."""

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from media_worker.handlers import KINDS
from resource_hub.infra import jobs
from resource_hub.infra.features import Hub
from resource_hub.kernel import clock
from resource_hub.kernel.ids import new_id
from resource_hub.live import service
from resource_hub.live.acts import ACTS
from resource_hub.live.log import Given, Log
from resource_hub.live.seats import Part, Seat
from tests.live import standing
from tests.media_worker.footage import ffmpeg
from tests.people_of_a_district import District

LEAD = Seat(Part.LEAD, 0)
VP8 = (
    "-c:v",
    "libvpx",
    "-b:v",
    "300k",
    "-g",
    "20",
    "-deadline",
    "realtime",
    "-cpu-used",
    "8",
    "-c:a",
    "libopus",
    "-f",
    "webm",
    "-live",
    "1",
)
H264 = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-g", "20", "-c:a", "libopus", "-f", "mp4",
        "-movflags", "frag_keyframe+empty_moov+default_base_moof")  # fmt: skip
MIMES = {VP8: "video/webm;codecs=vp8,opus", H264: "video/mp4;codecs=avc1.42E01E,opus"}
MORNING = standing.MORNING


def record(path: Path, seconds: float, form: Sequence[str] = VP8, size: str = "320x240") -> bytes:
    """Write what a recorder writes and return its bytes."""
    inputs = ["-f", "lavfi", "-i", f"testsrc2=s={size}:r=10", "-f", "lavfi", "-i", "sine=f=440:r=48000"]
    ffmpeg(*inputs, "-t", str(seconds), *form, str(path))
    return path.read_bytes()


def cut(data: bytes, chunks: int) -> list[bytes]:
    """Return the bytes in so many chunks, as a recorder gives them out: of MP4 whole fragments, of WebM any bytes."""
    if data[4:8] == b"ftyp":
        starts = [match.start() - 4 for match in re.finditer(b"moof", data)]
        edges = [0, *starts[1:chunks], len(data)]
        return [data[edge:end] for edge, end in pairwise(edges)]
    size = -(-len(data) // chunks)
    return [data[n * size : (n + 1) * size] for n in range(chunks)]


@dataclass
class Classroom:
    """A lesson of today and everybody's requests; ``say`` writes into its log as the door of lessons does."""

    district: District
    lesson: str
    log: Log = field(default_factory=lambda: Log(service.CONSEQUENCES))
    lead: str = standing.LEAD

    @property
    def client(self) -> FlaskClient:
        return self.district.client

    @property
    def base(self) -> str:
        return f"/api/v1/lessons/{self.lesson}/recordings"

    def say(self, name: str, seat: Seat = LEAD, /, **data: object) -> str:
        """Give a command and return its id."""
        ident = new_id("cmd")[-16:]
        with self.district.app.app_context():
            act = ACTS[name]
            (outcome,) = self.log.append([Given(self.lesson, seat, act.fact, ident, data, act, device="page")])
        assert outcome.error is None, outcome.error
        return ident

    def ask(self, method: str, path: str = "", *, account: str = "", json: object = None) -> TestResponse:
        return self.client.open(f"{self.base}{path}", method=method, json=json, headers=self.district.as_(account or self.lead))

    def announce(self, session: str, mime: str = MIMES[VP8], **more: object) -> TestResponse:
        return self.ask("POST", json={"session": session, "mime": mime, **more})

    def begin(self, session: str, mime: str = MIMES[VP8], **more: object) -> None:
        assert self.announce(session, mime, **more).status_code == 201
        self.say("record:start", session=session)

    def put(self, session: str, number: int, data: bytes, *, sha256: str = "", account: str = "") -> TestResponse:
        headers = self.district.as_(account or self.lead) | {"X-Content-SHA256": sha256 or hashlib.sha256(data).hexdigest()}
        return self.client.put(f"{self.base}/{session}/chunks/{number}", data=data, headers=headers)

    def put_all(self, session: str, chunks: Sequence[bytes], numbers: Iterable[int] | None = None) -> None:
        for number in range(len(chunks)) if numbers is None else numbers:
            assert self.put(session, number, chunks[number]).status_code == 200

    def end_session(self, session: str, chunks: int) -> TestResponse:
        return self.ask("POST", f"/{session}/end", json={"chunks": chunks})


def hold(district: District) -> Classroom:
    """Plan a lesson of this morning and begin it."""
    (lesson,) = standing.plan(district.app)
    room = Classroom(district, lesson)
    room.say("lesson:start")
    return room


def employ(app: Flask) -> None:
    """Let jobs of media be done here."""
    hub: Hub = app.extensions["resource_hub"]
    hub.job_kinds.update({kind.name: kind for kind in KINDS})


def work_off(*lanes: str) -> None:
    while sum(jobs.work_once(lane) for lane in lanes or ("intake", "light", "video", "paper", "scan")):
        continue


def later(**spans: float) -> None:
    """Let so much time pass by the platform's clock."""
    clock.start_at(clock.now() + timedelta(**spans))

"""Lessons that are only watched: what is read of the lead's parts, the files that real ffmpeg cuts, and who may fetch them."""

import asyncio
import html
import json
import re
import subprocess
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import psutil
import pytest

from resource_hub.infra import unit
from resource_hub.infra.db import db
from resource_hub.infra.shelf import Shelf
from resource_hub.kernel import clock
from resource_hub.live import access, acts, cast, state
from resource_hub.live.casting import Casting, Source, playlist_of
from resource_hub.live.seats import Part, Seat
from resource_hub.timetable.models import Lesson
from resource_hub.timetable.schemas import LessonKind
from tests.live import standing
from tests.live.clients import run
from tests.media_worker.footage import ffprobe
from tests.people_of_a_district import District

ANSWER = """v=0
o=- 1 1 IN IP4 127.0.0.1
s=-
t=0 0
a=group:BUNDLE 0 1 2
m=audio 9 UDP/TLS/RTP/SAVPF 111
a=mid:0
a=recvonly
m=video 9 UDP/TLS/RTP/SAVPF 96
a=mid:1
a=recvonly
m=application 9 UDP/DTLS/SCTP webrtc-datachannel
a=mid:2
""".replace("\n", "\r\n")
LISTED = """#EXTM3U
#EXT-X-VERSION:7
#EXT-X-TARGETDURATION:2
#EXT-X-MEDIA-SEQUENCE:1790000000
#EXT-X-MAP:URI="init-1790000000.mp4"
#EXTINF:2.000000,
#EXT-X-PROGRAM-DATE-TIME:2026-11-26T07:00:10.500+0000
s1790000000.m4s
"""

Found = TypeVar("Found")


def test_of_a_description_the_parts_that_were_agreed_on_are_forwarded() -> None:
    assert cast.parts_of(ANSWER) == [cast.Sent("audio", "0"), cast.Sent("video", "1")]
    assert cast.parts_of(ANSWER.replace("m=video 9", "m=video 0")) == [cast.Sent("audio", "0")]
    assert cast.parts_of("v=0") == []


def test_the_playlist_tells_the_moments_of_the_lesson() -> None:
    told = cast.served(LISTED, 1790000000, 6_500)
    assert cast.first_moment(LISTED) == datetime(2026, 11, 26, 7, 0, 10, 500_000, UTC)
    assert cast.first_moment(told) == datetime(2026, 11, 26, 7, 0, 4, tzinfo=UTC)
    assert "#EXT-X-DISCONTINUITY-SEQUENCE:1790000000" in told
    assert cast.first_moment("#EXTM3U\n") is None


def test_sound_goes_alone_while_no_pictures_come() -> None:
    both, sound = ["audio", "video"], ["audio"]
    assert cast.next_kinds(both, both, cast.End.ENDED, was_heard=True) == both
    assert cast.next_kinds(both, both, cast.End.SILENT, was_heard=True) == sound
    assert cast.next_kinds(both, both, cast.End.ENDED, was_heard=False) == sound
    assert cast.next_kinds(sound, both, cast.End.ENDED, was_heard=True) == sound
    assert cast.next_kinds(sound, both, cast.End.PICTURES, was_heard=True) == both
    assert cast.next_kinds(sound, both, cast.End.SILENT, was_heard=False) == both
    assert cast.next_kinds(["video"], ["video"], cast.End.SILENT, was_heard=False) == ["video"]


@pytest.mark.slow
@pytest.mark.timeout(180)
def test_a_lesson_is_cut_into_segments_begun_anew_when_ffmpeg_dies_and_gone_at_its_end(tmp_path: Path) -> None:
    with ExitStack() as kept:
        run(_story(tmp_path / "casts", kept))


async def _story(casts: Path, kept: ExitStack) -> None:
    folder, casting = casts / "les_one", Casting(casts, Shelf())

    async def flow(ports: Mapping[str, int]) -> None:
        kept.enter_context(_sending(ports))

    begun = clock.now()
    casting.begin("les_one", Source(["audio", "video"], flow))
    first = await _when(lambda: playlist_of(folder))
    at = cast.first_moment(first)
    assert at is not None
    # What is heard first is what was sent first: its moment is that of the beginning, not that of the first file.
    assert -1 < (at - begun).total_seconds() < 4
    names = re.findall(r"init-\d+\.mp4|s\d+\.m4s", first)
    assert all(cast.FILES.fullmatch(name) for name in names)
    whole = casts / "whole.mp4"
    whole.write_bytes(b"".join((folder / name).read_bytes() for name in dict.fromkeys(names)))
    assert sorted(ffprobe(whole, "-show_entries", "stream=codec_name")) == ["aac", "h264"]
    assert "640,360" in ffprobe(whole, "-select_streams", "v", "-show_entries", "stream=width,height")

    run = json.loads((folder / "run.json").read_text())["run"]
    for process in _cutting():
        process.kill()
    await _when(lambda: (folder / "run.json").exists() and json.loads((folder / "run.json").read_text())["run"] != run)
    casting.end("les_one")
    await _when(lambda: not folder.exists())
    assert _cutting() == []


def _cutting() -> list[psutil.Process]:
    """The ffmpegs of this process that cut, not those that send."""
    return [one for one in psutil.Process().children(recursive=True) if one.name() == "ffmpeg" and cast.PLAYLIST in one.cmdline()]


async def _when(ask: Callable[[], Found]) -> Found:
    for _ in range(300):
        if found := ask():
            return found
        await asyncio.sleep(0.2)
    raise AssertionError("it did not come to that in a minute")


class _sending:  # noqa: N801 -- reads as a word in ``with``
    """Send a test picture and a tone as the forwarder does: VP8 with a whole picture every five seconds, and Opus."""

    def __init__(self, ports: Mapping[str, int]) -> None:
        self._ports = ports

    def __enter__(self) -> None:
        picture = [
            "-map",
            "0:v",
            "-c:v",
            "libvpx",
            "-b:v",
            "300k",
            "-g",
            "50",
            "-deadline",
            "realtime",
            "-cpu-used",
            "8",
            "-payload_type",
            "96",
        ]
        sound = ["-map", "1:a", "-c:a", "libopus", "-ac", "2", "-payload_type", "111"]
        self._process = subprocess.Popen(
            ["ffmpeg", "-v", "error", "-nostdin", "-re", "-f", "lavfi", "-i", "testsrc2=s=320x240:r=10", "-re", "-f", "lavfi", "-i", "sine=r=48000",
             *picture, "-f", "rtp", f"rtp://127.0.0.1:{self._ports['video']}", *sound, "-f", "rtp", f"rtp://127.0.0.1:{self._ports['audio']}"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()


@pytest.mark.slow
def test_only_who_was_given_the_address_gets_the_files_of_a_lesson(district: District) -> None:
    app, client = district.app, district.client
    (lesson, other) = standing.plan(app, 2)
    with app.app_context():
        token, folder = access.cast_token(lesson), access.casts_folder() / lesson
        assert not access.may_cast()  # a loopback address: no browser would reach the forwarder
    here = f"/live/{lesson}/cast/{token}"
    assert client.get(f"{here}/index.m3u8").status_code == 404
    folder.mkdir(parents=True)
    (folder / "index.m3u8").write_text(LISTED)
    (folder / "run.json").write_text('{"run": 1790000000, "ahead_ms": 6500}')
    (folder / "s1790000000.m4s").write_bytes(b"segment")
    listed = client.get(f"{here}/index.m3u8")
    assert (listed.status_code, listed.headers["Cache-Control"]) == (200, "no-store")
    assert "07:00:04.000+00:00" in listed.text
    with client.get(f"{here}/s1790000000.m4s") as segment:
        assert segment.data == b"segment"
    for name in ("run.json", "cast.sdp", "s1.m4s"):
        assert client.get(f"{here}/{name}").status_code == 404
    assert client.get(f"/live/{other}/cast/{token}/index.m3u8").status_code == 403
    assert client.get(f"/live/{lesson}/cast/{token[:-2]}xx/index.m3u8").status_code == 403


def test_a_class_that_only_watches_is_never_called_on_stage() -> None:
    act, now = acts.ACTS["stage:set"], state.new("les_one")
    with pytest.raises(acts.NotNow):
        acts.decide(act, acts.Moment(now, Seat(Part.LEAD, 0), 1, "c1", is_watched=True), {"site": 3})
    assert acts.decide(act, acts.Moment(now, Seat(Part.LEAD, 0), 1, "c1", is_watched=True), {"site": None})["site"] is None
    assert acts.decide(act, acts.Moment(now, Seat(Part.LEAD, 0), 1, "c1"), {"site": 3})["site"] == 3


@pytest.mark.slow
def test_the_rooms_of_a_lesson_that_is_watched_are_told_so(district: District) -> None:
    app = district.app
    (lesson,) = standing.plan(app)
    with app.app_context(), unit.write():
        db.session.get_one(Lesson, lesson).kind = LessonKind.SCHOOL_ONLINE
    page = html.unescape(district.client.get(f"/live/{lesson}", headers=district.as_(standing.LEAD)).text)
    assert re.search(r'"is_watched": ?true, ?"can_cast": ?false, ?"cast": ?null', page)

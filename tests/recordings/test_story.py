"""From a recorder's chunks to a recording that plays, over a real store, with real ffmpeg, on both databases."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from resource_hub.audit.models import AuditEntry
from resource_hub.infra import unit
from resource_hub.infra.db import db
from resource_hub.infra.jobs import Job, JobState
from resource_hub.infra.storage import storage
from resource_hub.kernel import clock
from resource_hub.library import queries as library
from resource_hub.library.schemas import Kind, Review
from resource_hub.media import queries as media
from resource_hub.media.models import Asset, ConsentBatch
from resource_hub.media.rules import original_key
from resource_hub.media.schemas import ConsentScope, ConsentState, Declaration
from resource_hub.people import queries as people
from resource_hub.recordings import queries
from resource_hub.recordings.models import Recording
from resource_hub.recordings.schemas import RecordingState
from resource_hub.schools import queries as schools
from resource_hub.timetable import queries as timetable
from tests.media_worker.footage import ffprobe, keyframe_times
from tests.people_of_a_district import District
from tests.recordings.recorder import H264, MIMES, MORNING, VP8, Classroom, cut, employ, hold, later, record, work_off

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
ASSIST, STRANGER = "wuyoutian", "dingning"


@pytest.fixture
def room(district: District) -> Iterator[Classroom]:
    clock.start_at(MORNING)
    employ(district.app)
    yield hold(district)
    clock.start_at(None)


def recording_of(room: Classroom) -> Recording:
    """The recording, read anew; ask inside an application context."""
    with unit.read():
        found = queries.recording_of(room.lesson)
        assert found is not None
        db.session.refresh(found)
        db.session.expunge(found)
    return found


def add_batch(room: Classroom) -> str:
    """Slips of the lead class that are in force."""
    with room.district.app.app_context(), unit.write():
        lesson = timetable.lesson(room.lesson)
        assert lesson is not None
        lead = lesson.sites[0]
        batch = ConsentBatch(
            id="con_of_lead", school_id=lead.school_id, class_id=lead.class_id, scope=ConsentScope.SCHOOL, text_version="1", headcount=40,
            agreed=40, state=ConsentState.ACTIVE, valid_until=schools.today().replace(year=schools.today().year + 1),
            made_by=lesson.lead_person_id, created_at=clock.now(),
        )  # fmt: skip
        db.session.add(batch)
        return batch.id


def test_two_sessions_with_a_crash_between_become_one_recording_in_step_with_the_lesson(room: Classroom, tmp_path: Path) -> None:
    batch = add_batch(room)
    first, second = cut(record(tmp_path / "a.webm", 8), 4), cut(record(tmp_path / "b.webm", 6), 3)
    room.begin("session-one")
    room.say("slide:turn", deck="board", page=1)
    room.put_all("session-one", first, [2, 0, 1, 1])  # out of order, one twice; the tail is still on the teacher's computer
    later(seconds=20)
    room.begin("session-two")
    room.say("poll:open", question="哪种颜色最暖？", choices=["红", "蓝"])
    room.put_all("session-two", second)
    later(seconds=8)
    room.say("lesson:end")
    assert room.end_session("session-two", 3).json == {"ok": True, "data": {"missing": []}}
    assert room.end_session("session-one", 4).json == {"ok": True, "data": {"missing": [3]}}
    with room.district.app.app_context():
        assert recording_of(room).state is RecordingState.RECEIVING
        room.put_all("session-one", first, [3])
        assert room.end_session("session-one", 4).json == {"ok": True, "data": {"missing": []}}
        work_off("intake")
        made = recording_of(room)
        assert (made.state, made.batch_id) == (RecordingState.READY, batch)
        (one, two) = made.placed
        assert one[1] == 0
        assert two[1] == pytest.approx((two[0] - one[0]) / 1000, abs=0.05)
        assert two[1] == pytest.approx(20, abs=2)
        with unit.read():
            asset = db.session.get_one(Asset, made.asset_id)
            assert asset.duration_s == pytest.approx(two[1] + 6, abs=0.7)
            assert (asset.family, asset.has_video, asset.has_audio) == ("video", True, True)
            marks = [(mark.kind.value, mark.text) for mark in queries.marks_of(made.id)]
            assert marks == [("slide", "板书 1"), ("question", "哪种颜色最暖？")]
            assert (two[1], "哪种颜色最暖？") in [
                (pytest.approx(at_s, abs=1), text) for at_s, text in media.moments_of([asset.id])[asset.id]
            ]
            consent = media.consent_of([asset.id])[asset.id]
            assert (consent.batch_id, consent.allows) == (batch, True)
            viewer = people.viewer_of_person(made.person_id)
            assert viewer is not None
            assert made.resource_id is not None
            draft = library.resource_view(viewer, made.resource_id)
            assert (draft.kind, draft.review, draft.title) == (Kind.RECORDED_LESSON, Review.DRAFT, "色彩的冷与暖")
        file = tmp_path / "joined.webm"
        storage().get_file(original_key(str(made.asset_id)), file)
        assert max(keyframe_times(file)) > two[1]
        link = f"/live/{room.lesson}/recording"
        page = room.client.get(link, headers=room.district.as_(room.lead))
        assert page.status_code == 200
        assert "哪种颜色最暖？" in page.text
        work_off()
        with unit.read():
            assert {job.state for job in db.session.scalars(sa.select(Job).where(Job.kind.startswith("media.")))} == {JobState.DONE}
            assert {"240"} <= {
                r.label for r in media.asset_views([str(made.asset_id)])[str(made.asset_id)].renditions if r.group == "ladder"
            }
        assert opened(room, link) == (200, 2), "each time that somebody opens a recording with pupils is written down"


def opened(room: Classroom, link: str) -> tuple[int, int]:
    """Open the page of a recording; return its status, and how many viewings are written down."""
    status = room.client.get(link, headers=room.district.as_(room.lead)).status_code
    with unit.read():
        watched = sa.select(sa.func.count()).select_from(AuditEntry).where(AuditEntry.action == "recording.watched")
        return status, db.session.scalar(watched) or 0


@pytest.mark.parametrize("form", [VP8, H264], ids=["webm", "mp4"])
def test_a_hole_and_a_killed_tail_still_play(room: Classroom, tmp_path: Path, form: tuple[str, ...]) -> None:
    chunks = cut(record(tmp_path / "a", 12, form), 6)
    room.begin("session-one", MIMES[form], declaration="no_pupils")
    room.put_all("session-one", chunks, [0, 1, 3, 4])
    room.say("lesson:end")
    with room.district.app.app_context():
        later(hours=23)
        work(room)
        assert recording_of(room).state is RecordingState.RECEIVING
        later(hours=2)
        work(room)
        made = recording_of(room)
        assert made.state is RecordingState.READY
        file = tmp_path / "joined"
        storage().get_file(original_key(str(made.asset_id)), file)
        assert float(ffprobe(file, "-show_entries", "format=duration")[0]) == pytest.approx(10, abs=2.1)
        with unit.read():
            consent = media.consent_of([str(made.asset_id)])[str(made.asset_id)]
            assert (consent.declaration, consent.allows) == (Declaration.NO_PUPILS, True)
        # The computer comes back with the rest: the same recording, now whole.
        room.put_all("session-one", chunks, [2, 5])
        assert room.end_session("session-one", 6).json == {"ok": True, "data": {"missing": []}}
        work_off("intake")
        again = recording_of(room)
        assert (again.asset_id, again.resource_id, again.state) == (made.asset_id, made.resource_id, RecordingState.READY)
        with unit.read():
            assert db.session.get_one(Asset, again.asset_id).duration_s == pytest.approx(12, abs=0.5)


def test_a_camera_of_another_size_and_another_form_is_joined_all_the_same(room: Classroom, tmp_path: Path) -> None:
    room.begin("session-one", MIMES[H264], declaration="rear_camera")
    room.put_all("session-one", cut(record(tmp_path / "a", 4, H264, "320x240"), 2))
    later(seconds=5)
    room.begin("session-two", MIMES[VP8])
    room.put_all("session-two", cut(record(tmp_path / "b", 4, VP8, "640x480"), 2))
    room.say("lesson:end")
    room.end_session("session-one", 2)
    room.end_session("session-two", 2)
    with room.district.app.app_context():
        work_off("intake")
        made = recording_of(room)
        assert made.state is RecordingState.READY
        with unit.read():
            asset = db.session.get_one(Asset, made.asset_id)
            assert asset.duration_s == pytest.approx(made.placed[1][1] + 4, abs=0.7)


def test_nothing_is_recorded_without_consent_and_by_nobody_but_the_lead(room: Classroom, tmp_path: Path) -> None:
    chunks = cut(record(tmp_path / "a", 2), 1)
    refused = room.announce("session-one")
    assert (refused.status_code, refused.json["error"]["code"]) == (409, "consent_missing")  # type: ignore[index]  # a failure
    standing = room.ask("GET").json["data"]  # type: ignore[index]  # a reply
    assert (standing["may_record"], standing["declarable"]) == (False, ["no_pupils", "rear_camera"])
    for account, status in ((ASSIST, 403), (STRANGER, 404)):
        assert room.ask("GET", account=account).status_code == status
        assert room.ask("POST", account=account, json={"session": "session-two", "mime": "video/webm"}).status_code == status
    assert room.announce("session-one", declaration="reviewed").status_code == 422
    assert room.announce("session-one", "text/html").status_code == 422
    assert room.announce("session-one", declaration="no_pupils").status_code == 201
    assert room.put("session-one", 0, chunks[0], account=ASSIST).status_code == 404
    assert room.put("session-one", 0, chunks[0], sha256="0" * 64).status_code == 422
    assert room.put("session-one", 0, b"<html>" * 40).status_code == 422
    assert room.put("session-one", 0, b"\x1aE\xdf\xa3" + bytes(2 << 20)).status_code == 413
    assert room.put("session-one", 20_000, chunks[0]).status_code == 422
    assert room.put("session-one", 1, b"later").status_code == 200
    assert room.put("session-one", 1, b"other").status_code == 409
    refused = room.end_session("session-one", 2)
    assert (refused.status_code, refused.json["error"]["code"]) == (409, "first_chunk_missing")  # type: ignore[index]  # a failure
    room.put_all("session-one", chunks)
    assert room.ask("GET", "/session-one").json["data"]["stored"] == [[0, 1]]  # type: ignore[index]  # a reply
    room.say("lesson:end")
    assert room.announce("session-late").status_code == 409
    for account in (ASSIST, STRANGER):
        assert room.client.get(f"/live/{room.lesson}/recording", headers=room.district.as_(account)).status_code == 404


def work(room: Classroom) -> None:
    """Let the sweep look, then the worker work."""
    from resource_hub.recordings import service

    with unit.write():
        service.join_left()
    work_off("intake")

"""A recording carried away as one file: ordered, made, saved, forgotten; with a real store and ffmpeg, on both databases."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa

from resource_hub.infra import unit
from resource_hub.infra.db import db
from resource_hub.infra.jobs import Job, JobState
from resource_hub.kernel import clock
from resource_hub.kernel.errors import Gone
from resource_hub.media import queries as media
from resource_hub.media import service as media_service
from resource_hub.media.models import Asset, AssetConsent, ConsentBatch, Rendition
from resource_hub.media.schemas import ConsentScope, ConsentState, Declaration, RenditionFacts
from resource_hub.recordings import films, queries, service
from resource_hub.recordings.models import Recording
from resource_hub.recordings.schemas import RecordingState
from resource_hub.schools import queries as schools
from resource_hub.timetable import queries as timetable
from tests.media_worker.footage import ffprobe, streams
from tests.people_of_a_district import District
from tests.recordings.recorder import MORNING, Classroom, cut, employ, hold, later, record, work_off

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
ASSIST, STRANGER = "wuyoutian", "dingning"


@pytest.fixture
def room(district: District, tmp_path: Path) -> Iterator[Classroom]:
    """A lesson that was held and recorded, and whose recording can be played; its last chunk is still in ``rest``."""
    clock.start_at(MORNING)
    employ(district.app)
    made = hold(district)
    *chunks, rest = cut(record(tmp_path / "a", 8), 4)
    (tmp_path / "rest").write_bytes(rest)
    made.begin("session-one", declaration="no_pupils")
    made.say("slide:turn", deck="board", page=1)
    made.say("board:draw", page="board/1", points="_ibE_ibE")
    made.put_all("session-one", chunks)
    later(seconds=10)
    made.say("lesson:end")
    made.end_session("session-one", 3)
    with district.app.app_context():
        work_off("intake")
    yield made
    clock.start_at(None)


def open_page(room: Classroom, path: str = "", account: str = "", method: str = "GET") -> tuple[int, str, str]:
    headers = room.district.as_(account or room.lead)
    reply = room.client.open(f"/live/{room.lesson}/recording{path}", method=method, headers=headers)
    return reply.status_code, reply.text, reply.headers.get("Location", "")


def recording_of(room: Classroom) -> Recording:
    """The recording, read anew; ask inside an application context."""
    with unit.read():
        found = queries.recording_of(room.lesson)
        assert found is not None
        db.session.refresh(found)
        db.session.expunge(found)
    return found


def film_of(room: Classroom) -> media.FilmFacts | None:
    asset_id = str(recording_of(room).asset_id)
    with unit.read():
        return media.film_of(asset_id)


def film_jobs() -> list[JobState]:
    with unit.read():
        return list(db.session.scalars(sa.select(Job.state).where(Job.kind == "media.film").order_by(Job.created_at)))


def test_a_teacher_takes_a_lesson_along_as_one_file_that_ends_with_its_time(room: Classroom, tmp_path: Path) -> None:
    for account in (ASSIST, STRANGER):
        room.district.as_(account)
    assert "生成视频" in open_page(room)[1]
    assert open_page(room, "/film.mp4")[0] == 404
    for account in (ASSIST, STRANGER):
        assert [open_page(room, "/film", account, method)[0] for method in ("POST", "GET")] == [404, 404]
    with room.district.app.app_context():
        assert film_jobs() == []
        assert [open_page(room, "/film", method="POST")[0] for _ in range(2)] == [303, 303]
        assert film_jobs() == [JobState.QUEUED]
        assert "马上开始" in open_page(room, "/film")[1]
        work_off("pack")
        assert film_jobs() == [JobState.DONE]
        film = film_of(room)
        assert film is not None
        assert "下载视频" in open_page(room)[1]
    # Outside of that context: within it whoever asked last stays signed in.
    status, _text, address = open_page(room, "/film.mp4")
    assert (status, open_page(room, "/film.mp4", STRANGER)[0]) == (302, 404)
    with room.district.app.app_context():
        saved = httpx.get(address)
        assert "attachment" in saved.headers["Content-Disposition"]
        path = tmp_path / "film.mp4"
        path.write_bytes(saved.content)
        assert path.stat().st_size == film.bytes
        assert ffprobe(path, "-select_streams", "v", "-show_entries", "stream=codec_name,width,height") == ["h264,1280,720"]
        assert sorted(streams(path)) == ["audio", "video"]
        assert float(ffprobe(path, "-show_entries", "format=duration")[0]) == pytest.approx(recording_of(room).placed[0][2], abs=0.3)
        # Asked for once more it is there; after its time it is as if there had been none.
        open_page(room, "/film", method="POST")
        assert film_jobs() == [JobState.DONE]
        later(days=15)
        with unit.write():
            assert media_service.forget_films() == 1
        assert "生成视频" in open_page(room, "/film")[1]


def test_a_film_follows_its_recording_when_that_is_joined_anew_or_erased(room: Classroom, tmp_path: Path) -> None:
    with room.district.app.app_context():
        open_page(room, "/film", method="POST")
        work_off("pack")
        assert film_of(room) is not None
        assert room.put("session-one", 3, (tmp_path / "rest").read_bytes()).status_code == 200
        room.end_session("session-one", 4)
        work_off("intake")
        assert film_of(room) is None  # it shows what the recording was before
        open_page(room, "/film", method="POST")
        assert film_jobs() == [JobState.DONE, JobState.QUEUED]
        later(days=31)
        with unit.write():
            service.erase_over()
        made = recording_of(room)
        assert made.state is RecordingState.ERASED
        assert film_jobs() == [JobState.DONE, JobState.CANCELLED]
        room.district = District(room.district.app, room.district.app.test_client())  # who signed in a month ago signs in anew
        assert [open_page(room, path)[0] for path in ("", "/film.mp4")] == [404, 404]
        with unit.read():
            assert db.session.scalar(sa.select(sa.func.count()).where(Rendition.group == "film")) == 0


def test_nobody_carries_away_a_recording_whose_consent_is_over(room: Classroom) -> None:
    with room.district.app.app_context():
        made = recording_of(room)
        with unit.write():
            lesson = timetable.lesson(room.lesson)
            assert lesson is not None
            over = ConsentBatch(
                id="con_over", school_id=lesson.sites[0].school_id, scope=ConsentScope.SCHOOL, text_version="1", headcount=40, agreed=40,
                state=ConsentState.EXPIRED, valid_until=schools.today() - timedelta(days=1), made_by=lesson.lead_person_id,
                created_at=clock.now(),
            )  # fmt: skip
            db.session.add(over)
            db.session.flush()
            stands = db.session.get_one(AssetConsent, made.asset_id)
            stands.batch_id, stands.declaration = over.id, Declaration.NONE
    assert open_page(room)[0] == 200
    assert "生成视频" not in open_page(room)[1]
    assert [open_page(room, "/film", method=method)[0] for method in ("POST", "GET")] == [403, 403]


def test_a_film_that_is_ready_too_late_is_kept_by_nobody(room: Classroom) -> None:
    facts = RenditionFacts("film", "film", "renditions/x", "video/mp4", 1)
    with room.district.app.app_context():
        asset_id = str(recording_of(room).asset_id)
        with unit.read():
            generation = db.session.get_one(Asset, asset_id).generation
            assert films.script_of("ast_unknown") is None
        with pytest.raises(Gone), unit.write():
            media_service.record_film(asset_id, generation + 1, facts)
        with unit.write():
            media_service.erase(asset_id)
        with pytest.raises(Gone), unit.write():
            media_service.record_film(asset_id, generation, facts)

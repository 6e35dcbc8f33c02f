"""How recordings end: announced, kept by one press, erased with all their bytes; and what single seats did, after the term."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from resource_hub.infra import unit
from resource_hub.infra.db import db
from resource_hub.infra.storage import storage
from resource_hub.kernel import clock
from resource_hub.library.models import Resource
from resource_hub.library.schemas import Review
from resource_hub.live import queries as live
from resource_hub.live import state
from resource_hub.live.counting import count_lesson, counts_of
from resource_hub.live.seats import Part, Seat
from resource_hub.media import queries as media
from resource_hub.media.rules import original_key
from resource_hub.recordings import queries, service
from resource_hub.recordings.models import Recording
from resource_hub.recordings.schemas import RecordingState
from resource_hub.schools import queries as schools
from tests.people_of_a_district import District
from tests.recordings.recorder import MORNING, Classroom, cut, employ, hold, later, record, work_off

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
ASSIST, VILLAGE = Seat(Part.ASSIST, 1), Seat(Part.CLASS, 1)


@pytest.fixture
def room(district: District, tmp_path: Path) -> Iterator[Classroom]:
    """A lesson that was held and recorded, and whose recording can be played."""
    clock.start_at(MORNING)
    employ(district.app)
    made = hold(district)
    chunks = cut(record(tmp_path / "a", 4), 2)
    made.begin("session-one", declaration="no_pupils")
    made.say("slide:turn", deck="board", page=1)
    made.say("board:draw", page="board/1", points="_ibE_ibE")
    made.say("chat:say", ASSIST, text="这边听得清")
    made.say("hand:raise", VILLAGE, site=1, who="12")
    made.say("score:give", site=1, points=2)
    made.put_all("session-one", chunks)
    made.say("lesson:end")
    made.end_session("session-one", 2)
    with district.app.app_context():
        work_off("intake")
        with unit.write():
            count_lesson(made.lesson)
    yield made
    clock.start_at(None)


def sweep() -> None:
    with unit.write():
        service.announce_ends()
    with unit.write():
        service.erase_over()
    service.forget_chunks()


def recording_of(room: Classroom) -> Recording:
    with unit.read():
        found = queries.recording_of(room.lesson)
        assert found is not None
        db.session.refresh(found)
        db.session.expunge(found)
    return found


def inbox(room: Classroom) -> str:
    return room.client.get("/inbox", headers=room.district.as_(room.lead)).text


def test_a_recording_that_nobody_shares_is_announced_kept_by_one_press_and_then_erased(room: Classroom) -> None:
    page, app = f"/live/{room.lesson}/recording", room.district.app
    with app.app_context():
        later(days=22)
        sweep()
        assert recording_of(room).announced_days is None
        later(days=2)
        sweep()
        assert recording_of(room).announced_days == 7
        later(days=5.5)
        sweep()
        assert recording_of(room).announced_days == 1
    later(days=0.2)
    assert "自动删除" in inbox(room)
    assert "再保留 30 天" in room.client.get(page, headers=room.district.as_(room.lead)).text
    assert room.client.post(f"{page}/keeping", headers=room.district.as_(room.lead)).status_code == 303
    with app.app_context():
        later(days=29)
        sweep()
        kept = recording_of(room)
        assert kept.state is RecordingState.READY
        later(days=1.1)
        sweep()
        with unit.read():
            assert media.is_erased(str(kept.asset_id))
            assert db.session.scalar(sa.select(Resource.review).where(Resource.id == kept.resource_id)) is Review.ARCHIVED
            assert queries.marks_of(kept.id) == []
            assert media.moments_of([str(kept.asset_id)]) in ({}, {str(kept.asset_id): []})
        assert recording_of(room).state is RecordingState.ERASED
        assert not list(storage().list_keys("recordings/"))
    room.district = District(app, app.test_client())  # who signed in two months ago signs in anew
    assert room.client.get(page, headers=room.district.as_(room.lead)).status_code == 404
    assert room.put("session-one", 5, b"late").status_code == 409


def test_what_was_handed_in_stays_and_its_chunks_go(room: Classroom) -> None:
    with room.district.app.app_context():
        made = recording_of(room)
        with unit.write():
            db.session.get_one(Resource, made.resource_id).review = Review.SUBMITTED
        assert len(list(storage().list_keys("recordings/"))) == 2
        for _month in range(3):
            later(days=29)
            sweep()
        assert recording_of(room).state is RecordingState.READY
        assert not list(storage().list_keys("recordings/"))
        assert storage().stat(original_key(str(made.asset_id))).size > 0


def test_seats_and_words_become_counts_half_a_year_after_the_term_and_the_board_stays(room: Classroom) -> None:
    with room.district.app.app_context():
        made = recording_of(room)
        with unit.write():
            db.session.get_one(Resource, made.resource_id).review = Review.SUBMITTED
        with unit.read():
            before = state.fold(state.new(room.lesson), live.facts_of(room.lesson))
            counted = counts_of([room.lesson])[room.lesson]
            last = max(term.last_day for term in schools.terms())
            assert [mark.kind.value for mark in queries.marks_of(made.id)] == ["slide", "chat", "hand"]
        later(days=(last - schools.today()).days + 179)
        thin()
        with unit.read():
            assert not live.is_thinned(room.lesson)
        later(days=2)
        thin()
        with unit.read():
            facts = live.facts_of(room.lesson)
            after = state.fold(state.new(room.lesson), facts)
            assert [fact["seq"] for fact in facts] == list(range(1, before["seq"] + 1))
            assert {fact["type"] for fact in facts} == {
                "lesson:started", "recording:started", "slide:turned", "stroke:drawn", "fact:forgotten", "lesson:ended"
            }  # fmt: skip
            assert (after["pages"], after["slide"], after["phase"]) == (before["pages"], before["slide"], "ended")
            assert "听得清" not in str(facts)
            assert [mark.kind.value for mark in queries.marks_of(made.id)] == ["slide", "hand"]
        with unit.write():
            assert count_lesson(room.lesson) is None
        with unit.read():
            assert counts_of([room.lesson])[room.lesson] == counted
        with unit.write():
            db.session.get_one(Resource, made.resource_id).review = Review.DRAFT
            db.session.get_one(Recording, made.id).expires_at = clock.now()
        sweep()
        with unit.read():
            assert {fact["type"] for fact in live.facts_of(room.lesson)} == {"lesson:started", "lesson:ended", "fact:forgotten"}


def thin() -> None:
    with unit.write():
        service.thin_logs()

"""What follows from a lesson's facts in the rows of other features, who took which seat, how a room was found."""

from collections.abc import Collection, Mapping
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from resource_hub.infra import unit
from resource_hub.infra.db import db
from resource_hub.infra.jobs import enqueue
from resource_hub.kernel import clock
from resource_hub.kernel.errors import N_, NotAllowed
from resource_hub.kernel.ids import new_id
from resource_hub.live import foretold, rehearsing
from resource_hub.live.checks import CheckIn
from resource_hub.live.log import LATE, Consequence
from resource_hub.live.models import LessonFact, LessonLog, LessonRehearsal, LessonSeat, LessonVoice, RoomCheck
from resource_hub.live.rehearsing import RehearsalIn
from resource_hub.live.seats import Part, Seat
from resource_hub.live.state import Fact
from resource_hub.live.voices import MOST_CLIPS, NotTheLead, TooManyClips, media_type_of
from resource_hub.timetable import service as timetable
from resource_hub.timetable.queries import LessonFacts

FORGOTTEN = "fact:forgotten"
"""The type of a fact of which only its number and its time are left."""


class NoRoom(NotAllowed):
    code = "no_room"
    message = N_("只有主讲、助学教师和班级终端能检查自己的教室。")


def note_seat(lesson: str, seat: str, holder_id: str) -> None:
    """Write down that a person or a terminal took a seat; once for each."""
    where = (LessonSeat.lesson_id == lesson, LessonSeat.seat == seat, LessonSeat.holder_id == holder_id)
    with unit.read():
        is_known = db.session.scalar(sa.select(LessonSeat.id).where(*where)) is not None
    if is_known:
        return
    row = {"id": new_id("sea"), "lesson_id": lesson, "seat": seat, "holder_id": holder_id, "first_at": clock.now()}
    with unit.write():
        insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
        # Two devices of one person may come at the same moment, by two nodes; neither is to be refused for it.
        db.session.execute(insert(LessonSeat).on_conflict_do_nothing(index_elements=["lesson_id", "seat", "holder_id"]), row)


def keep_check(seat: Seat, lesson: LessonFacts, found: CheckIn, *, device: str) -> str:
    """Keep how the room of this seat was found; NoRoom for a seat without one."""
    site = next((one for one in lesson.sites if one.position == seat.site), None)
    if site is None:
        raise NoRoom
    row = RoomCheck(
        id=new_id("chk"), lesson_id=lesson.id, class_id=site.class_id, site=site.position, seat=str(seat), device=device[:120],
        at=clock.now(), **found.model_dump(),
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    return row.id


def keep_rehearsal(seat: Seat, lesson: LessonFacts, found: RehearsalIn, *, device: str) -> None:
    """Keep what the device of a room found in rehearsal, and tell its teachers when the line is thin; NoRoom for anybody else."""
    site = next((one for one in lesson.sites if one.position == seat.site), None)
    if site is None or seat.part is not Part.CLASS:
        raise NoRoom
    db.session.execute(sa.delete(LessonRehearsal).where(LessonRehearsal.lesson_id == lesson.id, LessonRehearsal.class_id == site.class_id))
    about = {"lesson_id": lesson.id, "class_id": site.class_id, "site": site.position, "device": device[:120], "at": clock.now()}
    db.session.add(LessonRehearsal(**about, **found.model_dump()))
    db.session.flush()
    foretold.tell(lesson, rehearsing.of_lesson(lesson.id))


def keep_voice(seat: Seat, lesson_id: str, voice: str, sound: bytes) -> None:
    """Keep a clip of the lead under the name that their page gave it; one that is kept already stays as it is."""
    if seat.part is not Part.LEAD:
        raise NotTheLead
    media_type = media_type_of(sound)
    if db.session.get(LessonVoice, (lesson_id, voice)) is not None:
        return
    count = db.session.scalar(sa.select(sa.func.count()).select_from(LessonVoice).where(LessonVoice.lesson_id == lesson_id)) or 0
    if count >= MOST_CLIPS:
        raise TooManyClips
    db.session.add(LessonVoice(lesson_id=lesson_id, voice=voice, at=clock.now(), media_type=media_type, sound=sound))


def forget_voices(before: datetime) -> None:
    """Erase the clips that were recorded before that moment."""
    db.session.execute(sa.delete(LessonVoice).where(LessonVoice.at < before))


def forget_checks(before: datetime) -> None:
    """Erase what was found of rooms before that moment, in checks and in rehearsals."""
    db.session.execute(sa.delete(LessonRehearsal).where(LessonRehearsal.at < before))
    db.session.execute(sa.delete(RoomCheck).where(RoomCheck.at < before))


def thin_log(lesson: str, keeping: Collection[str]) -> Mapping[str, int]:
    """Take out of a log what is not of these types and return how many of each; what is left folds as before.

    A fact that goes keeps its number, so that nobody takes the rest for a log with a gap; counts of the lesson are not made anew.
    """
    log = db.session.get_one(LessonLog, lesson, with_for_update=True)
    going = (LessonFact.lesson_id == lesson, LessonFact.type.not_in([*keeping, FORGOTTEN]))
    counted = sa.select(LessonFact.type, sa.func.count()).where(*going).group_by(LessonFact.type)
    counts: dict[str, int] = dict(db.session.execute(counted).all())
    db.session.execute(sa.update(LessonFact).where(*going).values(type=FORGOTTEN, by="", ref=None, data="{}"))
    log.thinned_at = log.thinned_at or clock.now()
    return counts


def _started(lesson: str, _fact: Fact) -> None:
    timetable.open_lesson(lesson)


def _ended(lesson: str, _fact: Fact) -> None:
    timetable.end_lesson(lesson)
    _count_soon(lesson)


def _late(lesson: str, _fact: Fact) -> None:
    _count_soon(lesson)


def _count_soon(lesson: str) -> None:
    """Count the lesson once what rooms still have in hand is in; one job for all of it."""
    enqueue("live.count", {"lesson_id": lesson}, delay_s=COUNTED_AFTER_S, dedupe=f"live.count:{lesson}")


COUNTED_AFTER_S = 20
CONSEQUENCES: dict[str, Consequence] = {"lesson:started": _started, "lesson:ended": _ended, LATE: _late}

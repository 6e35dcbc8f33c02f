"""What follows from a lesson's facts in the rows of other features, and who took which seat."""

import sqlalchemy as sa

from resource_hub.infra import unit
from resource_hub.infra.db import db
from resource_hub.kernel import clock
from resource_hub.kernel.ids import new_id
from resource_hub.live.log import Consequence
from resource_hub.live.models import LessonSeat
from resource_hub.live.state import Fact
from resource_hub.timetable import service as timetable


def now_ms() -> int:
    """Return the moment of now as facts have it."""
    return int(clock.now().timestamp() * 1000)


def note_seat(lesson: str, seat: str, holder_id: str) -> None:
    """Write down that a person or a terminal took a seat; once for each."""
    where = (LessonSeat.lesson_id == lesson, LessonSeat.seat == seat, LessonSeat.holder_id == holder_id)
    with unit.read():
        is_known = db.session.scalar(sa.select(LessonSeat.id).where(*where)) is not None
    if is_known:
        return
    with unit.write():
        if db.session.scalar(sa.select(LessonSeat.id).where(*where)) is None:
            db.session.add(LessonSeat(id=new_id("sea"), lesson_id=lesson, seat=seat, holder_id=holder_id, first_at=clock.now()))


def _started(lesson: str, _fact: Fact) -> None:
    timetable.open_lesson(lesson)


def _ended(lesson: str, _fact: Fact) -> None:
    timetable.end_lesson(lesson)


CONSEQUENCES: dict[str, Consequence] = {"lesson:started": _started, "lesson:ended": _ended}

"""Rehearsals: days before a lesson the device of each room sends and receives for half a minute what the lesson will.

Unattended, with made-up sound and picture, at the lesson's time of day, since lines are not the same at nine and at
noon. What came of it says what the class will see and how it will be seen. Rule: no camera or microphone is opened.
"""

import zlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Annotated, Literal

import sqlalchemy as sa
from pydantic import BaseModel, ConfigDict, Field

from resource_hub.infra.db import db
from resource_hub.kernel import clock
from resource_hub.live.checks import SEEN, Rung
from resource_hub.live.models import LessonRehearsal
from resource_hub.timetable.queries import LessonFacts
from resource_hub.timetable.schemas import LessonState

WINDOW = timedelta(minutes=40)
STOPS = timedelta(hours=1)
"""So long before the lesson nothing is rehearsed any more: the check of the room is next."""
AHEAD = timedelta(days=4)
"""The farthest that a lesson on a Monday or Tuesday is away from its rehearsal."""
_SATURDAY = 5
_TURNS = timedelta(minutes=20)

Path = Literal["udp", "tcp", "none"]
"""How sound and picture went: ``none`` where there is no relay to go through and the speed of the line alone was measured."""


class RehearsalIn(BaseModel):
    """What a device found: the rungs on which its class will see and be seen, and the share of speech that it had to invent."""

    model_config = ConfigDict(extra="forbid")

    up_kbps: Annotated[int, Field(ge=0, le=10_000_000)] | None
    down_kbps: Annotated[int, Field(ge=0, le=10_000_000)] | None
    rtt_ms: Annotated[int, Field(ge=0, le=600_000)] | None
    sees: Rung
    is_seen: Rung
    concealed: Annotated[float, Field(ge=0, le=1)] | None
    path: Path
    tcp: bool | None
    """Whether the way for firewalls (TCP) is open; null where there is no relay."""


@dataclass(frozen=True, slots=True)
class RehearsalFacts:
    """A rehearsal as pages show it."""

    lesson_id: str
    class_id: str
    site: int
    at: datetime
    sees: str
    is_seen: str
    path: str
    tcp: bool | None


def is_due(starts_at: datetime, now: datetime, zone: tzinfo, turn: timedelta = timedelta(0)) -> bool:
    """Return whether the device of a room should rehearse now: at the hour two days before, else from that hour a day before.

    Where that is a Saturday or Sunday, on the Friday before, for then nobody switches a school's devices on. ``turn`` is
    how long after the hour it is this room's.
    """
    first, second = (_on_a_weekday(starts_at - timedelta(days=days), zone) + turn for days in (2, 1))
    return first <= now < first + WINDOW or second <= now < starts_at - STOPS


def _on_a_weekday(moment: datetime, zone: tzinfo) -> datetime:
    return moment - timedelta(days=max(0, moment.astimezone(zone).weekday() - _SATURDAY + 1))


def turn_of(class_id: str) -> timedelta:
    """Return the turn of a room: a whole district has its lessons at the same hour, and its relay carries lessons of today then."""
    return timedelta(seconds=zlib.crc32(class_id.encode()) % int(_TURNS.total_seconds()))


def waiting(lessons: Iterable[LessonFacts], class_id: str, zone: tzinfo) -> LessonFacts | None:
    """Return the first of these lessons that the room of the class should rehearse now and has not; not those that are only watched."""
    now, turn = clock.now(), turn_of(class_id)
    due = [lesson for lesson in lessons if _is_tried(lesson) and is_due(lesson.starts_at, now, zone, turn)]
    if not due:
        return None
    of_class = sa.select(LessonRehearsal.lesson_id).where(LessonRehearsal.class_id == class_id)
    done = frozenset(db.session.scalars(of_class.where(LessonRehearsal.lesson_id.in_([one.id for one in due]))))
    return min((lesson for lesson in due if lesson.id not in done), key=lambda one: one.starts_at, default=None)


def _is_tried(lesson: LessonFacts) -> bool:
    return lesson.state is LessonState.PLANNED and not (lesson.is_meeting or lesson.is_watched)


def of_lesson(lesson_id: str) -> dict[int, RehearsalFacts]:
    """Return the rehearsals of a lesson by site."""
    rows = db.session.scalars(sa.select(LessonRehearsal).where(LessonRehearsal.lesson_id == lesson_id))
    return {row.site: _facts(row) for row in rows}


def last_of(class_ids: Collection[str]) -> Mapping[str, RehearsalFacts]:
    """Return the latest rehearsal of each class that had one."""
    latest = sa.func.max(LessonRehearsal.at).label("at")
    last = (
        sa.select(LessonRehearsal.class_id, latest).where(LessonRehearsal.class_id.in_(list(class_ids))).group_by(LessonRehearsal.class_id)
    )
    found = last.subquery()
    is_last = (LessonRehearsal.class_id == found.c.class_id) & (LessonRehearsal.at == found.c.at)
    return {row.class_id: _facts(row) for row in db.session.scalars(sa.select(LessonRehearsal).join(found, is_last))}


def is_thin(found: RehearsalFacts | RehearsalIn) -> bool:
    """Return whether one of the ends will not see the other move."""
    return found.sees not in SEEN or found.is_seen not in SEEN


def is_mute(found: RehearsalFacts | RehearsalIn) -> bool:
    """Return whether no speech comes through, one way or the other."""
    return "text" in {found.sees, found.is_seen}


def _facts(row: LessonRehearsal) -> RehearsalFacts:
    return RehearsalFacts(row.lesson_id, row.class_id, row.site, row.at, row.sees, row.is_seen, row.path, row.tcp)

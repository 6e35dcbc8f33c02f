"""Reading lesson logs, and the checks of rooms."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from resource_hub.infra.db import db
from resource_hub.kernel import clock
from resource_hub.live.checks import CheckFacts, Rung
from resource_hub.live.models import LessonFact, LessonLog, LessonVoice, RoomCheck
from resource_hub.live.state import Fact, apply, new
from resource_hub.live.summary import LessonSummary, summary
from resource_hub.timetable import queries as timetable

_COLUMNS = (LessonFact.lesson_id, LessonFact.seq, LessonFact.at, LessonFact.by, LessonFact.type, LessonFact.data)
_OF_CAMERAS = ("camera:invited", "camera:taken", "camera:dropped", "lesson:ended")


def facts_after(connection: Connection, lesson: str, seq: int, *, up_to: int) -> Sequence[Fact]:
    """Return the facts of a lesson after ``seq`` up to and including ``up_to``, in order."""
    return [fact for fact, _ in facts_with_refs(connection, lesson, seq, up_to)]


def facts_with_refs(connection: Connection, lesson: str, seq: int, up_to: int) -> Iterator[tuple[Fact, str | None]]:
    """Yield the facts after ``seq`` with the id of the command that each was, in order."""
    wanted = (
        sa.select(*_COLUMNS, LessonFact.ref)
        .where(LessonFact.lesson_id == lesson, LessonFact.seq > seq, LessonFact.seq <= up_to)
        .order_by(LessonFact.seq)
    )
    for row in connection.execute(wanted):
        yield _fact(row), row.ref


def facts_of(lesson: str, kinds: Iterable[str] = ()) -> Sequence[Fact]:
    """Return the log of a lesson in order: the whole of it, or the facts of these types."""
    wanted = sa.select(*_COLUMNS).where(LessonFact.lesson_id == lesson).order_by(LessonFact.seq)
    types = list(kinds)
    return [_fact(row) for row in db.session.execute(wanted.where(LessonFact.type.in_(types)) if types else wanted)]


def cameras_of(lessons: Iterable[str]) -> dict[str, Mapping[str, Any]]:
    """Return by lesson, and there by site, who was invited to be a document camera and which device is one."""
    found = {lesson: new(lesson) for lesson in lessons}
    wanted = sa.select(*_COLUMNS).where(LessonFact.lesson_id.in_(list(found)), LessonFact.type.in_(_OF_CAMERAS))
    for row in db.session.execute(wanted.order_by(LessonFact.lesson_id, LessonFact.seq)):
        apply(found[row.lesson_id], _fact(row))
    return {lesson: now["cameras"] for lesson, now in found.items()}


def is_thinned(lesson: str) -> bool:
    """Return whether what single seats did was taken out of the log already."""
    return db.session.scalar(sa.select(LessonLog.thinned_at).where(LessonLog.lesson_id == lesson)) is not None


def logs_to_thin(before_ms: int, limit: int) -> list[str]:
    """Return lessons in which nothing happened since that moment and whose logs still say what single seats did."""
    is_last = (LessonFact.lesson_id == LessonLog.lesson_id) & (LessonFact.seq == LessonLog.head)
    wanted = sa.select(LessonLog.lesson_id).join(LessonFact, is_last).where(LessonLog.thinned_at.is_(None), LessonFact.at < before_ms)
    return list(db.session.scalars(wanted.order_by(LessonLog.lesson_id).limit(limit)))


def summary_of(lesson_id: str, facts: Sequence[Fact]) -> LessonSummary | None:
    """Return a lesson in counts from its facts, while it runs too; None when it is unknown or never began."""
    lesson = timetable.lesson(lesson_id)
    if lesson is None:
        return None
    period = (clock.ms(lesson.starts_at), clock.ms(lesson.ends_at))
    found = summary(facts, period, (site.position for site in lesson.sites))
    return found if found.ran else None


def known_lessons(ids: Iterable[str]) -> frozenset[str]:
    """Return those of the ids that are lessons of the timetable."""
    return frozenset(found.id for found in timetable.lessons(ids))


def planned(lesson: str) -> tuple[int | None, bool]:
    """Return when the timetable lets the lesson end, in milliseconds since 1970, and whether its classes only watch."""
    found = timetable.lesson(lesson)
    return (None, False) if found is None else (clock.ms(found.ends_at), found.is_watched)


def voice(lesson: str, name: str) -> tuple[str, bytes] | None:
    """Return a clip of the lesson with its media type."""
    row = db.session.get(LessonVoice, (lesson, name))
    return None if row is None else (row.media_type, row.sound)


def last_checks(class_ids: Iterable[str]) -> Mapping[str, CheckFacts]:
    """Return the latest check of each class's room; classes whose room nobody checked are left out."""
    number = sa.func.row_number().over(partition_by=RoomCheck.class_id, order_by=(RoomCheck.at.desc(), RoomCheck.id.desc()))
    numbered = sa.select(RoomCheck.id, number.label("number")).where(RoomCheck.class_id.in_(list(class_ids))).subquery()
    wanted = sa.select(RoomCheck).join(numbered, numbered.c.id == RoomCheck.id).where(numbered.c.number == 1)
    return {row.class_id: _check(row) for row in db.session.scalars(wanted)}


def _fact(row: Any) -> Fact:
    return {"lesson": row.lesson_id, "seq": row.seq, "at": row.at, "by": row.by, "type": row.type, "data": json.loads(row.data)}


def _check(row: RoomCheck) -> CheckFacts:
    return CheckFacts(
        row.class_id, row.device, row.at, row.up_kbps, row.down_kbps, row.rtt_ms, row.camera, row.mic, row.echo, row.relay,
        cast("Rung", row.rung), row.note,
    )  # fmt: skip

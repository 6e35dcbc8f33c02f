"""Reading lesson logs."""

import json
from collections.abc import Iterable, Iterator, Sequence

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from resource_hub.live.models import LessonFact
from resource_hub.live.state import Fact
from resource_hub.timetable import queries as timetable

_COLUMNS = (LessonFact.lesson_id, LessonFact.seq, LessonFact.at, LessonFact.by, LessonFact.type, LessonFact.data)


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
        fact = {"lesson": row.lesson_id, "seq": row.seq, "at": row.at, "by": row.by, "type": row.type, "data": json.loads(row.data)}
        yield fact, row.ref


def known_lessons(ids: Iterable[str]) -> frozenset[str]:
    """Return those of the ids that are lessons of the timetable."""
    return frozenset(found.id for found in timetable.lessons(ids))


def planned_end_ms(lesson: str) -> int | None:
    """Return when the timetable lets the lesson end, in milliseconds since 1970."""
    found = timetable.lesson(lesson)
    return None if found is None else int(found.ends_at.timestamp() * 1000)

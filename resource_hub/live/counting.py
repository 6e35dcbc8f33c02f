"""Counting lessons: from the log into a row that stays when the log is thinned out, and the rows for statistics.

A row is made anew from the whole log each time, so that counting twice does no harm.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from resource_hub.infra.db import db
from resource_hub.kernel import clock
from resource_hub.live import queries
from resource_hub.live.models import LessonCounts
from resource_hub.live.summary import LessonSummary, SiteSummary, summary
from resource_hub.timetable import queries as timetable


@dataclass(frozen=True, slots=True)
class Counted:
    """A lesson in counts, as kept; the lesson is held and degraded as it was judged when it was counted."""

    lesson_id: str
    began_at: datetime
    ended_at: datetime
    summary: LessonSummary
    is_held: bool
    is_degraded: bool


def count_lesson(lesson_id: str) -> LessonSummary | None:
    """Count a lesson from its log and keep the counts; None when it is unknown, never began or its log was thinned."""
    lesson = timetable.lesson(lesson_id)
    if lesson is None:
        return None
    if queries.is_thinned(lesson_id):
        # The counts that were made of the whole log are the better ones.
        return None
    facts = queries.facts_of(lesson_id)
    period = (clock.ms(lesson.starts_at), clock.ms(lesson.ends_at))
    found = summary(facts, period, (site.position for site in lesson.sites))
    if found.ran is None:
        return None
    row = db.session.get(LessonCounts, lesson_id) or LessonCounts(lesson_id=lesson_id)
    row.made_at, row.began_at, row.ended_at = clock.now(), _moment(found.ran[0]), _moment(found.ran[1])
    row.period_ms, row.together_ms, row.sound_ms = found.period_ms, found.together_ms, found.sound_ms
    row.is_held, row.is_degraded = found.is_held, found.is_degraded
    row.sites = [_plain(site) for site in found.sites]
    db.session.add(row)
    return found


def counts_of(lesson_ids: Iterable[str]) -> Mapping[str, Counted]:
    """Return the counts of those lessons that were counted."""
    rows = db.session.scalars(sa.select(LessonCounts).where(LessonCounts.lesson_id.in_(list(lesson_ids))))
    return {row.lesson_id: _counted(row) for row in rows}


def _counted(row: LessonCounts) -> Counted:
    sites = tuple(SiteSummary(**(site | {"waited_s": tuple(site["waited_s"])})) for site in row.sites)
    found = LessonSummary((clock.ms(row.began_at), clock.ms(row.ended_at)), row.period_ms, row.together_ms, row.sound_ms, sites)
    return Counted(row.lesson_id, row.began_at, row.ended_at, found, row.is_held, row.is_degraded)


def _plain(site: SiteSummary) -> dict[str, Any]:
    return asdict(site) | {"waited_s": list(site.waited_s), "forms": dict(site.forms)}


def _moment(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)

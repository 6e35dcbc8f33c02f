"""Decisions about shared lessons: who cannot be at two places, what is warned of, what counts. Pure.

Hard conflicts are told by ``clashes``: the same person or class in two lessons whose minutes meet. A
room needs no rule: it is registered for one class only, so that its clash is the class's. Lessons are
compared one by one on their real days, and so odd and even weeks, holidays and the bells of different
schools need none either.
"""

import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from resource_hub.schools import bells
from resource_hub.schools.bells import Period
from resource_hub.timetable.schemas import LessonKind, LessonState

USUAL_RECEIVERS = 3
"""一拖三: with more receiving classes a teacher no longer sees them all (domain handbook 3.1)."""
MOST_RECEIVERS = 12
MOST_WATCHERS = 199
"""Classes that only watch: nobody of them is seen or heard by the lead."""
MOST_WEEKLY = 12
"""Live lessons a week for one lead teacher, before it is warned of (domain handbook 3.3)."""
NOTICE = timedelta(hours=24)
"""A lesson cancelled earlier than this before its beginning does not count as planned (3.9)."""
ENTERED_BEFORE = timedelta(minutes=30)
"""So long before it begins the doors of a lesson stand open."""
KEPT_AFTER = timedelta(minutes=15)
"""So long after its planned end a lesson that was not ended is still waited for."""
LONGEST_EXTENSION = 20
"""Minutes by which a lesson may run over at a time; the next class needs its room."""


@dataclass(frozen=True, slots=True)
class Booking:
    """A lesson as conflicts see it: its minutes, and the ids of the persons and classes that it needs."""

    lesson_id: str
    starts: datetime
    ends: datetime
    needs: frozenset[str]


@dataclass(frozen=True, slots=True)
class Clash:
    """Two lessons that need the same person or class (``key``) at once."""

    key: str
    one: Booking
    other: Booking


def clashes(ours: Iterable[Booking], theirs: Sequence[Booking]) -> list[Clash]:
    """Return who is needed by one of ``ours`` and one of ``theirs`` in the same minutes."""
    return [
        Clash(key, one, other)
        for one in ours
        for other in theirs
        if one.starts < other.ends and other.starts < one.ends
        for key in sorted(one.needs & other.needs)
    ]


def common_minutes(lead: Period, own: Sequence[Period]) -> tuple[Period | None, int]:
    """Return the receiving school's period that fits a lead period best, and the minutes that both teach."""
    near = bells.nearest(lead, own)
    return near, bells.overlap(lead, near) if near else 0


def counts_as_planned(state: LessonState, starts_at: datetime, cancelled_at: datetime | None) -> bool:
    """True unless the lesson was cancelled a day or more before it began."""
    return state is not LessonState.CANCELLED or cancelled_at is None or starts_at - cancelled_at < NOTICE


def most_receivers(kind: LessonKind) -> int:
    """Return how many classes may receive lessons of a kind."""
    return MOST_WATCHERS if kind is LessonKind.SCHOOL_ONLINE else MOST_RECEIVERS


def may_arrange(managed: Collection[str] | None, school_ids: Iterable[str], lead_school_id: str) -> bool:
    """True when whoever manages those schools (None: all) may pair these.

    The lead school of the community may pair any of its schools, another school only lessons that it takes part in.
    """
    return managed is None or lead_school_id in managed or any(school in managed for school in school_ids)


def digest(words: Iterable[str]) -> str:
    """Return a name for warnings (or the hash under which a token is kept)."""
    return hashlib.sha256("\n".join(words).encode()).hexdigest()

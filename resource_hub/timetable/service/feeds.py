"""Addresses by which calendar programs read lessons: shown once, kept as a hash, ended by one click.

Features above may put days of theirs into a person's calendar (``days_by``).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from resource_hub.audit import service as audit
from resource_hub.infra.db import db
from resource_hub.kernel import clock
from resource_hub.kernel.errors import NotFound
from resource_hub.kernel.ids import new_id, new_secret
from resource_hub.kernel.refs import Ref
from resource_hub.kernel.viewer import Viewer
from resource_hub.schools import queries as schools
from resource_hub.timetable import access, rules
from resource_hub.timetable.models import CalendarFeed


@dataclass(frozen=True, slots=True)
class DueDay:
    """Something that a person does by a day; ``path`` is its page. ``id`` stays when the day changes."""

    id: str
    day: date
    title: str
    path: str


Days = Callable[[str, date, date], Sequence[DueDay]]
"""The days of a person within two dates."""

_days: list[Days] = []


def days_by(days: Days) -> None:
    """Let a higher feature put its days into the calendars of persons; at start only."""
    if days not in _days:
        _days.append(days)


def days_of(person_id: str, first: date, last: date) -> list[DueDay]:
    """Return what other features have for a person within these dates."""
    return [one for days in _days for one in days(person_id, first, last)]


def make_feed(viewer: Viewer, class_id: str | None = None) -> str:
    """Return the token of a new address of the viewer's own lessons, or of a class whose school they see."""
    if class_id is not None:
        klass = schools.classes([class_id]).get(class_id)
        within = access.seen_schools(viewer)
        if klass is None or (within is not None and klass.school_id not in within):
            raise NotFound
    token = new_secret()
    made = CalendarFeed(
        id=new_id("cal"),
        token_hash=rules.digest([token]),
        person_id=None if class_id else viewer.person_id,
        class_id=class_id,
        created_by=viewer.person_id,
        created_at=clock.now(),
    )
    db.session.add(made)
    audit.note(viewer, "calendar.feed_made", Ref("calendar_feed", made.id), details={"class": class_id or ""})
    return token


def revoke_feed(viewer: Viewer, feed_id: str) -> None:
    """End an address that the viewer made; NotFound for another's."""
    feed = db.session.get(CalendarFeed, feed_id)
    if feed is None or feed.created_by != viewer.person_id:
        raise NotFound
    if feed.revoked_at is None:
        feed.revoked_at = clock.now()
        audit.note(viewer, "calendar.feed_ended", Ref("calendar_feed", feed.id))


def revoke_feeds_of(person_id: str) -> None:
    """End every address that a leaver made: a calendar program asks on without signing in."""
    made = sa.update(CalendarFeed).where(CalendarFeed.created_by == person_id, CalendarFeed.revoked_at.is_(None))
    db.session.execute(made.values(revoked_at=clock.now()))

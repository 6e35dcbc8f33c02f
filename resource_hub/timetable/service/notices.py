"""Whom the timetable tells what: substitutes and those they replace, and everybody at a lesson that changes.

Called inside the unit of the deed. Whoever did it is not told. What happens within a day is urgent: the next
digest might come after the lesson.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from resource_hub.inbox import service as inbox
from resource_hub.infra.features import hub
from resource_hub.kernel import clock
from resource_hub.kernel.refs import Ref
from resource_hub.kernel.viewer import Viewer
from resource_hub.people import queries as people
from resource_hub.timetable import queries
from resource_hub.timetable.queries import LessonFacts

SUBSTITUTE, SUBSTITUTED, CANCELLED, RESTORED, MOVED, MEETING = (
    "timetable.substitute", "timetable.substituted", "timetable.cancelled", "timetable.restored", "timetable.moved", "timetable.meeting",
)  # fmt: skip
_SOON = timedelta(hours=24)


def tell_substitute(facts: LessonFacts, person_id: str, replaced_id: str | None, by: Viewer | None) -> None:
    """Tell who takes over and who is replaced."""
    card = people.person_names([person_id]).get(person_id)
    _deliver([person_id], SUBSTITUTE, facts, by)
    _deliver([replaced_id], SUBSTITUTED, facts, by, who=card.name if card else "")


def tell_cancelled(facts: LessonFacts, by: Viewer | None) -> None:
    inbox.settle(RESTORED, Ref("lesson", facts.id))
    _deliver(facts.person_ids, CANCELLED, facts, by)


def tell_restored(facts: LessonFacts, by: Viewer | None) -> None:
    inbox.settle(CANCELLED, Ref("lesson", facts.id))
    _deliver(facts.person_ids, RESTORED, facts, by)


def tell_moved(facts: LessonFacts, starts: datetime, by: Viewer | None) -> None:
    """Tell everybody at the lesson; ``facts`` are those before, ``starts`` is the new beginning."""
    _deliver(facts.person_ids, MOVED, facts, by, moved_to=_written(starts))


def tell_meeting(lesson_id: str, by: Viewer, *, left: Iterable[str] = ()) -> None:
    """Ask everybody to a research meeting; those who ``left`` its list are not waited for any more."""
    facts = queries.lesson(lesson_id)
    if facts is not None:
        inbox.settle(MEETING, Ref("lesson", lesson_id), left)
        _deliver(facts.person_ids, MEETING, facts, by, about=facts.title)


def _deliver(to: Iterable[str | None], kind: str, facts: LessonFacts, by: Viewer | None, **words: str) -> None:
    others = [person for person in to if person and (by is None or person != by.person_id)]
    said = {"when": _written(facts.starts_at), **words}
    inbox.deliver(others, kind, Ref("lesson", facts.id), words=said, urgent=facts.starts_at - clock.now() < _SOON)


def _written(at: datetime) -> str:
    """Return a moment as every language reads it: what is delivered is kept as it was said."""
    return f"{at.astimezone(hub().settings.zone):%Y-%m-%d %H:%M}"

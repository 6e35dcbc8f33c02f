"""The day of a room, as its device shows it: today's lessons of its class and nothing else.

Kept apart from the lesson's own pages because a device has it before any lesson and without a line too. Rule: times
stand there in milliseconds with the server's clock beside them; a device's own clock may be years off.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from flask import render_template

from resource_hub.infra.features import hub
from resource_hub.infra.web.replies import plain
from resource_hub.kernel import clock
from resource_hub.kernel.viewer import Viewer
from resource_hub.live import rehearsing
from resource_hub.people import queries as people
from resource_hub.schools import queries as schools
from resource_hub.timetable import queries as timetable
from resource_hub.timetable.queries import LessonFacts
from resource_hub.timetable.rules import KEPT_AFTER
from resource_hub.timetable.schemas import LessonState

_QUIET = timedelta(minutes=5)
GOES_BEFORE = timedelta(minutes=10)
"""So long before a lesson the device of its room goes there by itself."""


@dataclass(frozen=True, slots=True)
class DayLesson:
    """The device is in the lesson from ``goes_at`` until ``stays_until``, as long as it is not over."""

    id: str
    subject: str
    title: str
    lead_school: str
    teacher: str
    is_lead: bool
    starts_at: int
    ends_at: int
    goes_at: int
    stays_until: int
    state: LessonState


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """The lesson whose sound and picture the device should try now."""

    lesson: str
    subject: str
    starts_at: int


@dataclass(frozen=True, slots=True)
class RoomDay:
    terminal: str
    room: str
    school: str
    has_class: bool
    """Without a class no lesson can be the room's."""
    now: int
    zone: str
    lessons: tuple[DayLesson, ...]
    rehearsal: Rehearsal | None = None


def room_day(viewer: Viewer) -> RoomDay:
    """Return what the device of a room shows today, in the order of time."""
    class_id = people.class_of_terminal(viewer.person_id)
    lessons = timetable.lessons_of_terminal(viewer.person_id, schools.today())
    return RoomDay(
        terminal=viewer.person_id,
        room=viewer.name,
        school=viewer.school_name,
        has_class=class_id is not None,
        now=clock.ms(clock.now()),
        zone=hub().settings.timezone,
        lessons=tuple(_lesson(lesson, class_id) for lesson in lessons),
        rehearsal=_rehearsal(class_id, lessons) if class_id else None,
    )


def _rehearsal(class_id: str, today: Sequence[LessonFacts]) -> Rehearsal | None:
    """Return what is to be rehearsed now: nothing while a lesson is on in the room or about to begin."""
    now = clock.now()
    open_or_coming = (one for one in today if one.state in {LessonState.PLANNED, LessonState.OPEN})
    if any(one.starts_at - GOES_BEFORE - _QUIET <= now < one.ends_at + KEPT_AFTER for one in open_or_coming):
        return None
    ahead = timetable.lessons_between(schools.today(), schools.today() + rehearsing.AHEAD, class_id=class_id)
    lesson = rehearsing.waiting(ahead, class_id, hub().settings.zone)
    return Rehearsal(lesson.id, lesson.subject_name, clock.ms(lesson.starts_at)) if lesson else None


def panel(viewer: Viewer, terminal_id: str) -> str:
    """Return the page of a room's device as HTML; nothing for anybody else."""
    if viewer.person_id != terminal_id or not viewer.is_terminal:
        return ""
    return render_template("live/day.html", day=plain(room_day(viewer)))


def _lesson(lesson: LessonFacts, class_id: str | None) -> DayLesson:
    lead = next((site for site in lesson.sites if site.position == 0), None)
    return DayLesson(
        id=lesson.id,
        subject=lesson.subject_name,
        title=lesson.title,
        lead_school=lead.school if lead else "",
        teacher=lesson.lead,
        is_lead=lead is not None and lead.class_id == class_id,
        starts_at=clock.ms(lesson.starts_at),
        ends_at=clock.ms(lesson.ends_at),
        goes_at=clock.ms(lesson.starts_at - GOES_BEFORE),
        stays_until=clock.ms(lesson.ends_at + KEPT_AFTER),
        state=lesson.state,
    )

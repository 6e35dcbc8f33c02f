"""The board of rooms for whoever looks after them: how each was found last, what is taught there today, whom to call.

A room is the terminal of a class. Rule: only rooms of the viewer's own schools; the telephone numbers are those of
colleagues who stand in such a room, or registered it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _

from resource_hub.infra.features import hub
from resource_hub.kernel import clock
from resource_hub.kernel.errors import HubError
from resource_hub.kernel.viewer import Role, Viewer
from resource_hub.live import access, foretold, labels, queries, rehearsing
from resource_hub.live.checks import CheckFacts, Health, health_of
from resource_hub.live.rehearsing import RehearsalFacts
from resource_hub.live.seats import Part
from resource_hub.people import queries as people
from resource_hub.people.queries import TerminalRow
from resource_hub.schools import access as school_access
from resource_hub.schools import queries as schools
from resource_hub.schools.queries import ClassFacts
from resource_hub.timetable import queries as timetable
from resource_hub.timetable.queries import LessonFacts
from resource_hub.timetable.schemas import LessonState

TENDERS = frozenset({Role.TECH, Role.DEAN, Role.PRINCIPAL, Role.DISTRICT_ADMIN})


@dataclass(frozen=True, slots=True)
class RoomLesson:
    title: str
    times: str
    state: str
    tone: str
    join: str
    url: str


@dataclass(frozen=True, slots=True)
class Contact:
    name: str
    phone: str


@dataclass(frozen=True, slots=True)
class Room:
    school: str
    room: str
    class_name: str
    seen_at: datetime | None
    health: str
    tone: str
    check: CheckFacts | None
    rung: str
    lacking: Sequence[str]
    lessons: Sequence[RoomLesson]
    contact: Contact | None
    rehearsal: str
    """What was foretold of the line last, in words; empty where nothing was rehearsed."""
    rehearsed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Board:
    """Rooms in which something is taught today, then the others; ``poor`` counts those where no lesson goes."""

    busy: Sequence[Room]
    idle: Sequence[Room]
    poor: int
    unknown: int


@dataclass(frozen=True, slots=True)
class _Names:
    schools: Mapping[str, str]
    classes: Mapping[str, ClassFacts]
    people: Mapping[str, people.PersonCard]
    phones: Mapping[str, str]


def board(viewer: Viewer) -> Board:
    """Return the rooms that the viewer looks after, by school."""
    within = school_access.schools_within(viewer, TENDERS)
    terminals = people.terminals_of_schools(within)
    lessons = _by_class(timetable.lessons_between(schools.today(), schools.today(), school_ids=within))
    classes = {row.class_id for row in terminals if row.class_id}
    checks, rehearsals = queries.last_checks(classes), rehearsing.last_of(classes)
    callees = {row.id: _callee(row, lessons) for row in terminals}
    names = _names(terminals, {callee for callee in callees.values() if callee})
    rooms = [
        _room(viewer, row, lessons.get(row.class_id or "", []), checks, rehearsals.get(row.class_id or ""), names, callees[row.id])
        for row in terminals
    ]
    rooms.sort(key=lambda room: (room.school, room.room))
    marks = [health_of(checks.get(row.class_id or "")) for row in terminals]
    return Board(
        busy=[room for room in rooms if room.lessons],
        idle=[room for room in rooms if not room.lessons],
        poor=marks.count(Health.POOR),
        unknown=marks.count(Health.UNKNOWN),
    )


def _by_class(lessons: Sequence[LessonFacts]) -> dict[str, list[LessonFacts]]:
    found: dict[str, list[LessonFacts]] = {}
    for lesson in lessons:
        for site in lesson.sites:
            found.setdefault(site.class_id, []).append(lesson)
    return found


def _callee(row: TerminalRow, lessons: Mapping[str, Sequence[LessonFacts]]) -> str | None:
    """Who stands in the room in the lesson that is next, else who registered it."""
    now = clock.now()
    coming = [one for one in lessons.get(row.class_id or "", ()) if one.ends_at > now and one.state is not LessonState.CANCELLED]
    for lesson in coming:
        site = next(one for one in lesson.sites if one.class_id == row.class_id)
        standing = site.assist_id if site.position else lesson.lead_person_id
        if standing:
            return standing
    return row.bound_by


def _names(terminals: Sequence[TerminalRow], callees: set[str]) -> _Names:
    return _Names(
        schools.school_names({row.school_id for row in terminals}),
        schools.classes({row.class_id for row in terminals if row.class_id}),
        people.person_names(callees),
        people.telephones(callees),
    )


def _room(
    viewer: Viewer,
    row: TerminalRow,
    lessons: Sequence[LessonFacts],
    checks: Mapping[str, CheckFacts],
    rehearsal: RehearsalFacts | None,
    names: _Names,
    callee: str | None,
) -> Room:
    check = checks.get(row.class_id or "")
    words, tone = labels.HEALTH[health_of(check)]
    klass, person = names.classes.get(row.class_id or ""), names.people.get(callee or "")
    return Room(
        school=names.schools.get(row.school_id, ""),
        room=row.room,
        class_name=klass.name if klass else "",
        seen_at=row.seen_at,
        health=str(words),
        tone=tone,
        check=check,
        rung=str(labels.RUNGS[check.rung]) if check else "",
        lacking=labels.lacking(check) if check else (),
        rehearsal=foretold.words_of(rehearsal)[0] if rehearsal else "",
        rehearsed_at=rehearsal.at if rehearsal else None,
        lessons=[_lesson(viewer, lesson) for lesson in lessons],
        contact=Contact(person.name, names.phones.get(person.id, "")) if person else None,
    )


def _lesson(viewer: Viewer, lesson: LessonFacts) -> RoomLesson:
    state, tone = _state(lesson)
    join, url = _way(viewer, lesson)
    zone = hub().settings.zone
    return RoomLesson(
        title=lesson.subject_name,
        times=f"{lesson.starts_at.astimezone(zone):%H:%M}–{lesson.ends_at.astimezone(zone):%H:%M}",
        state=state,
        tone=tone,
        join=join,
        url=url,
    )


def _state(lesson: LessonFacts) -> tuple[str, str]:
    if lesson.state is LessonState.PLANNED:
        return (_("待上"), "") if lesson.is_ahead else (_("还没有开始"), "warn")
    return {
        LessonState.OPEN: (_("正在上课"), "ok"),
        LessonState.ENDED: (_("已上完"), ""),
        LessonState.CANCELLED: (_("停课"), "danger"),
    }[lesson.state]


def _way(viewer: Viewer, lesson: LessonFacts) -> tuple[str, str]:
    """How the viewer comes into a lesson that is on or near; empty when they cannot."""
    if not lesson.is_near:
        return "", ""
    try:
        seat = access.seat_in(viewer, lesson)
    except HubError:
        return "", ""
    return (_("旁听") if seat.part is Part.OBSERVER else _("进入课堂")), f"/live/{lesson.id}"

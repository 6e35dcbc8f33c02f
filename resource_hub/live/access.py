"""Who sits where: the seat that a viewer has in a lesson, by the timetable and by their duties.

Deny by default: whom the timetable does not name and no duty lets in learns not even that the lesson is there.
"""

from collections.abc import Callable
from pathlib import Path

from flask import current_app
from itsdangerous import BadSignature, URLSafeTimedSerializer

from resource_hub.infra import janus
from resource_hub.infra.features import hub
from resource_hub.kernel.errors import N_, Conflict, NotAllowed, NotFound
from resource_hub.kernel.viewer import Role, ScopeKind, Viewer
from resource_hub.live.seats import Part, Seat
from resource_hub.people import queries as people
from resource_hub.timetable import queries as timetable
from resource_hub.timetable.schemas import LessonState

WATCHERS = frozenset({Role.DISTRICT_ADMIN, Role.DISTRICT_LEADER, Role.RESEARCHER, Role.INSPECTOR})
"""They may sit in on any lesson of their schools, unseen and unheard."""

CAST_FOR_S = 6 * 3600
"""A room that watches opens its page before the lesson and keeps it to the end."""
_TECHNICIANS = frozenset({Role.TECH})
_EVERYWHERE = frozenset({ScopeKind.DISTRICT, ScopeKind.SUBJECT})
"""A subject's researcher works in every school."""


Guard = Callable[[Viewer, str], None]
"""Raises a ``HubError`` in words when this viewer may not give the command in the lesson of that id."""

_guards: dict[str, Guard] = {}


class WrongTerminal(NotAllowed):
    code = "wrong_terminal"
    message = N_("这台终端所在的教室没有这节课。")


class LessonCancelled(Conflict):
    code = "lesson_cancelled"
    message = N_("这节课已经停课，没有课堂可以进。")


def seat_for(viewer: Viewer, lesson_id: str, *, as_observer: bool = False) -> Seat:
    """Return the viewer's seat in the lesson; raises NotFound when it is hidden from them, LessonCancelled when it is not held.

    ``as_observer`` lets a teacher of the lesson watch it without being seen.
    """
    lesson = timetable.lesson(lesson_id)
    if lesson is None:
        raise NotFound
    return seat_in(viewer, lesson, as_observer=as_observer)


def seat_in(viewer: Viewer, lesson: timetable.LessonFacts, *, as_observer: bool = False) -> Seat:
    """Return the viewer's seat in a lesson that is at hand; raises as ``seat_for`` does."""
    seat = _room_of(viewer, lesson) if viewer.is_terminal else _seat_of(viewer, lesson, as_observer=as_observer)
    if lesson.state is LessonState.CANCELLED:
        raise LessonCancelled
    return seat


def guard_by(act: str, guard: Guard) -> None:
    """Let a feature above decide on a command that needs its word; at start only."""
    _guards[act] = guard


def check_guard(viewer: Viewer, act: str, lesson_id: str) -> None:
    """Raise what the guard of a command says against it; NotAllowed when nobody guards it."""
    guard = _guards.get(act)
    if guard is None:
        raise NotAllowed
    guard(viewer, lesson_id)


def is_watched(lesson_id: str) -> bool:
    """Return whether the rooms of a lesson only watch it."""
    lesson = timetable.lesson(lesson_id)
    return lesson is not None and lesson.is_watched


def may_cast() -> bool:
    """Return whether rooms that only watch get sound and picture: what is cast comes from the forwarder."""
    return janus.is_there(hub().settings)


def casts_folder() -> Path:
    """Return where what is cast lies on this machine, a folder for each lesson."""
    return hub().settings.data_path / "casts"


def cast_token(lesson_id: str) -> str:
    """Return what opens the sound and picture of a watched lesson; to be given to whoever was found to have a seat."""
    return _cast_tokens().dumps(lesson_id)


def check_cast(lesson_id: str, token: str) -> None:
    """Raise NotAllowed for a token that is not this lesson's, forged or too old; asks the database nothing."""
    try:
        if _cast_tokens().loads(token, max_age=CAST_FOR_S) != lesson_id:
            raise NotAllowed
    except BadSignature as error:
        raise NotAllowed from error


def _cast_tokens() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.config["SECRET_KEY"]), salt="cast")


def require_grown_up(seat: Seat) -> None:
    """Raise NotAllowed for the device of a room: it needs to know of no other."""
    if seat.part is Part.CLASS:
        raise NotAllowed


def may_watch(viewer: Viewer, lesson: timetable.LessonFacts) -> bool:
    """Return whether the viewer may sit in on the lesson, unseen; what teachers say among themselves is heard by those who were asked."""
    if lesson.is_meeting:
        return False
    if viewer.school_id in lesson.school_ids or viewer.person_id == lesson.lead_person_id or lesson.community_id in viewer.communities:
        return True
    return _reaches(viewer, WATCHERS, lesson)


def _seat_of(viewer: Viewer, lesson: timetable.LessonFacts, *, as_observer: bool) -> Seat:
    if not as_observer and (seat := _duty_of(viewer, lesson)):
        return seat
    if may_watch(viewer, lesson):
        return Seat(Part.OBSERVER)
    raise NotFound


def _room_of(viewer: Viewer, lesson: timetable.LessonFacts) -> Seat:
    class_id = people.class_of_terminal(viewer.person_id)
    for site in lesson.sites:
        if class_id is not None and site.class_id == class_id:
            return Seat(Part.CLASS, site.position)
    raise WrongTerminal


def _duty_of(viewer: Viewer, lesson: timetable.LessonFacts) -> Seat | None:
    if lesson.lead_person_id == viewer.person_id:
        return Seat(Part.LEAD, 0)
    for site in lesson.sites:
        if site.assist_id == viewer.person_id:
            return Seat(Part.ASSIST, site.position)
    return Seat(Part.TECH) if _reaches(viewer, _TECHNICIANS, lesson) else None


def _reaches(viewer: Viewer, roles: frozenset[Role], lesson: timetable.LessonFacts) -> bool:
    """True when the viewer holds one of the roles over the lesson's community, one of its schools, or the district.

    Asked for each lesson of a board, so it asks the database nothing.
    """
    places = {lesson.community_id, *lesson.school_ids}
    return any(grant.role in roles and (grant.scope in _EVERYWHERE or grant.scope_id in places) for grant in viewer.grants)

"""What the pages of a lesson are given: which page a seat has, and its props without a name of any pupil."""

from dataclasses import asdict
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from resource_hub.infra.features import hub
from resource_hub.kernel import clock
from resource_hub.kernel.errors import NotFound
from resource_hub.kernel.viewer import Viewer
from resource_hub.live import access, materials
from resource_hub.live.cast import PLAYLIST
from resource_hub.live.seats import Part, Seat
from resource_hub.timetable import queries as timetable
from resource_hub.timetable.queries import LessonFacts

PAGE_OF = {Part.LEAD: "lead", Part.ASSIST: "assist", Part.CLASS: "class", Part.TECH: "watch", Part.OBSERVER: "watch"}


def template_of(seat: Seat, lesson: LessonFacts) -> str:
    """Return which page a seat has."""
    return f"live/{'meeting' if lesson.is_meeting else PAGE_OF[seat.part]}.html"


def seated(viewer: Viewer, lesson_id: str, *, as_observer: bool) -> tuple[Seat, LessonFacts]:
    """Return the viewer's seat and the lesson; raises what ``access.seat_for`` does."""
    lesson = timetable.lesson(lesson_id)
    if lesson is None:
        raise NotFound
    return access.seat_in(viewer, lesson, as_observer=as_observer), lesson


def title_of(lesson: LessonFacts) -> str:
    """Return how the lesson is called: its title, or its subject when nobody gave it one."""
    return lesson.title or _("%(subject)s课", subject=lesson.subject_name)


def room_of(lesson_id: str, site: int) -> str:
    """Return what a class of a lesson is called, with its school; empty when there is no such class."""
    lesson = timetable.lesson(lesson_id)
    return next((f"{one.school}{one.class_name}" for one in lesson.sites if one.position == site), "") if lesson else ""


def decks_shown(lesson: LessonFacts, ids: frozenset[str]) -> list[dict[str, Any]]:
    """Return the documents that a recording of the lesson shows; the caller has admitted the viewer to it."""
    return [asdict(deck) for deck in materials.shown_decks(lesson, ids)]


def files_shown(lesson: LessonFacts, ids: frozenset[str]) -> frozenset[str]:
    """Return those of these documents that a recording of the lesson may still show."""
    return materials.files_shown(lesson, ids)


def pack_of(lesson: LessonFacts) -> str | None:
    """Return the resource that is the lesson's pack."""
    return materials.pack_of(lesson)


def props_of(seat: Seat, lesson: LessonFacts, *, as_observer: bool) -> dict[str, Any]:
    """Return what the island of the page begins with."""
    return {
        "lesson": lesson.id,
        "seat": str(seat),
        "as_observer": as_observer,
        "is_meeting": lesson.is_meeting,
        "is_watched": lesson.is_watched,
        "can_cast": lesson.is_watched and access.may_cast(),
        "cast": _cast_of(seat, lesson),
        "title": title_of(lesson),
        "subject": lesson.subject_name,
        "lead": lesson.lead,
        "starts_at": clock.ms(lesson.starts_at),
        "ends_at": clock.ms(lesson.ends_at),
        "sites": [
            {
                "position": site.position,
                "school": site.school,
                "class_name": site.class_name,
                "head_count": site.head_count,
                "is_lead": site.position == 0,
            }
            for site in lesson.sites
        ],
        "help": hub().settings.contact,
    }


def _cast_of(seat: Seat, lesson: LessonFacts) -> str | None:
    """Return where a room that only watches finds sound and picture; None for every other, and where nothing can be cast."""
    if not lesson.is_watched or seat.part is not Part.CLASS or not access.may_cast():
        return None
    return url_for("cast.file", lesson_id=lesson.id, token=access.cast_token(lesson.id), name=PLAYLIST)

"""The ways into a lesson, as they stand on the lesson's page of the timetable and on the first page.

Kept apart from ``access``, which says who may come in: here it is said when that is worth a button. Rule: one of the
ways at most is the primary one.
"""

from dataclasses import dataclass

from flask import render_template
from flask_babel import gettext as _

from resource_hub.kernel.errors import HubError
from resource_hub.kernel.viewer import Viewer
from resource_hub.live import access, foretold, rehearsing, stock
from resource_hub.live.seats import STAFF, TEACHERS, Seat
from resource_hub.timetable import queries as timetable
from resource_hub.timetable.queries import LessonFacts
from resource_hub.timetable.schemas import LessonState


@dataclass(frozen=True, slots=True)
class Way:
    words: str
    url: str
    is_primary: bool = False


def panel(viewer: Viewer, lesson_id: str) -> str:
    """Return the ways into a lesson as HTML; nothing when there is none for this viewer now."""
    lesson = timetable.lesson(lesson_id)
    seat = _seat(viewer, lesson) if lesson else None
    if lesson is None or seat is None:
        return ""
    is_early = lesson.state is LessonState.PLANNED and lesson.is_ahead and not lesson.is_near
    ways = [way for way in (_own(lesson, seat), _watching(viewer, lesson, seat)) if way]
    if not (ways or is_early):
        return ""
    is_coming = lesson.state is LessonState.PLANNED and stock.is_kept(lesson)
    rooms = stock.rooms_of(lesson) if is_coming and seat.part in STAFF else []
    foreseen = foretold.lines(lesson, rehearsing.of_lesson(lesson.id)) if is_coming and seat.part in STAFF else []
    plan = f"/live/{lesson.id}/local-plan" if is_coming and lesson.receivers and seat.part in TEACHERS else ""
    return render_template("live/doors.html", ways=ways, is_early=is_early, rooms=rooms, foreseen=foreseen, plan=plan)


def _own(lesson: LessonFacts, seat: Seat) -> Way | None:
    """The way to one's own seat: in, back, or beforehand to try things out."""
    url = f"/live/{lesson.id}"
    if lesson.state is LessonState.ENDED:
        return Way(_("看教研记录") if lesson.is_meeting else _("看课堂记录"), url)
    if seat.part not in STAFF:
        return None
    if lesson.state is LessonState.OPEN:
        return Way(_("回到联合教研") if lesson.is_meeting else _("回到课堂"), url, is_primary=True)
    if lesson.is_near:
        return Way(_("进入联合教研") if lesson.is_meeting else _("进入课堂"), url, is_primary=True)
    return Way(_("打开课堂（试讲）"), url) if lesson.is_ahead and seat.part in TEACHERS and not lesson.is_meeting else None


def _watching(viewer: Viewer, lesson: LessonFacts, seat: Seat) -> Way | None:
    """Who leads or assists is needed there; a colleague of theirs may sit in."""
    if seat.part in TEACHERS or not lesson.is_near or not access.may_watch(viewer, lesson):
        return None
    return Way(_("旁听"), f"/live/{lesson.id}?as=observer")


def _seat(viewer: Viewer, lesson: LessonFacts) -> Seat | None:
    try:
        return access.seat_in(viewer, lesson)
    except HubError:
        return None

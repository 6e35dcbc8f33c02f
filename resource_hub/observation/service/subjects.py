"""What an observation is of: the lesson, recording or room that a device names, as far as the observer may.

Rule: a right that was lost meanwhile (removed from a cycle, a lesson out of reach) takes the link away, never the
notes; the observer is told in plain words.
"""

from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _

from resource_hub.kernel.errors import HubError, NotFound
from resource_hub.kernel.viewer import Viewer
from resource_hub.library import access as library
from resource_hub.live import access as live
from resource_hub.media import access as media
from resource_hub.observation import access
from resource_hub.observation.models import Observation
from resource_hub.observation.schemas import ObservationIn, What
from resource_hub.people import queries as people
from resource_hub.schools import queries as schools
from resource_hub.timetable import queries as timetable


@dataclass(frozen=True, slots=True)
class Subject:
    """Links that hold, what the timetable or the library knows of them, and what the observer must be told."""

    what: What
    lesson_id: str | None = None
    resource_id: str | None = None
    asset_id: str | None = None
    cycle_id: str | None = None
    teacher_id: str | None = None
    school_id: str | None = None
    teacher: str = ""
    school: str = ""
    class_name: str = ""
    subject: str = ""
    topic: str = ""
    told: str = ""


def subject_of(viewer: Viewer, given: ObservationIn, row: Observation) -> Subject:
    """Return what the device's observation is of; links that were checked once stay."""
    told: list[str] = []
    cycle = _cycle(viewer, given, told)
    if given.what is What.LESSON and given.lesson and (found := _lesson(viewer, given.lesson, row, cycle)):
        return found
    if given.what is What.RECORDING and given.resource and (found := _recording(viewer, given, row, cycle)):
        return found
    if given.what is not What.ROOM:
        told.append(_("您现在看不到这节课了，记录没有丢，仍然是您自己的，作为没有视频的听课保存。"))
    return _room(given, row, cycle, "".join(told))


def began(lesson_id: str | None) -> datetime | None:
    """Return when a lesson began, or was to begin."""
    lesson = timetable.lesson(lesson_id) if lesson_id else None
    return None if lesson is None else lesson.opened_at or lesson.starts_at


def own_photo(viewer: Viewer, asset_id: str) -> str:
    """Return the id of a picture that the observer uploaded; NotFound for anything else."""
    asset = media.get_asset_for(viewer, asset_id, "change")
    if asset.family != "image":
        raise NotFound
    return asset.id


def _cycle(viewer: Viewer, given: ObservationIn, told: list[str]) -> str | None:
    if given.cycle is None or given.cycle in access.cycles_of(viewer):
        return given.cycle
    told.append(_("您已经不在这个课例研究里了。这份记录仍然是您自己的，不再和课例研究相连。"))
    return None


def _lesson(viewer: Viewer, lesson_id: str, row: Observation, cycle: str | None) -> Subject | None:
    lesson = timetable.lesson(lesson_id)
    if lesson is None or not (row.lesson_id == lesson_id or live.may_watch(viewer, lesson)):
        return None
    first = lesson.sites[0] if lesson.sites else None
    return Subject(
        What.LESSON, lesson_id=lesson.id, cycle_id=cycle, teacher_id=lesson.lead_person_id, school_id=first.school_id if first else None,
        teacher=lesson.lead, school=first.school if first else "", class_name=first.class_name if first else "",
        subject=lesson.subject_name, topic=lesson.title,
    )  # fmt: skip


def _recording(viewer: Viewer, given: ObservationIn, row: Observation, cycle: str | None) -> Subject | None:
    assert given.resource is not None  # noqa: S101 -- asked by the only caller
    try:
        resource = library.get_resource_for(viewer, given.resource, "view")
        if given.asset:
            media.get_asset_for(viewer, given.asset, "view")
    except HubError:
        if row.resource_id != given.resource:
            return None
        return Subject(
            What.RECORDING, resource_id=row.resource_id, asset_id=row.asset_id, cycle_id=cycle, teacher_id=row.teacher_id,
            school_id=row.school_id,
        )  # fmt: skip
    school = schools.school_names([resource.school_id]).get(resource.school_id, "")
    return Subject(
        What.RECORDING, resource_id=resource.id, asset_id=given.asset, cycle_id=cycle, teacher_id=resource.author_id,
        school_id=resource.school_id, teacher=resource.author_name, school=school, topic=resource.title,
    )  # fmt: skip


def _room(given: ObservationIn, row: Observation, cycle: str | None, told: str) -> Subject:
    wanted = given.teacher_id or row.teacher_id
    card = people.person_names([wanted]).get(wanted) if wanted else None
    if card is None:
        return Subject(What.ROOM, cycle_id=cycle, told=told)
    return Subject(
        What.ROOM, cycle_id=cycle, teacher_id=card.id, school_id=card.school_id, teacher=card.name, school=card.school, told=told
    )

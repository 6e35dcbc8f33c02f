"""What was taught in a round: a lesson of the timetable, a recording of the library, or a day.

Rule: the evidence is the taught teacher's. A round takes only a lesson that its teacher gave and a recording that is theirs.
"""

from datetime import date

import sqlalchemy as sa

from resource_hub.audit import service as audit
from resource_hub.infra import unit
from resource_hub.infra.db import db
from resource_hub.infra.features import hub
from resource_hub.kernel import clock
from resource_hub.kernel.errors import N_, Invalid
from resource_hub.kernel.refs import Ref
from resource_hub.kernel.viewer import Viewer
from resource_hub.library import queries as library
from resource_hub.library.access import get_resource_for
from resource_hub.schools import queries as schools
from resource_hub.study import rules
from resource_hub.study.access import get_round_for
from resource_hub.study.events import Taught
from resource_hub.study.models import StudyRound
from resource_hub.study.schemas import LessonIn, RoundState
from resource_hub.timetable import queries as timetable
from resource_hub.timetable.schemas import LessonState


def bind_lesson(viewer: Viewer, round_id: str, given: LessonIn) -> None:
    """Say what is taught in a round; what has been held already makes it taught, a lesson ahead does so when it ends.

    Raises WrongStep once the round was taught, Invalid naming the field for what is not its teacher's.
    """
    cycle, row = get_round_for(viewer, round_id, "teach", lock=True)
    if row.state is not RoundState.PLANNED:
        raise rules.WrongStep
    row.lesson_id, row.resource_id, row.asset_id = None, None, None
    day = _lesson(row, given.lesson_id) if given.lesson_id else _recorded(viewer, row, given)
    db.session.flush()
    audit.note(viewer, "study.lesson_bound", Ref("study_cycle", cycle.id), details={"round": row.number})
    if day is not None:
        _taught(row, day)


def lesson_ended(lesson_id: str) -> None:
    """Let the rounds that wait for this lesson be taught."""
    wanted = sa.select(StudyRound).where(StudyRound.lesson_id == lesson_id, StudyRound.state == RoundState.PLANNED)
    for row in db.session.scalars(wanted.with_for_update()):
        _taught(row, schools.today())


def _lesson(row: StudyRound, lesson_id: str) -> date | None:
    """Bind a lesson and return its day when it was held already."""
    lesson = timetable.lesson(lesson_id)
    if lesson is None or lesson.is_meeting or lesson.lead_person_id != row.teacher_id or lesson.state is LessonState.CANCELLED:
        raise Invalid(fields={"lesson_id": N_("请选授课教师自己主讲的一节课。")})
    row.lesson_id = lesson.id
    return lesson.day if lesson.state is LessonState.ENDED else None


def _recorded(viewer: Viewer, row: StudyRound, given: LessonIn) -> date:
    if given.resource_id:
        resource = get_resource_for(viewer, given.resource_id, "view")
        recording = library.resource_view(viewer, given.resource_id).recording
        if resource.author_id != row.teacher_id or recording is None or recording.family != "video":
            raise Invalid(fields={"resource_id": N_("请选授课教师自己上传的课堂录像。")})
        row.resource_id, row.asset_id = resource.id, recording.id
    elif given.taught_on is None:
        raise Invalid(fields={"taught_on": N_("请选一节课、一个录像，或写下哪一天上的。")})
    day = given.taught_on or clock.now().astimezone(hub().settings.zone).date()
    if day > schools.today():
        raise Invalid(fields={"taught_on": N_("这一天还没有到。")})
    return day


def _taught(row: StudyRound, day: date) -> None:
    row.state, row.taught_on = rules.round_moved(row.state, RoundState.TAUGHT), day
    unit.record(Taught(None, row.cycle_id, row.teacher_id, day, row.lesson_id, row.resource_id))

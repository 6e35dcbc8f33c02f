"""Verbs on research meetings: teachers of a community meet without pupils, in the same room as a lesson.

Whoever calls one leads it. The places are those of persons, so that everybody has a seat, a picture and a voice.
"""

from datetime import datetime, timedelta

from flask_babel import gettext as _

from resource_hub.audit import service as audit
from resource_hub.infra.db import db
from resource_hub.infra.features import hub
from resource_hub.kernel import clock
from resource_hub.kernel.errors import N_, Invalid, NotAllowed, NotFound
from resource_hub.kernel.ids import new_id
from resource_hub.kernel.refs import Ref
from resource_hub.kernel.viewer import Viewer
from resource_hub.people import queries as people
from resource_hub.timetable import access, conflicts, queries, rules, weeks
from resource_hub.timetable.models import Lesson, LessonSite
from resource_hub.timetable.schemas import LessonKind, LessonState, Meeting
from resource_hub.timetable.service import notices
from resource_hub.timetable.service.lessons import LessonOver, work_named
from resource_hub.timetable.service.turns import take_turn


def add_meeting(plan: Meeting, *, by: Viewer) -> str:
    """Call a meeting and tell everybody; returns its id. Invalid names the field: a time that is past, nobody, somebody who is busy."""
    take_turn()
    lesson_id = new_id("les")
    starts, ends = _checked(lesson_id, plan, by)
    row = Lesson(
        id=lesson_id, pairing_id=None, community_id=plan.community_id, kind=LessonKind.RESEARCH_MEETING, subject=plan.subject,
        period=None, lead_class_id=None, lead_person_id=by.person_id, state=LessonState.PLANNED, created_at=clock.now(), title="",
        day=plan.day, starts_at=starts, ends_at=ends,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    _write(row, plan, starts, ends, by)
    audit.note(by, "lesson.called", Ref("lesson", lesson_id))
    notices.tell_meeting(lesson_id, by)
    return lesson_id


def change_meeting(lesson_id: str, plan: Meeting, *, by: Viewer) -> None:
    """Change a meeting that has not begun: its time, who takes part, what it is about. Raises as ``add_meeting`` does, and LessonOver."""
    take_turn()
    facts = access.get_lesson_for(by, lesson_id, "change")
    if not facts.is_meeting:
        raise NotFound
    if facts.state is not LessonState.PLANNED:
        raise LessonOver
    starts, ends = _checked(lesson_id, plan, by)
    row = db.session.get_one(Lesson, lesson_id, with_for_update=True, populate_existing=True)
    for site in queries.sites_of([lesson_id])[lesson_id]:
        db.session.delete(site)
    db.session.flush()
    _write(row, plan, starts, ends, by)
    row.version += 1
    audit.note(by, "lesson.named", Ref("lesson", lesson_id))
    notices.tell_meeting(lesson_id, by, left=set(facts.person_ids) - {row.lead_person_id, *plan.person_ids})


def _checked(lesson_id: str, plan: Meeting, by: Viewer) -> tuple[datetime, datetime]:
    community = next((one for one in access.seen_communities(by) if one.id == plan.community_id), None)
    if community is None:
        raise NotAllowed
    starts = weeks.moment(plan.day, plan.starts.hour * 60 + plan.starts.minute, hub().settings.zone)
    ends = starts + timedelta(minutes=plan.minutes)
    if starts <= clock.now():
        raise Invalid(fields={"day": N_("这个时间已经过去了。")})
    others = [person for person in plan.person_ids if person != by.person_id]
    if not others:
        raise Invalid(fields={"people": N_("请至少选一位参加的教师。")})
    if len(others) > rules.MOST_RECEIVERS:
        raise Invalid(fields={"people": _("一次最多 %(n)s 位教师参加。人再多，声音和画面就顾不过来了。", n=rules.MOST_RECEIVERS)})
    if set(others) - access.meetable(community):
        raise Invalid(fields={"people": N_("有的教师不在这个教共体里，请重新选择。")})
    conflicts.refuse_busy(lesson_id, "people", starts, ends, {by.person_id, *others})
    return starts, ends


def _write(row: Lesson, plan: Meeting, starts: datetime, ends: datetime, by: Viewer) -> None:
    row.title, row.subject, row.day, row.starts_at, row.ends_at = plan.title, plan.subject, plan.day, starts, ends
    row.pack = str(work_named(plan.pack, by)) if plan.pack else None
    places = [row.lead_person_id, *(person for person in plan.person_ids if person != row.lead_person_id)]
    cards = people.person_names(places)
    for position, person in enumerate(places):
        assist = person if position else None
        db.session.add(LessonSite(lesson_id=row.id, position=position, school_id=cards[person].school_id or None, assist_person_id=assist))
    db.session.flush()

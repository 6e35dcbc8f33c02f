"""Verbs on one lesson: a substitute, a cancellation, another day, its title; opening and ending it.

Who may ask is decided here with ``by``; the feature that runs lessons live calls ``open_lesson``,
``extend_lesson`` and ``end_lesson`` after its own checks. Rule: what was planned first stays readable
(``planned_person_id``, ``moved_from``, ``cancelled_at``), since statistics count by it.
"""

import re
from datetime import date, datetime, timedelta

from resource_hub.audit import service as audit
from resource_hub.infra import unit
from resource_hub.infra.db import db
from resource_hub.infra.features import hub
from resource_hub.kernel import clock
from resource_hub.kernel.errors import N_, Conflict, Invalid, NotFound
from resource_hub.kernel.refs import Ref
from resource_hub.kernel.viewer import Viewer
from resource_hub.people import queries as people
from resource_hub.schools import queries as schools
from resource_hub.timetable import access, conflicts, queries, rules, weeks
from resource_hub.timetable.events import LessonCancelled, LessonEnded, LessonExtended, LessonMoved, LessonOpened, SubstituteNamed
from resource_hub.timetable.models import Lesson, LessonSite
from resource_hub.timetable.queries import LessonFacts
from resource_hub.timetable.schemas import CancelReason, LessonState
from resource_hub.timetable.service import notices
from resource_hub.timetable.service.turns import take_turn

_WORK = re.compile(r"(?:^|/|:)(res_[0-9a-z]{26})(?:$|[/?#])")
"""The id of a work in an address of its page, in its Ref, or alone."""


class LessonOver(Conflict):
    code = "lesson_over"
    message = N_("这节课已经开始、上完或停课，不能再改。")


class LessonNotOpen(Conflict):
    code = "lesson_not_open"
    message = N_("这节课现在没有在上。")


def substitute_lead(lesson_id: str, person_id: str, *, by: Viewer | None = None) -> None:
    """Let somebody else lead the lesson; whoever was planned first is kept, and has it back when named again."""
    take_turn()
    facts = _planned(lesson_id, "change", by)
    lead = next((site for site in facts.sites if site.position == 0), None)
    _check_colleague(person_id, lead.school_id if lead else None, but=facts.planned_person_id)
    if person_id == facts.lead_person_id:
        return
    conflicts.refuse_busy(lesson_id, "person_id", facts.starts_at, facts.ends_at, [person_id])
    if person_id in facts.person_ids:
        raise Invalid(fields={"person_id": N_("这位教师在这节课里助学，不能同时主讲。请先换人助学。")})
    row = _row(lesson_id)
    planned = row.planned_person_id or row.lead_person_id
    row.lead_person_id, row.planned_person_id = person_id, None if person_id == planned else planned
    row.version += 1
    _tell_substitute(facts, person_id, facts.lead_person_id, None, by)


def substitute_assist(lesson_id: str, class_id: str, person_id: str, *, by: Viewer | None = None) -> None:
    """Let somebody else assist at a receiving class; NotFound when the class is not at this lesson."""
    take_turn()
    facts = _planned(lesson_id, "change", by)
    there = next((site for site in facts.receivers if site.class_id == class_id), None)
    if there is None:
        raise NotFound
    _check_colleague(person_id, there.school_id, but=there.planned_assist_id)
    if person_id == there.assist_id:
        return
    if person_id in facts.person_ids:
        raise Invalid(fields={"person_id": N_("这位教师已经在这节课的另一个教室。")})
    conflicts.refuse_busy(lesson_id, "person_id", facts.starts_at, facts.ends_at, [person_id])
    row, site = _row(lesson_id), db.session.get_one(LessonSite, (lesson_id, there.position), populate_existing=True)
    planned = site.planned_assist_id or site.assist_person_id
    site.assist_person_id, site.planned_assist_id = person_id, None if person_id == planned else planned
    row.version += 1
    _tell_substitute(facts, person_id, there.assist_id, class_id, by)


def cancel_lesson(lesson_id: str, reason: CancelReason, note: str = "", *, by: Viewer | None = None) -> None:
    """Cancel a planned lesson, for a reason; it may be restored while it lies ahead."""
    take_turn()
    facts = _planned(lesson_id, "change", by)
    row = _row(lesson_id)
    row.state, row.cancelled_at, row.cancel_reason, row.cancel_note = LessonState.CANCELLED, clock.now(), reason, note
    row.version += 1
    audit.note(by, "lesson.cancelled", Ref("lesson", lesson_id), details={"reason": reason.value})
    notices.tell_cancelled(facts, by)
    unit.record(LessonCancelled(lesson_id))


def restore_lesson(lesson_id: str, *, by: Viewer | None = None) -> None:
    """Take a cancellation back while the lesson lies ahead; Invalid when somebody has another lesson by now."""
    take_turn()
    facts = _facts(lesson_id, "change", by)
    if facts.state is not LessonState.CANCELLED or not facts.is_ahead:
        raise LessonOver
    conflicts.refuse_busy(lesson_id, "restore", facts.starts_at, facts.ends_at, _needs(facts))
    row = _row(lesson_id)
    row.state, row.cancelled_at, row.cancel_reason, row.cancel_note = LessonState.PLANNED, None, None, ""
    row.version += 1
    audit.note(by, "lesson.restored", Ref("lesson", lesson_id))
    notices.tell_restored(facts, by)


def move_lesson(lesson_id: str, day: date, period: int, *, by: Viewer | None = None) -> None:
    """Give a planned lesson another day or period by the lead school's bells; a make-up day may take it.

    Invalid names the field: a day without lessons, a period that the school does not have, somebody who is busy.
    """
    take_turn()
    facts = _planned(lesson_id, "arrange", by)
    starts, ends = _moments(facts, day, period)
    if (day, period) == (facts.day, facts.period):
        return
    same = queries.lessons_between(day, day, pairing_id=facts.pairing_id) if facts.pairing_id else []
    if any(other.period == period and other.id != lesson_id for other in same):
        raise Invalid(fields={"day": N_("这个结对在那一节已经有课，或有一节停了的课。可以恢复那一节。")})
    conflicts.refuse_busy(lesson_id, "day", starts, ends, _needs(facts))
    row = _row(lesson_id)
    before = (row.day, row.period)
    first = (row.moved_from or row.day, row.moved_from_period or row.period)
    is_back = (day, period) == first
    row.moved_from, row.moved_from_period = (None, None) if is_back else first
    row.day, row.period, row.starts_at, row.ends_at = day, period, starts, ends
    row.version += 1
    audit.note(by, "lesson.moved", Ref("lesson", lesson_id), details={"from": f"{before[0]} {before[1]}", "to": f"{day} {period}"})
    notices.tell_moved(facts, starts, by)
    unit.record(LessonMoved(lesson_id))


def name_lesson(lesson_id: str, title: str, pack: str, *, by: Viewer) -> None:
    """Give the lesson its title and the work that it is taught with; Invalid for a work that ``by`` cannot see."""
    facts = _facts(lesson_id, "change", by)
    ref = work_named(pack, by) if pack else None
    row = _row(lesson_id)
    if row.state in {LessonState.ENDED, LessonState.CANCELLED}:
        raise LessonOver
    if (row.title, row.pack) != (title, str(ref) if ref else None):
        row.title, row.pack = title, str(ref) if ref else None
        row.version += 1
        audit.note(by, "lesson.named", Ref("lesson", facts.id))


def open_lesson(lesson_id: str, *, by: Viewer | None = None) -> None:
    """Begin a lesson, or let one that was ended by mistake go on; nothing happens when it is open. LessonOver when it was cancelled.

    How long after its end a lesson may go on is the caller's to decide.
    """
    row = _row(lesson_id)
    if row.state is LessonState.OPEN:
        return
    if row.state is LessonState.CANCELLED:
        raise LessonOver
    row.state, row.opened_at, row.ended_at, row.version = LessonState.OPEN, row.opened_at or clock.now(), None, row.version + 1
    audit.note(by, "lesson.opened", Ref("lesson", lesson_id))
    unit.record(LessonOpened(lesson_id))


def end_lesson(lesson_id: str, *, by: Viewer | None = None) -> None:
    """End an open lesson; nothing happens when it was ended. LessonNotOpen when it never began."""
    row = _row(lesson_id)
    if row.state is LessonState.ENDED:
        return
    if row.state is not LessonState.OPEN:
        raise LessonNotOpen
    row.state, row.ended_at, row.version = LessonState.ENDED, clock.now(), row.version + 1
    audit.note(by, "lesson.ended", Ref("lesson", lesson_id))
    unit.record(LessonEnded(lesson_id))


def extend_lesson(lesson_id: str, minutes: int, *, by: Viewer | None = None) -> None:
    """Let an open lesson end ``minutes`` later than it was to; LessonNotOpen otherwise."""
    row = _row(lesson_id)
    if row.state is not LessonState.OPEN:
        raise LessonNotOpen
    if not 0 < minutes <= rules.LONGEST_EXTENSION:
        raise Invalid(fields={"minutes": N_("一次最多延长 %(n)s 分钟。")}, n=rules.LONGEST_EXTENSION)
    row.ends_at, row.version = row.ends_at + timedelta(minutes=minutes), row.version + 1
    audit.note(by, "lesson.extended", Ref("lesson", lesson_id), details={"minutes": minutes})
    unit.record(LessonExtended(lesson_id, minutes))


def _facts(lesson_id: str, action: str, by: Viewer | None) -> LessonFacts:
    found = access.get_lesson_for(by, lesson_id, action) if by else queries.lesson(lesson_id)
    if found is None:
        raise NotFound
    return found


def _planned(lesson_id: str, action: str, by: Viewer | None) -> LessonFacts:
    found = _facts(lesson_id, action, by)
    if found.state is not LessonState.PLANNED:
        raise LessonOver
    return found


def _row(lesson_id: str) -> Lesson:
    """Return the row as nobody else changes it until this unit ends."""
    row = db.session.get(Lesson, lesson_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound
    return row


def _needs(facts: LessonFacts) -> set[str]:
    return {*facts.person_ids, *(site.class_id for site in facts.sites if site.class_id)}


def _check_colleague(person_id: str, school_id: str | None, *, but: str | None) -> None:
    """A substitute comes from the same school, or is who was planned first."""
    card = people.person_names([person_id]).get(person_id)
    is_ours = card is not None and not card.has_left and card.school_id == school_id
    if not is_ours and person_id != but:
        raise Invalid(fields={"person_id": N_("请从这所学校的教师里选。")})


def _tell_substitute(facts: LessonFacts, person_id: str, replaced_id: str | None, class_id: str | None, by: Viewer | None) -> None:
    audit.note(by, "lesson.substituted", Ref("lesson", facts.id), details={"person": person_id, "instead_of": replaced_id or ""})
    notices.tell_substitute(facts, person_id, replaced_id, by)
    unit.record(SubstituteNamed(facts.id, person_id, replaced_id, class_id))


def _moments(facts: LessonFacts, day: date, period: int) -> tuple[datetime, datetime]:
    """Return when that period begins and ends; Invalid for a day or period on which nothing can be taught."""
    term = schools.term_on(day)
    if term is None or not weeks.may_hold_lessons(term, day):
        raise Invalid(fields={"day": N_("这一天不上课。可以选教学日或调休上课的日子。")})
    lead = next((site.school_id for site in facts.sites if site.position == 0), "")
    found = weeks.period_on(schools.bells_of_schools([lead])[lead], day, period)
    if found is None:
        raise Invalid(fields={"period": N_("主讲校那一天的作息里没有这一节。")})
    starts = weeks.moment(day, found.starts, hub().settings.zone)
    if starts <= clock.now():
        raise Invalid(fields={"day": N_("这一节已经过去了。")})
    return starts, weeks.moment(day, found.ends, hub().settings.zone)


def work_named(text: str, by: Viewer) -> Ref:
    """Return the work that an address names; Invalid for one that ``by`` does not see."""
    found = _WORK.search(text.strip())
    ref = Ref("resource", found[1]) if found else None
    if ref is None or hub().card(by, ref) is None:
        raise Invalid(fields={"pack": N_("没有找到这份资源，或者您看不到它。请粘贴资源页的网址。")})
    return ref

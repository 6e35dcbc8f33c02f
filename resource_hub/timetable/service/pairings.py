"""Verbs on pairings: each plans the lessons of its term, and plans anew those that nobody touched yet."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from resource_hub.audit import service as audit
from resource_hub.infra.db import db
from resource_hub.kernel import clock
from resource_hub.kernel.errors import N_, Conflict
from resource_hub.kernel.ids import new_id
from resource_hub.kernel.refs import Ref
from resource_hub.kernel.viewer import Viewer
from resource_hub.timetable import access, conflicts, queries
from resource_hub.timetable.conflicts import Draft, PlannedLesson
from resource_hub.timetable.models import Lesson, LessonSite, Pairing, PairingClass, PairingSlot
from resource_hub.timetable.schemas import CancelReason, LessonState, Plan
from resource_hub.timetable.service.turns import take_turn


class PairingEnded(Conflict):
    code = "pairing_ended"
    message = N_("这个结对已经结束，不能再改。需要时请新建一个。")


@dataclass(frozen=True, slots=True)
class Renewed:
    """What planning anew did: lessons made, taken away, and those left as somebody had changed them."""

    made: int
    removed: int
    kept: int


def add_pairing(plan: Plan, *, by: Viewer | None = None) -> str:
    """Pair the classes and plan their lessons; return the pairing's id.

    Invalid tells at its field who would be at two places; what is only unusual is saved (``conflicts.warnings``).
    """
    take_turn()
    draft = _allowed(plan, by)
    conflicts.refuse_clashes(draft)
    pairing = Pairing(id=new_id("pai"), created_at=clock.now(), created_by=by.person_id if by else None, version=1)
    _fill(pairing, draft)
    db.session.add(pairing)
    db.session.flush()
    _put_parts(pairing.id, plan)
    _put_lessons([(_new(), one) for one in draft.lessons], pairing.id, draft)
    audit.note(by, "pairing.added", Ref("pairing", pairing.id), details={"subject": plan.subject, "lessons": len(draft.lessons)})
    return pairing.id


def change_pairing(pairing_id: str, version: int, plan: Plan, *, by: Viewer | None = None) -> Renewed:
    """Let the pairing be as ``plan`` says, and plan anew its lessons to come that nobody touched.

    Conflict when somebody changed it since ``version``; lessons that were held, moved, cancelled or
    taken over stay as they are.
    """
    take_turn()
    pairing = _open_pairing(pairing_id, version, by)
    draft = _allowed(plan, by)
    conflicts.refuse_clashes(draft, but_pairing=pairing_id)
    _fill(pairing, draft)
    pairing.version += 1
    db.session.execute(sa.delete(PairingClass).where(PairingClass.pairing_id == pairing_id))
    db.session.execute(sa.delete(PairingSlot).where(PairingSlot.pairing_id == pairing_id))
    _put_parts(pairing_id, plan)
    done = _plan_anew(pairing_id, draft)
    audit.note(by, "pairing.changed", Ref("pairing", pairing_id), details={"made": done.made, "removed": done.removed})
    return done


def renew_lessons(pairing_id: str, version: int, *, by: Viewer | None = None) -> Renewed:
    """Plan the lessons to come anew by the calendar and the bells as they are now."""
    take_turn()
    pairing = _open_pairing(pairing_id, version, by)
    found = queries.pairing(pairing.id)
    if found is None:
        raise Conflict
    return change_pairing(pairing_id, version, found.plan, by=by)


def end_pairing(pairing_id: str, version: int, on: date, *, by: Viewer | None = None) -> Renewed:
    """End the pairing: ``on`` is the first day without it. Untouched lessons from then on are taken away."""
    take_turn()
    pairing = _open_pairing(pairing_id, version, by)
    on = max(pairing.first_day, on)
    pairing.ended_on, pairing.version = on, pairing.version + 1
    doomed, kept = [], 0
    for row, sites in _to_come(pairing_id):
        if row.day < on:
            continue
        if queries.is_touched(row, sites):
            kept += row.state is not LessonState.CANCELLED
        else:
            doomed.append(row.id)
    _remove(doomed)
    audit.note(by, "pairing.ended", Ref("pairing", pairing_id), details={"on": on.isoformat(), "removed": len(doomed)})
    return Renewed(0, len(doomed), kept)


def _allowed(plan: Plan, by: Viewer | None) -> Draft:
    draft = conflicts.drafted(plan)
    if by is not None:
        access.require_arranger(by, plan.community_id, draft.school_ids)
    return draft


def _open_pairing(pairing_id: str, version: int, by: Viewer | None) -> Pairing:
    if by is not None:
        access.get_pairing_for(by, pairing_id, "arrange")
    pairing = db.session.get_one(Pairing, pairing_id, populate_existing=True)
    if pairing.ended_on is not None:
        raise PairingEnded
    if pairing.version != version:
        raise Conflict
    return pairing


def _fill(pairing: Pairing, draft: Draft) -> None:
    plan = draft.plan
    pairing.community_id, pairing.term_id = plan.community_id, draft.term.id
    pairing.subject, pairing.edition = plan.subject, plan.edition
    pairing.lead_class_id, pairing.lead_person_id = plan.lead_class_id, plan.lead_person_id
    pairing.first_day, pairing.last_day, pairing.weeks = plan.first_day, plan.last_day, plan.weeks
    pairing.reason, pairing.clock, pairing.kind = plan.reason, plan.clock, plan.kind


def _put_parts(pairing_id: str, plan: Plan) -> None:
    for position, receiver in enumerate(plan.receivers, 1):
        db.session.add(
            PairingClass(pairing_id=pairing_id, class_id=receiver.class_id, assist_person_id=receiver.assist_id, position=position)
        )
    db.session.add_all(PairingSlot(pairing_id=pairing_id, weekday=slot.weekday, period=slot.period) for slot in plan.slots)
    db.session.flush()


def _put_lessons(rows: Sequence[tuple[Lesson, PlannedLesson]], pairing_id: str, draft: Draft) -> None:
    """Let each row be its lesson of the plan; what teachers wrote into it (title, pack) stays."""
    plan = draft.plan
    for row, one in rows:
        row.pairing_id, row.community_id, row.kind, row.subject = pairing_id, plan.community_id, plan.kind, plan.subject
        row.day, row.period, row.starts_at, row.ends_at = one.day, one.period, one.starts, one.ends
        row.lead_class_id, row.lead_person_id = plan.lead_class_id, plan.lead_person_id
        db.session.add(row)
    db.session.flush()  # sites name their lessons, and nothing else tells the session which comes first
    db.session.add_all(site for row, _one in rows for site in _sites(row.id, draft))
    db.session.flush()


def _sites(lesson_id: str, draft: Draft) -> Iterable[LessonSite]:
    assists = {receiver.class_id: receiver.assist_id for receiver in draft.plan.receivers}
    for position, class_id in enumerate(draft.plan.class_ids):
        klass = draft.classes[class_id]
        yield LessonSite(
            lesson_id=lesson_id, class_id=class_id, school_id=klass.school_id, position=position,
            assist_person_id=assists.get(class_id), head_count=klass.head_count,
        )  # fmt: skip


def _new() -> Lesson:
    return Lesson(id=new_id("les"), created_at=clock.now(), version=1, state=LessonState.PLANNED)


def _plan_anew(pairing_id: str, draft: Draft) -> Renewed:
    """Rows keep their days where the plan still has them; a row whose day fell out takes the next new one.

    So a prepared lesson keeps its title and pack; one for which no day is left is cancelled, not lost.
    """
    rows = _to_come(pairing_id)
    touched = [row for row, sites in rows if queries.is_touched(row, sites)]
    taken = {(row.day, row.period) for row in touched} | {(row.moved_from, row.moved_from_period) for row in touched}
    wanted = {(one.day, one.period): one for one in draft.lessons if one.starts > clock.now() and (one.day, one.period) not in taken}
    free = [row for row, sites in rows if not queries.is_touched(row, sites)]
    _clear_sites(row.id for row in free)
    staying = [row for row in free if (row.day, row.period) in wanted]
    leaving = sorted((row for row in free if (row.day, row.period) not in wanted), key=lambda row: not _is_prepared(row))
    fresh = [key for key in wanted if key not in {(row.day, row.period) for row in staying}]
    pairs = [(row, wanted[row.day, row.period or 0]) for row in staying]
    pairs += [(row, wanted[key]) for row, key in zip(leaving, fresh, strict=False)]
    for row, _one in pairs:
        row.version += 1
    pairs += [(_new(), wanted[key]) for key in fresh[len(leaving) :]]
    _put_lessons(pairs, pairing_id, draft)
    left = leaving[len(fresh) :]
    _drop(left, pairing_id, draft)
    return Renewed(max(0, len(fresh) - len(leaving)), len(left), sum(row.state is not LessonState.CANCELLED for row in touched))


def _drop(rows: Sequence[Lesson], pairing_id: str, draft: Draft) -> None:
    """Take away lessons for which no day is left; those that somebody prepared stay, cancelled."""
    _remove([row.id for row in rows if not _is_prepared(row)])
    prepared = [row for row in rows if _is_prepared(row)]
    for row in prepared:
        is_off = not draft.term.is_teaching_day(row.day)
        row.state, row.cancelled_at, row.version = LessonState.CANCELLED, clock.now(), row.version + 1
        row.cancel_reason = CancelReason.HOLIDAY if is_off else CancelReason.OTHER
    _put_lessons([(row, PlannedLesson(row.day, row.period or 0, row.starts_at, row.ends_at)) for row in prepared], pairing_id, draft)


def _is_prepared(row: Lesson) -> bool:
    return bool(row.title or row.pack)


def _to_come(pairing_id: str) -> list[tuple[Lesson, list[LessonSite]]]:
    """Rows are held: whoever opens or names one of these lessons at this moment does so before or after, not between."""
    query = sa.select(Lesson).where(Lesson.pairing_id == pairing_id, Lesson.starts_at > clock.now()).order_by(Lesson.starts_at)
    rows = db.session.scalars(query.with_for_update().execution_options(populate_existing=True)).all()
    sites = queries.sites_of(row.id for row in rows)
    return [(row, sites[row.id]) for row in rows]


def _clear_sites(lesson_ids: Iterable[str]) -> None:
    db.session.execute(sa.delete(LessonSite).where(LessonSite.lesson_id.in_(list(lesson_ids))))
    db.session.flush()


def _remove(lesson_ids: Sequence[str]) -> None:
    _clear_sites(lesson_ids)
    db.session.execute(sa.delete(Lesson).where(Lesson.id.in_(lesson_ids)))
    db.session.flush()

"""Reading tasks and cycles as plain values; every read begins with the viewer's membership (``access``)."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from resource_hub.infra.db import db
from resource_hub.kernel.errors import NotFound
from resource_hub.kernel.paging import Page, read_moment, write_cursor
from resource_hub.kernel.viewer import Viewer
from resource_hub.library.lesson_plan import Plan as Content
from resource_hub.people import queries as people
from resource_hub.study import access
from resource_hub.study.facts import CauseFacts, CycleFacts, CycleRow, Edition, Person, RoundFacts, TaskFacts, TurnFacts
from resource_hub.study.models import (
    ChangeReason,
    DiscussionTurn,
    PersonalEdition,
    PrepMember,
    PrepTask,
    RoundObserver,
    StudyCycle,
    StudyMember,
    StudyRound,
)
from resource_hub.study.schemas import Dues, PrepState, RoundState


def tasks_of(viewer: Viewer, *, cursor: str | None = None, limit: int = 20) -> Page[TaskFacts]:
    """Return the viewer's tasks, the last changed first."""
    query = sa.select(PrepTask).where(access.tasks_shown_to(viewer))
    if after := read_moment(cursor):
        query = query.where(sa.tuple_(PrepTask.updated_at, PrepTask.id) < sa.tuple_(*map(sa.literal, after)))
    rows = db.session.scalars(query.order_by(PrepTask.updated_at.desc(), PrepTask.id.desc()).limit(limit + 1)).all()
    more = write_cursor(rows[limit - 1].updated_at.isoformat(), rows[limit - 1].id) if len(rows) > limit else None
    return Page(_tasks(rows[:limit]), more)


def task(viewer: Viewer, task_id: str) -> TaskFacts:
    """Return a task of the viewer; NotFound otherwise."""
    return _tasks([access.get_task_for(viewer, task_id, "view")])[0]


def task_of_meeting(viewer: Viewer, lesson_id: str) -> str | None:
    """Return the viewer's task whose members meet in that lesson."""
    query = sa.select(PrepTask.id).where(PrepTask.meeting_id == lesson_id, access.tasks_shown_to(viewer))
    return db.session.scalar(query.limit(1))


def tasks_due_for(person_id: str) -> list[tuple[str, str, PrepState, Dues]]:
    """Return id, title, state and days of a person's tasks that are not put away: for their calendar and for reminders."""
    mine = sa.exists().where(PrepMember.task_id == PrepTask.id, PrepMember.person_id == person_id)
    rows = db.session.scalars(sa.select(PrepTask).where(mine, PrepTask.state != PrepState.ARCHIVED).order_by(PrepTask.id))
    return [(row.id, row.title, row.state, _dues(row)) for row in rows]


def cycles_list(viewer: Viewer, *, cursor: str | None = None, limit: int = 20) -> Page[CycleRow]:
    """Return the viewer's cycles, the last changed first."""
    query = sa.select(StudyCycle).where(access.cycles_shown_to(viewer))
    if after := read_moment(cursor):
        query = query.where(sa.tuple_(StudyCycle.updated_at, StudyCycle.id) < sa.tuple_(*map(sa.literal, after)))
    rows = db.session.scalars(query.order_by(StudyCycle.updated_at.desc(), StudyCycle.id.desc()).limit(limit + 1)).all()
    more = write_cursor(rows[limit - 1].updated_at.isoformat(), rows[limit - 1].id) if len(rows) > limit else None
    shown = rows[:limit]
    states: dict[str, list[RoundState]] = {row.id: [] for row in shown}
    wanted = sa.select(StudyRound.cycle_id, StudyRound.state).where(StudyRound.cycle_id.in_(states)).order_by(StudyRound.number)
    for cycle_id, state in db.session.execute(wanted):
        states[cycle_id].append(state)
    named = _persons(row.organiser_id for row in shown)
    return Page([CycleRow(r.id, r.theme, r.state, named[r.organiser_id].name, r.updated_at, states[r.id]) for r in shown], more)


def cycle(viewer: Viewer, cycle_id: str) -> CycleFacts:
    """Return a cycle of the viewer with everything in it; NotFound otherwise."""
    row = access.get_cycle_for(viewer, cycle_id, "view")
    ids = sa.select(StudyMember.person_id).where(StudyMember.cycle_id == row.id).order_by(StudyMember.added_at, StudyMember.person_id)
    named = _persons(db.session.scalars(ids))
    members = [named[one] for one in _first(named, row.organiser_id, row.lead_id)]
    return CycleFacts(
        row.id, row.theme, row.hypothesis, row.subject, row.node_id, row.community_id, row.organiser_id, row.lead_id, row.state,
        {str(key): str(words) for key, words in row.report.items()}, row.closed_at, row.hours_at, row.resource_id, row.updated_at,
        members, _rounds(row.id),
    )  # fmt: skip


def round_id(viewer: Viewer, cycle_id: str, number: int) -> str:
    """Return the id of a round of the viewer's cycle; NotFound otherwise."""
    query = sa.select(StudyRound.id).join(StudyCycle, StudyCycle.id == StudyRound.cycle_id)
    query = query.where(StudyRound.cycle_id == cycle_id, StudyRound.number == number, access.cycles_shown_to(viewer))
    found = db.session.scalar(query)
    if found is None:
        raise NotFound
    return found


def titles_of(viewer: Viewer, ids: Sequence[str], kind: str) -> dict[str, str]:
    """Return the titles of those tasks (``prep_task``) or cycles (``study_cycle``) that the viewer is a member of."""
    if kind == "prep_task":
        query = sa.select(PrepTask.id, PrepTask.title).where(PrepTask.id.in_(ids), access.tasks_shown_to(viewer))
    else:
        query = sa.select(StudyCycle.id, StudyCycle.theme).where(StudyCycle.id.in_(ids), access.cycles_shown_to(viewer))
    return {ident: title for ident, title in db.session.execute(query)}  # noqa: C416 -- a row is no pair to the type checker


def round_states(cycle_id: str) -> list[RoundState]:
    """Return the states of a cycle's rounds in order; the caller has asked for the cycle."""
    return list(db.session.scalars(sa.select(StudyRound.state).where(StudyRound.cycle_id == cycle_id).order_by(StudyRound.number)))


def member_ids(cycle_id: str) -> frozenset[str]:
    """Return who takes part in a cycle; the caller has asked for the cycle."""
    return frozenset(db.session.scalars(sa.select(StudyMember.person_id).where(StudyMember.cycle_id == cycle_id)))


def prep_member_ids(task_id: str) -> frozenset[str]:
    """Return who prepares along; the caller has asked for the task."""
    return frozenset(db.session.scalars(sa.select(PrepMember.person_id).where(PrepMember.task_id == task_id)))


def _tasks(rows: Sequence[PrepTask]) -> list[TaskFacts]:
    ids = [row.id for row in rows]
    order = (PrepMember.added_at, PrepMember.person_id)
    members = db.session.scalars(sa.select(PrepMember).where(PrepMember.task_id.in_(ids)).order_by(*order)).all()
    editions = db.session.scalars(sa.select(PersonalEdition).where(PersonalEdition.task_id.in_(ids))).all()
    named = _persons([*(one.person_id for one in members), *(one.person_id for one in editions), *(row.lead_id for row in rows)])
    found = []
    for row in rows:
        persons = _first([one.person_id for one in members if one.task_id == row.id], row.lead_id)
        own = {one.person_id: one for one in editions if one.task_id == row.id}
        others = sorted(set(own) - set(persons))  # who left the task keeps what they made
        found.append(_task(row, [named[one] for one in persons], [_edition(own[p], named[p]) for p in [*persons, *others] if p in own]))
    return found


def _task(row: PrepTask, members: Sequence[Person], editions: Sequence[Edition]) -> TaskFacts:
    return TaskFacts(
        row.id, row.title, row.subject, row.node_id, row.community_id, row.lead_id, row.plan_id, row.state, row.shared_version,
        row.meeting_id, row.resource_id, _dues(row), row.updated_at, members, editions,
    )  # fmt: skip


def _edition(row: PersonalEdition, person: Person) -> Edition:
    return Edition(
        person, row.plan_id, row.situation, row.begun_at, row.taught_on, row.lesson_id, row.taught_note, row.worked, row.problem,
        row.evidence, row.next, row.reflected_at,
    )  # fmt: skip


def _dues(row: PrepTask) -> Dues:
    return Dues(**{name: getattr(row, name) for name in Dues.model_fields})


def _rounds(cycle_id: str) -> list[RoundFacts]:
    rows = db.session.scalars(sa.select(StudyRound).where(StudyRound.cycle_id == cycle_id).order_by(StudyRound.number)).all()
    ids = [row.id for row in rows]
    observers = db.session.scalars(sa.select(RoundObserver).where(RoundObserver.round_id.in_(ids)).order_by(RoundObserver.person_id)).all()
    order = (DiscussionTurn.at, DiscussionTurn.id)
    turns = db.session.scalars(sa.select(DiscussionTurn).where(DiscussionTurn.round_id.in_(ids)).order_by(*order)).all()
    reasons = db.session.scalars(sa.select(ChangeReason).where(ChangeReason.turn_id.in_([turn.id for turn in turns]))).all()
    named = _persons([*(r.teacher_id for r in rows), *(o.person_id for o in observers), *(t.speaker_id for t in turns)])
    return [
        _round(
            row,
            named,
            [(named[one.person_id], one.task) for one in observers if one.round_id == row.id],
            [_turn(one, named) for one in turns if one.round_id == row.id],
            reasons,
        )
        for row in rows
    ]


def _round(
    row: StudyRound,
    named: Mapping[str, Person],
    observers: Sequence[tuple[Person, str]],
    turns: Sequence[TurnFacts],
    reasons: Sequence[ChangeReason],
) -> RoundFacts:
    ids = {turn.id for turn in turns}
    because: dict[str, list[str]] = {}
    for one in sorted(reasons, key=lambda reason: (reason.at, reason.turn_id)):
        if one.turn_id in ids:
            because.setdefault(one.step_id, []).append(one.turn_id)
    return RoundFacts(
        row.id, row.number, row.state, row.plan_id, row.plan_version, row.plan_name, Content.model_validate(row.content),
        [_cause(one) for one in row.causes], named[row.teacher_id], row.lesson_id, row.resource_id, row.asset_id, row.taught_on,
        row.phase, row.phase_at, observers, turns, because,
    )  # fmt: skip


def _cause(kept: Mapping[str, Any]) -> CauseFacts:
    return CauseFacts(kept["place"], kept["version"], kept["kind"], kept["author"], kept["text"], kept["proposal"])


def _turn(row: DiscussionTurn, named: Mapping[str, Person]) -> TurnFacts:
    return TurnFacts(row.id, row.phase, named[row.speaker_id], row.text, row.observation_id, row.at)


def _first(ids: Iterable[str], *leading: str) -> list[str]:
    """Return ids with those that lead before the others, each once."""
    return list(dict.fromkeys([*(one for one in leading), *ids]))


def _persons(ids: Iterable[str]) -> dict[str, Person]:
    wanted = list(dict.fromkeys(ids))
    cards = people.person_names(wanted)
    return {
        ident: Person(ident, cards[ident].name, cards[ident].school, cards[ident].school_id) if ident in cards else Person(ident, "", "")
        for ident in wanted
    }

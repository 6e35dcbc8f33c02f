"""What pages and programs read of plans. Reads only, inside the caller's unit; every read begins with the viewer's part."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from resource_hub.curriculum import queries as curriculum
from resource_hub.infra.db import db
from resource_hub.kernel.errors import NotFound
from resource_hub.kernel.paging import Page, read_moment, write_cursor
from resource_hub.kernel.viewer import DISTRICT_STAFF, Viewer
from resource_hub.library.lesson_plan import Plan as Content
from resource_hub.people import queries as people
from resource_hub.people.queries import PersonCard
from resource_hub.plans import access, document, stored
from resource_hub.plans.models import Plan, PlanCause, PlanMember, PlanRemark, PlanVersion
from resource_hub.plans.schemas import Part, PlanState, RemarkKind, RemarkState
from resource_hub.schools import queries as schools


@dataclass(frozen=True, slots=True)
class Member:
    id: str
    name: str
    school: str
    part: Part


@dataclass(frozen=True, slots=True)
class PlanRow:
    """A plan in a list; ``part`` is the viewer's."""

    id: str
    title: str
    owner: str
    school: str
    part: Part
    state: PlanState
    node_path: str
    others: Sequence[str]
    """Who writes or comments beside the owner."""
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class PlanView:
    """A plan as its page begins; its text comes by the socket."""

    id: str
    title: str
    part: Part
    state: PlanState
    owner_id: str
    node_id: str | None
    node_path: str
    resource_id: str | None
    members: Sequence[Member]
    """The owner first."""


@dataclass(frozen=True, slots=True)
class VersionRow:
    number: int
    name: str
    note: str
    author: str
    at: datetime


@dataclass(frozen=True, slots=True)
class RemarkRow:
    id: str
    place: str
    kind: RemarkKind
    text: str
    proposal: str
    quote: str
    answers: str | None
    author_id: str
    author: str
    at: datetime
    state: RemarkState
    settled_by: str
    settled_at: datetime | None


@dataclass(frozen=True, slots=True)
class Cause:
    """The text at ``place`` came from this remark, in ``version`` for the first time."""

    place: str
    version: int
    remark: RemarkRow


def my_plans(viewer: Viewer, *, cursor: str | None = None, limit: int = 20) -> Page[PlanRow]:
    """Return the plans that the viewer may open, the last changed first."""
    query = sa.select(Plan).where(access.shown_to(viewer))
    if after := read_moment(cursor):
        query = query.where(sa.tuple_(Plan.updated_at, Plan.id) < sa.tuple_(*map(sa.literal, after)))
    rows = db.session.scalars(query.order_by(Plan.updated_at.desc(), Plan.id.desc()).limit(limit + 1)).all()
    more = write_cursor(rows[limit - 1].updated_at.isoformat(), rows[limit - 1].id) if len(rows) > limit else None
    return Page(_rows(viewer, rows[:limit]), more)


def plan_view(viewer: Viewer, plan_id: str) -> PlanView:
    """Return a plan that the viewer may open; NotFound otherwise."""
    plan, part = access.get_plan_for(viewer, plan_id, "view")
    places = curriculum.places_of([plan.node_id]) if plan.node_id else {}
    return PlanView(
        id=plan.id, title=plan.title, part=part, state=plan.state, owner_id=plan.owner_id, node_id=plan.node_id,
        node_path=next((place.path for place in places.values()), ""), resource_id=plan.resource_id,
        members=_members([plan])[plan.id],
    )  # fmt: skip


def plan_of(viewer: Viewer, plan_id: str, version: int | None = None) -> Content:
    """Return what a plan says now, or said in one of its versions; NotFound for what the viewer may not open."""
    access.get_plan_for(viewer, plan_id, "view")
    if version is None:
        return document.read(stored.opened(plan_id))
    content = db.session.scalar(sa.select(PlanVersion.content).where(PlanVersion.plan_id == plan_id, PlanVersion.number == version))
    if content is None:
        raise NotFound
    return Content.model_validate(content)


def versions_of(viewer: Viewer, plan_id: str) -> list[VersionRow]:
    """Return the named versions of a plan, the newest first."""
    access.get_plan_for(viewer, plan_id, "view")
    columns = (PlanVersion.number, PlanVersion.name, PlanVersion.note, PlanVersion.person_id, PlanVersion.at)
    rows = db.session.execute(sa.select(*columns).where(PlanVersion.plan_id == plan_id).order_by(PlanVersion.number.desc())).all()
    names = people.person_names(row.person_id for row in rows)
    return [VersionRow(row.number, row.name, row.note, _name(names, row.person_id), row.at) for row in rows]


def remarks_of(viewer: Viewer, plan_id: str) -> list[RemarkRow]:
    """Return all remarks on a plan, the oldest first."""
    access.get_plan_for(viewer, plan_id, "view")
    return _remarks(sa.select(PlanRemark).where(PlanRemark.plan_id == plan_id).order_by(PlanRemark.at, PlanRemark.id))


def causes_of(viewer: Viewer, plan_id: str, version: int | None = None) -> list[Cause]:
    """Return which texts came from which remarks, up to a version when one is named, the oldest first."""
    access.get_plan_for(viewer, plan_id, "view")
    query = sa.select(PlanCause).where(PlanCause.plan_id == plan_id)
    if version is not None:
        query = query.where(PlanCause.version <= version)
    rows = db.session.scalars(query.order_by(PlanCause.seq)).all()
    remarks = {one.id: one for one in _remarks(sa.select(PlanRemark).where(PlanRemark.id.in_([row.remark_id for row in rows])))}
    return [Cause(row.place, row.version, remarks[row.remark_id]) for row in rows]


def invitable(viewer: Viewer, *, words: str = "", ids: Collection[str] = ()) -> Mapping[str, PersonCard]:
    """Return those colleagues of the viewer's school and communities who are named so, or who are among ``ids``."""
    within = _schools_around(viewer)
    if not ids:
        found = people.people(within, words=words, limit=20).rows if words and within != frozenset() else ()
        ids = [one.id for one in found]
    cards = people.person_names(ids)
    return {
        ident: card
        for ident, card in cards.items()
        if not card.has_left and ident != viewer.person_id and (within is None or card.school_id in within)
    }


def count_members(plan_id: str) -> int:
    """Return how many people a plan is shared with."""
    query = sa.select(sa.func.count()).select_from(PlanMember)
    return db.session.scalar(query.where(PlanMember.plan_id == plan_id, PlanMember.part != Part.FORMER)) or 0


def _schools_around(viewer: Viewer) -> frozenset[str] | None:
    if viewer.has_role(*DISTRICT_STAFF):
        return None
    around = {school for members in schools.schools_of_communities(viewer.communities).values() for school in members}
    return frozenset(around | ({viewer.school_id} if viewer.school_id else set()))


def _rows(viewer: Viewer, plans: Sequence[Plan]) -> list[PlanRow]:
    members = _members(plans)
    places = curriculum.places_of([plan.node_id for plan in plans if plan.node_id])
    rows = []
    for plan in plans:
        owner, *others = members[plan.id]
        part = next(one.part for one in (owner, *others) if one.id == viewer.person_id)
        path = places[plan.node_id].path if plan.node_id in places else ""
        names = [one.name for one in others]
        rows.append(PlanRow(plan.id, plan.title, owner.name, owner.school, part, plan.state, path, names, plan.updated_at))
    return rows


def _members(plans: Sequence[Plan]) -> dict[str, list[Member]]:
    query = sa.select(PlanMember.plan_id, PlanMember.person_id, PlanMember.part).order_by(PlanMember.added_at, PlanMember.person_id)
    given = db.session.execute(query.where(PlanMember.plan_id.in_([plan.id for plan in plans]), PlanMember.part != Part.FORMER)).all()
    pairs = [(plan.id, plan.owner_id, Part.OWNER) for plan in plans] + [(row.plan_id, row.person_id, row.part) for row in given]
    cards = people.person_names(person for _plan, person, _part in pairs)
    found: dict[str, list[Member]] = {plan.id: [] for plan in plans}
    for plan, person, part in pairs:
        card = cards.get(person)
        found[plan].append(Member(person, card.name if card else "", card.school if card else "", part))
    return found


def _remarks(query: sa.Select[PlanRemark]) -> list[RemarkRow]:
    rows = db.session.scalars(query).all()
    names = people.person_names({row.author_id for row in rows} | {row.settled_by for row in rows if row.settled_by})
    return [
        RemarkRow(
            row.id, row.place, row.kind, row.text, row.proposal, row.quote, row.answers, row.author_id, _name(names, row.author_id),
            row.at, row.state, _name(names, row.settled_by or ""), row.settled_at,
        )
        for row in rows
    ]  # fmt: skip


def _name(names: Mapping[str, PersonCard], person_id: str) -> str:
    return names[person_id].name if person_id in names else ""

"""Badges as facts with their proof: what a work was honoured with, and what the platform's own records say of it.

Reads only, inside the caller's unit. Rule: a claim is shown to its author and to those who verify
it; everybody else sees what was verified, with who did, when and by which certificate.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from resource_hub.infra.db import db
from resource_hub.kernel.errors import NotFound
from resource_hub.kernel.viewer import Duty, Viewer
from resource_hub.library import lineage, rules
from resource_hub.library.access import shown_to
from resource_hub.library.lineage import UseFacts
from resource_hub.library.models import Badge, Resource, ReviewStep
from resource_hub.library.review_queries import is_duty_of
from resource_hub.library.schemas import BadgeKind, BadgeState, DerivedBadge, Review
from resource_hub.people import queries as people
from resource_hub.schools import queries as schools


@dataclass(frozen=True, slots=True)
class BadgeRow:
    """An honour from outside the platform; ``decided_by`` verified or refused it."""

    id: str
    kind: BadgeKind
    year: int
    certificate_no: str
    proof_asset_id: str | None
    state: BadgeState
    decided_by: str
    decided_at: datetime | None
    refused_reason: str


@dataclass(frozen=True, slots=True)
class DerivedRow:
    """A badge that facts give: the district's approval, or lessons taught."""

    kind: DerivedBadge
    facts: UseFacts
    approved_by: str
    approved_at: datetime | None


@dataclass(frozen=True, slots=True)
class ClaimRow:
    """A claim that waits to be verified; the address of the work only for who may see it."""

    badge: BadgeRow
    resource_id: str | None
    title: str
    author: str
    school: str
    claimed_at: datetime
    may_decide: bool


def badges_of(viewer: Viewer, resource_id: str) -> list[BadgeRow]:
    """Return the verified honours of a work that the caller may see, and all that were claimed to its author."""
    is_own = Resource.author_id == viewer.person_id
    query = sa.select(Badge).join(Resource).where(Badge.resource_id == resource_id, sa.or_(Badge.state == BadgeState.VERIFIED, is_own))
    rows = db.session.scalars(query.order_by(Badge.year.desc(), Badge.claimed_at)).all()
    return _rows(rows)


def derived_of(resource_id: str, review: Review) -> list[DerivedRow]:
    """Return the badges that a work has by the platform's own records."""
    facts = lineage.use_facts([resource_id]).get(resource_id, UseFacts())
    found = rules.derived_badges(review, facts.uses, facts.village_teachers)
    who, when = _approval(resource_id) if DerivedBadge.DISTRICT_REVIEWED in found else ("", None)
    return [DerivedRow(kind, facts, who, when) for kind in found]


def badges_json(viewer: Viewer, resource_id: str, review: Review) -> list[dict[str, Any]]:
    """Return the badges of a work as facts: each with what proves it."""
    given = [
        {"id": row.id, "kind": row.kind, "year": row.year, "certificate_no": row.certificate_no, "state": row.state,
         "proof_asset_id": row.proof_asset_id, "by": row.decided_by, "at": row.decided_at, "refused_reason": row.refused_reason}
        for row in badges_of(viewer, resource_id)
    ]  # fmt: skip
    derived = [
        {"kind": row.kind, "state": BadgeState.VERIFIED, "by": row.approved_by, "at": row.approved_at,
         "lessons": row.facts.uses, "schools": row.facts.schools, "village_teachers": row.facts.village_teachers}
        for row in derived_of(resource_id, review)
    ]  # fmt: skip
    return [*given, *derived]


def open_claims(viewer: Viewer, limit: int = 200) -> list[ClaimRow]:
    """Return the claims that this viewer may verify, those that wait longest first."""
    return _claims(viewer, Badge.state == BadgeState.CLAIMED, limit)


def claims_of(viewer: Viewer, ids: Sequence[str]) -> list[ClaimRow]:
    """Return those of these claims that the viewer raised or verifies, whatever became of them."""
    return _claims(viewer, Badge.id.in_(ids), len(ids), or_own=True)


def get_claim_for(viewer: Viewer, badge_id: str) -> tuple[Badge, Resource]:
    """Return a claim to be decided by this viewer, as nobody else decides it until this unit ends; NotFound otherwise."""
    query = sa.select(Badge, Resource).join(Resource).where(Badge.id == badge_id, _verified_by(viewer))
    found = db.session.execute(query.with_for_update(of=Badge).execution_options(populate_existing=True)).first()
    if found is None:
        raise NotFound
    return found.Badge, found.Resource


def get_own_claim(viewer: Viewer, badge_id: str) -> Badge:
    """Return a claim of one of the viewer's own works, as nobody else decides it until this unit ends; NotFound otherwise."""
    query = sa.select(Badge).join(Resource).where(Badge.id == badge_id, Resource.author_id == viewer.person_id)
    found = db.session.scalar(query.with_for_update(of=Badge).execution_options(populate_existing=True))
    if found is None:
        raise NotFound
    return found


def verifies(viewer: Viewer, resource_id: str) -> bool:
    """True for whoever has the duty to verify the honours of this work."""
    return db.session.scalar(sa.select(Resource.id).where(Resource.id == resource_id, _verified_by(viewer))) is not None


def admits_to_proof(viewer: Viewer, asset_id: str) -> bool:
    """True for a certificate that this viewer is to verify, or that proves a badge of a work they see."""
    is_shown = sa.and_(Badge.state == BadgeState.VERIFIED, shown_to(viewer))
    query = sa.select(Badge.id).join(Resource).where(Badge.proof_asset_id == asset_id, sa.or_(is_shown, _verified_by(viewer)))
    return db.session.scalar(query.limit(1)) is not None


def _claims(viewer: Viewer, which: sa.ColumnElement[bool], limit: int, *, or_own: bool = False) -> list[ClaimRow]:
    mine = sa.or_(_verified_by(viewer), Resource.author_id == viewer.person_id) if or_own else _verified_by(viewer)
    facts = shown_to(viewer).label("is_shown"), _verified_by(viewer).label("may_decide")
    query = sa.select(Badge, Resource, *facts).join(Resource).where(which, mine)
    rows = db.session.execute(query.order_by(Badge.claimed_at, Badge.id).limit(limit)).all()
    names = schools.school_names({row.Resource.school_id for row in rows})
    return [
        ClaimRow(one, row.Resource.id if row.is_shown else None, row.Resource.title, row.Resource.author_name,
                 names.get(row.Resource.school_id, ""), row.Badge.claimed_at, bool(row.may_decide))
        for row, one in zip(rows, _rows([row.Badge for row in rows]), strict=True)
    ]  # fmt: skip


def _verified_by(viewer: Viewer) -> sa.ColumnElement[bool]:
    """Return the condition that it is this viewer's duty to verify the honours of a resource: never one's own."""
    return is_duty_of(viewer, Duty.DISTRICT_REVIEW)


def _rows(badges: Sequence[Badge]) -> list[BadgeRow]:
    names: Mapping[str, Any] = people.person_names({one.decided_by for one in badges if one.decided_by})
    return [
        BadgeRow(one.id, one.kind, one.year, one.certificate_no, one.proof_asset_id, one.state,
                 names[one.decided_by].name if one.decided_by and one.decided_by in names else "", one.decided_at, one.refused_reason)
        for one in badges
    ]  # fmt: skip


def _approval(resource_id: str) -> tuple[str, datetime | None]:
    """Return by whom and when the district approved a work first."""
    query = sa.select(ReviewStep).where(ReviewStep.resource_id == resource_id, ReviewStep.verb == "district_approve")
    step = db.session.scalar(query.order_by(ReviewStep.at).limit(1))
    if step is None:
        return "", None
    names = people.person_names([step.person_id])
    return names[step.person_id].name if step.person_id in names else "", step.at

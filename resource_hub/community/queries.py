"""Reading communities: their facts and their schools today."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from resource_hub.community.models import Community
from resource_hub.community.schemas import CommunityModel
from resource_hub.infra.db import db
from resource_hub.schools import queries as schools


@dataclass(frozen=True, slots=True)
class CommunityFacts:
    id: str
    code: str
    name: str
    model: CommunityModel
    lead_school_id: str
    starts_on: date
    school_ids: tuple[str, ...]


def communities(ids: Iterable[str] | None = None) -> list[CommunityFacts]:
    """Return all communities (or those of ``ids``) with their present schools, by code."""
    query = sa.select(Community).order_by(Community.code)
    if ids is not None:
        query = query.where(Community.id.in_(list(ids)))
    rows = db.session.scalars(query).all()
    members = schools.schools_of_communities(row.id for row in rows)
    return [CommunityFacts(c.id, c.code, c.name, c.model, c.lead_school_id, c.starts_on, members[c.id]) for c in rows]


def community_names(ids: Iterable[str] | None = None) -> Mapping[str, str]:
    query = sa.select(Community.id, Community.name)
    if ids is not None:
        query = query.where(Community.id.in_(list(ids)))
    return {row.id: row.name for row in db.session.execute(query)}


def community_by_code(code: str) -> CommunityFacts | None:
    found: str | None = db.session.scalar(sa.select(Community.id).where(Community.code == code))
    return communities([found])[0] if found else None

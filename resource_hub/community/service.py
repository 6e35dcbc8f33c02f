"""Verbs on communities; all idempotent by their natural keys, so that a seed may run twice."""

from datetime import date

import sqlalchemy as sa

from resource_hub.audit import service as audit
from resource_hub.community.models import Community
from resource_hub.community.schemas import CommunityModel
from resource_hub.infra.db import db
from resource_hub.kernel import clock
from resource_hub.kernel.errors import NotFound
from resource_hub.kernel.ids import new_id
from resource_hub.kernel.refs import Ref
from resource_hub.kernel.viewer import Viewer
from resource_hub.schools import queries as schools
from resource_hub.schools import service as memberships


def add_community(*, code: str, name: str, model: CommunityModel, lead_school_id: str, starts_on: date, by: Viewer | None = None) -> str:
    """Make a community with its lead school as first member, and return its id."""
    there: str | None = db.session.scalar(sa.select(Community.id).where(Community.code == code))
    if there:
        return there
    if schools.school(lead_school_id) is None:
        raise NotFound
    community = Community(
        id=new_id("com"),
        code=code,
        name=name,
        model=model,
        lead_school_id=lead_school_id,
        starts_on=starts_on,
        created_at=clock.now(),
    )
    db.session.add(community)
    db.session.flush()
    audit.note(by, "community.added", Ref("community", community.id), details={"code": code, "name": name})
    add_member(community.id, lead_school_id, since=starts_on, by=by)
    return community.id


def add_member(community_id: str, school_id: str, *, since: date, by: Viewer | None = None) -> None:
    """Let a school belong to the community; nothing happens when it does already."""
    if db.session.get(Community, community_id) is None or schools.school(school_id) is None:
        raise NotFound
    memberships.join_community(school_id, community_id, since, by=by)


def end_member(community_id: str, school_id: str, *, until: date, by: Viewer | None = None) -> None:
    """End a membership: ``until`` is the first day outside."""
    memberships.leave_community(school_id, community_id, until, by=by)

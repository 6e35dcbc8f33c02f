"""Verbs on communities. Adding and joining are idempotent by natural keys, so that a seed may run twice."""

from datetime import date

import sqlalchemy as sa

from resource_hub.audit import service as audit
from resource_hub.community.models import Community
from resource_hub.community.schemas import CommunityModel
from resource_hub.infra.db import db
from resource_hub.kernel import clock
from resource_hub.kernel.errors import N_, Conflict, Invalid, NotFound
from resource_hub.kernel.ids import new_id
from resource_hub.kernel.refs import Ref
from resource_hub.kernel.viewer import Viewer
from resource_hub.schools import queries as schools
from resource_hub.schools import service as memberships


class LeadSchoolStays(Conflict):
    code = "lead_school_stays"
    message = N_("牵头校不能退出。请先换一所牵头校。")


def add_community(
    *,
    code: str,
    name: str,
    model: CommunityModel,
    lead_school_id: str,
    starts_on: date,
    may_exist: bool = True,
    by: Viewer | None = None,
) -> str:
    """Make a community with its lead school as first member, and return its id.

    A community of that code is returned as it is, or refused when it may not exist yet.
    """
    there: str | None = db.session.scalar(sa.select(Community.id).where(Community.code == code))
    if there and may_exist:
        return there
    if there:
        raise Invalid(fields={"code": N_("这个代码已经用过了。")})
    _check(name, lead_school_id)
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


def change_community(community_id: str, *, name: str, model: CommunityModel, lead_school_id: str, by: Viewer | None = None) -> None:
    """Give a community another name, model or lead school; Invalid unless that school is a member today."""
    community = _community(community_id)
    _check(name, lead_school_id, but=community_id)
    if lead_school_id != community.lead_school_id and community_id not in schools.communities_of_school(lead_school_id):
        raise Invalid(fields={"lead_school_id": N_("牵头校要从现在的成员校里选。")})
    community.name, community.model, community.lead_school_id = name, model, lead_school_id
    details = {"name": name, "model": model.value, "lead_school": lead_school_id}
    audit.note(by, "community.changed", Ref("community", community_id), details=details)


def add_member(community_id: str, school_id: str, *, since: date, by: Viewer | None = None) -> None:
    """Let a school belong to the community; nothing happens when it does already."""
    _community(community_id)
    if schools.school(school_id) is None:
        raise NotFound
    memberships.join_community(school_id, community_id, since, by=by)


def end_member(community_id: str, school_id: str, *, until: date, by: Viewer | None = None) -> None:
    """End a membership: ``until`` is the first day outside. Raises LeadSchoolStays for the lead school."""
    if _community(community_id).lead_school_id == school_id:
        raise LeadSchoolStays
    memberships.leave_community(school_id, community_id, until, by=by)


def _community(community_id: str) -> Community:
    community = db.session.get(Community, community_id)
    if community is None:
        raise NotFound
    return community


def _check(name: str, lead_school_id: str, *, but: str = "") -> None:
    if schools.school(lead_school_id) is None:
        raise Invalid(fields={"lead_school_id": N_("没有这所学校。")})
    if db.session.scalar(sa.select(Community.id).where(Community.name == name, Community.id != but)):
        raise Invalid(fields={"name": N_("已经有一个同名的教共体。")})

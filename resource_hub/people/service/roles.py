"""Roles: granting and ending them, never above one's own."""

from collections.abc import Sequence
from datetime import date

import sqlalchemy as sa

from resource_hub.audit import service as audit
from resource_hub.infra.db import db
from resource_hub.kernel import clock
from resource_hub.kernel.errors import N_, Conflict, Invalid, NotFound
from resource_hub.kernel.ids import new_id
from resource_hub.kernel.refs import Ref
from resource_hub.kernel.viewer import Role, ScopeKind, Viewer
from resource_hub.people import access, rules
from resource_hub.people.models import Account, Person, RoleGrant
from resource_hub.schools import queries as schools


def grant_role(
    person_id: str,
    role: Role,
    scope: ScopeKind,
    scope_id: str,
    *,
    subjects: Sequence[str] = (),
    from_on: date | None = None,
    until_on: date | None = None,
    by: Viewer | None = None,
) -> str:
    """Let a person hold a role in a scope and return the grant's id.

    ``until_on`` is the first day on which it no longer holds. The same role in the same scope is
    held once: granting it again changes its subjects and dates.
    """
    person = db.session.get(Person, person_id)
    if person is None:
        raise NotFound
    if by is not None:
        access.get_person_for(by, person_id, "manage")
        access.require_grantable(by, [role], scope_id if scope is ScopeKind.SCHOOL else None)
    _check(role, scope, scope_id, subjects)
    today = schools.today()
    start = from_on or today
    if until_on is not None and until_on <= start:
        raise Invalid(fields={"until_on": N_("失效日期要在生效日期之后。")})
    grant = db.session.scalar(_held(person_id, today).where(*_same(role, scope, scope_id)))
    if grant is None:
        grant_id = put_role(person_id, role, scope, scope_id, subjects=subjects, from_on=start, until_on=until_on, by=by)
        db.session.flush()
        return grant_id
    if grant.from_on <= today < start:
        # Moving the first day ahead would take the role away until then.
        raise Invalid(fields={"from_on": N_("这个职责现在已经生效，不用再写生效日期；要改期请先结束它。")})
    if (list(grant.subjects), grant.until_on, from_on or grant.from_on) != (list(subjects), until_on, grant.from_on):
        grant.subjects, grant.until_on, grant.from_on = list(subjects), until_on, from_on or grant.from_on
        _note(by, grant)
    return grant.id


def put_role(
    person_id: str,
    role: Role,
    scope: ScopeKind,
    scope_id: str,
    *,
    subjects: Sequence[str],
    from_on: date,
    until_on: date | None = None,
    by: Viewer | None = None,
) -> str:
    """Add the row of a role that was checked already; returns its id."""
    grant = RoleGrant(
        id=new_id("grt"),
        person_id=person_id,
        role=role,
        scope_kind=scope,
        scope_id=scope_id,
        subjects=list(subjects),
        from_on=from_on,
        until_on=until_on,
        granted_by=by.person_id if by else None,
        created_at=clock.now(),
    )
    db.session.add(grant)
    _note(by, grant)
    return grant.id


def end_role(person_id: str, grant_id: str, *, by: Viewer | None = None) -> None:
    """End a role today. Conflict for the last administrator of the district."""
    grant = db.session.get(RoleGrant, grant_id)
    if grant is None or grant.person_id != person_id:
        raise NotFound
    if by is not None:
        access.get_person_for(by, person_id, "manage")
        access.require_grantable(by, [grant.role], grant.scope_id if grant.scope_kind is ScopeKind.SCHOOL else None)
    if grant.role is Role.DISTRICT_ADMIN and is_last_administrator(person_id):
        raise Conflict(N_("这是最后一位区管理员。请先把这项职责交给另一位同事。"), code="last_administrator")
    today = schools.today()
    grant.until_on = min(grant.until_on or today, today)
    audit.note(by, "role.ended", Ref("person", person_id), details={"role": grant.role.value})


def is_last_administrator(person_id: str) -> bool:
    """True when the district would have no administrator without this person."""
    today = schools.today()
    holders = set(
        db.session.scalars(
            sa.select(RoleGrant.person_id)
            .join(Account, Account.person_id == RoleGrant.person_id)
            .where(
                RoleGrant.role == Role.DISTRICT_ADMIN,
                RoleGrant.from_on <= today,
                RoleGrant.until_on.is_(None) | (RoleGrant.until_on > today),
                Account.closed_at.is_(None),
            )
        )
    )
    return holders == {person_id}


def _check(role: Role, scope: ScopeKind, scope_id: str, subjects: Sequence[str]) -> None:
    if scope not in rules.scopes_of(role):
        raise Invalid(fields={"scope": N_("这个职责不能用在这个范围。")})
    known = schools.subject_names()
    if set(subjects) - set(known):
        raise Invalid(fields={"subjects": N_("没有这个学科。")})
    district = schools.the_district()
    exists = {
        ScopeKind.DISTRICT: lambda: district is not None and district.id == scope_id,
        ScopeKind.SCHOOL: lambda: schools.school(scope_id) is not None,
        ScopeKind.COMMUNITY: lambda: bool(schools.schools_of_communities([scope_id])[scope_id]),
        ScopeKind.SUBJECT: lambda: scope_id in known,
    }
    if not exists[scope]():
        raise Invalid(fields={"scope": N_("没有这个范围，请重新选择。")})


def _note(by: Viewer | None, grant: RoleGrant) -> None:
    until = grant.until_on.isoformat() if grant.until_on else None
    details = {
        "role": grant.role.value,
        "scope": f"{grant.scope_kind.value}:{grant.scope_id}",
        "subjects": list(grant.subjects),
        "from": grant.from_on.isoformat(),
        "until": until,
    }
    audit.note(by, "role.granted", Ref("person", grant.person_id), details=details)


def _held(person_id: str, today: date) -> sa.Select[RoleGrant]:
    return sa.select(RoleGrant).where(RoleGrant.person_id == person_id, RoleGrant.until_on.is_(None) | (RoleGrant.until_on > today))


def _same(role: Role, scope: ScopeKind, scope_id: str) -> tuple[sa.ColumnElement[bool], ...]:
    return RoleGrant.role == role, RoleGrant.scope_kind == scope, RoleGrant.scope_id == scope_id

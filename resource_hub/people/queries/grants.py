"""Roles held: by person, by role and scope.

Rule: a role counts from its first day to the day before its end, by the district's calendar.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from resource_hub.infra.db import db
from resource_hub.kernel.viewer import Role, ScopeKind
from resource_hub.people import rules
from resource_hub.people.models import RoleGrant
from resource_hub.people.queries.chunks import chunks
from resource_hub.schools import queries as schools


@dataclass(frozen=True, slots=True)
class GrantRow:
    id: str
    role: Role
    role_name: str
    scope: ScopeKind
    scope_id: str
    subjects: tuple[str, ...]
    from_on: date
    until_on: date | None


def grants_of(person_ids: Iterable[str], *, is_ahead: bool = False) -> Mapping[str, tuple[GrantRow, ...]]:
    """Return person → roles held today, in the order of the role list; ``is_ahead``: those that begin later too."""
    wanted = list(set(person_ids))
    order, today = list(Role), schools.today()
    held = held_on(today)[1:] if is_ahead else held_on(today)
    found: dict[str, list[GrantRow]] = {ident: [] for ident in wanted}
    for some in chunks(wanted):
        for row in db.session.scalars(sa.select(RoleGrant).where(RoleGrant.person_id.in_(some), *held)):
            found[row.person_id].append(_grant_row(row))
    return {ident: tuple(sorted(rows, key=lambda g: (order.index(g.role), g.scope_id))) for ident, rows in found.items()}


def holders(role: Role, scope: ScopeKind, scope_id: str) -> list[str]:
    """Return the persons who hold a role in exactly that scope today."""
    query = sa.select(RoleGrant.person_id).where(RoleGrant.role == role, RoleGrant.scope_kind == scope, RoleGrant.scope_id == scope_id)
    return sorted(set(db.session.scalars(query.where(*held_on(schools.today())))))


def held_on(day: date) -> tuple[sa.ColumnElement[bool], sa.ColumnElement[bool]]:
    """Return the conditions under which a role is held that day: begun, and not ended."""
    return RoleGrant.from_on <= day, RoleGrant.until_on.is_(None) | (RoleGrant.until_on > day)


def _grant_row(row: RoleGrant) -> GrantRow:
    return GrantRow(
        row.id, row.role, rules.ROLE_NAMES[row.role], row.scope_kind, row.scope_id, tuple(row.subjects), row.from_on, row.until_on
    )

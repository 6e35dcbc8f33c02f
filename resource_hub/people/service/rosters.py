"""Rosters: checking a sheet, keeping it until it is confirmed, applying it whole.

The file is parsed and passwords are made outside any unit; here are only the steps that need the
database. Rule: all rows or none, and initial passwords are stored as hashes only.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta

import sqlalchemy as sa

from resource_hub.audit import service as audit
from resource_hub.infra.db import db
from resource_hub.kernel import clock
from resource_hub.kernel.errors import N_, Conflict
from resource_hub.kernel.ids import new_id
from resource_hub.kernel.refs import Ref
from resource_hub.kernel.viewer import Role, ScopeKind, Viewer
from resource_hub.people import access, queries, roster, rules
from resource_hub.people.models import RosterImport
from resource_hub.people.service.persons import NewPerson, put_person
from resource_hub.people.service.roles import put_role
from resource_hub.schools import queries as schools

_SUBJECT_ROLES = frozenset({Role.RESEARCHER, Role.GROUP_HEAD})
"""Roles that the subjects of the row narrow."""


def check_roster(rows: Sequence[roster.SheetRow], *, by: Viewer | None) -> tuple[list[roster.RosterRow], list[roster.Problem]]:
    """Return the rows that ``by`` may import now, and every problem of the others."""
    names = [row.cells.get("工号", "") for row in rows]
    logins = [rules.plain_login(row.cells.get("账号") or row.cells.get("工号", "")) for row in rows]
    staff_nos, taken = queries.known_numbers(names, logins)
    by_name = {school.name: school.id for school in schools.schools()}
    known = roster.Known(
        schools=by_name,
        subjects={name: code for code, name in schools.subject_names().items()},
        staff_nos=staff_nos,
        logins=taken,
        within=access.managed_schools(by) if by else None,
        grants=by.grants if by else None,
        communities=schools.communities_of_schools(by_name.values()),
    )
    return roster.check_rows(rows, known)


def keep_roster(rows: Sequence[roster.SheetRow], filename: str, *, by: Viewer) -> str:
    """Keep a checked sheet for its confirmation and return its id; older ones of a day go."""
    now = clock.now()
    db.session.execute(
        sa.delete(RosterImport).where((RosterImport.created_at < now - timedelta(days=1)) | (RosterImport.person_id == by.person_id))
    )
    kept = RosterImport(
        id=new_id("ros"),
        person_id=by.person_id,
        filename=filename[:200],
        sheet={"rows": [{"number": str(row.number), **row.cells} for row in rows]},
        created_at=now,
    )
    db.session.add(kept)
    db.session.flush()
    return kept.id


def apply_roster(
    rows: Sequence[roster.SheetRow], password_hashes: Mapping[int, str], *, roster_id: str | None = None, by: Viewer | None
) -> list[str]:
    """Add everybody on the sheet with their roles and return the persons' ids, in its order.

    Conflict when any row no longer fits; nothing is added then.
    """
    good, problems = check_roster(rows, by=by)
    if problems:
        raise Conflict(N_("名册在检查之后有了变化，没有导入任何人。请重新上传检查一次。"), code="roster_changed")
    district, today = _district_id(), schools.today()
    ids = []
    for row in good:
        new = NewPerson(row.name, row.staff_no, row.login, row.phone, row.school_id, row.subjects)
        person_id = put_person(new, row.login, password_hashes[row.number], by=by)
        scope = ScopeKind.SCHOOL if row.school_id else ScopeKind.DISTRICT
        for role in row.roles:
            subjects = row.subjects if role in _SUBJECT_ROLES else ()
            put_role(person_id, role, scope, row.school_id or district, subjects=subjects, from_on=today, by=by)
        ids.append(person_id)
    db.session.flush()
    if roster_id:
        db.session.execute(sa.delete(RosterImport).where(RosterImport.id == roster_id))
    audit.note(by, "roster.imported", Ref("roster", roster_id or "file"), details={"people": len(ids)})
    return ids


def _district_id() -> str:
    district = schools.the_district()
    return district.id if district else ""

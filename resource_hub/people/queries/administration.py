"""People as administration sees them: account, roles and locks in one row.

Telephone numbers leave this module masked. Rule: a list costs the same number of queries however
many rows it shows.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from resource_hub.infra.db import db
from resource_hub.kernel import clock
from resource_hub.kernel.paging import Page, read_cursor, write_cursor
from resource_hub.people import rules
from resource_hub.people.models import Account, Person, SignInGuard
from resource_hub.people.passwords import digest
from resource_hub.people.queries.chunks import chunks
from resource_hub.people.queries.grants import GrantRow, grants_of
from resource_hub.people.queries.names import called
from resource_hub.schools import queries as schools


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person as administration sees them."""

    id: str
    name: str
    staff_no: str
    phone: str
    school_id: str | None
    school: str
    subjects: tuple[str, ...]
    joined_on: date
    left_on: date | None
    account: str | None
    must_change: bool
    last_sign_in_at: datetime | None
    locked_until: datetime | None
    has_sign_on: bool
    roles: tuple[GrantRow, ...]


def people(
    within: frozenset[str] | None, *, words: str = "", school_id: str | None = None, cursor: str | None = None, limit: int = 50
) -> Page[PersonRow]:
    """Return a page of people of the schools ``within`` (``None``: everyone), by name.

    ``words`` is looked for in name, staff number and account name.
    """
    query = sa.select(Person, Account).outerjoin(Account, Account.person_id == Person.id).order_by(Person.name, Person.id)
    if within is not None:
        query = query.where(Person.school_id.in_(within))
    if school_id:
        query = query.where(Person.school_id == school_id)
    if words:
        query = query.where(called(words))
    key = read_cursor(cursor)
    if key and len(key) == 2:
        query = query.where(sa.tuple_(Person.name, Person.id) > sa.tuple_(*(sa.literal(str(part)) for part in key)))
    rows = db.session.execute(query.limit(limit + 1)).all()
    shown = [(row.Person, row.Account) for row in rows[:limit]]
    last = shown[-1][0] if len(rows) > limit else None
    return Page(_person_rows(shown), write_cursor(last.name, last.id) if last else None)


def persons(ids: Sequence[str]) -> list[PersonRow]:
    """Return those persons by name, with roles that begin later too."""
    found: list[tuple[Person, Account | None]] = []
    for some in chunks(ids):
        query = sa.select(Person, Account).outerjoin(Account, Account.person_id == Person.id).where(Person.id.in_(some))
        found += [(row.Person, row.Account) for row in db.session.execute(query)]
    return _person_rows(sorted(found, key=lambda pair: (pair[0].name, pair[0].id)), is_ahead=True)


def person(person_id: str) -> PersonRow | None:
    """Return a person, with roles that begin later too."""
    return next(iter(persons([person_id])), None)


def _person_rows(rows: Sequence[tuple[Person, Account | None]], *, is_ahead: bool = False) -> list[PersonRow]:
    grants = grants_of((person.id for person, _ in rows), is_ahead=is_ahead)
    names = schools.school_names(person.school_id for person, _ in rows if person.school_id)
    locked = _locked([account.login for _, account in rows if account])
    return [
        PersonRow(
            id=owner.id,
            name=owner.name,
            staff_no=owner.staff_no,
            phone=rules.masked_phone(owner.phone),
            school_id=owner.school_id,
            school=names.get(owner.school_id or "", ""),
            subjects=tuple(owner.subjects),
            joined_on=owner.joined_on,
            left_on=owner.left_on,
            account=account.login if account else None,
            must_change=account.must_change if account else False,
            last_sign_in_at=account.last_sign_in_at if account else None,
            locked_until=locked.get(account.login) if account else None,
            has_sign_on=account is not None and account.sign_on_subject is not None,
            roles=grants[owner.id],
        )
        for owner, account in rows
    ]


def _locked(logins: Sequence[str]) -> dict[str, datetime | None]:
    hashes = {digest(login): login for login in logins}
    found: dict[str, datetime | None] = {}
    for some in chunks(list(hashes)):
        guards = sa.select(SignInGuard.login_hash, SignInGuard.locked_until)
        for row in db.session.execute(guards.where(SignInGuard.login_hash.in_(some), SignInGuard.locked_until > clock.now())):
            found[hashes[row.login_hash]] = row.locked_until
    return found

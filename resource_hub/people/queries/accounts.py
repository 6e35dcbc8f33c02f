"""Accounts: what signing in needs, whose they are, and rosters waiting to be confirmed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from resource_hub.infra.db import db
from resource_hub.kernel import clock
from resource_hub.people.models import Account, Person, RosterImport, SignInGuard
from resource_hub.people.passwords import digest
from resource_hub.people.queries.grants import grants_of
from resource_hub.people.schemas import Locale, Theme


@dataclass(frozen=True, slots=True)
class AccountFacts:
    person_id: str
    name: str
    login: str
    locale: Locale
    theme: Theme
    must_change: bool


@dataclass(frozen=True, slots=True)
class Credential:
    """What checking a password needs; without account ``password_hash`` is empty."""

    login: str
    person_id: str | None
    password_hash: str | None
    must_change: bool
    is_closed: bool
    locked_until: datetime | None


@dataclass(frozen=True, slots=True)
class WaitingRoster:
    id: str
    filename: str
    rows: Sequence[Mapping[str, str]]
    created_at: datetime


def accounts_exist() -> bool:
    return db.session.scalar(sa.select(Account.person_id).limit(1)) is not None


def account_of(person_id: str) -> AccountFacts | None:
    row = db.session.execute(sa.select(Account, Person.name).join(Person).where(Account.person_id == person_id)).first()
    if row is None:
        return None
    account: Account = row.Account
    return AccountFacts(person_id, row.name, account.login, account.locale, account.theme, account.must_change)


def demo_people(logins: Sequence[str]) -> list[tuple[str, str, str]]:
    """Return account, name and first role name of those accounts, in the order given."""
    rows = db.session.execute(sa.select(Account.login, Person.id, Person.name).join(Person).where(Account.login.in_(logins))).all()
    grants = grants_of([row.id for row in rows])
    found = {row.login: (row.login, row.name, grants[row.id][0].role_name if grants[row.id] else "") for row in rows}
    return [found[login] for login in logins if login in found]


def credential(login: str) -> Credential:
    """Return what is needed to check a password for ``login``, known or not."""
    guard = db.session.get(SignInGuard, digest(login))
    locked = guard.locked_until if guard and guard.locked_until and guard.locked_until > clock.now() else None
    account = db.session.scalar(sa.select(Account).where(Account.login == login))
    if account is None:
        return Credential(login, None, None, must_change=False, is_closed=False, locked_until=locked)
    return Credential(login, account.person_id, account.password_hash, account.must_change, account.closed_at is not None, locked)


def never_signed_in(within: frozenset[str] | None) -> list[str]:
    """Return the persons of those schools whose initial password was never used."""
    query = (
        sa.select(Account.person_id)
        .join(Person)
        .where(Account.must_change, Account.last_sign_in_at.is_(None), Account.closed_at.is_(None))
        .order_by(Person.name, Person.id)
    )
    if within is not None:
        query = query.where(Person.school_id.in_(within))
    return list(db.session.scalars(query))


def waiting_roster(roster_id: str, person_id: str) -> WaitingRoster | None:
    """Return a checked sheet that this person handed in and has not confirmed yet."""
    row = db.session.get(RosterImport, roster_id)
    if row is None or row.person_id != person_id or clock.now() - row.created_at > timedelta(days=1):
        return None
    return WaitingRoster(row.id, row.filename, row.sheet["rows"], row.created_at)

"""Reading people: names for pages, the administration list, and the viewer behind a token.

Telephone numbers leave this module masked. Rule: a list costs the same number of queries however
many rows it shows.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa

from resource_hub.infra.db import db
from resource_hub.infra.features import hub
from resource_hub.kernel import clock
from resource_hub.kernel.paging import Page, read_cursor, write_cursor
from resource_hub.kernel.viewer import Grant, Role, ScopeKind, Viewer
from resource_hub.people import rules
from resource_hub.people.models import Account, ClassTerminal, LoginSession, Person, RoleGrant, RosterImport, SignInGuard
from resource_hub.people.passwords import digest
from resource_hub.people.schemas import Locale, SessionKind, Theme
from resource_hub.schools import queries as schools


@dataclass(frozen=True, slots=True)
class PersonCard:
    """What any colleague may see of a person."""

    id: str
    name: str
    school_id: str | None
    school: str
    has_left: bool


@dataclass(frozen=True, slots=True)
class StaffRow:
    """Somebody who works at a school, with the codes of the subjects they teach."""

    id: str
    name: str
    school_id: str
    subjects: tuple[str, ...]


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
class SessionRow:
    id: str
    kind: SessionKind
    agent: str
    ip: str
    created_at: datetime
    seen_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A valid session: who it belongs to, and whether its time of use should be written down."""

    viewer: Viewer
    kind: SessionKind
    is_limited: bool
    is_due: bool


@dataclass(frozen=True, slots=True)
class TerminalRow:
    """A room's device; ``seen_at`` is empty until it signed in, ``code_until`` while no code is open."""

    id: str
    school_id: str
    room: str
    class_id: str | None
    bound_by: str | None
    seen_at: datetime | None
    code_until: datetime | None


@dataclass(frozen=True, slots=True)
class WaitingRoster:
    id: str
    filename: str
    rows: Sequence[Mapping[str, str]]
    created_at: datetime


def person_names(ids: Iterable[str]) -> Mapping[str, PersonCard]:
    """Return cards of those persons that exist, leavers included."""
    wanted = {ident for ident in ids if ident}
    if not wanted:
        return {}
    rows = db.session.scalars(sa.select(Person).where(Person.id.in_(wanted))).all()
    names = schools.school_names(row.school_id for row in rows if row.school_id)
    return {p.id: PersonCard(p.id, p.name, p.school_id, names.get(p.school_id or "", ""), p.left_on is not None) for p in rows}


def staff_of_schools(school_ids: Iterable[str]) -> list[StaffRow]:
    """Return who works at those schools today, school by school and by name."""
    query = sa.select(Person).where(Person.school_id.in_(list(school_ids)), Person.left_on.is_(None))
    rows = db.session.scalars(query.order_by(Person.school_id, Person.name, Person.id))
    return [StaffRow(row.id, row.name, row.school_id or "", tuple(row.subjects)) for row in rows]


def researchers() -> list[StaffRow]:
    """Return the district's researchers, by name; they work at no school."""
    is_now = _current(schools.today())
    held = sa.select(RoleGrant.person_id).where(RoleGrant.role == Role.RESEARCHER, *is_now)
    rows = db.session.scalars(sa.select(Person).where(Person.id.in_(held), Person.left_on.is_(None)).order_by(Person.name, Person.id))
    return [StaffRow(row.id, row.name, row.school_id or "", tuple(row.subjects)) for row in rows]


def telephones(ids: Iterable[str]) -> Mapping[str, str]:
    """Return person → telephone number, unmasked: for whoever has to call them; those without one are left out."""
    rows = db.session.execute(sa.select(Person.id, Person.phone).where(Person.id.in_(list(ids)), Person.left_on.is_(None)))
    return {row.id: row.phone for row in rows if row.phone}


def person_by_staff_no(staff_no: str) -> str | None:
    found: str | None = db.session.scalar(sa.select(Person.id).where(Person.staff_no == staff_no))
    return found


def person_by_login(login: str) -> str | None:
    found: str | None = db.session.scalar(sa.select(Account.person_id).where(Account.login == rules.plain_login(login)))
    return found


def subjects_of(person_id: str) -> tuple[str, ...]:
    """Return the codes of the subjects that a person teaches."""
    person = db.session.get(Person, person_id)
    return tuple(person.subjects) if person else ()


def holders(role: Role, scope: ScopeKind, scope_id: str) -> list[str]:
    """Return the persons who hold a role in exactly that scope today."""
    query = sa.select(RoleGrant.person_id).where(RoleGrant.role == role, RoleGrant.scope_kind == scope, RoleGrant.scope_id == scope_id)
    return sorted(set(db.session.scalars(query.where(*_current(schools.today())))))


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


def signed_in(token: str) -> SignedIn | None:
    """Return whose valid session ``token`` opens: not revoked, not expired, not idle too long."""
    session = db.session.scalar(sa.select(LoginSession).where(LoginSession.token_hash == digest(token)))
    now = clock.now()
    if session is None or session.revoked_at or session.expires_at <= now:
        return None
    if session.kind is SessionKind.BROWSER and now - session.seen_at > _idle():
        return None
    viewer = _terminal_viewer(session) if session.terminal_id else _person_viewer(session)
    if viewer is None:
        return None
    return SignedIn(viewer, session.kind, session.is_limited, now - session.seen_at >= rules.TOUCHED_EVERY)


def viewer_of_person(person_id: str) -> Viewer | None:
    """Return the viewer that a person is today, outside any session: for jobs and the seed."""
    return _viewer(person_id, "")


def sessions_of(person_id: str) -> list[SessionRow]:
    """Return a person's open sessions, the latest used first."""
    now = clock.now()
    rows = db.session.scalars(
        sa.select(LoginSession)
        .where(LoginSession.person_id == person_id, LoginSession.revoked_at.is_(None), LoginSession.expires_at > now)
        .order_by(LoginSession.seen_at.desc())
    )
    return [
        SessionRow(s.id, s.kind, s.agent, s.ip, s.created_at, s.seen_at, s.expires_at)
        for s in rows
        if s.kind is not SessionKind.BROWSER or now - s.seen_at <= _idle()
    ]


def grants_of(person_ids: Iterable[str], *, is_ahead: bool = False) -> Mapping[str, tuple[GrantRow, ...]]:
    """Return person → roles held today, in the order of the role list; ``is_ahead``: those that begin later too."""
    wanted = list(set(person_ids))
    order, today = list(Role), schools.today()
    held = _current(today)[1:] if is_ahead else _current(today)
    found: dict[str, list[GrantRow]] = {ident: [] for ident in wanted}
    for some in _chunks(wanted):
        for row in db.session.scalars(sa.select(RoleGrant).where(RoleGrant.person_id.in_(some), *held)):
            found[row.person_id].append(_grant_row(row))
    return {ident: tuple(sorted(rows, key=lambda g: (order.index(g.role), g.scope_id))) for ident, rows in found.items()}


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
        query = query.where(_called(words))
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
    for some in _chunks(ids):
        query = sa.select(Person, Account).outerjoin(Account, Account.person_id == Person.id).where(Person.id.in_(some))
        found += [(row.Person, row.Account) for row in db.session.execute(query)]
    return _person_rows(sorted(found, key=lambda pair: (pair[0].name, pair[0].id)), is_ahead=True)


def person(person_id: str) -> PersonRow | None:
    """Return a person, with roles that begin later too."""
    return next(iter(persons([person_id])), None)


def persons_called(words: str, *, limit: int = 50) -> list[str]:
    """Return persons, leavers included, of whose name, staff number or account ``words`` is a part."""
    query = sa.select(Person.id).outerjoin(Account, Account.person_id == Person.id).where(_called(words))
    return list(db.session.scalars(query.order_by(Person.name, Person.id).limit(limit)))


def known_numbers(staff_nos: Sequence[str], logins: Sequence[str]) -> tuple[frozenset[str], frozenset[str]]:
    """Return which of those staff numbers and account names are taken."""
    taken: list[frozenset[str]] = []
    for column, values in ((Person.staff_no, staff_nos), (Account.login, logins)):
        found: set[str] = set()
        for some in _chunks(values):
            found.update(db.session.scalars(sa.select(column).where(column.in_(some))))
        taken.append(frozenset(found))
    return taken[0], taken[1]


def waiting_roster(roster_id: str, person_id: str) -> WaitingRoster | None:
    """Return a checked sheet that this person handed in and has not confirmed yet."""
    row = db.session.get(RosterImport, roster_id)
    if row is None or row.person_id != person_id or clock.now() - row.created_at > timedelta(days=1):
        return None
    return WaitingRoster(row.id, row.filename, row.sheet["rows"], row.created_at)


def terminals_of_school(school_id: str) -> list[TerminalRow]:
    """Return the terminals of a school that are not released, by room."""
    return terminals_of_schools([school_id])


def terminals_of_schools(school_ids: Iterable[str] | None) -> list[TerminalRow]:
    """Return the terminals of these schools (``None``: of all) that are not released, by school and room."""
    now = clock.now()
    seen = (
        sa.select(LoginSession.terminal_id, sa.func.max(LoginSession.seen_at).label("seen_at"))
        .where(LoginSession.revoked_at.is_(None), LoginSession.expires_at > now)
        .group_by(LoginSession.terminal_id)
        .subquery()
    )
    query = (
        sa.select(ClassTerminal, seen.c.seen_at)
        .outerjoin(seen, seen.c.terminal_id == ClassTerminal.id)
        .where(ClassTerminal.released_at.is_(None))
        .order_by(ClassTerminal.school_id, ClassTerminal.room, ClassTerminal.id)
    )
    if school_ids is not None:
        query = query.where(ClassTerminal.school_id.in_(list(school_ids)))
    found = []
    for row in db.session.execute(query):
        terminal: ClassTerminal = row.ClassTerminal
        open_until = terminal.code_until if terminal.code_until and terminal.code_until > now else None
        found.append(
            TerminalRow(
                terminal.id, terminal.school_id, terminal.room, terminal.class_id, terminal.bound_by,
                seen_at=row.seen_at, code_until=open_until,
            )
        )  # fmt: skip
    return found


def terminal_names(ids: Iterable[str]) -> Mapping[str, str]:
    """Return the rooms of those terminals that exist, released ones included."""
    rows = db.session.execute(sa.select(ClassTerminal.id, ClassTerminal.room).where(ClassTerminal.id.in_(list(ids))))
    return {row.id: row.room for row in rows}


def class_of_terminal(terminal_id: str) -> str | None:
    """Return the class whose room that device stands in; None for a room of no class, or a device that is released."""
    query = sa.select(ClassTerminal.class_id).where(ClassTerminal.id == terminal_id, ClassTerminal.released_at.is_(None))
    found: str | None = db.session.scalar(query)
    return found


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


def _idle() -> timedelta:
    return timedelta(minutes=float(hub().settings.idle_minutes))


def _current(day: date) -> tuple[sa.ColumnElement[bool], sa.ColumnElement[bool]]:
    return RoleGrant.from_on <= day, RoleGrant.until_on.is_(None) | (RoleGrant.until_on > day)


def _viewer(person_id: str, session_id: str) -> Viewer | None:
    row = db.session.execute(sa.select(Person, Account).join(Account).where(Person.id == person_id)).first()
    if row is None or row.Account.closed_at is not None:
        return None
    owner: Person = row.Person
    grants = db.session.scalars(sa.select(RoleGrant).where(RoleGrant.person_id == person_id, *_current(schools.today())))
    return Viewer(
        person_id=owner.id,
        name=owner.name,
        school_id=owner.school_id,
        community_ids=schools.communities_of_school(owner.school_id),
        grants=tuple(Grant(g.role, g.scope_kind, g.scope_id, frozenset(g.subjects)) for g in grants),
        locale=row.Account.locale.value,
        session_id=session_id,
        school_name=schools.school_names([owner.school_id]).get(owner.school_id, "") if owner.school_id else "",
    )


def _person_viewer(session: LoginSession) -> Viewer | None:
    return _viewer(session.person_id, session.id) if session.person_id else None


def _terminal_viewer(session: LoginSession) -> Viewer | None:
    terminal = db.session.get(ClassTerminal, session.terminal_id)
    if terminal is None or terminal.released_at is not None:
        return None
    return Viewer(
        person_id=terminal.id,
        name=terminal.room,
        school_id=terminal.school_id,
        community_ids=schools.communities_of_school(terminal.school_id),
        grants=(Grant(Role.CLASS_TERMINAL, ScopeKind.SCHOOL, terminal.school_id),),
        session_id=session.id,
        is_terminal=True,
        school_name=schools.school_names([terminal.school_id]).get(terminal.school_id, ""),
    )


def _called(words: str) -> sa.ColumnElement[bool]:
    return (
        Person.name.contains(words, autoescape=True)
        | Person.staff_no.contains(words, autoescape=True)
        | Account.login.contains(words.casefold(), autoescape=True)
    )


def _chunks(values: Sequence[str]) -> Iterator[Sequence[str]]:
    """Databases bound the number of parameters of one statement."""
    for start in range(0, len(values), 500):
        yield values[start : start + 500]


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
    for some in _chunks(list(hashes)):
        guards = sa.select(SignInGuard.login_hash, SignInGuard.locked_until)
        for row in db.session.execute(guards.where(SignInGuard.login_hash.in_(some), SignInGuard.locked_until > clock.now())):
            found[hashes[row.login_hash]] = row.locked_until
    return found


def _grant_row(row: RoleGrant) -> GrantRow:
    return GrantRow(
        row.id, row.role, rules.ROLE_NAMES[row.role], row.scope_kind, row.scope_id, tuple(row.subjects), row.from_on, row.until_on
    )

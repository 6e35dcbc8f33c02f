"""Sessions: the viewer behind a token, and the devices at which somebody is signed in.

Rule: rights are read anew with each request; nothing of them is kept in a token.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from resource_hub.infra.db import db
from resource_hub.infra.features import hub
from resource_hub.kernel import clock
from resource_hub.kernel.viewer import Grant, Role, ScopeKind, Viewer
from resource_hub.people import rules
from resource_hub.people.models import Account, ClassTerminal, LoginSession, Person, RoleGrant
from resource_hub.people.passwords import digest
from resource_hub.people.queries.grants import held_on
from resource_hub.people.schemas import SessionKind
from resource_hub.schools import queries as schools


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


def _idle() -> timedelta:
    return timedelta(minutes=float(hub().settings.idle_minutes))


def _viewer(person_id: str, session_id: str) -> Viewer | None:
    row = db.session.execute(sa.select(Person, Account).join(Account).where(Person.id == person_id)).first()
    if row is None or row.Account.closed_at is not None:
        return None
    owner: Person = row.Person
    grants = db.session.scalars(sa.select(RoleGrant).where(RoleGrant.person_id == person_id, *held_on(schools.today())))
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

"""Class terminals: a room's device becomes one by a one-time code, and is one until it is released.

The administrator reads the code off their own page and types it at the board, so that no password
and no session of a person ever comes to a device that stands open in a room.
"""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from resource_hub.audit import service as audit
from resource_hub.infra.db import db
from resource_hub.kernel import clock
from resource_hub.kernel.errors import N_, Invalid, NotFound
from resource_hub.kernel.ids import new_id, new_secret
from resource_hub.kernel.refs import Ref
from resource_hub.kernel.viewer import Viewer
from resource_hub.people import access, rules
from resource_hub.people.models import ClassTerminal, LoginSession
from resource_hub.people.passwords import digest, made_code
from resource_hub.people.schemas import SessionKind
from resource_hub.people.service.sessions import Client, OpenedSession
from resource_hub.schools import queries as schools


@dataclass(frozen=True, slots=True, repr=False)
class TerminalCode:
    """``code`` is shown once, to whoever asked for it."""

    terminal_id: str
    school_id: str
    room: str
    code: str
    until: datetime


def add_terminal(school_id: str, room: str, *, class_id: str | None = None, by: Viewer | None = None) -> TerminalCode:
    """Add the terminal of a room and return the code by which a device becomes it.

    The same room again gets a new code, so that a form sent twice makes one terminal. Invalid when
    the room's terminal belongs to another class.
    """
    if by is not None:
        access.require_school(by, school_id)
    if class_id is not None and class_id not in {klass.id for klass in schools.classes_of_school(school_id)}:
        raise Invalid(fields={"class_id": N_("这所学校没有这个班级，请重新选择。")})
    there = db.session.scalar(
        sa.select(ClassTerminal).where(
            ClassTerminal.school_id == school_id, ClassTerminal.room == room, ClassTerminal.released_at.is_(None)
        )
    )
    if there is not None and there.class_id != class_id:
        raise Invalid(fields={"room": N_("这间教室已经登记给另一个班级。请先在列表里停用它，或写清楚是哪一间。")})
    terminal = there or _put_terminal(school_id, room, class_id, by)
    return _give_code(terminal)


def renew_code(terminal_id: str, *, by: Viewer | None = None) -> TerminalCode:
    """Return a new code of a terminal, for a device that was replaced or lost its cookie."""
    terminal = _terminal(terminal_id, by)
    if terminal.released_at is not None:
        raise NotFound
    audit.note(by, "terminal.code_made", Ref("terminal", terminal_id))
    return _give_code(terminal)


def enter_terminal(code: str, client: Client) -> OpenedSession:
    """Turn the device that knows ``code`` into its terminal; the device before it is signed out.

    Invalid for a code that is unknown, used or too old.
    """
    now = clock.now()
    terminal = db.session.scalar(
        sa.select(ClassTerminal)
        .where(
            ClassTerminal.code_hash == digest(rules.plain_code(code)), ClassTerminal.code_until > now, ClassTerminal.released_at.is_(None)
        )
        .with_for_update()
    )
    if terminal is None:
        raise Invalid(fields={"code": N_("这个登录码不对、用过了或过期了。请学校管理员在“班级终端”里再要一个。")})
    terminal.code_hash = terminal.code_until = None
    _revoke_sessions(terminal.id)
    token = new_secret()
    session = LoginSession(
        id=new_id("ses"),
        token_hash=digest(token),
        kind=SessionKind.TERMINAL,
        terminal_id=terminal.id,
        agent=rules.agent_words(client.agent)[:120],
        ip=client.ip[:45],
        created_at=now,
        seen_at=now,
        expires_at=now + rules.TERMINAL_LIFE,
    )
    db.session.add(session)
    db.session.flush()
    audit.note(None, "terminal.signed_in", Ref("terminal", terminal.id), details={"session": session.id, "ip": client.ip})
    return OpenedSession(session.id, token, session.expires_at, is_limited=False, person_id=None)


def release_terminal(terminal_id: str, *, by: Viewer | None = None) -> str:
    """Cut a device off and return its school; session and code open nothing any more."""
    terminal = _terminal(terminal_id, by)
    terminal.released_at = terminal.released_at or clock.now()
    terminal.code_hash = terminal.code_until = None
    _revoke_sessions(terminal_id)
    audit.note(by, "terminal.released", Ref("terminal", terminal_id))
    return terminal.school_id


def _terminal(terminal_id: str, by: Viewer | None) -> ClassTerminal:
    terminal = db.session.get(ClassTerminal, terminal_id)
    if terminal is None:
        raise NotFound
    if by is not None:
        access.require_school(by, terminal.school_id)
    return terminal


def _put_terminal(school_id: str, room: str, class_id: str | None, by: Viewer | None) -> ClassTerminal:
    terminal = ClassTerminal(
        id=new_id("dev"),
        school_id=school_id,
        class_id=class_id,
        room=room,
        bound_at=clock.now(),
        bound_by=by.person_id if by else None,
    )
    db.session.add(terminal)
    audit.note(by, "terminal.bound", Ref("terminal", terminal.id), details={"school": school_id, "room": room})
    return terminal


def _give_code(terminal: ClassTerminal) -> TerminalCode:
    code, until = made_code(), clock.now() + rules.CODE_LIFE
    terminal.code_hash, terminal.code_until = digest(rules.plain_code(code)), until
    db.session.flush()
    return TerminalCode(terminal.id, terminal.school_id, terminal.room, code, until)


def _revoke_sessions(terminal_id: str) -> None:
    open_ones = sa.update(LoginSession).where(LoginSession.terminal_id == terminal_id, LoginSession.revoked_at.is_(None))
    db.session.execute(open_ones.values(revoked_at=clock.now()))

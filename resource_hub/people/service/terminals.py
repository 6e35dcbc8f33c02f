"""Class terminals: binding a room's device to its school, and releasing it."""

from resource_hub.audit import service as audit
from resource_hub.infra.db import db
from resource_hub.kernel import clock
from resource_hub.kernel.errors import NotFound
from resource_hub.kernel.ids import new_id, new_secret
from resource_hub.kernel.refs import Ref
from resource_hub.kernel.viewer import Viewer
from resource_hub.people import access, rules
from resource_hub.people.models import ClassTerminal, LoginSession
from resource_hub.people.passwords import digest
from resource_hub.people.schemas import SessionKind
from resource_hub.people.service.sessions import Client, OpenedSession
from resource_hub.schools import queries as schools


def bind_terminal(
    school_id: str, room: str, *, class_id: str | None = None, client: Client | None = None, by: Viewer | None = None
) -> OpenedSession:
    """Bind a device to a room of a school; the token goes into the device's session cookie."""
    if by is not None:
        access.require_school(by, school_id)
    if class_id is not None and class_id not in {klass.id for klass in schools.classes_of_school(school_id)}:
        raise NotFound
    now, token = clock.now(), new_secret()
    terminal = ClassTerminal(
        id=new_id("dev"),
        school_id=school_id,
        class_id=class_id,
        room=room,
        bound_at=now,
        bound_by=by.person_id if by else None,
    )
    db.session.add(terminal)
    db.session.flush()
    session = LoginSession(
        id=new_id("ses"),
        token_hash=digest(token),
        kind=SessionKind.TERMINAL,
        terminal_id=terminal.id,
        agent=rules.agent_words(client.agent)[:120] if client else "",
        ip=client.ip[:45] if client else "",
        created_at=now,
        seen_at=now,
        expires_at=now + rules.TERMINAL_LIFE,
    )
    db.session.add(session)
    db.session.flush()
    audit.note(by, "terminal.bound", Ref("terminal", terminal.id), details={"school": school_id, "room": room})
    return OpenedSession(session.id, token, session.expires_at, is_limited=False, person_id=None)


def release_terminal(terminal_id: str, *, by: Viewer | None = None) -> None:
    """Cut a device off; its session opens nothing any more."""
    terminal = db.session.get(ClassTerminal, terminal_id)
    if terminal is None:
        raise NotFound
    if by is not None:
        access.require_school(by, terminal.school_id)
    terminal.released_at = clock.now()
    audit.note(by, "terminal.released", Ref("terminal", terminal_id))

"""Terminals: the devices bound to rooms."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from resource_hub.infra.db import db
from resource_hub.kernel import clock
from resource_hub.people.models import ClassTerminal, LoginSession


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

"""Whose turn it is to change the timetable: one writing unit at a time.

A teacher, a class and a room may meet in pairings that share no row, so no row can be locked for all of
them. SQLite has one writer anyway; PostgreSQL holds this lock until the unit ends. Arranging is rare
and short, so that waiting for it is not felt.
"""

import sqlalchemy as sa

from resource_hub.infra.db import db

# Any number that no other advisory lock of ours uses; "table" in hexadecimal letters.
_TIMETABLE_LOCK = 0x7461626C65


def take_turn() -> None:
    """Wait until nobody else changes the timetable; what they saved is seen by the queries that follow."""
    if db.engine.dialect.name == "postgresql":
        db.session.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": _TIMETABLE_LOCK})
        db.session.expire_all()

"""The table of audit entries and the triggers that keep it append-only.

``triggers`` gives the SQL to the migration; the same SQL runs after ``create_all``. Rule: no
foreign keys here, an entry outlives the person and the thing it tells of.
"""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Mapped, mapped_column

from resource_hub.audit.rules import moment_text
from resource_hub.audit.schemas import Result
from resource_hub.infra.db import Model, text_enum


class AuditEntry(Model):
    """One fact. ``seq`` counts from 1 without gaps; ``hash`` covers all the rest."""

    __tablename__ = "audit_entry"
    __table_args__ = (
        sa.Index("ix_audit_entry_ref", "ref_kind", "ref_id"),
        sa.Index("ix_audit_entry_actor", "actor_id", "at"),
    )

    seq: Mapped[int] = mapped_column(sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True, autoincrement=False)
    id: Mapped[str] = mapped_column(sa.String(40), unique=True)
    at: Mapped[datetime] = mapped_column(index=True)
    actor_id: Mapped[str | None] = mapped_column(sa.String(40))
    session_id: Mapped[str | None] = mapped_column(sa.String(40))
    action: Mapped[str] = mapped_column(sa.String(64))
    ref_kind: Mapped[str | None] = mapped_column(sa.String(32))
    ref_id: Mapped[str | None] = mapped_column(sa.String(64))
    result: Mapped[Result] = mapped_column(text_enum(Result))
    details: Mapped[dict[str, Any]]
    prev_hash: Mapped[str] = mapped_column(sa.String(64))
    hash: Mapped[str] = mapped_column(sa.String(64), unique=True)

    def contents(self) -> dict[str, object]:
        """Return what the hash of this entry covers."""
        return {
            "seq": self.seq,
            "id": self.id,
            "at": moment_text(self.at),
            "actor": self.actor_id,
            "session": self.session_id,
            "action": self.action,
            "ref": [self.ref_kind, self.ref_id],
            "result": self.result.value,
            "details": self.details,
        }


def triggers(dialect: str) -> list[str]:
    """Return the statements that make the database refuse to change or remove entries."""
    if dialect == "sqlite":
        return [
            f"CREATE TRIGGER audit_entry_no_{verb.lower()} BEFORE {verb} ON audit_entry "
            "BEGIN SELECT RAISE(ABORT, 'audit_entry is append-only'); END"
            for verb in ("UPDATE", "DELETE")
        ]
    return [
        (
            "CREATE OR REPLACE FUNCTION audit_entry_refuse() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'audit_entry is append-only'; END $$"
        ),
        ("CREATE TRIGGER audit_entry_no_change BEFORE UPDATE OR DELETE ON audit_entry FOR EACH ROW EXECUTE FUNCTION audit_entry_refuse()"),
        ("CREATE TRIGGER audit_entry_no_truncate BEFORE TRUNCATE ON audit_entry FOR EACH STATEMENT EXECUTE FUNCTION audit_entry_refuse()"),
    ]


@event.listens_for(AuditEntry.__table__, "after_create")
def _guard(_table: sa.Table, connection: Connection, **_options: object) -> None:
    for statement in triggers(connection.dialect.name):
        connection.exec_driver_sql(statement)

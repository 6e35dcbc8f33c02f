"""Keep holidays and make-up days by themselves, since the longest ones lie between terms.

Revision ID: 0014
Revises: 0013
"""

import json
from datetime import date

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "calendar_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.CheckConstraint("kind IN ('holiday', 'makeup')", name=op.f("ck_calendar_day_calendarkind")),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_calendar_day")),
    )
    _move_out(op.get_bind())
    with op.batch_alter_table("term") as batch:
        batch.drop_column("holidays")
        batch.drop_column("makeup_days")


def downgrade() -> None:
    with op.batch_alter_table("term") as batch:
        batch.add_column(sa.Column("holidays", sa.JSON(), nullable=False, server_default="[]"))
        batch.add_column(sa.Column("makeup_days", sa.JSON(), nullable=False, server_default="[]"))
    _move_back(op.get_bind())
    with op.batch_alter_table("term") as batch:
        batch.alter_column("holidays", existing_type=sa.JSON(), existing_nullable=False, server_default=None)
        batch.alter_column("makeup_days", existing_type=sa.JSON(), existing_nullable=False, server_default=None)
    op.drop_table("calendar_day")


_DAYS = sa.table("calendar_day", sa.column("day", sa.Date()), sa.column("kind", sa.String()), sa.column("name", sa.String()))
_TERMS = sa.table(
    "term",
    sa.column("id", sa.String()),
    sa.column("first_day", sa.Date()),
    sa.column("last_day", sa.Date()),
    sa.column("holidays", sa.JSON()),
    sa.column("makeup_days", sa.JSON()),
)


def _move_out(connection: sa.Connection) -> None:
    kinds: dict[date, str] = {}
    for term in connection.execute(sa.select(_TERMS)).all():
        kinds |= {date.fromisoformat(day): "holiday" for day in _listed(term.holidays)}
        kinds |= {date.fromisoformat(day): "makeup" for day in _listed(term.makeup_days)}
    if kinds:
        connection.execute(sa.insert(_DAYS), [{"day": day, "kind": kind, "name": ""} for day, kind in sorted(kinds.items())])


def _move_back(connection: sa.Connection) -> None:
    days = connection.execute(sa.select(_DAYS).order_by(_DAYS.c.day)).all()
    for term in connection.execute(sa.select(_TERMS.c.id, _TERMS.c.first_day, _TERMS.c.last_day)).all():
        within = [day for day in days if term.first_day <= day.day <= term.last_day]
        kept = {name: [day.day.isoformat() for day in within if day.kind == kind] for name, kind in _COLUMNS.items()}
        connection.execute(sa.update(_TERMS).where(_TERMS.c.id == term.id).values(**kept))


_COLUMNS = {"holidays": "holiday", "makeup_days": "makeup"}


def _listed(value: list[str] | str) -> list[str]:
    return json.loads(value) if isinstance(value, str) else value

"""Create bell schedules of schools.

Revision ID: 0028
Revises: 0027
"""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "bell_schedule",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("school_id", sa.String(40), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("periods", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_bell_schedule"),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name="fk_bell_schedule_school_id_school"),
        sa.UniqueConstraint("school_id", "from_on", name="uq_bell_schedule_school_id_from_on"),
    )


def downgrade() -> None:
    op.drop_table("bell_schedule")

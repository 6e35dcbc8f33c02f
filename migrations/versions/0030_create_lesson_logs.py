"""Create the logs of live lessons.

Revision ID: 0030
Revises: 0029
"""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "lesson_log",
        sa.Column("lesson_id", sa.String(40), nullable=False),
        sa.Column("head", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("lesson_id", name="pk_lesson_log"),
        sa.ForeignKeyConstraint(["lesson_id"], ["lesson.id"], name="fk_lesson_log_lesson_id_lesson", ondelete="CASCADE"),
    )
    op.create_table(
        "lesson_fact",
        sa.Column("lesson_id", sa.String(40), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.String(32), nullable=False),
        sa.Column("type", sa.String(24), nullable=False),
        sa.Column("ref", sa.String(24), nullable=True),
        sa.Column("data", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("lesson_id", "seq", name="pk_lesson_fact"),
        sa.ForeignKeyConstraint(["lesson_id"], ["lesson.id"], name="fk_lesson_fact_lesson_id_lesson", ondelete="CASCADE"),
    )
    op.create_index("uq_lesson_fact_ref", "lesson_fact", ["lesson_id", "ref"], unique=True)
    op.create_table(
        "lesson_seat",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("lesson_id", sa.String(40), nullable=False),
        sa.Column("seat", sa.String(32), nullable=False),
        sa.Column("holder_id", sa.String(40), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_lesson_seat"),
        sa.ForeignKeyConstraint(["lesson_id"], ["lesson.id"], name="fk_lesson_seat_lesson_id_lesson", ondelete="CASCADE"),
        sa.UniqueConstraint("lesson_id", "seat", "holder_id", name="uq_lesson_seat_lesson_id_seat_holder_id"),
    )
    op.create_table(
        "web_node",
        sa.Column("id", sa.String(16), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_web_node"),
    )


def downgrade() -> None:
    op.drop_table("web_node")
    op.drop_table("lesson_seat")
    op.drop_index("uq_lesson_fact_ref", table_name="lesson_fact")
    op.drop_table("lesson_fact")
    op.drop_table("lesson_log")

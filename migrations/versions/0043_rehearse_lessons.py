"""Keep what rooms find when they rehearse a lesson's sound and picture.

Revision ID: 0043
Revises: 0042
"""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "lesson_rehearsal",
        sa.Column("lesson_id", sa.String(40), nullable=False),
        sa.Column("class_id", sa.String(40), nullable=False),
        sa.Column("site", sa.Integer(), nullable=False),
        sa.Column("device", sa.String(120), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("up_kbps", sa.Integer(), nullable=True),
        sa.Column("down_kbps", sa.Integer(), nullable=True),
        sa.Column("rtt_ms", sa.Integer(), nullable=True),
        sa.Column("sees", sa.String(16), nullable=False),
        sa.Column("is_seen", sa.String(16), nullable=False),
        sa.Column("concealed", sa.Double(), nullable=True),
        sa.Column("path", sa.String(8), nullable=False),
        sa.Column("tcp", sa.Boolean(), nullable=True),
        sa.PrimaryKeyConstraint("lesson_id", "class_id", name="pk_lesson_rehearsal"),
        sa.ForeignKeyConstraint(["lesson_id"], ["lesson.id"], name="fk_lesson_rehearsal_lesson_id_lesson", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["class_id"], ["school_class.id"], name="fk_lesson_rehearsal_class_id_school_class"),
    )
    op.create_index("ix_lesson_rehearsal_class", "lesson_rehearsal", ["class_id", "at"])


def downgrade() -> None:
    op.drop_table("lesson_rehearsal")

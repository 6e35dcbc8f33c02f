"""Create the checks of rooms before lessons.

Revision ID: 0031
Revises: 0030
"""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "room_check",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("lesson_id", sa.String(40), nullable=True),
        sa.Column("class_id", sa.String(40), nullable=False),
        sa.Column("site", sa.Integer(), nullable=False),
        sa.Column("seat", sa.String(32), nullable=False),
        sa.Column("device", sa.String(120), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("up_kbps", sa.Integer(), nullable=True),
        sa.Column("down_kbps", sa.Integer(), nullable=True),
        sa.Column("rtt_ms", sa.Integer(), nullable=True),
        sa.Column("camera", sa.Boolean(), nullable=False),
        sa.Column("mic", sa.Boolean(), nullable=False),
        sa.Column("echo", sa.String(32), nullable=False),
        sa.Column("relay", sa.Boolean(), nullable=True),
        sa.Column("rung", sa.String(16), nullable=False),
        sa.Column("note", sa.String(200), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_room_check"),
        sa.ForeignKeyConstraint(["lesson_id"], ["lesson.id"], name="fk_room_check_lesson_id_lesson", ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["class_id"], ["school_class.id"], name="fk_room_check_class_id_school_class"),
        sa.CheckConstraint("echo IN ('good', 'some', 'bad', 'unknown')", name=op.f("ck_room_check_echo")),
    )
    op.create_index("ix_room_check_class", "room_check", ["class_id", "at"])
    op.create_index("ix_room_check_lesson", "room_check", ["lesson_id"])


def downgrade() -> None:
    op.drop_index("ix_room_check_lesson", table_name="room_check")
    op.drop_index("ix_room_check_class", table_name="room_check")
    op.drop_table("room_check")

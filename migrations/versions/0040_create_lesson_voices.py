"""Create the recorded clips of lessons.

Revision ID: 0040
Revises: 0039
"""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "lesson_voice",
        sa.Column("lesson_id", sa.String(40), nullable=False),
        sa.Column("voice", sa.String(24), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("media_type", sa.String(32), nullable=False),
        sa.Column("sound", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("lesson_id", "voice", name="pk_lesson_voice"),
        sa.ForeignKeyConstraint(["lesson_id"], ["lesson.id"], name="fk_lesson_voice_lesson_id_lesson", ondelete="CASCADE"),
    )


def downgrade() -> None:
    op.drop_table("lesson_voice")

"""Create the counts of lessons.

Revision ID: 0032
Revises: 0031
"""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "lesson_counts",
        sa.Column("lesson_id", sa.String(40), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("period_ms", sa.Integer(), nullable=False),
        sa.Column("together_ms", sa.Integer(), nullable=False),
        sa.Column("sound_ms", sa.Integer(), nullable=False),
        sa.Column("is_held", sa.Boolean(), nullable=False),
        sa.Column("is_degraded", sa.Boolean(), nullable=False),
        sa.Column("sites", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("lesson_id", name="pk_lesson_counts"),
        sa.ForeignKeyConstraint(["lesson_id"], ["lesson.id"], name="fk_lesson_counts_lesson_id_lesson", ondelete="CASCADE"),
    )


def downgrade() -> None:
    op.drop_table("lesson_counts")

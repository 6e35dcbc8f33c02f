"""Keep what observers count from the viewpoints they chose.

Revision ID: 0042
Revises: 0041
"""

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None

_VIEWPOINTS = (
    "preparing", "listening", "interacting", "directing", "attaining", "arranging", "presenting", "dialogue", "guiding", "responding",
    "aims", "content", "enacting", "assessing", "resources", "thinking", "democracy", "creating", "caring", "character",
)  # fmt: skip
_LEVELS = ("remember", "understand", "apply", "analyse", "evaluate", "create")


def upgrade() -> None:
    with op.batch_alter_table("observation") as batch:
        batch.add_column(sa.Column("viewpoints", sa.JSON(), nullable=False, server_default="[]"))
    with op.batch_alter_table("observation") as batch:
        batch.alter_column("viewpoints", server_default=None, existing_type=sa.JSON(), existing_nullable=False)
    op.create_table(
        "observation_mark",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("observation_id", sa.String(40), nullable=False),
        sa.Column("second", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("client_at", sa.BigInteger(), nullable=False),
        sa.Column("offset_ms", sa.BigInteger(), nullable=False),
        sa.Column("viewpoint", sa.String(32), nullable=False),
        sa.Column("item", sa.String(32), nullable=False),
        sa.Column("end", sa.String(32), nullable=False),
        sa.Column("level", sa.String(32), nullable=True),
        sa.Column("wait_ms", sa.Integer(), nullable=True),
        sa.Column("is_deleted", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_observation_mark"),
        sa.ForeignKeyConstraint(
            ["observation_id"], ["observation.id"], name="fk_observation_mark_observation_id_observation", ondelete="CASCADE"
        ),
        sa.CheckConstraint(_within("viewpoint", _VIEWPOINTS), name=op.f("ck_observation_mark_viewpoint")),
        sa.CheckConstraint(_within('"end"', ("city", "village", "all")), name=op.f("ck_observation_mark_end")),
        sa.CheckConstraint(_within("level", _LEVELS), name=op.f("ck_observation_mark_level")),
        sa.CheckConstraint("wait_ms >= 0", name=op.f("ck_observation_mark_wait")),
    )
    op.create_index("ix_observation_mark_observation", "observation_mark", ["observation_id", "second"])


def _within(column: str, words: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(word) for word in words)})"


def downgrade() -> None:
    op.drop_table("observation_mark")
    with op.batch_alter_table("observation") as batch:
        batch.drop_column("viewpoints")

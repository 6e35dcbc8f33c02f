"""Create what rooms have of a lesson beforehand.

Revision ID: 0039
Revises: 0038
"""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "object_digest",
        sa.Column("key", sa.String(200), nullable=False),
        sa.Column("asset_id", sa.String(40), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_object_digest"),
        sa.ForeignKeyConstraint(["asset_id"], ["asset.id"], name="fk_object_digest_asset_id_asset", ondelete="CASCADE"),
    )
    op.create_index("ix_object_digest_asset_id", "object_digest", ["asset_id"])
    op.create_table(
        "lesson_local_plan",
        sa.Column("lesson_id", sa.String(40), nullable=False),
        sa.Column("text", sa.String(400), nullable=False),
        sa.Column("micro_lesson", sa.String(40), nullable=True),
        sa.Column("changed_by", sa.String(40), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("lesson_id", name="pk_lesson_local_plan"),
        sa.ForeignKeyConstraint(["lesson_id"], ["lesson.id"], name="fk_lesson_local_plan_lesson_id_lesson", ondelete="CASCADE"),
    )
    op.create_table(
        "stock_report",
        sa.Column("lesson_id", sa.String(40), nullable=False),
        sa.Column("site", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("mark", sa.String(64), nullable=False),
        sa.Column("have_bytes", sa.BigInteger(), nullable=False),
        sa.Column("total_bytes", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("lesson_id", "site", name="pk_stock_report"),
        sa.ForeignKeyConstraint(["lesson_id"], ["lesson.id"], name="fk_stock_report_lesson_id_lesson", ondelete="CASCADE"),
        sa.CheckConstraint(
            "state IN ('ready', 'fetching', 'missing', 'disk_full', 'unsupported')", name=op.f("ck_stock_report_stockstate")
        ),
    )


def downgrade() -> None:
    op.drop_table("stock_report")
    op.drop_table("lesson_local_plan")
    op.drop_table("object_digest")

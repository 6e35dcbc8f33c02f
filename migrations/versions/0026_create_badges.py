"""Create badges and comments.

Revision ID: 0026
Revises: 0025
"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

KINDS = ("national", "provincial", "city", "district", "school", "studio")
STATES = ("claimed", "verified", "refused")
IS_STANDING = sa.text("state <> 'refused'")


def upgrade() -> None:
    op.create_table(
        "badge",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("resource_id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.Enum(*KINDS, name="badgekind", native_enum=False, create_constraint=True, length=32), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("certificate_no", sa.String(length=80), nullable=False),
        sa.Column("proof_asset_id", sa.String(length=40), nullable=True),
        sa.Column("state", sa.Enum(*STATES, name="badgestate", native_enum=False, create_constraint=True, length=32), nullable=False),
        sa.Column("claimed_by", sa.String(length=40), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.String(length=40), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("refused_reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["proof_asset_id"], ["asset.id"], name=op.f("fk_badge_proof_asset_id_asset")),
        sa.ForeignKeyConstraint(["resource_id"], ["resource.id"], name=op.f("fk_badge_resource_id_resource"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_badge")),
    )
    op.create_index(op.f("ix_badge_resource_id"), "badge", ["resource_id"])
    op.create_index(op.f("ix_badge_proof_asset_id"), "badge", ["proof_asset_id"])
    op.create_index("ix_badge_state_claimed", "badge", ["state", "claimed_at"])
    op.create_index(
        "uq_badge_standing",
        "badge",
        ["resource_id", "kind", "year"],
        unique=True,
        sqlite_where=IS_STANDING,
        postgresql_where=IS_STANDING,
    )
    op.create_table(
        "comment",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("resource_id", sa.String(length=40), nullable=False),
        sa.Column("person_id", sa.String(length=40), nullable=False),
        sa.Column("person_name", sa.String(length=60), nullable=False),
        sa.Column("school", sa.String(length=120), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("asset_id", sa.String(length=40), nullable=True),
        sa.Column("page", sa.Integer(), nullable=True),
        sa.Column("at_s", sa.Double(), nullable=True),
        sa.Column("reply_to", sa.String(length=40), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("removed_by", sa.String(length=40), nullable=True),
        sa.CheckConstraint("page IS NULL OR at_s IS NULL", name=op.f("ck_comment_place")),
        sa.ForeignKeyConstraint(["asset_id"], ["asset.id"], name=op.f("fk_comment_asset_id_asset")),
        sa.ForeignKeyConstraint(["reply_to"], ["comment.id"], name=op.f("fk_comment_reply_to_comment"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["resource_id"], ["resource.id"], name=op.f("fk_comment_resource_id_resource"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comment")),
    )
    op.create_index("ix_comment_resource_created", "comment", ["resource_id", "created_at", "id"])
    op.create_index(op.f("ix_comment_person_id"), "comment", ["person_id"])
    op.create_index(op.f("ix_comment_reply_to"), "comment", ["reply_to"])


def downgrade() -> None:
    op.drop_table("comment")
    op.drop_table("badge")

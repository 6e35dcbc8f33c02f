"""Create checks of review and complaints, and keep fingerprints of texts.

Revision ID: 0018
Revises: 0017
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "review_check",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("resource_id", sa.String(length=40), nullable=False),
        sa.Column("asset_id", sa.String(length=40), nullable=True),
        sa.Column("check", _words("check", "politics", "science", "copyright", "privacy"), nullable=False),
        sa.Column("verdict", _words("verdict", "passed", "failed"), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("person_id", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["asset_id"], ["asset.id"], name=op.f("fk_review_check_asset_id_asset")),
        sa.ForeignKeyConstraint(["resource_id"], ["resource.id"], name=op.f("fk_review_check_resource_id_resource"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_check")),
    )
    op.create_index("ix_review_check_resource_id", "review_check", ["resource_id"])
    op.create_table(
        "complaint",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("resource_id", sa.String(length=40), nullable=False),
        sa.Column("person_id", sa.String(length=40), nullable=False),
        sa.Column("kind", _words("complaintkind", "copyright", "privacy", "wrong", "other"), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("state", _words("complaintstate", "open", "answered", "hidden", "dismissed"), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_by", sa.String(length=40), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("flagged_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["resource_id"], ["resource.id"], name=op.f("fk_complaint_resource_id_resource"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint")),
    )
    op.create_index("ix_complaint_resource_id", "complaint", ["resource_id"])
    op.create_index("ix_complaint_person_id", "complaint", ["person_id"])
    op.create_index("ix_complaint_state_due", "complaint", ["state", "due_at"])
    op.create_table(
        "text_band",
        sa.Column("asset_id", sa.String(length=40), nullable=False),
        sa.Column("band", sa.Integer(), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["asset_id"], ["asset.id"], name=op.f("fk_text_band_asset_id_asset"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("asset_id", "band", name=op.f("pk_text_band")),
    )
    op.create_index("ix_text_band_value", "text_band", ["band", "value"])


def downgrade() -> None:
    op.drop_table("text_band")
    op.drop_table("complaint")
    op.drop_table("review_check")


def _words(name: str, *words: str) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=32)

"""Create consents of recordings.

Revision ID: 0016
Revises: 0015
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "consent_batch",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("school_id", sa.String(length=40), nullable=False),
        sa.Column("class_id", sa.String(length=40), nullable=True),
        sa.Column("term_id", sa.String(length=40), nullable=True),
        sa.Column("subject", sa.String(length=32), nullable=True),
        sa.Column("scope", sa.String(length=32), nullable=False),
        sa.Column("text_version", sa.String(length=20), nullable=False),
        sa.Column("headcount", sa.Integer(), nullable=False),
        sa.Column("agreed", sa.Integer(), nullable=False),
        sa.Column("declined", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("made_by", sa.String(length=40), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("activated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("scope IN ('school', 'community', 'district')", name=op.f("ck_consent_batch_consentscope")),
        sa.CheckConstraint(
            "state IN ('draft', 'collected', 'active', 'expired', 'withdrawn_part')", name=op.f("ck_consent_batch_consentstate")
        ),
        sa.CheckConstraint("agreed BETWEEN 0 AND headcount AND declined BETWEEN 0 AND headcount", name=op.f("ck_consent_batch_counts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_batch")),
    )
    op.create_index("ix_consent_batch_school", "consent_batch", ["school_id", "created_at"])
    op.create_index("ix_consent_batch_expiry", "consent_batch", ["state", "valid_until"])
    op.create_table(
        "asset_consent",
        sa.Column("asset_id", sa.String(length=40), nullable=False),
        sa.Column("batch_id", sa.String(length=40), nullable=True),
        sa.Column("declaration", sa.String(length=32), nullable=False),
        sa.Column("declared_by", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "declaration IN ('none', 'blurred', 'rear_camera', 'no_pupils', 'reviewed')", name=op.f("ck_asset_consent_declaration")
        ),
        sa.CheckConstraint("(batch_id IS NULL) <> (declaration = 'none')", name=op.f("ck_asset_consent_batch_or_declaration")),
        sa.ForeignKeyConstraint(["asset_id"], ["asset.id"], name=op.f("fk_asset_consent_asset_id_asset"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["batch_id"], ["consent_batch.id"], name=op.f("fk_asset_consent_batch_id_consent_batch")),
        sa.PrimaryKeyConstraint("asset_id", name=op.f("pk_asset_consent")),
    )
    op.create_index("ix_asset_consent_batch_id", "asset_consent", ["batch_id"])


def downgrade() -> None:
    op.drop_table("asset_consent")
    op.drop_table("consent_batch")

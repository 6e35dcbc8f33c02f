"""Bind learning platforms that launch us.

Revision ID: 0027
Revises: 0026
"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "lti_platform",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("issuer", sa.String(length=255), nullable=False),
        sa.Column("client_id", sa.String(length=255), nullable=False),
        sa.Column("auth_url", sa.String(length=1000), nullable=False),
        sa.Column("keys_url", sa.String(length=1000), nullable=False),
        sa.Column("deployments", sa.JSON(), nullable=False),
        sa.Column("created_by", sa.String(length=40), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lti_platform")),
    )
    op.create_index("uq_lti_platform_client", "lti_platform", ["issuer", "client_id"], unique=True)
    op.create_table(
        "lti_binding",
        sa.Column("platform_id", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=False),
        sa.Column("person_id", sa.String(length=40), nullable=False),
        sa.Column("bound_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["platform_id"], ["lti_platform.id"], name=op.f("fk_lti_binding_platform_id_lti_platform"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_lti_binding_person_id_person")),
        sa.PrimaryKeyConstraint("platform_id", "subject", name=op.f("pk_lti_binding")),
    )
    op.create_index("uq_lti_binding_person", "lti_binding", ["person_id", "platform_id"], unique=True)
    op.create_table(
        "lti_launch",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("platform_id", sa.String(length=40), nullable=False),
        sa.Column("browser_hash", sa.String(length=64), nullable=False),
        sa.Column("nonce", sa.String(length=64), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("launched_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("subject", sa.String(length=255), nullable=True),
        sa.Column("subject_name", sa.String(length=60), nullable=False),
        sa.Column("person_id", sa.String(length=40), nullable=True),
        sa.Column("destination", sa.String(length=200), nullable=False),
        sa.Column("selection", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(
            ["platform_id"], ["lti_platform.id"], name=op.f("fk_lti_launch_platform_id_lti_platform"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lti_launch")),
    )
    op.create_index("ix_lti_launch_expires_at", "lti_launch", ["expires_at"])


def downgrade() -> None:
    op.drop_table("lti_launch")
    op.drop_table("lti_binding")
    op.drop_table("lti_platform")

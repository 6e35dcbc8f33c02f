"""Create what is offered to other systems.

Revision ID: 0022
Revises: 0021
"""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "offered_record",
        sa.Column("resource_id", sa.String(length=40), nullable=False),
        sa.Column("datestamp", sa.DateTime(timezone=True), nullable=False),
        sa.Column("subject", sa.String(length=32), nullable=True),
        sa.Column("is_deleted", sa.Boolean(), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("was_open", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("resource_id", name=op.f("pk_offered_record")),
    )
    op.create_index("ix_offered_record_datestamp", "offered_record", ["datestamp", "resource_id"])
    # What stands published in the district is offered from now on; later changes are followed.
    op.get_bind().execute(
        sa.text(
            "INSERT INTO offered_record (resource_id, datestamp, subject, is_deleted, is_open, was_open)"
            " SELECT id, :now, subject, :no, licence IN ('L4', 'L5'), licence IN ('L4', 'L5') FROM resource"
            " WHERE review = 'district_published'"
            " AND EXISTS (SELECT 1 FROM resource_scope WHERE resource_id = resource.id AND word = 'district')"
        ).bindparams(sa.bindparam("now", type_=sa.DateTime(timezone=True)), sa.bindparam("no", type_=sa.Boolean())),
        {"now": datetime.now(UTC).replace(microsecond=0, tzinfo=UTC if op.get_bind().dialect.name != "sqlite" else None), "no": False},
    )
    op.create_table(
        "harvest_token",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_by", sa.String(length=40), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_harvest_token")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_harvest_token_token_hash")),
    )
    op.create_table(
        "webhook",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("url", sa.String(length=1000), nullable=False),
        sa.Column("events", sa.JSON(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("created_by", sa.String(length=40), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook")),
    )
    op.create_table(
        "webhook_delivery",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("webhook_id", sa.String(length=40), nullable=False),
        sa.Column("event", sa.String(length=32), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("tried_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("given_up_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["webhook_id"], ["webhook.id"], name=op.f("fk_webhook_delivery_webhook_id_webhook"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_delivery")),
    )
    op.create_index("ix_webhook_delivery_latest", "webhook_delivery", ["webhook_id", "created_at"])
    op.create_table(
        "feed_address",
        sa.Column("person_id", sa.String(length=40), nullable=False),
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_feed_address")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_feed_address_key_hash")),
    )
    op.create_table(
        "learning_statement",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_learning_statement")),
    )
    op.create_index("ix_learning_statement_waiting", "learning_statement", ["settled_at", "created_at"])


def downgrade() -> None:
    op.drop_table("learning_statement")
    op.drop_table("feed_address")
    op.drop_table("webhook_delivery")
    op.drop_table("webhook")
    op.drop_table("harvest_token")
    op.drop_table("offered_record")

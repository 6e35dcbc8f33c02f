"""Create uses and adoptions; a fork knows the version that it stands on.

Revision ID: 0019
Revises: 0018
"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("resource", schema=None) as batch_op:
        batch_op.add_column(sa.Column("based_on_version", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("ignored_version", sa.Integer(), nullable=True))
    # Until now a published work never changed: its first version is what a fork was made from.
    op.execute("UPDATE resource SET based_on_version = 1 WHERE based_on_id IS NOT NULL")
    op.create_index("ix_resource_based_on_id", "resource", ["based_on_id"])
    op.create_table(
        "resource_use",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("resource_id", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.String(length=40), nullable=False),
        sa.Column("school_id", sa.String(length=40), nullable=False),
        sa.Column("is_village", sa.Boolean(), nullable=False),
        sa.Column("class_id", sa.String(length=40), nullable=True),
        sa.Column("class_name", sa.String(length=60), nullable=False),
        sa.Column("used_on", sa.Date(), nullable=False),
        sa.Column("pupils", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("changed", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("pupils >= 0 AND pupils <= 5000", name=op.f("ck_resource_use_pupils")),
        sa.ForeignKeyConstraint(["resource_id"], ["resource.id"], name=op.f("fk_resource_use_resource_id_resource"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resource_use")),
    )
    op.create_index("ix_resource_use_resource_day", "resource_use", ["resource_id", "used_on"])
    op.create_index(op.f("ix_resource_use_person_id"), "resource_use", ["person_id"])
    op.create_table(
        "adoption",
        sa.Column("resource_id", sa.String(length=40), nullable=False),
        sa.Column("word", sa.String(length=120), nullable=False),
        sa.Column("is_village", sa.Boolean(), nullable=False),
        sa.Column("person_id", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["resource_id"], ["resource.id"], name=op.f("fk_adoption_resource_id_resource"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("resource_id", "word", name=op.f("pk_adoption")),
    )
    op.create_index(op.f("ix_adoption_word"), "adoption", ["word"])


def downgrade() -> None:
    op.drop_table("adoption")
    op.drop_table("resource_use")
    op.drop_index("ix_resource_based_on_id", table_name="resource")
    with op.batch_alter_table("resource", schema=None) as batch_op:
        batch_op.drop_column("ignored_version")
        batch_op.drop_column("based_on_version")

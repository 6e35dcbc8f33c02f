"""Create collections and bookmarks.

Revision ID: 0025
Revises: 0024
"""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

KINDS = ("list", "series", "reading_list")


def upgrade() -> None:
    op.create_table(
        "collection",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("kind", sa.Enum(*KINDS, name="collectionkind", native_enum=False, create_constraint=True, length=32), nullable=False),
        sa.Column("word", sa.String(length=120), nullable=False),
        sa.Column("node_id", sa.String(length=40), nullable=True),
        sa.Column("owner_id", sa.String(length=40), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_collection")),
    )
    op.create_index("ix_collection_word_updated", "collection", ["word", "updated_at"])
    op.create_index(op.f("ix_collection_node_id"), "collection", ["node_id"])
    op.create_index(op.f("ix_collection_owner_id"), "collection", ["owner_id"])
    op.create_table(
        "collection_item",
        sa.Column("collection_id", sa.String(length=40), nullable=False),
        sa.Column("resource_id", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["collection_id"], ["collection.id"], name=op.f("fk_collection_item_collection_id_collection"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["resource_id"], ["resource.id"], name=op.f("fk_collection_item_resource_id_resource"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("collection_id", "resource_id", name=op.f("pk_collection_item")),
    )
    op.create_index(op.f("ix_collection_item_resource_id"), "collection_item", ["resource_id"])
    op.create_table(
        "bookmark",
        sa.Column("person_id", sa.String(length=40), nullable=False),
        sa.Column("resource_id", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["resource_id"], ["resource.id"], name=op.f("fk_bookmark_resource_id_resource"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("person_id", "resource_id", name=op.f("pk_bookmark")),
    )
    op.create_index("ix_bookmark_person_at", "bookmark", ["person_id", "at"])
    op.create_index(op.f("ix_bookmark_resource_id"), "bookmark", ["resource_id"])


def downgrade() -> None:
    op.drop_table("bookmark")
    op.drop_table("collection_item")
    op.drop_table("collection")

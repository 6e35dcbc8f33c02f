"""Create the documents of the PostgreSQL search.

Revision ID: 0021
Revises: 0020
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_JSONB = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
_TOKENS = sa.Text().with_variant(postgresql.TSVECTOR(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "search_document",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("ref", sa.String(length=100), nullable=False),
        sa.Column("build", sa.Integer(), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("sort_id", sa.Integer(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("updated", sa.Double(), nullable=False),
        sa.Column("boost", sa.Double(), nullable=False),
        sa.Column("lengths", sa.String(length=60), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("plain_title", sa.Text(), nullable=False),
        sa.Column("tokens", _TOKENS, nullable=True),
        sa.Column("counts", _JSONB, nullable=False),
        sa.Column("plain", sa.Text(), nullable=False),
        sa.Column("card", _JSONB, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_document")),
        sa.UniqueConstraint("ref", name=op.f("uq_search_document_ref")),
    )
    op.create_index(
        "ix_search_document_tokens", "search_document", ["tokens"], postgresql_using="gin", postgresql_with={"fastupdate": "off"}
    )
    op.create_index("ix_search_document_updated_ref", "search_document", ["updated", "ref"])
    if op.get_bind().dialect.name == "postgresql":
        # Everything wide stands beside the row, so that counting many rows reads few pages.
        op.execute("ALTER TABLE search_document SET (toast_tuple_target = 256)")
    op.create_table(
        "search_facets",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_facets")),
        sa.UniqueConstraint("digest", name=op.f("uq_search_facets_digest")),
    )
    op.create_table(
        "search_word",
        sa.Column("word", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("word", name=op.f("pk_search_word")),
    )
    op.create_table(
        "search_state",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("stamp", sa.Integer(), nullable=False),
        sa.Column("position", sa.JSON(), nullable=False),
        sa.Column("analysis", sa.Integer(), nullable=False),
        sa.Column("built", sa.Integer(), nullable=False),
        sa.Column("build", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("after", sa.String(length=64), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("broken", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_state")),
    )


def downgrade() -> None:
    op.drop_table("search_state")
    op.drop_table("search_word")
    op.drop_table("search_facets")
    op.drop_table("search_document")

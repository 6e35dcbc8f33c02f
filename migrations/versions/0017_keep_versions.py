"""Keep every published version, and revisions on their way.

Revision ID: 0017
Revises: 0016
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_AUDIENCE = sa.Enum("teacher", "class_screen", "pupil_task", name="audience", native_enum=False, create_constraint=True, length=32)
_OPEN = sa.text("review NOT IN ('archived', 'withdrawn')")
_FIELDS = ("title", "kind", "summary", "keywords", "node_id", "licence", "third_party", "village_fit")


def upgrade() -> None:
    with op.batch_alter_table("resource", schema=None) as batch_op:
        batch_op.add_column(sa.Column("literacies", sa.JSON(), nullable=False, server_default="[]"))
        batch_op.add_column(sa.Column("difficulty", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("audience", _AUDIENCE, nullable=True))
        batch_op.add_column(sa.Column("revises_id", sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column("change_note", sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("due_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("escalated_at", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("resource", schema=None) as batch_op:
        batch_op.alter_column("literacies", server_default=None, existing_type=sa.JSON(), existing_nullable=False)
        batch_op.alter_column("change_note", server_default=None, existing_type=sa.Text(), existing_nullable=False)
    op.create_index("uq_resource_open_revision", "resource", ["revises_id"], unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN)
    op.create_table(
        "resource_version",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("resource_id", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("person_id", sa.String(length=40), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["resource_id"], ["resource.id"], name=op.f("fk_resource_version_resource_id_resource"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resource_version")),
        sa.UniqueConstraint("resource_id", "number", name=op.f("uq_resource_version_resource_id_number")),
    )
    op.create_table(
        "resource_version_file",
        sa.Column("version_id", sa.String(length=40), nullable=False),
        sa.Column("asset_id", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["asset_id"], ["asset.id"], name=op.f("fk_resource_version_file_asset_id_asset")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["resource_version.id"], name=op.f("fk_resource_version_file_version_id_resource_version"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("version_id", "asset_id", name=op.f("pk_resource_version_file")),
    )
    op.create_index("ix_resource_version_file_asset_id", "resource_version_file", ["asset_id"])
    _write_first_versions(op.get_bind())


def downgrade() -> None:
    op.drop_table("resource_version_file")
    op.drop_table("resource_version")
    op.drop_index("uq_resource_open_revision", table_name="resource")
    # A revision that was not applied would stand as a work of its own: it goes back to the drafts of its author.
    op.execute("UPDATE resource SET review = 'draft' WHERE revises_id IS NOT NULL AND review NOT IN ('archived', 'withdrawn')")
    with op.batch_alter_table("resource", schema=None) as batch_op:
        for name in ("escalated_at", "due_on", "change_note", "revises_id", "difficulty", "literacies"):
            batch_op.drop_column(name)
        batch_op.drop_constraint("audience", type_="check")
        batch_op.drop_column("audience")


def _write_first_versions(connection: sa.Connection) -> None:
    """Write what stands published, or stood so until it was taken away, as version 1."""
    resource = sa.table(
        "resource", *(sa.column(name) for name in ("id", "author_id", "review", *_FIELDS) if name != "keywords"),
        sa.column("keywords", sa.JSON), sa.column("published_at", sa.DateTime(timezone=True)),
    )  # fmt: skip
    file = sa.table("resource_file", sa.column("resource_id"), sa.column("asset_id"), sa.column("position"))
    version = sa.table(
        "resource_version", *(sa.column(name) for name in ("id", "resource_id", "number", "note", "person_id")),
        sa.column("fields", sa.JSON), sa.column("published_at", sa.DateTime(timezone=True)),
    )  # fmt: skip
    version_file = sa.table("resource_version_file", sa.column("version_id"), sa.column("asset_id"), sa.column("position"))
    published = resource.c.published_at.is_not(None) & resource.c.review.not_in(("draft", "submitted", "returned"))
    for row in connection.execute(sa.select(resource).where(published)).mappings().all():
        ident = "ver_" + row["id"].partition("_")[2]
        fields = {name: row[name] for name in _FIELDS} | {"literacies": [], "difficulty": None, "audience": None}
        connection.execute(
            version.insert().values(
                id=ident,
                resource_id=row["id"],
                number=1,
                fields=fields,
                note="",
                person_id=row["author_id"],
                published_at=row["published_at"],
            )
        )
        held = sa.select(sa.literal(ident), file.c.asset_id, file.c.position).where(file.c.resource_id == row["id"])
        connection.execute(version_file.insert().from_select(["version_id", "asset_id", "position"], held))

"""Create roles in packs, imports and offline packs.

Revision ID: 0024
Revises: 0023
"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

_STATE = sa.Enum(
    "checking", "checked", "making", "done", "refused", name="importstate", native_enum=False, create_constraint=True, length=32
)
_ROW_STATE = sa.Enum("wrong", "ready", "made", "failed", name="rowstate", native_enum=False, create_constraint=True, length=32)


def upgrade() -> None:
    with op.batch_alter_table("resource_file", schema=None) as batch_op:
        batch_op.add_column(sa.Column("role", sa.String(length=16), nullable=True))
    op.create_table(
        "offline_pack",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("content_key", sa.String(length=64), nullable=False),
        sa.Column("form", sa.String(length=16), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("plan", sa.JSON(), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=True),
        sa.Column("bytes", sa.BigInteger(), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offline_pack")),
        sa.UniqueConstraint("content_key", name=op.f("uq_offline_pack_content_key")),
    )
    op.create_index("ix_offline_pack_asked_at", "offline_pack", ["asked_at"])
    op.create_table(
        "import_batch",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("person_id", sa.String(length=40), nullable=False),
        sa.Column("asset_id", sa.String(length=40), nullable=False),
        sa.Column("table_asset_id", sa.String(length=40), nullable=True),
        sa.Column("state", _STATE, nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["asset_id"], ["asset.id"], name=op.f("fk_import_batch_asset_id_asset")),
        sa.ForeignKeyConstraint(["table_asset_id"], ["asset.id"], name=op.f("fk_import_batch_table_asset_id_asset")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_batch")),
    )
    op.create_index("ix_import_batch_person_id", "import_batch", ["person_id", "created_at"])
    op.create_table(
        "import_row",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("batch_id", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("files", sa.JSON(), nullable=False),
        sa.Column("problems", sa.JSON(), nullable=False),
        sa.Column("notes", sa.JSON(), nullable=False),
        sa.Column("uploads", sa.JSON(), nullable=False),
        sa.Column("state", _ROW_STATE, nullable=False),
        sa.Column("resource_id", sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(["batch_id"], ["import_batch.id"], name=op.f("fk_import_row_batch_id_import_batch"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_row")),
        sa.UniqueConstraint("batch_id", "position", name=op.f("uq_import_row_batch_id_position")),
    )


def downgrade() -> None:
    op.drop_table("import_row")
    op.drop_table("import_batch")
    op.drop_table("offline_pack")
    with op.batch_alter_table("resource_file", schema=None) as batch_op:
        batch_op.drop_column("role")

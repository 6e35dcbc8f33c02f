"""Create resources, drafts and the steps of review.

Revision ID: 0009
Revises: 0008
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "draft",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("person_id", sa.String(length=40), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("resource_id", sa.String(length=40), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft")),
    )
    with op.batch_alter_table("draft", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_draft_person_id"), ["person_id"], unique=False)

    op.create_table(
        "idempotent_reply",
        sa.Column("person_id", sa.String(length=40), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("resource_id", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("person_id", "key", name=op.f("pk_idempotent_reply")),
    )
    op.create_table(
        "resource",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "lesson_plan",
                "slides",
                "task_sheet",
                "exercise",
                "micro_lesson",
                "recorded_lesson",
                "lesson_talk",
                "observation_report",
                "unit_plan",
                "experiment",
                "media_asset",
                "lesson_pack",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("keywords", sa.JSON(), nullable=False),
        sa.Column("node_id", sa.String(length=40), nullable=True),
        sa.Column(
            "licence",
            sa.Enum("L1", "L2", "L3", "L4", "L5", name="licence", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("third_party", sa.Text(), nullable=False),
        sa.Column(
            "village_fit",
            sa.Enum("no_device", "screen", "experiment", name="villagefit", native_enum=False, create_constraint=True, length=32),
            nullable=True,
        ),
        sa.Column("author_id", sa.String(length=40), nullable=False),
        sa.Column("author_name", sa.String(length=60), nullable=False),
        sa.Column("school_id", sa.String(length=40), nullable=False),
        sa.Column(
            "review",
            sa.Enum(
                "draft",
                "submitted",
                "returned",
                "school_published",
                "district_review",
                "district_published",
                "archived",
                "withdrawn",
                name="review",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("review_note", sa.Text(), nullable=False),
        sa.Column("based_on_id", sa.String(length=40), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resource")),
    )
    with op.batch_alter_table("resource", schema=None) as batch_op:
        batch_op.create_index("ix_resource_author_updated", ["author_id", "updated_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_resource_node_id"), ["node_id"], unique=False)
        batch_op.create_index("ix_resource_school_review", ["school_id", "review"], unique=False)

    op.create_table(
        "resource_file",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("resource_id", sa.String(length=40), nullable=False),
        sa.Column("asset_id", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["asset_id"], ["asset.id"], name=op.f("fk_resource_file_asset_id_asset")),
        sa.ForeignKeyConstraint(["resource_id"], ["resource.id"], name=op.f("fk_resource_file_resource_id_resource"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resource_file")),
        sa.UniqueConstraint("resource_id", "asset_id", name=op.f("uq_resource_file_resource_id_asset_id")),
    )
    with op.batch_alter_table("resource_file", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_resource_file_asset_id"), ["asset_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_resource_file_resource_id"), ["resource_id"], unique=False)

    op.create_table(
        "review_step",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("resource_id", sa.String(length=40), nullable=False),
        sa.Column("person_id", sa.String(length=40), nullable=False),
        sa.Column("verb", sa.String(length=32), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "submitted",
                "returned",
                "school_published",
                "district_review",
                "district_published",
                "archived",
                "withdrawn",
                name="review",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["resource_id"], ["resource.id"], name=op.f("fk_review_step_resource_id_resource"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_step")),
    )
    with op.batch_alter_table("review_step", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_review_step_resource_id"), ["resource_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("review_step", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_review_step_resource_id"))

    op.drop_table("review_step")
    with op.batch_alter_table("resource_file", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_resource_file_resource_id"))
        batch_op.drop_index(batch_op.f("ix_resource_file_asset_id"))

    op.drop_table("resource_file")
    with op.batch_alter_table("resource", schema=None) as batch_op:
        batch_op.drop_index("ix_resource_school_review")
        batch_op.drop_index(batch_op.f("ix_resource_node_id"))
        batch_op.drop_index("ix_resource_author_updated")

    op.drop_table("resource")
    op.drop_table("idempotent_reply")
    with op.batch_alter_table("draft", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_draft_person_id"))

    op.drop_table("draft")

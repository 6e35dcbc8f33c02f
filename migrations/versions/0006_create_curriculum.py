"""Create the curriculum tree and the district's editions.

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "curriculum_node",
        sa.Column("id", sa.String(length=30), nullable=False),
        sa.Column("parent_id", sa.String(length=30), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "stage",
                "subject",
                "edition",
                "volume",
                "unit",
                "topic",
                "period",
                name="nodekind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("grade", sa.String(length=4), nullable=False),
        sa.Column("edition_year", sa.Integer(), nullable=True),
        sa.Column("publisher", sa.String(length=120), nullable=False),
        sa.Column("path_text", sa.String(length=800), nullable=False),
        sa.Column("trail", sa.String(length=240), nullable=False),
        sa.ForeignKeyConstraint(["parent_id"], ["curriculum_node.id"], name=op.f("fk_curriculum_node_parent_id_curriculum_node")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_curriculum_node")),
    )
    with op.batch_alter_table("curriculum_node", schema=None) as batch_op:
        batch_op.create_index("ix_curriculum_node_kind_grade", ["kind", "grade"], unique=False)
        batch_op.create_index(batch_op.f("ix_curriculum_node_parent_id"), ["parent_id"], unique=False)

    op.create_table(
        "literacy",
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("stage", sa.String(length=32), nullable=False),
        sa.Column("title", sa.String(length=64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("subject", "stage", "title", name=op.f("pk_literacy")),
    )
    op.create_table(
        "district_edition",
        sa.Column("school_year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("stage", sa.String(length=32), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("grade", sa.String(length=4), nullable=False),
        sa.Column("edition_id", sa.String(length=30), nullable=False),
        sa.ForeignKeyConstraint(["edition_id"], ["curriculum_node.id"], name=op.f("fk_district_edition_edition_id_curriculum_node")),
        sa.PrimaryKeyConstraint("school_year", "stage", "subject", "grade", name=op.f("pk_district_edition")),
    )
    with op.batch_alter_table("district_edition", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_district_edition_edition_id"), ["edition_id"], unique=False)

    op.create_table(
        "unit_mapping",
        sa.Column("old_id", sa.String(length=30), nullable=False),
        sa.Column("new_id", sa.String(length=30), nullable=False),
        sa.Column(
            "relation",
            sa.Enum("same", "split", "merged", "moved", name="relation", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["new_id"], ["curriculum_node.id"], name=op.f("fk_unit_mapping_new_id_curriculum_node")),
        sa.ForeignKeyConstraint(["old_id"], ["curriculum_node.id"], name=op.f("fk_unit_mapping_old_id_curriculum_node")),
        sa.PrimaryKeyConstraint("old_id", "new_id", name=op.f("pk_unit_mapping")),
    )
    with op.batch_alter_table("unit_mapping", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_unit_mapping_new_id"), ["new_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("unit_mapping", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_unit_mapping_new_id"))

    op.drop_table("unit_mapping")
    with op.batch_alter_table("district_edition", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_district_edition_edition_id"))

    op.drop_table("district_edition")
    op.drop_table("literacy")
    with op.batch_alter_table("curriculum_node", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_curriculum_node_parent_id"))
        batch_op.drop_index("ix_curriculum_node_kind_grade")

    op.drop_table("curriculum_node")

"""Keep structured plans, the pictures that they show and the fingerprints of their texts.

Revision ID: 0036
Revises: 0035
"""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("resource") as batch:
        batch.add_column(sa.Column("plan", sa.JSON(none_as_null=True), nullable=True))
    op.create_table(
        "plan_picture",
        sa.Column("resource_id", sa.String(40), nullable=False),
        sa.Column("asset_id", sa.String(40), nullable=False),
        sa.PrimaryKeyConstraint("resource_id", "asset_id", name="pk_plan_picture"),
        sa.ForeignKeyConstraint(["resource_id"], ["resource.id"], name="fk_plan_picture_resource_id_resource", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["asset_id"], ["asset.id"], name="fk_plan_picture_asset_id_asset"),
    )
    op.create_index("ix_plan_picture_asset_id", "plan_picture", ["asset_id"])
    op.create_table(
        "plan_band",
        sa.Column("resource_id", sa.String(40), nullable=False),
        sa.Column("band", sa.Integer(), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("resource_id", "band", name="pk_plan_band"),
        sa.ForeignKeyConstraint(["resource_id"], ["resource.id"], name="fk_plan_band_resource_id_resource", ondelete="CASCADE"),
    )
    op.create_index("ix_plan_band_value", "plan_band", ["band", "value"])


def downgrade() -> None:
    op.drop_index("ix_plan_band_value", table_name="plan_band")
    op.drop_table("plan_band")
    op.drop_index("ix_plan_picture_asset_id", table_name="plan_picture")
    op.drop_table("plan_picture")
    with op.batch_alter_table("resource") as batch:
        batch.drop_column("plan")

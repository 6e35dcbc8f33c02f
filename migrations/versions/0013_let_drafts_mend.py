"""Let a draft mend a resource that is there already.

Revision ID: 0013
Revises: 0012
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("draft", sa.Column("edits_id", sa.String(length=40), nullable=True))


def downgrade() -> None:
    op.drop_column("draft", "edits_id")

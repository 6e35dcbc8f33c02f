"""Bind what signs in: a person to a subject of the single sign-on, a device to a terminal by a code.

Revision ID: 0011
Revises: 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("account", sa.Column("sign_on_issuer", sa.String(length=255), nullable=True))
    op.add_column("account", sa.Column("sign_on_subject", sa.String(length=255), nullable=True))
    op.create_index("uq_account_sign_on", "account", ["sign_on_issuer", "sign_on_subject"], unique=True)
    op.add_column("class_terminal", sa.Column("code_hash", sa.String(length=64), nullable=True))
    op.add_column("class_terminal", sa.Column("code_until", sa.DateTime(timezone=True), nullable=True))
    op.create_index("uq_class_terminal_code_hash", "class_terminal", ["code_hash"], unique=True)


def downgrade() -> None:
    op.drop_index("uq_class_terminal_code_hash", table_name="class_terminal")
    op.drop_column("class_terminal", "code_until")
    op.drop_column("class_terminal", "code_hash")
    op.drop_index("uq_account_sign_on", table_name="account")
    op.drop_column("account", "sign_on_subject")
    op.drop_column("account", "sign_on_issuer")

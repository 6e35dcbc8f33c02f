"""Create plans that several people write: the document as updates, versions, remarks and causes.

Revision ID: 0037
Revises: 0036
"""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

_TABLES = ("plan_cause", "plan_remark", "plan_version", "plan_update", "plan_document", "plan_member", "plan")


def upgrade() -> None:
    op.create_table(
        "plan",
        _text("id", 40),
        _text("owner_id", 40),
        _text("school_id", 40, nullable=True),
        _text("title", 200),
        _text("node_id", 40, nullable=True),
        _text("resource_id", 40, nullable=True),
        _text("state", 32),
        _moment("created_at"),
        _moment("updated_at"),
        sa.CheckConstraint("state IN ('open', 'closed')", name=op.f("ck_plan_planstate")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan")),
    )
    op.create_index("ix_plan_owner_updated", "plan", ["owner_id", "updated_at"])
    op.create_table(
        "plan_member",
        *_of_plan("plan_member"),
        _text("person_id", 40),
        _text("part", 32),
        _text("added_by", 40),
        _moment("added_at"),
        sa.CheckConstraint("part IN ('owner', 'editor', 'commenter', 'former')", name=op.f("ck_plan_member_part")),
        sa.PrimaryKeyConstraint("plan_id", "person_id", name=op.f("pk_plan_member")),
    )
    op.create_index(op.f("ix_plan_member_person_id"), "plan_member", ["person_id"])
    _create_document()
    _create_remarks()


def downgrade() -> None:
    for name in _TABLES:
        op.drop_table(name)


def _create_document() -> None:
    op.create_table(
        "plan_document",
        *_of_plan("plan_document"),
        sa.Column("head", sa.Integer(), nullable=False),
        sa.Column("snapshot_seq", sa.Integer(), nullable=False),
        sa.Column("snapshot", sa.LargeBinary(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("loose", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("plan_id", name=op.f("pk_plan_document")),
    )
    op.create_table(
        "plan_update",
        *_of_plan("plan_update"),
        sa.Column("seq", sa.Integer(), nullable=False, autoincrement=False),
        _text("person_id", 40),
        _moment("at"),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("plan_id", "seq", name=op.f("pk_plan_update")),
    )
    op.create_table(
        "plan_version",
        _text("id", 40),
        *_of_plan("plan_version"),
        sa.Column("number", sa.Integer(), nullable=False),
        _text("name", 80),
        _text("note", 500),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("state", sa.LargeBinary(), nullable=False),
        _text("person_id", 40),
        _moment("at"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_version")),
        sa.UniqueConstraint("plan_id", "number", name=op.f("uq_plan_version_plan_id_number")),
    )


def _create_remarks() -> None:
    op.create_table(
        "plan_remark",
        _text("id", 40),
        *_of_plan("plan_remark"),
        _text("place", 60),
        _text("kind", 32),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("proposal", sa.Text(), nullable=False),
        _text("quote", 500),
        _text("answers", 40, nullable=True),
        _text("author_id", 40),
        _moment("at"),
        _text("state", 32),
        _text("settled_by", 40, nullable=True),
        _moment("settled_at", nullable=True),
        sa.CheckConstraint("kind IN ('comment', 'suggestion')", name=op.f("ck_plan_remark_remarkkind")),
        sa.CheckConstraint("state IN ('open', 'resolved', 'accepted', 'refused')", name=op.f("ck_plan_remark_remarkstate")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_remark")),
    )
    op.create_index("ix_plan_remark_plan_at", "plan_remark", ["plan_id", "at"])
    op.create_table(
        "plan_cause",
        _text("remark_id", 40),
        *_of_plan("plan_cause"),
        _text("place", 60),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        _text("person_id", 40),
        _moment("at"),
        sa.ForeignKeyConstraint(["remark_id"], ["plan_remark.id"], name=op.f("fk_plan_cause_remark_id_plan_remark"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("remark_id", name=op.f("pk_plan_cause")),
    )
    op.create_index("ix_plan_cause_plan", "plan_cause", ["plan_id", "place"])


def _text(name: str, length: int, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(length), nullable=nullable)


def _moment(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _of_plan(table: str) -> tuple[sa.Column[str], sa.ForeignKeyConstraint]:
    name = op.f(f"fk_{table}_plan_id_plan")
    return _text("plan_id", 40), sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=name, ondelete="CASCADE")

"""Keep the audience of each resource in rows, so that lists ask for it; and the subject it belongs to.

Revision ID: 0012
Revises: 0011
"""

from collections.abc import Iterable

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_REACHED_BEFORE_WITHDRAWAL = """
    SELECT state FROM review_step WHERE resource_id = :id AND state <> 'withdrawn' ORDER BY at DESC, id DESC LIMIT 1
"""


def upgrade() -> None:
    op.add_column("resource", sa.Column("subject", sa.String(length=32), nullable=True))
    op.create_index("ix_resource_published_at", "resource", ["published_at", "id"])
    op.create_table(
        "resource_scope",
        sa.Column("resource_id", sa.String(length=40), nullable=False),
        sa.Column("word", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(["resource_id"], ["resource.id"], name=op.f("fk_resource_scope_resource_id_resource"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("resource_id", "word", name=op.f("pk_resource_scope")),
    )
    op.create_index("ix_resource_scope_word", "resource_scope", ["word", "resource_id"])
    _fill(op.get_bind())


def downgrade() -> None:
    op.drop_index("ix_resource_scope_word", table_name="resource_scope")
    op.drop_table("resource_scope")
    op.drop_index("ix_resource_published_at", table_name="resource")
    op.drop_column("resource", "subject")


def _fill(connection: sa.Connection) -> None:
    codes = {row.name: row.code for row in connection.execute(sa.text("SELECT code, name FROM subject"))}
    paths = sa.text(
        "SELECT resource.id, review, licence, author_id, school_id, path_text"
        " FROM resource LEFT JOIN curriculum_node ON curriculum_node.id = resource.node_id"
    )
    for row in connection.execute(paths).all():
        steps = (row.path_text or "").split(" / ")
        prefix = "幼儿" if steps[0] == "幼儿园" else ""
        subject = codes.get(prefix + steps[1].partition("·")[0]) if len(steps) > 1 else None
        review = row.review
        if review == "withdrawn":
            review = connection.execute(sa.text(_REACHED_BEFORE_WITHDRAWAL), {"id": row.id}).scalar() or "draft"
        connection.execute(sa.text("UPDATE resource SET subject = :subject WHERE id = :id"), {"subject": subject, "id": row.id})
        words = [{"id": row.id, "word": word} for word in _audience(review, row.licence, row.author_id, row.school_id, subject)]
        connection.execute(sa.text("INSERT INTO resource_scope (resource_id, word) VALUES (:id, :word)"), words)


def _audience(review: str, licence: str, author_id: str, school_id: str, subject: str | None) -> Iterable[str]:
    """Return the words as the library has them at this revision."""
    words = {f"person:{author_id}"}
    reaches_district = licence in {"L3", "L4", "L5"}
    if review == "submitted":
        words |= _duty("school_review", school_id, subject)
    if review in {"school_published", "district_review", "district_published"}:
        words.add(f"school:{school_id}")
        if licence != "L1":
            words.add(f"community_of:{school_id}")
    if review == "district_review" or (review == "school_published" and reaches_district):
        words |= _duty("district_review", school_id, subject)
    if review == "district_published" and reaches_district:
        words.add("district")
    return words


def _duty(duty: str, school_id: str, subject: str | None) -> set[str]:
    return {f"{duty}:{place}:{held}" for place in ("*", school_id) for held in ("*", subject or "-")}

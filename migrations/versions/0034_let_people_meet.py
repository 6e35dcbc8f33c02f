"""Let a place in a lesson be a person's, without a class: research meetings.

Revision ID: 0034
Revises: 0033
"""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

_COLUMNS = "lesson_id, class_id, school_id, position, assist_person_id, planned_assist_id, head_count"


def upgrade() -> None:
    _remake(("lesson_id", "position"), has_classes_only=False)


def downgrade() -> None:
    op.execute("DELETE FROM lesson_site WHERE class_id IS NULL")
    _remake(("lesson_id", "class_id"), has_classes_only=True)


def _remake(key: tuple[str, str], *, has_classes_only: bool) -> None:
    """Make the table anew, since SQLite cannot change a primary key; names of constraints are kept, so the old one goes first."""
    op.execute(f"CREATE TABLE lesson_site_kept AS SELECT {_COLUMNS} FROM lesson_site")  # noqa: S608 -- constants
    op.drop_table("lesson_site")
    other = ("lesson_id", "position" if has_classes_only else "class_id")
    op.create_table(
        "lesson_site",
        sa.Column("lesson_id", sa.String(length=40), nullable=False),
        sa.Column("class_id", sa.String(length=40), nullable=not has_classes_only),
        sa.Column("school_id", sa.String(length=40), nullable=not has_classes_only),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("assist_person_id", sa.String(length=40), nullable=True),
        sa.Column("planned_assist_id", sa.String(length=40), nullable=True),
        sa.Column("head_count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["lesson_id"], ["lesson.id"], name=op.f("fk_lesson_site_lesson_id_lesson"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["class_id"], ["school_class.id"], name=op.f("fk_lesson_site_class_id_school_class")),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_lesson_site_school_id_school")),
        sa.ForeignKeyConstraint(["assist_person_id"], ["person.id"], name=op.f("fk_lesson_site_assist_person_id_person")),
        sa.ForeignKeyConstraint(["planned_assist_id"], ["person.id"], name=op.f("fk_lesson_site_planned_assist_id_person")),
        sa.PrimaryKeyConstraint(*key, name=op.f("pk_lesson_site")),
        sa.UniqueConstraint(*other, name=op.f(f"uq_lesson_site_{other[0]}_{other[1]}")),
    )
    op.create_index("ix_lesson_site_class", "lesson_site", ["class_id"])
    op.create_index("ix_lesson_site_school", "lesson_site", ["school_id"])
    op.create_index("ix_lesson_site_assist", "lesson_site", ["assist_person_id"])
    op.execute(f"INSERT INTO lesson_site ({_COLUMNS}) SELECT {_COLUMNS} FROM lesson_site_kept")  # noqa: S608 -- constants
    op.drop_table("lesson_site_kept")

"""Create the timetable of paired classes.

Revision ID: 0029
Revises: 0028
"""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

_KINDS = "kind IN ('delivery', 'sync', 'master', 'school_online', 'research_meeting', 'venue')"
_CANCELS = "cancel_reason IN ('holiday', 'weather', 'line', 'absence', 'event', 'other')"


def upgrade() -> None:
    _create_pairings()
    _create_lessons()
    op.create_table(
        "class_subject",
        sa.Column("class_id", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(["class_id"], ["school_class.id"], name=op.f("fk_class_subject_class_id_school_class")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_class_subject_person_id_person")),
        sa.PrimaryKeyConstraint("class_id", "subject", name=op.f("pk_class_subject")),
    )
    op.create_table(
        "calendar_feed",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=40), nullable=True),
        sa.Column("class_id", sa.String(length=40), nullable=True),
        sa.Column("created_by", sa.String(length=40), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(person_id IS NULL) <> (class_id IS NULL)", name=op.f("ck_calendar_feed_one_owner")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_calendar_feed_person_id_person")),
        sa.ForeignKeyConstraint(["class_id"], ["school_class.id"], name=op.f("fk_calendar_feed_class_id_school_class")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_feed")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_calendar_feed_token_hash")),
    )
    op.create_index("ix_calendar_feed_created_by", "calendar_feed", ["created_by"])


def _create_pairings() -> None:
    op.create_table(
        "pairing",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("community_id", sa.String(length=40), nullable=False),
        sa.Column("term_id", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=32), nullable=False),
        sa.Column("edition", sa.String(length=60), nullable=False),
        sa.Column("lead_class_id", sa.String(length=40), nullable=False),
        sa.Column("lead_person_id", sa.String(length=40), nullable=False),
        sa.Column("weeks", sa.String(length=32), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=False),
        sa.Column("clock", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=40), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("weeks IN ('every', 'odd', 'even')", name=op.f("ck_pairing_weeks")),
        sa.CheckConstraint("reason IN ('no_teacher', 'weak_subject', 'exchange', 'other')", name=op.f("ck_pairing_pairingreason")),
        sa.CheckConstraint("clock IN ('own', 'lead')", name=op.f("ck_pairing_clockused")),
        sa.CheckConstraint(_KINDS, name=op.f("ck_pairing_lessonkind")),
        sa.ForeignKeyConstraint(["term_id"], ["term.id"], name=op.f("fk_pairing_term_id_term")),
        sa.ForeignKeyConstraint(["lead_class_id"], ["school_class.id"], name=op.f("fk_pairing_lead_class_id_school_class")),
        sa.ForeignKeyConstraint(["lead_person_id"], ["person.id"], name=op.f("fk_pairing_lead_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pairing")),
    )
    op.create_index("ix_pairing_community", "pairing", ["community_id", "term_id"])
    op.create_table(
        "pairing_class",
        sa.Column("pairing_id", sa.String(length=40), nullable=False),
        sa.Column("class_id", sa.String(length=40), nullable=False),
        sa.Column("assist_person_id", sa.String(length=40), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint("position >= 1", name=op.f("ck_pairing_class_receives")),
        sa.ForeignKeyConstraint(["pairing_id"], ["pairing.id"], name=op.f("fk_pairing_class_pairing_id_pairing"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["class_id"], ["school_class.id"], name=op.f("fk_pairing_class_class_id_school_class")),
        sa.ForeignKeyConstraint(["assist_person_id"], ["person.id"], name=op.f("fk_pairing_class_assist_person_id_person")),
        sa.PrimaryKeyConstraint("pairing_id", "class_id", name=op.f("pk_pairing_class")),
    )
    op.create_table(
        "pairing_slot",
        sa.Column("pairing_id", sa.String(length=40), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("period", sa.Integer(), nullable=False, autoincrement=False),
        sa.CheckConstraint("weekday BETWEEN 1 AND 7", name=op.f("ck_pairing_slot_weekday")),
        sa.ForeignKeyConstraint(["pairing_id"], ["pairing.id"], name=op.f("fk_pairing_slot_pairing_id_pairing"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("pairing_id", "weekday", "period", name=op.f("pk_pairing_slot")),
    )


def _create_lessons() -> None:
    op.create_table(
        "lesson",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("pairing_id", sa.String(length=40), nullable=True),
        sa.Column("community_id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("subject", sa.String(length=32), nullable=False),
        sa.Column("title", sa.String(length=100), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("period", sa.Integer(), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lead_class_id", sa.String(length=40), nullable=True),
        sa.Column("lead_person_id", sa.String(length=40), nullable=False),
        sa.Column("planned_person_id", sa.String(length=40), nullable=True),
        sa.Column("pack", sa.String(length=100), nullable=True),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancel_reason", sa.String(length=32), nullable=True),
        sa.Column("cancel_note", sa.String(length=200), nullable=False),
        sa.Column("moved_from", sa.Date(), nullable=True),
        sa.Column("moved_from_period", sa.Integer(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(_KINDS, name=op.f("ck_lesson_lessonkind")),
        sa.CheckConstraint("state IN ('planned', 'open', 'ended', 'cancelled')", name=op.f("ck_lesson_lessonstate")),
        sa.CheckConstraint(_CANCELS, name=op.f("ck_lesson_cancelreason")),
        sa.ForeignKeyConstraint(["pairing_id"], ["pairing.id"], name=op.f("fk_lesson_pairing_id_pairing")),
        sa.ForeignKeyConstraint(["lead_class_id"], ["school_class.id"], name=op.f("fk_lesson_lead_class_id_school_class")),
        sa.ForeignKeyConstraint(["lead_person_id"], ["person.id"], name=op.f("fk_lesson_lead_person_id_person")),
        sa.ForeignKeyConstraint(["planned_person_id"], ["person.id"], name=op.f("fk_lesson_planned_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lesson")),
        sa.UniqueConstraint("pairing_id", "day", "period", name=op.f("uq_lesson_pairing_id_day_period")),
    )
    op.create_index("ix_lesson_day", "lesson", ["day"])
    op.create_index("ix_lesson_lead", "lesson", ["lead_person_id", "day"])
    op.create_table(
        "lesson_site",
        sa.Column("lesson_id", sa.String(length=40), nullable=False),
        sa.Column("class_id", sa.String(length=40), nullable=False),
        sa.Column("school_id", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("assist_person_id", sa.String(length=40), nullable=True),
        sa.Column("planned_assist_id", sa.String(length=40), nullable=True),
        sa.Column("head_count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["lesson_id"], ["lesson.id"], name=op.f("fk_lesson_site_lesson_id_lesson"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["class_id"], ["school_class.id"], name=op.f("fk_lesson_site_class_id_school_class")),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_lesson_site_school_id_school")),
        sa.ForeignKeyConstraint(["assist_person_id"], ["person.id"], name=op.f("fk_lesson_site_assist_person_id_person")),
        sa.ForeignKeyConstraint(["planned_assist_id"], ["person.id"], name=op.f("fk_lesson_site_planned_assist_id_person")),
        sa.PrimaryKeyConstraint("lesson_id", "class_id", name=op.f("pk_lesson_site")),
        sa.UniqueConstraint("lesson_id", "position", name=op.f("uq_lesson_site_lesson_id_position")),
    )
    op.create_index("ix_lesson_site_class", "lesson_site", ["class_id"])
    op.create_index("ix_lesson_site_school", "lesson_site", ["school_id"])
    op.create_index("ix_lesson_site_assist", "lesson_site", ["assist_person_id"])


def downgrade() -> None:
    for table in ("calendar_feed", "class_subject", "lesson_site", "lesson", "pairing_slot", "pairing_class", "pairing"):
        op.drop_table(table)

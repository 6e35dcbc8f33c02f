"""Create joint preparation and lesson study.

Revision ID: 0041
Revises: 0040
"""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

_PHASES = "('pause', 'intent', 'evidence', 'issues', 'next')"


def _id(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(40), nullable=nullable)


def _moment(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _day(name: str) -> sa.Column:
    return sa.Column(name, sa.Date(), nullable=True)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False)


def _key(table: str, column: str, target: str, ondelete: str | None = None) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=f"fk_{table}_{column}_{target}", ondelete=ondelete)


def upgrade() -> None:
    _create_preparation()
    _create_cycles()
    _create_talk()


def _create_preparation() -> None:
    op.create_table(
        "prep_task",
        _id("id"),
        sa.Column("title", sa.String(100), nullable=False),
        sa.Column("subject", sa.String(32), nullable=False),
        _id("node_id", nullable=True),
        _id("community_id"),
        _id("lead_id"),
        _id("plan_id"),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("shared_version", sa.Integer(), nullable=True),
        _id("meeting_id", nullable=True),
        _id("resource_id", nullable=True),
        _day("draft_due"),
        _day("meeting_due"),
        _day("shared_due"),
        _day("taught_due"),
        _day("reflection_due"),
        _day("reminded_for"),
        _moment("created_at"),
        _moment("updated_at"),
        sa.PrimaryKeyConstraint("id", name="pk_prep_task"),
        _key("prep_task", "community_id", "community"),
        _key("prep_task", "lead_id", "person"),
        _key("prep_task", "meeting_id", "lesson", "SET NULL"),
        _key("prep_task", "resource_id", "resource", "SET NULL"),
        sa.CheckConstraint(
            "state IN ('drafting', 'discussing', 'meeting', 'shared', 'taught', 'reflected', 'archived')",
            name=op.f("ck_prep_task_prepstate"),
        ),
    )
    op.create_index("ix_prep_task_meeting", "prep_task", ["meeting_id"])
    op.create_table(
        "prep_member",
        _id("task_id"),
        _id("person_id"),
        _moment("added_at"),
        sa.PrimaryKeyConstraint("task_id", "person_id", name="pk_prep_member"),
        _key("prep_member", "task_id", "prep_task", "CASCADE"),
        _key("prep_member", "person_id", "person"),
    )
    op.create_index("ix_prep_member_person_id", "prep_member", ["person_id"])
    op.create_table(
        "personal_edition",
        _id("task_id"),
        _id("person_id"),
        _id("plan_id"),
        _text("situation"),
        _moment("begun_at"),
        _day("taught_on"),
        _id("lesson_id", nullable=True),
        _text("taught_note"),
        _text("worked"),
        _text("problem"),
        _text("evidence"),
        _text("next"),
        _moment("reflected_at", nullable=True),
        sa.PrimaryKeyConstraint("task_id", "person_id", name="pk_personal_edition"),
        _key("personal_edition", "task_id", "prep_task", "CASCADE"),
        _key("personal_edition", "person_id", "person"),
        _key("personal_edition", "lesson_id", "lesson", "SET NULL"),
    )


def _create_cycles() -> None:
    op.create_table(
        "study_cycle",
        _id("id"),
        sa.Column("theme", sa.String(100), nullable=False),
        _text("hypothesis"),
        sa.Column("subject", sa.String(32), nullable=False),
        _id("node_id", nullable=True),
        _id("community_id"),
        _id("organiser_id"),
        _id("lead_id"),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("report", sa.JSON(), nullable=False),
        _moment("closed_at", nullable=True),
        _moment("hours_at", nullable=True),
        _id("resource_id", nullable=True),
        _moment("created_at"),
        _moment("updated_at"),
        sa.PrimaryKeyConstraint("id", name="pk_study_cycle"),
        _key("study_cycle", "community_id", "community"),
        _key("study_cycle", "organiser_id", "person"),
        _key("study_cycle", "lead_id", "person"),
        _key("study_cycle", "resource_id", "resource", "SET NULL"),
        sa.CheckConstraint("state IN ('open', 'closed', 'published')", name=op.f("ck_study_cycle_cyclestate")),
    )
    op.create_table(
        "study_member",
        _id("cycle_id"),
        _id("person_id"),
        _moment("added_at"),
        sa.PrimaryKeyConstraint("cycle_id", "person_id", name="pk_study_member"),
        _key("study_member", "cycle_id", "study_cycle", "CASCADE"),
        _key("study_member", "person_id", "person"),
    )
    op.create_index("ix_study_member_person_id", "study_member", ["person_id"])
    op.create_table(
        "study_round",
        _id("id"),
        _id("cycle_id"),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        _id("plan_id"),
        sa.Column("plan_version", sa.Integer(), nullable=False),
        sa.Column("plan_name", sa.String(80), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("causes", sa.JSON(), nullable=False),
        _id("teacher_id"),
        _id("lesson_id", nullable=True),
        _id("resource_id", nullable=True),
        _id("asset_id", nullable=True),
        _day("taught_on"),
        sa.Column("phase", sa.String(32), nullable=True),
        _moment("phase_at", nullable=True),
        _moment("created_at"),
        sa.PrimaryKeyConstraint("id", name="pk_study_round"),
        sa.UniqueConstraint("cycle_id", "number", name="uq_study_round_cycle_id_number"),
        _key("study_round", "cycle_id", "study_cycle", "CASCADE"),
        _key("study_round", "teacher_id", "person"),
        _key("study_round", "lesson_id", "lesson", "SET NULL"),
        _key("study_round", "resource_id", "resource", "SET NULL"),
        _key("study_round", "asset_id", "asset", "SET NULL"),
        sa.CheckConstraint("number BETWEEN 1 AND 3", name=op.f("ck_study_round_number")),
        sa.CheckConstraint("state IN ('planned', 'taught', 'discussing', 'concluded')", name=op.f("ck_study_round_roundstate")),
        sa.CheckConstraint(f"phase IN {_PHASES}", name=op.f("ck_study_round_phase")),
    )
    op.create_table(
        "round_observer",
        _id("round_id"),
        _id("person_id"),
        sa.Column("task", sa.String(200), nullable=False),
        sa.PrimaryKeyConstraint("round_id", "person_id", name="pk_round_observer"),
        _key("round_observer", "round_id", "study_round", "CASCADE"),
        _key("round_observer", "person_id", "person"),
    )


def _create_talk() -> None:
    op.create_table(
        "discussion_turn",
        _id("id"),
        _id("round_id"),
        sa.Column("phase", sa.String(32), nullable=False),
        _id("speaker_id"),
        _id("by_id"),
        _text("text"),
        _id("observation_id", nullable=True),
        _moment("at"),
        sa.PrimaryKeyConstraint("id", name="pk_discussion_turn"),
        _key("discussion_turn", "round_id", "study_round", "CASCADE"),
        _key("discussion_turn", "speaker_id", "person"),
        _key("discussion_turn", "by_id", "person"),
        _key("discussion_turn", "observation_id", "observation", "SET NULL"),
        sa.CheckConstraint(f"phase IN {_PHASES}", name=op.f("ck_discussion_turn_phase")),
    )
    op.create_index("ix_discussion_turn_round", "discussion_turn", ["round_id", "at"])
    op.create_table(
        "change_reason",
        _id("turn_id"),
        _id("step_id"),
        _id("person_id"),
        _moment("at"),
        sa.PrimaryKeyConstraint("turn_id", "step_id", name="pk_change_reason"),
        _key("change_reason", "turn_id", "discussion_turn", "CASCADE"),
        _key("change_reason", "person_id", "person"),
    )


def downgrade() -> None:
    tables = (
        "change_reason",
        "discussion_turn",
        "round_observer",
        "study_round",
        "study_member",
        "study_cycle",
        "personal_edition",
        "prep_member",
        "prep_task",
    )
    for table in tables:
        op.drop_table(table)

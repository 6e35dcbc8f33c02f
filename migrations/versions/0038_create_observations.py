"""Create observations of lessons with notes, codings and rubrics.

Revision ID: 0038
Revises: 0037
"""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "observation",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("observer_id", sa.String(40), nullable=False),
        sa.Column("what", sa.String(32), nullable=False),
        sa.Column("lesson_id", sa.String(40), nullable=True),
        sa.Column("resource_id", sa.String(40), nullable=True),
        sa.Column("asset_id", sa.String(40), nullable=True),
        sa.Column("cycle_id", sa.String(40), nullable=True),
        sa.Column("teacher_id", sa.String(40), nullable=True),
        sa.Column("school_id", sa.String(40), nullable=True),
        sa.Column("teacher", sa.String(60), nullable=False),
        sa.Column("school", sa.String(100), nullable=False),
        sa.Column("class_name", sa.String(60), nullable=False),
        sa.Column("subject", sa.String(32), nullable=False),
        sa.Column("topic", sa.String(100), nullable=False),
        sa.Column("period", sa.String(40), nullable=False),
        sa.Column("place", sa.String(60), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("client_at", sa.BigInteger(), nullable=False),
        sa.Column("offset_ms", sa.BigInteger(), nullable=False),
        sa.Column("level", sa.String(20), nullable=False),
        sa.Column("opinion", sa.Text(), nullable=False),
        sa.Column("village", sa.Text(), nullable=False),
        sa.Column("strengths", sa.JSON(), nullable=False),
        sa.Column("suggestions", sa.JSON(), nullable=False),
        sa.Column("sharing", sa.String(32), nullable=False),
        sa.Column("shared_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reply", sa.Text(), nullable=False),
        sa.Column("replied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_observation"),
        sa.ForeignKeyConstraint(["observer_id"], ["person.id"], name="fk_observation_observer_id_person"),
        sa.ForeignKeyConstraint(["lesson_id"], ["lesson.id"], name="fk_observation_lesson_id_lesson", ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["resource_id"], ["resource.id"], name="fk_observation_resource_id_resource", ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["asset_id"], ["asset.id"], name="fk_observation_asset_id_asset", ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["teacher_id"], ["person.id"], name="fk_observation_teacher_id_person"),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name="fk_observation_school_id_school"),
        sa.CheckConstraint("what IN ('lesson', 'recording', 'room')", name=op.f("ck_observation_what")),
        sa.CheckConstraint(
            "kind IN ('own_school', 'other_school', 'online', 'unannounced', 'open', 'appraisal')", name=op.f("ck_observation_visitkind")
        ),
        sa.CheckConstraint("sharing IN ('private', 'shared_with_teacher', 'shared')", name=op.f("ck_observation_sharing")),
    )
    op.create_index("ix_observation_observer", "observation", ["observer_id", "started_at"])
    op.create_index("ix_observation_teacher", "observation", ["teacher_id", "sharing"])
    op.create_index("ix_observation_school", "observation", ["school_id", "sharing"])
    op.create_index("ix_observation_lesson", "observation", ["lesson_id"])
    op.create_index("ix_observation_asset", "observation", ["asset_id"])
    op.create_index("ix_observation_cycle", "observation", ["cycle_id"])
    _create_notes_and_codings()
    _create_rubrics()


def _create_notes_and_codings() -> None:
    op.create_table(
        "observation_note",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("observation_id", sa.String(40), nullable=False),
        sa.Column("second", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("client_at", sa.BigInteger(), nullable=False),
        sa.Column("offset_ms", sa.BigInteger(), nullable=False),
        sa.Column("stage", sa.String(40), nullable=False),
        sa.Column("teacher", sa.Text(), nullable=False),
        sa.Column("pupils", sa.Text(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("village", sa.Text(), nullable=False),
        sa.Column("tags", sa.JSON(), nullable=False),
        sa.Column("side", sa.String(32), nullable=True),
        sa.Column("photo_id", sa.String(40), nullable=True),
        sa.Column("is_deleted", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_observation_note"),
        sa.ForeignKeyConstraint(
            ["observation_id"], ["observation.id"], name="fk_observation_note_observation_id_observation", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["photo_id"], ["asset.id"], name="fk_observation_note_photo_id_asset", ondelete="SET NULL"),
        sa.CheckConstraint("side IN ('city', 'village')", name=op.f("ck_observation_note_side")),
    )
    op.create_index("ix_observation_note_observation", "observation_note", ["observation_id", "second"])
    op.create_table(
        "coding",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("observation_id", sa.String(40), nullable=False),
        sa.Column("coder_id", sa.String(40), nullable=False),
        sa.Column("scheme", sa.String(32), nullable=False),
        sa.Column("side", sa.String(32), nullable=False),
        sa.Column("interval_s", sa.Integer(), nullable=False),
        sa.Column("from_second", sa.Integer(), nullable=False),
        sa.Column("codes", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_coding"),
        sa.ForeignKeyConstraint(["observation_id"], ["observation.id"], name="fk_coding_observation_id_observation", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["coder_id"], ["person.id"], name="fk_coding_coder_id_person"),
        sa.CheckConstraint("interval_s > 0", name=op.f("ck_coding_step")),
        sa.CheckConstraint("scheme IN ('st', 'fias')", name=op.f("ck_coding_scheme")),
        sa.CheckConstraint("side IN ('city', 'village')", name=op.f("ck_coding_side")),
    )
    op.create_index("ix_coding_observation", "coding", ["observation_id"])


def _create_rubrics() -> None:
    op.create_table(
        "rubric",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("title", sa.String(60), nullable=False),
        sa.Column("about", sa.String(100), nullable=False),
        sa.Column("based_on", sa.String(40), nullable=False),
        sa.Column("rows", sa.JSON(), nullable=False),
        sa.Column("created_by", sa.String(40), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_rubric"),
        sa.ForeignKeyConstraint(["created_by"], ["person.id"], name="fk_rubric_created_by_person"),
    )
    op.create_table(
        "appraisal_round",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("opened_by", sa.String(40), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_appraisal_round"),
        sa.UniqueConstraint("name", name="uq_appraisal_round_name"),
        sa.ForeignKeyConstraint(["opened_by"], ["person.id"], name="fk_appraisal_round_opened_by_person"),
    )
    op.create_table(
        "rubric_score",
        sa.Column("observation_id", sa.String(40), nullable=False),
        sa.Column("rubric_id", sa.String(40), nullable=False),
        sa.Column("rubric_version", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.String(40), nullable=True),
        sa.Column("rows", sa.JSON(), nullable=False),
        sa.Column("total", sa.Double(), nullable=True),
        sa.Column("scored_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("observation_id", name="pk_rubric_score"),
        sa.ForeignKeyConstraint(
            ["observation_id"], ["observation.id"], name="fk_rubric_score_observation_id_observation", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["round_id"], ["appraisal_round.id"], name="fk_rubric_score_round_id_appraisal_round"),
    )


def downgrade() -> None:
    for table in ("rubric_score", "appraisal_round", "rubric", "coding", "observation_note", "observation"):
        op.drop_table(table)

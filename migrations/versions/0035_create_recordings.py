"""Create recordings of lessons, and let a lesson's log be thinned.

Revision ID: 0035
Revises: 0034
"""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

_STATES = "state IN ('receiving', 'joining', 'ready', 'erased')"
_DECLARATIONS = "declaration IN ('none', 'blurred', 'rear_camera', 'no_pupils', 'reviewed')"
_KINDS = "kind IN ('slide', 'question', 'hand', 'stage', 'chat')"


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    with op.batch_alter_table("lesson_log") as table:
        table.add_column(sa.Column("thinned_at", moment, nullable=True))
    op.create_table(
        "recording",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("lesson_id", sa.String(40), nullable=False),
        sa.Column("person_id", sa.String(40), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("batch_id", sa.String(40), nullable=True),
        sa.Column("declaration", sa.String(32), nullable=False),
        sa.Column("asset_id", sa.String(40), nullable=True),
        sa.Column("resource_id", sa.String(40), nullable=True),
        sa.Column("placed", sa.JSON(), nullable=False),
        sa.Column("slide_texts", sa.JSON(), nullable=False),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("joined_at", moment, nullable=True),
        sa.Column("expires_at", moment, nullable=False),
        sa.Column("announced_days", sa.Integer(), nullable=True),
        sa.Column("chunks_gone_at", moment, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_recording"),
        sa.UniqueConstraint("lesson_id", name="uq_recording_lesson_id"),
        sa.UniqueConstraint("asset_id", name="uq_recording_asset_id"),
        sa.ForeignKeyConstraint(["lesson_id"], ["lesson.id"], name="fk_recording_lesson_id_lesson", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["batch_id"], ["consent_batch.id"], name="fk_recording_batch_id_consent_batch"),
        sa.ForeignKeyConstraint(["asset_id"], ["asset.id"], name="fk_recording_asset_id_asset"),
        sa.ForeignKeyConstraint(["resource_id"], ["resource.id"], name="fk_recording_resource_id_resource"),
        sa.CheckConstraint(_STATES, name=op.f("ck_recording_recordingstate")),
        sa.CheckConstraint(_DECLARATIONS, name=op.f("ck_recording_declaration")),
    )
    op.create_index("ix_recording_person_id", "recording", ["person_id"])
    op.create_index("ix_recording_resource_id", "recording", ["resource_id"])
    op.create_index("ix_recording_expires", "recording", ["state", "expires_at"])
    op.create_table(
        "recording_session",
        sa.Column("recording_id", sa.String(40), nullable=False),
        sa.Column("id", sa.String(24), nullable=False),
        sa.Column("person_id", sa.String(40), nullable=False),
        sa.Column("mime", sa.String(100), nullable=False),
        sa.Column("claimed_at", sa.BigInteger(), nullable=True),
        sa.Column("chunk_total", sa.Integer(), nullable=True),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("heard_at", moment, nullable=False),
        sa.PrimaryKeyConstraint("recording_id", "id", name="pk_recording_session"),
        sa.ForeignKeyConstraint(["recording_id"], ["recording.id"], name="fk_recording_session_recording_id_recording", ondelete="CASCADE"),
    )
    op.create_table(
        "recording_chunk",
        sa.Column("recording_id", sa.String(40), nullable=False),
        sa.Column("session_id", sa.String(24), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("bytes", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("recording_id", "session_id", "number", name="pk_recording_chunk"),
        sa.ForeignKeyConstraint(
            ["recording_id", "session_id"], ["recording_session.recording_id", "recording_session.id"],
            name="fk_recording_chunk_session", ondelete="CASCADE",
        ),
    )  # fmt: skip
    op.create_table(
        "recording_mark",
        sa.Column("recording_id", sa.String(40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("at_s", sa.Double(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("recording_id", "position", name="pk_recording_mark"),
        sa.ForeignKeyConstraint(["recording_id"], ["recording.id"], name="fk_recording_mark_recording_id_recording", ondelete="CASCADE"),
        sa.CheckConstraint(_KINDS, name=op.f("ck_recording_mark_markkind")),
    )


def downgrade() -> None:
    for table in ("recording_mark", "recording_chunk", "recording_session"):
        op.drop_table(table)
    for index in ("ix_recording_expires", "ix_recording_resource_id", "ix_recording_person_id"):
        op.drop_index(index, table_name="recording")
    op.drop_table("recording")
    with op.batch_alter_table("lesson_log") as table:
        table.drop_column("thinned_at")

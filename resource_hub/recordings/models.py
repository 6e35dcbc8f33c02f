"""Tables of recordings: one a lesson, its sessions with their chunks, and what happened at which second."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from resource_hub.infra.db import Model, text_enum
from resource_hub.media.schemas import Declaration
from resource_hub.recordings.schemas import MarkKind, RecordingState


class Recording(Model):
    """The recording of a lesson; ``batch_id`` or ``declaration`` is what allowed it before it began.

    ``placed`` says where each session plays, ``slide_texts`` what stood on the slides, each with its second. It is erased at
    ``expires_at`` unless it was published; ``announced_days`` is the last announcement of that. ``chunks_gone_at``: since when
    nothing can be joined to it any more.
    """

    __tablename__ = "recording"
    __table_args__ = (sa.Index("ix_recording_expires", "state", "expires_at"),)

    id: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    lesson_id: Mapped[str] = mapped_column(sa.ForeignKey("lesson.id", ondelete="CASCADE"), unique=True)
    person_id: Mapped[str] = mapped_column(sa.String(40), index=True)
    state: Mapped[RecordingState] = mapped_column(text_enum(RecordingState))
    batch_id: Mapped[str | None] = mapped_column(sa.ForeignKey("consent_batch.id"))
    declaration: Mapped[Declaration] = mapped_column(text_enum(Declaration))
    asset_id: Mapped[str | None] = mapped_column(sa.ForeignKey("asset.id"), unique=True)
    resource_id: Mapped[str | None] = mapped_column(sa.ForeignKey("resource.id"), index=True)
    placed: Mapped[list[Any]] = mapped_column(sa.JSON, default=list)
    slide_texts: Mapped[list[Any]] = mapped_column(sa.JSON, default=list)
    created_at: Mapped[datetime]
    joined_at: Mapped[datetime | None]
    expires_at: Mapped[datetime]
    announced_days: Mapped[int | None]
    chunks_gone_at: Mapped[datetime | None]


class RecordingSession(Model):
    """One run of a recorder, named by itself; ``claimed_at`` is when it says that it began (ms since 1970)."""

    __tablename__ = "recording_session"

    recording_id: Mapped[str] = mapped_column(sa.ForeignKey("recording.id", ondelete="CASCADE"), primary_key=True)
    id: Mapped[str] = mapped_column(sa.String(24), primary_key=True)
    person_id: Mapped[str] = mapped_column(sa.String(40))
    mime: Mapped[str] = mapped_column(sa.String(100))
    claimed_at: Mapped[int | None] = mapped_column(sa.BigInteger)
    chunk_total: Mapped[int | None]
    created_at: Mapped[datetime]
    heard_at: Mapped[datetime]


class RecordingChunk(Model):
    """Two seconds of a session, stored before this row says so."""

    __tablename__ = "recording_chunk"
    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["recording_id", "session_id"],
            ["recording_session.recording_id", "recording_session.id"],
            ondelete="CASCADE",
            name="fk_recording_chunk_session",
        ),
    )

    recording_id: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    session_id: Mapped[str] = mapped_column(sa.String(24), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    bytes: Mapped[int]
    sha256: Mapped[str] = mapped_column(sa.String(64))


class RecordingMark(Model):
    """What happened at a second: for the list beside the player and for search; words of the chat go with the seats'."""

    __tablename__ = "recording_mark"

    recording_id: Mapped[str] = mapped_column(sa.ForeignKey("recording.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at_s: Mapped[float]
    kind: Mapped[MarkKind] = mapped_column(text_enum(MarkKind))
    text: Mapped[str] = mapped_column(sa.Text)

"""Tables of uploads, assets and what is made from them."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from resource_hub.infra.db import Model, text_enum
from resource_hub.media.schemas import ConsentScope, ConsentState, Declaration


class UploadState(StrEnum):
    OPENING = "opening"
    OPEN = "open"
    FINISHING = "finishing"
    FINISHED = "finished"
    REFUSED = "refused"
    ABANDONED = "abandoned"


class Upload(Model):
    """Bytes on their way. ``message`` tells the uploader why a refused one was refused."""

    __tablename__ = "upload"
    __table_args__ = (sa.Index("ix_upload_expires", "state", "expires_at"),)

    id: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    person_id: Mapped[str] = mapped_column(sa.String(40), index=True)
    draft_id: Mapped[str | None] = mapped_column(sa.String(40), index=True)
    filename: Mapped[str] = mapped_column(sa.String(1000))
    size: Mapped[int] = mapped_column(sa.BigInteger)
    part_size: Mapped[int] = mapped_column(sa.BigInteger)
    multipart_id: Mapped[str | None] = mapped_column(sa.Text)
    asset_id: Mapped[str] = mapped_column(sa.String(40), unique=True)
    state: Mapped[UploadState] = mapped_column(text_enum(UploadState))
    message: Mapped[str | None] = mapped_column(sa.Text)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    finishing_at: Mapped[datetime | None]


class Asset(Model):
    """A stored original. ``failure_*`` is set when it cannot be shown and says why."""

    __tablename__ = "asset"

    id: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    person_id: Mapped[str] = mapped_column(sa.String(40), index=True)
    filename: Mapped[str] = mapped_column(sa.String(1000))
    media_type: Mapped[str] = mapped_column(sa.String(200))
    family: Mapped[str] = mapped_column(sa.String(16))
    size: Mapped[int] = mapped_column(sa.BigInteger)
    sha256: Mapped[str | None] = mapped_column(sa.String(64), index=True)
    generation: Mapped[int] = mapped_column(default=1)
    duration_s: Mapped[float | None]
    width: Mapped[int | None]
    height: Mapped[int | None]
    has_video: Mapped[bool] = mapped_column(default=False)
    has_audio: Mapped[bool] = mapped_column(default=False)
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    page_total: Mapped[int | None]
    pages_complete: Mapped[bool] = mapped_column(default=False)
    inspected_at: Mapped[datetime | None]
    failure_code: Mapped[str | None] = mapped_column(sa.String(64))
    failure_message: Mapped[str | None] = mapped_column(sa.Text)
    created_at: Mapped[datetime]


class Rendition(Model):
    """One object (or playlist) made from an asset; a group is replaced as a whole."""

    __tablename__ = "rendition"
    __table_args__ = (sa.UniqueConstraint("asset_id", "group", "kind", "label"),)

    id: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    asset_id: Mapped[str] = mapped_column(sa.ForeignKey("asset.id", ondelete="CASCADE"), index=True)
    group: Mapped[str] = mapped_column(sa.String(16))
    kind: Mapped[str] = mapped_column(sa.String(16))
    label: Mapped[str] = mapped_column(sa.String(32))
    key: Mapped[str] = mapped_column(sa.String(200))
    media_type: Mapped[str] = mapped_column(sa.String(100))
    bytes: Mapped[int] = mapped_column(sa.BigInteger)
    width: Mapped[int | None]
    height: Mapped[int | None]
    bitrate_kbps: Mapped[float | None]
    playlist: Mapped[str] = mapped_column(sa.Text, default="")
    meta: Mapped[dict[str, Any]] = mapped_column(default=dict)


class ObjectDigest(Model):
    """The size and SHA-256 of a stored object made from an asset, for whoever keeps a copy of it elsewhere."""

    __tablename__ = "object_digest"

    key: Mapped[str] = mapped_column(sa.String(200), primary_key=True)
    asset_id: Mapped[str] = mapped_column(sa.ForeignKey("asset.id", ondelete="CASCADE"), index=True)
    bytes: Mapped[int] = mapped_column(sa.BigInteger)
    sha256: Mapped[str] = mapped_column(sa.String(64))


class Page(Model):
    """One page of a document: its text for search, its images by width, its words with their places (``places``)."""

    __tablename__ = "page"

    asset_id: Mapped[str] = mapped_column(sa.ForeignKey("asset.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str] = mapped_column(sa.Text, default="")
    width: Mapped[int]
    height: Mapped[int]
    images: Mapped[dict[str, Any]] = mapped_column(default=dict)
    needs_ocr: Mapped[bool] = mapped_column(default=False)
    runs: Mapped[list[Any]] = mapped_column(sa.JSON, default=list)


class PlayPosition(Model):
    """Where a person stopped in a recording; seen by that person alone."""

    __tablename__ = "play_position"

    person_id: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    asset_id: Mapped[str] = mapped_column(sa.ForeignKey("asset.id", ondelete="CASCADE"), primary_key=True)
    at_s: Mapped[float]
    mode: Mapped[str] = mapped_column(sa.String(16), default="")
    updated_at: Mapped[datetime]


class Caption(Model):
    """Subtitles of a recording, kept as WebVTT text."""

    __tablename__ = "caption"

    id: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    asset_id: Mapped[str] = mapped_column(sa.ForeignKey("asset.id", ondelete="CASCADE"), index=True)
    person_id: Mapped[str] = mapped_column(sa.String(40))
    language: Mapped[str] = mapped_column(sa.String(16))
    label: Mapped[str] = mapped_column(sa.String(60))
    vtt: Mapped[str] = mapped_column(sa.Text)
    created_at: Mapped[datetime]


class ConsentBatch(Model):
    """The paper slips of one class, of which only head-counts are known here; the slips stay with the head teacher."""

    __tablename__ = "consent_batch"
    __table_args__ = (
        sa.CheckConstraint("agreed BETWEEN 0 AND headcount AND declined BETWEEN 0 AND headcount", name="counts"),
        sa.Index("ix_consent_batch_school", "school_id", "created_at"),
        sa.Index("ix_consent_batch_expiry", "state", "valid_until"),
    )

    id: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    school_id: Mapped[str] = mapped_column(sa.String(40))
    class_id: Mapped[str | None] = mapped_column(sa.String(40))
    term_id: Mapped[str | None] = mapped_column(sa.String(40))
    subject: Mapped[str | None] = mapped_column(sa.String(32))
    scope: Mapped[ConsentScope] = mapped_column(text_enum(ConsentScope))
    text_version: Mapped[str] = mapped_column(sa.String(20))
    headcount: Mapped[int]
    agreed: Mapped[int] = mapped_column(default=0)
    declined: Mapped[int] = mapped_column(default=0)
    state: Mapped[ConsentState] = mapped_column(text_enum(ConsentState))
    valid_until: Mapped[date]
    made_by: Mapped[str] = mapped_column(sa.String(40))
    created_at: Mapped[datetime]
    activated_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]


class AssetConsent(Model):
    """What allows a recording to be shown: a batch, or a declaration that no pupil can be recognised."""

    __tablename__ = "asset_consent"
    __table_args__ = (sa.CheckConstraint("(batch_id IS NULL) <> (declaration = 'none')", name="batch_or_declaration"),)

    asset_id: Mapped[str] = mapped_column(sa.ForeignKey("asset.id", ondelete="CASCADE"), primary_key=True)
    batch_id: Mapped[str | None] = mapped_column(sa.ForeignKey("consent_batch.id"), index=True)
    declaration: Mapped[Declaration] = mapped_column(text_enum(Declaration))
    declared_by: Mapped[str] = mapped_column(sa.String(40))
    at: Mapped[datetime]


class TranscriptState(StrEnum):
    MAKING = "making"
    READY = "ready"


class Transcript(Model):
    """What was heard in a recording. ``done_s`` is how far recognition came: the next attempt goes on from there."""

    __tablename__ = "transcript"

    asset_id: Mapped[str] = mapped_column(sa.ForeignKey("asset.id", ondelete="CASCADE"), primary_key=True)
    language: Mapped[str] = mapped_column(sa.String(16))
    state: Mapped[TranscriptState] = mapped_column(text_enum(TranscriptState))
    model: Mapped[str] = mapped_column(sa.String(80))
    done_s: Mapped[float] = mapped_column(default=0.0)
    made_at: Mapped[datetime | None]
    edited_at: Mapped[datetime | None]
    edited_by: Mapped[str | None] = mapped_column(sa.String(40))


class TranscriptSegment(Model):
    """A line of a transcript; ``words`` are [start, end, word], ``revision`` grows with each edit."""

    __tablename__ = "transcript_segment"

    asset_id: Mapped[str] = mapped_column(sa.ForeignKey("transcript.asset_id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    start_s: Mapped[float]
    end_s: Mapped[float]
    text: Mapped[str] = mapped_column(sa.Text)
    words: Mapped[list[Any]] = mapped_column(sa.JSON, default=list)
    revision: Mapped[int] = mapped_column(default=0)


class SlideText(Model):
    """The words read from one still of a recording, whole and with their places (``places``)."""

    __tablename__ = "slide_text"

    asset_id: Mapped[str] = mapped_column(sa.ForeignKey("asset.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    at_s: Mapped[float]
    text: Mapped[str] = mapped_column(sa.Text)
    runs: Mapped[list[Any]] = mapped_column(sa.JSON, default=list)


class Chapter(Model):
    """A part of a recording as its uploader named it; what is only suggested has no row."""

    __tablename__ = "chapter"

    asset_id: Mapped[str] = mapped_column(sa.ForeignKey("asset.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    at_s: Mapped[float]
    title: Mapped[str] = mapped_column(sa.String(80))

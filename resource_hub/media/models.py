"""Tables of uploads, assets and what is made from them."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from resource_hub.infra.db import Model, text_enum


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


class Page(Model):
    """One page of a document: its text for search, its images by width."""

    __tablename__ = "page"

    asset_id: Mapped[str] = mapped_column(sa.ForeignKey("asset.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str] = mapped_column(sa.Text, default="")
    width: Mapped[int]
    height: Mapped[int]
    images: Mapped[dict[str, Any]] = mapped_column(default=dict)
    needs_ocr: Mapped[bool] = mapped_column(default=False)


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

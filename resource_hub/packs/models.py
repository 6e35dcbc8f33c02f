"""Tables of offline packs and imports."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from resource_hub.infra.db import Model, text_enum
from resource_hub.packs.schemas import ImportState, RowState


class OfflinePack(Model):
    """A zip that opens without a network, kept while somebody asks for it.

    ``content_key`` is the digest of ``plan``: what goes in, by the keys of stored objects. So two who
    ask for the same get the same pack, and a changed resource gets another.
    """

    __tablename__ = "offline_pack"

    id: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    content_key: Mapped[str] = mapped_column(sa.String(64), unique=True)
    form: Mapped[str] = mapped_column(sa.String(16))
    title: Mapped[str] = mapped_column(sa.String(200))
    plan: Mapped[dict[str, Any]]
    key: Mapped[str | None] = mapped_column(sa.String(200))
    bytes: Mapped[int | None] = mapped_column(sa.BigInteger)
    sha256: Mapped[str | None] = mapped_column(sa.String(64))
    created_at: Mapped[datetime]
    asked_at: Mapped[datetime] = mapped_column(index=True)


class ImportBatch(Model):
    """A zip or cartridge on its way to become resources of one person."""

    __tablename__ = "import_batch"
    __table_args__ = (sa.Index("ix_import_batch_person_id", "person_id", "created_at"),)

    id: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    person_id: Mapped[str] = mapped_column(sa.String(40))
    asset_id: Mapped[str] = mapped_column(sa.ForeignKey("asset.id"))
    table_asset_id: Mapped[str | None] = mapped_column(sa.ForeignKey("asset.id"))
    state: Mapped[ImportState] = mapped_column(text_enum(ImportState))
    message: Mapped[str] = mapped_column(sa.Text, default="")
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class ImportRow(Model):
    """What one row makes: one resource. ``files`` name members of the zip, ``uploads`` what became of each.

    ``problems`` and ``notes`` are pairs of a source text and its places, so that each reader has them in their language.
    """

    __tablename__ = "import_row"
    __table_args__ = (sa.UniqueConstraint("batch_id", "position"),)

    id: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    batch_id: Mapped[str] = mapped_column(sa.ForeignKey("import_batch.id", ondelete="CASCADE"))
    position: Mapped[int]
    fields: Mapped[dict[str, Any]]
    files: Mapped[list[str]] = mapped_column(default=list)
    problems: Mapped[list[Any]] = mapped_column(sa.JSON, default=list)
    notes: Mapped[list[Any]] = mapped_column(sa.JSON, default=list)
    uploads: Mapped[dict[str, Any]] = mapped_column(default=dict)
    state: Mapped[RowState] = mapped_column(text_enum(RowState))
    resource_id: Mapped[str | None] = mapped_column(sa.String(40))

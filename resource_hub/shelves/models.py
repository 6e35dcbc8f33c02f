"""Tables of the shelves."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from resource_hub.infra.db import Model, text_enum
from resource_hub.shelves.schemas import CollectionKind


class Collection(Model):
    """An ordered choice of works. ``word`` is the scope word of whose it is: who belongs there sees it, who decides
    there may change it; ``owner_id`` is who began it. A reading list belongs to a place in the curriculum.
    """

    __tablename__ = "collection"
    __table_args__ = (sa.Index("ix_collection_word_updated", "word", "updated_at"),)

    id: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    title: Mapped[str] = mapped_column(sa.String(200))
    summary: Mapped[str] = mapped_column(sa.Text, default="")
    kind: Mapped[CollectionKind] = mapped_column(text_enum(CollectionKind))
    word: Mapped[str] = mapped_column(sa.String(120))
    node_id: Mapped[str | None] = mapped_column(sa.String(40), index=True)
    owner_id: Mapped[str] = mapped_column(sa.String(40), index=True)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class CollectionItem(Model):
    """A work in a collection, at its place, with what the editor says about it."""

    __tablename__ = "collection_item"

    collection_id: Mapped[str] = mapped_column(sa.ForeignKey("collection.id", ondelete="CASCADE"), primary_key=True)
    resource_id: Mapped[str] = mapped_column(sa.ForeignKey("resource.id", ondelete="CASCADE"), primary_key=True, index=True)
    position: Mapped[int]
    note: Mapped[str] = mapped_column(sa.Text, default="")


class Bookmark(Model):
    """A work that a person wants to find again; seen by nobody else."""

    __tablename__ = "bookmark"
    __table_args__ = (sa.Index("ix_bookmark_person_at", "person_id", "at"),)

    person_id: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    resource_id: Mapped[str] = mapped_column(sa.ForeignKey("resource.id", ondelete="CASCADE"), primary_key=True, index=True)
    at: Mapped[datetime]

"""The tables of the index that all nodes share, when PostgreSQL searches.

They exist on SQLite too, empty, so that one row of revisions holds for both. Rule: whatever
stands here can be made again from the other tables; a backup leaves it out.
"""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Mapped, mapped_column

from resource_hub.infra.db import Model

_Big = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_Jsonb = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
_Tokens = sa.Text().with_variant(postgresql.TSVECTOR(), "postgresql")


class SearchDocument(Model):
    """One findable thing, the narrow part in the row, the wide part beside it.

    ``tokens`` holds all that conditions ask for: words, words of the head, pairs of the title,
    scopes and facet values, told apart by their first letter. ``counts`` packs per word how often it
    stands in each field.
    """

    __tablename__ = "search_document"
    __table_args__ = (
        sa.Index("ix_search_document_tokens", "tokens", postgresql_using="gin", postgresql_with={"fastupdate": "off"}),
        sa.Index("ix_search_document_updated_ref", "updated", "ref"),
    )

    id: Mapped[int] = mapped_column(_Big, primary_key=True)
    ref: Mapped[str] = mapped_column(sa.String(100), unique=True)
    build: Mapped[int]
    place_id: Mapped[int]
    sort_id: Mapped[int]
    owner_id: Mapped[int]
    updated: Mapped[float]
    boost: Mapped[float]
    lengths: Mapped[str] = mapped_column(sa.String(60))
    """Words per text field, with commas between."""
    title: Mapped[str] = mapped_column(sa.Text)
    plain_title: Mapped[str] = mapped_column(sa.Text)
    tokens: Mapped[str | None] = mapped_column(_Tokens)
    counts: Mapped[dict[str, Any]] = mapped_column(_Jsonb)
    plain: Mapped[str] = mapped_column(sa.Text)
    """All texts as queries are written, for phrases."""
    card: Mapped[dict[str, Any]] = mapped_column(_Jsonb)


class SearchFacets(Model):
    """A set of facet values that documents share; rows never change, so processes may remember them."""

    __tablename__ = "search_facets"

    id: Mapped[int] = mapped_column(sa.Integer, primary_key=True)
    text: Mapped[str] = mapped_column(sa.Text)
    digest: Mapped[str] = mapped_column(sa.String(64), unique=True)


class SearchWord(Model):
    """A word that stands in the head of some document."""

    __tablename__ = "search_word"

    word: Mapped[str] = mapped_column(sa.String(64), primary_key=True)


class SearchState(Model):
    """The one row that tells how far the table has followed the log, and how far a rebuild is."""

    __tablename__ = "search_state"

    id: Mapped[int] = mapped_column(sa.Integer, primary_key=True)
    stamp: Mapped[int]
    position: Mapped[dict[str, Any]]
    analysis: Mapped[int]
    built: Mapped[int]
    """The last rebuild that was finished; 0: nothing can be searched yet."""
    build: Mapped[int]
    """The rebuild that is wanted or runs; equal to ``built`` when none is."""
    kind: Mapped[str] = mapped_column(sa.String(32))
    """What the rebuild writes now, and after which id it goes on."""
    after: Mapped[str] = mapped_column(sa.String(64))
    done: Mapped[int]
    total: Mapped[int]
    broken: Mapped[int]

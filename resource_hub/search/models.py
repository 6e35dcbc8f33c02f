"""Tables of search: words that mean the same, weights of the ranking, what is asked, and searches that people keep."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from resource_hub.infra.db import Model


class SynonymGroup(Model):
    """Words of teachers that mean nearly the same, parted by spaces."""

    __tablename__ = "synonym_group"

    id: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    words: Mapped[str] = mapped_column(sa.String(400), unique=True)
    changed_at: Mapped[datetime]


class SearchWeight(Model):
    """How many points one reason lifts a hit; a reason without a row has its usual weight."""

    __tablename__ = "search_weight"

    name: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    value: Mapped[float]


class QueryCount(Model):
    """How often something was asked on a day, and how much the last answer held; never who asked."""

    __tablename__ = "query_count"

    query: Mapped[str] = mapped_column(sa.String(200), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    asked: Mapped[int]
    hits: Mapped[int]


class RecentQuery(Model):
    """The last few queries of a person, for nobody but them."""

    __tablename__ = "recent_query"

    person_id: Mapped[str] = mapped_column(sa.ForeignKey("person.id"), primary_key=True)
    query: Mapped[str] = mapped_column(sa.String(200), primary_key=True)
    asked_at: Mapped[datetime]


class SavedSearch(Model):
    """A search that a person keeps; what is changed after ``told_until`` is news to them."""

    __tablename__ = "saved_search"

    id: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    person_id: Mapped[str] = mapped_column(sa.ForeignKey("person.id"), index=True)
    name: Mapped[str] = mapped_column(sa.String(60))
    query: Mapped[str] = mapped_column(sa.String(400))
    filters: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    told_until: Mapped[datetime]

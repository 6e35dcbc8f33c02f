"""Reads of search: labels of facet values, the district's words and weights, what people asked and keep."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from resource_hub.infra.db import db
from resource_hub.infra.features import hub
from resource_hub.search.models import QueryCount, RecentQuery, SavedSearch, SearchWeight, SynonymGroup

MOST_RECENT = 8


@dataclass(frozen=True, slots=True)
class Asked:
    """Something that was asked: how often in the time looked at, when last, and what the last answer held."""

    query: str
    asked: int
    last_on: date
    hits: int


@dataclass(frozen=True, slots=True)
class Saved:
    """A search that a person keeps."""

    id: str
    name: str
    query: str
    filters: Mapping[str, Sequence[str]]


def labels_of(facets: Mapping[str, Iterable[str]]) -> dict[str, dict[str, str]]:
    """Return facet → value → label; a value that nobody names is its own label."""
    return {name: _labels(name, sorted(set(values))) for name, values in facets.items()}


def _labels(name: str, values: Sequence[str]) -> dict[str, str]:
    given = hub().labels.get(name)
    found = given.resolve(values) if given and values else {}
    return {value: str(found.get(value) or value) for value in values}


def synonym_groups() -> list[str]:
    """Return the groups of words that mean the same, each as its words parted by spaces."""
    return list(db.session.scalars(sa.select(SynonymGroup.words).order_by(SynonymGroup.words)))


def synonyms() -> dict[str, tuple[str, ...]]:
    """Return word → the other words of its groups."""
    found: dict[str, dict[str, None]] = {}
    for words in synonym_groups():
        group = words.split()
        for word in group:
            found.setdefault(word, {}).update(dict.fromkeys(other for other in group if other != word))
    return {word: tuple(others) for word, others in found.items()}


def weights() -> dict[str, float]:
    """Return the weights that the district has set."""
    return {row.name: row.value for row in db.session.scalars(sa.select(SearchWeight))}


def recent(person_id: str) -> list[str]:
    """Return what the person asked last, the latest first."""
    rows = sa.select(RecentQuery.query).where(RecentQuery.person_id == person_id).order_by(RecentQuery.asked_at.desc())
    return list(db.session.scalars(rows.limit(MOST_RECENT)))


def saved_searches(person_id: str) -> list[Saved]:
    """Return what the person keeps, the newest first."""
    rows = sa.select(SavedSearch).where(SavedSearch.person_id == person_id).order_by(SavedSearch.created_at.desc(), SavedSearch.id)
    return [Saved(row.id, row.name, row.query, row.filters) for row in db.session.scalars(rows)]


def asked_in_vain(since: date, *, limit: int = 100) -> list[Asked]:
    """Return what was asked since then and last found nothing, the most asked first."""
    last = sa.select(QueryCount.query, sa.func.max(QueryCount.day).label("day")).group_by(QueryCount.query).subquery()
    empty = sa.select(last.c.query, last.c.day).join(
        QueryCount, sa.and_(QueryCount.query == last.c.query, QueryCount.day == last.c.day, QueryCount.hits == 0)
    )
    found = empty.subquery()
    total = sa.func.sum(QueryCount.asked)
    rows = db.session.execute(
        sa.select(QueryCount.query, total, found.c.day)
        .join(found, found.c.query == QueryCount.query)
        .where(QueryCount.day >= since)
        .group_by(QueryCount.query, found.c.day)
        .order_by(total.desc(), QueryCount.query)
        .limit(limit)
    )
    return [Asked(query, asked, day, 0) for query, asked, day in rows]

"""What search keeps: counts of queries without persons, one's own last queries, saved searches, synonyms and weights.

Why apart from ``service``: that only reads; these verbs write in the caller's unit. Rule: a count
never knows who asked, and what a person asked last is shown to nobody but them.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from resource_hub.audit import service as audit
from resource_hub.inbox import service as inbox
from resource_hub.infra import tokenizer, unit
from resource_hub.infra.db import Model, db
from resource_hub.infra.index import FACETS
from resource_hub.kernel import clock
from resource_hub.kernel.errors import N_, Conflict, Invalid, NotFound
from resource_hub.kernel.ids import new_id
from resource_hub.kernel.refs import Ref
from resource_hub.kernel.viewer import Viewer
from resource_hub.people import queries as people
from resource_hub.schools import queries as schools
from resource_hub.search import queries, ranking, rules, service
from resource_hub.search.models import QueryCount, RecentQuery, SavedSearch, SearchWeight, SynonymGroup
from resource_hub.search.queries import Saved

KEPT_DAYS = 180
MOST_SAVED = 30
MOST_GROUPS = 500
MOST_WORDS = 12
_LONGEST_QUERY = 200
_LONGEST_NAME = 60
_MOST_NEWS = 50
_SETTLING = timedelta(minutes=1)
"""What changed less than this ago may not be in the index yet, and is news the next time."""


def count_query(query: str, hits: int) -> None:
    """Count that this was asked today, and what the answer held."""
    plain = _plain(tokenizer.normalise(query[: rules.LONGEST]).text, _LONGEST_QUERY)
    if not plain:
        return
    # Two teachers may ask the same at this moment; neither search should fail for it.
    counted = _insert(QueryCount).values(query=plain, day=schools.today(), asked=1, hits=hits)
    counted = counted.on_conflict_do_update(index_elements=["query", "day"], set_={"asked": QueryCount.asked + 1, "hits": hits})
    db.session.execute(counted)


def remember_query(viewer: Viewer, query: str) -> None:
    """Remember what the viewer asked among their last few queries."""
    plain = _plain(query, _LONGEST_QUERY)
    if not plain:
        return
    now = clock.now()
    remembered = _insert(RecentQuery).values(person_id=viewer.person_id, query=plain, asked_at=now)
    db.session.execute(remembered.on_conflict_do_update(index_elements=["person_id", "query"], set_={"asked_at": now}))
    _keep_few(viewer.person_id)


def _plain(text: str, most: int) -> str:
    """Return what a database can hold of ``text``: no NUL, no half of a character, no line ends."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())[:most]


def _insert(table: type[Model]) -> Any:
    return (postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert)(table)


def _keep_few(person_id: str) -> None:
    kept = queries.recent(person_id)
    db.session.execute(sa.delete(RecentQuery).where(RecentQuery.person_id == person_id, RecentQuery.query.not_in(kept)))


def forget_recent(viewer: Viewer) -> None:
    """Forget what the viewer asked last."""
    db.session.execute(sa.delete(RecentQuery).where(RecentQuery.person_id == viewer.person_id))


def prune() -> None:
    """Forget counts of days long past."""
    db.session.execute(sa.delete(QueryCount).where(QueryCount.day < schools.today() - timedelta(days=KEPT_DAYS)))


def save_search(viewer: Viewer, name: str, query: str, filters: Mapping[str, Sequence[str]]) -> Saved:
    """Keep a search under a name; what changes from now on is news. Raises Invalid and Conflict."""
    query = _plain(query, rules.LONGEST)
    name = _plain(name, _LONGEST_NAME + 1) or query[:_LONGEST_NAME]
    chosen = {facet: sorted(set(values)) for facet, values in filters.items() if facet in FACETS and values}
    if not name or len(name) > _LONGEST_NAME:
        raise Invalid(fields={"name": N_("请给这个搜索起个名字，最多 60 个字。")})
    if not query and not chosen:
        raise Invalid(fields={"query": N_("请先输入要搜的词，或选一个条件，再保存。")})
    if len(queries.saved_searches(viewer.person_id)) >= MOST_SAVED:
        raise Conflict(N_("最多保存 30 个搜索，请先删掉不再用的。"), code="too_many_saved")
    now = clock.now()
    saved = SavedSearch(
        id=new_id("sav"),
        person_id=viewer.person_id,
        name=name,
        query=query,
        filters=chosen,
        created_at=now,
        told_until=now,
    )
    db.session.add(saved)
    db.session.flush()
    return Saved(saved.id, name, saved.query, chosen)


def drop_search(viewer: Viewer, saved_id: str) -> None:
    """Forget one of the viewer's own searches; NotFound otherwise."""
    saved = db.session.get(SavedSearch, saved_id)
    if saved is None or saved.person_id != viewer.person_id:
        raise NotFound
    inbox.settle("search.news", Ref("saved_search", saved_id))
    db.session.delete(saved)


def tell_news(saved_id: str) -> None:
    """Deliver what a saved search finds anew; one unit per search, so that a kill loses and doubles nothing."""
    with unit.read():
        saved = db.session.get(SavedSearch, saved_id)
        viewer = people.viewer_of_person(saved.person_id) if saved else None
        if saved is None or viewer is None:
            return
        until = saved.told_until
        found = service.search(viewer, saved.query, filters=saved.filters, limit=_MOST_NEWS, newest_first=True)
        settled = clock.now() - _SETTLING
        news = [hit for hit in found.hits if until.timestamp() < hit.score <= settled.timestamp()]
    if not news:
        return
    newest = datetime.fromtimestamp(max(hit.score for hit in news), UTC)
    with unit.write():
        saved = db.session.get(SavedSearch, saved_id, with_for_update=True)
        if saved is None or saved.told_until != until:
            return
        saved.told_until = max(newest, until + timedelta(microseconds=1))
        words = {"name": saved.name, "count": str(len(news)), "first": news[0].title}
        inbox.deliver([saved.person_id], "search.news", Ref("saved_search", saved.id), words=words)


def saved_ids() -> list[str]:
    """Return the ids of all saved searches."""
    return list(db.session.scalars(sa.select(SavedSearch.id).order_by(SavedSearch.id)))


def set_synonyms(lines: Sequence[str], *, by: Viewer) -> None:
    """Replace all groups of words that mean the same: one group a line, its words parted by spaces. Raises Invalid."""
    groups = list(dict.fromkeys(group for line in lines if (group := _group(line))))
    if len(groups) > MOST_GROUPS:
        raise Invalid(fields={"groups": N_("同义词最多 500 组，请合并一些再保存。")})
    there = queries.synonym_groups()
    db.session.execute(sa.delete(SynonymGroup).where(SynonymGroup.words.not_in(groups)))
    new = [words for words in groups if words not in there]
    db.session.add_all(SynonymGroup(id=new_id("syn"), words=words, changed_at=clock.now()) for words in new)
    db.session.flush()
    if new or len(there) != len(groups):
        audit.note(by, "search.synonyms_changed", details={"groups": len(groups)})


def _group(line: str) -> str:
    """Return the words of a line as the index writes them; empty for a line without any. Raises Invalid."""
    words = list(dict.fromkeys(tokenizer.fold(line).replace(",", " ").replace("、", " ").replace("=", " ").split()))
    if not words:
        return ""
    if len(words) < 2 or len(words) > MOST_WORDS or len(" ".join(words)) > 400:
        raise Invalid(
            fields={"groups": N_("“%(line)s”这一行不对：每行写一组，至少两个词，最多 12 个，用空格隔开。")}, line=line.strip()[:40]
        )
    return " ".join(words)


def set_weights(given: Mapping[str, float], *, by: Viewer) -> None:
    """Set how much each reason lifts a hit; raises Invalid outside 0 to ``ranking.MOST``."""
    wrong = [name for name, value in given.items() if name not in ranking.REASONS or not 0 <= value <= ranking.MOST]
    if wrong:
        raise Invalid(fields={name: N_("请填 0 到 5 之间的数。") for name in wrong})
    for name, value in given.items():
        db.session.merge(SearchWeight(name=name, value=value))
    audit.note(by, "search.weights_changed", details={name: str(value) for name, value in given.items()})

"""Collections, bookmarks and the newest of the viewer's community. Reads only, inside the caller's unit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from flask_babel import gettext as _

from resource_hub.community import queries as communities
from resource_hub.curriculum import queries as curriculum
from resource_hub.infra.db import db
from resource_hub.kernel.paging import Page, read_moment, write_cursor
from resource_hub.kernel.viewer import Viewer
from resource_hub.library import queries as library
from resource_hub.library.access import open_resource_for, shown_to
from resource_hub.library.models import Resource
from resource_hub.library.queries import ResourceCard
from resource_hub.people import queries as people
from resource_hub.schools import queries as schools
from resource_hub.shelves.access import DISTRICT, get_collection_for, listed_to, open_to, words_decided
from resource_hub.shelves.models import Bookmark, Collection, CollectionItem
from resource_hub.shelves.schemas import CollectionKind


@dataclass(frozen=True, slots=True)
class CollectionRow:
    """A collection in a list; ``count`` is of what the viewer may see."""

    id: str
    title: str
    summary: str
    kind: CollectionKind
    word: str
    place: str
    """Whose it is, in words."""
    owner: str
    node_id: str | None
    node_path: str
    count: int
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Item:
    card: ResourceCard
    note: str


@dataclass(frozen=True, slots=True)
class CollectionView:
    row: CollectionRow
    items: Sequence[Item]
    may_change: bool


@dataclass(frozen=True, slots=True)
class Kept:
    """Where a work is kept by the viewer: bookmarked, and (id, title, whether it is in) of collections they may change."""

    title: str
    is_bookmarked: bool
    collections: Sequence[tuple[str, str, bool]]


def collections(viewer: Viewer, *, of: str = "", cursor: str | None = None, limit: int = 20) -> Page[CollectionRow]:
    """Return the collections that the viewer may see, the last changed first; ``of`` is person, school, community or district."""
    query = sa.select(Collection).where(open_to(viewer))
    if of:
        query = query.where(sa.or_(Collection.word == of, Collection.word.startswith(f"{of}:", autoescape=True)))
    if after := read_moment(cursor):
        query = query.where(sa.tuple_(Collection.updated_at, Collection.id) < sa.tuple_(*map(sa.literal, after)))
    rows = db.session.scalars(query.order_by(Collection.updated_at.desc(), Collection.id.desc()).limit(limit + 1)).all()
    more = write_cursor(rows[limit - 1].updated_at.isoformat(), rows[limit - 1].id) if len(rows) > limit else None
    return Page(_rows(viewer, rows[:limit]), more)


def collection_view(viewer: Viewer, collection_id: str) -> CollectionView:
    """Return a collection with those of its works that the viewer may see, in order; NotFound otherwise."""
    found = get_collection_for(viewer, collection_id, "view")
    rows = db.session.execute(
        sa.select(CollectionItem.resource_id, CollectionItem.note)
        .join(Resource, Resource.id == CollectionItem.resource_id)
        .where(CollectionItem.collection_id == found.id, shown_to(viewer))
        .order_by(CollectionItem.position, CollectionItem.resource_id)
    ).all()
    cards = library.cards_of(viewer, [row.resource_id for row in rows])
    items = [Item(cards[ident], note) for ident, note in rows if ident in cards]
    return CollectionView(_rows(viewer, [found])[0], items, may_change=found.word in words_decided(viewer))


def reading_lists(viewer: Viewer, node_ids: Sequence[str]) -> list[CollectionRow]:
    """Return the reading lists of these places that the viewer may see."""
    query = sa.select(Collection).where(Collection.kind == CollectionKind.READING_LIST, Collection.node_id.in_(node_ids), open_to(viewer))
    return _rows(viewer, db.session.scalars(query.order_by(Collection.updated_at.desc()).limit(20)).all())


def places_to_share(viewer: Viewer) -> list[tuple[str, str]]:
    """Return word and name of whose a collection of this viewer may be; their own has the empty word."""
    _own, *others = words_decided(viewer)
    names = _names(others)
    return [("", _("只有我能看到")), *((word, names.get(word, word)) for word in others)]


def kept(viewer: Viewer, resource_id: str) -> Kept:
    """Return where the viewer keeps a work that they may see; NotFound or Gone otherwise."""
    resource, _actions = open_resource_for(viewer, resource_id)
    is_bookmarked = db.session.get(Bookmark, (viewer.person_id, resource.id)) is not None
    inside = sa.exists().where(CollectionItem.collection_id == Collection.id, CollectionItem.resource_id == resource.id)
    query = sa.select(Collection.id, Collection.title, inside).where(Collection.word.in_(words_decided(viewer)))
    rows = db.session.execute(query.order_by(Collection.updated_at.desc(), Collection.id).limit(50))
    return Kept(resource.title, is_bookmarked, [(ident, title, bool(is_in)) for ident, title, is_in in rows])


def bookmarks(viewer: Viewer, *, cursor: str | None = None, limit: int = 24) -> Page[ResourceCard]:
    """Return the viewer's bookmarks, the latest first; what they may no longer see is left out."""
    query = sa.select(Bookmark.resource_id, Bookmark.at).join(Resource, Resource.id == Bookmark.resource_id)
    query = query.where(Bookmark.person_id == viewer.person_id, shown_to(viewer))
    if after := read_moment(cursor):
        query = query.where(sa.tuple_(Bookmark.at, Bookmark.resource_id) < sa.tuple_(*map(sa.literal, after)))
    rows = db.session.execute(query.order_by(Bookmark.at.desc(), Bookmark.resource_id.desc()).limit(limit + 1)).all()
    return _page(viewer, [(row.resource_id, row.at) for row in rows], limit)


def new_in_community(viewer: Viewer, *, cursor: str | None = None, limit: int = 24) -> Page[ResourceCard]:
    """Return what the schools of the viewer's communities published, the newest first; all that they may see when in none."""
    query = sa.select(Resource.id, Resource.published_at).where(listed_to(viewer), Resource.published_at.is_not(None))
    if viewer.communities:
        found = schools.schools_of_communities(viewer.communities)
        query = query.where(Resource.school_id.in_(sorted({school for members in found.values() for school in members})))
    if after := read_moment(cursor):
        query = query.where(sa.tuple_(Resource.published_at, Resource.id) < sa.tuple_(*map(sa.literal, after)))
    rows = db.session.execute(query.order_by(Resource.published_at.desc(), Resource.id.desc()).limit(limit + 1)).all()
    return _page(viewer, [(row.id, row.published_at) for row in rows], limit)


def _page(viewer: Viewer, rows: Sequence[tuple[str, datetime]], limit: int) -> Page[ResourceCard]:
    shown = rows[:limit]
    cards = library.cards_of(viewer, [ident for ident, _at in shown])
    more = write_cursor(shown[-1][1].isoformat(), shown[-1][0]) if len(rows) > limit else None
    return Page([cards[ident] for ident, _at in shown if ident in cards], more)


def _rows(viewer: Viewer, rows: Sequence[Collection]) -> list[CollectionRow]:
    counts: Mapping[str, int] = {}
    if rows:
        held = sa.select(CollectionItem.collection_id, sa.func.count()).join(Resource, Resource.id == CollectionItem.resource_id)
        held = held.where(CollectionItem.collection_id.in_([row.id for row in rows]), shown_to(viewer))
        counts = dict(db.session.execute(held.group_by(CollectionItem.collection_id)).all())
    owners = people.person_names(row.owner_id for row in rows)
    names = _names([row.word for row in rows])
    places = curriculum.nodes({row.node_id for row in rows if row.node_id})
    return [
        CollectionRow(
            id=row.id, title=row.title, summary=row.summary, kind=row.kind, word=row.word, place=names.get(row.word, ""),
            owner=owners[row.owner_id].name if row.owner_id in owners else "", node_id=row.node_id,
            node_path=places[row.node_id].path if row.node_id in places else "", count=counts.get(row.id, 0), updated_at=row.updated_at,
        )
        for row in rows
    ]  # fmt: skip


def _names(words: Sequence[str]) -> dict[str, str]:
    """Return what the places behind scope words are called."""
    ids = {kind: [word.partition(":")[2] for word in words if word.startswith(f"{kind}:")] for kind in ("school", "community")}
    found = {f"school:{ident}": name for ident, name in schools.school_names(ids["school"]).items()}
    if ids["community"]:
        found |= {f"community:{ident}": name for ident, name in communities.community_names(ids["community"]).items()}
    found[DISTRICT] = _("全区")
    return found

"""Verbs of the shelves: collections, what is in them, bookmarks. Only here rows change.

Rule: whoever changes a collection decides for the place it belongs to, before and afterwards.
"""

import sqlalchemy as sa

from resource_hub.audit import service as audit
from resource_hub.curriculum import queries as curriculum
from resource_hub.infra.db import db
from resource_hub.kernel import clock
from resource_hub.kernel.errors import N_, Invalid, NotFound
from resource_hub.kernel.ids import new_id
from resource_hub.kernel.refs import Ref
from resource_hub.kernel.viewer import Viewer
from resource_hub.library.access import open_resource_for, shown_to
from resource_hub.library.models import Resource
from resource_hub.shelves import rules
from resource_hub.shelves.access import get_collection_for, own_word, words_decided
from resource_hub.shelves.models import Bookmark, Collection, CollectionItem
from resource_hub.shelves.schemas import MOST_ITEMS, CollectionIn, CollectionKind


def add_collection(viewer: Viewer, given: CollectionIn) -> Collection:
    """Begin a collection; Invalid for a place that the viewer does not decide for, or a reading list without its unit."""
    now = clock.now()
    made = Collection(id=new_id("col"), owner_id=viewer.person_id, word="", created_at=now, updated_at=now)
    _fill(viewer, made, given)
    db.session.add(made)
    db.session.flush()
    _tell_place(viewer, made, own_word(viewer.person_id))
    return made


def change_collection(viewer: Viewer, collection_id: str, given: CollectionIn) -> Collection:
    """Give a collection other words or another place; it goes back to who began it when the place is empty."""
    found = get_collection_for(viewer, collection_id, "change")
    before = found.word
    _fill(viewer, found, given)
    found.updated_at = clock.now()
    _tell_place(viewer, found, before)
    return found


def remove_collection(viewer: Viewer, collection_id: str) -> None:
    """Take a collection apart; its works stay where they are."""
    db.session.delete(get_collection_for(viewer, collection_id, "change"))


def add_item(viewer: Viewer, collection_id: str, resource_id: str, note: str = "") -> None:
    """Put a work that the viewer may see at the end; one that is there already keeps its place. CollectionFull at the bound."""
    found = get_collection_for(viewer, collection_id, "change")
    resource, _actions = open_resource_for(viewer, resource_id)
    held = _held(found.id)
    if resource.id in held:
        return
    if len(held) >= MOST_ITEMS:
        raise rules.CollectionFull(most=MOST_ITEMS)
    position = 1 + max((item.position for item in held.values()), default=0)
    db.session.add(CollectionItem(collection_id=found.id, resource_id=resource.id, position=position, note=note))
    found.updated_at = clock.now()


def remove_item(viewer: Viewer, collection_id: str, resource_id: str) -> None:
    """Take a work out; nothing happens when it is not in."""
    found = get_collection_for(viewer, collection_id, "change")
    item = db.session.get(CollectionItem, (found.id, resource_id))
    if item is not None:
        db.session.delete(item)
        found.updated_at = clock.now()


def change_note(viewer: Viewer, collection_id: str, resource_id: str, note: str) -> None:
    """Say something else about a work in a collection; NotFound when it is not in."""
    found = get_collection_for(viewer, collection_id, "change")
    item = db.session.get(CollectionItem, (found.id, resource_id))
    if item is None:
        raise NotFound
    item.note = note
    found.updated_at = clock.now()


def order_items(viewer: Viewer, collection_id: str, resource_ids: list[str]) -> None:
    """Put the works named into that order; those not named, as what the editor cannot see, keep their places."""
    found = get_collection_for(viewer, collection_id, "change")
    _place(found, rules.reordered(list(_held(found.id)), resource_ids))


def move_item(viewer: Viewer, collection_id: str, resource_id: str, *, is_up: bool) -> None:
    """Move a work past the next one that the editor sees; NotFound when it is not in."""
    found = get_collection_for(viewer, collection_id, "change")
    held = _held(found.id)
    seen = set(db.session.scalars(sa.select(Resource.id).where(Resource.id.in_(held), shown_to(viewer))))
    shown = [ident for ident in held if ident in seen]
    if resource_id not in seen:
        raise NotFound
    _place(found, rules.reordered(list(held), rules.moved(shown, resource_id, is_up=is_up)))


def keep_bookmark(viewer: Viewer, resource_id: str) -> None:
    """Remember a work that the viewer may see; NotFound or Gone otherwise."""
    resource, _actions = open_resource_for(viewer, resource_id)
    if db.session.get(Bookmark, (viewer.person_id, resource.id)) is None:
        db.session.add(Bookmark(person_id=viewer.person_id, resource_id=resource.id, at=clock.now()))


def drop_bookmark(viewer: Viewer, resource_id: str) -> None:
    """Forget a bookmark; nothing happens when there is none."""
    found = db.session.get(Bookmark, (viewer.person_id, resource_id))
    if found is not None:
        db.session.delete(found)


def forget_person(person_id: str) -> None:
    """Remove what was a leaver's alone; what belongs to a school, a community or the district stays with it."""
    db.session.execute(sa.delete(Bookmark).where(Bookmark.person_id == person_id))
    mine = sa.select(Collection.id).where(Collection.word == own_word(person_id)).scalar_subquery()
    db.session.execute(sa.delete(CollectionItem).where(CollectionItem.collection_id.in_(mine)))
    db.session.execute(sa.delete(Collection).where(Collection.word == own_word(person_id)))


def _fill(viewer: Viewer, found: Collection, given: CollectionIn) -> None:
    word = given.word or own_word(found.owner_id)
    if given.word and word not in words_decided(viewer):
        raise Invalid(fields={"word": N_("只能放到自己负责的学校、教共体或全区。")})
    if given.kind is CollectionKind.READING_LIST and not given.node_id:
        raise Invalid(fields={"node_id": N_("单元阅读单要从单元页新建，这样它会显示在那个单元里。")})
    found.title, found.summary, found.kind, found.word = given.title, given.summary, given.kind, word
    found.node_id = curriculum.node(given.node_id).id if given.node_id else None


def _tell_place(viewer: Viewer, found: Collection, before: str) -> None:
    """What others see from now on, or no longer, is on record."""
    if found.word != before:
        audit.note(viewer, "collection.shared", Ref("collection", found.id), details={"title": found.title, "for": found.word})


def _held(collection_id: str) -> dict[str, CollectionItem]:
    rows = db.session.scalars(
        sa.select(CollectionItem)
        .where(CollectionItem.collection_id == collection_id)
        .order_by(CollectionItem.position, CollectionItem.resource_id)
    )
    return {item.resource_id: item for item in rows}


def _place(found: Collection, order: list[str]) -> None:
    held = _held(found.id)
    for position, ident in enumerate(order, 1):
        held[ident].position = position
    found.updated_at = clock.now()

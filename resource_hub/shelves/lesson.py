"""One unit or lesson with everything that the viewer may see for it, in groups, and what the old book had.

Reads only. Rule: the number of a group is counted by the same condition as its works are listed.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter

import sqlalchemy as sa

from resource_hub.curriculum import queries as curriculum
from resource_hub.curriculum.queries import Mapped, Node
from resource_hub.infra.db import db
from resource_hub.kernel.errors import N_, Invalid
from resource_hub.kernel.paging import read_cursor, write_cursor
from resource_hub.kernel.viewer import Viewer
from resource_hub.library import queries as library
from resource_hub.library.models import Resource, ResourceFile, ResourceUse
from resource_hub.library.queries import ResourceCard
from resource_hub.library.schemas import Kind
from resource_hub.media import queries as media
from resource_hub.shelves import catalogue, queries, rules
from resource_hub.shelves.access import listed_to
from resource_hub.shelves.catalogue import LESSONS
from resource_hub.shelves.queries import CollectionRow
from resource_hub.shelves.schemas import Group

FIRST_SHOWN = 8
PAGE = 48
MOST_STILLS = 4

_GROUP = sa.case({kind: group.value for kind, group in rules.GROUP_OF_KIND.items()}, value=Resource.kind)


@dataclass(frozen=True, slots=True)
class Work:
    """A work on the shelf with the facts of its use; ``stills`` are second and address."""

    card: ResourceCard
    village_uses: int
    stills: Sequence[tuple[float, str]]
    forks: Sequence["Work"]


@dataclass(frozen=True, slots=True)
class GroupView:
    group: Group
    count: int
    works: Sequence[Work]
    is_in_packs: bool
    """Some pack of the lesson holds such a part."""
    has_more: bool


@dataclass(frozen=True, slots=True)
class LessonView:
    path: Sequence[Node]
    groups: Sequence[GroupView]
    cursor: str | None
    """Of the next page, when one group alone is shown."""
    old: Sequence[Work]
    older: Sequence[Mapped]
    newer: Sequence[Mapped]
    reading: Sequence[CollectionRow]

    @property
    def node(self) -> Node:
        return self.path[-1]


def lesson(viewer: Viewer, node_id: str, only: Group | None = None, cursor: str | None = None) -> LessonView:
    """Return what there is for a place, the first of each group, or a page of one group; NotFound for no such place."""
    path = curriculum.path_of(node_id)
    within = _within(path[-1])
    counts = _counts(viewer, within)
    shown, following = _page_of(viewer, within, only, cursor) if only else (_first_of_each(viewer, within), None)
    mapped = curriculum.mappings_of(node_id)
    older = [one for one in mapped if not one.is_newer]
    old_ids = _newest(viewer, curriculum.ids_within([one.node.id for one in older])) if older else []
    works = _works(viewer, [*(row for rows in shown.values() for row in rows), *old_ids])
    packs = sa.select(Resource.id).where(listed_to(viewer), Resource.node_id.in_(within), Resource.kind == Kind.LESSON_PACK)
    in_packs = set[Group]().union(*catalogue.groups_in_packs(db.session.scalars(packs.limit(PAGE)).all()).values())
    groups = [
        GroupView(group, counts.get(group, 0), _tree(shown.get(group, ()), works), group in in_packs,
                  has_more=not only and counts.get(group, 0) > len(shown.get(group, ())))
        for group in Group
        if (group is only or not only) and (counts.get(group) or group in rules.NEEDED)
    ]  # fmt: skip
    return LessonView(
        path, groups, following, _tree(old_ids, works), older, [one for one in mapped if one.is_newer],
        queries.reading_lists(viewer, path[-1].trail),
    )  # fmt: skip


def _within(node: Node) -> set[str]:
    """Return the places whose works belong to this one; a book or a subject has only those that hang on itself."""
    return curriculum.ids_within([node.id]) if node.kind in LESSONS else {node.id}


_Row = tuple[str, str | None]
"""Id of a work and of its origin."""


def _counts(viewer: Viewer, within: set[str]) -> Mapping[Group, int]:
    query = sa.select(Resource.kind, sa.func.count()).where(listed_to(viewer), Resource.node_id.in_(within)).group_by(Resource.kind)
    found: Counter[Group] = Counter()
    for kind, count in db.session.execute(query):
        found[rules.GROUP_OF_KIND[kind]] += count
    return found


def _first_of_each(viewer: Viewer, within: set[str]) -> dict[Group, list[_Row]]:
    place = sa.func.row_number().over(partition_by=_GROUP, order_by=(Resource.published_at.desc(), Resource.id.desc()))
    inner = sa.select(Resource.id, Resource.based_on_id, Resource.kind, place.label("place"))
    rows = inner.where(listed_to(viewer), Resource.node_id.in_(within)).subquery()
    found: dict[Group, list[_Row]] = {}
    for row in db.session.execute(sa.select(rows).where(rows.c.place <= FIRST_SHOWN).order_by(rows.c.place)):
        found.setdefault(rules.GROUP_OF_KIND[row.kind], []).append((row.id, row.based_on_id))
    return found


def _page_of(viewer: Viewer, within: set[str], group: Group, cursor: str | None) -> tuple[dict[Group, list[_Row]], str | None]:
    kinds = [kind for kind, found in rules.GROUP_OF_KIND.items() if found is group]
    query = sa.select(Resource.id, Resource.based_on_id).where(listed_to(viewer), Resource.node_id.in_(within), Resource.kind.in_(kinds))
    if cursor:
        # The order is by id alone: a work published later does not move what was read.
        query = query.where(Resource.id < _after(cursor))
    rows = [(row.id, row.based_on_id) for row in db.session.execute(query.order_by(Resource.id.desc()).limit(PAGE + 1))]
    return {group: rows[:PAGE]}, write_cursor(rows[PAGE - 1][0]) if len(rows) > PAGE else None


def _newest(viewer: Viewer, within: set[str]) -> list[_Row]:
    query = sa.select(Resource.id, Resource.based_on_id).where(listed_to(viewer), Resource.node_id.in_(within))
    return [(row.id, row.based_on_id) for row in db.session.execute(query.order_by(Resource.published_at.desc(), Resource.id).limit(PAGE))]


def _works(viewer: Viewer, rows: Sequence[_Row]) -> dict[str, Work]:
    ids = [ident for ident, _origin in rows]
    cards = library.cards_of(viewer, ids)
    used = sa.select(ResourceUse.resource_id, sa.func.count()).where(ResourceUse.resource_id.in_(ids), ResourceUse.is_village)
    uses = dict(db.session.execute(used.group_by(ResourceUse.resource_id)).all())
    stills = _stills([card.id for card in cards.values() if card.duration_s])
    return {ident: Work(card, uses.get(ident, 0), stills.get(ident, ()), ()) for ident, card in cards.items()}


def _stills(resource_ids: Sequence[str]) -> dict[str, list[tuple[float, str]]]:
    """Return some pictures of each recording with their seconds."""
    held = sa.select(ResourceFile.resource_id, ResourceFile.asset_id).where(ResourceFile.resource_id.in_(resource_ids))
    rows = db.session.execute(held.order_by(ResourceFile.position)).all() if resource_ids else []
    views = media.asset_views([row.asset_id for row in rows])
    found: dict[str, list[tuple[float, str]]] = {}
    for resource_id, asset_id in rows:
        view = views.get(asset_id)
        if view is None or not view.is_media or resource_id in found:
            continue
        stills = sorted(((float(r.meta.get("at_s", 0)), r) for r in view.renditions if r.kind == "still"), key=itemgetter(0))
        found[resource_id] = [(stills[at][0], media.object_address(stills[at][1])) for at in rules.evenly(len(stills), MOST_STILLS)]
    return found


def _tree(rows: Sequence[_Row], works: Mapping[str, Work]) -> list[Work]:
    """Return the works with those made from them below."""
    below = rules.branches({ident: origin for ident, origin in rows if ident in works})

    def grown(ident: str) -> Work:
        work = works[ident]
        return Work(work.card, work.village_uses, work.stills, [grown(fork) for fork in below.get(ident, ())])

    return [grown(ident) for ident in below.get(None, ())]


def _after(cursor: str) -> str:
    match read_cursor(cursor):
        case [str() as ident]:
            return ident
    raise Invalid(fields={"cursor": N_("这个翻页位置不对，请从第一页重新看起。")})

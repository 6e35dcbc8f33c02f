"""Reads of the curriculum, as frozen values for pages, pickers and features above.

``place_of`` is what a resource takes from its node: stage, subject, edition, grade, volume and
the ids of all places above it, which search uses as facets.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from resource_hub.curriculum import rules
from resource_hub.curriculum.models import CurriculumNode, DistrictEdition, Literacy, UnitMapping
from resource_hub.curriculum.rules import NodeKind, Relation
from resource_hub.infra.db import db
from resource_hub.kernel.errors import N_, NotFound
from resource_hub.schools import queries as schools

MOST_FOUND = 30

_SCANNED = 400


@dataclass(frozen=True, slots=True)
class Node:
    """One place in the tree as pages see it."""

    id: str
    parent_id: str | None
    kind: NodeKind
    title: str
    path: str
    grade: str
    code: str
    edition_year: int | None
    position: int
    has_children: bool
    trail: tuple[str, ...]
    """Ids from the root to this node, itself included."""


@dataclass(frozen=True, slots=True)
class Place:
    """What a node says about a resource that hangs on it; empty text where a level is missing."""

    node_id: str
    path: str
    stage: str
    subject: str
    edition: str
    grade: str
    volume: str
    unit: str
    topic: str
    trail: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DefaultEdition:
    """The edition that the district uses for a subject; an empty grade means all grades."""

    school_year: int
    stage: str
    subject: str
    grade: str
    edition_id: str
    edition: str


@dataclass(frozen=True, slots=True)
class Mapped:
    """The counterpart of a unit in the older or newer book."""

    node: Node
    relation: Relation
    is_newer: bool
    note: str


def children_of(node_id: str | None) -> tuple[Node, ...]:
    """Return the nodes directly below ``node_id``, in order; the stages for ``None``."""
    return _nodes(CurriculumNode.parent_id == node_id)


def node(node_id: str) -> Node:
    """Return one node; raises NotFound."""
    found = _nodes(CurriculumNode.id == node_id)
    if not found:
        raise NotFound(N_("课程目录里没有这个位置，请重新选择。"), code="no_such_node")
    return found[0]


def nodes(ids: Collection[str]) -> dict[str, Node]:
    """Return the nodes that exist among ``ids``."""
    return {found.id: found for found in _nodes(CurriculumNode.id.in_(ids))} if ids else {}


def node_at(path: str) -> Node:
    """Return the node at a path such as ``小学 / 数学``; raises NotFound."""
    return node(rules.node_id(rules.split_path(path)))


def path_of(node_id: str) -> tuple[Node, ...]:
    """Return the nodes from the root down to ``node_id``; raises NotFound."""
    own = node(node_id)
    by_id = nodes(own.trail)
    return tuple(by_id[ident] for ident in own.trail)


def place_of(node_id: str) -> Place:
    """Return what the node says about a resource; raises NotFound."""
    return places_of([node(node_id).id])[node_id]


def places_of(ids: Collection[str]) -> dict[str, Place]:
    """Return the places of those nodes that exist: two queries for any number."""
    wanted = nodes(ids)
    above = nodes({ident for found in wanted.values() for ident in found.trail})
    return {ident: _place(found, [above[step] for step in found.trail]) for ident, found in wanted.items()}


def find_nodes(text: str, *, school_year: int | None = None, limit: int = MOST_FOUND) -> tuple[Node, ...]:
    """Return the places that ``text`` may mean (``数学三上 分数``), the district's editions first."""
    wish = rules.read_wish(text)
    if wish == rules.Wish():
        return ()
    tests = [CurriculumNode.path_text.icontains(word, autoescape=True) for word in wish.words]
    if wish.grade:
        tests.append(CurriculumNode.grade == wish.grade)
    if wish.volume:
        tests.append(CurriculumNode.path_text.contains(wish.volume))
    if wish.subject:
        tests.append(CurriculumNode.path_text.contains(f"{rules.SEPARATOR}{wish.subject}"))
    editions = default_editions(school_year)
    found = _nodes(sa.and_(*tests, CurriculumNode.kind != NodeKind.PERIOD), limit=_SCANNED)
    last = wish.words[-1] if wish.words else ""

    def rank(one: Node) -> tuple[bool, bool, int, int]:
        return (last not in one.title.lower(), not _is_in_use(one, editions), len(one.trail), one.position)

    return tuple(sorted(found, key=rank)[:limit])


def default_editions(school_year: int | None = None) -> tuple[DefaultEdition, ...]:
    """Return what the district uses in ``school_year`` (default: this one), else in the nearest year known, an earlier one first."""
    year = rules.school_year_of(schools.today()) if school_year is None else school_year
    column = DistrictEdition.school_year
    known = sa.select(sa.func.coalesce(sa.func.max(sa.case((column <= year, column))), sa.func.min(column)))
    rows = db.session.execute(
        sa.select(DistrictEdition, CurriculumNode.title)
        .join(CurriculumNode, CurriculumNode.id == DistrictEdition.edition_id)
        .where(column == known.scalar_subquery())
        .order_by(DistrictEdition.stage, DistrictEdition.subject, DistrictEdition.grade)
    )
    return tuple(DefaultEdition(row.school_year, row.stage, row.subject, row.grade, row.edition_id, title) for row, title in rows)


def mappings_of(node_id: str) -> tuple[Mapped, ...]:
    """Return where the matter of a place stands in newer and older books."""
    return counterparts_of([node(node_id)])[node_id]


def counterparts_of(places: Collection[Node | Place]) -> dict[str, tuple[Mapped, ...]]:
    """Return node id → where its matter stands in newer and older books: two queries for any number.

    A lesson that is not mapped itself goes where its unit went.
    """
    wanted = {ident for place in places for ident in place.trail}
    rows = db.session.scalars(sa.select(UnitMapping).where(sa.or_(UnitMapping.old_id.in_(wanted), UnitMapping.new_id.in_(wanted)))).all()
    by_id = nodes({row.new_id for row in rows} | {row.old_id for row in rows})
    at: dict[str, list[Mapped]] = {}
    for row in rows:
        at.setdefault(row.old_id, []).append(Mapped(by_id[row.new_id], row.relation, is_newer=True, note=row.note))
        at.setdefault(row.new_id, []).append(Mapped(by_id[row.old_id], row.relation, is_newer=False, note=row.note))
    return {place.trail[-1]: _nearest(place.trail, at) for place in places}


def ids_within(node_ids: Collection[str]) -> set[str]:
    """Return the ids of these nodes and of everything below them."""
    found, level = set(node_ids), set(node_ids)
    while level:
        level = set(db.session.scalars(sa.select(CurriculumNode.id).where(CurriculumNode.parent_id.in_(level)))) - found
        found |= level
    return found


def _nodes(test: sa.ColumnElement[bool], *, limit: int | None = None) -> tuple[Node, ...]:
    below = aliased(CurriculumNode)
    has_children = sa.exists().where(below.parent_id == CurriculumNode.id)
    query = sa.select(CurriculumNode, has_children).where(test)
    query = query.order_by(CurriculumNode.position, CurriculumNode.title).limit(limit)
    return tuple(_node(row, has_children=flag) for row, flag in db.session.execute(query))


def _node(row: CurriculumNode, *, has_children: bool) -> Node:
    return Node(
        id=row.id,
        parent_id=row.parent_id,
        kind=row.kind,
        title=row.title,
        path=row.path_text,
        grade=row.grade,
        code=row.code,
        edition_year=row.edition_year,
        position=row.position,
        has_children=has_children,
        trail=tuple(row.trail.rstrip("/").split("/")),
    )


def _place(own: Node, path: Sequence[Node]) -> Place:
    title = {step.kind: step.title for step in path}
    return Place(
        node_id=own.id,
        path=own.path,
        stage=title.get(NodeKind.STAGE, ""),
        subject=title.get(NodeKind.SUBJECT, ""),
        edition=title.get(NodeKind.EDITION, ""),
        grade=own.grade,
        volume=title.get(NodeKind.VOLUME, ""),
        unit=title.get(NodeKind.UNIT, ""),
        topic=title.get(NodeKind.TOPIC, ""),
        trail=own.trail,
    )


def _nearest(trail: tuple[str, ...], at: Mapping[str, Sequence[Mapped]]) -> tuple[Mapped, ...]:
    found = next((at[ident] for ident in reversed(trail) if ident in at), ())
    return tuple(sorted(found, key=lambda one: (not one.is_newer, one.node.position)))


def _is_in_use(one: Node, editions: Collection[DefaultEdition]) -> bool:
    """Return whether the district uses the book of this place; the edition of a grade outweighs that of its subject."""
    fitting = [
        edition
        for edition in editions
        if edition.grade in {one.grade, ""} and one.path.startswith(rules.path_text((edition.stage, edition.subject, "")))
    ]
    best = max(fitting, key=lambda edition: edition.grade, default=None)
    return best is not None and best.edition_id in one.trail


def grade_name(code: str) -> str:
    """Return the name of a grade code, e.g. 三年级 for G3; a code that is none stays as it is."""
    return rules.grade_title(code) or code


def literacies_of(subject: str, stage: str) -> tuple[str, ...]:
    """Return the core literacies of a subject, those of this stage and those of all stages, in their order."""
    query = sa.select(Literacy.title).where(Literacy.subject == subject.partition("·")[0], Literacy.stage.in_(("", stage)))
    return tuple(db.session.scalars(query.order_by(Literacy.position)))

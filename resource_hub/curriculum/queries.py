"""Reads of the curriculum, as frozen values for pages, pickers and features above.

``place_of`` is what a resource takes from its node: stage, subject, edition, grade, volume and
the ids of all places above it, which search uses as facets.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from resource_hub.curriculum import rules
from resource_hub.curriculum.models import CurriculumNode, DistrictEdition, Literacy, UnitMapping
from resource_hub.curriculum.rules import NodeKind, Relation
from resource_hub.infra.db import db
from resource_hub.kernel.errors import N_, NotFound

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
        raise NotFound(N_("课程目录里没有这个位置,请重新选择。"), code="no_such_node")
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
    path = path_of(node_id)
    title = {step.kind: step.title for step in path}
    return Place(
        node_id=node_id,
        path=path[-1].path,
        stage=title.get(NodeKind.STAGE, ""),
        subject=title.get(NodeKind.SUBJECT, ""),
        edition=title.get(NodeKind.EDITION, ""),
        grade=path[-1].grade,
        volume=title.get(NodeKind.VOLUME, ""),
        unit=title.get(NodeKind.UNIT, ""),
        topic=title.get(NodeKind.TOPIC, ""),
        trail=path[-1].trail,
    )


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
    in_use = {edition.edition_id for edition in default_editions(school_year)}
    found = _nodes(sa.and_(*tests, CurriculumNode.kind != NodeKind.PERIOD), limit=_SCANNED)
    last = wish.words[-1] if wish.words else ""

    def rank(one: Node) -> tuple[bool, bool, int, int]:
        return (last not in one.title.lower(), in_use.isdisjoint(one.trail), len(one.trail), one.position)

    return tuple(sorted(found, key=rank)[:limit])


def default_editions(school_year: int | None = None) -> tuple[DefaultEdition, ...]:
    """Return what the district uses in ``school_year``, else in the latest year known before it."""
    years = sa.select(sa.func.max(DistrictEdition.school_year))
    if school_year is not None:
        years = years.where(DistrictEdition.school_year <= school_year)
    rows = db.session.execute(
        sa.select(DistrictEdition, CurriculumNode.title)
        .join(CurriculumNode, CurriculumNode.id == DistrictEdition.edition_id)
        .where(DistrictEdition.school_year == years.scalar_subquery())
        .order_by(DistrictEdition.stage, DistrictEdition.subject, DistrictEdition.grade)
    )
    return tuple(DefaultEdition(row.school_year, row.stage, row.subject, row.grade, row.edition_id, title) for row, title in rows)


def default_edition(subject: str, grade: str, school_year: int | None = None) -> DefaultEdition | None:
    """Return the edition of a subject in a grade; ``None`` when the district has not chosen."""
    stage = rules.stage_of(grade)
    fitting = [e for e in default_editions(school_year) if (e.stage, e.subject) == (stage, subject) and e.grade in {grade, ""}]
    return max(fitting, key=lambda edition: edition.grade, default=None)


def nodes_for(subject: str, grade: str, school_year: int | None = None) -> tuple[Node, ...]:
    """Return volumes, units and topics of the district's book for a class, in the order of the book."""
    edition = default_edition(subject, grade, school_year)
    if edition is None:
        return ()
    inside = CurriculumNode.trail.contains(f"{edition.edition_id}/")
    kinds = (NodeKind.VOLUME, NodeKind.UNIT, NodeKind.TOPIC)
    return _in_tree_order(_nodes(sa.and_(inside, CurriculumNode.grade == grade, CurriculumNode.kind.in_(kinds))))


def mappings_of(node_id: str) -> tuple[Mapped, ...]:
    """Return where the matter of a unit stands in newer and older books."""
    rows = db.session.scalars(sa.select(UnitMapping).where(sa.or_(UnitMapping.old_id == node_id, UnitMapping.new_id == node_id))).all()
    by_id = nodes({row.new_id for row in rows} | {row.old_id for row in rows})
    pairs = [(row, by_id[row.new_id if row.old_id == node_id else row.old_id]) for row in rows]
    found = [Mapped(other, row.relation, row.old_id == node_id, row.note) for row, other in pairs]
    return tuple(sorted(found, key=lambda one: (not one.is_newer, one.node.position)))


def literacies_of(subject: str, stage: str = "") -> tuple[str, ...]:
    """Return the core literacies of a subject; those of the stage when they differ by stage."""
    rows = db.session.scalars(
        sa.select(Literacy).where(Literacy.subject == subject, Literacy.stage.in_(("", stage))).order_by(Literacy.position)
    )
    return tuple(row.title for row in rows)


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


def _in_tree_order(found: Iterable[Node]) -> tuple[Node, ...]:
    found = tuple(found)
    position = {one.id: one.position for one in found}
    return tuple(sorted(found, key=lambda one: [position.get(ident, 0) for ident in one.trail]))


def grade_name(code: str) -> str:
    """Return the name of a grade code, e.g. 三年级 for G3; a code that is none stays as it is."""
    return rules.grade_title(code) or code

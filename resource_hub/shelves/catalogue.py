"""The curriculum as shelves: the way down to a book, what stands on it, which books are the viewer's, what they lack.

Kept apart from the curriculum, which knows no works. Rule: a number beside a place is the number of works
that the viewer finds when they open it.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from resource_hub.curriculum import queries as curriculum
from resource_hub.curriculum import rules as grades
from resource_hub.curriculum.queries import DefaultEdition, Node
from resource_hub.curriculum.rules import NodeKind
from resource_hub.infra.db import db
from resource_hub.kernel.viewer import ScopeKind, Viewer
from resource_hub.library import rules as library
from resource_hub.library.models import Resource, ResourceFile, ResourceUse
from resource_hub.library.schemas import Kind, Review
from resource_hub.media import queries as media
from resource_hub.people import queries as people
from resource_hub.schools import queries as schools
from resource_hub.shelves import rules
from resource_hub.shelves.access import listed_to
from resource_hub.shelves.schemas import Group

MOST_BOOKS = 24
"""Books of one viewer: a village teacher may have all subjects of two grades."""
LESSONS = frozenset({NodeKind.UNIT, NodeKind.TOPIC, NodeKind.PERIOD})


@dataclass(frozen=True, slots=True)
class Counts:
    """How many works the viewer finds on each place, and within it; places without any are left out."""

    on: Mapping[str, int]
    within: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Choice:
    node: Node
    count: int
    is_chosen: bool
    is_in_use: bool
    """False for an edition that the district does not use."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """A unit, or a lesson in it."""

    node: Node
    count: int
    below: Sequence["Lesson"] = ()


@dataclass(frozen=True, slots=True)
class Catalogue:
    """One state of the way down: the choices of each level, and the lessons of the place reached."""

    path: Sequence[Node]
    levels: Sequence[Sequence[Choice]]
    lessons: Sequence[Lesson]
    on_it: int
    """Works that belong to the place itself, to none of its lessons."""


@dataclass(frozen=True, slots=True)
class Book:
    """A volume of the edition that the district uses, for a grade and subject of the viewer."""

    node: Node
    title: str
    count: int


@dataclass(frozen=True, slots=True)
class Gap:
    """A unit of a book, with what nobody has shared for it."""

    node: Node
    lacking: Sequence[Group]


def counts(viewer: Viewer) -> Counts:
    """Return the numbers beside the places of the whole curriculum."""
    rows = db.session.execute(
        sa.select(Resource.node_id, sa.func.count()).where(listed_to(viewer), Resource.node_id.is_not(None)).group_by(Resource.node_id)
    )
    on = {str(ident): count for ident, count in rows}
    within: Counter[str] = Counter()
    for node in curriculum.nodes(on).values():
        for above in node.trail:
            within[above] += on[node.id]
    return Counts(on, within)


def catalogue(node_id: str | None, books: Sequence[Book], numbers: Counts) -> Catalogue:
    """Return the way down to a place (default: the first of these books that holds something) and what stands there; NotFound for none."""
    start = node_id or next((book.node.id for book in (*(one for one in books if one.count), *books)), None)
    path = list(curriculum.path_of(start)) if start else []
    editions = curriculum.default_editions()
    used = {edition.edition_id for edition in editions}
    if path and path[-1].kind is NodeKind.SUBJECT:
        path += [node for node in curriculum.children_of(path[-1].id) if node.id in used][:1]
    path = [node for node in path if node.kind not in LESSONS]
    levels = []
    for depth in range(len(path) + 1):
        siblings = [one for one in curriculum.children_of(path[depth - 1].id if depth else None) if one.kind not in LESSONS]
        has_used = any(one.id in used for one in siblings)
        chosen = path[depth].id if depth < len(path) else ""
        levels.append(
            [
                Choice(
                    one, numbers.within.get(one.id, 0), one.id == chosen, one.kind is not NodeKind.EDITION or not has_used or one.id in used
                )
                for one in siblings
            ]
        )
    lessons = lessons_of(path[-1], numbers) if path else []
    return Catalogue(path, [level for level in levels if level], lessons, numbers.on.get(path[-1].id, 0) if path else 0)


def lessons_of(node: Node, numbers: Counts) -> list[Lesson]:
    """Return the units and lessons that stand directly on a place, in order."""
    units = [one for one in curriculum.children_of(node.id) if one.kind in LESSONS]
    inside = curriculum.nodes(curriculum.ids_within([unit.id for unit in units]) if units else ())
    below: dict[str, list[Node]] = {}
    for one in inside.values():
        if one.kind is NodeKind.TOPIC and one.parent_id:
            below.setdefault(one.parent_id, []).append(one)

    def lesson(one: Node) -> Lesson:
        return Lesson(one, numbers.within.get(one.id, 0), [lesson(inner) for inner in below.get(one.id, ())])

    return [lesson(unit) for unit in units]


def books_of(viewer: Viewer, numbers: Counts) -> list[Book]:
    """Return the books that the viewer teaches from in this half of the year, those of most of their works first.

    The subjects are those of the person and their roles; the grades those of their works and of the lessons
    they recorded, else all of their school.
    """
    names = schools.subject_names()
    codes = _subjects(viewer)
    if not codes:
        return []
    known = _grades_by_subject(viewer, names)
    ours = _grades_of_school(viewer)
    editions = curriculum.default_editions()
    wanted = [(code, grade) for code in codes for grade in known.get(code, ours)]
    chosen = [(grade, edition) for code, grade in wanted if (edition := _edition(editions, code, grade, names))]
    volumes = {ident: curriculum.children_of(ident) for ident in dict.fromkeys(edition.edition_id for _grade, edition in chosen)}
    is_first = _is_first_half()
    found = {
        volume.id: Book(volume, f"{edition.subject} {volume.title}", numbers.within.get(volume.id, 0))
        for grade, edition in chosen
        for volume in volumes[edition.edition_id]
        if volume.grade == grade and rules.is_of_half(volume.code, is_first=is_first)
    }
    return list(found.values())[:MOST_BOOKS]


def gaps(viewer: Viewer, book: Book) -> list[Gap]:
    """Return the units of a book for which something is missing that every lesson should have, in order."""
    units = [node for node in curriculum.children_of(book.node.id) if node.kind in LESSONS]
    inside = curriculum.nodes(curriculum.ids_within([unit.id for unit in units])) if units else {}
    rows = db.session.execute(
        sa.select(Resource.id, Resource.kind, Resource.node_id).where(listed_to(viewer), Resource.node_id.in_(inside))
    )
    works = [(row.id, row.kind, inside[row.node_id].trail) for row in rows]
    in_packs = groups_in_packs([ident for ident, kind, _trail in works if kind is Kind.LESSON_PACK])
    found = []
    for unit in units:
        here = [(ident, kind) for ident, kind, trail in works if unit.id in trail]
        held = {rules.GROUP_OF_KIND[kind] for _ident, kind in here}.union(*(in_packs.get(ident, ()) for ident, _kind in here))
        if lacking := rules.lacking(held):
            found.append(Gap(unit, lacking))
    return found


def groups_in_packs(pack_ids: Collection[str]) -> dict[str, set[Group]]:
    """Return what the files of each pack, and a plan written online, serve."""
    query = sa.select(ResourceFile.resource_id, ResourceFile.asset_id, ResourceFile.role).where(ResourceFile.resource_id.in_(pack_ids))
    rows = db.session.execute(query).all() if pack_ids else []
    views = media.asset_views([row.asset_id for row in rows if not row.role])
    online = sa.select(Resource.id).where(Resource.id.in_(pack_ids), Resource.plan.is_not(None))
    found: dict[str, set[Group]] = {ident: {rules.GROUP_OF_KIND[Kind.LESSON_PLAN]} for ident in db.session.scalars(online)}
    for pack, asset, role in rows:
        if role or asset in views:
            name, is_media = ("", False) if role else (views[asset].filename, views[asset].is_media)
            found.setdefault(pack, set()).add(rules.group_of_part(role, name, is_media=is_media))
    return found


def _subjects(viewer: Viewer) -> tuple[str, ...]:
    granted = [code for grant in viewer.grants for code in sorted(grant.subjects)]
    granted += [grant.scope_id for grant in viewer.grants if grant.scope is ScopeKind.SUBJECT]
    return tuple(dict.fromkeys((*people.subjects_of(viewer.person_id), *granted)))


def _grades_by_subject(viewer: Viewer, names: Mapping[str, str]) -> dict[str, list[str]]:
    """Return the grades that the viewer's own works and recorded lessons show, the most frequent first."""
    seen: dict[str, Counter[str]] = {}
    ended = (Review.ARCHIVED, Review.WITHDRAWN)
    own = sa.select(Resource.node_id).where(
        Resource.author_id == viewer.person_id, Resource.review.not_in(ended), Resource.node_id.is_not(None)
    )
    used = sa.select(Resource.node_id, ResourceUse.class_id).join(Resource, Resource.id == ResourceUse.resource_id)
    used = used.where(ResourceUse.person_id == viewer.person_id, Resource.node_id.is_not(None))
    taught = [(row.node_id, row.class_id) for row in db.session.execute(used)]
    made = [str(ident) for ident in db.session.scalars(own)]
    places = curriculum.places_of({*made, *(ident for ident, _class in taught)})
    classes = {one.id: one.grades for one in schools.classes_of_school(viewer.school_id)} if viewer.school_id and taught else {}
    for ident, held in [*((ident, ()) for ident in made), *((ident, classes.get(taught_in or "", ())) for ident, taught_in in taught)]:
        place = places.get(ident)
        code = library.subject_code(place.stage, place.subject, names) if place else None
        if place and code:
            seen.setdefault(code, Counter()).update(grade for grade in held or (place.grade,) if grade)
    return {code: [str(grade) for grade, _count in found.most_common()] for code, found in seen.items() if found}


def _grades_of_school(viewer: Viewer) -> list[str]:
    if viewer.school_id is None:
        return []
    term = schools.term_on(schools.today()) or next(reversed(schools.terms()), None)
    held = schools.classes_of_school(viewer.school_id, term.school_year if term else None)
    return list(dict.fromkeys(str(grade) for one in held for grade in one.grades))


def _edition(editions: Iterable[DefaultEdition], code: str, grade: str, names: Mapping[str, str]) -> DefaultEdition | None:
    """Return the district's edition of a subject for a grade; the edition of the grade outweighs that of the subject."""
    stage = grades.stage_of(grade)
    fitting = [
        one
        for one in editions
        if one.stage == stage and one.grade in {"", grade} and library.subject_code(one.stage, one.subject, names) == code
    ]
    return max(fitting, key=lambda one: one.grade, default=None)


def _is_first_half() -> bool:
    term = schools.term_on(schools.today())
    return term.number == 1 if term else schools.today().month not in range(2, 8)

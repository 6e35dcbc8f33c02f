"""Where a work comes from, what became of it and who teaches with it: versions, forks, uses, adoptions.

Reads only, inside the caller's unit. Rule: titles and links of other works are given only to who
may see those works; names of author and school stay, so that the line of credit is never broken.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from resource_hub.community import queries as communities
from resource_hub.infra.db import db
from resource_hub.kernel import clock
from resource_hub.kernel.errors import NotFound
from resource_hub.kernel.paging import Page, read_moment, write_cursor
from resource_hub.kernel.viewer import Viewer
from resource_hub.library import reuse, rules
from resource_hub.library.access import get_resource_for, shown_to
from resource_hub.library.models import Adoption, Resource, ResourceUse, ResourceVersion
from resource_hub.library.schemas import Licence
from resource_hub.media import queries as media
from resource_hub.media.queries import AssetView
from resource_hub.people import queries as people
from resource_hub.schools import queries as schools
from resource_hub.schools.schemas import Locality, SchoolKind

LONGEST_CHAIN = 20
FIRST_VERSION = 1


@dataclass(frozen=True, slots=True)
class VersionRow:
    number: int
    note: str
    person: str
    at: datetime


@dataclass(frozen=True, slots=True)
class VersionView:
    """One published version with its files, to be read only."""

    resource_id: str
    title: str
    number: int
    latest: int
    note: str
    person: str
    at: datetime
    fields: Mapping[str, Any]
    files: Sequence[AssetView]
    licence: Licence
    """Of the work today: it is under this that the version is read."""
    is_own: bool


@dataclass(frozen=True, slots=True)
class Ancestor:
    """A work on the line of credit; id and title only when the viewer may see it."""

    id: str | None
    title: str
    author: str
    school: str
    version: int | None


@dataclass(frozen=True, slots=True)
class ForkRow:
    id: str
    title: str
    author: str
    school: str


@dataclass(frozen=True, slots=True)
class UseRow:
    id: str
    person: str
    school: str
    class_name: str
    used_on: date
    pupils: int
    note: str
    changed: str
    is_village: bool
    is_mendable: bool
    """True for the viewer's own of the last day."""


@dataclass(frozen=True, slots=True)
class UseFacts:
    """How often a work was taught with and where; counts of lessons and schools, never of persons."""

    uses: int = 0
    schools: int = 0
    village_schools: int = 0
    village_teachers: int = 0
    """How many different teachers of village schools wrote a note."""


@dataclass(frozen=True, slots=True)
class AdoptionRow:
    word: str
    name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Adopted:
    """The scope words of those who adopted a work, and whether a village school is among them; for facets and boosts."""

    words: frozenset[str] = frozenset()
    by_village: bool = False


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a comparison: a published version, or (``number`` None) what the work says now."""

    resource_id: str
    title: str
    author: str
    number: int | None
    fields: Mapping[str, Any]
    files: Sequence[AssetView]


@dataclass(frozen=True, slots=True)
class WorkRow:
    """A published work of mine with what others did with it, the newest first."""

    id: str
    title: str
    published_at: datetime
    facts: UseFacts
    uses: Sequence[UseRow]
    forks: Sequence[ForkRow]
    adoptions: Sequence[AdoptionRow]


def is_village(school_id: str) -> bool:
    """True for village schools and teaching points."""
    found = schools.school(school_id)
    return found is not None and (found.locality is Locality.VILLAGE or found.kind is SchoolKind.TEACHING_POINT)


def latest_version(resource_id: str) -> int:
    """Return the number of the newest version of a published work."""
    found = db.session.scalar(sa.select(sa.func.max(ResourceVersion.number)).where(ResourceVersion.resource_id == resource_id))
    return int(found or FIRST_VERSION)


def version_row(resource_id: str, number: int) -> ResourceVersion | None:
    found: ResourceVersion | None = db.session.scalar(
        sa.select(ResourceVersion).where(ResourceVersion.resource_id == resource_id, ResourceVersion.number == number)
    )
    return found


def licence_of_version(resource_id: str, number: int | None) -> Licence | None:
    """Return the licence that a version was given under; that of the work today when no such version is kept."""
    version = version_row(resource_id, number) if number else None
    if version is not None:
        return Licence(version.fields["licence"])
    return db.session.scalar(sa.select(Resource.licence).where(Resource.id == resource_id))


def versions_of(resource_id: str) -> list[VersionRow]:
    """Return the versions of a work that the caller may see, the newest first."""
    rows = db.session.scalars(
        sa.select(ResourceVersion).where(ResourceVersion.resource_id == resource_id).order_by(ResourceVersion.number.desc())
    ).all()
    return _version_rows(rows)


def version_view(viewer: Viewer, resource_id: str, number: int) -> VersionView:
    """Return a version as it was published; NotFound or Gone as for the work itself."""
    resource = get_resource_for(viewer, resource_id, "view")
    side = side_of(resource, number)
    row = next(iter(_version_rows([published_version(resource.id, number)])))
    return VersionView(
        resource.id, side.title, number, latest_version(resource.id), row.note, row.person, row.at, side.fields, side.files,
        licence=resource.licence, is_own=resource.author_id == viewer.person_id,
    )  # fmt: skip


def chain_of(viewer: Viewer, resource_id: str) -> list[Ancestor]:
    """Return the works that a work was made from, the first origin first."""
    found: list[tuple[Resource, int | None]] = []
    seen = {resource_id}
    at = db.session.get(Resource, resource_id)
    while at is not None and at.based_on_id and at.based_on_id not in seen and len(found) < LONGEST_CHAIN:
        seen.add(at.based_on_id)
        origin = db.session.get(Resource, at.based_on_id)
        if origin is not None:
            found.append((origin, at.based_on_version))
        at = origin
    if not found:
        return []
    shown = set(db.session.scalars(sa.select(Resource.id).where(Resource.id.in_([r.id for r, _n in found]), shown_to(viewer))))
    names = schools.school_names({r.school_id for r, _n in found})
    return [
        Ancestor(r.id if r.id in shown else None, r.title if r.id in shown else "", r.author_name, names.get(r.school_id, ""), number)
        for r, number in reversed(found)
    ]


def forks_of(viewer: Viewer, resource_ids: Sequence[str], limit: int = 200) -> dict[str, list[ForkRow]]:
    """Return the published works made from each of these that the viewer may see, the newest first."""
    query = sa.select(Resource).where(Resource.based_on_id.in_(resource_ids), Resource.review.in_(rules.PUBLISHED), shown_to(viewer))
    rows = db.session.scalars(query.order_by(Resource.published_at.desc(), Resource.id).limit(limit)).all()
    names = schools.school_names({r.school_id for r in rows})
    found: dict[str, list[ForkRow]] = {}
    for r in rows:
        found.setdefault(r.based_on_id or "", []).append(ForkRow(r.id, r.title, r.author_name, names.get(r.school_id, "")))
    return found


def use_facts(resource_ids: Sequence[str]) -> dict[str, UseFacts]:
    """Return what was taught with each of these works; those never used are left out."""
    village_school = sa.case((ResourceUse.is_village, ResourceUse.school_id))
    village_note = sa.case((sa.and_(ResourceUse.is_village, ResourceUse.note != ""), ResourceUse.person_id))
    counts = sa.select(
        ResourceUse.resource_id,
        sa.func.count(),
        sa.func.count(ResourceUse.school_id.distinct()),
        sa.func.count(village_school.distinct()),
        sa.func.count(village_note.distinct()),
    )
    rows = db.session.execute(counts.where(ResourceUse.resource_id.in_(resource_ids)).group_by(ResourceUse.resource_id))
    return {ident: UseFacts(uses, places, villages, teachers) for ident, uses, places, villages, teachers in rows}


def uses_of(viewer: Viewer, resource_ids: Sequence[str], limit: int = 50, *, only: str | None = None) -> dict[str, list[UseRow]]:
    """Return the lessons taught with these works, the newest first, at most ``limit`` in all; or ``only`` one of them."""
    query = sa.select(ResourceUse).where(ResourceUse.resource_id.in_(resource_ids))
    if only:
        query = query.where(ResourceUse.id == only)
    rows = db.session.scalars(query.order_by(ResourceUse.used_on.desc(), ResourceUse.id.desc()).limit(limit)).all()
    persons = people.person_names({use.person_id for use in rows})
    names = schools.school_names({use.school_id for use in rows})
    now = clock.now()
    found: dict[str, list[UseRow]] = {}
    for use in rows:
        signed = persons.get(use.person_id)
        is_mendable = use.person_id == viewer.person_id and reuse.may_mend_use(use.created_at, now)
        found.setdefault(use.resource_id, []).append(
            UseRow(use.id, signed.name if signed else "", names.get(use.school_id, ""), use.class_name, use.used_on, use.pupils,
                   use.note, use.changed, use.is_village, is_mendable)
        )  # fmt: skip
    return found


def adoptions_of(resource_ids: Sequence[str]) -> dict[str, list[AdoptionRow]]:
    """Return which schools and communities adopted each of these works, the latest first."""
    rows = db.session.scalars(
        sa.select(Adoption).where(Adoption.resource_id.in_(resource_ids)).order_by(Adoption.at.desc(), Adoption.word)
    ).all()
    names = _names_of_words({row.word for row in rows})
    found: dict[str, list[AdoptionRow]] = {}
    for row in rows:
        found.setdefault(row.resource_id, []).append(AdoptionRow(row.word, names.get(row.word, ""), row.at))
    return found


def adopted(resource_ids: Sequence[str]) -> dict[str, Adopted]:
    """Return by whom each of these works was adopted, for the index; those not adopted are left out."""
    found: dict[str, Adopted] = {}
    for ident, word, by_village in db.session.execute(
        sa.select(Adoption.resource_id, Adoption.word, Adoption.is_village).where(Adoption.resource_id.in_(resource_ids))
    ):
        earlier = found.get(ident, Adopted())
        found[ident] = Adopted(earlier.words | {word}, earlier.by_village or by_village)
    return found


def places_to_adopt_for(viewer: Viewer, resource_id: str) -> list[tuple[str, str, bool]]:
    """Return word, name and whether it is adopted already, for each school and community that the viewer decides for."""
    leads = [(one.id, one.lead_school_id) for one in communities.communities(sorted(viewer.communities))] if viewer.communities else []
    words = reuse.adopts_for(viewer, leads)
    if not words:
        return []
    there = set(db.session.scalars(sa.select(Adoption.word).where(Adoption.resource_id == resource_id)))
    names = _names_of_words(words)
    return [(word, names.get(word, ""), word in there) for word in words]


def own_use(viewer: Viewer, use_id: str) -> tuple[UseRow, str, str | None]:
    """Return a lesson that the viewer recorded, with the ids of its resource and class; NotFound otherwise."""
    use = db.session.scalar(sa.select(ResourceUse).where(ResourceUse.id == use_id, ResourceUse.person_id == viewer.person_id))
    if use is None:
        raise NotFound
    row = next(row for row in uses_of(viewer, [use.resource_id], only=use_id)[use.resource_id])
    return row, use.resource_id, use.class_id


def classes_to_teach(viewer: Viewer) -> list[tuple[str, str, int]]:
    """Return id, name and size of the classes of the viewer's school in the present school year."""
    if viewer.school_id is None:
        return []
    term = schools.term_on(schools.today()) or next(reversed(schools.terms()), None)
    return [(one.id, one.name, one.head_count) for one in schools.classes_of_school(viewer.school_id, term.school_year if term else None)]


def side_of(resource: Resource, number: int | None) -> Side:
    """Return what a work says in a version, or (None) now; NotFound when there is no such version."""
    if number is None:
        fields = {name: getattr(resource, name) for name in rules.VERSIONED}
        return Side(resource.id, resource.title, resource.author_name, None, fields, views_of([file.asset_id for file in resource.files]))
    version = published_version(resource.id, number)
    files = views_of([file.asset_id for file in version.files])
    return Side(resource.id, str(version.fields["title"]), resource.author_name, number, version.fields, files)


def views_of(asset_ids: Sequence[str]) -> list[AssetView]:
    """Return those files that still exist, in the order given."""
    views = media.asset_views(asset_ids)
    return [views[ident] for ident in asset_ids if ident in views]


def my_work(viewer: Viewer, *, cursor: str | None = None, limit: int = 20) -> Page[WorkRow]:
    """Return the viewer's published works with what others did with them, the last published first."""
    query = sa.select(Resource.id, Resource.title, Resource.published_at).where(
        Resource.author_id == viewer.person_id, Resource.review.in_(rules.PUBLISHED), Resource.revises_id.is_(None)
    )
    if after := read_moment(cursor):
        query = query.where(sa.tuple_(Resource.published_at, Resource.id) < sa.tuple_(*map(sa.literal, after)))
    rows = db.session.execute(query.order_by(Resource.published_at.desc(), Resource.id.desc()).limit(limit + 1)).all()
    shown = rows[:limit]
    ids = [row.id for row in shown]
    facts, uses, adoptions = use_facts(ids), uses_of(viewer, ids, limit=500), adoptions_of(ids)
    forks = forks_of(viewer, ids)
    works = [
        WorkRow(row.id, row.title, row.published_at, facts.get(row.id, UseFacts()), uses.get(row.id, ()), forks.get(row.id, ()),
                adoptions.get(row.id, ()))
        for row in shown
    ]  # fmt: skip
    return Page(works, write_cursor(shown[-1].published_at.isoformat(), shown[-1].id) if len(rows) > limit else None)


def published_version(resource_id: str, number: int) -> ResourceVersion:
    """Return a published version; NotFound when there is none of that number."""
    version = version_row(resource_id, number)
    if version is None:
        raise NotFound
    return version


def _version_rows(rows: Sequence[ResourceVersion]) -> list[VersionRow]:
    names = people.person_names({row.person_id for row in rows})
    return [VersionRow(row.number, row.note, names[row.person_id].name if row.person_id in names else "", row.published_at) for row in rows]


def _names_of_words(words: Sequence[str] | set[str] | frozenset[str]) -> dict[str, str]:
    """Return what the places behind scope words are called."""
    ids = {kind: {word.partition(":")[2] for word in words if word.startswith(f"{kind}:")} for kind in ("school", "community")}
    found = {f"school:{ident}": name for ident, name in schools.school_names(ids["school"]).items()}
    if ids["community"]:
        found |= {f"community:{ident}": name for ident, name in communities.community_names(ids["community"]).items()}
    return found

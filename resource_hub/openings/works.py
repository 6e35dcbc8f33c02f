"""A resource as other systems hear of it: all that its metadata say, read for many at once.

Kept apart from the library's own views, which carry signed addresses and what a viewer may do.
Rule: whom the metadata are for is decided by scope words inside the query.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from resource_hub.curriculum import queries as curriculum
from resource_hub.curriculum.queries import Place
from resource_hub.infra.db import db
from resource_hub.infra.features import hub
from resource_hub.library.access import visible_to
from resource_hub.library.models import Resource, ResourceFile, ResourceVersion
from resource_hub.library.schemas import Audience, Kind, Licence, Review
from resource_hub.media import queries as media
from resource_hub.schools import queries as schools

EVERYONE_IN_THE_DISTRICT = frozenset({"district"})
"""The scope word that a resource has when the whole district may see it."""


@dataclass(frozen=True, slots=True)
class File:
    media_type: str
    size: int
    duration_s: float | None
    has_captions: bool


@dataclass(frozen=True, slots=True)
class Work:
    """One resource; ``based_on`` is id and title of its origin when the same reader may see that too."""

    id: str
    title: str
    kind: Kind
    summary: str
    keywords: Sequence[str]
    place: Place | None
    grade: str
    subject: str | None
    licence: Licence
    audience: Audience | None
    difficulty: int | None
    third_party: str
    author: str
    school: str
    version: int
    based_on: tuple[str, str] | None
    files: Sequence[File]
    created_at: datetime
    published_at: datetime | None
    updated_at: datetime

    @property
    def address(self) -> str:
        """Where its page is; whoever is not signed in is led to the sign-in first."""
        return address_of(self.id)


def address_of(resource_id: str) -> str:
    """Return the address of a resource's page, the same whichever host was asked."""
    return f"{hub().settings.origin}/resources/{resource_id}"


def works_of(ids: Collection[str], scopes: frozenset[str]) -> dict[str, Work]:
    """Return those resources that holders of these scope words may see, tombstones left out: ten queries for any number."""
    shown = sa.and_(Resource.review != Review.WITHDRAWN, visible_to(scopes))
    rows = db.session.scalars(sa.select(Resource).where(Resource.id.in_(ids), shown).options(selectinload(Resource.files))).all()
    if not rows:
        return {}
    files = media.asset_views([f.asset_id for r in rows for f in r.files])
    names = schools.school_names({r.school_id for r in rows})
    places = curriculum.places_of({r.node_id for r in rows if r.node_id})
    origins = _titles({r.based_on_id for r in rows if r.based_on_id}, shown)
    versions = _versions([r.id for r in rows])
    found = {}
    for r in rows:
        place = places.get(r.node_id or "")
        views = [files[f.asset_id] for f in r.files if f.asset_id in files]
        found[r.id] = Work(
            id=r.id, title=r.title, kind=r.kind, summary=r.summary, keywords=tuple(r.keywords), place=place,
            grade=curriculum.grade_name(place.grade) if place and place.grade else "", subject=r.subject, licence=r.licence,
            audience=r.audience, difficulty=r.difficulty, third_party=r.third_party, author=r.author_name,
            school=names.get(r.school_id, ""), version=versions.get(r.id, 1),
            based_on=(r.based_on_id, origins[r.based_on_id]) if r.based_on_id and r.based_on_id in origins else None,
            files=[File(v.media_type, v.size, v.duration_s, bool(v.captions)) for v in views],
            created_at=r.created_at, published_at=r.published_at, updated_at=r.updated_at,
        )  # fmt: skip
    return found


def _titles(ids: Collection[str], shown: sa.ColumnElement[bool]) -> Mapping[str, str]:
    if not ids:
        return {}
    return dict(db.session.execute(sa.select(Resource.id, Resource.title).where(Resource.id.in_(ids), shown)).all())


def _versions(ids: Sequence[str]) -> Mapping[str, int]:
    newest = sa.select(ResourceVersion.resource_id, sa.func.max(ResourceVersion.number))
    return dict(db.session.execute(newest.where(ResourceVersion.resource_id.in_(ids)).group_by(ResourceVersion.resource_id)).all())


@dataclass(frozen=True, slots=True)
class State:
    """What decides whether a resource is offered."""

    review: Review
    licence: Licence
    subject: str | None
    title: str
    author_id: str
    is_for_everyone: bool


def state_of(resource_id: str) -> State | None:
    """Return the state of a resource as the current unit leaves it; ``None`` when there is none."""
    is_for_everyone = visible_to(EVERYONE_IN_THE_DISTRICT)
    asked = sa.select(
        Resource.review, Resource.licence, Resource.subject, Resource.title, Resource.author_id, is_for_everyone.label("everyone")
    )
    row = db.session.execute(asked.where(Resource.id == resource_id)).first()
    return State(row.review, row.licence, row.subject, row.title, row.author_id, bool(row.everyone)) if row else None


def resources_holding(asset_id: str) -> Sequence[str]:
    """Return the resources that have a file."""
    return db.session.scalars(sa.select(ResourceFile.resource_id).where(ResourceFile.asset_id == asset_id)).all()

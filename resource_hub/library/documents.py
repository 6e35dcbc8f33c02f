"""How a resource stands in the index. Texts come from the pages of its files."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import selectinload

from resource_hub.community import queries as community
from resource_hub.curriculum import queries as curriculum
from resource_hub.curriculum.events import PlacesMapped
from resource_hub.curriculum.queries import Mapped, Place
from resource_hub.infra import index
from resource_hub.infra.db import db
from resource_hub.infra.index import DocumentSource, FacetLabels, IndexDocument, Moment, Passage
from resource_hub.kernel.refs import Ref
from resource_hub.library import lineage
from resource_hub.library.events import ResourceChanged
from resource_hub.library.lineage import Adopted
from resource_hub.library.models import Resource, ResourceFile, ResourceScope
from resource_hub.library.planning import keeping
from resource_hub.library.schemas import KIND_LABELS, LICENCE_LABELS, REVIEW_LABELS, VILLAGE_FIT_LABELS, Kind, Licence, Review, VillageFit
from resource_hub.media import queries as media
from resource_hub.media.events import AssetChanged
from resource_hub.schools import queries as schools
from resource_hub.schools.events import MembershipChanged

_HIDDEN = frozenset({Review.WITHDRAWN, Review.ARCHIVED})
_MOST_HOLDERS = 3
"""A recording that many forks hold is named by its first works."""
_ADOPTED = 1.0
"""The lift of what a village school adopted: all that there is, since domain handbook §2.6 names no other reason."""


def load(ids: Sequence[str]) -> Mapping[str, IndexDocument]:
    """Return the documents of these resources; what is missing leaves the index."""
    query = sa.select(Resource).where(Resource.id.in_(ids), Resource.review.not_in(_HIDDEN)).options(selectinload(Resource.files))
    rows = db.session.scalars(query).all()
    places = curriculum.places_of({r.node_id for r in rows if r.node_id})
    asset_ids = [f.asset_id for r in rows for f in r.files]
    around = _Around(
        texts=media.texts_of(asset_ids),
        moments=media.moments_of(asset_ids),
        places=places,
        counterparts=curriculum.counterparts_of(places.values()),
        communities=schools.communities_of_schools({r.school_id for r in rows}),
        scopes=_scopes([r.id for r in rows]),
        adopted=lineage.adopted([r.id for r in rows]),
    )
    return {r.id: _document(r, around) for r in rows}


def all_ids(after: str | None, limit: int) -> Sequence[str]:
    """Return ids in order, for building the index anew."""
    query = sa.select(Resource.id).where(Resource.review.not_in(_HIDDEN)).order_by(Resource.id).limit(limit)
    return db.session.scalars(query.where(Resource.id > after) if after else query).all()


def touch(event: ResourceChanged) -> None:
    """A changed resource is indexed anew."""
    index.touch(Ref("resource", event.resource_id))


def touch_holders(event: AssetChanged) -> None:
    """So is every resource that holds a changed file."""
    for ident in db.session.scalars(sa.select(ResourceFile.resource_id).where(ResourceFile.asset_id == event.asset_id)):
        index.touch(Ref("resource", ident))


def touch_school(event: MembershipChanged) -> None:
    """A school that joins or leaves a community changes the community that its works are listed under.

    Who finds them is asked of the viewer (``search.access``), so nothing here is late.
    """
    for ident in db.session.scalars(sa.select(Resource.id).where(Resource.school_id == event.school_id)):
        index.touch(Ref("resource", ident))


def touch_places(event: PlacesMapped) -> None:
    """Lessons of an old book are found under the new one from now on."""
    for ident in db.session.scalars(sa.select(Resource.id).where(Resource.node_id.in_(curriculum.ids_within(event.node_ids)))):
        index.touch(Ref("resource", ident))


def terms_of_asset(asset_id: str) -> Sequence[str]:
    """Return the words that are likely to be heard in a recording: of its titles, keywords and places in the curriculum."""
    held = sa.select(ResourceFile.resource_id).where(ResourceFile.asset_id == asset_id)
    rows = db.session.scalars(sa.select(Resource).where(Resource.id.in_(held)).order_by(Resource.created_at).limit(_MOST_HOLDERS)).all()
    places = curriculum.places_of({r.node_id for r in rows if r.node_id})
    return [
        *(r.title for r in rows),
        *(word for r in rows for word in r.keywords),
        *(word.strip() for place in places.values() for word in place.path.split("/")[-2:]),
    ]


def facets_of_place(place: Place, counterparts: Sequence[Mapped] = ()) -> dict[str, str | tuple[str, ...]]:
    """Return the facet values that a place of the curriculum gives; its counterparts in other books count as nodes too."""
    named = {"stage": place.stage, "subject": place.subject, "grade": place.grade, "volume": place.volume, "edition": place.edition}
    nodes = (*place.trail, *(ident for one in counterparts for ident in one.node.trail))
    return {name: value for name, value in named.items() if value} | {"node": tuple(dict.fromkeys(nodes))}


@dataclass(frozen=True, slots=True)
class _Around:
    """What a page of resources needs from elsewhere, read once for all."""

    texts: Mapping[str, Sequence[tuple[int, str]]]
    moments: Mapping[str, Sequence[tuple[float, str]]]
    places: Mapping[str, Place]
    counterparts: Mapping[str, Sequence[Mapped]]
    communities: Mapping[str, frozenset[str]]
    scopes: Mapping[str, frozenset[str]]
    adopted: Mapping[str, Adopted]


def _scopes(ids: Sequence[str]) -> Mapping[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for row in db.session.execute(sa.select(ResourceScope.resource_id, ResourceScope.word).where(ResourceScope.resource_id.in_(ids))):
        found.setdefault(row.resource_id, set()).add(row.word)
    return {ident: frozenset(words) for ident, words in found.items()}


def _document(resource: Resource, around: _Around) -> IndexDocument:
    facets: dict[str, str | tuple[str, ...]] = {
        "kind": resource.kind.value,
        "licence": resource.licence.value,
        "review": resource.review.value,
        "school": resource.school_id,
        "community": tuple(sorted(around.communities.get(resource.school_id, ()))),
    }
    if resource.village_fit:
        facets["village_fit"] = resource.village_fit.value
    place = around.places.get(resource.node_id or "")
    counterparts = around.counterparts.get(resource.node_id or "", ())
    if place:
        facets |= facets_of_place(place, counterparts)
    texts = [(f.asset_id, number, text) for f in resource.files for number, text in around.texts.get(f.asset_id, ())]
    return IndexDocument(
        ref=Ref("resource", resource.id),
        title=resource.title,
        path=place.path if place else "",
        keywords=(*resource.keywords, *(one.node.title for one in counterparts)),
        summary=resource.summary,
        pages=[
            *(Passage(text, Moment(asset_id, page=number)) for asset_id, number, text in texts),
            *_moments(resource, around),
            *_plan(resource),
        ],
        scopes=around.scopes.get(resource.id, frozenset()),
        facets=facets,
        updated_at=resource.updated_at,
        boost=_ADOPTED if around.adopted.get(resource.id, Adopted()).by_village else 0.0,
    )


def _moments(resource: Resource, around: _Around) -> list[Passage]:
    """What is said, shown and named in the recordings, each with its second."""
    found = ((f.asset_id, at_s, text) for f in resource.files for at_s, text in around.moments.get(f.asset_id, ()))
    return [Passage(text, Moment(asset_id, at_s=at_s)) for asset_id, at_s, text in found]


def _plan(resource: Resource) -> list[Passage]:
    """What a structured plan says, stage by stage, each with its place on the resource's page."""
    plan = keeping.opened(resource.plan)
    if plan is None:
        return []
    return [Passage(one.text, Moment(anchor=one.anchor, name=one.name)) for one in keeping.passages(plan)]


SOURCE = DocumentSource(kind="resource", load=load, all_ids=all_ids)


def _node_titles(ids: Sequence[str]) -> Mapping[str, str]:
    return {ident: found.title for ident, found in curriculum.nodes(ids).items()}


def _grades(values: Sequence[str]) -> Mapping[str, str]:
    return {value: curriculum.grade_name(value) for value in values}


LABELS = (
    FacetLabels("kind", lambda values: {v: _(KIND_LABELS[Kind(v)]) for v in values}),
    FacetLabels("licence", lambda values: {v: _(LICENCE_LABELS[Licence(v)]) for v in values}),
    FacetLabels("review", lambda values: {v: _(REVIEW_LABELS[Review(v)]) for v in values}),
    FacetLabels("village_fit", lambda values: {v: _(VILLAGE_FIT_LABELS[VillageFit(v)]) for v in values}),
    FacetLabels("grade", _grades),
    FacetLabels("node", _node_titles),
    FacetLabels("school", schools.school_names),
    FacetLabels("community", community.community_names),
)

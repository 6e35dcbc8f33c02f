"""How a resource stands in the index. Texts come from the pages of its files."""

from collections.abc import Mapping, Sequence

import sqlalchemy as sa
from flask_babel import gettext as _

from resource_hub.community import queries as community
from resource_hub.curriculum import queries as curriculum
from resource_hub.infra import index
from resource_hub.infra.db import db
from resource_hub.infra.index import DocumentSource, FacetLabels, IndexDocument, Moment, Passage
from resource_hub.kernel.refs import Ref
from resource_hub.library import rules
from resource_hub.library.events import ResourceChanged
from resource_hub.library.models import Resource, ResourceFile
from resource_hub.library.schemas import KIND_LABELS, LICENCE_LABELS, REVIEW_LABELS, VILLAGE_FIT_LABELS, Kind, Licence, Review, VillageFit
from resource_hub.media import queries as media
from resource_hub.media.events import AssetChanged
from resource_hub.schools import queries as schools

_HIDDEN = frozenset({Review.WITHDRAWN, Review.ARCHIVED})


def load(ids: Sequence[str]) -> Mapping[str, IndexDocument]:
    """Return the documents of these resources; what is missing leaves the index."""
    rows = db.session.scalars(sa.select(Resource).where(Resource.id.in_(ids), Resource.review.not_in(_HIDDEN))).all()
    texts = media.texts_of([f.asset_id for r in rows for f in r.files])
    return {r.id: _document(r, _passages(r, texts)) for r in rows}


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


def _passages(resource: Resource, texts: Mapping[str, Sequence[tuple[int, str]]]) -> list[Passage]:
    return [Passage(text, Moment(f.asset_id, page=number)) for f in resource.files for number, text in texts.get(f.asset_id, ())]


def _document(resource: Resource, passages: list[Passage]) -> IndexDocument:
    place = curriculum.place_of(resource.node_id) if resource.node_id else None
    communities = schools.communities_of_school(resource.school_id)
    facets: dict[str, str | tuple[str, ...]] = {
        "kind": resource.kind.value,
        "licence": resource.licence.value,
        "review": resource.review.value,
        "school": resource.school_id,
        "community": tuple(sorted(communities)),
    }
    if resource.village_fit:
        facets["village_fit"] = resource.village_fit.value
    if place:
        named = {"stage": place.stage, "subject": place.subject, "grade": place.grade, "volume": place.volume, "edition": place.edition}
        facets |= {name: value for name, value in named.items() if value}
        facets["node"] = place.trail
    return IndexDocument(
        ref=Ref("resource", resource.id),
        title=resource.title,
        path=place.path if place else "",
        keywords=tuple(resource.keywords),
        summary=resource.summary,
        pages=passages,
        scopes=rules.audience(resource.review, resource.licence, resource.author_id, resource.school_id, communities),
        facets=facets,
        updated_at=resource.updated_at,
    )


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

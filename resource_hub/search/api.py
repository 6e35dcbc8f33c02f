"""The contract for programs: search, suggestions, saved searches."""

from collections.abc import Mapping

from flask import Blueprint, Response

from resource_hub.infra.features import Picture, hub
from resource_hub.infra.index import FACETS, Moment
from resource_hub.infra.web.doors import requires, viewer
from resource_hub.infra.web.openapi import described
from resource_hub.infra.web.replies import body, query, reply
from resource_hub.search import cards, queries, records, service, suggestions
from resource_hub.search.queries import Saved
from resource_hub.search.schemas import (
    FacetValueOut,
    HitOut,
    MomentOut,
    PlaceOut,
    RewriteOut,
    SavedSearchIn,
    SavedSearchOut,
    SearchOut,
    SearchQuery,
    SuggestionOut,
    SuggestionsOut,
    SuggestionsQuery,
    UnderstoodOut,
)
from resource_hub.search.service import FacetValue, Hit

blueprint = Blueprint("search_api", __name__, url_prefix="/api/v1/search")


@blueprint.get("")
@requires("search.read")
@described(query=SearchQuery, gives=SearchOut)
def search() -> Response:
    """Find resources; a filter may be repeated, its values mean or."""
    asked = query(SearchQuery, repeated=frozenset(FACETS) | {"without"})
    me = viewer()
    found = service.search(
        me,
        asked.q,
        filters={name: getattr(asked, name) for name in FACETS},
        without=asked.without,
        verbatim=asked.verbatim,
        explain=asked.explain and hub().permissions["search.weigh"].admits(me),
        limit=asked.limit,
        cursor=asked.cursor,
        newest_first=asked.sort == "newest",
    )
    pictures = hub().pictures({place.moment: place.words for hit in found.hits for place in hit.moments if place.moment})
    return reply(
        SearchOut(
            hits=[_hit(hit, pictures) for hit in found.hits],
            total=found.total,
            facets={name: [_value(value) for value in values] for name, values in found.facets.items()},
            took_ms=found.took_ms,
            cursor=found.cursor,
            understood=[UnderstoodOut(facet=u.facet, name=u.name, text=u.text, narrows=u in found.narrowed) for u in found.understood],
            rewrites=[RewriteOut(typed=r.typed, words=r.words) for r in found.rewrites],
            instead=found.instead,
            hint=found.hint,
        )
    )


@blueprint.get("/suggestions")
@requires("search.read")
@described(query=SuggestionsQuery, gives=SuggestionsOut)
def suggest() -> Response:
    """Offer what may be searched for while somebody types."""
    offered = suggestions.suggest(viewer(), query(SuggestionsQuery).q)
    return reply(SuggestionsOut(suggestions=[SuggestionOut(text=one.text, source=one.source.value) for one in offered]))


@blueprint.get("/saved")
@requires("search.read")
@described()
def saved() -> Response:
    """List one's own saved searches, the newest first."""
    return reply({"saved": [_saved(one) for one in queries.saved_searches(viewer().person_id)]})


@blueprint.post("/saved")
@requires("search.read")
@described(body=SavedSearchIn, gives=SavedSearchOut, status=201)
def save() -> Response:
    """Keep a search; what it finds anew comes with the digests of the inbox."""
    given = body(SavedSearchIn)
    return reply(_saved(records.save_search(viewer(), given.name, given.q, given.filters)), 201)


@blueprint.delete("/saved/<saved_id>")
@requires("search.read")
@described()
def drop(saved_id: str) -> Response:
    """Forget a saved search."""
    records.drop_search(viewer(), saved_id)
    return reply({"id": saved_id})


def _saved(one: Saved) -> SavedSearchOut:
    return SavedSearchOut(id=one.id, name=one.name, url=cards.address_of(one))


def _hit(hit: Hit, pictures: Mapping[Moment, Picture]) -> HitOut:
    return HitOut(
        id=hit.ref.id,
        ref_kind=hit.ref.kind,
        kind=next(iter(hit.facets.get("kind", ())), None),
        title=hit.title,
        title_html=str(hit.title_html),
        path=hit.path,
        snippet=hit.snippet,
        marks=list(hit.marks),
        snippet_html=str(hit.snippet_html),
        score=round(hit.score, 4),
        moment=_moment(hit.moment) if hit.moment else None,
        moments=[
            PlaceOut(
                text=p.text,
                marks=list(p.marks),
                moment=_moment(p.moment),
                picture=(picture := pictures.get(p.moment)) and picture.url,
                boxes=list(picture.boxes) if picture else [],
            )
            for p in hit.places
            if p.moment
        ],
        why=dict(hit.why),
    )


def _value(value: FacetValue) -> FacetValueOut:
    return FacetValueOut(value=value.value, label=value.label, count=value.count)


def _moment(moment: Moment) -> MomentOut:
    return MomentOut(file_id=moment.file_id or None, page=moment.page, at_s=moment.at_s, anchor=moment.anchor or None)

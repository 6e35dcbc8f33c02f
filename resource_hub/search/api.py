"""``GET /api/v1/search``: the contract for programs."""

from flask import Blueprint, Response

from resource_hub.infra.index import FACETS, Moment
from resource_hub.infra.web.doors import requires, viewer
from resource_hub.infra.web.openapi import described
from resource_hub.infra.web.replies import query, reply
from resource_hub.search import service
from resource_hub.search.schemas import FacetValueOut, HitOut, MomentOut, SearchOut, SearchQuery, UnderstoodOut
from resource_hub.search.service import FacetValue, Hit

blueprint = Blueprint("search_api", __name__, url_prefix="/api/v1/search")


@blueprint.get("")
@requires("search.read")
@described(query=SearchQuery, gives=SearchOut)
def search() -> Response:
    """Find resources; a filter may be repeated, its values mean or."""
    asked = query(SearchQuery, repeated=frozenset(FACETS))
    found = service.search(
        viewer(),
        asked.q,
        filters={name: getattr(asked, name) for name in FACETS},
        limit=asked.limit,
        cursor=asked.cursor,
        newest_first=asked.sort == "newest",
    )
    return reply(
        SearchOut(
            hits=[_hit(hit) for hit in found.hits],
            total=found.total,
            facets={name: [_value(value) for value in values] for name, values in found.facets.items()},
            took_ms=found.took_ms,
            cursor=found.cursor,
            understood=[UnderstoodOut(facet=u.facet, name=u.name, text=u.text) for u in found.understood],
        )
    )


def _hit(hit: Hit) -> HitOut:
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
        moment=_moment(hit.moment),
    )


def _value(value: FacetValue) -> FacetValueOut:
    return FacetValueOut(value=value.value, label=value.label, count=value.count)


def _moment(moment: Moment | None) -> MomentOut | None:
    return MomentOut(file_id=moment.file_id or None, page=moment.page, at_s=moment.at_s) if moment else None

"""The search page: one box, hits with their best place, facets as plain counts."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _
from markupsafe import Markup

from resource_hub.infra.features import Card, hub
from resource_hub.infra.index import FACETS
from resource_hub.infra.web.doors import requires, viewer
from resource_hub.infra.web.replies import query
from resource_hub.kernel.errors import N_
from resource_hub.kernel.viewer import Viewer
from resource_hub.search import service
from resource_hub.search.schemas import SearchQuery
from resource_hub.search.service import Hit, Result

blueprint = Blueprint("search", __name__, template_folder="templates")

_SHOWN = {
    "kind": N_("类型"),
    "subject": N_("学科"),
    "grade": N_("年级"),
    "volume": N_("册次"),
    "edition": N_("版本"),
    "school": N_("学校"),
    "village_fit": N_("村校条件"),
    "review": N_("状态"),
}
_MOST_VALUES = 8
_IDEAS = ("三年级 分数", "色彩的冷与暖", "光的反射", "助学教师")


@dataclass(frozen=True, slots=True)
class FacetView:
    """One facet with its values as links; a dict would hide ``values`` from the template."""

    label: str
    values: list[dict[str, Any]]


@blueprint.get("/search")
@requires("search.read")
def page() -> str:
    """Find resources; every state of the page is an address that can be shared."""
    me = viewer()
    asked = query(SearchQuery, repeated=frozenset(FACETS))
    found = service.search(me, asked.q, filters={name: getattr(asked, name) for name in FACETS}, cursor=asked.cursor, limit=12)
    return render_template(
        "search/search.html",
        q=asked.q,
        total=found.total,
        took_words=_("%(s)s 秒", s=f"{found.took_ms / 1000:.2f}"),
        chips=_chips(found),
        facets=_facets(found),
        hits=_hits(me, found),
        next_url=_address(cursor=found.cursor) if found.cursor else None,
        suggestions=_IDEAS,
        only_hits=bool(request.headers.get("HX-Request")),
    )


def _hits(me: Viewer, found: Result) -> list[dict[str, Any]]:
    shown = []
    for kind in {hit.ref.kind for hit in found.hits}:
        cards = hub().cards[kind](me, [hit.ref.id for hit in found.hits if hit.ref.kind == kind])
        shown += [(hit, cards[hit.ref.id]) for hit in found.hits if hit.ref.id in cards]
    order = {hit.ref: at for at, hit in enumerate(found.hits)}
    return [_hit(hit, card) for hit, card in sorted(shown, key=lambda pair: order[pair[0].ref])]


def _hit(hit: Hit, card: Card) -> dict[str, Any]:
    return {
        "title_html": hit.title_html, "url": card.url, "subject": card.subject, "kind": card.kind, "kind_label": card.kind_label,
        "picture": card.picture, "duration": card.duration, "school": card.school, "author": card.author, "where": card.where,
        "snippet_html": "" if hit.moment else hit.snippet_html, "review_label": card.review_label, "moments": _moments(hit, card),
    }  # fmt: skip


def _moments(hit: Hit, card: Card) -> list[dict[str, Any]]:
    """Return the page or second that the words stand at, as a link into the thing."""
    if hit.moment is None or hit.moment.page is None:
        return []
    words: Markup = hit.snippet_html
    url = f"{card.url}#page-{hit.moment.file_id}-{hit.moment.page}"
    return [{"place": _("第 %(n)s 页", n=hit.moment.page), "url": url, "words_html": words, "picture": None}]


def _chips(found: Result) -> list[dict[str, str]]:
    return [
        {"label": found.labels.get(name, {}).get(value, value), "remove_url": _address(remove=(name, value))}
        for name, values in found.filters.items()
        for value in sorted(values)
        if value in request.args.getlist(name)
    ]


def _facets(found: Result) -> list[FacetView]:
    shown = []
    for name, label in _SHOWN.items():
        chosen = found.filters.get(name, frozenset())
        values = [
            {"label": v.label, "count": v.count, "chosen": v.value in chosen,
             "url": _address(remove=(name, v.value)) if v.value in chosen else _address(add=(name, v.value))}
            for v in found.facets.get(name, ())[:_MOST_VALUES]
        ]  # fmt: skip
        shown.append(FacetView(_(label), values if len(values) > 1 or chosen else []))
    return shown


def _address(*, add: tuple[str, str] | None = None, remove: tuple[str, str] | None = None, cursor: str | None = None) -> str:
    """Return the address of this search with one thing changed."""
    asked: dict[str, list[str]] = {name: list(values) for name, values in request.args.lists() if name != "cursor"}
    if add:
        asked.setdefault(add[0], []).append(add[1])
    if remove:
        asked[remove[0]] = [value for value in asked.get(remove[0], []) if value != remove[1]]
    if cursor:
        asked["cursor"] = [cursor]
    values: Mapping[str, Any] = asked
    return url_for("search.page", **values)

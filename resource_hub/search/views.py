"""The search page: one box, hits with their best places, facets as plain counts, searches to keep."""

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from resource_hub.infra import unit
from resource_hub.infra.features import Card, Picture, hub
from resource_hub.infra.index import FACETS, Moment
from resource_hub.infra.web.doors import requires, viewer
from resource_hub.infra.web.replies import query
from resource_hub.kernel.errors import N_, Invalid, Unavailable
from resource_hub.kernel.viewer import Viewer
from resource_hub.search import cards, queries, ranking, records, service
from resource_hub.search.schemas import SearchQuery
from resource_hub.search.service import Hit, Result

log = logging.getLogger(__name__)

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
_HITS = 12
_MOST_VALUES = 8
_IDEAS = ("三年级 分数", "色彩的冷与暖", "光的反射", "助学教师")


@dataclass(frozen=True, slots=True)
class FacetView:
    """One facet with its values as links; a dict would hide ``values`` from the template."""

    label: str
    values: list[dict[str, Any]]


@blueprint.get("/search")
@requires("search.read", unit=False)
def page() -> str:
    """Find resources; every state of the page is an address that can be shared."""
    me = viewer()
    asked = query(SearchQuery, repeated=frozenset(FACETS) | {"without"})
    with unit.read():
        found = _search(me, asked)
        html = _page(me, asked, found)
    if asked.q.strip() and not asked.cursor and not _chosen(asked):
        _note(me, asked.q, 0 if found.instead else found.total)
    return html


@blueprint.post("/search/saved")
@requires("search.read", unit=False)
def save() -> Response:
    """Keep the search that the form names, then show it again."""
    form = request.form
    filters = {name: form.getlist(name) for name in FACETS}
    try:
        with unit.write():
            records.save_search(viewer(), form.get("name", ""), form.get("q", ""), filters)
    except Invalid as error:
        flash(" ".join(_(text) for text in error.fields.values()), "warn")
    else:
        flash(_("已保存。有新的资源时，会放进收件箱的每日汇总里。"), "ok")
    values: Mapping[str, Any] = {"q": form.get("q", ""), **{name: chosen for name, chosen in filters.items() if chosen}}
    return redirect(url_for("search.page", **values), 303)


@blueprint.get("/search/saved")
@requires("search.read")
def saved() -> str:
    """List one's own saved searches and last queries."""
    me = viewer()
    shown = [{"id": one.id, "name": one.name, "url": cards.address_of(one)} for one in queries.saved_searches(me.person_id)]
    return render_template("search/saved.html", saved=shown, recent=queries.recent(me.person_id))


@blueprint.post("/search/saved/<saved_id>/end")
@requires("search.read")
def drop(saved_id: str) -> Response:
    records.drop_search(viewer(), saved_id)
    flash(_("已删除这个保存的搜索。"), "ok")
    return redirect("/search/saved", 303)


@blueprint.post("/search/recent/end")
@requires("search.read")
def forget() -> Response:
    records.forget_recent(viewer())
    flash(_("已清除最近搜索。"), "ok")
    return redirect("/search/saved", 303)


def _search(me: Viewer, asked: SearchQuery) -> Result:
    return service.search(
        me,
        asked.q,
        filters={name: getattr(asked, name) for name in FACETS},
        without=asked.without,
        limit=_HITS,
        cursor=asked.cursor,
        newest_first=asked.sort == "newest",
        verbatim=asked.verbatim,
        explain=asked.explain and _may_weigh(me),
    )


def _page(me: Viewer, asked: SearchQuery, found: Result) -> str:
    is_asked = bool(asked.q.strip() or found.filters)
    return render_template(
        "search/search.html",
        q=asked.q,
        is_asked=is_asked,
        total=found.total,
        took_words=_("%(s)s 秒", s=f"{found.took_ms / 1000:.2f}"),
        chips=_chips(found),
        readings=_readings(found),
        facets=_facets(found),
        sorts=_sorts(asked),
        hits=_hits(me, found),
        next_url=_address(cursor=found.cursor) if found.cursor else None,
        suggestions=queries.recent(me.person_id) or _IDEAS,
        ways_out=_ways_out(me, asked, found) if is_asked and not found.total else [],
        hidden_fields=[(name, value) for name in FACETS for value in sorted(found.filters.get(name, ()))],
        only_hits=bool(request.headers.get("HX-Request")),
    )


def _note(me: Viewer, words: str, hits: int) -> None:
    """Count the query; a search that was answered must not fail since counting could not wait for the database."""
    try:
        with unit.write():
            records.count_query(words, hits)
            records.remember_query(me, words)
    except Unavailable as error:
        log.warning("a query was not counted: %s", error)


def _chosen(asked: SearchQuery) -> bool:
    return any(getattr(asked, name) for name in FACETS) or bool(asked.without)


def _may_weigh(me: Viewer) -> bool:
    return hub().permissions["search.weigh"].admits(me)


def _readings(found: Result) -> dict[str, Any]:
    """Return how the words were understood, with the address of another way."""
    return {
        "rewrites": [{"typed": r.typed, "words": r.words} for r in found.rewrites],
        "verbatim_url": _address(put=("verbatim", "1")),
        "let_go": " · ".join(item.name for item in found.let_go),
        "instead": found.instead,
        "hint": found.hint,
        "hint_url": _address(put=("q", found.hint)) if found.hint else "",
    }


def _sorts(asked: SearchQuery) -> list[dict[str, Any]]:
    is_newest = asked.sort == "newest"
    return [
        {"label": _("最相关"), "url": _address(put=("sort", "")), "chosen": not is_newest},
        {"label": _("最新"), "url": _address(put=("sort", "newest")), "chosen": is_newest},
    ]


def _ways_out(me: Viewer, asked: SearchQuery, found: Result) -> list[dict[str, Any]]:
    """Return what finds something when one condition is let go, with how much; those that find nothing are left out."""
    ways = []
    for name, values in found.filters.items():
        others = {facet: sorted(chosen) for facet, chosen in found.filters.items() if facet != name}
        total = service.search(me, asked.q, filters=others, without=(*asked.without, name), limit=1).total
        labels = [found.labels.get(name, {}).get(value, value) for value in sorted(values)]
        if total:
            ways.append({"label": "、".join(labels), "count": total, "url": _address(drop=name)})
    return ways


def _hits(me: Viewer, found: Result) -> list[dict[str, Any]]:
    shown = hub().cards_of(me, [hit.ref for hit in found.hits])
    hits = [hit for hit in found.hits if hit.ref in shown]
    pictures = hub().pictures({place.moment: place.words for hit in hits for place in hit.moments if place.moment})
    return [_hit(hit, shown[hit.ref], pictures) for hit in hits]


def _hit(hit: Hit, card: Card, pictures: Mapping[Moment, Picture]) -> dict[str, Any]:
    return {
        "title_html": hit.title_html, "url": card.url, "subject": card.subject, "kind": card.kind, "kind_label": card.kind_label,
        "picture": card.picture, "duration": card.duration, "school": card.school, "author": card.author, "where": card.where,
        "snippet_html": "" if hit.moment else hit.snippet_html, "review_label": card.review_label,
        "moments": [m for m in (_moment(place, card, pictures) for place in hit.places) if m],
        "why": _why(hit.why), "score": f"{hit.score:.2f}",
    }  # fmt: skip


def _moment(place: service.Place, card: Card, pictures: Mapping[Moment, Picture]) -> dict[str, Any] | None:
    """Return the page or second where the words stand, as a link into the thing."""
    if place.moment is None or (opened := _opening(place)) is None:
        return None
    label, tail = opened
    picture = pictures.get(place.moment)
    return {
        "place": label, "url": card.url + tail, "words_html": place.html, "picture": picture.url if picture else None,
        "boxes": " ".join(",".join(map(str, box)) for box in picture.boxes) if picture else "",
    }  # fmt: skip


def _opening(place: service.Place) -> tuple[str, str] | None:
    """Return what a place is called and the end of its address: a page with the words to mark there, a second."""
    moment = place.moment
    if moment is None:
        return None
    if moment.page is not None:
        words = "".join(f"~{quote(word, safe='')}" for word in place.words)
        return _("第 %(n)s 页", n=moment.page), f"#page-{moment.file_id}-{moment.page}{words}"
    if moment.at_s is not None:
        seconds = int(moment.at_s)
        return f"{seconds // 60}:{seconds % 60:02}", f"?t={seconds}"
    if moment.anchor:
        return _(moment.name), f"#{moment.anchor}"
    return None


_WHY = {"all_words": N_("所有的词都有"), "title": N_("标题与所搜的词一致"), "boost": N_("村校采用"), "newest": N_("按时间")}


def _why(why: Mapping[str, float]) -> list[dict[str, str]]:
    """Return the parts of a score in words, the heaviest first."""
    return [{"label": _reason(name), "points": f"{points:+.2f}"} for name, points in sorted(why.items(), key=lambda part: -part[1])]


def _reason(name: str) -> str:
    kind, _sep, rest = name.partition(":")
    if kind == "word":
        return _("词“%(word)s”", word=rest)
    if kind == "lift":
        return str(ranking.REASONS[{"node": "edition"}.get(rest, rest)].label)
    return _(_WHY[kind]) if kind in _WHY else name


def _chips(found: Result) -> list[dict[str, str]]:
    chosen = [
        {"label": found.labels.get(name, {}).get(value, value), "remove_url": _address(remove=(name, value))}
        for name, values in found.filters.items()
        for value in sorted(values)
        if value in request.args.getlist(name)
    ]
    return chosen + [{"label": item.name, "remove_url": _address(add=("without", item.facet))} for item in found.narrowed]


def _facets(found: Result) -> list[FacetView]:
    shown = []
    understood = {item.facet for item in found.narrowed}
    for name, label in _SHOWN.items():
        chosen = found.filters.get(name, frozenset())
        values = [
            {"label": v.label, "count": v.count, "chosen": v.value in chosen, "url": _toggle(name, v.value, chosen, understood)}
            for v in found.facets.get(name, ())[:_MOST_VALUES]
        ]
        shown.append(FacetView(_(label), values if len(values) > 1 or chosen else []))
    return shown


def _toggle(name: str, value: str, chosen: Iterable[str], understood: set[str]) -> str:
    """Return the address with the value taken or let go; letting go of what was understood keeps its words."""
    if value not in chosen:
        return _address(add=(name, value))
    return _address(add=("without", name)) if name in understood else _address(remove=(name, value))


def _address(
    *, add: tuple[str, str] | None = None, remove: tuple[str, str] | None = None, put: tuple[str, str] | None = None,
    drop: str | None = None, cursor: str | None = None,
) -> str:  # fmt: skip
    """Return the address of this search with one thing changed."""
    asked: dict[str, list[str]] = {name: list(values) for name, values in request.args.lists() if name != "cursor"}
    if add:
        asked.setdefault(add[0], []).append(add[1])
    if remove:
        asked[remove[0]] = [value for value in asked.get(remove[0], []) if value != remove[1]]
    if put:
        asked[put[0]] = [put[1]] if put[1] else []
    if drop:
        asked.pop(drop, None)
        asked.setdefault("without", []).append(drop)
    if cursor:
        asked["cursor"] = [cursor]
    values: Mapping[str, Any] = asked
    return url_for("search.page", **values)

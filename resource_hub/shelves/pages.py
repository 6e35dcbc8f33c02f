"""Shelves in the words and shapes of their pages. Reads only; the templates say what they need."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from resource_hub.curriculum import queries as curriculum
from resource_hub.curriculum.queries import Node
from resource_hub.infra.features import hub
from resource_hub.infra.web.replies import describe
from resource_hub.infra.web.shell import moment
from resource_hub.kernel.errors import HubError
from resource_hub.kernel.paging import Page
from resource_hub.kernel.viewer import Viewer
from resource_hub.library import pages as library_pages
from resource_hub.library import queries as library
from resource_hub.library.cards import card_of
from resource_hub.library.queries import ResourceCard
from resource_hub.media import queries as media
from resource_hub.shelves import catalogue, lesson, queries
from resource_hub.shelves.catalogue import LESSONS, Lesson
from resource_hub.shelves.lesson import GroupView, LessonView, Work
from resource_hub.shelves.queries import CollectionRow, CollectionView
from resource_hub.shelves.schemas import COLLECTION_KIND_LABELS, GROUP_LABELS, GROUP_MADE_BY, CollectionIn, CollectionKind, Group

PLACES = {
    "": _l("全部"),
    "person": _l("我的"),
    "school": _l("本校"),
    "community": _l("教共体"),
    "district": _l("全区"),
}
_PAGES_BESIDE = 12
_LEVEL_LABELS = {"stage": _l("学段"), "subject": _l("学科"), "edition": _l("版本"), "volume": _l("册次")}


@dataclass(frozen=True, slots=True)
class State:
    """What the address of a unit's page says besides the unit."""

    only: Group | None = None
    cursor: str | None = None
    left: str = ""
    right: str = ""

    @classmethod
    def read(cls, args: Mapping[str, str]) -> "State":
        """Return what was asked; a group that is none is nothing asked."""
        kind = args.get("kind", "")
        only = Group(kind) if kind in set(Group) else None
        return cls(only, args.get("cursor") or None, args.get("left", "")[:40], args.get("right", "")[:40])


def browse_page(viewer: Viewer, node_id: str | None) -> dict[str, Any]:
    """Return what ``shelves/browse.html`` shows."""
    numbers = catalogue.counts(viewer)
    books = catalogue.books_of(viewer, numbers)
    found = catalogue.catalogue(node_id, books, numbers)
    here = found.path[-1] if found.path else None
    return {
        "title": _book_title(found.path) if here else "",
        "books": [
            {
                "label": one.title,
                "count": one.count,
                "url": _browse_url(one.node.id),
                "current": here is not None and one.node.id in here.trail,
            }
            for one in books
        ],
        "levels": [_level(level) for level in found.levels],
        "lessons": [_lesson(one, "") for one in found.lessons],
        "whole": {"url": _unit_url(here.id), "count": found.on_it} if here and found.on_it else None,
        "is_book": bool(here) and not any(level and not any(c.is_chosen for c in level) for level in found.levels),
        "places": _shelves_of(viewer),
    }


def unit_page(viewer: Viewer, node_id: str, state: State) -> dict[str, Any]:
    """Return what ``shelves/unit.html`` shows."""
    view = lesson.lesson(viewer, node_id, state.only, state.cursor)
    book = next((node for node in reversed(view.path) if node.kind not in LESSONS), view.path[0])
    sides = _sides(viewer, state)
    return {
        "node": {"title": view.node.title, "path": view.node.path, "id": view.node.id},
        "crumbs": [{"label": node.title, "url": _place_url(node)} for node in view.path[:-1]],
        "lessons": [_lesson(one, view.node.id) for one in catalogue.lessons_of(book, catalogue.counts(viewer))],
        "book": {"title": _book_title(_upto(view.path, book)), "url": _browse_url(book.id)},
        "newer": [{"label": one.node.path, "url": _unit_url(one.node.id)} for one in view.newer],
        "older": [{"label": one.node.path, "url": _unit_url(one.node.id)} for one in view.older],
        "groups": [_group(view, group, state) for group in view.groups],
        "old": [_work(view, work, state) for work in view.old],
        "all_url": _unit_url(node_id, State(left=state.left, right=state.right)) if state.only else None,
        "next_url": _unit_url(node_id, State(state.only, view.cursor, state.left, state.right)) if view.cursor else None,
        "sides": sides,
        "apart_url": _unit_url(node_id, State(state.only)) if sides else None,
        "reading": [_row(one) for one in view.reading],
        "reading_url": url_for("shelves.new_collection", node=view.node.id),
        "may_share": may_share(viewer),
        "total": sum(group.count for group in view.groups) if not state.only else None,
    }


def list_page(page: Page[ResourceCard], endpoint: str) -> dict[str, Any]:
    """Return cards and the address of those after them."""
    return {"cards": [card_of(card) for card in page.rows], "next_url": url_for(endpoint, cursor=page.cursor) if page.cursor else None}


def new_page(viewer: Viewer, cursor: str | None) -> dict[str, Any]:
    """Return what ``shelves/new.html`` shows."""
    found = list_page(queries.new_in_community(viewer, cursor=cursor), "shelves.new")
    return found | {"has_community": bool(viewer.communities), "may_share": may_share(viewer)}


def missing_page(viewer: Viewer) -> dict[str, Any]:
    """Return what ``shelves/missing.html`` shows."""
    numbers = catalogue.counts(viewer)
    books = catalogue.books_of(viewer, numbers)
    shown = []
    for book in books:
        gaps = catalogue.gaps(viewer, book)
        rows = [
            {"title": gap.node.title, "url": _unit_url(gap.node.id), "lacking": [_(GROUP_LABELS[g]) for g in gap.lacking]} for gap in gaps
        ]
        if rows:
            shown.append({"title": book.title, "url": _browse_url(book.node.id), "units": rows})
    return {"books": shown, "has_books": bool(books), "may_share": may_share(viewer)}


def collections_page(viewer: Viewer, of: str, cursor: str | None) -> dict[str, Any]:
    """Return what ``shelves/collections.html`` shows."""
    place = of if of in PLACES else ""
    page = queries.collections(viewer, of=place, cursor=cursor)
    return {
        "rows": [_row(one) for one in page.rows],
        "places": [
            {"label": str(label), "url": url_for("shelves.collections", of=key or None), "current": key == place}
            for key, label in PLACES.items()
        ],
        "next_url": url_for("shelves.collections", of=place or None, cursor=page.cursor) if page.cursor else None,
    }


def collection_page(view: CollectionView) -> dict[str, Any]:
    """Return what ``shelves/collection.html`` shows."""
    row = view.row
    last = len(view.items) - 1

    def url(endpoint: str, resource_id: str) -> str:
        return url_for(f"shelves.{endpoint}", collection_id=row.id, resource_id=resource_id)

    return {
        "collection": _row(row) | {
            "id": row.id, "summary": row.summary, "is_series": row.kind is CollectionKind.SERIES,
            "node": {"label": row.node_path, "url": _unit_url(row.node_id)} if row.node_id else None,
        },
        "items": [
            {"card": card_of(item.card), "id": item.card.id, "note": item.note, "is_first": at == 0, "is_last": at == last,
             "move_url": url("move_item", item.card.id), "note_url": url("change_note", item.card.id),
             "remove_url": url("remove_item", item.card.id)}
            for at, item in enumerate(view.items)
        ],
        "may_change": view.may_change,
        "address": url_for("shelves.collection", collection_id=row.id, _external=True),
    }  # fmt: skip


def collection_form(viewer: Viewer, given: Mapping[str, str], error: HubError | None, *, collection_id: str = "") -> dict[str, Any]:
    """Return what ``shelves/collection_form.html`` shows, filled in with what was given."""
    node = None
    if given.get("node_id"):
        found = curriculum.nodes([given["node_id"]]).get(given["node_id"])
        node = {"id": found.id, "label": found.path} if found else None
    told = describe(error) if error else None
    return {
        "action": url_for("shelves.change_collection", collection_id=collection_id) if collection_id else url_for("shelves.add_collection"),
        "back_url": url_for("shelves.collection", collection_id=collection_id) if collection_id else url_for("shelves.collections"),
        "remove_url": url_for("shelves.remove_collection", collection_id=collection_id) if collection_id else None,
        "kinds": [
            (kind.value, _(label)) for kind, label in COLLECTION_KIND_LABELS.items() if node or kind is not CollectionKind.READING_LIST
        ],
        "places": queries.places_to_share(viewer),
        "node": node,
        "values": given,
        "error": told,
        "errors": told["fields"] if told else {},
    }


def as_given(row: CollectionRow) -> dict[str, str]:
    """Return a collection as its form holds it."""
    word = "" if row.word.startswith("person:") else row.word
    return CollectionIn.model_construct(
        title=row.title, summary=row.summary, kind=row.kind, word=word, node_id=row.node_id or ""
    ).model_dump(mode="json")  # fmt: skip


def keeping_part(viewer: Viewer, resource_id: str) -> dict[str, Any]:
    """Return what ``shelves/parts/keeping.html`` shows: where the viewer keeps a work."""
    found = queries.kept(viewer, resource_id)
    return {
        "keeping": {
            "id": resource_id,
            "title": found.title,
            "is_bookmarked": found.is_bookmarked,
            "collections": [
                {"id": ident, "title": title, "is_in": is_in, "url": url_for("shelves.collection", collection_id=ident)}
                for ident, title, is_in in found.collections
            ],
            "new_url": url_for("shelves.new_collection", resource=resource_id),
        }
    }


def may_share(viewer: Viewer) -> bool:
    return viewer.school_id is not None and hub().permissions["library.share"].admits(viewer)


def _level(level: Sequence[catalogue.Choice]) -> dict[str, Any]:
    choices = [
        {"label": one.node.title, "count": one.count, "url": _browse_url(one.node.id), "current": one.is_chosen, "in_use": one.is_in_use}
        for one in level
    ]
    kind = level[0].node.kind.value
    return {
        "label": str(_LEVEL_LABELS.get(kind, "")),
        "choices": [one for one in choices if one["in_use"] or one["current"]],
        "others": [one for one in choices if not one["in_use"] and not one["current"]],
    }


def _lesson(one: Lesson, current: str) -> dict[str, Any]:
    return {
        "title": one.node.title, "url": _unit_url(one.node.id), "count": one.count, "current": one.node.id == current,
        "children": [_lesson(inner, current) for inner in one.below],
    }  # fmt: skip


def _shelves_of(viewer: Viewer) -> list[dict[str, str]]:
    new = _("教共体新分享") if viewer.communities else _("全区新分享")
    return [
        {"label": new, "url": url_for("shelves.new")},
        {"label": _("我的单元还缺什么"), "url": url_for("shelves.missing")},
        {"label": _("合集"), "url": url_for("shelves.collections")},
        {"label": _("我的收藏"), "url": url_for("shelves.bookmarks")},
    ]


def _group(view: LessonView, group: GroupView, state: State) -> dict[str, Any]:
    more = State(group.group, None, state.left, state.right)
    return {
        "id": group.group.value,
        "label": _(GROUP_LABELS[group.group]),
        "count": group.count,
        "works": [_work(view, work, state) for work in group.works],
        "more_url": _unit_url(view.node.id, more) if group.has_more else None,
        "in_packs": group.is_in_packs,
        "made_by": _(GROUP_MADE_BY[group.group]) if group.group in GROUP_MADE_BY else "",
    }


def _work(view: LessonView, work: Work, state: State) -> dict[str, Any]:
    card = card_of(work.card)
    ident = work.card.id
    is_left_free = not state.left or (bool(state.right) and state.left != ident)
    beside = State(state.only, state.cursor, ident, "") if is_left_free else State(state.only, state.cursor, state.left, ident)
    is_open = ident in (state.left, state.right)
    return {
        "card": card,
        "village": work.village_uses,
        "stills": [{"url": f"{card.url}?t={int(at_s)}", "picture": address, "time": _clock(at_s)} for at_s, address in work.stills],
        "beside_url": None if is_open else _unit_url(view.node.id, beside) + "#beside",
        "beside_words": _("并排看") if is_left_free else _("放到右边对比"),
        "forks": [_work(view, fork, state) for fork in work.forks],
    }


def _sides(viewer: Viewer, state: State) -> list[dict[str, Any]]:
    """Return the works put side by side; of one that the viewer may not see only that it is not there."""
    asked = [ident for ident in (state.left, state.right) if ident]
    cards = library.cards_of(viewer, asked)
    return [_side(viewer, ident) if ident in cards else {"title": "", "url": None} for ident in asked]


def _side(viewer: Viewer, resource_id: str) -> dict[str, Any]:
    view = library.resource_view(viewer, resource_id)
    shown = library_pages.resource_page(viewer, view)["resource"]
    document = next((file for file in view.files if file.page_total), None)
    return {
        "title": view.title, "url": url_for("library.resource", resource_id=view.id),
        "note": f"{shown['kind_label']} · {view.school} {view.author}",
        "player": shown["player"], "poster": shown["poster"], "watermark": shown["watermark"],
        "pages": [_picture(page) for page in media.pages_of(document.id, limit=_PAGES_BESIDE)] if document else [],
        "more_pages": max((document.page_total or 0) - _PAGES_BESIDE, 0) if document else 0,
        "filename": document.filename if document else "",
    }  # fmt: skip


def _picture(page: media.PageView) -> dict[str, Any]:
    widths = sorted(page.images, key=int)
    # The second width is readable in half a screen; the largest is for full size.
    picture = page.images[widths[min(1, len(widths) - 1)]] if widths else None
    return {"number": page.number, "picture": picture, "width": page.width, "height": page.height, "text": page.text}


def _row(one: CollectionRow) -> dict[str, Any]:
    return {
        "title": one.title, "url": url_for("shelves.collection", collection_id=one.id), "kind_label": _(COLLECTION_KIND_LABELS[one.kind]),
        "place": one.place or _("只有我能看到"), "owner": one.owner, "count": one.count, "when": moment(one.updated_at),
        "where": one.node_path,
    }  # fmt: skip


def _book_title(path: Sequence[Node]) -> str:
    return " ".join(node.title for node in path[1:] or path)


def _upto(path: Sequence[Node], last: Node) -> Sequence[Node]:
    return path[: path.index(last) + 1]


def _place_url(node: Node) -> str:
    return _unit_url(node.id) if node.kind in LESSONS else _browse_url(node.id)


def _browse_url(node_id: str) -> str:
    return url_for("shelves.browse", at=node_id)


def _unit_url(node_id: str, state: State | None = None) -> str:
    asked = state or State()
    return url_for(
        "shelves.unit", node_id=node_id, kind=asked.only.value if asked.only else None, cursor=asked.cursor, left=asked.left or None,
        right=asked.right or None,
    )  # fmt: skip


def _clock(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02}"

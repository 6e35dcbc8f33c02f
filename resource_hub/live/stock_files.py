"""Which files belong to a lesson's stock: the pages of its pack, its clips and tracks, the micro lesson for a cut line.

Apart from ``stock`` because here files are chosen and there they are told of. Rule: what was withdrawn, removed, or lost
its consent is not chosen.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from resource_hub.infra.db import db
from resource_hub.live import materials
from resource_hub.live.models import LessonLocalPlan
from resource_hub.live.stocktaking import Piece
from resource_hub.media import queries as media
from resource_hub.media.queries import AssetView
from resource_hub.media.service import digests
from resource_hub.timetable.queries import LessonFacts


@dataclass(frozen=True, slots=True)
class StockPage:
    number: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class StockDeck:
    """A document of the stock, for a screen that has to show it without asking anybody."""

    id: str
    title: str
    pages: Sequence[StockPage]


@dataclass(frozen=True, slots=True)
class Wanted:
    """An object that belongs to the stock, by its key."""

    key: str
    asset_id: str
    media_type: str
    piece: Piece
    page: int | None = None
    width: int | None = None


@dataclass(slots=True)
class Found:
    """All of it, and the documents that the pages make up."""

    wanted: list[Wanted] = field(default_factory=list)
    decks: list[StockDeck] = field(default_factory=list)
    is_made: bool = True
    """False while something is still to be made of a file."""


def plan_of(lesson_id: str) -> LessonLocalPlan | None:
    return db.session.get(LessonLocalPlan, lesson_id)


def find(lesson: LessonFacts) -> Found:
    """Return what the lesson's rooms should have."""
    plan = plan_of(lesson.id)
    pack = materials.pack_of(lesson)
    of_pack = materials.files_of(pack) if pack else []
    films = films_of(plan.micro_lesson)[:1] if plan and plan.micro_lesson else []
    ids = [one.asset_id for one in (*of_pack, *films)]
    views, consents = media.asset_views(ids), media.consent_of(ids)
    open_ids = {ident for ident, view in views.items() if not view.is_gone and not consents[ident].is_over}
    found = Found(is_made=all(views[ident].state != "processing" for ident in open_ids))
    _add_pages(found, [one for one in of_pack if one.asset_id in open_ids])
    for one in of_pack:
        if one.asset_id in open_ids and views[one.asset_id].is_media:
            _add_film(found, views[one.asset_id], Piece.CLIP if one.family == "video" else Piece.SOUND)
    for one in films:
        if one.asset_id in open_ids:
            _add_film(found, views[one.asset_id], Piece.MICRO_LESSON)
    return found


def films_of(resource_id: str | None) -> list[materials.Material]:
    """Return the recordings of a micro lesson."""
    return [one for one in materials.files_of(resource_id) if one.family == "video"] if resource_id else []


def _add_pages(found: Found, documents: Sequence[materials.Material]) -> None:
    """Each page in its smallest picture, which comes at once, and its largest, which is as sharp as a class's screen."""
    pages = digests.page_objects([one.asset_id for one in documents], most=materials.MOST_PAGES)
    for document in documents:
        own = [page for page in pages if page.asset_id == document.asset_id]
        if own:
            found.decks.append(StockDeck(document.asset_id, document.title, [StockPage(p.number, p.width, p.height) for p in own]))
        for page in own:
            found.wanted += [
                Wanted(page.keys[width], page.asset_id, "image/webp", Piece.PAGE, page.number, width)
                for width in dict.fromkeys((min(page.keys), max(page.keys)))
            ]


def _add_film(found: Found, view: AssetView, piece: Piece) -> None:
    """A recording on the lowest rung that has its picture; of sound alone the best, since a choir sings to it."""
    kind = "audio" if piece is Piece.SOUND else "video"
    rungs = sorted((one for one in view.renditions if one.group == "ladder" and one.kind == kind), key=lambda one: one.bytes)
    if rungs:
        rung = rungs[-1 if piece is Piece.SOUND else 0]
        found.wanted.append(Wanted(rung.key, view.id, rung.media_type, piece))

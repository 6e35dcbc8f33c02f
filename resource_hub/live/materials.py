"""What a lesson shows: the pages of its pack as pictures, and the photos of work taken in it.

Kept apart from the library because the lesson is the right here: from the day before to the day after, whoever
has a seat sees the pages of its pack, a class terminal too, which the library would not admit. Rule: what was
withdrawn, or was never in the pack, is shown to nobody.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import PurePath
from typing import Any

import sqlalchemy as sa

from resource_hub.infra.db import db
from resource_hub.infra.storage import storage
from resource_hub.kernel import clock
from resource_hub.kernel.errors import HubError, NotFound
from resource_hub.kernel.refs import Ref
from resource_hub.kernel.viewer import Viewer
from resource_hub.library.access import get_resource_for
from resource_hub.library.models import Resource, ResourceFile
from resource_hub.library.schemas import Review
from resource_hub.live.models import LessonFact
from resource_hub.media import queries as media
from resource_hub.media import rules as media_rules
from resource_hub.media.models import Asset
from resource_hub.timetable.queries import LessonFacts

AROUND = timedelta(days=1)
"""So long before and after a lesson its seats open its pack."""
MOST_PAGES = 300
"""Of one document; a lesson of forty minutes shows thirty."""


@dataclass(frozen=True, slots=True)
class Material:
    """A file of a work that the lesson uses."""

    asset_id: str
    title: str
    family: str


@dataclass(frozen=True, slots=True)
class DeckPage:
    number: int
    width: int
    height: int
    images: Sequence[dict[str, Any]]
    """``{"width", "url"}``, the smallest first."""


@dataclass(frozen=True, slots=True)
class Deck:
    """A document of the pack; ``id`` is its asset, by which slides are turned."""

    id: str
    title: str
    pages: Sequence[DeckPage]


def decks_of(viewer: Viewer, lesson: LessonFacts) -> list[Deck]:
    """Return the documents of the lesson's pack in their order; the caller has found the viewer's seat."""
    resource_id = pack_of(lesson)
    if resource_id is None or not (_is_around(lesson) or _may_read(viewer, resource_id)):
        return []
    return _decks(resource_id)


def shown_decks(lesson: LessonFacts, ids: frozenset[str]) -> list[Deck]:
    """Return those documents of the pack that were shown; the caller has admitted the viewer to a recording that shows them."""
    resource_id = pack_of(lesson)
    return [deck for deck in _decks(resource_id) if deck.id in ids] if resource_id and ids else []


def files_shown(lesson: LessonFacts, ids: frozenset[str]) -> frozenset[str]:
    """Return those of the ids that are files of the lesson's pack, as ``shown_decks`` would show them."""
    resource_id = pack_of(lesson)
    return ids & {one.asset_id for one in files_of(resource_id)} if resource_id and ids else frozenset()


def _decks(resource_id: str) -> list[Deck]:
    decks = [Deck(one.asset_id, one.title, _pages(one.asset_id)) for one in files_of(resource_id)]
    return [deck for deck in decks if deck.pages]


def files_of(resource_id: str) -> list[Material]:
    """Return the files of a work in their order; none of one that was withdrawn."""
    named = (
        sa.select(Asset.id, Asset.filename, Asset.family)
        .join(ResourceFile, ResourceFile.asset_id == Asset.id)
        .join(Resource, Resource.id == ResourceFile.resource_id)
        .where(Resource.id == resource_id, Resource.review != Review.WITHDRAWN)
        .order_by(ResourceFile.position)
    )
    return [Material(row.id, PurePath(row.filename).stem, row.family) for row in db.session.execute(named)]


def pack_of(lesson: LessonFacts) -> str | None:
    """Return the id of the work that the lesson is taught with."""
    if not lesson.pack:
        return None
    try:
        ref = Ref.parse(lesson.pack)
    except ValueError:
        return None
    return ref.id if ref.kind == "resource" else None


def photo_address(lesson: LessonFacts, asset_id: str) -> str:
    """Return where a photo of the lesson can be seen; NotFound for any file that no teacher of it added to it."""
    asset = db.session.get(Asset, asset_id)
    if asset is None or asset.family != "image" or asset.person_id not in lesson.person_ids or asset_id not in _photos(lesson.id):
        raise NotFound
    return storage().presign_get(media_rules.original_key(asset.id), media_type=asset.media_type)


def small_photo_address(asset_id: str) -> str | None:
    """Return where such a photo is to be had some 480 pixels wide; None until that was made."""
    return media.first_page_addresses([asset_id]).get(asset_id)


def _photos(lesson_id: str) -> set[str]:
    rows = db.session.scalars(sa.select(LessonFact.data).where(LessonFact.lesson_id == lesson_id, LessonFact.type == "photo:added"))
    return {json.loads(data)["asset"] for data in rows}


def _is_around(lesson: LessonFacts) -> bool:
    return lesson.starts_at - AROUND <= clock.now() <= lesson.ends_at + AROUND


def _may_read(viewer: Viewer, resource_id: str) -> bool:
    try:
        get_resource_for(viewer, resource_id, "view")
    except HubError:
        return False
    return True


def _pages(asset_id: str) -> list[DeckPage]:
    found = media.pages_of(asset_id, limit=MOST_PAGES)
    return [DeckPage(page.number, page.width, page.height, _images(page.images)) for page in found if page.images]


def _images(by_width: Any) -> list[dict[str, Any]]:
    widths = sorted(by_width, key=int)
    return [{"width": int(width), "url": by_width[width]} for width in widths]

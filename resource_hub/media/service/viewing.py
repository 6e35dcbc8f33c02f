"""What viewers leave behind: their place in a recording, and captions."""

import sqlalchemy as sa

from resource_hub.infra import unit
from resource_hub.infra.db import db
from resource_hub.kernel import clock
from resource_hub.kernel.errors import N_, Invalid, NotFound
from resource_hub.kernel.ids import new_id
from resource_hub.kernel.viewer import Viewer
from resource_hub.media.access import get_asset_for
from resource_hub.media.captions import to_webvtt
from resource_hub.media.events import AssetChanged
from resource_hub.media.models import Caption, PlayPosition

MOST_CAPTIONS = 8


def keep_position(viewer: Viewer, asset_id: str, at_s: float, mode: str) -> None:
    """Remember where the viewer is."""
    get_asset_for(viewer, asset_id, "view")
    place = db.session.get(PlayPosition, (viewer.person_id, asset_id))
    if place is None:
        place = PlayPosition(person_id=viewer.person_id, asset_id=asset_id)
        db.session.add(place)
    place.at_s, place.mode, place.updated_at = at_s, mode[:16], clock.now()


def add_caption(viewer: Viewer, asset_id: str, data: bytes, filename: str, language: str, label: str) -> Caption:
    """Keep an SRT or VTT file as captions of the uploader's own recording."""
    get_asset_for(viewer, asset_id, "change")
    held = db.session.scalar(sa.select(sa.func.count()).select_from(Caption).where(Caption.asset_id == asset_id))
    if (held or 0) >= MOST_CAPTIONS:
        raise Invalid(N_("一段视频最多 %(most)s 个字幕，请先删除一个。"), most=MOST_CAPTIONS)
    caption = Caption(
        id=new_id("cap"), asset_id=asset_id, person_id=viewer.person_id, language=language, label=label[:60],
        vtt=to_webvtt(data, filename), created_at=clock.now(),
    )  # fmt: skip
    db.session.add(caption)
    unit.record(AssetChanged(asset_id))
    return caption


def remove_caption(viewer: Viewer, asset_id: str, caption_id: str) -> None:
    """Take captions away again."""
    get_asset_for(viewer, asset_id, "change")
    caption = db.session.get(Caption, caption_id)
    if caption is None or caption.asset_id != asset_id:
        raise NotFound
    db.session.delete(caption)
    unit.record(AssetChanged(asset_id))

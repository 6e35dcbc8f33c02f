"""Originals made of pieces that recorders left in storage chunk by chunk: ordering the work, recording what came of it.

Apart from ``uploads`` because nobody waits for it with a file in hand: the pieces are there already, whose they are is the
caller's business, and the file may be joined anew when another piece arrives; its id, and so every link to it, stays.
"""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import timedelta

import sqlalchemy as sa

from resource_hub.infra import jobs, unit
from resource_hub.infra.db import db
from resource_hub.kernel import clock
from resource_hub.kernel.errors import NotFound
from resource_hub.kernel.ids import new_id
from resource_hub.kernel.refs import Ref
from resource_hub.media import rules
from resource_hub.media.events import AssetChanged, AssetJoined
from resource_hub.media.models import Asset, Upload, UploadState
from resource_hub.media.schemas import Family, Piece, Placed

JOIN = "media.join"


def order_join(person_id: str, filename: str, family: Family, pieces: Sequence[Piece], asset_id: str | None = None) -> str:
    """Have the pieces joined to one original of that person and return its asset; ``asset_id`` names the one to make anew."""
    asset = db.session.get(Asset, asset_id, with_for_update=True) if asset_id else _new_asset(person_id, filename, family)
    if asset is None:
        raise NotFound
    if asset.size:
        # The rows of what was made before stand until the new ones replace them, so it plays on meanwhile.
        asset.generation += 1
    payload = {"asset_id": asset.id, "pieces": [asdict(piece) for piece in pieces]}
    jobs.enqueue(JOIN, payload, subject=Ref("asset", asset.id), dedupe=f"join:{asset.id}:{asset.generation}", priority=1)
    unit.record(AssetChanged(asset.id))
    return asset.id


def record_joined(asset_id: str, media_type: str, family: Family, size: int, placed: Sequence[Placed]) -> None:
    """Keep what the original became; it can be played from now on, though nothing else was made from it yet."""
    asset = db.session.get(Asset, asset_id)
    if asset is None:
        raise NotFound
    asset.media_type, asset.family, asset.size = media_type, family, size
    asset.filename = f"{asset.filename.rsplit('.', 1)[0]}.{media_type.rsplit('/', 1)[1]}"
    asset.failure_code = asset.failure_message = asset.duration_s = None
    db.session.execute(sa.update(Upload).where(Upload.asset_id == asset_id).values(size=size, filename=asset.filename))
    unit.record(AssetJoined(asset_id, tuple(placed)))
    unit.record(AssetChanged(asset_id))


def upload_of(asset_id: str) -> str:
    """Return the upload under which an asset is put into a resource."""
    found = db.session.scalar(sa.select(Upload.id).where(Upload.asset_id == asset_id))
    if found is None:
        raise NotFound
    return found


def _new_asset(person_id: str, filename: str, family: Family) -> Asset:
    now, name = clock.now(), rules.clean_filename(filename)
    asset = Asset(
        id=new_id("ast"), person_id=person_id, filename=name, media_type=f"{family}/mp4", family=family, size=0, facts={}, created_at=now
    )
    upload = Upload(
        id=new_id("upl"), person_id=person_id, filename=name, size=0, part_size=rules.part_size(0), asset_id=asset.id,
        state=UploadState.FINISHED, created_at=now, expires_at=now + timedelta(days=1),
    )  # fmt: skip
    db.session.add_all([asset, upload])
    db.session.flush()
    return asset

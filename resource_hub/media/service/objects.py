"""Whose the stored objects are: the keys of renditions, what rows name, and the end of what nobody names.

Apart from ``results`` because it looks from storage to the rows. Rule: an object is removed only
when this database knows its asset, names the object nowhere, and no attempt that could still name
it is at work. What the database never heard of stays: then it is the wrong one, or an older one
that was restored, and the bucket holds the only copy.
"""

import time
from collections.abc import Callable, Collection, Sequence
from itertools import islice

import sqlalchemy as sa

from resource_hub.infra import jobs, unit
from resource_hub.infra.db import db
from resource_hub.infra.storage import storage
from resource_hub.media import rules
from resource_hub.media.models import Asset, Page, Rendition, Upload, UploadState

MOST_REMOVED = 2000
"""In one run of the sweep; the next goes on with what is left."""
_KEPT_S = 24 * 3600
_BATCH = 500
_ID_DIGITS = "0123456789abcdefghjkmnpqrstvwxyz"
_OPEN = (UploadState.OPENING, UploadState.OPEN, UploadState.FINISHING)


def rendition_key(asset_id: str, generation: int, token: str, name: str) -> str:
    """Return where an attempt (its lease ``token``) stores what it made."""
    return f"renditions/{asset_id}/{generation}/{token}-{name}"


def keys_of(asset_ids: Collection[str]) -> set[str]:
    """Return the keys that rows of these assets name, without the originals."""
    found = set(db.session.scalars(sa.select(Rendition.key).where(Rendition.asset_id.in_(asset_ids))))
    for images in db.session.scalars(sa.select(Page.images).where(Page.asset_id.in_(asset_ids))):
        found.update(str(key) for key in images.values())
    return found


def sweep_objects(check: Callable[[], None]) -> int:
    """Remove objects older than a day that are nobody's; returns how many. Opens its own units, calls ``check`` between."""
    removed = 0
    for prefix, unowned in (("renditions/", _unowned_renditions), ("originals/", _unowned_originals)):
        old = (key for key, *_ in storage().list_keys(prefix) if _is_old(key))
        while removed < MOST_REMOVED and (batch := list(islice(old, _BATCH))):
            check()
            with unit.read():
                over = unowned(batch)[: MOST_REMOVED - removed]
            for key in over:
                storage().delete(key)
            removed += len(over)
    return removed


def _unowned_renditions(keys: Sequence[str]) -> list[str]:
    """Tokens are read before rows: an attempt that ends in between is still at work here, or its rows are seen."""
    ids = {_asset_id(key) for key in keys}
    at_work = jobs.live_tokens()
    known = set(db.session.scalars(sa.select(Asset.id).where(Asset.id.in_(ids))))
    known.update(db.session.scalars(sa.select(Upload.asset_id).where(Upload.asset_id.in_(ids))))
    named = keys_of(ids)
    return [key for key in keys if _asset_id(key) in known and key not in named and _maker(key) not in at_work]


def _unowned_originals(keys: Sequence[str]) -> list[str]:
    """Uploads are read before assets: one that is finished in between is still open here.

    An original that was to be removed is nobody's: infected, or erased since its consent was taken back.
    """
    ids = {_asset_id(key) for key in keys}
    ended = set(db.session.scalars(sa.select(Upload.asset_id).where(Upload.asset_id.in_(ids), Upload.state.not_in(_OPEN))))
    is_sound = sa.func.coalesce(Asset.failure_code, "").not_in(rules.GONE)
    held = set(db.session.scalars(sa.select(Asset.id).where(Asset.id.in_(ids), is_sound)))
    return [rules.original_key(asset_id) for asset_id in sorted(ended - held)]


def _is_old(key: str) -> bool:
    """Tell whether the id in the key (of the asset, of the attempt) was made more than a day ago, by the machine's time as ids are."""
    digits = _maker(key).partition("_")[2][:10]
    if len(digits) < 10 or not set(digits) <= set(_ID_DIGITS):
        return False
    made_ms = 0
    for digit in digits:
        made_ms = made_ms * 32 + _ID_DIGITS.index(digit)
    return time.time() - made_ms / 1000 > _KEPT_S


def _asset_id(key: str) -> str:
    return key.split("/")[1]


def _maker(key: str) -> str:
    return key.rpartition("/")[2].partition("-")[0]

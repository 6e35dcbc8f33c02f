"""Sizes and hashes of what was made from assets, for whoever keeps copies far away and must know that they are whole.

Apart from ``results`` because they are found later, and only for what somebody asks for: most objects never leave the
house. Rule: an object never changes under its key, so a digest is true for ever; it goes when its object goes.
"""

import hashlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from resource_hub.infra.db import db
from resource_hub.infra.storage import storage
from resource_hub.media.models import ObjectDigest, Page
from resource_hub.media.service.objects import keys_of

_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Digest:
    key: str
    asset_id: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class PageObjects:
    """A page with the keys of its pictures by width."""

    asset_id: str
    number: int
    width: int
    height: int
    keys: Mapping[int, str]


def page_objects(asset_ids: Collection[str], *, most: int) -> list[PageObjects]:
    """Return the first ``most`` pages of each document that have pictures, in order."""
    query = sa.select(Page.asset_id, Page.number, Page.width, Page.height, Page.images)
    rows = db.session.execute(query.where(Page.asset_id.in_(asset_ids), Page.number <= most).order_by(Page.asset_id, Page.number))
    return [
        PageObjects(row.asset_id, row.number, row.width, row.height, {int(width): str(key) for width, key in row.images.items()})
        for row in rows
        if row.images
    ]


def digests_of(keys: Iterable[str]) -> dict[str, Digest]:
    """Return what is known of these objects, by key."""
    wanted, found = list(dict.fromkeys(keys)), {}
    for start in range(0, len(wanted), _AT_ONCE):
        query = sa.select(ObjectDigest).where(ObjectDigest.key.in_(wanted[start : start + _AT_ONCE]))
        found.update({row.key: Digest(row.key, row.asset_id, row.bytes, row.sha256) for row in db.session.scalars(query)})
    return found


def measure(key: str, asset_id: str) -> Digest:
    """Read an object through and return its size and hash; outside any unit. Raises NotFound when it is gone."""
    digest, size = hashlib.sha256(), 0
    for part in storage().stream(key):
        digest.update(part)
        size += len(part)
    return Digest(key, asset_id, size, digest.hexdigest())


def record_digests(found: Iterable[Digest]) -> None:
    """Keep what was measured, and forget what was known of objects that these assets no longer have."""
    given = {one.key: one for one in found}
    assets = {one.asset_id for one in given.values()}
    held = keys_of(assets)
    known = set(db.session.scalars(sa.select(ObjectDigest.key).where(ObjectDigest.asset_id.in_(assets))))
    if gone := known - held:
        db.session.execute(sa.delete(ObjectDigest).where(ObjectDigest.key.in_(gone)))
    for key, one in given.items():
        if key in held and key not in known:
            db.session.add(ObjectDigest(key=key, asset_id=one.asset_id, bytes=one.bytes, sha256=one.sha256))
    db.session.flush()

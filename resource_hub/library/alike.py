"""Works that hold the same bytes, or say nearly the same, as what somebody is about to publish.

Only works that the viewer may see are named. A fork says what its origin says, and is not told so.
"""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from resource_hub.infra.db import db
from resource_hub.kernel.viewer import Viewer
from resource_hub.library import prints
from resource_hub.library.access import shown_to
from resource_hub.library.lesson_plan import Plan
from resource_hub.library.models import PlanBand, Resource, ResourceFile, TextBand
from resource_hub.library.planning import keeping
from resource_hub.media import queries as media
from resource_hub.media.queries import AssetView


def same_bytes(viewer: Viewer, files: Sequence[AssetView], *, but: str | None) -> dict[str, list[dict[str, str]]]:
    """Return per file the resources that the viewer can see and that hold the same bytes."""
    return {f.id: _holders(viewer, media.same_bytes(f.sha256, f.id), but) for f in files if f.sha256 is not None}


def same_text(viewer: Viewer, asset_ids: Sequence[str], *, but: str | None) -> dict[str, list[dict[str, str]]]:
    """Return per file the resources that the viewer can see and that hold a document of nearly the same text."""
    return {ident: found for ident in asset_ids if (found := _holders(viewer, _near_texts(ident), but, _plans_near(ident)))}


def same_plan(viewer: Viewer, plan: Plan, edited: Resource | None) -> list[dict[str, str]]:
    """Return the resources that the viewer can see and whose plan or document says nearly the same as a plan being written.

    A fork says nearly the same as what it was made from: nobody needs to be told.
    """
    bands = prints.bands_of(keeping.text_of(plan)[: prints.READ])
    known = [edited.id, edited.based_on_id or "", edited.revises_id or ""] if edited else []
    holding = sa.select(ResourceFile.resource_id).where(ResourceFile.asset_id.in_(_near_bands(TextBand.asset_id, bands)))
    is_near = sa.or_(Resource.id.in_(holding), Resource.id.in_(_near_bands(PlanBand.resource_id, bands)))
    found = sa.select(Resource.id, Resource.title).where(is_near, Resource.id.not_in(known), shown_to(viewer)).limit(5)
    return [{"id": row.id, "title": row.title} for row in db.session.execute(found)]


def _near_texts(asset_id: str) -> list[str]:
    """Return the assets whose text has nearly the fingerprint of this one's, the nearest first.

    Fingerprints that differ in at most six bits share two of their eight bands, which the database finds.
    """
    own = sa.select(TextBand.band, TextBand.value).where(TextBand.asset_id == asset_id).subquery()
    same_band = sa.and_(TextBand.band == own.c.band, TextBand.value == own.c.value)
    near = sa.select(TextBand.asset_id).join(own, same_band).where(TextBand.asset_id != asset_id)
    near = near.group_by(TextBand.asset_id).having(sa.func.count() >= 2)
    bands: dict[str, dict[int, int]] = {}
    for row in db.session.scalars(sa.select(TextBand).where(TextBand.asset_id.in_(near) | (TextBand.asset_id == asset_id))):
        bands.setdefault(row.asset_id, {})[row.band] = row.value
    mine = bands.pop(asset_id, {})
    apart = {ident: sum((value ^ mine[band]).bit_count() for band, value in theirs.items()) for ident, theirs in bands.items()}
    return sorted((ident for ident, bits in apart.items() if bits <= prints.NEAR), key=lambda ident: (apart[ident], ident))


def _near_bands(of: Any, bands: Sequence[int]) -> list[str]:
    """Return the assets (``TextBand.asset_id``) or resources (``PlanBand.resource_id``) whose fingerprint is near this one."""
    table = of.class_
    same = sa.or_(sa.false(), *(sa.and_(table.band == band, table.value == value) for band, value in enumerate(bands)))
    near = sa.select(of).where(same).group_by(of).having(sa.func.count() >= 2)
    apart: dict[str, int] = {}
    for ident, band, value in db.session.execute(sa.select(of, table.band, table.value).where(of.in_(near))):
        apart[ident] = apart.get(ident, 0) + (value ^ bands[band]).bit_count()
    return [ident for ident, bits in apart.items() if bits <= prints.NEAR]


def _plans_near(asset_id: str) -> list[str]:
    """Return the resources whose plan says nearly what a document does."""
    bands = db.session.scalars(sa.select(TextBand.value).where(TextBand.asset_id == asset_id).order_by(TextBand.band)).all()
    return _near_bands(PlanBand.resource_id, bands) if bands else []


def _holders(viewer: Viewer, asset_ids: Sequence[str], but: str | None, alike: Sequence[str] = ()) -> list[dict[str, str]]:
    """Return the resources that the viewer can see and that hold one of the assets or are ``alike``; not the one being mended."""
    holding = sa.select(ResourceFile.resource_id).where(ResourceFile.asset_id.in_(asset_ids))
    is_meant = sa.or_(Resource.id.in_(holding), Resource.id.in_(alike))
    rows = db.session.execute(sa.select(Resource.id, Resource.title).where(is_meant, Resource.id != (but or ""), shown_to(viewer)).limit(5))
    return [{"id": row.id, "title": row.title} for row in rows]

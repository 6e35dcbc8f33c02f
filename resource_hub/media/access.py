"""Who may touch which upload or asset. An asset alone belongs to its uploader; higher
features admit others (a resource's readers) by registering ``Admission``.
"""

from collections.abc import Callable

import sqlalchemy as sa

from resource_hub.infra.db import db
from resource_hub.kernel.errors import NotFound
from resource_hub.kernel.viewer import Viewer
from resource_hub.media.models import Asset, Upload

Admission = Callable[[Viewer, str], bool]
"""True when the viewer may see the asset of that id."""

_admissions: list[Admission] = []


def admit_by(admission: Admission) -> None:
    """Let a higher feature open assets to the readers of what holds them; at start only."""
    if admission not in _admissions:
        _admissions.append(admission)


def get_upload_for(viewer: Viewer, upload_id: str, *, lock: bool = False) -> Upload:
    """Return the viewer's own upload; NotFound otherwise."""
    query = sa.select(Upload).where(Upload.id == upload_id, Upload.person_id == viewer.person_id)
    upload = db.session.scalar(query.with_for_update() if lock else query)
    if upload is None:
        raise NotFound
    return upload


def get_asset_for(viewer: Viewer, asset_id: str, action: str) -> Asset:
    """Return an asset to ``view`` (its readers) or to ``change`` (its uploader)."""
    asset = db.session.get(Asset, asset_id)
    if asset is None:
        raise NotFound
    if asset.person_id == viewer.person_id:
        return asset
    if action == "view" and any(admits(viewer, asset_id) for admits in _admissions):
        return asset
    raise NotFound

"""Who keeps the consents of a school, and who may say what stands behind a recording.

The slips of a school are the business of those who answer for it; a recording is its uploader's
and theirs.
"""

from resource_hub.infra.db import db
from resource_hub.kernel.errors import NotFound
from resource_hub.kernel.viewer import Role, Viewer
from resource_hub.media import consent_queries
from resource_hub.media.models import Asset
from resource_hub.people import queries as people
from resource_hub.schools.access import schools_within

KEEPERS = frozenset({Role.PRIVACY_OFFICER, Role.PRINCIPAL, Role.DEAN, Role.HEAD_TEACHER})


def schools_kept_by(viewer: Viewer) -> frozenset[str] | None:
    """Return the schools whose consents the viewer keeps; ``None``: every school."""
    return schools_within(viewer, KEEPERS)


def get_batch_for(viewer: Viewer, batch_id: str) -> consent_queries.BatchFacts:
    """Return a batch of a school that the viewer keeps; NotFound otherwise."""
    batch = consent_queries.batch(batch_id)
    kept = schools_kept_by(viewer)
    if batch is None or (kept is not None and batch.school_id not in kept):
        raise NotFound
    return batch


def get_recording_for(viewer: Viewer, asset_id: str) -> tuple[Asset, str | None]:
    """Return a file with its uploader's school, to the uploader and to those who keep that school; NotFound otherwise."""
    asset = db.session.get(Asset, asset_id)
    if asset is None:
        raise NotFound
    owner = people.person_names([asset.person_id]).get(asset.person_id)
    school_id = owner.school_id if owner else None
    kept = schools_kept_by(viewer)
    if asset.person_id != viewer.person_id and not (kept is None or school_id in kept):
        raise NotFound
    return asset, school_id

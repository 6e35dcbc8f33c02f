"""Whose imports they are: an import is seen and confirmed by who began it, and by nobody else."""

import sqlalchemy as sa

from resource_hub.infra.db import db
from resource_hub.kernel.errors import NotFound
from resource_hub.kernel.viewer import Viewer
from resource_hub.packs.models import ImportBatch


def get_import_for(viewer: Viewer, batch_id: str) -> ImportBatch:
    """Return one's own import as nobody else changes it until this unit ends; NotFound otherwise."""
    own = sa.select(ImportBatch).where(ImportBatch.id == batch_id, ImportBatch.person_id == viewer.person_id)
    batch = db.session.scalar(own.with_for_update())
    if batch is None:
        raise NotFound
    return batch

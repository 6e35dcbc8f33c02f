"""Taking in what was counted from the viewpoints of the frame, by the rules of every batch."""

from resource_hub.infra.db import db
from resource_hub.kernel.errors import NotFound
from resource_hub.observation.frame import QUESTION, check_item
from resource_hub.observation.models import ObservationMark
from resource_hub.observation.schemas import MarkIn
from resource_hub.observation.service.batch import Batch, own, require_open, second_of


def take_mark(batch: Batch, given: MarkIn) -> int:
    """Keep a mark when it is newer and return the version that is kept; level and waiting time are a question's alone."""
    row = db.session.get(ObservationMark, given.id)
    parent = own(batch, given.observation)
    if row is not None and row.observation_id != parent.id:
        raise NotFound
    if row is not None and row.version >= given.version:
        return row.version
    require_open(parent)
    check_item(given.viewpoint, given.item)
    if row is None:
        row = ObservationMark(id=given.id, observation_id=parent.id, client_at=given.made_at, offset_ms=batch.offset_ms)
        row.at = batch.moment_of(given.made_at)
        row.second = second_of(parent, given, row.at)
    row.viewpoint, row.item, row.end = given.viewpoint, given.item, given.end
    row.level, row.wait_ms = (given.level, given.wait_ms) if given.item == QUESTION else (None, None)
    row.is_deleted, row.version = given.is_deleted, given.version
    db.session.add(row)
    db.session.flush()
    return row.version

"""What is offered follows every change of a resource, in the transaction of the change.

Rule: a record once written stays. What is offered no more becomes a deletion that every harvester
who could have seen it is told of.
"""

import sqlalchemy as sa

from resource_hub.infra.db import db
from resource_hub.kernel import clock
from resource_hub.library.events import ResourceChanged
from resource_hub.library.schemas import Licence, Review
from resource_hub.openings import rules
from resource_hub.openings.models import OfferedRecord
from resource_hub.openings.queries import LOCK_EPOCH, OFFER_LOCK
from resource_hub.openings.schemas import Happening
from resource_hub.openings.service.statements import state_publication
from resource_hub.openings.service.webhooks import announce
from resource_hub.openings.works import state_of

_OPEN = frozenset({Licence.L4, Licence.L5})


def follow(event: ResourceChanged) -> None:
    """Write down what is offered of a changed resource from now on, and announce that it began or ended."""
    record = db.session.get(OfferedRecord, event.resource_id, with_for_update=True, populate_existing=True)
    state = state_of(event.resource_id)
    is_offered = state is not None and state.review is Review.DISTRICT_PUBLISHED and state.is_for_everyone
    if record is None and not is_offered:
        return
    was_offered = record is not None and not record.is_deleted
    if not is_offered and not was_offered:
        return
    if record is None:
        record = OfferedRecord(resource_id=event.resource_id, was_open=False)
        db.session.add(record)
    record.is_deleted = not is_offered
    record.is_open = is_offered and state is not None and state.licence in _OPEN
    record.was_open = record.was_open or record.is_open
    if state is not None:
        record.subject = state.subject
    _stamp(record)
    db.session.flush()
    if is_offered and not was_offered:
        state_publication(event.resource_id)
    if is_offered != was_offered:
        announce(Happening.PUBLISHED if is_offered else Happening.WITHDRAWN, event.resource_id)


def _stamp(record: OfferedRecord) -> None:
    """Give the record the datestamp of now; while our transaction is open, harvests end before it (``queries.horizon``)."""
    record.datestamp = rules.datestamp(clock.now(), record.datestamp)
    if db.session.get_bind().dialect.name == "postgresql":
        since = int(record.datestamp.timestamp()) - LOCK_EPOCH
        db.session.execute(sa.select(sa.func.pg_advisory_xact_lock_shared(sa.cast(OFFER_LOCK, sa.Integer), sa.cast(since, sa.Integer))))

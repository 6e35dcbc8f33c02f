"""What the learning record store is told, written with its cause; nothing while no store is set."""

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa

from resource_hub.infra.db import db
from resource_hub.kernel import clock
from resource_hub.library.events import ResourceUsed, VersionPublished
from resource_hub.openings import rules, xapi
from resource_hub.openings.models import LearningStatement
from resource_hub.openings.queries import is_offered
from resource_hub.openings.works import resources_holding, state_of
from resource_hub.openings.xapi import Deed, Verb


def state_use(event: ResourceUsed) -> None:
    """Tell that somebody taught with a resource."""
    now = clock.now()
    _tell(Verb.USED, event.person_id, event.resource_id, now.isoformat(), now, {"pupils": event.pupils})


def state_publication(resource_id: str) -> None:
    """Tell that a resource began to be published in the district, in its author's name."""
    _tell_of_author(resource_id, 1)


def state_version(event: VersionPublished) -> None:
    """Tell that the author published a new version."""
    if event.number > 1:
        _tell_of_author(event.resource_id, event.number)


def state_view(person_id: str, resource_id: str, day: str) -> None:
    """Tell that somebody looked at a resource that day."""
    _tell(Verb.VIEWED, person_id, resource_id, day, clock.now())


def state_play(person_id: str, asset_id: str, day: str) -> None:
    """Tell that somebody played a recording that day, once for each resource that it stands in."""
    for resource_id in resources_holding(asset_id):
        _tell(Verb.PLAYED, person_id, resource_id, day, clock.now())


def settle_statements(ids: Collection[str]) -> None:
    """Note that the store has these statements, or refused them for good; forget what was settled long ago."""
    now = clock.now()
    db.session.execute(sa.update(LearningStatement).where(LearningStatement.id.in_(ids)).values(settled_at=now))
    db.session.execute(sa.delete(LearningStatement).where(LearningStatement.settled_at < now - rules.STATEMENTS_KEPT))


def _tell_of_author(resource_id: str, number: int) -> None:
    state = state_of(resource_id) if xapi.is_on() else None
    if state is not None:
        _tell(Verb.PUBLISHED, state.author_id, resource_id, str(number), clock.now(), {"version": number})


def _tell(verb: Verb, person_id: str, resource_id: str, key: str, at: datetime, extensions: dict[str, object] | None = None) -> None:
    if not xapi.is_on() or not is_offered(resource_id):
        return
    ident = xapi.id_of(verb, person_id, resource_id, key)
    state = state_of(resource_id)
    if state is None or db.session.get(LearningStatement, ident) is not None:
        return
    told = xapi.statement(Deed(verb, person_id, resource_id, state.title, key, at), extensions)
    db.session.add(LearningStatement(id=ident, body=told, created_at=at))

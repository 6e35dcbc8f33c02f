"""What every change of a resource ends with: its audience is kept anew, and others are told."""

import sqlalchemy as sa

from resource_hub.curriculum import queries as curriculum
from resource_hub.infra import unit
from resource_hub.infra.db import db
from resource_hub.library import rules
from resource_hub.library.events import ResourceChanged
from resource_hub.library.models import Resource, ResourceScope
from resource_hub.library.schemas import Review
from resource_hub.schools import queries as schools


def tell_change(resource: Resource) -> None:
    """Write down who may see the resource now and record ResourceChanged.

    Withdrawing leaves the words as they were: the tombstone is for those who could see the work.
    """
    db.session.flush()
    if resource.review is not Review.WITHDRAWN:
        words = rules.audience(
            resource.review, resource.licence, resource.author_id, resource.school_id, resource.subject,
            is_revision=resource.revises_id is not None,
        )  # fmt: skip
        db.session.execute(sa.delete(ResourceScope).where(ResourceScope.resource_id == resource.id))
        db.session.execute(sa.insert(ResourceScope), [{"resource_id": resource.id, "word": word} for word in sorted(words)])
    unit.record(ResourceChanged(resource.id))


def subject_of(node_id: str | None) -> str | None:
    """Return the code of the subject that a place belongs to, as roles name it."""
    if node_id is None:
        return None
    place = curriculum.place_of(node_id)
    return rules.subject_code(place.stage, place.subject, schools.subject_names())

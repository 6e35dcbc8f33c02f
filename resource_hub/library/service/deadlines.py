"""What happens when nobody reviewed in time: the next one up is told, once for each stage."""

import sqlalchemy as sa

from resource_hub.inbox import service as inbox
from resource_hub.infra.db import db
from resource_hub.kernel import clock
from resource_hub.kernel.refs import Ref
from resource_hub.kernel.viewer import Duty, Role
from resource_hub.library import rules
from resource_hub.library.models import Complaint, Resource
from resource_hub.library.schemas import ComplaintState, Review
from resource_hub.library.service import complaints, notices
from resource_hub.schools import queries as schools

_MOST = 100
"""In one run; the next goes on with what is left."""


def escalate() -> int:
    """Tell of reviews and complaints whose time has passed; returns how many. To be called in a unit of its own."""
    return _overdue_reviews() + _overdue_complaints()


def _overdue_reviews() -> int:
    is_late = sa.and_(Resource.review.in_(rules.UNDER_REVIEW), Resource.due_on < schools.today(), Resource.escalated_at.is_(None))
    late = db.session.scalars(sa.select(Resource).where(is_late).order_by(Resource.due_on).limit(_MOST).with_for_update()).all()
    for resource in late:
        resource.escalated_at = clock.now()
        inbox.deliver(_next_up(resource), notices.OVERDUE, Ref("resource", resource.id), due=resource.due_on)
    return len(late)


def _next_up(resource: Resource) -> list[str]:
    """Dean and principal answer for their school's review, the district's administrators for all that nobody else does."""
    heads = notices.holders_of(Duty.SCHOOL_REVIEW, resource, (Role.DEAN, Role.PRINCIPAL)) if resource.review is Review.SUBMITTED else []
    return heads or notices.holders_of(Duty.MANAGE, resource, (Role.DISTRICT_ADMIN,))


def _overdue_complaints() -> int:
    is_late = sa.and_(Complaint.state == ComplaintState.OPEN, Complaint.due_at < clock.now(), Complaint.flagged_at.is_(None))
    late = db.session.scalars(sa.select(Complaint).where(is_late).order_by(Complaint.due_at).limit(_MOST).with_for_update()).all()
    for complaint in late:
        complaint.flagged_at = clock.now()
        complaints.tell_handlers(complaint, urgent=True)
    return len(late)

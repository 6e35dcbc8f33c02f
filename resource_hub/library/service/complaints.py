"""Complaints about a resource: anyone who sees it may raise one; its managers answer within a day."""

from datetime import timedelta

from resource_hub.audit import service as audit
from resource_hub.inbox import service as inbox
from resource_hub.infra.db import db
from resource_hub.infra.features import hub
from resource_hub.kernel import clock
from resource_hub.kernel.errors import N_, Conflict, Invalid
from resource_hub.kernel.ids import new_id
from resource_hub.kernel.refs import Ref
from resource_hub.kernel.viewer import Duty, Viewer
from resource_hub.library.access import get_complaint_for, get_resource_for
from resource_hub.library.models import Complaint, Resource
from resource_hub.library.schemas import COMPLAINT_LABELS, AnswerIn, ComplaintIn, ComplaintState, Review
from resource_hub.library.service import notices, review

ANSWERED_WITHIN = timedelta(hours=24)
"""Take-down, domain handbook §2.5."""


class AlreadyAnswered(Conflict):
    code, message = "already_answered", N_("这条投诉已经处理过了。请刷新页面查看结果。")


def complain(viewer: Viewer, given: ComplaintIn) -> Complaint:
    """Raise a complaint and give it to those who may hide the resource."""
    resource = get_resource_for(viewer, given.resource_id, "view")
    now = clock.now()
    complaint = Complaint(
        id=new_id("cpl"), resource_id=resource.id, person_id=viewer.person_id, kind=given.kind, text=given.text,
        state=ComplaintState.OPEN, created_at=now, due_at=now + ANSWERED_WITHIN,
    )  # fmt: skip
    db.session.add(complaint)
    db.session.flush()
    audit.note(viewer, "complaint.raised", Ref("complaint", complaint.id), details={"resource": resource.id, "kind": given.kind.value})
    tell_handlers(complaint, urgent=False)
    return complaint


def answer_complaint(viewer: Viewer, complaint_id: str, given: AnswerIn) -> Complaint:
    """End a complaint with words for who raised it; HIDDEN withdraws the resource in the same unit."""
    complaint, resource = get_complaint_for(viewer, complaint_id, "answer")
    if given.outcome is ComplaintState.OPEN:
        raise Invalid(fields={"outcome": N_("请选择处理结果。")})
    if complaint.state is not ComplaintState.OPEN:
        raise AlreadyAnswered
    complaint.state, complaint.answer = given.outcome, given.answer
    complaint.answered_by, complaint.answered_at = viewer.person_id, clock.now()
    if given.outcome is ComplaintState.HIDDEN and resource.review is not Review.WITHDRAWN:
        review.withdraw(viewer, resource, COMPLAINT_LABELS[complaint.kind])
    ref = Ref("complaint", complaint.id)
    audit.note(viewer, "complaint.answered", ref, details={"resource": resource.id, "outcome": given.outcome.value})
    inbox.settle(notices.COMPLAINT, ref)
    inbox.deliver([complaint.person_id], notices.ANSWERED, ref)
    return complaint


def tell_handlers(complaint: Complaint, *, urgent: bool) -> None:
    """Give the task of answering to all who may hide the resource."""
    resource = db.session.get_one(Resource, complaint.resource_id)
    due = complaint.due_at.astimezone(hub().settings.zone).date()
    inbox.deliver(notices.holders_of(Duty.MANAGE, resource), notices.COMPLAINT, Ref("complaint", complaint.id), due=due, urgent=urgent)

"""The way of review, one verb a step. Whoever reviews is never the author."""

from resource_hub.audit import service as audit
from resource_hub.infra import unit
from resource_hub.infra.db import db
from resource_hub.kernel import clock
from resource_hub.kernel.errors import N_, Conflict
from resource_hub.kernel.ids import new_id
from resource_hub.kernel.refs import Ref
from resource_hub.kernel.viewer import Viewer
from resource_hub.library import rules
from resource_hub.library.access import get_resource_for
from resource_hub.library.events import ResourceReviewed
from resource_hub.library.models import Resource, ReviewStep
from resource_hub.library.schemas import Review
from resource_hub.library.service.changes import tell_change


class NothingToReview(Conflict):
    code, message = "nothing_to_review", N_("这份资源还没有任何文件,请先上传文件再提交校审。")


def submit_resource(viewer: Viewer, resource_id: str) -> Resource:
    """Hand one's own draft to the school's reviewers."""
    resource = get_resource_for(viewer, resource_id, "change")
    if not resource.files:
        raise NothingToReview
    return _step(viewer, resource, "submit", "")


def approve_for_school(viewer: Viewer, resource_id: str) -> Resource:
    """Publish in school and community; by a reviewer of the school who is not the author."""
    resource = get_resource_for(viewer, resource_id, "school_review")
    _not_own(viewer, resource)
    return _step(viewer, resource, "school_approve", "")


def return_resource(viewer: Viewer, resource_id: str, reason: str) -> Resource:
    """Give a submitted resource back to its author with a reason."""
    resource = get_resource_for(viewer, resource_id, "review")
    _not_own(viewer, resource)
    return _step(viewer, resource, "return", reason)


def propose_to_district(viewer: Viewer, resource_id: str) -> Resource:
    """Propose a school publication to the district's researchers."""
    return _step(viewer, get_resource_for(viewer, resource_id, "propose"), "propose", "")


def approve_for_district(viewer: Viewer, resource_id: str) -> Resource:
    """Publish as far as the licence allows; by a researcher of the subject."""
    resource = get_resource_for(viewer, resource_id, "district_review")
    _not_own(viewer, resource)
    return _step(viewer, resource, "district_approve", "")


def archive_resource(viewer: Viewer, resource_id: str) -> Resource:
    """Put a published resource out of the lists; its author keeps it."""
    return _step(viewer, get_resource_for(viewer, resource_id, "withdraw"), "archive", "")


def withdraw_resource(viewer: Viewer, resource_id: str, reason: str) -> Resource:
    """Hide a resource at once; others find a tombstone."""
    return _step(viewer, get_resource_for(viewer, resource_id, "withdraw"), "withdraw", reason)


def _step(viewer: Viewer, resource: Resource, verb: str, note: str) -> Resource:
    now = clock.now()
    before = resource.review
    resource.review = rules.next_state(resource.review, verb)
    resource.review_note = note
    resource.updated_at = now
    if resource.review in (Review.SCHOOL_PUBLISHED, Review.DISTRICT_PUBLISHED):
        resource.published_at = resource.published_at or now
    db.session.add(
        ReviewStep(
            id=new_id("rev"), resource_id=resource.id, person_id=viewer.person_id, verb=verb,
            state=resource.review, note=note, at=now,
        )
    )  # fmt: skip
    details = {"from": before.value, "to": resource.review.value, "note": note}
    audit.note(viewer, f"resource.{verb}", Ref("resource", resource.id), details=details)
    unit.record(ResourceReviewed(resource.id, verb, viewer.person_id))
    tell_change(resource)
    return resource


def _not_own(viewer: Viewer, resource: Resource) -> None:
    if resource.author_id == viewer.person_id:
        raise rules.OwnWork

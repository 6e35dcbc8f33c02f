"""The way of review, one verb a step. Whoever reviews is never the author.

A review is four checks, written down one by one; only a work that passed all four is approved.
Nothing is bound to one reviewer: whoever has the duty today finds the work in the queue.
"""

from collections.abc import Sequence

import sqlalchemy as sa

from resource_hub.audit import service as audit
from resource_hub.infra import unit
from resource_hub.infra.db import db
from resource_hub.kernel import clock
from resource_hub.kernel.errors import N_, Conflict, Invalid
from resource_hub.kernel.ids import new_id
from resource_hub.kernel.refs import Ref
from resource_hub.kernel.viewer import Viewer
from resource_hub.library import rules
from resource_hub.library.access import get_resource_for
from resource_hub.library.events import ResourceReviewed
from resource_hub.library.models import Resource, ResourceFile, ReviewCheck, ReviewStep
from resource_hub.library.queries import open_revision_of
from resource_hub.library.schemas import Check, CheckIn, Review, Verdict
from resource_hub.library.service import notices
from resource_hub.library.service.changes import tell_change
from resource_hub.library.service.versions import apply_revision, publish_version
from resource_hub.media import queries as media
from resource_hub.media.schemas import Standing
from resource_hub.media.service import consents
from resource_hub.schools import queries as schools


class NothingToReview(Conflict):
    code = "nothing_to_review"
    message = N_("这份资源还没有任何文件，也没有在线写的教学设计。请先上传文件，或在线写好教学设计，再提交校审。")


class OpenReason(Conflict):
    code, message = "open_reason", N_("这份资源上次退回过，请单独打开，核对退回的原因是否已改好。")


def submit_resource(viewer: Viewer, resource_id: str) -> Resource:
    """Hand one's own draft to the school's reviewers."""
    resource = get_resource_for(viewer, resource_id, "change")
    if not resource.files and resource.plan is None:
        raise NothingToReview
    return _step(viewer, resource, "submit", "")


def approve_for_school(viewer: Viewer, resource_id: str, checks: Sequence[CheckIn] | None = None, *, vouches: bool = False) -> Resource:
    """Publish in school and community; by a reviewer of the school who is not the author.

    ``None`` says that all four checks were made and passed; who ``vouches`` also answers for recordings
    of which nobody said yet why they may be shown. A revision of what the school published
    becomes its next version; one of what the district published goes on to the district.
    """
    resource = get_resource_for(viewer, resource_id, "school_review")
    return _approve(viewer, resource, "school_approve", checks, vouches=vouches)


def check_no_open_reason(resource: Resource) -> None:
    """Raise OpenReason for a work that was given back last: whether it was mended is seen by opening it."""
    decided = ("return", "school_approve", "district_approve")
    query = sa.select(ReviewStep.verb).where(ReviewStep.resource_id == resource.id, ReviewStep.verb.in_(decided))
    if db.session.scalar(query.order_by(ReviewStep.at.desc(), ReviewStep.id.desc()).limit(1)) == "return":
        raise OpenReason


def return_resource(viewer: Viewer, resource_id: str, reason: str, checks: Sequence[CheckIn] = ()) -> Resource:
    """Give a submitted resource back to its author with at least one reason, said as a whole or at a check."""
    resource = get_resource_for(viewer, resource_id, "review")
    _not_own(viewer, resource)
    _check_step(resource, "return")
    note = rules.reasons_of_return(reason, checks, _places(resource, checks))
    _write_checks(viewer, resource, checks)
    return _step(viewer, resource, "return", note)


def propose_to_district(viewer: Viewer, resource_id: str) -> Resource:
    """Propose a school publication to the district's researchers."""
    return _step(viewer, get_resource_for(viewer, resource_id, "propose"), "propose", "")


def approve_for_district(viewer: Viewer, resource_id: str, checks: Sequence[CheckIn] | None = None, *, vouches: bool = False) -> Resource:
    """Publish as far as the licence allows; by a researcher of the subject. The rest as for the school."""
    resource = get_resource_for(viewer, resource_id, "district_review")
    return _approve(viewer, resource, "district_approve", checks, vouches=vouches)


def archive_resource(viewer: Viewer, resource_id: str) -> Resource:
    """Put a published resource out of the lists; its author keeps it."""
    return _step(viewer, get_resource_for(viewer, resource_id, "withdraw"), "archive", "")


def withdraw_resource(viewer: Viewer, resource_id: str, reason: str) -> Resource:
    """Hide a resource at once; others find a tombstone."""
    return withdraw(viewer, get_resource_for(viewer, resource_id, "withdraw"), reason)


def withdraw(viewer: Viewer | None, resource: Resource, reason: str) -> Resource:
    """The same for a resource that was fetched with another right; ``None`` is the platform itself."""
    return _step(viewer, resource, "withdraw", reason)


def hide_recordings(asset_ids: Sequence[str], reason: str) -> None:
    """Withdraw every published resource that holds one of these assets, in the caller's unit."""
    holding = sa.select(ResourceFile.resource_id).where(ResourceFile.asset_id.in_(asset_ids))
    query = sa.select(Resource).where(Resource.id.in_(holding), Resource.review.in_(rules.PUBLISHED)).order_by(Resource.id)
    for resource in db.session.scalars(query.with_for_update()).all():
        withdraw(None, resource, reason)


def _approve(viewer: Viewer, resource: Resource, verb: str, checks: Sequence[CheckIn] | None, *, vouches: bool) -> Resource:
    _not_own(viewer, resource)
    _check_step(resource, verb)
    made = [CheckIn(check=one, verdict=Verdict.PASSED) for one in Check] if checks is None else checks
    rules.check_approval(made)
    _check_consent(viewer, resource, verb, vouches=vouches)
    _places(resource, made)
    _write_checks(viewer, resource, made)
    return _step(viewer, resource, verb, "")


def _check_consent(viewer: Viewer, resource: Resource, verb: str, *, vouches: bool) -> None:
    """Raise ConsentNeeded when a recording would go further than the parents of the class were asked."""
    needed = rules.reach_of_approval(resource.licence, verb)
    if needed is None:
        return
    assets = [file.asset_id for file in resource.files]
    refused = {asset_id: consent.state for asset_id, consent in media.consent_of(assets, needed).items() if not consent.allows}
    if vouches and set(refused.values()) <= {Standing.MISSING}:
        consents.vouch(viewer, list(refused))
    elif refused:
        raise rules.ConsentNeeded


def _step(viewer: Viewer | None, resource: Resource, verb: str, note: str) -> Resource:
    now = clock.now()
    by = viewer.person_id if viewer else ""
    before = resource.review
    resource.review = _check_step(resource, verb)
    resource.review_note = note
    resource.updated_at = now
    resource.due_on = schools.working_day_after(schools.today(), rules.REVIEW_DAYS) if resource.review in rules.UNDER_REVIEW else None
    resource.escalated_at = None
    db.session.add(
        ReviewStep(
            id=new_id("rev"), resource_id=resource.id, person_id=by, verb=verb,
            state=resource.review, note=note, at=now,
        )
    )  # fmt: skip
    details = {"from": before.value, "to": resource.review.value, "note": note}
    audit.note(viewer, f"resource.{verb}", Ref("resource", resource.id), details=details)
    if resource.review in (Review.SCHOOL_PUBLISHED, Review.DISTRICT_PUBLISHED):
        resource.published_at = resource.published_at or now
        publish_version(resource)
    elif resource.revises_id and resource.review is Review.ARCHIVED:
        apply_revision(resource)
    elif verb in ("archive", "withdraw"):
        _end_revision_of(viewer, resource)
    unit.record(ResourceReviewed(resource.id, verb, by))
    tell_change(resource)
    notices.tell_step(resource, verb, by)
    return resource


def _check_step(resource: Resource, verb: str) -> Review:
    """Return the state after ``verb``; WrongStep when it is not possible now."""
    if resource.revises_id is None:
        return rules.next_state(resource.review, verb)
    # Locked, so that what is decided about the origin still holds when its revision is applied.
    origin = db.session.get_one(Resource, resource.revises_id, with_for_update=True)
    return rules.next_state_of_revision(resource.review, verb, origin.review)


def _end_revision_of(viewer: Viewer | None, resource: Resource) -> None:
    """A revision of what is not there any more leaves the queues; its author keeps it."""
    revision = open_revision_of(resource.id)
    if revision is not None:
        _step(viewer, revision, "withdraw", "")


def _write_checks(viewer: Viewer, resource: Resource, checks: Sequence[CheckIn]) -> None:
    db.session.add_all(
        ReviewCheck(
            id=new_id("chk"), resource_id=resource.id, asset_id=one.asset_id, check=one.check, verdict=one.verdict,
            reason=one.reason, person_id=viewer.person_id, at=clock.now(),
        )
        for one in checks
    )  # fmt: skip


def _places(resource: Resource, checks: Sequence[CheckIn]) -> dict[str, tuple[int, str]]:
    """Return place and name of each file; Invalid when a check names a file that is not one of these."""
    assets = [file.asset_id for file in resource.files]
    if any(one.asset_id not in (None, *assets) for one in checks):
        raise Invalid(fields={"checks": N_("这份资源里没有这个文件，请刷新页面后再审。")})
    views = media.asset_views(assets)
    return {asset_id: (number, views[asset_id].filename) for number, asset_id in enumerate(assets, 1) if asset_id in views}


def _not_own(viewer: Viewer, resource: Resource) -> None:
    if resource.author_id == viewer.person_id:
        raise rules.OwnWork

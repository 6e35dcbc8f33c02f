"""Who may do what with a draft or a resource: fetched and authorised in one call.

What a viewer may not see does not exist for them (404); what they may see but not do is 403;
a withdrawn resource that they once could see is 410. Rule: lists ask ``visible_to`` inside
their query; nothing is filtered afterwards.
"""

import sqlalchemy as sa

from resource_hub.infra.db import db
from resource_hub.kernel.errors import N_, Gone, NotAllowed, NotFound
from resource_hub.kernel.viewer import Duty, Viewer, duty_words
from resource_hub.library.models import (
    Complaint,
    Draft,
    PlanPicture,
    Resource,
    ResourceFile,
    ResourceScope,
    ResourceVersion,
    ResourceVersionFile,
)
from resource_hub.library.schemas import Review
from resource_hub.media import queries as media
from resource_hub.search.access import scopes_of


def school_to_share_from(viewer: Viewer) -> str:
    """Return the school whose works the viewer's are; NotAllowed for whoever belongs to none."""
    if viewer.school_id is None:
        raise NotAllowed(N_("区级人员不直接上传资源。请用学校教师的账号上传，再由您审核。"))
    return viewer.school_id


def get_draft_for(viewer: Viewer, draft_id: str) -> Draft:
    """Return the viewer's own draft; NotFound otherwise."""
    return _own(viewer, db.session.get(Draft, draft_id))


def get_draft_to_change_for(viewer: Viewer, draft_id: str) -> Draft:
    """Return the viewer's own draft as nobody else changes it until this unit ends; NotFound otherwise."""
    return _own(viewer, db.session.get(Draft, draft_id, with_for_update=True, populate_existing=True))


def get_resource_for(viewer: Viewer, resource_id: str, action: str) -> Resource:
    """Return a resource for ``view``, ``change``, ``download``, ``review``, ``school_review``,
    ``district_review``, ``propose`` or ``withdraw``.
    """
    resource, actions = open_resource_for(viewer, resource_id)
    if action not in actions:
        raise NotAllowed
    return resource


def open_resource_for(viewer: Viewer, resource_id: str) -> tuple[Resource, frozenset[str]]:
    """Return a resource and what the viewer may do with it; NotFound or Gone otherwise."""
    scopes = scopes_of(viewer)
    resource = db.session.scalar(sa.select(Resource).where(Resource.id == resource_id, visible_to(scopes)))
    if resource is None:
        raise NotFound
    if resource.review is Review.WITHDRAWN and resource.author_id != viewer.person_id:
        raise Gone
    return resource, _actions_of(viewer, scopes, resource)


def get_complaint_for(viewer: Viewer, complaint_id: str, action: str) -> tuple[Complaint, Resource]:
    """Return a complaint and what it is about, to ``view`` (who raised it, and who answers it) or to ``answer``."""
    complaint = db.session.get(Complaint, complaint_id, with_for_update=action == "answer", populate_existing=True)
    if complaint is None:
        raise NotFound
    resource = db.session.get_one(Resource, complaint.resource_id)
    if answers_for(viewer, resource):
        return complaint, resource
    if complaint.person_id != viewer.person_id:
        raise NotFound
    if action == "answer":
        raise NotAllowed
    return complaint, resource


def answers_for(viewer: Viewer, resource: Resource) -> bool:
    """True for whoever may take a resource down by duty; never for its author."""
    words = duty_words(Duty.MANAGE, resource.school_id, resource.subject)
    return resource.author_id != viewer.person_id and bool(words & scopes_of(viewer))


def is_open_to(viewer: Viewer, resource_id: str) -> bool:
    """True when the page of the resource shows this viewer more than a tombstone."""
    return db.session.scalar(sa.select(Resource.id).where(Resource.id == resource_id, opens_to(viewer))) is not None


def visible_to(scopes: frozenset[str]) -> sa.ColumnElement[bool]:
    """Return the condition that a resource (or its tombstone) exists for who holds these scope words."""
    return sa.exists().where(ResourceScope.resource_id == Resource.id, ResourceScope.word.in_(scopes))


def opens_to(viewer: Viewer) -> sa.ColumnElement[bool]:
    """Return the condition that the page of a resource shows this viewer more than a tombstone: their own withdrawn works too."""
    return shown_to(viewer) | sa.and_(Resource.author_id == viewer.person_id, visible_to(scopes_of(viewer)))


def shown_to(viewer: Viewer) -> sa.ColumnElement[bool]:
    """Return the condition that this viewer may see a resource, tombstones left out."""
    return sa.and_(Resource.review != Review.WITHDRAWN, visible_to(scopes_of(viewer)))


def admits_to_asset(viewer: Viewer, asset_id: str) -> bool:
    """True when some resource that the viewer can see holds the asset, now or in a version published before.

    A recording whose consent was taken back or ran out is shown to nobody, whatever holds it.
    """
    if media.consent_of([asset_id])[asset_id].is_over:
        return False
    now = sa.select(ResourceFile.resource_id).where(ResourceFile.asset_id == asset_id)
    before = sa.select(ResourceVersion.resource_id).join(ResourceVersionFile).where(ResourceVersionFile.asset_id == asset_id)
    shown = sa.select(PlanPicture.resource_id).where(PlanPicture.asset_id == asset_id)
    is_holder = Resource.id.in_(now.union(before, shown))
    return db.session.scalar(sa.select(Resource.id).where(is_holder, shown_to(viewer)).limit(1)) is not None


def _actions_of(viewer: Viewer, scopes: frozenset[str], resource: Resource) -> frozenset[str]:
    found = {"view", "download"}
    if resource.author_id == viewer.person_id:
        found |= {"change", "propose", "withdraw"}
    for duty, given in _ACTIONS_OF_DUTY.items():
        if duty_words(duty, resource.school_id, resource.subject) & scopes:
            found |= given
    return frozenset(found)


_ACTIONS_OF_DUTY = {
    Duty.SCHOOL_REVIEW: frozenset({"review", "school_review", "propose"}),
    Duty.DISTRICT_REVIEW: frozenset({"review", "district_review"}),
    Duty.MANAGE: frozenset({"withdraw"}),
}


def _own(viewer: Viewer, draft: Draft | None) -> Draft:
    if draft is None or draft.person_id != viewer.person_id:
        raise NotFound
    return draft

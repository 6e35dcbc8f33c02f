"""Who may do what with a draft or a resource: fetched and authorised in one call.

What a viewer may not see does not exist for them (404); what they may see but not do is 403;
a withdrawn resource that they once could see is 410.
"""

import sqlalchemy as sa

from resource_hub.curriculum import queries as curriculum
from resource_hub.infra.db import db
from resource_hub.kernel.errors import Gone, NotAllowed, NotFound
from resource_hub.kernel.viewer import SCHOOL_REVIEWERS, Role, Viewer
from resource_hub.library import rules
from resource_hub.library.models import Draft, Resource, ResourceFile
from resource_hub.library.schemas import Review
from resource_hub.schools import queries as schools

_MANAGERS = frozenset({Role.DEAN, Role.PRINCIPAL})


def get_draft_for(viewer: Viewer, draft_id: str) -> Draft:
    """Return the viewer's own draft; NotFound otherwise."""
    draft = db.session.get(Draft, draft_id)
    if draft is None or draft.person_id != viewer.person_id:
        raise NotFound
    return draft


def get_resource_for(viewer: Viewer, resource_id: str, action: str) -> Resource:
    """Return a resource for ``view``, ``change``, ``download``, ``review``, ``school_review``,
    ``district_review``, ``propose`` or ``withdraw``.
    """
    resource = db.session.get(Resource, resource_id)
    if resource is None or not can_see(viewer, resource):
        raise NotFound
    if resource.review is Review.WITHDRAWN and resource.author_id != viewer.person_id:
        raise Gone
    if action not in actions_of(viewer, resource):
        raise NotAllowed
    return resource


def can_see(viewer: Viewer, resource: Resource) -> bool:
    """True when the resource (or its tombstone) exists for this viewer."""
    shown = Review.DISTRICT_PUBLISHED if resource.review is Review.WITHDRAWN and resource.published_at else resource.review
    words = rules.audience(
        shown, resource.licence, resource.author_id, resource.school_id, schools.communities_of_school(resource.school_id)
    )
    return bool(words & viewer.scopes)


def actions_of(viewer: Viewer, resource: Resource) -> frozenset[str]:
    """Return what the viewer may do with a resource that they can see."""
    found = {"view", "download"}
    is_author = resource.author_id == viewer.person_id
    subject = _subject_code(resource.node_id)
    if is_author:
        found |= {"change", "propose", "withdraw"}
    if viewer.holds(SCHOOL_REVIEWERS, school_id=resource.school_id, subject=subject):
        found |= {"review", "school_review", "propose"}
    if viewer.holds({Role.RESEARCHER, Role.DISTRICT_ADMIN}, subject=subject):
        found |= {"review", "district_review"}
    if viewer.holds(_MANAGERS | {Role.DISTRICT_ADMIN}, school_id=resource.school_id):
        found.add("withdraw")
    return frozenset(found)


def _subject_code(node_id: str | None) -> str | None:
    """Return the code under which roles name the subject of a curriculum node."""
    if node_id is None:
        return None
    title = curriculum.place_of(node_id).subject.partition("·")[0]
    return next((code for code, name in schools.subject_names().items() if name == title), None)


def admits_to_asset(viewer: Viewer, asset_id: str) -> bool:
    """True when some resource that the viewer can see holds the asset."""
    holders = db.session.scalars(
        sa.select(Resource).join(ResourceFile, ResourceFile.resource_id == Resource.id).where(ResourceFile.asset_id == asset_id)
    )
    return any(can_see(viewer, r) and r.review is not Review.WITHDRAWN for r in holders)

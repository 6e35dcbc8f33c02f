"""The form on the server: saved while it is typed, never checked, never lost."""

import sqlalchemy as sa

from resource_hub.infra.db import db
from resource_hub.kernel import clock
from resource_hub.kernel.ids import new_id
from resource_hub.kernel.viewer import Viewer
from resource_hub.library import rules
from resource_hub.library.access import get_draft_for, get_draft_to_change_for, get_resource_for, school_to_share_from
from resource_hub.library.models import Draft, Resource
from resource_hub.library.planning import keeping
from resource_hub.library.queries import open_revision_of
from resource_hub.library.schemas import DraftIn
from resource_hub.media import service as media

_MOST_LEFT_OUT = 500


def open_draft(viewer: Viewer) -> Draft:
    """Begin a draft; NotAllowed for whoever belongs to no school, before they fill in anything."""
    school_to_share_from(viewer)
    now = clock.now()
    draft = Draft(id=new_id("drf"), person_id=viewer.person_id, fields={}, created_at=now, updated_at=now)
    db.session.add(draft)
    db.session.flush()
    return draft


def mend_resource(viewer: Viewer, resource_id: str) -> Draft:
    """Return the draft that changes one's own work: the one begun before, or one filled from it.

    Turned in (``create_resource``) it changes a draft or returned resource in place and makes a
    revision of a published one; a revision that was begun already is changed itself. Raises
    WrongStep for what is under review, or whose revision is.
    """
    resource = get_resource_for(viewer, resource_id, "change")
    if resource.review in rules.PUBLISHED:
        resource = open_revision_of(resource.id) or resource
    if resource.review not in rules.EDITABLE and (resource.review not in rules.PUBLISHED or resource.revises_id):
        raise rules.WrongStep(state=resource.review.value)
    begun = sa.select(Draft).where(Draft.person_id == viewer.person_id, Draft.edits_id == resource.id, Draft.resource_id.is_(None))
    draft = db.session.scalar(begun.order_by(Draft.updated_at.desc()).limit(1))
    if draft is None:
        draft = open_draft(viewer)
        draft.edits_id, draft.fields = resource.id, _fields_of(resource)
    media.move_uploads(viewer, [file.asset_id for file in resource.files], draft.id)
    return draft


def save_draft(viewer: Viewer, draft_id: str, given: DraftIn) -> Draft:
    """Keep the fields that were given; the others stay as they were."""
    draft = get_draft_to_change_for(viewer, draft_id)
    fields = given.model_dump(exclude_unset=True, exclude={"plan"})
    if "plan" in given.model_fields_set:
        fields["plan"] = keeping.kept(given.plan) if given.plan is not None else None
    draft.fields = {**draft.fields, **fields}
    draft.updated_at = clock.now()
    return draft


def leave_out(viewer: Viewer, draft_id: str, upload_id: str) -> None:
    """Leave a finished file out of a draft from now on; its bytes stay, since another work may hold them."""
    draft = get_draft_to_change_for(viewer, draft_id)
    out = [*draft.fields.get(rules.LEFT_OUT, ()), upload_id]
    draft.fields = {**draft.fields, rules.LEFT_OUT: list(dict.fromkeys(out))[-_MOST_LEFT_OUT:]}
    draft.updated_at = clock.now()


def discard_draft(viewer: Viewer, draft_id: str) -> None:
    """Forget a draft; its finished files stay with the uploader until they are swept."""
    db.session.delete(get_draft_for(viewer, draft_id))


def _fields_of(resource: Resource) -> dict[str, object]:
    return {
        "title": resource.title,
        "kind": resource.kind.value,
        "node_id": resource.node_id,
        "licence": resource.licence.value,
        "summary": resource.summary,
        "keywords": list(resource.keywords),
        "author_name": resource.author_name,
        "third_party": resource.third_party,
        "village_fit": resource.village_fit.value if resource.village_fit else "",
        "literacies": list(resource.literacies),
        "difficulty": str(resource.difficulty or ""),
        "audience": resource.audience.value if resource.audience else "",
        "change_note": resource.change_note,
        "plan": resource.plan,
    }

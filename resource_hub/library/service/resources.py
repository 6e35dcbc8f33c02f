"""Making and changing resources."""

import hashlib
import json
from collections.abc import Mapping

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from resource_hub.audit import service as audit
from resource_hub.curriculum import queries as curriculum
from resource_hub.infra.db import db
from resource_hub.kernel import clock
from resource_hub.kernel.errors import N_, Conflict, Invalid, NotFound
from resource_hub.kernel.ids import new_id
from resource_hub.kernel.refs import Ref
from resource_hub.kernel.viewer import Viewer
from resource_hub.library import rules
from resource_hub.library.access import get_resource_for, school_to_share_from
from resource_hub.library.lesson_plan import Plan
from resource_hub.library.models import Draft, IdempotentReply, Resource, ResourceFile
from resource_hub.library.planning import keeping
from resource_hub.library.queries import open_revision_of
from resource_hub.library.schemas import ResourceChange, ResourceIn, Review
from resource_hub.library.service import notices
from resource_hub.library.service.changes import subject_of, tell_change
from resource_hub.library.service.plans import check_kind, set_plan
from resource_hub.library.service.versions import begin_revision
from resource_hub.media import queries as media

_LONGEST_KEY = 200
_MAY_BE_EMPTY = frozenset({"village_fit", "difficulty", "audience"})


def create_resource(viewer: Viewer, given: ResourceIn, idempotency_key: str | None = None, *, based_on_id: str | None = None) -> Resource:
    """Make a draft resource of the viewer's finished uploads; a draft that mends a resource changes that one instead.

    Raises Invalid naming uploads or a curriculum node that are not there. Under the same
    ``idempotency_key`` the first answer is given again, also to one who asks at the same moment;
    another body under it is a Conflict.
    """
    school_id = school_to_share_from(viewer)
    ident = new_id("res")
    if idempotency_key:
        earlier = _earlier(viewer, idempotency_key, given, ident)
        if earlier is not None:
            return earlier
    draft = _draft_of(viewer, given.draft_id)
    if draft is not None and draft.edits_id:
        return _mended(viewer, draft, draft.edits_id, given, idempotency_key)
    now = clock.now()
    node_id = _known_node(given.node)
    resource = Resource(
        id=ident,
        title=given.title,
        kind=given.kind,
        summary=given.summary,
        keywords=[word for word in (k.strip() for k in given.keywords) if word],
        node_id=node_id,
        subject=subject_of(node_id),
        licence=given.licence,
        third_party=given.third_party,
        village_fit=given.village_fit,
        literacies=given.literacies,
        difficulty=given.difficulty,
        audience=given.audience,
        author_id=viewer.person_id,
        author_name=given.author_name or viewer.name,
        school_id=school_id,
        review=Review.DRAFT,
        based_on_id=based_on_id,
        created_at=now,
        updated_at=now,
        files=_files(viewer, given.upload_ids, {}),
    )
    db.session.add(resource)
    db.session.flush()
    plan = given.plan if "plan" in given.model_fields_set else _plan_of(draft) if given.kind in rules.PLANNED else None
    if plan is not None:
        set_plan(resource, plan, viewer.person_id)
        check_kind(resource)
    if draft is not None:
        draft.resource_id = resource.id
    tell_change(resource)
    return resource


def change_resource(viewer: Viewer, resource_id: str, given: ResourceChange) -> Resource:
    """Change a draft or returned resource of one's own; ``upload_ids`` put other files in the place of its files."""
    resource = get_resource_for(viewer, resource_id, "change")
    if resource.review not in rules.EDITABLE:
        raise rules.WrongStep(state=resource.review.value)
    return _changed(viewer, resource, given)


def revise_resource(viewer: Viewer, resource_id: str, given: ResourceChange) -> Resource:
    """Make a draft revision of one's own published resource, which stays as it is until the revision is approved.

    Raises Invalid without a note of what is new, WrongStep for what is not published or is being revised already.
    """
    origin = get_resource_for(viewer, resource_id, "change")
    if origin.review not in rules.PUBLISHED or origin.revises_id:
        raise rules.WrongStep(state=origin.review.value)
    begun = open_revision_of(origin.id)
    if begun is not None:
        raise rules.WrongStep(state=begun.review.value)
    if not given.change_note:
        raise Invalid(fields={"change_note": N_("请写明这次改了什么，审核人和用过它的教师会看到。")})
    return _changed(viewer, begin_revision(origin), given)


def _changed(viewer: Viewer, resource: Resource, given: ResourceChange) -> Resource:
    values = given.model_dump(exclude_unset=True, exclude={"plan"})
    if "node" in values:
        resource.node_id = _known_node(values.pop("node"))
        resource.subject = subject_of(resource.node_id)
    upload_ids = values.pop("upload_ids", None)
    if upload_ids is not None:
        resource.files = _files(viewer, upload_ids, {f.asset_id: f for f in resource.files})
    for name, value in values.items():
        if value is not None or name in _MAY_BE_EMPTY:
            setattr(resource, name, value)
    if "plan" in given.model_fields_set:
        set_plan(resource, given.plan, viewer.person_id)
    check_kind(resource)
    resource.updated_at = clock.now()
    tell_change(resource)
    return resource


def move_drafts_of(person_id: str) -> int:
    """Take back a leaver's unpublished work: drafts go with the person, published work stays."""
    mine = db.session.scalars(
        sa.select(Resource).where(Resource.author_id == person_id, Resource.review.in_((*rules.EDITABLE, Review.SUBMITTED)))
    ).all()
    for resource in mine:
        audit.note(None, "resource.archive", Ref("resource", resource.id), details={"from": resource.review.value, "why": "author left"})
        resource.review = Review.ARCHIVED
        tell_change(resource)
        notices.tell_step(resource, "archive", None)
    return len(mine)


def shelve_unshared(resource_id: str) -> None:
    """Put a draft out of its author's way whose only file is gone; what was handed in or published stays as it is."""
    resource = db.session.get(Resource, resource_id, with_for_update=True)
    if resource is None or resource.review not in rules.EDITABLE:
        return
    audit.note(None, "resource.archive", Ref("resource", resource.id), details={"from": resource.review.value, "why": "recording over"})
    resource.review = Review.ARCHIVED
    tell_change(resource)


def _draft_of(viewer: Viewer, draft_id: str | None) -> Draft | None:
    draft = db.session.get(Draft, draft_id) if draft_id else None
    return draft if draft is not None and draft.person_id == viewer.person_id else None


def _plan_of(draft: Draft | None) -> Plan | None:
    return keeping.opened(draft.fields.get("plan")) if draft is not None else None


def _mended(viewer: Viewer, draft: Draft, resource_id: str, given: ResourceIn, key: str | None) -> Resource:
    """Put what the draft says into the resource that it mends, or into a revision of it; what the form does not know stays."""
    change = ResourceChange.model_validate(given.model_dump(exclude_unset=True, exclude={"draft_id"}))
    if "plan" not in given.model_fields_set and "plan" in draft.fields:
        change = change.model_copy(update={"plan": _plan_of(draft) if given.kind in rules.PLANNED else None})
    is_published = get_resource_for(viewer, resource_id, "change").review in rules.PUBLISHED
    resource = (revise_resource if is_published else change_resource)(viewer, resource_id, change)
    draft.resource_id = resource.id
    if key:
        db.session.get_one(IdempotentReply, (viewer.person_id, key)).resource_id = resource.id
    return resource


def _files(viewer: Viewer, upload_ids: list[str], kept: Mapping[str, ResourceFile]) -> list[ResourceFile]:
    """Return the files of these uploads in their order; those in ``kept``, by asset, stay the rows they are."""
    # A fork holds files that others uploaded: what it has, it may keep.
    held = {view.upload_id: asset_id for asset_id, view in media.asset_views(list(kept)).items()}
    assets = held | media.assets_of_uploads(viewer.person_id, upload_ids)
    missing = [ident for ident in upload_ids if ident not in assets]
    if missing:
        raise Invalid(fields={"upload_ids": N_("文件 %(upload)s 还没有上传完成，或不是您上传的。")}, upload=missing[0])
    files = []
    for position, asset_id in enumerate(dict.fromkeys(assets[ident] for ident in upload_ids)):
        file = kept.get(asset_id) or ResourceFile(id=new_id("fil"), asset_id=asset_id)
        file.position = position
        files.append(file)
    return files


def _known_node(node_id: str | None) -> str | None:
    if not node_id:
        return None
    try:
        return curriculum.node(node_id).id
    except NotFound as error:
        raise Invalid(fields={"node": N_("课程目录里没有这一课，请重新选择。")}) from error


def _earlier(viewer: Viewer, key: str, given: ResourceIn, ident: str) -> Resource | None:
    """Return what was made under ``key`` before; ``None`` when the key is ours now, for the resource ``ident``.

    The row of the key decides between two who ask at once: the later one waits for the earlier and reads its answer.
    """
    if len(key) > _LONGEST_KEY:
        raise Invalid(fields={"Idempotency-Key": N_("Idempotency-Key 最多 200 个字符。")})
    digest = hashlib.sha256(json.dumps(given.model_dump(mode="json"), sort_keys=True).encode()).hexdigest()
    try:
        with db.session.begin_nested():
            db.session.add(IdempotentReply(person_id=viewer.person_id, key=key, digest=digest, resource_id=ident, at=clock.now()))
    except IntegrityError:
        reply = db.session.get_one(IdempotentReply, (viewer.person_id, key))
    else:
        return None
    if reply.digest != digest:
        raise Conflict(N_("这个 Idempotency-Key 已用于另一份内容。"), code="idempotency_conflict")
    return db.session.get(Resource, reply.resource_id)

"""Making and changing resources."""

import hashlib
import json

import sqlalchemy as sa

from resource_hub.curriculum import queries as curriculum
from resource_hub.infra import unit
from resource_hub.infra.db import db
from resource_hub.kernel import clock
from resource_hub.kernel.errors import N_, Conflict, Invalid, NotAllowed, NotFound
from resource_hub.kernel.ids import new_id
from resource_hub.kernel.viewer import Viewer
from resource_hub.library import rules
from resource_hub.library.access import get_resource_for
from resource_hub.library.events import ResourceChanged
from resource_hub.library.models import Draft, IdempotentReply, Resource, ResourceFile
from resource_hub.library.schemas import ResourceChange, ResourceIn, Review
from resource_hub.media import queries as media


def create_resource(viewer: Viewer, given: ResourceIn, idempotency_key: str | None = None) -> Resource:
    """Make a draft resource of the viewer's finished uploads.

    Raises Invalid naming uploads or a curriculum node that are not there. Under the same
    ``idempotency_key`` the first answer is given again; another body under it is a Conflict.
    """
    if viewer.school_id is None:
        raise NotAllowed(N_("区级人员不直接上传资源。请用学校教师的账号上传,再由您审核。"))
    digest = hashlib.sha256(json.dumps(given.model_dump(mode="json"), sort_keys=True).encode()).hexdigest()
    earlier = _earlier(viewer, idempotency_key, digest)
    if earlier is not None:
        return earlier
    now = clock.now()
    resource = Resource(
        id=new_id("res"),
        title=given.title,
        kind=given.kind,
        summary=given.summary,
        keywords=[word for word in (k.strip() for k in given.keywords) if word],
        node_id=_known_node(given.node),
        licence=given.licence,
        third_party=given.third_party,
        village_fit=given.village_fit,
        author_id=viewer.person_id,
        author_name=given.author_name or viewer.name,
        school_id=viewer.school_id,
        review=Review.DRAFT,
        created_at=now,
        updated_at=now,
        files=_files(viewer, given.upload_ids),
    )
    db.session.add(resource)
    if idempotency_key:
        db.session.add(IdempotentReply(person_id=viewer.person_id, key=idempotency_key, digest=digest, resource_id=resource.id, at=now))
    if given.draft_id:
        draft = db.session.get(Draft, given.draft_id)
        if draft is not None and draft.person_id == viewer.person_id:
            draft.resource_id = resource.id
    db.session.flush()
    unit.record(ResourceChanged(resource.id))
    return resource


def change_resource(viewer: Viewer, resource_id: str, given: ResourceChange) -> Resource:
    """Change a draft or returned resource of one's own."""
    resource = get_resource_for(viewer, resource_id, "change")
    if resource.review not in rules.EDITABLE:
        raise rules.WrongStep(state=resource.review.value)
    values = given.model_dump(exclude_unset=True)
    if "node" in values:
        resource.node_id = _known_node(values.pop("node"))
    for name, value in values.items():
        if value is not None:
            setattr(resource, name, value)
    resource.updated_at = clock.now()
    unit.record(ResourceChanged(resource.id))
    return resource


def move_drafts_of(person_id: str) -> int:
    """Take back a leaver's unpublished work: drafts go with the person, published work stays."""
    mine = db.session.scalars(
        sa.select(Resource).where(Resource.author_id == person_id, Resource.review.in_((*rules.EDITABLE, Review.SUBMITTED)))
    ).all()
    for resource in mine:
        resource.review = Review.ARCHIVED
        unit.record(ResourceChanged(resource.id))
    return len(mine)


def _files(viewer: Viewer, upload_ids: list[str]) -> list[ResourceFile]:
    assets = media.assets_of_uploads(viewer.person_id, upload_ids)
    missing = [ident for ident in upload_ids if ident not in assets]
    if missing:
        raise Invalid(fields={"upload_ids": N_("文件 %(upload)s 还没有上传完成,或不是您上传的。")}, upload=missing[0])
    wanted = list(dict.fromkeys(assets[ident] for ident in upload_ids))
    return [ResourceFile(id=new_id("fil"), asset_id=ident, position=at) for at, ident in enumerate(wanted)]


def _known_node(node_id: str | None) -> str | None:
    if not node_id:
        return None
    try:
        return curriculum.node(node_id).id
    except NotFound as error:
        raise Invalid(fields={"node": N_("课程目录里没有这一课,请重新选择。")}) from error


def _earlier(viewer: Viewer, key: str | None, digest: str) -> Resource | None:
    reply = db.session.get(IdempotentReply, (viewer.person_id, key)) if key else None
    if reply is None:
        return None
    if reply.digest != digest:
        raise Conflict(N_("这个 Idempotency-Key 已用于另一份内容。"), code="idempotency_conflict")
    return db.session.get(Resource, reply.resource_id)

"""Published versions, and revisions on their way to become one.

A revision is a resource of its own with ``revises_id``: it has fields, files and a way of review
like any other, seen by author and reviewers alone. Rule: what is published changes only through
``apply_revision``, and every publication that changes something is written down as a version.
"""

import sqlalchemy as sa

from resource_hub.infra import unit
from resource_hub.infra.db import db
from resource_hub.kernel import clock
from resource_hub.kernel.ids import new_id
from resource_hub.library import rules
from resource_hub.library.events import VersionPublished
from resource_hub.library.models import Resource, ResourceFile, ResourceVersion, ResourceVersionFile
from resource_hub.library.schemas import Review
from resource_hub.library.service.changes import tell_change
from resource_hub.library.service.pictures import keep_pictures
from resource_hub.library.service.plans import keep_plan_print


def begin_revision(origin: Resource) -> Resource:
    """Return a revision that says what ``origin`` says; a second open one fails at the database (Conflict)."""
    now = clock.now()
    revision = Resource(
        id=new_id("res"), **{name: getattr(origin, name) for name in rules.VERSIONED}, subject=origin.subject,
        author_id=origin.author_id, author_name=origin.author_name, school_id=origin.school_id, review=Review.DRAFT,
        revises_id=origin.id, created_at=now, updated_at=now,
        files=[
            ResourceFile(id=new_id("fil"), asset_id=file.asset_id, position=file.position, role=file.role) for file in origin.files
        ],
    )  # fmt: skip
    db.session.add(revision)
    keep_pictures(revision)
    return revision


def apply_revision(revision: Resource) -> Resource:
    """Let the revised resource say and hold what its revision does, as its next version."""
    origin = db.session.get_one(Resource, revision.revises_id, with_for_update=True, populate_existing=True)
    for name in (*rules.VERSIONED, "subject", "author_name"):
        setattr(origin, name, getattr(revision, name))
    kept = {file.asset_id: file for file in origin.files}
    files = []
    for given in revision.files:
        file = kept.get(given.asset_id) or ResourceFile(id=new_id("fil"), asset_id=given.asset_id)
        file.position, file.role = given.position, given.role or file.role
        files.append(file)
    origin.files = files
    keep_plan_print(origin)
    origin.updated_at = clock.now()
    publish_version(origin, revision.change_note)
    tell_change(origin)
    return origin


def publish_version(resource: Resource, note: str = "") -> None:
    """Write down what is published now as the next version; nothing when the last one says and holds the same."""
    last = db.session.scalar(
        sa.select(ResourceVersion).where(ResourceVersion.resource_id == resource.id).order_by(ResourceVersion.number.desc()).limit(1)
    )
    # Without a plan no word of it: versions of before there were plans say the same.
    fields = {name: getattr(resource, name) for name in rules.VERSIONED if name != "plan" or resource.plan is not None}
    assets = [file.asset_id for file in sorted(resource.files, key=lambda file: file.position)]
    if last is not None and last.fields == fields and [file.asset_id for file in last.files] == assets:
        return
    version = ResourceVersion(
        id=new_id("ver"), resource_id=resource.id, number=last.number + 1 if last else 1, fields=fields, note=note,
        person_id=resource.author_id, published_at=clock.now(),
        files=[ResourceVersionFile(asset_id=asset_id, position=position) for position, asset_id in enumerate(assets)],
    )  # fmt: skip
    db.session.add(version)
    db.session.flush()
    keep_pictures(resource)
    unit.record(VersionPublished(resource.id, version.number))

"""Verbs on consents: slips of a class from the print to the end, and what stands behind each recording."""

from collections.abc import Sequence
from datetime import date, timedelta

import sqlalchemy as sa

from resource_hub.audit import service as audit
from resource_hub.infra import unit
from resource_hub.infra.db import db
from resource_hub.kernel import clock
from resource_hub.kernel.errors import N_, Conflict, Invalid, NotFound
from resource_hub.kernel.ids import new_id
from resource_hub.kernel.refs import Ref
from resource_hub.kernel.viewer import Viewer
from resource_hub.media import consent_access as access
from resource_hub.media import consent_queries, consents
from resource_hub.media.events import ConsentExpired, ConsentWithdrawn
from resource_hub.media.models import AssetConsent, ConsentBatch
from resource_hub.media.schemas import ConsentScope, ConsentState, Declaration
from resource_hub.media.service import results
from resource_hub.schools import queries as schools


def make_batch(viewer: Viewer, *, class_id: str | None, subject: str | None, scope: ConsentScope, headcount: int, valid_until: date) -> str:
    """Begin a batch for a class (None: for the school) of the viewer's own school and return its id."""
    kept = access.schools_kept_by(viewer)
    if viewer.school_id is None or (kept is not None and viewer.school_id not in kept):
        raise NotFound
    today = schools.today()
    consents.check_end(today, valid_until)
    if class_id is not None and class_id not in {found.id for found in schools.classes_of_school(viewer.school_id)}:
        raise Invalid(fields={"class_id": N_("本校没有这个班。")})
    if subject is not None and subject not in schools.subject_names():
        raise Invalid(fields={"subject": N_("没有这个学科。")})
    term = schools.term_on(today)
    batch = ConsentBatch(
        id=new_id("con"), school_id=viewer.school_id, class_id=class_id, term_id=term.id if term else None, subject=subject, scope=scope,
        text_version=consents.TEXT_VERSION, headcount=headcount, state=ConsentState.DRAFT, valid_until=valid_until,
        made_by=viewer.person_id, created_at=clock.now(),
    )  # fmt: skip
    db.session.add(batch)
    db.session.flush()
    _note(viewer, "consent.made", batch)
    return batch.id


def collect(viewer: Viewer, batch_id: str, *, agreed: int, declined: int) -> None:
    """Enter how many slips came back with yes and with no; may be corrected until the batch is active."""
    batch = _lock(viewer, batch_id)
    consents.check_step(batch.state, ConsentState.COLLECTED)
    consents.check_counts(batch.headcount, agreed, declined)
    batch.state, batch.agreed, batch.declined = ConsentState.COLLECTED, agreed, declined
    _note(viewer, "consent.collected", batch)


def activate(viewer: Viewer, batch_id: str) -> None:
    """Let recordings stand on the batch from now on; the keeper has seen to it that who said no sits out of the picture."""
    batch = _lock(viewer, batch_id)
    consents.check_step(batch.state, ConsentState.ACTIVE)
    if batch.agreed == 0:
        raise Conflict(N_("还没有家长同意，不能启用。"), code="nobody_agreed")
    batch.state, batch.activated_at = ConsentState.ACTIVE, clock.now()
    _note(viewer, "consent.activated", batch)


def withdraw(viewer: Viewer, batch_id: str, count: int) -> None:
    """Enter that parents took their consent back: nothing that stands on the batch may be shown from this moment on.

    Records ConsentWithdrawn in the same transaction.
    """
    batch = _lock(viewer, batch_id)
    consents.check_step(batch.state, ConsentState.WITHDRAWN_PART)
    if not 1 <= count <= batch.agreed:
        raise Invalid(fields={"count": N_("撤回的人数要在 1 和 %(most)s 之间。")}, most=batch.agreed)
    batch.state, batch.withdrawn_at = ConsentState.WITHDRAWN_PART, batch.withdrawn_at or clock.now()
    batch.agreed, batch.declined = batch.agreed - count, batch.declined + count
    db.session.flush()
    _note(viewer, "consent.withdrawn", batch)
    unit.record(ConsentWithdrawn(tuple(consent_queries.assets_of_batch(batch_id))))


def expire_batches() -> None:
    """End the batches whose last day is over; records ConsentExpired for each."""
    over = sa.select(ConsentBatch).where(ConsentBatch.state == ConsentState.ACTIVE, ConsentBatch.valid_until < schools.today())
    for batch in db.session.scalars(over.order_by(ConsentBatch.id).with_for_update()).all():
        batch.state = ConsentState.EXPIRED
        db.session.flush()
        _note(None, "consent.expired", batch)
        unit.record(ConsentExpired(tuple(consent_queries.assets_of_batch(batch.id))))


def erase_withdrawn() -> None:
    """Erase the recordings that still stand on batches whose consent was first taken back two weeks ago."""
    before = clock.now() - timedelta(days=consents.ERASED_AFTER_DAYS)
    over = sa.select(ConsentBatch).where(ConsentBatch.state == ConsentState.WITHDRAWN_PART, ConsentBatch.withdrawn_at <= before)
    for batch in db.session.scalars(over.order_by(ConsentBatch.id).with_for_update()).all():
        standing = consent_queries.assets_of_batch(batch.id)
        for asset_id in standing:
            results.erase(asset_id)
        if standing:
            _note(None, "consent.erased", batch)


def stand_on_batch(viewer: Viewer, asset_id: str, batch_id: str) -> None:
    """Let a recording stand on a batch of its uploader's school that has not ended."""
    asset, school_id = access.get_recording_for(viewer, asset_id)
    batch = consent_queries.batch(batch_id)
    if batch is None or batch.school_id != school_id:
        raise Invalid(fields={"batch_id": N_("本校没有这批告知书。")})
    if batch.state in {ConsentState.EXPIRED, ConsentState.WITHDRAWN_PART}:
        raise Invalid(fields={"batch_id": N_("这批告知书已经失效，请选别的。")})
    _keep(viewer, asset.id, batch_id, Declaration.NONE)


def declare(viewer: Viewer, asset_id: str, declaration: Declaration) -> None:
    """Let the viewer answer for it that no pupil can be recognised in a recording."""
    if declaration in (Declaration.NONE, Declaration.REVIEWED):
        raise Invalid(fields={"declaration": N_("请选一批告知书，或说明录像里为什么认不出学生。")})
    asset, _school = access.get_recording_for(viewer, asset_id)
    _keep(viewer, asset.id, None, declaration)


def vouch(viewer: Viewer, asset_ids: Sequence[str]) -> None:
    """Let a reviewer answer for recordings that nothing was said of yet; the caller knows that they may review them."""
    for asset_id in asset_ids:
        _keep(viewer, asset_id, None, Declaration.REVIEWED)


def _keep(viewer: Viewer, asset_id: str, batch_id: str | None, declaration: Declaration) -> None:
    row = db.session.get(AssetConsent, asset_id) or AssetConsent(asset_id=asset_id)
    row.batch_id, row.declaration, row.declared_by, row.at = batch_id, declaration, viewer.person_id, clock.now()
    db.session.add(row)
    db.session.flush()
    audit.note(viewer, "consent.declared", Ref("asset", asset_id), details={"batch": batch_id or "", "declaration": declaration.value})


def _lock(viewer: Viewer, batch_id: str) -> ConsentBatch:
    access.get_batch_for(viewer, batch_id)
    return db.session.scalars(
        sa.select(ConsentBatch).where(ConsentBatch.id == batch_id).with_for_update().execution_options(populate_existing=True)
    ).one()


def _note(viewer: Viewer | None, action: str, batch: ConsentBatch) -> None:
    details = {"school": batch.school_id, "scope": batch.scope.value, "agreed": batch.agreed, "declined": batch.declined}
    audit.note(viewer, action, Ref("consent_batch", batch.id), details=details)

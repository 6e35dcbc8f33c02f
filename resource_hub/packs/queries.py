"""What pages and programs read of packs. Functions run inside the caller's reading unit."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask_babel import get_locale
from flask_babel import gettext as _

from resource_hub.infra import jobs
from resource_hub.infra.db import db
from resource_hub.infra.jobs import JobState, JobView
from resource_hub.infra.storage import storage
from resource_hub.kernel.errors import NotFound
from resource_hub.kernel.viewer import Viewer
from resource_hub.library import queries as library
from resource_hub.library.access import get_resource_for, open_resource_for, shown_to
from resource_hub.library.models import Resource, ResourceFile
from resource_hub.library.queries import ResourceView
from resource_hub.library.schemas import KIND_LABELS, Kind
from resource_hub.media import queries as media
from resource_hub.media.models import Asset
from resource_hub.packs import plan as plans
from resource_hub.packs import rules
from resource_hub.packs.models import ImportBatch, ImportRow, OfflinePack
from resource_hub.packs.plan import Material
from resource_hub.packs.schemas import (
    CARTRIDGE,
    IMPORT_LABELS,
    PAPERS,
    ROLE_LABELS,
    ROW_LABELS,
    VOICE,
    WHOLE,
    ImportState,
    PartRole,
    RowState,
)

MOST_SHOWN = 500
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Offer:
    """One form of an offline pack: its size beforehand, and how far it is.

    ``state`` is none, queued, running, ready or failed.
    """

    rung: str
    label: str
    bytes: int
    state: str = "none"
    progress: float = 0.0
    before: int = 0
    left_s: int | None = None
    sha256: str | None = None
    url: str | None = None
    message: str | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """A file of a resource as a part of its lesson."""

    asset_id: str
    filename: str
    role: PartRole
    label: str
    is_guessed: bool


@dataclass(frozen=True, slots=True)
class Wholeness:
    """Which of the five parts are in, in their order, and the files in theirs."""

    parts: Sequence[Part]
    line: Sequence[tuple[str, bool]]

    @property
    def is_complete(self) -> bool:
        return all(is_in for _label, is_in in self.line)


def wholeness(viewer: Viewer, resource_id: str) -> Wholeness:
    """Return the completeness line of a resource that the viewer may see."""
    return _wholeness(get_resource_for(viewer, resource_id, "view"))


def panel(viewer: Viewer, resource_id: str) -> tuple[Wholeness | None, bool]:
    """Return the completeness line of a lesson pack (``None`` for other works), and whether the viewer may order its parts."""
    resource, actions = open_resource_for(viewer, resource_id)
    return (_wholeness(resource), "change" in actions) if resource.kind is Kind.LESSON_PACK else (None, False)


def _wholeness(resource: Resource) -> Wholeness:
    views = media.asset_views([file.asset_id for file in resource.files])
    held = [(file.role, views[file.asset_id]) for file in resource.files if file.asset_id in views]
    parts = [_part(role, f.id, f.filename, f.family) for role, f in held]
    # A plan written online is the pack's plan as a file would be.
    online = [PartRole.PLAN] if resource.plan is not None else []
    gone = set(rules.missing([*online, *(part.role for part in parts)]))
    return Wholeness(parts, [(_(ROLE_LABELS[role]), role not in gone) for role in WHOLE])


def kept_roles(resource_ids: Sequence[str]) -> dict[tuple[str, str], str]:
    """Return the roles that authors gave, by resource and file."""
    rows = db.session.execute(
        sa.select(ResourceFile.resource_id, ResourceFile.asset_id, ResourceFile.role).where(
            ResourceFile.resource_id.in_(resource_ids), ResourceFile.role.is_not(None)
        )
    )
    return {(resource_id, asset_id): role for resource_id, asset_id, role in rows if role is not None}


def materials_for(viewer: Viewer, resource_ids: Sequence[str]) -> list[Material]:
    """Return what these resources offer for an offline pack; NotFound, Gone or NotAllowed for one the viewer may not take along."""
    views: list[ResourceView] = []
    for ident in resource_ids:
        get_resource_for(viewer, ident, "download")
        views.append(library.resource_view(viewer, ident))
    kept = kept_roles(resource_ids)
    roles = {f.id: rules.role_of(kept.get((view.id, f.id)), f.filename, f.family) for view in views for f in view.files}
    return plans.materials_of(viewer, views, roles)


def offers(viewer: Viewer, resource_ids: Sequence[str], title: str = "") -> list[Offer]:
    """Return every form in which these resources can be taken along, the smallest first."""
    materials = materials_for(viewer, resource_ids)
    made = {form: plan(materials, form, title) for form in plans.forms_of(materials)}
    keys = {plans.digest_of(one): form for form, one in made.items()}
    packs = {keys[row.content_key]: row for row in db.session.scalars(sa.select(OfflinePack).where(OfflinePack.content_key.in_(keys)))}
    return [_offer(form, plans.bytes_of(one), packs.get(form), has_recordings=len(made) > 2) for form, one in made.items()]


def offer(viewer: Viewer, resource_ids: Sequence[str], form: str, title: str = "") -> Offer | None:
    """Return one form of the pack, ``None`` when it cannot be made in that form."""
    return next((one for one in offers(viewer, resource_ids, title) if one.rung == form), None)


def plan(materials: Sequence[Material], form: str, title: str = "") -> dict[str, Any]:
    """Return the plan of a pack in the reader's language."""
    found = plans.plan_of(materials, form, title or materials[0].view.title)
    return found | {"locale": str(get_locale())}


@dataclass(frozen=True, slots=True)
class RowView:
    """One row of an import: what it makes or made, or why not."""

    number: int
    title: str
    kind: str
    files: Sequence[str]
    problems: Sequence[str]
    notes: Sequence[str]
    state: RowState
    label: str
    resource_id: str | None


@dataclass(frozen=True, slots=True)
class ImportView:
    id: str
    filename: str
    state: ImportState
    label: str
    message: str
    progress: float
    before: int
    counts: Mapping[str, int]
    created_at: datetime
    rows: Sequence[RowView] = ()

    @property
    def is_busy(self) -> bool:
        return self.state in (ImportState.CHECKING, ImportState.MAKING)


def my_imports(viewer: Viewer, limit: int = 20) -> list[ImportView]:
    """Return the viewer's own imports, the newest first."""
    own = sa.select(ImportBatch).where(ImportBatch.person_id == viewer.person_id)
    return _imports(db.session.scalars(own.order_by(ImportBatch.created_at.desc(), ImportBatch.id.desc()).limit(limit)).all())


def import_view(viewer: Viewer, batch_id: str, *, after: int = 0, limit: int = MOST_SHOWN) -> ImportView:
    """Return one of the viewer's own imports with its rows behind the row ``after``; NotFound otherwise."""
    batch = db.session.scalar(sa.select(ImportBatch).where(ImportBatch.id == batch_id, ImportBatch.person_id == viewer.person_id))
    if batch is None:
        raise NotFound
    of_it = sa.select(ImportRow).where(ImportRow.batch_id == batch.id, ImportRow.position > after)
    rows = db.session.scalars(of_it.order_by(ImportRow.position).limit(limit)).all()
    return replace(_imports([batch])[0], rows=[_row(row) for row in rows])


def titles_with_bytes(viewer: Viewer, digests: Collection[str]) -> dict[str, str]:
    """Return the title of a resource that holds each of these bytes already, of those the viewer may see or made."""
    found: dict[str, str] = {}
    known = sorted(digests)
    for start in range(0, len(known), _AT_ONCE):
        rows = db.session.execute(
            sa.select(Asset.sha256, Resource.title)
            .join(ResourceFile, ResourceFile.asset_id == Asset.id)
            .join(Resource, Resource.id == ResourceFile.resource_id)
            .where(Asset.sha256.in_(known[start : start + _AT_ONCE]), shown_to(viewer))
        )
        found |= {digest: title for digest, title in rows if digest}
    return found


def _imports(batches: Sequence[ImportBatch]) -> list[ImportView]:
    ids = [batch.id for batch in batches]
    names = media.asset_views([batch.asset_id for batch in batches])
    work = jobs.jobs_of("import_batch", ids)
    tally = sa.select(ImportRow.batch_id, ImportRow.state, sa.func.count()).where(ImportRow.batch_id.in_(ids))
    counts: dict[str, dict[str, int]] = {}
    for batch_id, state, count in db.session.execute(tally.group_by(ImportRow.batch_id, ImportRow.state)):
        counts.setdefault(batch_id, {})[state.value] = count
    return [_import(batch, names[batch.asset_id].filename, work.get(batch.id, []), counts.get(batch.id, {})) for batch in batches]


def _import(batch: ImportBatch, filename: str, work: Sequence[JobView], counts: Mapping[str, int]) -> ImportView:
    """Return an import as its owner sees it; one whose job failed for good says so."""
    job = work[-1] if work else None
    state, message = batch.state, batch.message
    is_stuck = job is not None and job.state in (JobState.DEAD, JobState.CANCELLED) and state in (ImportState.CHECKING, ImportState.MAKING)
    if is_stuck and job is not None:
        state, message = ImportState.REFUSED, job.error_message or message
    return ImportView(
        id=batch.id, filename=filename, state=state, label=_(IMPORT_LABELS[state]), message=_(message) if message else "",
        progress=job.progress if job else 0.0, before=job.before if job else 0, counts=counts, created_at=batch.created_at,
    )  # fmt: skip


def _row(row: ImportRow) -> RowView:
    names: Mapping[str, str] = row.fields.get("names", {})
    kind = row.fields.get("kind")
    return RowView(
        number=row.position, title=str(row.fields.get("title", "")), kind=_(KIND_LABELS[Kind(kind)]) if kind else "",
        files=[names.get(name, name) for name in row.files], problems=[_told(one) for one in row.problems],
        notes=[_told(one) for one in row.notes],
        state=row.state, label=_(ROW_LABELS[row.state]), resource_id=row.resource_id,
    )  # fmt: skip


def _told(remark: Sequence[Any]) -> str:
    text, places = remark
    return _(text, **places)


def _offer(form: str, size: int, pack: OfflinePack | None, *, has_recordings: bool) -> Offer:
    label = _("全部内容") if form == PAPERS and not has_recordings else _form_label(form)
    if pack is None:
        return Offer(form, label, size)
    if pack.key is not None:
        url = storage().presign_get(
            pack.key, filename=f"{pack.title}.{'imscc' if form == CARTRIDGE else 'zip'}", media_type="application/zip"
        )
        return Offer(form, label, pack.bytes or size, "ready", 1.0, sha256=pack.sha256, url=url)
    job = next(iter(jobs.jobs_of("offline_pack", [pack.id]).get(pack.id, [])), None)
    if job is None or job.state in (JobState.DEAD, JobState.CANCELLED):
        message = _(job.error_message) if job and job.error_message else None
        return Offer(form, label, size, "failed", message=message)
    state = "running" if job.state is JobState.RUNNING else "queued"
    return Offer(form, label, size, state, job.progress, job.before, job.left_s)


def _form_label(form: str) -> str:
    if form == PAPERS:
        return _("只要文档，不含录像")
    if form == VOICE:
        return _("幻灯与声音（最省空间的录像）")
    if form == CARTRIDGE:
        return _("通用课件包（Common Cartridge，给别的平台用）")
    return _("录像 %(n)sp", n=form)


def _part(kept: str | None, asset_id: str, filename: str, family: str) -> Part:
    role = rules.role_of(kept, filename, family)
    return Part(asset_id, filename, role, _(ROLE_LABELS[role]), kept is None)

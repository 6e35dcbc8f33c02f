"""What pages and programs read of the library. Functions run inside the caller's reading unit."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from resource_hub.curriculum import queries as curriculum
from resource_hub.curriculum.queries import Mapped, Place
from resource_hub.infra.db import db
from resource_hub.kernel.errors import N_, Invalid
from resource_hub.kernel.paging import Page, read_cursor, write_cursor
from resource_hub.kernel.viewer import Duty, Viewer
from resource_hub.library import rules
from resource_hub.library.access import get_draft_for, open_resource_for, shown_to, visible_to
from resource_hub.library.models import Draft, Resource, ResourceFile, ReviewStep
from resource_hub.library.schemas import Kind, Licence, Review, VillageFit
from resource_hub.media import queries as media
from resource_hub.media.queries import AssetView, PageView
from resource_hub.people import queries as people
from resource_hub.schools import queries as schools
from resource_hub.search.access import scopes_of


@dataclass(frozen=True, slots=True)
class ResourceCard:
    """A resource in a list."""

    id: str
    title: str
    kind: Kind
    author: str
    school: str
    path: str
    subject: str
    licence: Licence
    review: Review
    state: str
    picture: str | None
    duration_s: float | None
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class ReviewEntry:
    verb: str
    state: Review
    person: str
    note: str
    at: datetime


@dataclass(frozen=True, slots=True)
class DocumentView:
    """A document with its first pages; the rest is fetched as the reader turns them."""

    file: AssetView
    pages: Sequence[PageView]


@dataclass(frozen=True, slots=True)
class ResourceView:
    """All that the page of one resource shows."""

    id: str
    title: str
    kind: Kind
    summary: str
    keywords: Sequence[str]
    path: str
    node_id: str | None
    subject: str
    licence: Licence
    third_party: str
    village_fit: VillageFit | None
    author: str
    school: str
    review: Review
    review_note: str
    state: str
    progress: float
    files: Sequence[AssetView]
    actions: frozenset[str]
    history: Sequence[ReviewEntry]
    newer: Sequence[Mapped]
    """Where the matter of an old book stands in the new one."""
    based_on: tuple[str, str, str] | None
    """Id, title and author of the work that this one was made from, when the viewer may see it."""
    created_at: datetime
    updated_at: datetime
    chosen: str | None
    """The recording that was asked for, of those in a pack."""

    @property
    def recordings(self) -> Sequence[AssetView]:
        return [f for f in self.files if f.is_media]

    @property
    def recording(self) -> AssetView | None:
        """The file that the player shows: the chosen recording, else the first."""
        return next((f for f in self.recordings if f.id == self.chosen), None) or next(iter(self.recordings), None)


def resource_view(viewer: Viewer, resource_id: str, recording: str | None = None) -> ResourceView:
    """Return one resource as its page shows it, with one of its recordings; NotFound, Gone or NotAllowed otherwise."""
    r, actions = open_resource_for(viewer, resource_id)
    files = _files(r)
    state, progress = _state(files)
    place = curriculum.place_of(r.node_id) if r.node_id else None
    return ResourceView(
        id=r.id, title=r.title, kind=r.kind, summary=r.summary, keywords=tuple(r.keywords),
        path=place.path if place else "", node_id=r.node_id, subject=place.subject if place else "",
        licence=r.licence, third_party=r.third_party, village_fit=r.village_fit, author=r.author_name,
        school=schools.school_names([r.school_id]).get(r.school_id, ""), review=r.review, review_note=r.review_note,
        state=state, progress=progress, files=files, actions=_possible(r, actions),
        history=_history(r.id), newer=_newer(place), based_on=_based_on(viewer, r), created_at=r.created_at, updated_at=r.updated_at,
        chosen=recording,
    )  # fmt: skip


def resource_json(v: ResourceView) -> dict[str, Any]:
    """Return one resource in the shape of the contract for automation."""
    recording = v.recording
    return {
        "id": v.id, "title": v.title, "kind": v.kind, "summary": v.summary, "keywords": v.keywords, "licence": v.licence,
        "review": v.review, "review_note": v.review_note, "node": v.node_id, "path": v.path, "author": v.author,
        "newer": [{"node": one.node.id, "path": one.node.path, "relation": one.relation} for one in v.newer],
        "school": v.school, "village_fit": v.village_fit, "third_party": v.third_party, "actions": sorted(v.actions),
        "state": v.state, "progress": v.progress, "failure": next((f.failure for f in v.files if f.failure), None),
        "media": media.media_json(recording) if recording else None,
        "documents": [
            {"upload_id": f.upload_id, "asset_id": f.id, "pages": f.page_total, "url_page_1": media.first_page_address(f.id)}
            for f in v.files if f.page_total
        ],
        "files": [
            {"upload_id": f.upload_id, "asset_id": f.id, "filename": f.filename, "size": f.size, "sha256": f.sha256,
             "media_type": f.media_type, "state": f.state, "progress": f.progress, "failure": f.failure, "note": f.note, "steps": f.steps,
             "url": media.download_address(f), "play_url": media.original_address(f) if f.is_media else None}
            for f in v.files
        ],
    }  # fmt: skip


def documents_of(view: ResourceView) -> list[DocumentView]:
    """Return the documents of a resource with their first pages."""
    return [DocumentView(f, media.pages_of(f.id, limit=12)) for f in view.files if f.page_total]


def draft_json(viewer: Viewer, draft_id: str) -> dict[str, Any]:
    """Return a draft with its uploads and what their names suggest."""
    draft = get_draft_for(viewer, draft_id)
    uploads = _uploads_of(draft)
    names = [u.filename for u in uploads]
    kind = rules.suggest_kind(names)
    suggestions: dict[str, Any] = {"author_name": viewer.name, "licence": Licence.L3.value}
    if names:
        suggestions["title"] = rules.suggest_title(names[0])
    if kind:
        suggestions["kind"] = kind.value
    views = media.asset_views([u.asset_id for u in uploads])
    twins = _same_bytes(viewer, list(views.values()))
    return {
        "id": draft.id,
        "fields": draft.fields,
        "resource_id": draft.resource_id,
        "uploads": [
            {"id": u.id, "filename": u.filename, "size": u.size, "state": u.state, "message": u.message, "asset_id": u.asset_id,
             "expires_at": u.expires_at, "same_as": twins.get(u.asset_id, [])}
            for u in uploads
        ],
        "suggestions": suggestions,
    }  # fmt: skip


def open_drafts(person_id: str, limit: int = 5) -> list[Draft]:
    """Return the latest drafts that were not turned in and hold something."""
    query = sa.select(Draft).where(Draft.person_id == person_id, Draft.resource_id.is_(None)).order_by(Draft.updated_at.desc())
    return list(islice((d for d in db.session.scalars(query.limit(limit * 4)).all() if d.fields or _uploads_of(d)), limit))


def my_resources(viewer: Viewer, *, cursor: str | None = None, limit: int = 20) -> Page[ResourceCard]:
    """Return the viewer's own resources, the last changed first; Invalid for a cursor that is not ours."""
    query = _listed().where(Resource.author_id == viewer.person_id, Resource.review != Review.ARCHIVED)
    if after := _after(cursor):
        query = query.where(sa.tuple_(Resource.updated_at, Resource.id) < sa.tuple_(*map(sa.literal, after)))
    rows = db.session.scalars(query.order_by(Resource.updated_at.desc(), Resource.id.desc()).limit(limit + 1)).all()
    more = write_cursor(rows[limit - 1].updated_at.isoformat(), rows[limit - 1].id) if len(rows) > limit else None
    return Page(_cards(rows[:limit]), more)


def waiting_for_review(viewer: Viewer, limit: int = 20) -> list[ResourceCard]:
    """Return what waits longest for this viewer as a reviewer of a school or of the district."""
    duties = {word for word in scopes_of(viewer) if word.startswith((f"{Duty.SCHOOL_REVIEW}:", f"{Duty.DISTRICT_REVIEW}:"))}
    if not duties:
        return []
    waiting = Resource.review.in_((Review.SUBMITTED, Review.DISTRICT_REVIEW))
    query = _listed().where(waiting, visible_to(frozenset(duties)), Resource.author_id != viewer.person_id)
    return _cards(db.session.scalars(query.order_by(Resource.updated_at, Resource.id).limit(limit)).all())


def newly_shared(viewer: Viewer, limit: int = 8) -> list[ResourceCard]:
    """Return the newest published resources that this viewer may see."""
    query = _listed().where(Resource.review.in_(rules.PUBLISHED), shown_to(viewer))
    return _cards(db.session.scalars(query.order_by(Resource.published_at.desc(), Resource.id.desc()).limit(limit)).all())


def cards_of(viewer: Viewer, ids: Sequence[str]) -> dict[str, ResourceCard]:
    """Return the cards of those resources that the viewer may see."""
    rows = db.session.scalars(_listed().where(Resource.id.in_(ids), shown_to(viewer))).all()
    return {card.id: card for card in _cards(rows)}


def _listed() -> sa.Select[Resource]:
    return sa.select(Resource).options(selectinload(Resource.files))


def _after(cursor: str | None) -> tuple[datetime, str] | None:
    if not cursor:
        return None
    match read_cursor(cursor):
        case [str() as at, str() as ident]:
            with suppress(ValueError):
                moment = datetime.fromisoformat(at)
                if moment.tzinfo is not None:
                    return moment, ident
    raise Invalid(fields={"cursor": N_("这个翻页位置不对,请从第一页重新看起。")})


def _cards(rows: Sequence[Resource]) -> list[ResourceCard]:
    files = media.asset_views([f.asset_id for r in rows for f in r.files])
    names = schools.school_names({r.school_id for r in rows})
    places = curriculum.places_of({r.node_id for r in rows if r.node_id})
    first_pages = media.first_page_addresses([f.id for f in files.values() if f.page_total])
    cards = []
    for r in rows:
        mine = [files[f.asset_id] for f in r.files if f.asset_id in files]
        place = places.get(r.node_id or "")
        cards.append(
            ResourceCard(
                id=r.id, title=r.title, kind=r.kind, author=r.author_name, school=names.get(r.school_id, ""),
                path=place.path if place else "", subject=place.subject if place else "", licence=r.licence,
                review=r.review, state=_state(mine)[0], picture=_picture(mine, first_pages),
                duration_s=next((f.duration_s for f in mine if f.is_media), None), updated_at=r.updated_at,
            )
        )  # fmt: skip
    return cards


def _picture(files: Sequence[AssetView], first_pages: Mapping[str, str]) -> str | None:
    for f in files:
        poster = next((r for r in f.renditions if r.group == "poster"), None)
        if poster is not None:
            return media.object_address(poster)
        if f.id in first_pages:
            return first_pages[f.id]
    return None


def _files(r: Resource) -> list[AssetView]:
    views = media.asset_views([f.asset_id for f in r.files])
    return [views[f.asset_id] for f in r.files if f.asset_id in views]


def _state(files: Sequence[AssetView]) -> tuple[str, float]:
    """One failed file fails the whole only when nothing else is left to wait for."""
    if any(f.state == "processing" for f in files):
        return "processing", round(sum(f.progress for f in files) / len(files), 3)
    if any(f.state == "failed" for f in files):
        return "failed", 1.0
    return "ready", 1.0


_ACTION_OF_VERB = {
    "submit": "change",
    "school_approve": "school_review",
    "return": "review",
    "propose": "propose",
    "district_approve": "district_review",
    "withdraw": "withdraw",
}


def _possible(r: Resource, actions: frozenset[str]) -> frozenset[str]:
    """Return what the viewer may do now: of the verbs of review those that its state allows."""
    verbs = {v for v, needed in _ACTION_OF_VERB.items() if needed in actions and r.review in rules.STEPS[v][0]}
    return (actions - _ACTION_OF_VERB.keys()) | verbs


def _history(resource_id: str) -> list[ReviewEntry]:
    steps = db.session.scalars(sa.select(ReviewStep).where(ReviewStep.resource_id == resource_id).order_by(ReviewStep.at)).all()
    names = people.person_names({s.person_id for s in steps})
    return [ReviewEntry(s.verb, s.state, _name(names, s.person_id), s.note, s.at) for s in steps]


def _name(names: Any, person_id: str) -> str:
    card = names.get(person_id)
    return card.name if card else ""


def _based_on(viewer: Viewer, r: Resource) -> tuple[str, str, str] | None:
    if r.based_on_id is None:
        return None
    origin = sa.select(Resource.id, Resource.title, Resource.author_name).where(Resource.id == r.based_on_id, shown_to(viewer))
    found = db.session.execute(origin).first()
    return (found.id, found.title, found.author_name) if found else None


def _newer(place: Place | None) -> Sequence[Mapped]:
    return [one for one in curriculum.counterparts_of([place])[place.node_id] if one.is_newer] if place else ()


def _uploads_of(draft: Draft) -> list[Any]:
    """Return the uploads that its own person began in a draft; the name of a draft is no secret."""
    return [upload for upload in media.uploads_of_draft(draft.id) if upload.person_id == draft.person_id]


def _same_bytes(viewer: Viewer, files: Sequence[AssetView]) -> dict[str, list[dict[str, str]]]:
    """Return per file the resources that the viewer can see and that hold the same bytes."""
    found = {}
    for view in files:
        if view.sha256 is None:
            continue
        holding = sa.select(ResourceFile.resource_id).where(ResourceFile.asset_id.in_(media.same_bytes(view.sha256, view.id)))
        rows = db.session.execute(sa.select(Resource.id, Resource.title).where(Resource.id.in_(holding), shown_to(viewer)))
        found[view.id] = [{"id": row.id, "title": row.title} for row in rows]
    return found

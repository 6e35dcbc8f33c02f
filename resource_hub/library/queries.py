"""What pages and programs read of the library. Functions run inside the caller's reading unit."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from resource_hub.curriculum import queries as curriculum
from resource_hub.curriculum.queries import Mapped, Place
from resource_hub.infra.db import db
from resource_hub.kernel.paging import Page, read_moment, write_cursor
from resource_hub.kernel.viewer import Viewer
from resource_hub.library import alike, rules
from resource_hub.library.access import get_draft_for, open_resource_for, opens_to, shown_to, visible_to
from resource_hub.library.lesson_plan import Plan
from resource_hub.library.models import Draft, Resource, ReviewStep
from resource_hub.library.planning import keeping, showing
from resource_hub.library.schemas import Audience, Kind, Licence, Review, VillageFit
from resource_hub.media import queries as media
from resource_hub.media.queries import AssetView
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
    literacies: Sequence[str]
    difficulty: int | None
    audience: Audience | None
    revises: tuple[str, str] | None
    """Id and title of the published work that this one revises."""
    revision: tuple[str, Review] | None
    """Id and state of the open revision of this work, for its author."""
    change_note: str
    due_on: date | None
    created_at: datetime
    updated_at: datetime
    chosen: str | None
    """The recording that was asked for, of those in a pack."""
    plan: Plan | None = None

    @property
    def recordings(self) -> Sequence[AssetView]:
        return [f for f in self.files if f.is_media]

    @property
    def recording(self) -> AssetView | None:
        """The file that the player shows: the chosen recording, else the first."""
        return next((f for f in self.recordings if f.id == self.chosen), None) or next(iter(self.recordings), None)


@dataclass(frozen=True, slots=True)
class Tombstone:
    title: str
    author: str
    by: str
    """Who took it away; empty when the platform did."""
    reason: str
    at: datetime
    successor: tuple[str, str] | None


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
        history=_history(r.id), newer=_newer(place),
        literacies=tuple(r.literacies), difficulty=r.difficulty, audience=r.audience, revises=_revised(r), revision=_revision(viewer, r),
        change_note=r.change_note, due_on=r.due_on, created_at=r.created_at, updated_at=r.updated_at, chosen=recording,
        plan=plan_for(viewer, keeping.opened(r.plan)),
    )  # fmt: skip


def node_of(resource_id: str) -> str | None:
    """Return where a resource stands in the curriculum."""
    return db.session.scalar(sa.select(Resource.node_id).where(Resource.id == resource_id))


def shared_among(ids: Collection[str]) -> frozenset[str]:
    """Return those resources that were handed in for review or published."""
    shared = Resource.review.in_((Review.SUBMITTED, Review.DISTRICT_REVIEW, *rules.PUBLISHED))
    return frozenset(db.session.scalars(sa.select(Resource.id).where(Resource.id.in_(ids), shared)))


def plan_for(viewer: Viewer, plan: Plan | None) -> Plan | None:
    """Return a plan as this viewer reads it: links to what they may not see are plain words."""
    wanted = showing.links(plan) if plan is not None else set()
    if plan is None or not wanted:
        return plan
    return showing.with_links(plan, db.session.scalars(sa.select(Resource.id).where(Resource.id.in_(wanted), shown_to(viewer))))


def resource_json(v: ResourceView) -> dict[str, Any]:
    """Return one resource in the shape of the contract for automation."""
    recording = v.recording
    return {
        "id": v.id, "title": v.title, "kind": v.kind, "summary": v.summary, "keywords": v.keywords, "licence": v.licence,
        "review": v.review, "review_note": v.review_note, "node": v.node_id, "path": v.path, "author": v.author,
        "newer": [{"node": one.node.id, "path": one.node.path, "relation": one.relation} for one in v.newer],
        "school": v.school, "village_fit": v.village_fit, "third_party": v.third_party, "literacies": v.literacies,
        "difficulty": v.difficulty, "audience": v.audience, "revises": v.revises[0] if v.revises else None,
        "change_note": v.change_note, "due_on": v.due_on.isoformat() if v.due_on else None, "actions": sorted(v.actions),
        "state": v.state, "progress": v.progress, "failure": next((f.failure for f in v.files if f.failure), None),
        "plan": keeping.kept(v.plan) if v.plan else None,
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


def draft_json(viewer: Viewer, draft_id: str) -> dict[str, Any]:
    """Return a draft with its uploads and what their names suggest."""
    draft = get_draft_for(viewer, draft_id)
    uploads = _uploads_of(draft)
    edited = db.session.get(Resource, draft.edits_id) if draft.edits_id else None
    kept = _kept_of_others(draft)
    names = [one.filename for one in (*kept, *uploads)]
    kind = rules.suggest_kind(names)
    suggestions: dict[str, Any] = {"author_name": viewer.name, "licence": Licence.L3.value}
    if names:
        suggestions["title"] = rules.suggest_title(names[0])
    if kind:
        suggestions["kind"] = kind.value
    views = media.asset_views([u.asset_id for u in uploads])
    plan = keeping.opened(draft.fields.get("plan"))
    if plan is not None and not names:
        suggestions |= {"title": plan.title, "kind": Kind.LESSON_PLAN.value}
    twins = alike.same_bytes(viewer, list(views.values()), but=draft.edits_id)
    near = alike.same_text(viewer, list(views), but=draft.edits_id)
    return {
        "id": draft.id,
        "fields": {name: value for name, value in draft.fields.items() if name != rules.LEFT_OUT},
        "resource_id": draft.resource_id,
        "uploads": [
            {"id": f.upload_id, "filename": f.filename, "size": f.size, "state": "finished", "message": None, "asset_id": f.id,
             "expires_at": None, "same_as": [], "alike": []}
            for f in kept
        ] + [
            {"id": u.id, "filename": u.filename, "size": u.size, "state": u.state, "message": u.message, "asset_id": u.asset_id,
             "expires_at": u.expires_at, "same_as": twins.get(u.asset_id, []), "alike": near.get(u.asset_id, [])}
            for u in uploads
        ],
        "suggestions": suggestions,
        "plan_alike": alike.same_plan(viewer, plan, edited) if plan is not None else [],
        "asks_change_note": edited is not None and (edited.review in rules.PUBLISHED or edited.revises_id is not None),
    }  # fmt: skip


def open_drafts(person_id: str, limit: int = 5) -> list[Draft]:
    """Return the latest drafts that were not turned in and hold something."""
    query = sa.select(Draft).where(Draft.person_id == person_id, Draft.resource_id.is_(None)).order_by(Draft.updated_at.desc())
    return list(islice((d for d in db.session.scalars(query.limit(limit * 4)).all() if d.fields or _uploads_of(d)), limit))


def my_resources(viewer: Viewer, *, cursor: str | None = None, limit: int = 20) -> Page[ResourceCard]:
    """Return the viewer's own resources, the last changed first; Invalid for a cursor that is not ours."""
    query = listed().where(Resource.author_id == viewer.person_id, Resource.review != Review.ARCHIVED)
    if after := read_moment(cursor):
        query = query.where(sa.tuple_(Resource.updated_at, Resource.id) < sa.tuple_(*map(sa.literal, after)))
    rows = db.session.scalars(query.order_by(Resource.updated_at.desc(), Resource.id.desc()).limit(limit + 1)).all()
    more = write_cursor(rows[limit - 1].updated_at.isoformat(), rows[limit - 1].id) if len(rows) > limit else None
    return Page(cards_from(rows[:limit]), more)


def recorded_by(viewer: Viewer, author_id: str, *, limit: int = 60) -> list[ResourceCard]:
    """Return the latest works of one author that hold a film and that the viewer may open."""
    query = listed().where(Resource.author_id == author_id, Resource.review != Review.ARCHIVED, opens_to(viewer))
    rows = db.session.scalars(query.order_by(Resource.updated_at.desc(), Resource.id.desc()).limit(limit)).all()
    return cards_from([row for row in rows if any(file.family == "video" for file in _files(row))])


def tombstone(viewer: Viewer, resource_id: str) -> Tombstone | None:
    """Return what stands in the place of a withdrawn resource, for whoever could see it; ``None`` for what is not withdrawn."""
    is_stone = sa.and_(Resource.review == Review.WITHDRAWN, Resource.author_id != viewer.person_id, visible_to(scopes_of(viewer)))
    r = db.session.scalar(sa.select(Resource).where(Resource.id == resource_id, is_stone))
    if r is None:
        return None
    last = next((entry for entry in reversed(_history(r.id)) if entry.verb == "withdraw"), None)
    after = sa.select(Resource.id, Resource.title).where(Resource.based_on_id == r.id, Resource.author_id == r.author_id, shown_to(viewer))
    found = db.session.execute(after.order_by(Resource.published_at.desc()).limit(1)).first()
    successor = (found.id, found.title) if found else None
    return Tombstone(r.title, r.author_name, last.person if last else "", r.review_note, last.at if last else r.updated_at, successor)


def literacies_of(node_id: str) -> tuple[str, ...]:
    """Return the core literacies that a resource of this place may name."""
    place = curriculum.place_of(node_id)
    return curriculum.literacies_of(place.subject, place.stage)


def newly_shared(viewer: Viewer, limit: int = 8) -> list[ResourceCard]:
    """Return the newest published resources that this viewer may see."""
    query = listed().where(Resource.review.in_(rules.PUBLISHED), shown_to(viewer))
    return cards_from(db.session.scalars(query.order_by(Resource.published_at.desc(), Resource.id.desc()).limit(limit)).all())


def cards_of(viewer: Viewer, ids: Sequence[str]) -> dict[str, ResourceCard]:
    """Return the cards of those resources that the viewer may open, their own withdrawn ones included."""
    rows = db.session.scalars(listed().where(Resource.id.in_(ids), opens_to(viewer))).all()
    return {card.id: card for card in cards_from(rows)}


def listed() -> sa.Select[Resource]:
    """Return a query for resources with their files, as ``cards_from`` wants them."""
    return sa.select(Resource).options(selectinload(Resource.files))


def cards_from(rows: Sequence[Resource]) -> list[ResourceCard]:
    """Return the cards of these resources, in their order."""
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
    return [ReviewEntry(s.verb, s.state, name_in(names, s.person_id), s.note, s.at) for s in steps]


def name_in(names: Any, person_id: str) -> str:
    card = names.get(person_id)
    return card.name if card else ""


def _revised(r: Resource) -> tuple[str, str] | None:
    """Return the work that a revision is of; whoever sees the revision saw the work before."""
    origin = db.session.get(Resource, r.revises_id) if r.revises_id else None
    return (origin.id, origin.title) if origin else None


def _revision(viewer: Viewer, r: Resource) -> tuple[str, Review] | None:
    found = open_revision_of(r.id) if r.author_id == viewer.person_id else None
    return (found.id, found.review) if found else None


def open_revision_of(resource_id: str) -> Resource | None:
    """Return the revision of a resource that is being written or under review."""
    ended = (Review.ARCHIVED, Review.WITHDRAWN)
    found: Resource | None = db.session.scalar(sa.select(Resource).where(Resource.revises_id == resource_id, Resource.review.not_in(ended)))
    return found


def _newer(place: Place | None) -> Sequence[Mapped]:
    return [one for one in curriculum.counterparts_of([place])[place.node_id] if one.is_newer] if place else ()


def _uploads_of(draft: Draft) -> list[Any]:
    """Return the uploads that its own person began in a draft, but those left out; the name of a draft is no secret."""
    out = _left_out(draft)
    return [one for one in media.uploads_of_draft(draft.id) if one.person_id == draft.person_id and one.id not in out]


def _kept_of_others(draft: Draft) -> list[AssetView]:
    """Return the files of a work being mended that others uploaded, as a fork has them: kept unless taken out."""
    edited = db.session.get(Resource, draft.edits_id) if draft.edits_id and draft.resource_id is None else None
    files = _files(edited) if edited else []
    own = media.assets_of_uploads(draft.person_id, [f.upload_id for f in files])
    return [f for f in files if f.upload_id not in own.keys() | _left_out(draft)]


def _left_out(draft: Draft) -> frozenset[str]:
    return frozenset(draft.fields.get(rules.LEFT_OUT, ()))

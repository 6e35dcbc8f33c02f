"""What reviewers and those who answer complaints read: the queue, what was checked before, complaints.

Apart from ``queries``, which shows works. Functions run inside the caller's reading unit.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from resource_hub.infra.db import db
from resource_hub.kernel import clock
from resource_hub.kernel.errors import N_, Invalid
from resource_hub.kernel.paging import Page, read_cursor, write_cursor
from resource_hub.kernel.viewer import Duty, Viewer
from resource_hub.library import rules
from resource_hub.library.access import visible_to
from resource_hub.library.models import Complaint, Resource, ResourceVersion, ResourceVersionFile
from resource_hub.library.planning import keeping
from resource_hub.library.queries import ResourceCard, ResourceView, cards_from, listed, name_in
from resource_hub.library.schemas import ComplaintKind, ComplaintState, ReviewsQuery
from resource_hub.people import queries as people
from resource_hub.schools import queries as schools
from resource_hub.search.access import scopes_of


@dataclass(frozen=True, slots=True)
class Waiting:
    """A work in the queue of a reviewer."""

    card: ResourceCard
    due_on: date | None
    is_overdue: bool
    is_revision: bool


@dataclass(frozen=True, slots=True)
class ComplaintView:
    id: str
    resource_id: str
    title: str
    kind: ComplaintKind
    text: str
    state: ComplaintState
    answer: str
    person: str
    answered_by: str
    answered_at: datetime | None
    created_at: datetime
    due_at: datetime
    is_overdue: bool
    may_answer: bool


def review_queue(viewer: Viewer, asked: ReviewsQuery, *, limit: int = 50) -> Page[Waiting]:
    """Return a page of what waits for this viewer as a reviewer, the earliest due first; their own works are others' to review."""
    duties = _words_of(viewer, Duty.SCHOOL_REVIEW, Duty.DISTRICT_REVIEW)
    if not duties:
        return Page([], None)
    # What waited before there were deadlines comes first.
    due = sa.func.coalesce(Resource.due_on, date(2000, 1, 1))
    query = listed().where(Resource.review.in_(rules.UNDER_REVIEW), visible_to(duties), Resource.author_id != viewer.person_id)
    if asked.state:
        query = query.where(Resource.review == asked.state)
    if asked.subject:
        query = query.where(Resource.subject == asked.subject)
    if asked.overdue:
        query = query.where(Resource.due_on < schools.today())
    if asked.cursor:
        query = query.where(sa.tuple_(due, Resource.id) > sa.tuple_(*map(sa.literal, _after_due(asked.cursor))))
    rows = db.session.scalars(query.order_by(due, Resource.id).limit(limit + 1)).all()
    last = rows[limit - 1] if len(rows) > limit else None
    more = write_cursor((last.due_on or date(2000, 1, 1)).isoformat(), last.id) if last else None
    today = schools.today()
    return Page(
        [
            Waiting(card, row.due_on, is_overdue=bool(row.due_on and row.due_on < today), is_revision=row.revises_id is not None)
            for row, card in zip(rows[:limit], cards_from(rows[:limit]), strict=True)
        ],
        more,
    )


def subjects_in_queue(viewer: Viewer) -> dict[str, str]:
    """Return code and name of the subjects that this reviewer finds in the queue."""
    duties = _words_of(viewer, Duty.SCHOOL_REVIEW, Duty.DISTRICT_REVIEW)
    query = sa.select(Resource.subject).where(Resource.review.in_(rules.UNDER_REVIEW), visible_to(duties)).distinct()
    found = {code for code in db.session.scalars(query) if code}
    return {code: name for code, name in schools.subject_names().items() if code in found}


def checked_before(view: ResourceView) -> frozenset[str]:
    """Return those files that passed in an earlier published version: only the others are to be reviewed."""
    origin = view.revises[0] if view.revises else view.id
    query = sa.select(ResourceVersionFile.asset_id).join(ResourceVersion).where(ResourceVersion.resource_id == origin)
    return frozenset(db.session.scalars(query.where(ResourceVersionFile.asset_id.in_([f.id for f in view.files]))))


def is_plan_checked_before(view: ResourceView) -> bool:
    """True when the plan passed, as it is, in the newest published version: then it is not to be reviewed again."""
    origin = view.revises[0] if view.revises else view.id
    newest = sa.select(ResourceVersion.fields).where(ResourceVersion.resource_id == origin).order_by(ResourceVersion.number.desc())
    fields = db.session.scalar(newest.limit(1))
    passed = keeping.opened(fields.get("plan")) if fields else None
    return passed is not None and db.session.scalar(sa.select(Resource.plan).where(Resource.id == view.id)) == keeping.kept(passed)


def complaints(viewer: Viewer) -> list[ComplaintView]:
    """Return the viewer's own complaints and those that they answer for: open ones first, the earliest due first."""
    return _complaints(viewer, sa.true())


def complaints_of(viewer: Viewer, ids: Sequence[str]) -> list[ComplaintView]:
    """Return those of these complaints that the viewer raised or answers for."""
    return _complaints(viewer, Complaint.id.in_(ids))


def _complaints(viewer: Viewer, which: sa.ColumnElement[bool], limit: int = 200) -> list[ComplaintView]:
    is_handler = is_duty_of(viewer, Duty.MANAGE)
    query = (
        sa.select(Complaint, Resource.title, is_handler.label("is_mine_to_answer"))
        .join(Resource, Resource.id == Complaint.resource_id)
        .where(which, sa.or_(Complaint.person_id == viewer.person_id, is_handler))
        .order_by((Complaint.state == ComplaintState.OPEN).desc(), Complaint.due_at, Complaint.id)
        .limit(limit)
    )
    rows = db.session.execute(query).all()
    names = people.person_names({ident for row in rows for ident in (row.Complaint.person_id, row.Complaint.answered_by) if ident})
    now = clock.now()
    return [
        ComplaintView(
            id=c.id, resource_id=c.resource_id, title=title, kind=c.kind, text=c.text, state=c.state, answer=c.answer,
            person=name_in(names, c.person_id), answered_by=name_in(names, c.answered_by or ""), answered_at=c.answered_at,
            created_at=c.created_at,
            due_at=c.due_at, is_overdue=c.state is ComplaintState.OPEN and c.due_at < now,
            may_answer=bool(may) and c.state is ComplaintState.OPEN,
        )
        for c, title, may in rows
    ]  # fmt: skip


def is_duty_of(viewer: Viewer, duty: Duty) -> sa.ColumnElement[bool]:
    """Return the condition that a resource is this viewer's by duty, never their own (``kernel.viewer.duty_words`` in SQL)."""
    parts = []
    for word in sorted(_words_of(viewer, duty)):
        _duty, school, subject = word.split(":")
        is_school = sa.true() if school == "*" else Resource.school_id == school
        is_subject = sa.true() if subject == "*" else Resource.subject.is_(None) if subject == "-" else Resource.subject == subject
        parts.append(sa.and_(is_school, is_subject))
    return sa.and_(sa.or_(sa.false(), *parts), Resource.author_id != viewer.person_id)


def _after_due(cursor: str) -> tuple[date, str]:
    match read_cursor(cursor):
        case [str() as day, str() as ident]:
            with suppress(ValueError):
                return date.fromisoformat(day), ident
    raise Invalid(fields={"cursor": N_("这个翻页位置不对，请从第一页重新看起。")})


def _words_of(viewer: Viewer, *duties: Duty) -> frozenset[str]:
    """Return the scope words that the viewer holds by these duties."""
    return frozenset(word for word in scopes_of(viewer) if word.startswith(tuple(f"{duty}:" for duty in duties)))

"""Reading the timetable: lessons with their sites, pairings, what classes are taught, calendar feeds.

Results are plain values with names in the reader's language, and may be kept past the unit. Rule: a
list costs the same number of queries however many lessons it shows. Rights are asked in ``access``.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from flask_babel import gettext as _

from resource_hub.infra.db import db
from resource_hub.kernel import clock
from resource_hub.people import queries as people
from resource_hub.schools import queries as schools
from resource_hub.timetable import rules
from resource_hub.timetable.models import CalendarFeed, ClassSubject, Lesson, LessonSite, Pairing, PairingClass, PairingSlot
from resource_hub.timetable.names import Names, SiteFacts
from resource_hub.timetable.schemas import CancelReason, LessonKind, LessonState, Plan, Receiver, Slot


@dataclass(frozen=True, slots=True)
class LessonFacts:
    """A lesson with its names; ``planned`` is who was to lead before a substitute came."""

    id: str
    pairing_id: str | None
    community_id: str
    kind: LessonKind
    subject: str
    subject_name: str
    title: str
    day: date
    period: int | None
    starts_at: datetime
    ends_at: datetime
    lead_class_id: str | None
    lead_person_id: str
    lead: str
    planned_person_id: str | None
    planned: str
    pack: str | None
    state: LessonState
    cancelled_at: datetime | None
    cancel_reason: CancelReason | None
    cancel_note: str
    moved_from: date | None
    moved_from_period: int | None
    opened_at: datetime | None
    ended_at: datetime | None
    version: int
    sites: tuple[SiteFacts, ...]

    @property
    def school_ids(self) -> tuple[str, ...]:
        return tuple(site.school_id for site in self.sites if site.school_id)

    @property
    def is_meeting(self) -> bool:
        """Whether teachers meet without pupils: its places are persons'."""
        return self.kind is LessonKind.RESEARCH_MEETING

    @property
    def is_watched(self) -> bool:
        """Whether the rooms from afar only watch; there may be many more of them then."""
        return self.kind is LessonKind.SCHOOL_ONLINE

    @property
    def person_ids(self) -> tuple[str, ...]:
        """Who leads and who assists, after all substitutions."""
        return (self.lead_person_id, *(site.assist_id for site in self.sites if site.assist_id))

    @property
    def receivers(self) -> tuple[SiteFacts, ...]:
        return tuple(site for site in self.sites if site.position)

    @property
    def is_ahead(self) -> bool:
        """Whether it has not begun yet."""
        return self.starts_at > clock.now()

    @property
    def is_near(self) -> bool:
        """Whether it is the time to go in: it is open, or it begins soon and was not given up."""
        if self.state is not LessonState.PLANNED:
            return self.state is LessonState.OPEN
        return self.starts_at - rules.ENTERED_BEFORE <= clock.now() <= self.ends_at + rules.KEPT_AFTER

    @property
    def counts_as_planned(self) -> bool:
        """Whether statistics count it as planned."""
        return rules.counts_as_planned(self.state, self.starts_at, self.cancelled_at)


@dataclass(frozen=True, slots=True)
class PairingFacts:
    id: str
    term_id: str
    plan: Plan
    created_at: datetime
    ended_on: date | None
    version: int
    subject_name: str
    lead: str
    classes: tuple[SiteFacts, ...]
    """All classes, the lead class first; assistants as planned."""

    @property
    def school_ids(self) -> tuple[str, ...]:
        return tuple(site.school_id for site in self.classes)


@dataclass(frozen=True, slots=True)
class FeedFacts:
    id: str
    person_id: str | None
    class_id: str | None
    created_by: str
    created_at: datetime


def lesson(lesson_id: str) -> LessonFacts | None:
    """Return the lesson, or None when there is none."""
    return next(iter(lessons([lesson_id])), None)


def lessons(ids: Iterable[str]) -> list[LessonFacts]:
    """Return those lessons that exist, in the order of time."""
    return _lessons(Lesson.id.in_(list(ids)))


def lessons_left_open(before: datetime) -> list[LessonFacts]:
    """Return the lessons that began and nobody ended, though their time was over before that moment."""
    return _lessons(Lesson.state == LessonState.OPEN, Lesson.ends_at < before)


def lessons_between(
    first: date,
    last: date,
    *,
    person_id: str | None = None,
    class_id: str | None = None,
    school_ids: Iterable[str] | None = None,
    community_id: str | None = None,
    pairing_id: str | None = None,
) -> list[LessonFacts]:
    """Return the lessons of those days, in the order of time, cancelled ones too; each word given narrows them.

    ``person_id`` leads, assists or was to; ``school_ids`` are those of any site.
    """
    tests: list[sa.ColumnElement[bool]] = [Lesson.day.between(first, last)]
    if person_id is not None:
        tests.append(_concerns(person_id))
    if class_id is not None:
        tests.append(Lesson.id.in_(sa.select(LessonSite.lesson_id).where(LessonSite.class_id == class_id)))
    if school_ids is not None:
        tests.append(Lesson.id.in_(sa.select(LessonSite.lesson_id).where(LessonSite.school_id.in_(list(school_ids)))))
    if community_id is not None:
        tests.append(Lesson.community_id == community_id)
    if pairing_id is not None:
        tests.append(Lesson.pairing_id == pairing_id)
    return _lessons(*tests)


def lessons_of_terminal(terminal_id: str, day: date) -> list[LessonFacts]:
    """Return the lessons of the class whose room that device stands in; none for a room of no class."""
    class_id = people.class_of_terminal(terminal_id)
    return lessons_between(day, day, class_id=class_id) if class_id else []


def next_lesson(person_id: str, until: date) -> LessonFacts | None:
    """Return the lesson that the person leads or assists next, or just now; None when there is none up to ``until``."""
    query = (
        sa.select(Lesson.id)
        .where(
            Lesson.day.between(schools.today(), until),
            Lesson.ends_at > clock.now(),
            Lesson.state.in_([LessonState.PLANNED, LessonState.OPEN]),
            _stands_in(person_id),
        )
        .order_by(Lesson.starts_at, Lesson.id)
        .limit(1)
    )
    found: str | None = db.session.scalar(query)
    return lesson(found) if found else None


def bookings(first: date, last: date, needed: Iterable[str], *, but_pairing: str = "", but_lesson: str = "") -> list[rules.Booking]:
    """Return the lessons of those days that are not cancelled and need one of these persons or classes.

    Those of ``but_pairing``, which is to be planned anew, and ``but_lesson`` are left out.
    """
    wanted = list(needed)
    at = LessonSite.class_id.in_(wanted) | LessonSite.assist_person_id.in_(wanted)
    query = sa.select(Lesson).where(
        Lesson.day.between(first, last),
        Lesson.state != LessonState.CANCELLED,
        Lesson.id != but_lesson,
        Lesson.pairing_id.is_distinct_from(but_pairing),
        Lesson.lead_person_id.in_(wanted) | Lesson.id.in_(sa.select(LessonSite.lesson_id).where(at)),
    )
    rows = db.session.scalars(query.order_by(Lesson.starts_at, Lesson.id)).all()
    sites = sites_of(row.id for row in rows)
    return [rules.Booking(row.id, row.starts_at, row.ends_at, _needs(row, sites[row.id])) for row in rows]


def is_touched(row: Lesson, sites: Iterable[LessonSite]) -> bool:
    """Return whether somebody changed this one lesson (or held it), so that its pairing no longer plans it."""
    is_substituted = row.planned_person_id is not None or any(site.planned_assist_id for site in sites)
    return is_substituted or row.state is not LessonState.PLANNED or row.moved_from is not None


def sites_of(lesson_ids: Iterable[str]) -> dict[str, list[LessonSite]]:
    """Return lesson → its sites, the lead class first."""
    wanted = list(lesson_ids)
    found: dict[str, list[LessonSite]] = {ident: [] for ident in wanted}
    for start in range(0, len(wanted), 500):
        query = sa.select(LessonSite).where(LessonSite.lesson_id.in_(wanted[start : start + 500]))
        for site in db.session.scalars(query.order_by(LessonSite.position)):
            found[site.lesson_id].append(site)
    return found


def pairing(pairing_id: str) -> PairingFacts | None:
    return next(iter(pairings(ids=[pairing_id])), None)


def pairings(
    *, ids: Iterable[str] | None = None, community_ids: Iterable[str] | None = None, term_id: str | None = None
) -> list[PairingFacts]:
    """Return pairings, by community and subject; each word given narrows them."""
    query = sa.select(Pairing).order_by(Pairing.community_id, Pairing.subject, Pairing.created_at, Pairing.id)
    if ids is not None:
        query = query.where(Pairing.id.in_(list(ids)))
    if community_ids is not None:
        query = query.where(Pairing.community_id.in_(list(community_ids)))
    if term_id is not None:
        query = query.where(Pairing.term_id == term_id)
    return _pairings(db.session.scalars(query).all())


def taught(class_ids: Iterable[str]) -> dict[str, dict[str, str | None]]:
    """Return class → subject → who teaches it there; classes of which nothing is known are left out."""
    found: dict[str, dict[str, str | None]] = {}
    for row in db.session.scalars(sa.select(ClassSubject).where(ClassSubject.class_id.in_(list(class_ids)))):
        found.setdefault(row.class_id, {})[row.subject] = row.person_id
    return found


def feeds_of(person_id: str) -> list[FeedFacts]:
    """Return the open calendar addresses that a person made, the latest first."""
    query = sa.select(CalendarFeed).where(CalendarFeed.created_by == person_id, CalendarFeed.revoked_at.is_(None))
    rows = db.session.scalars(query.order_by(CalendarFeed.created_at.desc()))
    return [FeedFacts(row.id, row.person_id, row.class_id, row.created_by, row.created_at) for row in rows]


def feed_of_token(token: str) -> FeedFacts | None:
    """Return whose lessons that token opens; None when it is wrong or was revoked."""
    query = sa.select(CalendarFeed).where(CalendarFeed.token_hash == rules.digest([token]), CalendarFeed.revoked_at.is_(None))
    row = db.session.scalar(query)
    return FeedFacts(row.id, row.person_id, row.class_id, row.created_by, row.created_at) if row else None


def _stands_in(person_id: str) -> sa.ColumnElement[bool]:
    assists = sa.select(LessonSite.lesson_id).where(LessonSite.assist_person_id == person_id)
    return (Lesson.lead_person_id == person_id) | Lesson.id.in_(assists)


def _concerns(person_id: str) -> sa.ColumnElement[bool]:
    """A teacher whose lesson somebody else takes still sees what becomes of it."""
    assisted = sa.select(LessonSite.lesson_id).where(LessonSite.planned_assist_id == person_id)
    return _stands_in(person_id) | (Lesson.planned_person_id == person_id) | Lesson.id.in_(assisted)


def _needs(row: Lesson, sites: Sequence[LessonSite]) -> frozenset[str]:
    assists = {site.assist_person_id for site in sites if site.assist_person_id}
    return frozenset({row.lead_person_id, *assists, *(site.class_id for site in sites if site.class_id)})


def _lessons(*tests: sa.ColumnElement[bool]) -> list[LessonFacts]:
    rows = db.session.scalars(sa.select(Lesson).where(*tests).order_by(Lesson.starts_at, Lesson.id)).all()
    if not rows:
        return []
    sites = sites_of(row.id for row in rows)
    all_sites = [site for some in sites.values() for site in some]
    persons = [ident for row in rows for ident in (row.lead_person_id, row.planned_person_id)]
    persons += [ident for site in all_sites for ident in (site.assist_person_id, site.planned_assist_id)]
    names = Names.of({site.class_id for site in all_sites}, persons, {site.school_id for site in all_sites})
    return [_lesson(row, sites[row.id], names) for row in rows]


def _lesson(row: Lesson, sites: Sequence[LessonSite], names: Names) -> LessonFacts:
    return LessonFacts(
        id=row.id,
        pairing_id=row.pairing_id,
        community_id=row.community_id,
        kind=row.kind,
        subject=row.subject,
        subject_name=_(names.subjects.get(row.subject, row.subject)),
        title=row.title,
        day=row.day,
        period=row.period,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        lead_class_id=row.lead_class_id,
        lead_person_id=row.lead_person_id,
        lead=names.person(row.lead_person_id),
        planned_person_id=row.planned_person_id,
        planned=names.person(row.planned_person_id),
        pack=row.pack,
        state=row.state,
        cancelled_at=row.cancelled_at,
        cancel_reason=row.cancel_reason,
        cancel_note=row.cancel_note,
        moved_from=row.moved_from,
        moved_from_period=row.moved_from_period,
        opened_at=row.opened_at,
        ended_at=row.ended_at,
        version=row.version,
        sites=tuple(_site(site, row, names) for site in sites),
    )


def _site(site: LessonSite, row: Lesson, names: Names) -> SiteFacts:
    if site.class_id is None:
        return names.place(site.assist_person_id or row.lead_person_id, site.school_id, site.position)
    planned, count = site.planned_assist_id, site.head_count
    return names.site(site.class_id, site.position, site.assist_person_id, planned_assist_id=planned, head_count=count)


def _pairings(rows: Sequence[Pairing]) -> list[PairingFacts]:
    ids = [row.id for row in rows]
    receiving: dict[str, list[PairingClass]] = {ident: [] for ident in ids}
    for one in db.session.scalars(sa.select(PairingClass).where(PairingClass.pairing_id.in_(ids)).order_by(PairingClass.position)):
        receiving[one.pairing_id].append(one)
    slots: dict[str, list[Slot]] = {ident: [] for ident in ids}
    for slot in db.session.scalars(sa.select(PairingSlot).where(PairingSlot.pairing_id.in_(ids))):
        slots[slot.pairing_id].append(Slot(slot.weekday, slot.period))
    classes = {row.lead_class_id for row in rows} | {one.class_id for some in receiving.values() for one in some}
    persons = [row.lead_person_id for row in rows] + [one.assist_person_id or "" for some in receiving.values() for one in some]
    names = Names.of(classes, persons)
    return [_pairing(row, receiving[row.id], slots[row.id], names) for row in rows]


def _pairing(row: Pairing, receiving: Sequence[PairingClass], slots: Sequence[Slot], names: Names) -> PairingFacts:
    plan = Plan(
        community_id=row.community_id,
        subject=row.subject,
        edition=row.edition,
        lead_class_id=row.lead_class_id,
        lead_person_id=row.lead_person_id,
        receivers=tuple(Receiver(one.class_id, one.assist_person_id) for one in receiving),
        slots=tuple(sorted(slots)),
        weeks=row.weeks,
        first_day=row.first_day,
        last_day=row.last_day,
        reason=row.reason,
        clock=row.clock,
        kind=row.kind,
    )
    sites = (names.site(row.lead_class_id, 0, None), *(names.site(one.class_id, one.position, one.assist_person_id) for one in receiving))
    return PairingFacts(
        id=row.id,
        term_id=row.term_id,
        plan=plan,
        created_at=row.created_at,
        ended_on=row.ended_on,
        version=row.version,
        subject_name=_(names.subjects.get(row.subject, row.subject)),
        lead=names.person(row.lead_person_id),
        classes=sites,
    )

"""What classes are not taught, and which pairing would mend it: the list 开不齐清单 with its proposals.

A proposal is a class of the same grade in the same community whose school teaches the subject by a teacher who is
known, at a slot where both bells ring for at least 35 common minutes and neither class nor teacher has a shared lesson
in the rest of the term. Only shared lessons are known here, not the schools' own timetables: whoever pairs still asks.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _

from resource_hub.community.queries import CommunityFacts
from resource_hub.infra.features import hub
from resource_hub.people import queries as people
from resource_hub.schools import queries as schools
from resource_hub.schools.bells import ENOUGH_MINUTES
from resource_hub.schools.queries import Bells, ClassFacts, TermFacts
from resource_hub.timetable import queries, rules, weeks
from resource_hub.timetable.required import missing_subjects
from resource_hub.timetable.schemas import LessonState, Slot

MOST_PROPOSED = 3
"""Proposals shown for one gap: enough to choose from."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A class that could lead, its teacher, and the first slot that fits both."""

    lead_class_id: str
    lead_class: str
    lead_school: str
    person_id: str
    person: str
    slot: Slot
    minutes: int


@dataclass(frozen=True, slots=True)
class Gap:
    """A subject that a class must be taught and is not; ``is_paired`` when it receives it in a pairing."""

    class_id: str
    class_name: str
    school_id: str
    school: str
    subject: str
    subject_name: str
    is_paired: bool
    proposals: tuple[Proposal, ...]


@dataclass(frozen=True, slots=True)
class CommunityGaps:
    """The gaps of a community's classes, and the schools of which nobody said what they teach."""

    community: CommunityFacts
    gaps: tuple[Gap, ...]
    unknown: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class _Teacher:
    klass: ClassFacts
    person_id: str
    person: str


@dataclass(frozen=True, slots=True)
class _Ground:
    """Everything of a community that proposals ask, read once."""

    term: TermFacts
    day: date
    classes: Sequence[ClassFacts]
    schools: Mapping[str, str]
    bells: Mapping[str, Sequence[Bells]]
    subjects: Mapping[str, str]
    taught: Mapping[str, Mapping[str, str | None]]
    staff: Sequence[people.StaffRow]
    busy: Mapping[str, frozenset[tuple[int, int, int]]]
    """Class or person → weekday, first and last minute of the day of every shared lesson to come."""


def gaps_of(community: CommunityFacts, term: TermFacts, *, only_schools: frozenset[str] | None = None) -> CommunityGaps:
    """Return what the community's classes lack in that term; ``only_schools`` narrows whose gaps are told."""
    ground = _ground(community, term)
    paired = {
        (site.class_id, pairing.plan.subject)
        for pairing in queries.pairings(community_ids=[community.id], term_id=term.id)
        if pairing.ended_on is None
        for site in pairing.classes
        if site.position
    }
    found = [
        _gap(klass, subject, ground, is_paired=(klass.id, subject) in paired)
        for klass in ground.classes
        if klass.id in ground.taught and (only_schools is None or klass.school_id in only_schools)
        for subject in ground.subjects
        if subject in missing_subjects(klass.grades, ground.taught[klass.id])
    ]
    known = {klass.school_id for klass in ground.classes if klass.id in ground.taught}
    unknown = {klass.school_id for klass in ground.classes if missing_subjects(klass.grades, ())} - known
    shown = [ident for ident in ground.schools if ident in unknown and (only_schools is None or ident in only_schools)]
    return CommunityGaps(community, tuple(found), tuple((ident, ground.schools[ident]) for ident in shown))


def _ground(community: CommunityFacts, term: TermFacts) -> _Ground:
    classes = schools.classes_of_schools(community.school_ids, term.school_year)
    day = min(max(schools.today(), term.first_day), term.last_day)
    return _Ground(
        term=term,
        day=day,
        classes=classes,
        schools=schools.school_names(community.school_ids),
        bells=schools.bells_of_schools(community.school_ids),
        subjects=schools.subject_names(),
        taught=queries.taught(klass.id for klass in classes),
        staff=people.staff_of_schools(community.school_ids),
        busy=_busy(queries.lessons_between(day, term.last_day, school_ids=community.school_ids)),
    )


def _busy(lessons: Iterable[queries.LessonFacts]) -> Mapping[str, frozenset[tuple[int, int, int]]]:
    found: dict[str, set[tuple[int, int, int]]] = {}
    for lesson in lessons:
        if lesson.state is LessonState.CANCELLED:
            continue
        begins, ends = (weeks.minute_of(at, hub().settings.zone) for at in (lesson.starts_at, lesson.ends_at))
        for key in (*lesson.person_ids, *(site.class_id for site in lesson.sites if site.class_id)):
            found.setdefault(key, set()).add((lesson.day.isoweekday(), begins, ends))
    return {key: frozenset(times) for key, times in found.items()}


def _gap(klass: ClassFacts, subject: str, ground: _Ground, *, is_paired: bool) -> Gap:
    proposals = () if is_paired else tuple(_proposals(klass, subject, ground))
    return Gap(
        klass.id, klass.name, klass.school_id, ground.schools[klass.school_id], subject, _(ground.subjects[subject]), is_paired, proposals
    )


def _proposals(klass: ClassFacts, subject: str, ground: _Ground) -> Iterable[Proposal]:
    found = 0
    for teacher in _teachers(klass, subject, ground):
        fitting = _first_slot(klass, teacher, ground)
        if fitting is None or found == MOST_PROPOSED:
            continue
        found += 1
        slot, minutes = fitting
        place = ground.schools[teacher.klass.school_id]
        yield Proposal(teacher.klass.id, teacher.klass.name, place, teacher.person_id, teacher.person, slot, minutes)


def _teachers(klass: ClassFacts, subject: str, ground: _Ground) -> Iterable[_Teacher]:
    """Classes of the same grade that are taught the subject; a school's only teacher of it is known without being named."""
    names = {row.id: row.name for row in ground.staff}
    for other in ground.classes:
        if other.school_id == klass.school_id or other.grade not in klass.grades or subject not in ground.taught.get(other.id, {}):
            continue
        able = [row.id for row in ground.staff if row.school_id == other.school_id and subject in row.subjects]
        person_id = ground.taught[other.id][subject] or (able[0] if len(able) == 1 else None)
        if person_id is not None and person_id in names:
            yield _Teacher(other, person_id, names[person_id])


def _first_slot(klass: ClassFacts, teacher: _Teacher, ground: _Ground) -> tuple[Slot, int] | None:
    own = weeks.periods_on(ground.bells[klass.school_id], ground.day)
    busy = frozenset[tuple[int, int, int]]().union(*(ground.busy.get(key, ()) for key in (klass.id, teacher.klass.id, teacher.person_id)))
    for weekday in range(1, 6):
        for lead in weeks.periods_on(ground.bells[teacher.klass.school_id], ground.day):
            _near, minutes = rules.common_minutes(lead, own)
            is_free = not any(day == weekday and lead.starts < ends and begins < lead.ends for day, begins, ends in busy)
            if minutes >= ENOUGH_MINUTES and is_free:
                return Slot(weekday, lead.number), minutes
    return None

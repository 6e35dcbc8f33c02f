"""Writing the demo's pairings with their lessons of the term, and what each class is taught by its own school.

Lessons of the past stay planned: what became of them is written by the feature that holds lessons.
"""

from collections.abc import Mapping
from datetime import timedelta

from resource_hub.cli.demo import classes
from resource_hub.cli.demo.classes import PairingSeed
from resource_hub.people import queries as people
from resource_hub.schools import queries as schools
from resource_hub.schools.queries import TermFacts
from resource_hub.timetable import queries, service
from resource_hub.timetable.required import required_subjects
from resource_hub.timetable.schemas import PairingReason, Plan, Receiver, Slot, Weeks

_WEEKS = 16
"""The art lessons of the acceptance journey run for sixteen weeks, and so do the others."""

_MISSING: Mapping[str, frozenset[str]] = {
    school: frozenset(codes.split())
    for school, codes in {
        "A2": "science it",
        "A3": "music fine_art english science it",
        "A4": "music fine_art english science it",
        "B2": "science it",
        "B3": "music fine_art english science it",
        "C3": "fine_art",
        "C4": "music fine_art science it physics",
    }.items()
}
"""Subjects for which the demo's townships and villages have no teacher."""

_EXCHANGES = frozenset({"P3", "P6", "P10"})
"""Pairings of schools that have a teacher of the subject and want to work together."""


def seed_lessons(school_ids: Mapping[str, str]) -> None:
    """Write what classes are taught, and each pairing that is not there yet; inside a writing unit."""
    term = schools.term_on(schools.today())
    if term is None:
        return
    _seed_subjects(school_ids, term)
    codes = {name: code for code, name in schools.subject_names().items()}
    ids = _class_ids(school_ids, term.school_year)
    there = {(found.plan.subject, found.plan.lead_class_id) for found in queries.pairings(term_id=term.id)}
    for seed in classes.PAIRINGS:
        if seed.has_pupils_at_lead and (codes[seed.subject], ids[seed.lead.school, seed.lead.class_name]) not in there:
            service.add_pairing(_plan(seed, ids, codes, term, school_ids))


def _seed_subjects(school_ids: Mapping[str, str], term: TermFacts) -> None:
    """A school that has said what it teaches is left as it is."""
    for code, school_id in school_ids.items():
        found = schools.classes_of_school(school_id, term.school_year)
        if queries.taught(klass.id for klass in found):
            continue
        taught = [(c.id, subject) for c in found for subject in required_subjects(c.grades) - _MISSING.get(code, frozenset())]
        service.set_taught(school_id, term.school_year, taught)


def _plan(
    seed: PairingSeed, ids: Mapping[tuple[str, str], str], codes: Mapping[str, str], term: TermFacts, school_ids: Mapping[str, str]
) -> Plan:
    monday = term.first_day - timedelta(days=term.first_day.weekday())
    return Plan(
        community_id=next(iter(schools.communities_of_school(school_ids[seed.lead.school]))),
        subject=codes[seed.subject],
        lead_class_id=ids[seed.lead.school, seed.lead.class_name],
        lead_person_id=_person(seed.lead.teacher),
        receivers=tuple(Receiver(ids[one.school, one.class_name], _person(one.teacher)) for one in seed.receivers),
        slots=tuple(Slot(day, seed.slot) for day in seed.days),
        first_day=term.first_day,
        last_day=min(term.last_day, monday + timedelta(weeks=_WEEKS, days=-3)),
        weeks=Weeks(seed.weeks),
        reason=PairingReason.EXCHANGE if seed.code in _EXCHANGES else PairingReason.NO_TEACHER,
    )


def _class_ids(school_ids: Mapping[str, str], school_year: str) -> dict[tuple[str, str], str]:
    """Return (school, class name) → id; classes of a grade are numbered in the order of the list, as the seed of classes does."""
    there = {
        (code, klass.grade.value, klass.number): klass.id
        for code, school_id in school_ids.items()
        for klass in schools.classes_of_school(school_id, school_year)
    }
    counted: dict[tuple[str, str], int] = {}
    found = {}
    for seed in classes.CLASSES:
        place = (seed.school, seed.grades[0])
        counted[place] = counted.get(place, 0) + 1
        found[seed.school, seed.name] = there[(*place, counted[place])]
    return found


def _person(account: str) -> str:
    found = people.person_by_login(account)
    if found is None:
        raise LookupError(f"no demo account {account}")
    return found

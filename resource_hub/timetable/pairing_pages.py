"""What the pages of pairings show: a pairing in a list's words, whether it still fits, and what its form offers."""

from collections.abc import Iterable, Mapping
from datetime import date
from itertools import zip_longest
from typing import Any

from flask_babel import gettext as _

from resource_hub.community.queries import CommunityFacts
from resource_hub.curriculum import queries as curriculum
from resource_hub.kernel import clock
from resource_hub.kernel.errors import Invalid, NotFound
from resource_hub.people import queries as people
from resource_hub.schools import queries as schools
from resource_hub.timetable import conflicts, labels, queries, rules
from resource_hub.timetable.queries import PairingFacts
from resource_hub.timetable.schemas import LessonKind, Weeks

_ROWS = 4
_MORE_WATCHERS = 8
"""Rows for receiving classes: one more than is usual, so that the warning can be met."""
_MOST_PERIODS = 8


def row(found: PairingFacts) -> dict[str, Any]:
    """Return a pairing in the words of a list."""
    plan = found.plan
    slots = _("、").join(labels.slot_words(slot.weekday, slot.period) for slot in plan.slots)
    return {
        "id": found.id,
        "subject": found.subject_name,
        "teacher": found.lead,
        "lead": f"{found.classes[0].school} {found.classes[0].class_name}",
        "receivers": [f"{site.school} {site.class_name}" for site in found.classes[1:]],
        "when": slots if plan.weeks is Weeks.EVERY else f"{labels.WEEKS[plan.weeks]} {slots}",
        "days": f"{labels.short_day(plan.first_day)} – {labels.short_day(plan.last_day)}",
        "ended_on": labels.short_day(found.ended_on) if found.ended_on else "",
    }


def term_asked(asked: str | None) -> schools.TermFacts | None:
    """Return the term asked for, else that of today, else the next one, else the last."""
    if asked:
        found = schools.term(asked)
        if found is None:
            raise NotFound
        return found
    today, terms = schools.today(), schools.terms()
    ahead = [one for one in terms if one.last_day >= today]
    return ahead[0] if ahead else (terms[-1] if terms else None)


def state_of(found: PairingFacts) -> tuple[conflicts.Draft | None, list[str]]:
    """Return the pairing as it would be planned today, and what is unusual about it."""
    if found.ended_on is not None:
        return None, []
    try:
        draft = conflicts.drafted(found.plan)
    except Invalid as error:
        return None, [str(sentence) for sentence in error.fields.values()]
    return draft, conflicts.warnings(draft, but_pairing=found.id)


def is_stale(draft: conflicts.Draft, lessons: Iterable[queries.LessonFacts]) -> bool:
    """Return whether calendar or bells have changed since the lessons to come were planned."""
    there = list(lessons)
    known = {(one.day, one.period, one.starts_at) for one in there} | {(one.moved_from, one.moved_from_period) for one in there}
    ahead = [one for one in draft.lessons if one.starts > clock.now()]
    planned = {(one.day, one.period) for one in draft.lessons}
    lost = any(one.is_ahead and not one.moved_from and not one.cancelled_at and (one.day, one.period) not in planned for one in there)
    return lost or any((one.day, one.period, one.starts) not in known and (one.day, one.period) not in known for one in ahead)


def rows(values: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the filled rows and empty ones, always at least one more, and several where many classes only watch."""
    pairs = zip_longest(values["receivers"], values["assists"], fillvalue="")
    filled = [(class_id, person_id) for class_id, person_id in pairs if class_id]
    is_watched = values.get("kind") == LessonKind.SCHOOL_ONLINE
    most = rules.most_receivers(LessonKind.SCHOOL_ONLINE if is_watched else LessonKind.DELIVERY)
    count = min(most, max(_ROWS, len(filled) + (_MORE_WATCHERS if is_watched else 1)))
    return filled + [("", "")] * (count - len(filled))


def options(community: CommunityFacts, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the form offers in that community: its classes and teachers, school by school."""
    day = _day(values.get("first_day"))
    term = schools.term_on(day)
    names = schools.school_names(community.school_ids)
    classes = schools.classes_of_schools(community.school_ids, term.school_year if term else schools.school_year())
    order = {school_id: place for place, school_id in enumerate(community.school_ids)}
    staff = people.staff_of_schools(community.school_ids)
    bells = schools.bells_of(community.school_ids, day)
    most = max((len(one.periods) for one in bells.values()), default=_MOST_PERIODS)
    editions = {one.edition for one in curriculum.default_editions()} | {str(values.get("edition") or "")}
    return {
        "classes": [(c.id, f"{names[c.school_id]} {c.name}") for c in sorted(classes, key=lambda c: order[c.school_id])],
        "staff": [(one.id, f"{one.name}（{names[one.school_id]}）") for one in sorted(staff, key=lambda one: order[one.school_id])],
        "subjects": [(code, _(name)) for code, name in schools.subject_names().items()],
        "editions": [(title, title) for title in sorted(editions) if title],
        "weekdays": [(number, labels.WEEKDAYS[number]) for number in range(1, 6)],
        "periods": range(1, most + 1),
        "weeks": labels.WEEKS.items(),
        "reasons": labels.REASONS.items(),
        "clocks": labels.CLOCKS.items(),
        "kinds": labels.KINDS.items(),
    }


def _day(text: Any) -> date:
    try:
        return date.fromisoformat(str(text))
    except ValueError:
        return schools.today()

"""What the pages of cycles are given: a cycle, a round with its evidence and its talk."""

from typing import Any

from flask_babel import gettext as _

from resource_hub.curriculum import queries as curriculum
from resource_hub.infra.features import hub
from resource_hub.kernel import clock
from resource_hub.kernel.viewer import Viewer
from resource_hub.library import lesson_plan
from resource_hub.library import queries as library
from resource_hub.library.lesson_plan import COLUMNS
from resource_hub.plans import queries as plans
from resource_hub.schools import queries as schools
from resource_hub.study import changes, labels, queries, rules
from resource_hub.study.comparison import plane_of, round_of
from resource_hub.study.evidence import evidence_of, percent
from resource_hub.study.facts import CycleFacts, RoundFacts
from resource_hub.study.preparation import groups
from resource_hub.study.schemas import MOST_ROUNDS, CycleState, Phase, RoundState
from resource_hub.study.service.closing import proposed_hours
from resource_hub.timetable import access as timetable_access
from resource_hub.timetable import queries as timetable


def cycle_page(viewer: Viewer, cycle_id: str) -> dict[str, Any]:
    """Return a cycle: its rounds, its tree, its members, and the one next step of its hosts."""
    cycle = queries.cycle(viewer, cycle_id)
    is_host = viewer.person_id in cycle.host_ids
    step = _next(cycle) if is_host else ""
    places = curriculum.places_of([cycle.node_id]) if cycle.node_id else {}
    return {
        "cycle": cycle, "labels": labels, "tree": changes.tree_of(cycle), "is_host": is_host, "step": step, "me": viewer.person_id,
        "place": next((place.path for place in places.values()), ""),
        "versions": _versions(viewer) if step in {"round", "close"} and len(cycle.rounds) < MOST_ROUNDS else [],
        "teachers": [(one.id, f"{one.name}（{one.school}）") for one in cycle.members],
        "addable": _addable(viewer, cycle) if is_host and cycle.state is CycleState.OPEN else [],
        "may_confirm": cycle.state is not CycleState.OPEN and cycle.hours_at is None and viewer.person_id == cycle.organiser_id,
        "hours": _hours(viewer, cycle) if cycle.state is not CycleState.OPEN and is_host else [],
    }  # fmt: skip


def round_page(viewer: Viewer, cycle_id: str, number: int) -> dict[str, Any]:
    """Return a round: its plan with causes, its evidence, its talk by phase, the one next step."""
    cycle = queries.cycle(viewer, cycle_id)
    one = round_of(cycle, number)
    found = evidence_of(viewer, cycle)[number - 1]
    is_host = viewer.person_id in cycle.host_ids
    is_teacher = viewer.person_id == one.teacher.id
    return {
        "cycle": cycle, "round": one, "evidence": found, "labels": labels, "percent": percent, "is_host": is_host,
        "is_teacher": is_teacher, "me": viewer.person_id, "today": schools.today(),
        "columns": [(key, _(words)) for key, words in COLUMNS.items()],
        "words": lesson_plan.words, "causes": changes.causes_by_step(cycle, one.content.steps, up_to=number),
        "lesson": timetable.lesson(one.lesson_id) if one.lesson_id else None, "plane": plane_of([found]),
        "lessons": _lessons_of(one) if one.state is RoundState.PLANNED and (is_host or is_teacher) else [],
        "recordings": _recordings_of(viewer, one) if one.state is RoundState.PLANNED and (is_host or is_teacher) else [],
        "observers": [(member.id, member.name) for member in cycle.members if member.id != one.teacher.id],
        "phases": _phases(one), "pause_left": _pause_left(one), "turns": {turn.id: turn for turn in one.turns},
        "reasoned": [turn for turn in one.turns if turn.phase in {Phase.EVIDENCE, Phase.ISSUES, Phase.NEXT}],
        "has_spoken": any(turn.phase is Phase.INTENT and turn.speaker.id == one.teacher.id for turn in one.turns),
        "own_task": next((task for person, task in one.observers if person.id == viewer.person_id), ""),
        "may_speak": one.phase is not None and one.phase is not Phase.PAUSE and (is_host or is_teacher or one.phase is not Phase.INTENT),
    }  # fmt: skip


def _next(cycle: CycleFacts) -> str:
    """Return what the hosts do next with a cycle: a round to begin or to go on with, closing, the report, publishing."""
    if cycle.state is CycleState.CLOSED:
        return "publish"
    if cycle.state is CycleState.PUBLISHED:
        return ""
    if not cycle.rounds:
        return "round"
    if cycle.rounds[-1].state is not RoundState.CONCLUDED:
        return "go"
    return "round" if len(cycle.rounds) < 2 else "close"


def _versions(viewer: Viewer) -> list[tuple[str, str]]:
    """Return the named versions of the plans that the viewer may open, as ``plan:number``."""
    return [
        (f"{plan.id}:{row.number}", _("%(title)s · 第 %(n)s 版 %(name)s", title=plan.title, n=row.number, name=row.name))
        for plan in plans.my_plans(viewer).rows
        for row in plans.versions_of(viewer, plan.id)
    ]


def _addable(viewer: Viewer, cycle: CycleFacts) -> list[tuple[str, str]]:
    community = next((one for one in timetable_access.seen_communities(viewer) if one.id == cycle.community_id), None)
    if community is None:
        return []
    known = {one.id for one in cycle.members}
    found = groups(viewer, community, cycle.subject)
    return [(row.id, f"{row.name}（{name}）") for name, members in found for row in members if row.id not in known]


def _hours(viewer: Viewer, cycle: CycleFacts) -> list[tuple[str, str, int]]:
    named = {one.id: one.name for one in cycle.members}
    return [(named.get(person, ""), str(labels.HOUR_PARTS[part]), count) for person, part, count in proposed_hours(viewer, cycle.id)]


def _lessons_of(one: RoundFacts) -> list[tuple[str, str]]:
    today = schools.today()
    found = timetable.lessons_between(today - rules.AROUND, today + rules.AROUND, person_id=one.teacher.id)
    own = [lesson for lesson in found if lesson.lead_person_id == one.teacher.id and not lesson.is_meeting and lesson.cancelled_at is None]
    return [(lesson.id, f"{lesson.day:%m-%d} {lesson.subject_name} {lesson.title}") for lesson in own]


def _recordings_of(viewer: Viewer, one: RoundFacts) -> list[tuple[str, str]]:
    """Return the teacher's recordings that the viewer may open; the day tells two of one title apart."""
    zone = hub().settings.zone
    return [(card.id, f"{card.updated_at.astimezone(zone):%m-%d} {card.title}") for card in library.recorded_by(viewer, one.teacher.id)]


def _phases(one: RoundFacts) -> list[dict[str, Any]]:
    """Return the phases with what was said in each; those to come are named too, so that everybody knows the way."""
    order = list(Phase)
    at = order.index(one.phase) if one.phase else len(order) if one.state is RoundState.CONCLUDED else -1
    return [
        {
            "phase": phase, "label": labels.PHASES[phase], "hint": labels.PHASE_HINTS[phase], "is_done": place < at, "is_now": place == at,
            "turns": [turn for turn in one.turns if turn.phase is phase],
        }
        for place, phase in enumerate(order)
    ]  # fmt: skip


def _pause_left(one: RoundFacts) -> int:
    """Return how many minutes of the pause are left."""
    if one.phase is not Phase.PAUSE or one.phase_at is None:
        return 0
    left = rules.PAUSE - (clock.now() - one.phase_at)
    return max(0, -(-int(left.total_seconds()) // 60))

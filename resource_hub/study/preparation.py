"""What the pages of tasks are given: the list, a new task, one task with its next step, one edition beside the shared plan."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask_babel import gettext as _

from resource_hub.community.queries import CommunityFacts
from resource_hub.curriculum import queries as curriculum
from resource_hub.infra.web.replies import describe
from resource_hub.kernel.errors import HubError, NotFound
from resource_hub.kernel.viewer import Viewer
from resource_hub.live import queries as live
from resource_hub.people import queries as people
from resource_hub.people.queries import StaffRow
from resource_hub.plans import queries as plans
from resource_hub.schools import queries as schools
from resource_hub.study import changes, labels, queries, rules
from resource_hub.study.facts import TaskFacts
from resource_hub.study.schemas import PrepState, PrepStep
from resource_hub.timetable import access as timetable_access
from resource_hub.timetable import queries as timetable
from resource_hub.timetable.queries import LessonFacts

_BACK = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class MinuteLine:
    """A line of a meeting's minutes, read back from the meeting's log."""

    who: str
    text: str
    is_decision: bool


def list_page(viewer: Viewer, *, task_cursor: str | None, cycle_cursor: str | None) -> dict[str, Any]:
    """Return the viewer's tasks and cycles, each with what waits for them."""
    tasks, cycles = queries.tasks_of(viewer, cursor=task_cursor), queries.cycles_list(viewer, cursor=cycle_cursor)
    rows = [{"task": one, "next": _next_listed(viewer, one), "due": rules.due_of(one.state, one.dues)} for one in tasks.rows]
    return {"tasks": rows, "task_cursor": tasks.cursor, "cycles": cycles.rows, "cycle_cursor": cycles.cursor, "labels": labels}


def form_page(viewer: Viewer, values: Mapping[str, Any], error: HubError | None = None) -> dict[str, Any]:
    """Return what the forms of a new task and a new cycle show: the community, whom one may ask, the subjects."""
    found = timetable_access.seen_communities(viewer)
    community = next((one for one in found if one.id == values.get("community_id")), None)
    if community is None:
        community = next((one for one in found if viewer.school_id in one.school_ids), found[0] if len(found) == 1 else None)
    told = describe(error) if error else None
    subject = str(values.get("subject") or next(iter(people.subjects_of(viewer.person_id)), ""))
    return {
        "communities": found, "community": community, "groups": groups(viewer, community, subject) if community else [],
        "subjects": list(schools.subject_names().items()), "values": {**values, "subject": subject}, "error": told,
        "errors": told["fields"] if told else {}, "labels": labels,
    }  # fmt: skip


def groups(viewer: Viewer, community: CommunityFacts, subject: str) -> list[tuple[str, list[StaffRow]]]:
    """Return who may be asked, by school; whoever teaches the subject stands first."""
    names = schools.school_names(community.school_ids)
    rows = people.staff_of_schools(community.school_ids)
    found = [(names[ident], [row for row in rows if row.school_id == ident]) for ident in community.school_ids if ident in names]
    found.append((_("区教研员"), people.researchers()))
    return [
        (name, sorted((row for row in members if row.id != viewer.person_id), key=lambda row: subject not in row.subjects))
        for name, members in found
    ]


def task_page(viewer: Viewer, task_id: str) -> dict[str, Any]:
    """Return one task: where it is, what waits for the viewer, who said how much, the meeting, the editions."""
    task = queries.task(viewer, task_id)
    comments = _comments(viewer, task.plan_id)
    meeting = timetable.lesson(task.meeting_id) if task.meeting_id else None
    own = next((one for one in task.editions if one.person.id == viewer.person_id), None)
    step = _next(viewer, task, has_commented=bool(comments.get(viewer.person_id)))
    return {
        "task": task, "labels": labels, "states": _states(task), "step": step, "own": own, "comments": comments, "me": viewer.person_id,
        "place": _place(task.node_id), "is_lead": task.lead_id == viewer.person_id, "meeting": meeting,
        "minutes": minutes_of(meeting) if meeting else [], "lessons": _own_lessons(viewer) if step is PrepStep.TEACH else [],
        "given_back": reflection_given(viewer, own.lesson_id) if own and own.lesson_id else {}, "today": schools.today(),
        "addable": _addable(viewer, task) if task.lead_id == viewer.person_id and task.state is not PrepState.ARCHIVED else [],
    }  # fmt: skip


def edition_page(viewer: Viewer, task_id: str, person_id: str) -> dict[str, Any]:
    """Return the difference of the shared plan and one member's own, 二次备课 in red ink; NotFound when there is none to see."""
    task = queries.task(viewer, task_id)
    found = next((one for one in task.editions if one.person.id == person_id), None)
    if found is None or task.shared_version is None:
        raise NotFound
    shared, own = plans.plan_of(viewer, task.plan_id, task.shared_version), plans.plan_of(viewer, found.plan_id)
    lead = next(one.name for one in task.members if one.id == task.lead_id)
    shown = changes.difference(shared, own, (_("共案"), _("个案")), (lead, found.person.name))
    return {"task": task, "edition": found, "labels": labels, **shown}


def minutes_of(meeting: LessonFacts) -> list[MinuteLine]:
    """Return the minutes and decisions of a meeting as its log has them, without those taken back."""
    seats = {0: meeting.lead_person_id} | {site.position: site.assist_id for site in meeting.sites if site.assist_id}
    names = people.person_names(seats.values())
    lines: dict[str, MinuteLine] = {}
    for fact in live.facts_of(meeting.id, ("minute:added", "minute:dropped")):
        if fact["type"] == "minute:dropped":
            lines.pop(fact["data"]["minute"], None)
            continue
        seat = str(fact["by"]).partition(":")[2]
        card = names.get(seats.get(int(seat) if seat.isdigit() else 0) or "")
        lines[fact["data"]["id"]] = MinuteLine(card.name if card else "", fact["data"]["text"], fact["data"]["kind"] == "decision")
    return list(lines.values())


def reflection_given(viewer: Viewer, lesson_id: str) -> dict[str, str]:
    """Return what the viewer said of a lesson at its end, so that nobody writes it twice; nothing when they said nothing."""
    lesson = timetable.lesson(lesson_id)
    if lesson is None or viewer.person_id not in lesson.person_ids:
        return {}
    places = {site.assist_id: site.position for site in lesson.sites if site.assist_id}
    place = 0 if lesson.lead_person_id == viewer.person_id else places.get(viewer.person_id, 0)
    given = [fact for fact in live.facts_of(lesson.id, ("reflection:given",)) if _place_of(str(fact["by"])) == place]
    return {name: str(given[-1]["data"].get(name, "")) for name in ("worked", "problem", "evidence", "next")} if given else {}


def _place_of(seat: str) -> int:
    number = seat.partition(":")[2]
    return int(number) if number.isdigit() else 0


def _next(viewer: Viewer, task: TaskFacts, *, has_commented: bool) -> PrepStep | None:
    is_lead = task.lead_id == viewer.person_id
    return rules.next_step(task.state, task.own_of(viewer.person_id), is_lead=is_lead, has_commented=has_commented)


def _next_listed(viewer: Viewer, task: TaskFacts) -> PrepStep | None:
    """Return the same in a list, where comments are counted only while they are asked for."""
    is_asked = task.state is PrepState.DISCUSSING and task.lead_id != viewer.person_id
    return _next(viewer, task, has_commented=is_asked and bool(_comments(viewer, task.plan_id)[viewer.person_id]))


def _states(task: TaskFacts) -> list[dict[str, Any]]:
    """Return the line of states: which are done, which is now, and by when each is wanted."""
    order = list(PrepState)
    at = order.index(task.state)
    return [
        {"label": labels.PREP_STATES[state], "is_done": place < at, "is_now": place == at, "due": rules.due_of(state, task.dues)}
        for place, state in enumerate(order)
    ]


def _comments(viewer: Viewer, plan_id: str) -> Counter[str]:
    """Return how many comments and suggestions each person gave; nothing for a member whom the owner let out of the plan."""
    try:
        return Counter(one.author_id for one in plans.remarks_of(viewer, plan_id))
    except HubError:
        return Counter()


def _place(node_id: str | None) -> str:
    found = curriculum.places_of([node_id]) if node_id else {}
    return next((place.path for place in found.values()), "")


def _own_lessons(viewer: Viewer) -> Sequence[tuple[str, str]]:
    today = schools.today()
    found = timetable.lessons_between(today - _BACK, today, person_id=viewer.person_id)
    held = [one for one in found if not one.is_meeting and viewer.person_id in one.person_ids and one.cancelled_at is None]
    return [(one.id, f"{one.day:%m-%d} {one.subject_name} {one.title}") for one in reversed(held)]


def _addable(viewer: Viewer, task: TaskFacts) -> list[tuple[str, str]]:
    community = next((one for one in timetable_access.seen_communities(viewer) if one.id == task.community_id), None)
    if community is None:
        return []
    known = {one.id for one in task.members}
    found = groups(viewer, community, task.subject)
    return [(row.id, f"{row.name}（{name}）") for name, members in found for row in members if row.id not in known]

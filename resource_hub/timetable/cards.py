"""How a lesson and a pairing show wherever a ``Ref`` to them stands: the inbox, later the dashboards."""

from collections.abc import Mapping, Sequence

from resource_hub.infra.features import Card
from resource_hub.kernel.viewer import Viewer
from resource_hub.timetable import access, labels, queries
from resource_hub.timetable.schemas import LessonState


def lesson_cards(viewer: Viewer, ids: Sequence[str]) -> Mapping[str, Card]:
    """Return the cards of those lessons that the viewer sees; a class terminal sees none."""
    if viewer.is_terminal:
        return {}
    within = access.seen_schools(viewer)
    found = {}
    for lesson in queries.lessons(ids):
        if access.sees_lesson(viewer, lesson, within):
            when = labels.when_words(lesson.day, lesson.period, lesson.starts_at)
            is_off = lesson.state is LessonState.CANCELLED
            found[lesson.id] = Card(
                title=f"{lesson.subject_name} · {when}",
                url=f"/timetable/lessons/{lesson.id}",
                note=str(labels.STATES[lesson.state]) if is_off else lesson.title,
                tone="danger" if is_off else "",
                subject=lesson.subject_name,
                author=lesson.lead,
            )
    return found


def pairing_cards(viewer: Viewer, ids: Sequence[str]) -> Mapping[str, Card]:
    """Return the cards of those pairings of which the viewer sees a school."""
    if viewer.is_terminal:
        return {}
    within = access.seen_schools(viewer)
    return {
        pairing.id: Card(
            title=f"{pairing.subject_name} · {pairing.classes[0].school} {pairing.classes[0].class_name}",
            url=f"/admin/pairings/{pairing.id}",
            note=" ".join(f"{site.school} {site.class_name}" for site in pairing.classes[1:]),
            subject=pairing.subject_name,
            author=pairing.lead,
        )
        for pairing in queries.pairings(ids=ids)
        if within is None or within & set(pairing.school_ids)
    }

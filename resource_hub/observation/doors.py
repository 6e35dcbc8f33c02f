"""The ways to observation from a lesson of the timetable and from a resource with a recording.

The player reads ``data-player-marks`` of the panel, so that notes stand on its time-line (static/src/islands/player/marks.ts).
"""

import json

from flask import render_template

from resource_hub.kernel.errors import HubError
from resource_hub.kernel.viewer import Viewer
from resource_hub.library import queries as library
from resource_hub.live import access as live
from resource_hub.observation import lesson_data, queries
from resource_hub.timetable import queries as timetable
from resource_hub.timetable.schemas import LessonState


def lesson_panel(viewer: Viewer, lesson_id: str) -> str:
    """Return the way to observe a lesson, and to what its log and its observers say of it."""
    lesson = timetable.lesson(lesson_id)
    if lesson is None or viewer.is_terminal or lesson.state is LessonState.CANCELLED:
        return ""
    may_observe = lesson.lead_person_id != viewer.person_id and lesson.is_near and live.may_watch(viewer, lesson)
    has_data = lesson.state is LessonState.ENDED and lesson_data.is_for(viewer, lesson)
    return render_template("observation/doors.html", lesson=lesson, may_observe=may_observe, has_data=has_data)


def resource_panel(viewer: Viewer, resource_id: str) -> str:
    """Return the way to observe a recording, and the notes on it that are for the viewer."""
    try:
        view = library.resource_view(viewer, resource_id)
    except HubError:
        return ""
    recording = view.recording
    if recording is None or recording.family != "video":
        return ""
    notes = queries.notes_of_recording(viewer, recording.id)
    marks = [{"at_s": note.second, "label": note.words or "、".join(note.tags)} for _, _, note in notes]
    return render_template(
        "observation/recording.html", resource_id=view.id, asset_id=recording.id, notes=notes, marks=json.dumps(marks, ensure_ascii=False),
        has_data=queries.has_findings(viewer, recording.id),
    )  # fmt: skip

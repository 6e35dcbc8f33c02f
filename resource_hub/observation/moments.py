"""Where a second of a lesson can be seen again: the page of its recording, at that moment.

Seconds of a lesson begin when it was opened; those of its recording leave out what nobody recorded. Rule: no address is
given for what the viewer may not see, what was never recorded, or what is not there any more.
"""

from collections.abc import Callable

from resource_hub.kernel import clock
from resource_hub.kernel.errors import HubError
from resource_hub.kernel.viewer import Viewer
from resource_hub.media import queries as media
from resource_hub.recordings import queries as recordings
from resource_hub.recordings.access import get_recording_for
from resource_hub.recordings.rules import Timeline
from resource_hub.timetable.queries import LessonFacts

Way = Callable[[int], str]
"""The address at which a second is seen; "" where there is none."""


def way_to_lesson(viewer: Viewer, lesson: LessonFacts) -> Way:
    """Return the way to the moments of a lesson."""
    timeline = _timeline(viewer, lesson.id)
    began = clock.ms(lesson.opened_at or lesson.starts_at)

    def way(second: int) -> str:
        at = began + second * 1000
        if timeline is None or not timeline.placed[0].at_ms <= at <= timeline.ends_at:
            return ""
        return f"/live/{lesson.id}/recording#t={int(timeline.second_of(at))}"

    return way


def way_to_resource(resource_id: str) -> Way:
    """Return the way to the moments of a recording of the library that the viewer has before them."""
    return lambda second: f"/resources/{resource_id}#t={second}"


def _timeline(viewer: Viewer, lesson_id: str) -> Timeline | None:
    """Return the time-line of a recording that can be played; None without one."""
    try:
        recording = get_recording_for(viewer, lesson_id, "view")
    except HubError:
        return None
    if recording.asset_id is None or recording.joined_at is None or not recording.placed:
        return None
    asset = media.asset_views([recording.asset_id]).get(recording.asset_id)
    return None if asset is None or asset.is_gone else recordings.timeline_of(recording)

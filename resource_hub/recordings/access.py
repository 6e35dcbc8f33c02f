"""Who records a lesson, and who may see what came of it.

Whoever sits in the lead's seat records, a substitute too; a session and its chunks are its own recorder's. A recording is
shown to its teacher and, once it is shared, to whom the library shows its resource. Nobody is shown one whose consent is over.
"""

import sqlalchemy as sa

from resource_hub.infra.db import db
from resource_hub.kernel.errors import N_, HubError, NotAllowed, NotFound
from resource_hub.kernel.viewer import Viewer
from resource_hub.library import access as library
from resource_hub.live import access as live
from resource_hub.media import queries as media
from resource_hub.recordings.models import Recording, RecordingSession
from resource_hub.recordings.schemas import RecordingState
from resource_hub.timetable import queries as timetable
from resource_hub.timetable.queries import LessonFacts

_LEAD = "lead"


class OnlyTheLead(NotAllowed):
    code = "only_the_lead"
    message = N_("只有这节课的主讲教师能录制。")


class ConsentOver(NotAllowed):
    code = "consent_over"
    message = N_("录像的同意已经到期或被撤回，不能再导出。")


def get_lesson_to_record(viewer: Viewer, lesson_id: str) -> LessonFacts:
    """Return the lesson that the viewer leads; NotFound when it is hidden from them, OnlyTheLead when they sit elsewhere."""
    lesson = timetable.lesson(lesson_id)
    if lesson is None:
        raise NotFound
    if live.seat_in(viewer, lesson).part != _LEAD:
        raise OnlyTheLead
    return lesson


def get_session_for(viewer: Viewer, lesson_id: str, session_id: str, *, lock: bool = False) -> tuple[Recording, RecordingSession]:
    """Return one's own session of a lesson with its recording; NotFound otherwise."""
    query = (
        sa.select(Recording, RecordingSession)
        .join(RecordingSession, RecordingSession.recording_id == Recording.id)
        .where(Recording.lesson_id == lesson_id, RecordingSession.id == session_id, RecordingSession.person_id == viewer.person_id)
    )
    row = db.session.execute(query.with_for_update(of=Recording) if lock else query).one_or_none()
    if row is None:
        raise NotFound
    return row.Recording, row.RecordingSession


def get_recording_for(viewer: Viewer, lesson_id: str, action: str) -> Recording:
    """Return the recording of a lesson to ``view`` or to ``change``; NotFound when it is hidden or there is none."""
    recording = db.session.scalar(sa.select(Recording).where(Recording.lesson_id == lesson_id))
    if recording is None or recording.state is RecordingState.ERASED:
        raise NotFound
    if recording.person_id == viewer.person_id:
        return recording
    if not _is_shared_with(viewer, recording):
        raise NotFound
    if action != "view":
        raise NotAllowed
    return recording


def get_recording_to_take(viewer: Viewer, lesson_id: str) -> tuple[Recording, str]:
    """Return a recording that the viewer may carry away as a file, and its asset.

    NotFound when it is hidden or not joined yet, ConsentOver for its own teacher too: a copy cannot be called back.
    """
    recording = get_recording_for(viewer, lesson_id, "view")
    if recording.asset_id is None or recording.joined_at is None:
        raise NotFound
    if media.consent_of([recording.asset_id])[recording.asset_id].is_over:
        raise ConsentOver
    return recording, recording.asset_id


def _is_shared_with(viewer: Viewer, recording: Recording) -> bool:
    if recording.resource_id is None or recording.asset_id is None:
        return False
    if media.consent_of([recording.asset_id])[recording.asset_id].is_over:
        return False
    try:
        library.get_resource_for(viewer, recording.resource_id, "view")
    except HubError:
        return False
    return True

"""What the film of a recording shows, and how far its making is.

The script is read from the log each time a film is made, so that it says what the page of the recording says. Only
documents that the page may still show are in it; of others the strokes stand on blank paper.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from resource_hub.infra import jobs
from resource_hub.infra.db import db
from resource_hub.infra.features import hub
from resource_hub.infra.jobs import JobState, JobView
from resource_hub.live import pages as live_pages
from resource_hub.live import queries as live
from resource_hub.live import scenes
from resource_hub.media import queries as media
from resource_hub.media.schemas import FilmScene, FilmScript, FilmSheet
from resource_hub.recordings import queries
from resource_hub.recordings.models import Recording
from resource_hub.recordings.schemas import RecordingState
from resource_hub.timetable import queries as timetable
from resource_hub.timetable.queries import LessonFacts

_WIDTH = 1600
"""Of the pictures of pages: the largest that there is, for a board of 960 or 1280 pixels that is drawn twice as large."""
_JOB = "media.film"


@dataclass(frozen=True, slots=True)
class FilmStanding:
    """``state`` is none, queued, running, ready or failed; what the others are about is set in their states only."""

    lesson_id: str
    state: str
    progress: float = 0.0
    stage: str = ""
    left_s: int | None = None
    before: int = 0
    bytes: int = 0
    until: date | None = None
    message: str = ""


def script_of(asset_id: str) -> FilmScript | None:
    """Return what the film of a recording shows; None for any other file, and for one that is no more."""
    recording = db.session.scalar(sa.select(Recording).where(Recording.asset_id == asset_id))
    lesson = timetable.lesson(recording.lesson_id) if recording else None
    if recording is None or lesson is None or recording.state is RecordingState.ERASED or not recording.placed:
        return None
    timeline = queries.timeline_of(recording)
    found = scenes.scenes_of(live.facts_of(lesson.id, scenes.DRAWN), timeline.second_of, timeline.length_s)
    return FilmScript(timeline.length_s, tuple(found), _sheets(lesson, found))


def standing_of(recording: Recording, asset_id: str) -> FilmStanding:
    """Return how far the film of a recording is."""
    film = media.film_of(asset_id)
    if film is not None:
        until = film.until.astimezone(hub().settings.zone).date()
        return FilmStanding(recording.lesson_id, "ready", bytes=film.bytes, until=until)
    job = next((one for one in jobs.jobs_of("recording", [recording.id]).get(recording.id, ()) if one.kind == _JOB), None)
    return _in_making(recording.lesson_id, job) if job else FilmStanding(recording.lesson_id, "none")


def _in_making(lesson_id: str, job: JobView) -> FilmStanding:
    """A film that was made and forgotten, or was stopped, can be asked for as if there had been none."""
    match job.state:
        case JobState.QUEUED:
            return FilmStanding(lesson_id, "queued", before=job.before)
        case JobState.RUNNING:
            return FilmStanding(lesson_id, "running", progress=job.progress, stage=job.stage, left_s=job.left_s)
        case JobState.DEAD:
            return FilmStanding(lesson_id, "failed", message=job.error_message or "")
    return FilmStanding(lesson_id, "none")


def _sheets(lesson: LessonFacts, found: Collection[FilmScene]) -> dict[str, FilmSheet]:
    """Return the pictures of the pages that are shown, by the names of their sheets."""
    named = {scene.sheet: (deck, int(page)) for scene in found for deck, _, page in [scene.sheet.rpartition("/")]}
    allowed = live_pages.files_shown(lesson, frozenset(deck for deck, _page in named.values()))
    pictures = media.page_sheets({place for place in named.values() if place[0] in allowed}, _WIDTH)
    return {sheet: pictures[place] for sheet, place in named.items() if place in pictures}

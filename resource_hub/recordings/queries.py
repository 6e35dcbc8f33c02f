"""Reading recordings: what a recorder must know, what is waited for, what the page and search show."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from resource_hub.infra.db import db
from resource_hub.kernel.viewer import Viewer
from resource_hub.live import queries as live
from resource_hub.media import queries as media
from resource_hub.media.schemas import Declaration, Placed
from resource_hub.recordings import rules
from resource_hub.recordings.models import Recording, RecordingChunk, RecordingMark, RecordingSession
from resource_hub.recordings.rules import SessionFacts, Timeline
from resource_hub.recordings.schemas import MarkKind, RecordingState
from resource_hub.timetable.queries import LessonFacts


@dataclass(frozen=True, slots=True)
class Basis:
    """What allows a recording: the batch of the class, or what its teacher declared; neither: it is not allowed yet."""

    batch_id: str | None = None
    batch_words: str = ""
    declaration: Declaration = Declaration.NONE

    @property
    def allows(self) -> bool:
        return self.batch_id is not None or self.declaration is not Declaration.NONE


@dataclass(frozen=True, slots=True)
class MarkView:
    at_s: float
    kind: MarkKind
    text: str


def recording_of(lesson_id: str) -> Recording | None:
    """Return the recording of a lesson, whoever asks."""
    return db.session.scalar(sa.select(Recording).where(Recording.lesson_id == lesson_id))


def basis_of(lesson: LessonFacts, recording: Recording | None) -> Basis:
    """Return what allows recording this lesson today: slips of the lead class or its school, else what was declared before."""
    lead = next((site for site in lesson.sites if site.position == 0), None)
    if lead is not None:
        for batch in media.consent_batches(frozenset({lead.school_id}), usable=True):
            if batch.class_id in {None, lead.class_id}:
                return Basis(batch.id, batch.class_name or batch.school)
    declared = recording.declaration if recording is not None else Declaration.NONE
    return Basis(declaration=declared)


def numbers_of(recording_id: str) -> Mapping[str, list[int]]:
    """Return session → the numbers of its chunks that are stored, in order."""
    query = sa.select(RecordingChunk.session_id, RecordingChunk.number).where(RecordingChunk.recording_id == recording_id)
    found: dict[str, list[int]] = {}
    for session_id, number in db.session.execute(query.order_by(RecordingChunk.session_id, RecordingChunk.number)):
        found.setdefault(session_id, []).append(number)
    return found


def sessions_of(recording: Recording) -> list[tuple[RecordingSession, SessionFacts]]:
    """Return the sessions of a recording in the order in which they came, each with what is there of it."""
    told, numbers = told_sessions(recording.lesson_id), numbers_of(recording.id)
    rows = db.session.scalars(
        sa.select(RecordingSession).where(RecordingSession.recording_id == recording.id).order_by(RecordingSession.created_at)
    )
    return [(row, SessionFacts(numbers.get(row.id, []), row.chunk_total, row.id in told, row.heard_at)) for row in rows]


def told_sessions(lesson_id: str) -> Mapping[str, int]:
    """Return session → when the lesson's log says that it began (ms)."""
    return {str(fact["data"]["session"]): int(fact["at"]) for fact in live.facts_of(lesson_id, ["recording:started"])}


def bytes_of(recording_id: str) -> int:
    return db.session.scalar(sa.select(sa.func.sum(RecordingChunk.bytes)).where(RecordingChunk.recording_id == recording_id)) or 0


def timeline_of(recording: Recording) -> Timeline:
    return Timeline(tuple(Placed(int(at_ms), float(start_s), float(length_s)) for at_ms, start_s, length_s in recording.placed))


def marks_of(recording_id: str) -> list[MarkView]:
    """Return what happened in a recording, in order of time."""
    rows = db.session.scalars(sa.select(RecordingMark).where(RecordingMark.recording_id == recording_id).order_by(RecordingMark.position))
    return [MarkView(row.at_s, row.kind, row.text) for row in rows]


def moments_of_assets(asset_ids: Sequence[str]) -> Mapping[str, Sequence[tuple[float, str]]]:
    """Return what search finds in recordings of lessons: slides with all that stands on them, questions, words; each with its second."""
    rows = db.session.execute(sa.select(Recording.id, Recording.asset_id, Recording.slide_texts).where(Recording.asset_id.in_(asset_ids)))
    found: dict[str, list[tuple[float, str]]] = {}
    assets: dict[str, str] = {}
    for row in rows:
        assets[row.id] = str(row.asset_id)
        found[str(row.asset_id)] = [(float(at_s), str(text)) for at_s, text in row.slide_texts]
    wanted = sa.select(RecordingMark).where(RecordingMark.recording_id.in_(assets), RecordingMark.kind.in_(_FOUND))
    for mark in db.session.scalars(wanted.order_by(RecordingMark.position)):
        found[assets[mark.recording_id]].append((mark.at_s, mark.text))
    return found


_FOUND = (MarkKind.QUESTION, MarkKind.CHAT)
"""That a hand was raised is no word that anybody looks for."""


def open_uploads(viewer: Viewer, lesson_id: str) -> bool:
    """Return whether something of the viewer's own recording of this lesson is still waited for."""
    recording = recording_of(lesson_id)
    if recording is None or recording.state is not RecordingState.RECEIVING:
        return False
    return any(
        row.person_id == viewer.person_id and (facts.total is None or rules.missing(facts.numbers, facts.total))
        for row, facts in sessions_of(recording)
        if facts.was_told or facts.numbers
    )


def lesson_of_resource(resource_id: str) -> str | None:
    """Return the lesson of which a resource is the recording."""
    return db.session.scalar(sa.select(Recording.lesson_id).where(Recording.resource_id == resource_id))


def recordings_of(person_id: str, ids: Sequence[str]) -> list[Recording]:
    """Return those of the recordings that are this person's."""
    return list(db.session.scalars(sa.select(Recording).where(Recording.id.in_(ids), Recording.person_id == person_id)))

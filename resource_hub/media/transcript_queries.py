"""What pages, players and the index read of transcripts, slide texts and chapters.

Apart from ``queries`` because a transcript of a day is long: everything here is read in pages or as
plain columns, never as one list of rows in memory per viewer.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.util import find_spec
from typing import Any

import sqlalchemy as sa

from resource_hub.infra import jobs
from resource_hub.infra.db import db
from resource_hub.infra.features import hub
from resource_hub.infra.jobs import JobState
from resource_hub.media import transcripts
from resource_hub.media.captions import Cue, read_webvtt, write_webvtt
from resource_hub.media.models import Asset, Caption, Chapter, SlideText, Transcript, TranscriptSegment, TranscriptState
from resource_hub.media.transcripts import Mark

PAGE = 100
MOST_FOUND = 100
AUTOMATIC = "automatic"
"""Stands for an id among captions: those that the transcript gives."""
_SPEECH = "media.speech"


@dataclass(frozen=True, slots=True)
class TranscriptView:
    """``state``: off (no model), none (no sound), waiting, making, failed or ready."""

    state: str
    language: str = ""
    model: str = ""
    done_s: float = 0.0
    edited_at: datetime | None = None
    message: str = ""


@dataclass(frozen=True, slots=True)
class SegmentView:
    position: int
    start_s: float
    end_s: float
    text: str
    words: list[Any]
    revision: int


@dataclass(frozen=True, slots=True)
class Chapters:
    """``are_suggested``: nobody set them, they come from the slides."""

    marks: Sequence[Mark]
    are_suggested: bool


Marks = Callable[[Sequence[str]], Mapping[str, Sequence[tuple[float, str]]]]
"""What a feature above knows to have happened in these assets, each with its second."""

_marks: list[Marks] = []


def moments_by(marks: Marks) -> None:
    """Let a higher feature add what was said and done in recordings to what search finds; at start only."""
    if marks not in _marks:
        _marks.append(marks)


def hears_speech() -> bool:
    """True when this installation has a speech model and what runs it."""
    return hub().settings.speech_model_path is not None and _has_engine()


def transcript_of(asset_id: str) -> TranscriptView:
    """Return how far the transcript of a recording is."""
    transcript = db.session.get(Transcript, asset_id)
    if transcript is not None and transcript.state is TranscriptState.READY:
        return TranscriptView("ready", transcript.language, transcript.model, transcript.done_s, transcript.edited_at)
    asset = db.session.get_one(Asset, asset_id)
    if asset.inspected_at is not None and not asset.has_audio:
        return TranscriptView("none")
    if not hears_speech():
        return TranscriptView("off")
    job = next((job for job in jobs.jobs_of("asset", [asset_id]).get(asset_id, []) if job.kind == _SPEECH), None)
    state = "failed" if job and job.state in (JobState.DEAD, JobState.CANCELLED) else "making" if transcript else "waiting"
    told = (job.error_message or "") if job and state == "failed" else ""
    if transcript is None:
        return TranscriptView(state, message=told)
    return TranscriptView(state, transcript.language, transcript.model, transcript.done_s, transcript.edited_at, told)


def segments_of(asset_id: str, *, after: int = 0, at_s: float | None = None) -> list[SegmentView]:
    """Return a page of lines: those after a position, or those from the one heard at a second."""
    if at_s is not None:
        begun = sa.select(sa.func.max(TranscriptSegment.position))
        after = (db.session.scalar(begun.where(TranscriptSegment.asset_id == asset_id, TranscriptSegment.start_s <= at_s)) or 1) - 1
    query = sa.select(TranscriptSegment).where(TranscriptSegment.asset_id == asset_id, TranscriptSegment.position > after)
    return [segment_view(row) for row in db.session.scalars(query.order_by(TranscriptSegment.position).limit(PAGE))]


def found_segments(asset_id: str, words: str) -> list[SegmentView]:
    """Return the lines that hold ``words``, in order, the first hundred."""
    query = sa.select(TranscriptSegment).where(
        TranscriptSegment.asset_id == asset_id, TranscriptSegment.text.icontains(words, autoescape=True)
    )
    return [segment_view(row) for row in db.session.scalars(query.order_by(TranscriptSegment.position).limit(MOST_FOUND))]


def segment_view(row: TranscriptSegment) -> SegmentView:
    return SegmentView(row.position, row.start_s, row.end_s, row.text, row.words, row.revision)


def chapters_of(asset_id: str) -> Chapters:
    """Return the chapters that were set, else those that the slides suggest."""
    marks = [Mark(row.at_s, row.title) for row in db.session.scalars(_in_order(Chapter, Chapter.position, [asset_id]))]
    if marks:
        return Chapters(marks, are_suggested=False)
    slides = [(row.at_s, row.text) for row in db.session.scalars(_in_order(SlideText, SlideText.number, [asset_id]))]
    asset = db.session.get(Asset, asset_id)
    return Chapters(transcripts.suggest_chapters(slides, (asset.duration_s or 0.0) if asset else 0.0), are_suggested=True)


def automatic_captions(asset_ids: Sequence[str]) -> dict[str, TranscriptView]:
    """Return the finished transcripts among these recordings."""
    query = sa.select(Transcript).where(Transcript.asset_id.in_(asset_ids), Transcript.state == TranscriptState.READY)
    return {
        row.asset_id: TranscriptView("ready", row.language, row.model, row.done_s, row.edited_at)
        for row in db.session.scalars(query)
        if row.language
    }


def automatic_webvtt(asset_id: str) -> str:
    """Return the transcript as captions."""
    return write_webvtt(
        Cue(round(start * 1000), max(round(end * 1000), round(start * 1000) + 1), text)
        for start, end, text in _said([asset_id]).get(asset_id, ())
    )


def moments_of(asset_ids: Sequence[str]) -> dict[str, list[tuple[float, str]]]:
    """Return what is said, shown and named in each recording, with its second: four queries for any number.

    Captions that people made stand for the transcript where there are some.
    """
    found: dict[str, list[tuple[float, str]]] = {}
    captions: dict[str, str] = {}
    for caption in db.session.scalars(sa.select(Caption).where(Caption.asset_id.in_(asset_ids)).order_by(Caption.created_at.desc())):
        captions[caption.asset_id] = caption.vtt
    for row in db.session.scalars(_in_order(Chapter, Chapter.position, asset_ids)):
        found.setdefault(row.asset_id, []).append((row.at_s, row.title))
    for slide in db.session.scalars(_in_order(SlideText, SlideText.number, asset_ids)):
        found.setdefault(slide.asset_id, []).append((slide.at_s, slide.text))
    for asset_id, vtt in captions.items():
        cues = ((cue.start_ms / 1000, cue.end_ms / 1000, cue.text.replace("\n", " ")) for cue in read_webvtt(vtt))
        found.setdefault(asset_id, []).extend(transcripts.passages_of(cues))
    for asset_id, lines in _said([one for one in asset_ids if one not in captions]).items():
        found.setdefault(asset_id, []).extend(transcripts.passages_of(lines))
    for marks in _marks:
        for asset_id, told in marks(asset_ids).items():
            found.setdefault(asset_id, []).extend(told)
    return found


def _said(asset_ids: Sequence[str]) -> Mapping[str, Iterable[tuple[float, float, str]]]:
    columns = sa.select(TranscriptSegment.asset_id, TranscriptSegment.start_s, TranscriptSegment.end_s, TranscriptSegment.text)
    query = columns.where(TranscriptSegment.asset_id.in_(asset_ids), TranscriptSegment.text != "")
    found: dict[str, list[tuple[float, float, str]]] = {}
    for asset_id, start_s, end_s, text in db.session.execute(query.order_by(TranscriptSegment.asset_id, TranscriptSegment.position)):
        found.setdefault(asset_id, []).append((start_s, end_s, text))
    return found


def _in_order(table: Any, number: Any, asset_ids: Sequence[str]) -> Any:
    return sa.select(table).where(table.asset_id.in_(asset_ids)).order_by(table.asset_id, number)


@cache
def _has_engine() -> bool:
    return find_spec("faster_whisper") is not None

"""Transcripts, words on slides and chapters: recorded by the worker, mended by the uploader.

Apart from ``results`` because people change these: what a person wrote is never overwritten by a
later run of the worker. Verbs run inside the caller's unit.
"""

from collections.abc import Callable, Sequence

import sqlalchemy as sa

from resource_hub.infra import jobs, unit
from resource_hub.infra.db import db
from resource_hub.kernel import clock
from resource_hub.kernel.errors import N_, Conflict, Invalid, NotFound
from resource_hub.kernel.refs import Ref
from resource_hub.kernel.viewer import Viewer
from resource_hub.media import transcripts
from resource_hub.media.access import get_asset_for
from resource_hub.media.events import AssetChanged
from resource_hub.media.models import Asset, Chapter, Rendition, SlideText, Transcript, TranscriptSegment, TranscriptState
from resource_hub.media.schemas import Read
from resource_hub.media.transcript_queries import hears_speech
from resource_hub.media.transcripts import Line, Mark

SPEECH = "media.speech"
_ORDERED_AT_ONCE = 50

Terms = Callable[[str], Sequence[str]]
"""Words that are likely to be heard in the asset of that id, the most telling first."""

_terms: list[Terms] = []


class SegmentChanged(Conflict):
    code, message = "segment_changed", N_("这一句刚在别处改过。请刷新后再改，您写的内容还在输入框里。")


class TranscriptEdited(Conflict):
    code, message = "transcript_edited", N_("文字稿已经有人校对过，重新识别会丢掉这些修改。确定要重新识别，请再次确认。")


class SpeechOff(Conflict):
    code, message = "speech_off", N_("语音识别未开启：服务器上没有识别模型。请联系技术员。")


def prompt_by(terms: Terms) -> None:
    """Let a higher feature say which words belong to a recording; at start only."""
    if terms not in _terms:
        _terms.append(terms)


def terms_of(asset_id: str) -> list[str]:
    """Return the words that recognition should know, the most telling first."""
    return list(dict.fromkeys(word for terms in _terms for word in terms(asset_id)))


def begin_transcript(asset_id: str, model: str) -> tuple[str, float] | None:
    """Return language and second from which recognition goes on; ``None`` when all was heard already."""
    _asset(asset_id)
    transcript = db.session.get(Transcript, asset_id)
    if transcript is None:
        transcript = Transcript(asset_id=asset_id, language="", state=TranscriptState.MAKING, model=model)
        db.session.add(transcript)
        db.session.flush()
    if transcript.state is TranscriptState.READY:
        return None
    return transcript.language, transcript.done_s


def record_speech(asset_id: str, lines: Sequence[Line], *, language: str, done_s: float, is_end: bool) -> None:
    """Add what was heard up to ``done_s``; a chunk recorded twice leaves the same rows as once."""
    transcript = db.session.get(Transcript, asset_id)
    if transcript is None:
        raise NotFound
    if transcript.state is TranscriptState.READY or (done_s <= transcript.done_s and not is_end):
        return
    last = db.session.scalar(sa.select(sa.func.max(TranscriptSegment.position)).where(TranscriptSegment.asset_id == asset_id))
    rows = [
        {"asset_id": asset_id, "position": number, "start_s": line.start_s, "end_s": line.end_s, "text": line.text,
         "words": [list(word) for word in line.words], "revision": 0}
        for number, line in enumerate(lines, (last or 0) + 1)
    ]  # fmt: skip
    if rows:
        db.session.execute(sa.insert(TranscriptSegment), rows)
    transcript.language, transcript.done_s = language, done_s
    if is_end:
        transcript.state, transcript.made_at = TranscriptState.READY, clock.now()
    unit.record(AssetChanged(asset_id))


def record_slides(asset_id: str, slides: Sequence[tuple[float, Read]]) -> None:
    """Replace the words read from the stills."""
    _asset(asset_id)
    db.session.execute(sa.delete(SlideText).where(SlideText.asset_id == asset_id))
    kept = [(at_s, text, found.runs) for at_s, found in slides if (text := transcripts.clean_slide(found.text))]
    for number, (at_s, text, runs) in enumerate(kept):
        db.session.add(SlideText(asset_id=asset_id, number=number, at_s=at_s, text=text, runs=list(runs)))
    unit.record(AssetChanged(asset_id))


def edit_segment(viewer: Viewer, asset_id: str, position: int, text: str, revision: int) -> TranscriptSegment:
    """Write one line of the uploader's own recording anew; its words keep their times.

    ``revision`` is the one that was read: SegmentChanged when somebody wrote since. An empty text
    leaves the line out of captions and search; its words of before are kept for a change of mind.
    """
    get_asset_for(viewer, asset_id, "change")
    segment = db.session.get(TranscriptSegment, (asset_id, position), with_for_update=True, populate_existing=True)
    transcript = db.session.get(Transcript, asset_id)
    if segment is None or transcript is None:
        raise NotFound
    if segment.revision != revision:
        raise SegmentChanged
    clean = " ".join(text.split())
    if clean == segment.text:
        return segment
    if clean:
        segment.words = [list(word) for word in transcripts.retime(segment.words, clean, segment.start_s, segment.end_s)]
    segment.text = clean
    segment.revision += 1
    transcript.edited_at, transcript.edited_by = clock.now(), viewer.person_id
    unit.record(AssetChanged(asset_id))
    return segment


def make_transcript(viewer: Viewer, asset_id: str, *, replace: bool) -> None:
    """Order recognition (again) for the uploader's own recording; ``replace`` gives up what people mended."""
    asset = get_asset_for(viewer, asset_id, "change")
    if not hears_speech():
        raise SpeechOff
    sound = _sound_of(asset.id)
    if sound is None:
        raise Conflict(N_("录像还在处理，或没有声音，暂时不能识别。"), code="no_sound")
    transcript = db.session.get(Transcript, asset_id)
    if transcript is not None and transcript.state is TranscriptState.READY:
        if transcript.edited_at and not replace:
            raise TranscriptEdited
        db.session.execute(sa.delete(TranscriptSegment).where(TranscriptSegment.asset_id == asset_id))
        db.session.delete(transcript)
        db.session.flush()
        unit.record(AssetChanged(asset_id))
    _order(asset, sound)


def order_missing_speech() -> int:
    """Order recognition for recordings that came while there was no model; returns how many."""
    if not hears_speech():
        return 0
    unheard = (
        sa.select(Asset)
        .where(Asset.has_audio, Asset.failure_code.is_(None), Asset.inspected_at.is_not(None))
        .where(~sa.exists().where(Transcript.asset_id == Asset.id))
        .where(sa.exists().where(Rendition.asset_id == Asset.id, Rendition.group == "ladder", Rendition.kind == "audio"))
        .order_by(Asset.created_at.desc())
        .limit(_ORDERED_AT_ONCE)
    )
    assets = list(db.session.scalars(unheard))
    known = jobs.jobs_of("asset", [asset.id for asset in assets])
    ordered = 0
    for asset in assets:
        sound = _sound_of(asset.id)
        if sound is not None and not any(job.kind == SPEECH for job in known.get(asset.id, [])):
            _order(asset, sound)
            ordered += 1
    return ordered


def set_chapters(viewer: Viewer, asset_id: str, marks: Sequence[Mark]) -> list[Mark]:
    """Replace the chapters of the uploader's own recording, in order of time; none brings the suggestions back."""
    asset = get_asset_for(viewer, asset_id, "change")
    found = sorted(marks, key=lambda mark: mark.at_s)
    if len(found) > transcripts.MOST_CHAPTERS:
        raise Invalid(fields={"chapters": N_("一段录像最多 100 个章节。")})
    if any(mark.at_s > (asset.duration_s or mark.at_s) for mark in found):
        raise Invalid(fields={"chapters": N_("有章节的时间超过了录像长度，请改好再保存。")})
    if len({mark.at_s for mark in found}) < len(found):
        raise Invalid(fields={"chapters": N_("两个章节的时间相同，请改好再保存。")})
    db.session.execute(sa.delete(Chapter).where(Chapter.asset_id == asset_id))
    for position, mark in enumerate(found):
        db.session.add(Chapter(asset_id=asset_id, position=position, at_s=mark.at_s, title=mark.title))
    unit.record(AssetChanged(asset_id))
    return found


def _order(asset: Asset, sound: Rendition) -> None:
    payload = {"asset_id": asset.id, "duration_s": asset.duration_s, "sound": sound.key, "bytes": sound.bytes}
    jobs.enqueue(SPEECH, payload, subject=Ref("asset", asset.id), dedupe=f"{SPEECH}:{asset.id}", priority=-2)


def _sound_of(asset_id: str) -> Rendition | None:
    sounds = sa.select(Rendition).where(Rendition.asset_id == asset_id, Rendition.group == "ladder", Rendition.kind == "audio")
    return db.session.scalar(sounds.order_by(Rendition.bytes).limit(1))


def _asset(asset_id: str) -> Asset:
    asset = db.session.get(Asset, asset_id)
    if asset is None:
        raise NotFound
    return asset

"""One recording out of its sessions: when all is there it is joined, and becomes a draft of its teacher in the library.

It is ordered as soon as nothing is waited for any more, mostly by the last word of the recorder, seconds after the lesson;
what arrives later is joined again in the same place, so that no link changes.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from flask_babel import gettext as _

from resource_hub.audit import service as audit
from resource_hub.inbox import service as inbox
from resource_hub.infra.db import db
from resource_hub.kernel import clock
from resource_hub.kernel.errors import N_, Conflict, HubError
from resource_hub.kernel.refs import Ref
from resource_hub.kernel.viewer import Viewer
from resource_hub.library import queries as library_queries
from resource_hub.library import service as library
from resource_hub.library.schemas import Kind, ResourceIn
from resource_hub.live import pages as live_pages
from resource_hub.live import queries as live
from resource_hub.media import queries as media_queries
from resource_hub.media import service as media
from resource_hub.media.events import AssetJoined
from resource_hub.media.schemas import Piece
from resource_hub.media.service import consents
from resource_hub.people import queries as people
from resource_hub.recordings import marks, queries, rules
from resource_hub.recordings.access import get_recording_for
from resource_hub.recordings.models import Recording, RecordingMark, RecordingSession
from resource_hub.recordings.rules import SessionFacts, Timeline
from resource_hub.recordings.schemas import MarkKind, RecordingState
from resource_hub.timetable import queries as timetable
from resource_hub.timetable.queries import LessonFacts
from resource_hub.timetable.schemas import LessonState

READY = "recording.ready"
MOST_SLIDE_TEXT = 2_000
_AT_ONCE = 200


class NothingToJoin(Conflict):
    code = "nothing_to_join"
    message = N_("服务器上还没有可以播放的录像片段。")


def join_settled(recording: Recording) -> None:
    """Join a recording whose lesson is over when nothing of it is waited for any more; else nothing happens."""
    lesson = timetable.lesson(recording.lesson_id)
    if lesson is None or lesson.state is not LessonState.ENDED or recording.state is not RecordingState.RECEIVING:
        return
    sessions = queries.sessions_of(recording)
    if all(rules.is_settled(facts, clock.now()) for _row, facts in sessions):
        _order(recording, lesson, sessions)


def join_lesson(lesson_id: str) -> None:
    """The same for a lesson that just ended; most have no recording."""
    recording = db.session.scalar(sa.select(Recording).where(Recording.lesson_id == lesson_id).with_for_update())
    if recording is not None:
        join_settled(recording)


def join_left() -> None:
    """The same for all recordings that still wait for something."""
    waiting = sa.select(Recording).where(Recording.state == RecordingState.RECEIVING).order_by(Recording.created_at).limit(_AT_ONCE)
    for recording in db.session.scalars(waiting.with_for_update()).all():
        join_settled(recording)


def join_now(viewer: Viewer, lesson_id: str) -> None:
    """Join one's own recording with what is there, whatever is still waited for; NothingToJoin when that cannot be played."""
    recording = get_recording_for(viewer, lesson_id, "change")
    lesson = timetable.lesson(lesson_id)
    if lesson is None or not _order(recording, lesson, queries.sessions_of(recording)):
        raise NothingToJoin


def take_joined(event: AssetJoined) -> None:
    """Take over what the worker joined: where each session plays, what happened when, and the draft in the library."""
    recording = db.session.scalar(sa.select(Recording).where(Recording.asset_id == event.asset_id).with_for_update())
    lesson = timetable.lesson(recording.lesson_id) if recording else None
    if recording is None or lesson is None:
        return
    now, is_new = clock.now(), recording.joined_at is None
    recording.placed = [[piece.at_ms, piece.start_s, piece.length_s] for piece in event.placed]
    recording.joined_at = now
    if recording.state is RecordingState.JOINING:
        recording.state = RecordingState.READY
    viewer = people.viewer_of_person(recording.person_id)
    if is_new:
        recording.expires_at = now + rules.KEPT_FOR
    if viewer is not None and recording.resource_id is None and viewer.school_id is not None:
        recording.resource_id = _make_draft(viewer, recording, lesson)
    _mark(recording, lesson, viewer)
    if is_new:
        inbox.deliver([recording.person_id], READY, Ref("recording", recording.id))


def _order(recording: Recording, lesson: LessonFacts, sessions: Sequence[tuple[RecordingSession, SessionFacts]]) -> bool:
    """Have what can be played joined; False when there is nothing."""
    told = queries.told_sessions(lesson.id)
    pieces = [
        Piece(
            f"recordings/{lesson.id}/{row.id}/", tuple(facts.numbers),
            rules.begun_at(row.claimed_at, told.get(row.id), int(row.created_at.timestamp() * 1000)),
        )
        for row, facts in sessions
        if rules.is_usable(facts)
    ]  # fmt: skip
    if not pieces:
        return False
    name = f"{live_pages.title_of(lesson)}.mp4"
    has_picture = any(row.mime.startswith("video/") for row, _facts in sessions)
    recording.asset_id = media.order_join(recording.person_id, name, "video" if has_picture else "audio", pieces, recording.asset_id)
    recording.state = RecordingState.JOINING
    return True


def _make_draft(viewer: Viewer, recording: Recording, lesson: LessonFacts) -> str:
    """Make the draft that the teacher finds in the library, filled with what the timetable knows, and let its consent stand behind it."""
    asset_id = str(recording.asset_id)
    pack = live_pages.pack_of(lesson)
    given = ResourceIn(
        title=live_pages.title_of(lesson),
        kind=Kind.RECORDED_LESSON,
        upload_ids=[media.upload_of(asset_id)],
        summary=_summary(lesson),
        keywords=[lesson.subject_name] if lesson.subject_name else [],
        node=library_queries.node_of(pack) if pack else None,
    )
    resource = library.create_resource(viewer, given)
    try:
        if recording.batch_id is not None:
            consents.stand_on_batch(viewer, asset_id, recording.batch_id)
        elif media_queries.consent_of([asset_id])[asset_id].state.value == "missing":
            consents.declare(viewer, asset_id, recording.declaration)
    except HubError as refusal:
        # Taken back meanwhile: nothing stands behind the recording then, and the library says so before it may be shown.
        audit.note(viewer, "recording.consent_gone", Ref("recording", recording.id), details={"why": refusal.code})
    return resource.id


def _mark(recording: Recording, lesson: LessonFacts, viewer: Viewer | None) -> None:
    """Write down what happened at which second, for the page, for the chapters of the library and for search."""
    timeline, facts = queries.timeline_of(recording), live.facts_of(lesson.id)
    words = _words(lesson, frozenset(str(fact["data"]["deck"]) for fact in facts if fact["type"] == "slide:turned"))
    found = marks.marks_of(facts, timeline, words)
    recording.slide_texts = [[at_s, text[:MOST_SLIDE_TEXT]] for at_s, text in marks.slide_texts(facts, timeline, words)]
    before = _chapters(queries.marks_of(recording.id), timeline)
    db.session.execute(sa.delete(RecordingMark).where(RecordingMark.recording_id == recording.id))
    for position, mark in enumerate(found):
        db.session.add(RecordingMark(recording_id=recording.id, position=position, at_s=mark.at_s, kind=mark.kind, text=mark.text))
    asset_id = str(recording.asset_id)
    kept = media_queries.chapters_of(asset_id)
    # What the teacher wrote since stays.
    if viewer is not None and (kept.are_suggested or list(kept.marks) == before):
        media.set_chapters(viewer, asset_id, _chapters(found, timeline))


def _chapters(found: Sequence[marks.Mark | queries.MarkView], timeline: Timeline) -> list[media_queries.ChapterMark]:
    """Return slides and questions as chapters, one a second, within the recording."""
    named = {
        round(mark.at_s, 1): media_queries.ChapterMark(round(mark.at_s, 1), mark.text[: marks.LONGEST_TITLE])
        for mark in found
        if mark.kind in {MarkKind.SLIDE, MarkKind.QUESTION} and mark.at_s < timeline.length_s - 1
    }
    return list(named.values())[: marks.MOST_CHAPTERS]


def _words(lesson: LessonFacts, decks: frozenset[str]) -> marks.Words:
    texts = {(deck, number): text for deck, pages in media_queries.texts_of(sorted(decks)).items() for number, text in pages}
    sites = {site.position: f"{site.school} {site.class_name}" for site in lesson.sites}

    def title(deck: str, page: int) -> str:
        first = next((line.strip() for line in texts.get((deck, page), "").splitlines() if line.strip()), "")
        plain = _("板书 %(n)s", n=page) if deck == _BLANK else _("第 %(n)s 页", n=page)
        return first[: marks.LONGEST_TITLE] or plain

    return marks.Words(
        page_title=title,
        page_text=lambda deck, page: texts.get((deck, page), ""),
        site=lambda position: sites.get(position, ""),
        hand=_("%(site)s举手", site="%(site)s"),
        stage=_("请%(site)s发言", site="%(site)s"),
    )


_BLANK = "board"


def _summary(lesson: LessonFacts) -> str:
    lead = next((site for site in lesson.sites if site.position == 0), None)
    far = "、".join(f"{site.school}{site.class_name}" for site in lesson.receivers)
    return _(
        "%(day)s 同步课堂实录。主讲：%(lead)s（%(class_name)s）；听课：%(far)s。板书与录像同步显示。",
        day=lesson.day.isoformat(), lead=lesson.lead, class_name=f"{lead.school}{lead.class_name}" if lead else "", far=far or "—",
    )  # fmt: skip

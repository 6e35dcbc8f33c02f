"""The end of recordings: announced before it comes, put off by one press, and what single seats did after the term.

A recording that was handed in or published is the library's and its consent's; this is about those that nobody shared.
"""

from collections.abc import Sequence
from datetime import datetime, time, timedelta

import sqlalchemy as sa

from resource_hub.audit import service as audit
from resource_hub.inbox import service as inbox
from resource_hub.infra import index, jobs, unit
from resource_hub.infra.db import db
from resource_hub.infra.features import hub
from resource_hub.infra.storage import storage
from resource_hub.kernel import clock
from resource_hub.kernel.errors import N_
from resource_hub.kernel.refs import Ref
from resource_hub.kernel.viewer import Viewer
from resource_hub.library import queries as library_queries
from resource_hub.library import service as library
from resource_hub.live import queries as live_queries
from resource_hub.live import service as live
from resource_hub.media import queries as media_queries
from resource_hub.media import service as media
from resource_hub.media.events import AssetChanged
from resource_hub.recordings import rules
from resource_hub.recordings.access import get_recording_for
from resource_hub.recordings.models import Recording, RecordingMark
from resource_hub.recordings.schemas import MarkKind, RecordingState
from resource_hub.schools import queries as schools

ENDING = "recording.ending"
_AT_ONCE = 50
_SWEPT_FOR = timedelta(days=2)


def note_viewing(viewer: Viewer, lesson_id: str) -> None:
    """Write down that somebody opened a recording with pupils; nothing of one that shows none, or that is not there yet."""
    recording = get_recording_for(viewer, lesson_id, "view")
    if recording.asset_id is None:
        return
    if media_queries.consent_of([recording.asset_id])[recording.asset_id].may_show_pupils:
        audit.note(viewer, "recording.watched", Ref("recording", recording.id))


def keep_longer(viewer: Viewer, lesson_id: str) -> datetime:
    """Keep one's own recording for another thirty days from today and return until when."""
    recording = get_recording_for(viewer, lesson_id, "change")
    recording.expires_at, recording.announced_days = max(recording.expires_at, clock.now() + rules.KEPT_FOR), None
    inbox.settle(ENDING, Ref("recording", recording.id))
    audit.note(viewer, "recording.kept", Ref("recording", recording.id), details={"until": recording.expires_at.date().isoformat()})
    return recording.expires_at


def announce_ends() -> None:
    """Tell teachers seven days and one day before a recording that nobody shared is erased."""
    now = clock.now()
    soon = now + timedelta(days=max(rules.ANNOUNCED_DAYS))
    for recording in _due(Recording.expires_at > now, Recording.expires_at <= soon):
        days = rules.announced_days(recording.expires_at, now)
        if days is None or (recording.announced_days is not None and recording.announced_days <= days):
            continue
        recording.announced_days = days
        _announce(recording, is_last=days == min(rules.ANNOUNCED_DAYS))


def _announce(recording: Recording, *, is_last: bool) -> None:
    until = recording.expires_at.astimezone(hub().settings.zone).date()
    words = {"day": until.isoformat()}
    inbox.deliver([recording.person_id], ENDING, Ref("recording", recording.id), words=words, due=until, urgent=is_last)


def erase_over() -> None:
    """Erase recordings that nobody shared in their time."""
    for recording in _due(Recording.expires_at <= clock.now()):
        if recording.resource_id is not None:
            library.shelve_unshared(recording.resource_id)
        audit.note(None, "recording.erased", Ref("recording", recording.id), details={"lesson": recording.lesson_id})
        if recording.asset_id is not None:
            media.erase(recording.asset_id, N_("录像在 30 天内没有提交，已按约定删除。"))
        _forget(recording)


def follow_asset(event: AssetChanged) -> None:
    """Forget what is known of a recording whose file was erased, for whatever reason."""
    recording = db.session.scalar(sa.select(Recording).where(Recording.asset_id == event.asset_id))
    if recording is not None and media_queries.is_erased(event.asset_id):
        _forget(recording)


def forget_chunks() -> int:
    """Remove the chunks of recordings that were joined some days ago or erased; returns how many. Opens its own units.

    First nothing more is taken in, then the bytes go: what a cut leaves behind is found by the runs of the next days.
    """
    now = clock.now()
    is_old = sa.and_(Recording.state == RecordingState.READY, Recording.joined_at < now - rules.CHUNKS_KEPT)
    is_open = sa.and_(Recording.chunks_gone_at.is_(None), sa.or_(is_old, Recording.state == RecordingState.ERASED))
    with unit.write():
        for recording in db.session.scalars(sa.select(Recording).where(is_open).limit(_AT_ONCE).with_for_update()).all():
            recording.chunks_gone_at = now
    with unit.read():
        lessons = db.session.scalars(sa.select(Recording.lesson_id).where(Recording.chunks_gone_at > now - _SWEPT_FOR)).all()
    removed = 0
    for lesson_id in lessons:
        for key, *_ in storage().list_keys(f"recordings/{lesson_id}/"):
            storage().delete(key)
            removed += 1
    return removed


def thin_logs() -> None:
    """After term and half a year, leave of lessons what their recordings show, else only that they were held; counts stay."""
    ends = [term.last_day for term in schools.terms()]
    day = rules.thinned_before(ends, schools.today())
    if day is None:
        return
    before_ms = clock.ms(datetime.combine(day, time(), hub().settings.zone))
    for lesson_id in live_queries.logs_to_thin(before_ms, _AT_ONCE):
        recording = db.session.scalar(sa.select(Recording).where(Recording.lesson_id == lesson_id))
        is_kept = recording is not None and recording.state is not RecordingState.ERASED
        _thin(lesson_id, is_kept=is_kept)
        if recording is not None:
            words = sa.delete(RecordingMark).where(RecordingMark.recording_id == recording.id, RecordingMark.kind == MarkKind.CHAT)
            db.session.execute(words)
            if recording.resource_id is not None:
                index.touch(Ref("resource", recording.resource_id))


def _thin(lesson_id: str, *, is_kept: bool) -> None:
    counts = live.thin_log(lesson_id, rules.KEPT_WITH_RECORDING if is_kept else rules.ALWAYS_KEPT)
    details = {"facts": sum(counts.values()), "chat": counts.get("chat:said", 0)}
    audit.note(None, "lesson.thinned", Ref("lesson", lesson_id), details=details)


def _due(*tests: sa.ColumnElement[bool]) -> Sequence[Recording]:
    """Return recordings whose end is near and that nobody handed in or published, locked; of the shared ones the end is put off."""
    query = sa.select(Recording).where(Recording.state != RecordingState.ERASED, *tests).order_by(Recording.expires_at).limit(_AT_ONCE)
    rows = db.session.scalars(query.with_for_update()).all()
    shared = library_queries.shared_among([row.resource_id for row in rows if row.resource_id])
    for row in rows:
        if row.resource_id in shared:
            row.expires_at, row.announced_days = clock.now() + rules.KEPT_FOR, None
    return [row for row in rows if row.resource_id not in shared]


def _forget(recording: Recording) -> None:
    """Forget what is known of an erased recording; of its lesson too, when only the recording kept it."""
    if recording.state is RecordingState.ERASED:
        return
    recording.state, recording.placed, recording.slide_texts = RecordingState.ERASED, [], []
    db.session.execute(sa.delete(RecordingMark).where(RecordingMark.recording_id == recording.id))
    inbox.settle(ENDING, Ref("recording", recording.id))
    jobs.cancel(Ref("recording", recording.id))
    if live_queries.is_thinned(recording.lesson_id):
        _thin(recording.lesson_id, is_kept=False)

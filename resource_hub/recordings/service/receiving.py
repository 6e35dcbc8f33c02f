"""Taking a recorder's chunks in: announced, stored one by one in any order and any number of times, finished.

A chunk is told to be stored only when it would survive a power cut, since the recorder then forgets its own copy. The first
of a session holds the head of the file: it is looked at before it is taken, and without it nothing is joined.
"""

import hashlib
import shutil

import sqlalchemy as sa

from resource_hub.audit import service as audit
from resource_hub.infra import unit
from resource_hub.infra.db import db
from resource_hub.infra.features import hub
from resource_hub.infra.storage import storage
from resource_hub.kernel import clock
from resource_hub.kernel.errors import N_, Conflict, Invalid, TooLarge, Unavailable
from resource_hub.kernel.ids import new_id
from resource_hub.kernel.refs import Ref
from resource_hub.kernel.viewer import Viewer
from resource_hub.media import rules as media
from resource_hub.media.schemas import Declaration
from resource_hub.recordings import queries, rules
from resource_hub.recordings.access import get_lesson_to_record, get_session_for
from resource_hub.recordings.models import Recording, RecordingChunk, RecordingSession
from resource_hub.recordings.schemas import (
    DECLARABLE,
    LARGEST_CHUNK,
    LARGEST_RECORDING,
    MOST_CHUNKS,
    MOST_SESSIONS,
    RecordingState,
    SessionIn,
)
from resource_hub.recordings.service.joining import join_settled
from resource_hub.timetable.queries import LessonFacts
from resource_hub.timetable.schemas import LessonState


class NotAllowedYet(Conflict):
    code = "consent_missing"
    message = N_("主讲班级没有在用的录制告知书。请先请班主任登记家长同意，或说明画面里认不出学生。")


class LessonNotOn(Conflict):
    code = "lesson_not_on"
    message = N_("上课以后才能开始录制。")


class RecordingClosed(Conflict):
    code = "recording_closed"
    message = N_("这节课的录像已经合成完毕，不再接收新的片段。")


class ChunkDamaged(Invalid):
    code = "chunk_damaged"
    message = N_("这一段在路上损坏了，请重新发送。")


class FirstChunkMissing(Conflict):
    code = "first_chunk_missing"
    message = N_("录像的开头还没有传到，没有开头就打不开。请先传第 0 段。")


def open_session(viewer: Viewer, lesson_id: str, given: SessionIn) -> None:
    """Announce a run of a recorder, or say when a known one began; nothing is recorded before the lesson's log says so.

    Raises NotAllowedYet without consent or declaration, LessonNotOn before and after class, RecordingClosed.
    """
    recording = queries.recording_of(lesson_id)
    known = db.session.get(RecordingSession, (recording.id, given.session)) if recording else None
    if known is not None:
        _, session = get_session_for(viewer, lesson_id, given.session)
        session.claimed_at = session.claimed_at if session.claimed_at is not None else given.started_at
        return
    lesson = get_lesson_to_record(viewer, lesson_id)
    if lesson.state is not LessonState.OPEN:
        raise LessonNotOn
    recording = _recording_to_fill(viewer, lesson, recording, given.declaration)
    count = db.session.scalar(sa.select(sa.func.count()).where(RecordingSession.recording_id == recording.id)) or 0
    if count >= MOST_SESSIONS:
        raise TooLarge(N_("这节课的录制中断次数太多，不能再开始新的录制。"), code="too_many_sessions")
    now = clock.now()
    db.session.add(
        RecordingSession(
            recording_id=recording.id, id=given.session, person_id=viewer.person_id, mime=given.mime, claimed_at=given.started_at,
            created_at=now, heard_at=now,
        )
    )  # fmt: skip


def check_start(viewer: Viewer, lesson_id: str) -> None:
    """Raise what stands against recording this lesson from now on: asked before its log says that it is recorded."""
    lesson = get_lesson_to_record(viewer, lesson_id)
    recording = queries.recording_of(lesson_id)
    if recording is None or not queries.basis_of(lesson, recording).allows:
        raise NotAllowedYet


def store_chunk(viewer: Viewer, lesson_id: str, session_id: str, number: int, data: bytes, sha256: str) -> None:
    """Store a chunk so that it survives a power cut; once more changes nothing. Opens its own units.

    Raises ChunkDamaged when the bytes are not those of the hash, Conflict when another chunk has that number.
    """
    _check_bytes(number, data, sha256)
    with unit.read():
        recording, _session = get_session_for(viewer, lesson_id, session_id)
        if _is_there(recording, session_id, number, sha256):
            return
        _must_take(recording)
        if queries.bytes_of(recording.id) + len(data) > LARGEST_RECORDING:
            raise TooLarge(N_("这节课的录像太大，不能再存。"), code="recording_too_large")
        prefix = prefix_of(lesson_id, session_id)
    _need_space(len(data))
    storage().put_bytes(media.piece_key(prefix, number), data)
    storage().settle()
    with unit.write():
        recording, session = get_session_for(viewer, lesson_id, session_id, lock=True)
        if not _is_there(recording, session_id, number, sha256):
            _must_take(recording)
            db.session.add(RecordingChunk(recording_id=recording.id, session_id=session_id, number=number, bytes=len(data), sha256=sha256))
            # What arrives after joining is joined again, in the same place.
            recording.state, session.heard_at = RecordingState.RECEIVING, clock.now()


def finish_session(viewer: Viewer, lesson_id: str, session_id: str, chunks: int) -> list[int]:
    """Say how many chunks a session has and return those not stored yet; joins the recording when the lesson is over and all is there.

    Raises FirstChunkMissing when there are others, but not the one without which nothing can be played.
    """
    recording, session = get_session_for(viewer, lesson_id, session_id, lock=True)
    numbers = queries.numbers_of(recording.id).get(session_id, [])
    if numbers and 0 not in numbers:
        raise FirstChunkMissing
    if session.chunk_total is None or chunks > session.chunk_total:
        session.chunk_total = chunks
    db.session.flush()
    join_settled(recording)
    return rules.missing(numbers, session.chunk_total)


def prefix_of(lesson_id: str, session_id: str) -> str:
    """Return where the chunks of a session lie."""
    return f"recordings/{lesson_id}/{session_id}/"


def _recording_to_fill(viewer: Viewer, lesson: LessonFacts, recording: Recording | None, declaration: Declaration) -> Recording:
    """Return the lesson's recording, made when there is none, with what allows it."""
    if declaration is not Declaration.NONE and declaration not in DECLARABLE:
        raise Invalid(fields={"declaration": N_("录制前只能说明：画面里没有学生，或只拍到学生背影。")})
    if recording is not None and recording.declaration is Declaration.NONE:
        recording.declaration = declaration
    made = recording or Recording(
        id=new_id("rec"), lesson_id=lesson.id, person_id=viewer.person_id, state=RecordingState.RECEIVING, declaration=declaration,
        placed=[], slide_texts=[], created_at=clock.now(), expires_at=clock.now() + rules.KEPT_FOR,
    )  # fmt: skip
    basis = queries.basis_of(lesson, made)
    if not basis.allows:
        raise NotAllowedYet
    _must_take(made)
    made.batch_id = basis.batch_id
    if recording is None:
        db.session.add(made)
        db.session.flush()
        details = {"lesson": lesson.id, "batch": basis.batch_id or "", "declaration": basis.declaration.value}
        audit.note(viewer, "recording.allowed", Ref("recording", made.id), details=details)
    made.state = RecordingState.RECEIVING
    return made


def _must_take(recording: Recording) -> None:
    if recording.state is RecordingState.ERASED or recording.chunks_gone_at is not None:
        raise RecordingClosed


def _check_bytes(number: int, data: bytes, sha256: str) -> None:
    if not 0 <= number < MOST_CHUNKS:
        raise Invalid(fields={"number": N_("没有这一段。")})
    if not data or len(data) > LARGEST_CHUNK:
        raise TooLarge(N_("一段录像最大 2 MB。"), code="chunk_too_large")
    if hashlib.sha256(data).hexdigest() != sha256:
        raise ChunkDamaged
    if number == 0 and media.recognise(data[: media.HEAD_BYTES], "recording", None).family != "video":
        raise Invalid(N_("这不是浏览器录下的录像。"), code="not_a_recording")


def _is_there(recording: Recording, session_id: str, number: int, sha256: str) -> bool:
    known = db.session.get(RecordingChunk, (recording.id, session_id, number))
    if known is not None and known.sha256 != sha256:
        raise Conflict(N_("这一段已经存过，内容不同。"), code="chunk_differs")
    return known is not None


def _need_space(size: int) -> None:
    settings = hub().settings
    if not settings.s3_endpoint and shutil.disk_usage(settings.data_path).free - size < float(settings.min_free_gb) * (1 << 30):
        raise Unavailable(
            N_("服务器磁盘空间不够，录像先留在这台电脑上。请联系技术员清理空间，清理后会自动继续上传。"), code="disk_full", retry_after=60
        )

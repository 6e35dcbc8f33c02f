"""Taking bytes in: browsers and programs put parts straight into storage; we sign and join.

These verbs open their own units, because storage is never called while a transaction holds
locks: a row says what is about to happen, then storage acts, then the row says that it did.
"""

import shutil
import time
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar, cast

import sqlalchemy as sa

from resource_hub.infra import jobs, unit
from resource_hub.infra.db import db
from resource_hub.infra.features import hub
from resource_hub.infra.storage import StoredPart, storage
from resource_hub.kernel import clock
from resource_hub.kernel.errors import N_, Conflict, Invalid, NotFound, Unavailable
from resource_hub.kernel.ids import new_id
from resource_hub.kernel.refs import Ref
from resource_hub.kernel.viewer import Viewer
from resource_hub.media import rules
from resource_hub.media.access import get_upload_for
from resource_hub.media.events import UploadFinished
from resource_hub.media.models import Asset, Upload, UploadState
from resource_hub.media.ranges import StoredFile

FIRST_ADDRESSES = 20
Row = TypeVar("Row", Asset, Upload)
_WAIT_FOR_OTHER_FINISH_S = 10
_FINISHING_TAKES = timedelta(seconds=60)
_CRASHED_AFTER = timedelta(hours=1)


class Finishing(Conflict):
    code, message = "finishing", N_("这个文件正在合并，请稍等几秒。")


class Refused(Invalid):
    """Finished before, with a refusal; the message is the one that was given then."""

    code = "refused"


@dataclass(frozen=True, slots=True)
class PartAddress:
    number: int
    url: str


@dataclass(frozen=True, slots=True)
class StoredUpload:
    """An upload as its owner sees it: what is stored already, until when it is kept."""

    id: str
    filename: str
    size: int
    part_size: int
    state: UploadState
    message: str | None
    asset_id: str
    expires_at: datetime
    parts: Sequence[StoredPart]


def start_upload(viewer: Viewer, filename: str, size: int, draft_id: str | None) -> tuple[str, int, list[PartAddress]]:
    """Open an upload and return its id, the part size and addresses of the first parts.

    Raises EmptyFile, FileTooLarge, or Unavailable when the disk could not hold it or storage is
    away; then nothing of it is left.
    """
    if size <= 0:
        raise rules.EmptyFile(fields={"size": rules.EmptyFile.message})
    each = rules.part_size(size)
    _need_space(size)
    now = clock.now()
    upload = Upload(
        id=new_id("upl"),
        person_id=viewer.person_id,
        draft_id=draft_id,
        filename=rules.clean_filename(filename),
        size=size,
        part_size=each,
        asset_id=new_id("ast"),
        state=UploadState.OPENING,
        created_at=now,
        expires_at=now + _kept(),
    )
    ident, key = upload.id, rules.original_key(upload.asset_id)
    with unit.write():
        db.session.add(upload)
    try:
        multipart_id = storage().open_multipart(key, "application/octet-stream")
    except Exception:
        with unit.write():
            db.session.execute(sa.delete(Upload).where(Upload.id == ident))
        raise
    with unit.write():
        row = db.session.get_one(Upload, ident)
        row.multipart_id, row.state = multipart_id, UploadState.OPEN
    numbers = list(rules.part_sizes(size, each))[:FIRST_ADDRESSES]
    return ident, each, [PartAddress(n, storage().presign_part(key, multipart_id, n)) for n in numbers]


def part_addresses(viewer: Viewer, upload_id: str, numbers: Sequence[int]) -> list[PartAddress]:
    """Return an address for each part; raises Invalid for numbers that the file has not."""
    with unit.read():
        upload = get_upload_for(viewer, upload_id)
        _must_be_open(upload)
        db.session.expunge(upload)
    known = rules.part_sizes(upload.size, upload.part_size)
    if wrong := [n for n in numbers if n not in known]:
        raise Invalid(fields={"numbers": N_("这个文件没有第 %(number)s 片。")}, number=wrong[0])
    _keep_longer(upload)
    key, multipart_id = rules.original_key(upload.asset_id), upload.multipart_id or ""
    return [PartAddress(n, storage().presign_part(key, multipart_id, n)) for n in numbers]


def stored_upload(viewer: Viewer, upload_id: str) -> StoredUpload:
    """Return what storage holds of an upload.

    An upload whose parts were joined by a request that died before it could say so is finished
    here, so that nobody sends its parts again; Unavailable while another request is at it.
    """
    upload = _upload_of(viewer, upload_id)
    parts: list[StoredPart] = []
    if upload.state in (UploadState.OPEN, UploadState.FINISHING) and upload.multipart_id:
        _keep_longer(upload)
        try:
            parts = storage().stored_parts(rules.original_key(upload.asset_id), upload.multipart_id)
        except NotFound:
            if _is_joined(rules.original_key(upload.asset_id), upload.size):
                _finish_joined(viewer, upload_id)
                upload = _upload_of(viewer, upload_id)
    if upload.state is UploadState.FINISHED:
        parts = [StoredPart(n, size, "") for n, size in rules.part_sizes(upload.size, upload.part_size).items()]
    return StoredUpload(
        id=upload.id, filename=upload.filename, size=upload.size, part_size=upload.part_size, state=upload.state,
        message=upload.message, asset_id=upload.asset_id, expires_at=upload.expires_at, parts=parts,
    )  # fmt: skip


def finish_upload(viewer: Viewer, upload_id: str, etags: dict[int, str]) -> Asset:
    """Join the parts, recognise the bytes and queue the work; the same answer every time.

    Raises PartMissing or PartWrong naming the part, and what ``rules.recognise`` refuses.
    """
    upload = _take_to_finish(viewer, upload_id)
    if upload.state is UploadState.FINISHED:
        with unit.read():
            return _loaded(db.session.get_one(Asset, upload.asset_id))
    key = rules.original_key(upload.asset_id)
    try:
        if not _is_joined(key, upload.size):
            parts = storage().stored_parts(key, upload.multipart_id or "")
            _check_parts(upload, parts, etags)
            storage().complete_multipart(key, upload.multipart_id or "", parts)
        content = recognise_stored(key, upload)
        storage().settle()
    except rules.REFUSALS as refusal:
        if _end_finishing(upload, UploadState.REFUSED, refusal.message % refusal.params if refusal.params else refusal.message):
            storage().delete(key)
        raise
    except Exception:
        _end_finishing(upload, UploadState.OPEN, None)
        raise
    return confirm(upload, content)


def abandon_upload(viewer: Viewer, upload_id: str) -> None:
    """Forget an unfinished upload and its parts."""
    with unit.read():
        upload = get_upload_for(viewer, upload_id)
        if upload.state is not UploadState.OPENING:
            _must_be_open(upload)
        db.session.expunge(upload)
    _forget(upload)


def move_uploads(viewer: Viewer, asset_ids: Sequence[str], draft_id: str) -> None:
    """Let the viewer's own finished uploads of these assets belong to another draft; inside the caller's unit."""
    own = sa.update(Upload).where(Upload.asset_id.in_(asset_ids), Upload.person_id == viewer.person_id)
    db.session.execute(own.values(draft_id=draft_id))


def sweep_uploads() -> int:
    """Forget uploads past their time; returns how many. Their owners were told the date.

    Parts go before the row says so: when storage is away, the next sweep tries again. Uploads
    whose opening or finishing was cut short by a crash are opened again or forgotten.
    """
    now = clock.now()
    with unit.write():
        db.session.execute(
            sa.update(Upload)
            .where(Upload.state == UploadState.FINISHING, Upload.finishing_at < now - _CRASHED_AFTER)
            .values(state=UploadState.OPEN, finishing_at=None)
        )
        unopened = sa.and_(Upload.state == UploadState.OPENING, Upload.created_at < now - _CRASHED_AFTER)
        expired = sa.and_(Upload.state == UploadState.OPEN, Upload.expires_at < now)
        late = db.session.scalars(sa.select(Upload).where(sa.or_(unopened, expired)).limit(100)).all()
        db.session.expunge_all()
    for upload in late:
        _forget(upload)
    return len(late)


def _upload_of(viewer: Viewer, upload_id: str) -> Upload:
    with unit.read():
        return _loaded(get_upload_for(viewer, upload_id))


def _finish_joined(viewer: Viewer, upload_id: str) -> None:
    try:
        finish_upload(viewer, upload_id, {})
    except rules.REFUSALS:
        return
    except Conflict as busy:
        raise Unavailable(busy.message, retry_after=busy.retry_after or 3) from busy


def _kept() -> timedelta:
    return timedelta(days=float(hub().settings.upload_days))


def _keep_longer(upload: Upload) -> None:
    """Move the date of an upload that somebody works on, at most once a day: a slow line may need longer than its time."""
    until = clock.now() + _kept()
    if until - upload.expires_at < min(timedelta(days=1), _kept() / 2):
        return
    with unit.write():
        db.session.execute(sa.update(Upload).where(Upload.id == upload.id, Upload.state == UploadState.OPEN).values(expires_at=until))
    upload.expires_at = until


def _forget(upload: Upload) -> None:
    """Remove what storage holds of an upload, then say that it is abandoned, unless it was finished meanwhile."""
    key = rules.original_key(upload.asset_id)
    if upload.multipart_id:
        storage().abort_multipart(key, upload.multipart_id)
    else:
        storage().abort_multiparts(key)
    open_still = sa.and_(Upload.id == upload.id, Upload.state.in_((UploadState.OPENING, UploadState.OPEN)))
    with unit.write():
        done = db.session.execute(sa.update(Upload).where(open_still).values(state=UploadState.ABANDONED))
    if cast("sa.CursorResult[Any]", done).rowcount:
        storage().delete(key)


def _take_to_finish(viewer: Viewer, upload_id: str) -> Upload:
    """Mark the upload as being finished by us; waits for another request that is at it."""
    for _ in range(_WAIT_FOR_OTHER_FINISH_S * 4):
        with unit.write():
            upload = get_upload_for(viewer, upload_id, lock=True)
            if upload.state is UploadState.FINISHED:
                return _loaded(upload)
            if upload.state is UploadState.REFUSED:
                raise Refused(upload.message or rules.UnknownContent.message)
            if upload.state in (UploadState.ABANDONED, UploadState.OPENING):
                _must_be_open(upload)
            stale = clock.now() - _FINISHING_TAKES
            if upload.state is UploadState.OPEN or (upload.finishing_at or stale) <= stale:
                upload.state, upload.finishing_at = UploadState.FINISHING, clock.now()
                db.session.flush()
                return _loaded(upload)
        time.sleep(0.25)
    raise Finishing(retry_after=3)


def _is_joined(key: str, size: int) -> bool:
    """True when an earlier attempt joined the parts but could not say so."""
    try:
        return storage().stat(key).size == size
    except NotFound:
        return False


def _check_parts(upload: Upload, stored: Sequence[StoredPart], etags: dict[int, str]) -> None:
    held = {part.number: part for part in stored}
    wanted = rules.part_sizes(upload.size, upload.part_size)
    for number, size in wanted.items():
        if number not in held or number not in etags:
            raise rules.PartMissing(fields={"parts": rules.PartMissing.message}, number=number)
        if held[number].size != size or etags[number].strip('"').lower() != held[number].etag.lower():
            raise rules.PartWrong(fields={"parts": rules.PartWrong.message}, number=number)
    if strange := sorted(etags.keys() - wanted.keys()):
        raise rules.PartWrong(fields={"parts": rules.PartWrong.message}, number=strange[0])


def recognise_stored(key: str, upload: Upload) -> rules.Content:
    """Return what the stored bytes are; raises what ``rules.recognise`` refuses."""
    head = storage().get_bytes(key, offset=0, length=min(rules.HEAD_BYTES, upload.size))
    members: list[str] | None = None
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        try:
            with zipfile.ZipFile(StoredFile(key, upload.size)) as archive:
                members = archive.namelist()
        except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError) as error:
            raise rules.UnknownContent from error
    return rules.recognise(head, upload.filename, members)


def confirm(upload: Upload, content: rules.Content) -> Asset:
    """Turn stored bytes into an asset and queue its first job, in one transaction.

    Raises Finishing when another request took the upload over meanwhile.
    """
    with unit.write():
        if not _still_ours(upload, UploadState.FINISHED, None):
            raise Finishing(retry_after=3)
        asset = Asset(
            id=upload.asset_id,
            person_id=upload.person_id,
            filename=upload.filename,
            media_type=content.media_type,
            family=content.family,
            size=upload.size,
            facts={},
            created_at=clock.now(),
        )
        db.session.add(asset)
        jobs.enqueue("media.inspect", {"asset_id": asset.id}, subject=Ref("asset", asset.id), dedupe=f"inspect:{asset.id}")
        unit.record(UploadFinished(upload.id, asset.id, upload.draft_id))
        db.session.flush()
        return _loaded(asset)


def _end_finishing(upload: Upload, state: UploadState, message: str | None) -> bool:
    with unit.write():
        return _still_ours(upload, state, message)


def _still_ours(upload: Upload, state: UploadState, message: str | None) -> bool:
    """Move on an upload that we are finishing; False when it was taken over: its fate is another's then."""
    ours = sa.and_(Upload.id == upload.id, Upload.state == UploadState.FINISHING, Upload.finishing_at == upload.finishing_at)
    done = db.session.execute(sa.update(Upload).where(ours).values(state=state, message=message, finishing_at=None))
    return bool(cast("sa.CursorResult[Any]", done).rowcount)


def _must_be_open(upload: Upload) -> None:
    if upload.state is UploadState.ABANDONED:
        raise NotFound(N_("这次上传超过保存期限，已清理。请重新选择文件上传，表单内容还在。"), code="upload_abandoned")
    if upload.state not in (UploadState.OPEN, UploadState.FINISHING):
        raise Conflict(N_("这个文件已经上传完成。"), code="upload_closed")


def _need_space(size: int) -> None:
    settings = hub().settings
    if settings.s3_endpoint:
        return
    free = shutil.disk_usage(settings.data_path).free
    if free - size < float(settings.min_free_gb) * (1 << 30):
        raise Unavailable(N_("服务器磁盘空间不够存放这个文件，请联系技术员清理空间。表单内容已保存。"), code="disk_full")


def _loaded(row: Row) -> Row:
    """Detach a row with its columns read, so that it outlives the unit."""
    db.session.refresh(row)
    db.session.expunge(row)
    return row

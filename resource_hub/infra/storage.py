"""Objects in S3, through the minio SDK: put, get, signed addresses, multipart uploads.

Keys are ids, never file names. Signed addresses carry the origin that the browser used, since
the signature covers the host. Rule: part numbers are deduplicated before completing; the
embedded store loses the bytes of a part that is listed twice.
"""

import ctypes
import errno
import io
import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote, urlsplit

import urllib3
from flask import has_request_context, request
from minio import Minio
from minio.datatypes import Part
from minio.error import MinioException, S3Error

from resource_hub.infra.features import hub
from resource_hub.kernel.errors import N_, Conflict, NotFound, Unavailable
from resource_hub.kernel.settings import Settings

SIGNED_FOR = timedelta(hours=1)
_ROUNDED_S = 600
_CACHED_S = 3000
_TIMEOUT = urllib3.Timeout(connect=5, read=60)


@dataclass(frozen=True, slots=True)
class ObjectFacts:
    size: int
    etag: str


@dataclass(frozen=True, slots=True)
class StoredPart:
    number: int
    size: int
    etag: str


class Storage:
    """One bucket of one S3 service, as the server reaches it and as browsers reach it."""

    def __init__(self, settings: Settings, endpoint: str, access_key: str, secret_key: str) -> None:
        self._settings = settings
        self.bucket = settings.s3_bucket
        self._keys = (access_key, secret_key)
        pool = urllib3.PoolManager(timeout=_TIMEOUT, maxsize=16, retries=urllib3.Retry(total=2, backoff_factor=0.2))
        self._client = Minio(
            endpoint,
            access_key=access_key,
            secret_key=secret_key,
            secure=settings.s3_secure == "1",
            region=settings.s3_region,
            http_client=pool,
        )
        self._signers: dict[str, Minio] = {}

    def ensure_bucket(self) -> None:
        """Make the bucket when it is not there yet."""
        with _translated():
            if not self._client.bucket_exists(self.bucket):
                self._client.make_bucket(self.bucket)

    def put_file(self, key: str, path: Path, media_type: str = "application/octet-stream") -> ObjectFacts:
        """Store a plain file; raises ``OSError`` for a link, which a hostile tool may have left to lead us elsewhere."""
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as file:
            size = os.fstat(file.fileno()).st_size
            with _translated():
                done = self._client.put_object(self.bucket, key, file, size, content_type=media_type)
        return ObjectFacts(size, done.etag or "")

    def put_bytes(self, key: str, data: bytes, media_type: str = "application/octet-stream") -> ObjectFacts:
        with _translated():
            done = self._client.put_object(self.bucket, key, io.BytesIO(data), len(data), content_type=media_type)
        return ObjectFacts(len(data), done.etag or "")

    def get_file(self, key: str, path: Path) -> None:
        """Write the object to ``path``; raises NotFound, or Unavailable when storage is away."""
        with _translated():
            self._client.fget_object(self.bucket, key, str(path))

    def get_bytes(self, key: str, *, offset: int = 0, length: int = 0) -> bytes:
        """Return the object's bytes, or ``length`` of them from ``offset``."""
        with _translated():
            response = self._client.get_object(self.bucket, key, offset=offset, length=length)
            try:
                return response.read()
            finally:
                response.close()
                response.release_conn()

    def stream(self, key: str, chunk_bytes: int = 1 << 20) -> Iterator[bytes]:
        """Yield the object's bytes in order."""
        with _translated():
            response = self._client.get_object(self.bucket, key)
            try:
                yield from response.stream(chunk_bytes)
            finally:
                response.close()
                response.release_conn()

    def stat(self, key: str) -> ObjectFacts:
        with _translated():
            found = self._client.stat_object(self.bucket, key)
        return ObjectFacts(found.size or 0, found.etag or "")

    def delete(self, key: str) -> None:
        """Remove the object; one that is not there is no error."""
        with _translated():
            self._client.remove_object(self.bucket, key)

    def list_keys(self, prefix: str = "") -> Iterator[tuple[str, int, str]]:
        """Yield ``(key, size, etag)`` of every object under ``prefix``."""
        with _translated():
            for item in self._client.list_objects(self.bucket, prefix=prefix, recursive=True):
                yield item.object_name or "", item.size or 0, (item.etag or "").strip('"')

    def presign_get(self, key: str, filename: str | None = None, media_type: str | None = None) -> str:
        """Return an absolute address of the object, good for one hour without further header."""
        headers = {"response-cache-control": f"private, max-age={_CACHED_S}"}
        if filename is not None:
            headers["response-content-disposition"] = _attachment(filename)
        if media_type is not None:
            headers["response-content-type"] = media_type
        # The same address for ten minutes, so that a browser on a thin line keeps what it has.
        signed_at = datetime.fromtimestamp(time.time() // _ROUNDED_S * _ROUNDED_S, UTC)
        return self._signer().get_presigned_url(
            "GET",
            self.bucket,
            key,
            expires=SIGNED_FOR + timedelta(seconds=_ROUNDED_S),
            response_headers=headers,  # type: ignore[arg-type]  # the SDK's hint is narrower than its code
            request_date=signed_at,
        )

    def open_multipart(self, key: str, media_type: str) -> str:
        """Begin a multipart upload and return its id."""
        with _translated():
            return self._client._create_multipart_upload(self.bucket, key, {"Content-Type": media_type})

    def presign_part(self, key: str, upload_id: str, number: int) -> str:
        """Return an absolute address for one plain PUT of part ``number``."""
        query = {"partNumber": str(number), "uploadId": upload_id}
        return self._signer().get_presigned_url("PUT", self.bucket, key, expires=SIGNED_FOR, extra_query_params=query)  # type: ignore[arg-type]  # as above

    def presign_put(self, key: str) -> str:
        """Return an absolute address for one plain PUT of a whole object."""
        return self._signer().get_presigned_url("PUT", self.bucket, key, expires=SIGNED_FOR)

    def stored_parts(self, key: str, upload_id: str) -> list[StoredPart]:
        """Return the parts that storage holds, each number once (the newest), in order."""
        found: dict[int, StoredPart] = {}
        marker: int | None = None
        with _translated():
            while True:
                page = self._client._list_parts(
                    self.bucket, key, upload_id, max_parts=1000, part_number_marker=str(marker) if marker else None
                )
                for part in page.parts:
                    found[part.part_number] = StoredPart(part.part_number, part.size or 0, part.etag.strip('"'))
                marker = int(page.next_part_number_marker or 0)
                if not page.is_truncated or not page.parts:
                    return [found[number] for number in sorted(found)]

    def complete_multipart(self, key: str, upload_id: str, parts: Sequence[StoredPart]) -> ObjectFacts:
        """Join the parts; each number once, whatever the list says."""
        once = {part.number: Part(part.number, part.etag) for part in parts}
        with _translated():
            done = self._client._complete_multipart_upload(self.bucket, key, upload_id, [once[number] for number in sorted(once)])
        return ObjectFacts(sum({part.number: part.size for part in parts}.values()), done.etag or "")

    def abort_multipart(self, key: str, upload_id: str) -> None:
        """Forget a multipart upload and its parts; one that is gone is no error."""
        try:
            with _translated():
                self._client._abort_multipart_upload(self.bucket, key, upload_id)
        except NotFound:
            return

    def abort_multiparts(self, key: str) -> None:
        """Forget every multipart upload of ``key``: for one whose id was lost in a crash."""
        with _translated():
            found = self._client._list_multipart_uploads(self.bucket, prefix=key)
        for item in found.uploads:
            if item.object_name == key and item.upload_id:
                self.abort_multipart(key, item.upload_id)

    def settle(self) -> None:
        """Return when all that was stored survives a power cut; a store elsewhere answers for that itself.

        To be called before a row says that the bytes are there, outside any unit.
        """
        if not self._settings.s3_endpoint:
            with _translated():
                sync_disk_of(self._settings.data_path / "store")

    def _signer(self) -> Minio:
        origin = self._settings.s3_public_url or _origin_of_request(self._settings)
        if origin not in self._signers:
            parts = urlsplit(origin)
            access_key, secret_key = self._keys
            self._signers[origin] = Minio(
                parts.netloc,
                access_key=access_key,
                secret_key=secret_key,
                secure=parts.scheme == "https",
                region=self._settings.s3_region,
            )
        return self._signers[origin]


def sync_disk_of(path: Path) -> None:
    """Let everything on the disk of ``path`` survive a power cut; raises ``OSError`` when the disk refuses.

    The embedded store syncs the bytes of our objects, not its own entries of where they are; this does.
    """
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        if ctypes.CDLL(None, use_errno=True).syncfs(handle):
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number), str(path))
    finally:
        os.close(handle)


def storage() -> Storage:
    """Return the storage of the current application context."""
    return hub().storage


def _origin_of_request(settings: Settings) -> str:
    if has_request_context() and request.host.lower() in settings.hosts:
        return f"{request.scheme}://{request.host}"
    return settings.origin


def _attachment(filename: str) -> str:
    return f"attachment; filename*=UTF-8''{quote(filename, safe='')}"


class _translated:  # noqa: N801 -- reads as a word in ``with``
    """Turn the SDK's errors into ours."""

    def __enter__(self) -> None:
        return

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, S3Error):
            if error.code in {"NoSuchKey", "NoSuchBucket", "NoSuchUpload", "NoSuchObject"}:
                raise NotFound(N_("存储中没有找到这个文件。"), code=_snake(error.code or "")) from error
            if error.code in {"InvalidPart", "InvalidPartOrder", "EntityTooSmall"}:
                raise Conflict(N_("有分片缺失或不完整，请重新传这几片。"), code=_snake(error.code or "")) from error
        if isinstance(error, OSError) and error.errno == errno.ENOSPC:
            raise Unavailable(N_("服务器磁盘已满，请通知技术员清理空间；清理后会自动继续。"), code="disk_full", retry_after=60) from error
        # A store that is just starting answers 5xx without the XML of S3: no S3Error, but a MinioException.
        if isinstance(error, (MinioException, urllib3.exceptions.HTTPError, OSError)) and not isinstance(error, FileNotFoundError):
            raise Unavailable(N_("存储暂时不可用，恢复后会自动继续，已上传的部分都在。"), retry_after=5) from error


def _snake(code: str) -> str:
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in code).lstrip("_")

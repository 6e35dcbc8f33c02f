"""A stored object as a seekable file, read in ranges: for looking into an archive's list
of members without fetching the archive. Rule: never for reading whole objects.
"""

import io

from resource_hub.infra.storage import storage

_BLOCK = 256 * 1024
_MOST_AT_ONCE = 8 << 20
"""The list of an archive with a hundred thousand members; what claims to be longer is not read into memory."""


class StoredFile(io.RawIOBase):
    """Read-only view of the object at ``key``; keeps the last block it fetched."""

    def __init__(self, key: str, size: int) -> None:
        self._key, self._size, self._at = key, size, 0
        self._block: tuple[int, bytes] = (0, b"")

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = max(0, base + offset)
        return self._at

    def read(self, size: int = -1) -> bytes:
        wanted = self._size - self._at if size < 0 else min(size, self._size - self._at)
        if wanted <= 0:
            return b""
        if wanted > _MOST_AT_ONCE:
            raise OSError(f"{wanted} bytes at once are too many")
        start, held = self._block
        if not (start <= self._at and self._at + wanted <= start + len(held)):
            length = min(max(wanted, _BLOCK), self._size - self._at)
            start, held = self._at, storage().get_bytes(self._key, offset=self._at, length=length)
            self._block = (start, held)
        found = held[self._at - start : self._at - start + wanted]
        self._at += len(found)
        return found

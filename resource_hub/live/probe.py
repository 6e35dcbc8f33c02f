"""Bytes to measure a line with, over the same way that pages and pictures take.

Random, so that no gateway makes them smaller on the way; few at a time and few a minute, so that thirty rooms that are
checked ten minutes before the same lesson leave threads to everybody else.
"""

import secrets
import threading
import time
from collections import OrderedDict
from functools import cache
from typing import IO

from resource_hub.kernel.errors import Invalid, TooLarge, TooMany

LARGEST = 1_000_000
"""Bytes at a time."""
A_MINUTE = 60
"""Requests of one session; a check takes about twenty."""
AT_ONCE = 6
"""Bodies that are read at the same time: each holds a thread as long as its line needs."""
_BUSY_S = 2
_SESSIONS_KEPT = 2_000
_READ = 65_536


class Turns:
    """Counts requests of a session by the minute; the sessions that asked longest ago are forgotten."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counted: OrderedDict[str, tuple[float, int]] = OrderedDict()

    def take(self, who: str) -> None:
        """Count one request; raises TooMany when there were too many within a minute."""
        now = time.monotonic()
        with self._lock:
            began, count = self._counted.pop(who, (now, 0))
            if now - began >= 60:
                began, count = now, 0
            self._counted[who] = (began, count + 1)
            if len(self._counted) > _SESSIONS_KEPT:
                self._counted.popitem(last=False)
        if count >= A_MINUTE:
            raise TooMany(retry_after=int(60 - (now - began)) + 1)


_reading = threading.BoundedSemaphore(AT_ONCE)


def some_bytes(count: int) -> bytes:
    """Return so many bytes that cannot be packed; Invalid for none or too many."""
    if not 0 < count <= LARGEST:
        raise Invalid
    return _bytes()[:count]


def count_bytes(stream: IO[bytes]) -> int:
    """Read everything, keep nothing, and return how much it was.

    Raises TooLarge past ``LARGEST``, and TooMany while ``AT_ONCE`` others are read.
    """
    if not _reading.acquire(blocking=False):
        raise TooMany(retry_after=_BUSY_S)
    try:
        return _count(stream)
    finally:
        _reading.release()


def _count(stream: IO[bytes]) -> int:
    count = 0
    while part := stream.read(_READ):
        count += len(part)
        if count > LARGEST:
            raise TooLarge
    return count


@cache
def _bytes() -> bytes:
    return secrets.token_bytes(LARGEST)

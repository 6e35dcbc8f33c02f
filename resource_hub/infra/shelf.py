"""Files that live for minutes and that every web node can give: in Redis where several nodes share one, nowhere else.

A node alone has them on its own disk; to it the shelf is always empty.
"""

import logging
from collections.abc import Mapping

import redis

log = logging.getLogger(__name__)

PATIENCE_S = 2.0
"""A Redis that does not answer is done without: what lies here comes anew in seconds."""


class Shelf:
    """May be used by many threads."""

    def __init__(self, redis_url: str = "") -> None:
        self._redis = redis.Redis.from_url(redis_url, socket_timeout=PATIENCE_S, socket_connect_timeout=PATIENCE_S) if redis_url else None

    @property
    def is_there(self) -> bool:
        """Whether other nodes see what is put here."""
        return self._redis is not None

    def put(self, files: Mapping[str, bytes], seconds: int) -> None:
        """Lay files down for so long."""
        if self._redis is None:
            return
        try:
            with self._redis.pipeline(transaction=False) as together:
                for name, data in files.items():
                    together.set(_key(name), data, ex=seconds)
                together.execute()
        except redis.RedisError as error:
            log.warning("files for other nodes were not laid down: %s", error)

    def get(self, name: str) -> bytes | None:
        """Return a file; None when it is not there, or nobody answers."""
        if self._redis is None:
            return None
        try:
            found = self._redis.get(_key(name))
        except redis.RedisError as error:
            log.warning("files of other nodes cannot be read: %s", error)
            return None
        return found if isinstance(found, bytes) else None


def _key(name: str) -> str:
    return f"resource-hub/shelf/{name}"

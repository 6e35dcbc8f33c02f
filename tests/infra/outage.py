"""A database that is out of reach for a while, as a busy SQLite or a restarting PostgreSQL is."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg


class Outage:
    """``begin`` and ``end`` it from any thread. SQLite's writer waits ten seconds by itself, PostgreSQL fails at once."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._lock: sqlite3.Connection | None = None

    def begin(self) -> None:
        if self._url.startswith("sqlite"):
            self._lock = sqlite3.connect(self._url.removeprefix("sqlite:///"), isolation_level=None, check_same_thread=False, timeout=10)
            self._lock.execute("BEGIN IMMEDIATE")
            return
        with self._server() as server:
            server.execute(f'ALTER DATABASE "{self._name}" ALLOW_CONNECTIONS false'.encode())
            server.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (self._name,))

    def end(self) -> None:
        if self._lock is not None:
            self._lock.close()
            self._lock = None
        elif not self._url.startswith("sqlite"):
            with self._server() as server:
                server.execute(f'ALTER DATABASE "{self._name}" ALLOW_CONNECTIONS true'.encode())

    @contextmanager
    def ending_after(self, seconds: float) -> Iterator[None]:
        """An outage that begins now and ends by itself while the block runs."""
        self.begin()
        timer = threading.Timer(seconds, self.end)
        timer.start()
        try:
            yield
        finally:
            timer.join()

    @property
    def _name(self) -> str:
        return self._url.partition("?")[0].rpartition("/")[2]

    def _server(self) -> "psycopg.Connection[tuple[object, ...]]":
        return psycopg.connect(self._url.replace(f"/{self._name}?", "/postgres?"), autocommit=True)

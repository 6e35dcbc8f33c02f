"""The lessons that this web process carries: commands wait here for the log, facts leave from here.

Many commands share one transaction: while one group is written the next gathers. Facts go out as soon as
they are on disk; when the process has much to send, groups wait up to 50 ms for company, so that everybody
gets fewer and fuller messages. Rule: everything here runs in the event loop but the log, which has one thread.
"""

import asyncio
import logging
import math
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, TypeVar

from flask import Flask

from resource_hub.kernel.errors import Broken
from resource_hub.live.log import Given, Joined, Log, Outcome
from resource_hub.live.state import Fact

log = logging.getLogger(__name__)

GATHER_S = 0.05
"""The longest that a fact waits for company."""
BUSY_DELIVERIES = 8_000
"""Facts times receivers a second from which on groups wait: below it each fact goes out at once."""
_HALF_S = 0.5

Found = TypeVar("Found")
Send = Callable[[str, list[Fact]], Awaitable[None]]
"""Give facts of one lesson to everybody in it."""


@dataclass(slots=True)
class _Waiting:
    given: Given
    answer: asyncio.Future[Outcome] | Callable[[Outcome], None] | None


@dataclass(slots=True)
class _Load:
    """Deliveries of late, as a sum that halves each half second."""

    value: float = 0.0
    at: float = field(default_factory=time.monotonic)

    def add(self, deliveries: int) -> None:
        self.value = self._left() + deliveries
        self.at = time.monotonic()

    def per_second(self) -> float:
        return self._left() * math.log(2) / _HALF_S

    def _left(self) -> float:
        return self.value * 2 ** (-(time.monotonic() - self.at) / _HALF_S)


class Rooms:
    """One per web process. ``start`` runs it in the loop that serves sockets; ``stop`` ends it after the last group."""

    def __init__(self, app: Flask, book: Log, send: Send) -> None:
        self._app, self._log, self._send = app, book, send
        self._thread = ThreadPoolExecutor(1, "lesson-log")
        self._waiting: list[_Waiting] = []
        self._wake = asyncio.Event()
        self._load = _Load()
        self._members: Counter[str] = Counter()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._run(), name="lesson-rooms")

    def enter(self, lesson: str) -> None:
        self._members[lesson] += 1

    def leave(self, lesson: str) -> None:
        self._members[lesson] -= 1
        if self._members[lesson] <= 0:
            del self._members[lesson]

    async def give(self, given: Given) -> Outcome:
        """Let a command become a fact and return what became of it, once that is on disk."""
        answer: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        self._add(_Waiting(given, answer))
        return await answer

    def give_without_waiting(self, given: Given, refused: Callable[[Outcome], None] | None = None) -> None:
        """Let a command become a fact; its sender knows by the fact itself, ``refused`` tells of anything else."""
        self._add(_Waiting(given, refused))

    async def join(self, lesson: str, since: int | None) -> Joined:
        return await self.in_log(lambda: self._log.join(lesson, since))

    async def page(self, lesson: str, page: str) -> tuple[int, list[dict[str, Any]]]:
        return await self.in_log(lambda: self._log.page(lesson, page))

    async def seats(self, lesson: str) -> dict[str, dict[str, str]]:
        """Return the connections in each seat with their devices, those of other nodes too."""
        return await self.in_log(lambda: self._log.seats(lesson))

    async def audio(self, lesson: str) -> dict[str, str]:
        """Return by site which device has the room's sound."""
        return await self.in_log(lambda: self._log.audio(lesson))

    async def cameras(self, lesson: str) -> dict[str, dict[str, Any]]:
        """Return by site the invitation of its document camera and which device holds it."""
        return await self.in_log(lambda: self._log.cameras(lesson))

    def lessons(self) -> list[str]:
        """Return the lessons in which somebody is connected here."""
        return list(self._members)

    def _add(self, waiting: _Waiting) -> None:
        self._waiting.append(waiting)
        self._wake.set()

    async def _run(self) -> None:
        sent_at = 0.0
        while True:
            await self._wake.wait()
            if self._load.per_second() > BUSY_DELIVERIES and (rest := sent_at + GATHER_S - time.monotonic()) > 0:
                await asyncio.sleep(rest)
            self._wake.clear()
            group, self._waiting = self._waiting, []
            sent_at = time.monotonic()
            try:
                await self._settle(group)
            except Exception:
                log.exception("a group of %d commands failed", len(group))
                _answer(group, [Outcome(error=Broken())] * len(group))

    async def _settle(self, group: Sequence[_Waiting]) -> None:
        outcomes = await self.in_log(lambda: self._log.append([waiting.given for waiting in group]))
        by_lesson: dict[str, list[Fact]] = {}
        for outcome in outcomes:
            if outcome.fact is not None:
                by_lesson.setdefault(outcome.fact["lesson"], []).append(outcome.fact)
        for lesson, facts in by_lesson.items():
            self._load.add(len(facts) * self._members[lesson])
            await self._send(lesson, facts)
        _answer(group, outcomes)

    async def in_log(self, ask: Callable[[], Found]) -> Found:
        """Run ``ask`` in the log's thread, inside the application."""

        def run() -> Found:
            with self._app.app_context():
                return ask()

        return await asyncio.get_running_loop().run_in_executor(self._thread, run)


def _answer(group: Sequence[_Waiting], outcomes: Sequence[Outcome]) -> None:
    for waiting, outcome in zip(group, outcomes, strict=True):
        if isinstance(waiting.answer, asyncio.Future):
            if not waiting.answer.done():
                waiting.answer.set_result(outcome)
        elif waiting.answer is not None and outcome.fact is None:
            waiting.answer(outcome)

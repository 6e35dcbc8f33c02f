"""The plans that this web process carries: updates wait here for the log, changes leave from here.

Many updates share one transaction: while one group is written the next gathers. Rule: everything here runs
in the event loop but the log, which has one thread.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

from flask import Flask

from resource_hub.kernel.errors import Broken
from resource_hub.plans.log import Given, Log, Outcome

log = logging.getLogger(__name__)

Found = TypeVar("Found")
Send = Callable[[str, Outcome], Awaitable[None]]
"""Pass a change on to everybody in its plan but the connection that it came from."""


@dataclass(slots=True)
class _Waiting:
    given: Given
    sender: str
    answer: "asyncio.Future[Outcome]"


class Rooms:
    """One per web process; ``start`` runs it in the loop that serves sockets."""

    def __init__(self, app: Flask, book: Log, send: Send) -> None:
        self._app, self.log, self._send = app, book, send
        self._thread = ThreadPoolExecutor(1, "plan-log")
        self._waiting: list[_Waiting] = []
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._run(), name="plan-rooms")

    async def give(self, given: Given, sender: str) -> Outcome:
        """Let an update be taken in and return what became of it, once that is on disk."""
        answer: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Waiting(given, sender, answer))
        self._wake.set()
        return await answer

    async def in_log(self, ask: Callable[[], Found]) -> Found:
        """Run ``ask`` in the log's thread, inside the application."""

        def run() -> Found:
            with self._app.app_context():
                return ask()

        return await asyncio.get_running_loop().run_in_executor(self._thread, run)

    async def _run(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            group, self._waiting = self._waiting, []
            try:
                await self._settle(group)
            except Exception:
                log.exception("a group of %d updates failed", len(group))
                _answer(group, [Outcome(waiting.given.plan, error=Broken()) for waiting in group])

    async def _settle(self, group: Sequence[_Waiting]) -> None:
        outcomes = await self.in_log(lambda: self.log.append([waiting.given for waiting in group]))
        # Answered first: who is slow to be told of it does not hold up the one who wrote it.
        _answer(group, outcomes)
        for waiting, outcome in zip(group, outcomes, strict=True):
            if outcome.change:
                await self._send(waiting.sender, outcome)


def _answer(group: Sequence[_Waiting], outcomes: Sequence[Outcome]) -> None:
    for waiting, outcome in zip(group, outcomes, strict=True):
        if not waiting.answer.done():
            waiting.answer.set_result(outcome)

"""A client of a lesson in Python, on the stock library: joins, acts, keeps facts in order, comes back after a cut."""

import asyncio
import secrets
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import socketio

from resource_hub.live import state

NAMESPACE = "/live"
PATIENCE_S = 15


def run(story: Coroutine[Any, Any, None]) -> None:
    """Live through a story in a thread of its own: in the main one a browser's driver may have its loop."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, story).result()


class Client:
    """One socket in one lesson. ``facts`` holds each fact once, in order; ``now`` is their fold."""

    def __init__(self, url: str, token: str, lesson: str) -> None:
        self.url, self.token, self.lesson = url, token, lesson
        self.now = state.new(lesson)
        self.facts: list[dict[str, Any]] = []
        self.refused: list[dict[str, Any]] = []
        self.passed: list[dict[str, Any]] = []
        self.seat = ""
        self._early: dict[int, dict[str, Any]] = {}
        self._recent: list[dict[str, Any]] = []
        self._changed = asyncio.Event()
        self.sio = self._socket()

    def _socket(self) -> socketio.AsyncClient:
        sio = socketio.AsyncClient(serializer="msgpack", reconnection=False)
        sio.on("facts", self._take, namespace=NAMESPACE)
        sio.on("refused", self.refused.append, namespace=NAMESPACE)
        sio.on("ink:passed", self.passed.append, namespace=NAMESPACE)
        return sio

    async def connect(self) -> "Client":
        await self.sio.connect(self.url, namespaces=[NAMESPACE], auth={"token": self.token}, transports=["websocket"])
        return self

    async def enter(self) -> "Client":
        """Connect and join as a browser does that has never been there, or comes back."""
        await self.connect()
        await self.join()
        return self

    async def join(self, **more: Any) -> dict[str, Any]:
        since = {"since": self.now["seq"]} if self.now["seq"] else {}
        reply = await self.ask("lesson:join", {"lesson": self.lesson, **since, **more})
        if not reply["ok"]:
            return reply
        self.seat = reply["data"]["seat"]
        if (snapshot := reply["data"].get("snapshot")) is not None:
            self.now, unloaded, self._recent = snapshot, snapshot.pop("unloaded"), []
            for page in unloaded:
                await self._load(page)
        else:
            self._take(reply["data"]["facts"])
        return reply

    async def _load(self, page: str) -> None:
        """Fetch a page of the board; what happened on it since the answer is applied once more."""
        reply = await self.ask("board:load", {"lesson": self.lesson, "page": page})
        then = state.new(self.lesson) | {"seq": reply["data"]["seq"], "pages": {page: reply["data"]["strokes"]}}
        self.now["pages"][page] = state.fold(then, [fact for fact in self._recent if fact["data"].get("page") == page])["pages"][page]

    async def come_back(self) -> None:
        """A new socket after the old one was lost."""
        self.sio = self._socket()
        await self.enter()

    async def cut(self) -> None:
        """Lose the line without a word."""
        await self.sio.eio.http.close()  # the transport goes away; nobody says goodbye
        await self.sio.disconnect()

    async def act(self, name: str, data: dict[str, Any] | None = None, *, ident: str = "", wait: bool = True) -> dict[str, Any]:
        ident = ident or secrets.token_hex(6)
        command = {"lesson": self.lesson, "id": ident, "data": data or {}}
        if wait:
            return await self.ask(name, command)
        await self.sio.emit(name, command | {"wait": False}, namespace=NAMESPACE)
        return {"id": ident}

    async def ask(self, name: str, given: Any) -> dict[str, Any]:
        return await self.sio.call(name, given, namespace=NAMESPACE, timeout=PATIENCE_S)

    async def until(self, true: Callable[["Client"], bool]) -> None:
        """Wait until something holds of what has arrived."""
        async with asyncio.timeout(PATIENCE_S):
            while not true(self):
                self._changed.clear()
                await self._changed.wait()

    async def close(self) -> None:
        await self.sio.disconnect()

    def _take(self, facts: list[dict[str, Any]]) -> None:
        for fact in facts:
            if fact["seq"] > self.now["seq"]:
                self._early[fact["seq"]] = fact
        while (fact := self._early.pop(self.now["seq"] + 1, None)) is not None:
            state.apply(self.now, fact)
            self.facts.append(fact)
            self._recent.append(fact)
        self._changed.set()

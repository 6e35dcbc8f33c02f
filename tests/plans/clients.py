"""A writer of a plan in Python, on the stock libraries: joins, writes, hears of others, comes back after a cut."""

import asyncio
from collections.abc import Callable
from typing import Any

import socketio
from pycrdt import Doc, Map, XmlElement, XmlFragment
from pycrdt import Text as Line

from resource_hub.library.lesson_plan import Plan
from resource_hub.plans import document
from resource_hub.plans.updates import clock_of

NAMESPACE = "/plans"
PATIENCE_S = 15


class Writer:
    """One socket in one plan; ``doc`` outlives the socket as a browser's store does."""

    def __init__(self, url: str, token: str, plan: str) -> None:
        self.url, self.token, self.plan = url, token, plan
        self.doc: Doc[Any] = Doc()
        self.told: list[tuple[str, Any]] = []
        self.joined: dict[str, Any] = {}
        self._changed = asyncio.Event()
        self.sio = self._socket()

    def _socket(self) -> socketio.AsyncClient:
        sio = socketio.AsyncClient(serializer="msgpack", reconnection=False)
        sio.on("plan:updated", self._take, namespace=NAMESPACE)
        for name in ("presence:passed", "presence:asked", "plan:shut", "standing:changed", "remarks:changed"):
            sio.on(name, lambda data, name=name: self._tell(name, data), namespace=NAMESPACE)
        return sio

    @property
    def says(self) -> Plan:
        return document.read(self.doc)

    async def enter(self) -> "Writer":
        await self.sio.connect(self.url, namespaces=[NAMESPACE], auth={"token": self.token}, transports=["websocket"])
        reply = await self.ask("plan:join", {"plan": self.plan, "state": self.doc.get_state()})
        if reply["ok"]:
            self.joined = reply["data"]
            self.doc.apply_update(self.joined["update"])
            rest = self.doc.get_update(self.joined["has"])
            if self.joined["part"] in {"owner", "editor"} and rest != b"\x00\x00":
                assert (await self.send(rest))["ok"]
        else:
            self.told.append(("refused", reply))
        return self

    async def write(self, change: Callable[[Doc[Any]], None]) -> dict[str, Any]:
        """Change the document and send what changed; the answer is awaited."""
        before = self.doc.get_state()
        with self.doc.transaction():
            change(self.doc)
        return await self.send(self.doc.get_update(before))

    async def send(self, update: bytes) -> dict[str, Any]:
        client = self.doc.client_id
        clock = clock_of(self.doc.get_state(), client)
        given = {"plan": self.plan, "update": update, "client": client, "clock": clock}
        for _ in range(40):
            reply = await self.ask("plan:update", given)
            if reply["ok"] or reply["error"]["code"] != "too_many":
                break
            await asyncio.sleep(0.2)  # as browsers do: what was too much goes again
        return reply

    async def ask(self, name: str, given: Any) -> dict[str, Any]:
        return await self.sio.call(name, given, namespace=NAMESPACE, timeout=PATIENCE_S)

    async def cut(self) -> None:
        await self.sio.eio.http.close()  # the transport goes away; nobody says goodbye
        await self.sio.disconnect()

    async def come_back(self) -> None:
        self.sio = self._socket()
        await self.enter()

    async def until(self, true: Callable[["Writer"], bool]) -> None:
        async with asyncio.timeout(PATIENCE_S):
            while not true(self):
                self._changed.clear()
                await self._changed.wait()

    async def close(self) -> None:
        await self.sio.disconnect()

    def _take(self, told: dict[str, Any]) -> None:
        self.doc.apply_update(told["update"])
        self._tell("plan:updated", told)

    def _tell(self, name: str, data: Any) -> None:
        self.told.append((name, data))
        self._changed.set()


def titled(title: str) -> Callable[[Doc[Any]], None]:
    def change(doc: Doc[Any]) -> None:
        line = doc.get("title", type=Line)
        line.clear()
        line.insert(0, title)

    return change


def wrote(place: str, words: str) -> Callable[[Doc[Any]], None]:
    """Add a paragraph at the end of a text."""

    def change(doc: Doc[Any]) -> None:
        fragment = document.fragment_at(doc, place)
        assert isinstance(fragment, XmlFragment)
        fragment.children.append(XmlElement("paragraph", {}, [words]))

    return change


def set_in(step: str, key: str, value: Any) -> Callable[[Doc[Any]], None]:
    def change(doc: Doc[Any]) -> None:
        doc.get("steps", type=Map)[step][key] = value

    return change

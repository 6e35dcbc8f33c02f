"""A client's websocket, with two short ways past the tasks that the socket library starts for each message.

Out: a frame made once for a whole class is put on each line, at once and in the order of speaking. In: what asks
for no answer, ink above all, is heard as it is read. ``Line`` is uvicorn's websocket; both ways stand in the
extensions of its ASGI scope. Where a server offers no such thing, everything goes the way of the library.
"""

from collections.abc import Callable, Mapping
from typing import Any

import msgpack  # type: ignore[import-untyped]  # the library has no types
from socketio import packet
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Frame, Opcode

MOST_WAITING = 1 << 20
"""Bytes that may wait for a slow line, as many as a whole lesson of ink has; it catches up more cheaply by coming anew."""

Write = Callable[[bytes], None]
Hear = Callable[[str, Any], bool]
"""Given the name of an event and what came with it, return whether that is done with. Rule: it never waits."""
_NAME = "resource_hub.line"


class Line(WebSocketsSansIOProtocol):
    """One client's websocket."""

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        self.hears: dict[str, Hear] = {}
        self._is_idle = False

    async def run_asgi(self) -> None:
        """Serve the connection."""
        self.scope["extensions"][_NAME] = self  # type: ignore[assignment]  # the library knows extensions of ASGI alone
        await super().run_asgi()

    async def receive(self) -> Any:
        """Wait for what is not heard on the way."""
        self._is_idle = True
        try:
            return await super().receive()
        finally:
            self._is_idle = False

    def handle_bytes(self, event: Frame) -> None:
        """Take a message the short way if nothing before it is still waiting or being answered."""
        if not (self._is_idle and event.fin and self.hears and self.queue.empty() and self._is_heard(event.data)):
            super().handle_bytes(event)

    def write(self, frame: bytes) -> None:
        """Put a frame on the line; nothing happens on one that is closing, and one that stands still is cut."""
        if self.close_sent or self.disconnected or self.transport.is_closing():
            return
        if self.transport.get_write_buffer_size() > MOST_WAITING:
            self.transport.abort()
            return
        self.transport.write(frame)

    def _is_heard(self, message: bytes | bytearray | memoryview) -> bool:
        try:
            said = msgpack.unpackb(message)
        except (ValueError, TypeError):
            return False
        if not isinstance(said, dict) or said.get("type") != packet.EVENT or said.get("id") is not None:
            return False
        hear = self.hears.get(said.get("nsp") or "/")
        match said.get("data"):
            case [str(name), given] if hear is not None:
                return hear(name, given)
        return False


def framed(message: bytes) -> bytes:
    """Return the frame of a message from server to client."""
    return Frame(Opcode.BINARY, message).serialize(mask=False)


def write_of(environ: Mapping[str, Any]) -> Write | None:
    """Return what writes frames to a connection; None where its server knows no such thing."""
    line = _line(environ)
    return line.write if line else None


def listen(environ: Mapping[str, Any], namespace: str, hear: Hear) -> None:
    """Let ``hear`` take what a client says in a namespace without asking for an answer, if its line has the short way."""
    if line := _line(environ):
        line.hears[namespace] = hear


def _line(environ: Mapping[str, Any]) -> Line | None:
    found: Line | None = environ["asgi.scope"].get("extensions", {}).get(_NAME)
    return found

"""Sending one message to a room: encoded and framed once, and put on each line without a task for every receiver.

python-socketio starts a task a receiver and wakes another to send, which for a class of 200 costs many times the
sending itself. What is here differs from the library in that alone: everything that is a message goes to the
line at once, in the order in which it was said, answers among it; heartbeats and lines without a
websocket go the library's way.
"""

import time
from typing import Any

import engineio
import socketio
from engineio import packet as engine
from socketio import packet

from resource_hub.infra.realtime.lines import Write, framed, write_of


class Server(socketio.AsyncServer):  # type: ignore[misc]  # the library has no types
    """The socket server of one process, over ``Lines``."""

    def _engineio_server_class(self) -> Any:
        return lambda **options: Lines(self, **options)

    def write_to(self, line: str) -> Write | None:
        """Return what writes frames to this line of engine.io; None when it has no websocket, or is dead: the library ends that."""
        environ, socket = self.environ.get(line), self.eio.sockets.get(line)
        is_dead = socket is not None and socket.last_ping and time.time() - socket.last_ping > self.eio.ping_timeout
        return write_of(environ) if environ and not is_dead else None


class Lines(engineio.AsyncServer):  # type: ignore[misc]  # the library has no types
    """The lines of one process."""

    def __init__(self, server: Server, **options: Any) -> None:
        super().__init__(**options)
        self._server = server

    async def send_packet(self, sid: str, pkt: engine.Packet) -> None:
        """Send to one client."""
        write = self._server.write_to(sid) if pkt.packet_type == engine.MESSAGE and isinstance(pkt.data, bytes) else None
        if write is None:
            await super().send_packet(sid, pkt)
        else:
            write(framed(pkt.data))


class DirectManager(socketio.AsyncManager):  # type: ignore[misc]  # the library has no types
    """The rooms of one process."""

    async def emit(
        self,
        event: str,
        data: Any,
        namespace: str,
        room: str | None = None,
        skip_sid: str | list[str] | None = None,
        callback: Any = None,
        to: str | None = None,
        **more: Any,
    ) -> None:
        """Send to everybody in the room; what wants an answer goes the library's way."""
        if callback:
            await super().emit(event, data, namespace, room, skip_sid, callback, to, **more)
            return
        arguments = list(data) if isinstance(data, tuple) else [] if data is None else [data]
        message: bytes = self.server.packet_class(packet.EVENT, namespace=namespace, data=[event, *arguments]).encode()
        frame = framed(message)
        skipped = skip_sid if isinstance(skip_sid, list) else [skip_sid]
        for sid, line in list(self.get_participants(namespace, to or room)):
            if sid in skipped:
                continue
            if write := self.server.write_to(line):
                write(frame)
            else:
                await self.server.eio.send_packet(line, engine.Packet(engine.MESSAGE, message))


class SharedManager(socketio.AsyncRedisManager, DirectManager):  # type: ignore[misc]  # the library has no types
    """The rooms of several processes that hear each other through Redis."""

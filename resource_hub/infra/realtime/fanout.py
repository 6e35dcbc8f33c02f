"""Sending one message to a room: encoded once, and put on each line without a task for every receiver.

python-socketio starts a task a receiver, which for a class of 200 costs more than the sending itself. Both
managers here differ from its own in that alone; they use what it and engine.io offer to the outside.
"""

from typing import Any

import socketio
from engineio import packet as engine
from socketio import packet


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
        encoded = self.server.packet_class(packet.EVENT, namespace=namespace, data=[event, *arguments]).encode()
        message = [engine.Packet(engine.MESSAGE, part) for part in (encoded if isinstance(encoded, list) else [encoded])]
        skipped = skip_sid if isinstance(skip_sid, list) else [skip_sid]
        for sid, line in list(self.get_participants(namespace, to or room)):
            if sid not in skipped:
                for part in message:
                    await self.server.eio.send_packet(line, part)


class SharedManager(socketio.AsyncRedisManager, DirectManager):  # type: ignore[misc]  # the library has no types
    """The rooms of several processes that hear each other through Redis."""

"""Lessons of three rooms and more at the forwarder: one room there for each, and who may send and hear in it.

A device asks us over ``/live`` and we ask the forwarder, so that nobody gets there who has no seat: only the one device that
has its room's sound sends for it and hears the others. A room there comes with its first sender and goes with its last, or
with the lesson. Nothing here is kept: whoever lost their way asks anew, and the lesson's log knows nothing of it.
"""

import hashlib
import hmac
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from resource_hub.infra.janus import Janus, NotTaken
from resource_hub.kernel.errors import N_, Conflict, HubError
from resource_hub.live.cast import Sent, parts_of, payload_of
from resource_hub.live.schemas import Hear, Heard, Tune

_EXISTS, _NO_ROOM, _NO_FEED = 427, 426, 428
_MOST_SENDERS = 16
_MOST_BITS_A_SECOND = 1_600_000
_SUBSTREAMS = {"video720": 2, "video360": 1, "video180": 0}
_SPEECHLESS = frozenset({"text"})

Handle = tuple[int, int]


class NotSending(Conflict):
    code = "not_sending"
    message = N_("那边的声音和画面还没有接通。")


@dataclass(slots=True)
class _Way:
    """One connection of a device: ``mids`` are the names of its parts by kind; of one that sends ``feed`` is its name there."""

    handle: Handle
    mids: dict[str, str] = field(default_factory=dict)
    feed: str = ""
    sent: tuple[Sent, ...] = ()
    casts: list[int] = field(default_factory=list)


class Forwarding:
    """What this web process has at the forwarder, by lesson, device and direction (``out``, or what is heard)."""

    def __init__(self, janus: Janus, secret: str) -> None:
        self._janus, self._secret = janus, secret
        self._ways: dict[tuple[str, str, str], _Way] = {}

    async def send(self, lesson: str, site: int, device: str, sdp: str) -> str:
        """Let a device send for its site, and return the answer to its offer; what it sent before ends."""
        await self.leave(lesson, device, "out")
        handle = await self._janus.attach()
        try:
            await self._open_room(lesson, handle)
            await self._put_out(lesson, handle, device)
            joined = await self._janus.ask(handle, self._joining(lesson, "publisher") | {"display": _shown(site, device)})
            told = await self._janus.ask(handle, {"request": "publish"}, _described("offer", sdp))
        except BaseException:
            await self._janus.detach(handle)
            raise
        answer = str(told["jsep"]["sdp"])
        self._ways[lesson, device, "out"] = _Way(handle, feed=str(joined["id"]), sent=tuple(parts_of(answer)))
        return answer

    def kinds_of(self, lesson: str, device: str) -> list[str]:
        """Return which kinds a device sends; raises NotSending."""
        return [one.kind for one in self._way(lesson, device, "out").sent]

    async def cast(self, lesson: str, device: str, ports: Mapping[str, int]) -> None:
        """Let what a device sends come to ports of this machine as well, the best size of its picture, and to no earlier ones any more."""
        here, _there = self._janus.addresses
        way = self._way(lesson, device, "out")
        about = {"room": lesson, "secret": self._word(lesson, "secret"), "admin_key": self._secret, "publisher_id": way.feed}
        while way.casts:
            with suppress(NotTaken):
                await self._janus.ask(way.handle, about | {"request": "stop_rtp_forward", "stream_id": way.casts.pop()})
        streams = [
            {"mid": one.mid, "port": ports[one.kind], "pt": payload_of(one.kind)} | ({"simulcast": True} if one.kind == "video" else {})
            for one in way.sent
        ]
        told = await self._janus.ask(way.handle, about | {"request": "rtp_forward", "host": here, "streams": streams})
        way.casts += [int(one["stream_id"]) for one in told.get("forwarders", ())]

    def addresses(self) -> tuple[str, str]:
        """Return where the forwarder reaches this machine, and from where."""
        return self._janus.addresses

    async def hear(self, wanted: Hear, device: str, source: str) -> str:
        """Return the offer by which ``device`` is given what ``source`` sends for the site it wants; raises NotSending."""
        lesson = wanted.lesson
        await self.leave(lesson, device, wanted.way)
        handle = await self._janus.attach()
        try:
            feed = await self._feed(lesson, handle, _shown(wanted.site, source))
            told = await self._janus.ask(handle, self._joining(lesson, "subscriber") | {"streams": [{"feed": feed}]})
        except NotTaken as error:
            await self._janus.detach(handle)
            raise (NotSending() if error.reason in {_NO_ROOM, _NO_FEED} else error) from error
        except BaseException:
            await self._janus.detach(handle)
            raise
        mids = {stream["type"]: stream["mid"] for stream in told.get("streams", ()) if stream.get("mid") is not None}
        way = self._ways[lesson, device, wanted.way] = _Way(handle, mids)
        if wanted.rung is not None:
            await self._configure(way, _carried(wanted.rung))
        return str(told["jsep"]["sdp"])

    async def answer(self, device: str, given: Heard) -> None:
        """Take the device's answer to the offer of ``hear``: from now on sound and picture come."""
        way = self._way(given.lesson, device, given.way)
        await self._janus.ask(way.handle, {"request": "start"}, _described("answer", given.sdp))

    async def tune(self, device: str, wanted: Tune) -> None:
        """Send a device of a site only what its rung carries."""
        await self._configure(self._way(wanted.lesson, device, wanted.way), _carried(wanted.rung))

    async def hush(self, lesson: str, device: str) -> None:
        """Send a device that cannot be told anything no more pictures: they would fill the line by which it is to come back.

        Speech goes on. Who is back tunes anew.
        """
        for way in [way for key, way in self._ways.items() if key[:2] == (lesson, device) and key[2] != "out" and "video" in way.mids]:
            with suppress(HubError):
                await self._configure(way, {"video": {"send": False}})

    async def leave(self, lesson: str, device: str, way: str | None = None) -> None:
        """End one way of a device, or all of them."""
        for key in [key for key in self._ways if key[:2] == (lesson, device) and way in {None, key[2]}]:
            ended = self._ways.pop(key)
            if key[2] == "out":
                await self._close_when_empty(lesson, ended.handle)
            await self._janus.detach(ended.handle)

    async def end_others(self, lesson: str, head: str, kept: Collection[str]) -> None:
        """End what devices have here whose names begin with ``head`` and are not among those that are kept."""
        for device in {key[1] for key in self._ways if key[0] == lesson and key[1].startswith(head) and key[1] not in kept}:
            await self.leave(lesson, device)

    async def end(self, lesson: str) -> None:
        """Close the lesson's room, whoever is in it."""
        gone = [self._ways.pop(key) for key in [key for key in self._ways if key[0] == lesson]]
        for at, way in enumerate(gone):
            if at == 0:
                with suppress(HubError):
                    await self._destroy(lesson, way.handle)
            await self._janus.detach(way.handle)

    async def check(self) -> None:
        """Raise ForwarderAway while it does not answer."""
        await self._janus.detach(await self._janus.attach())

    async def _configure(self, way: _Way, parts: Mapping[str, Mapping[str, Any]]) -> None:
        streams = [{"mid": way.mids[kind], **given} for kind, given in parts.items() if kind in way.mids]
        if streams:
            await self._janus.ask(way.handle, {"request": "configure", "streams": streams})

    def _joining(self, lesson: str, kind: str) -> dict[str, Any]:
        return {"request": "join", "ptype": kind, "room": lesson, "pin": self._word(lesson, "pin")}

    async def _open_room(self, lesson: str, handle: Handle) -> None:
        room = {
            "request": "create", "room": lesson, "admin_key": self._secret, "secret": self._word(lesson, "secret"),
            "pin": self._word(lesson, "pin"), "is_private": True, "publishers": _MOST_SENDERS, "bitrate": _MOST_BITS_A_SECOND,
            "audiocodec": "opus", "videocodec": "vp8", "opus_fec": True, "notify_joining": False, "fir_freq": 5,
        }  # fmt: skip
        try:
            await self._janus.ask(handle, room)
        except NotTaken as error:
            if error.reason != _EXISTS:
                raise

    async def _put_out(self, lesson: str, handle: Handle, device: str) -> None:
        """End what this device sent by a web process that is gone."""
        for one in await self._senders(lesson, handle):
            if one.get("display", "").endswith(f" {device}"):
                kick = {"request": "kick", "room": lesson, "secret": self._word(lesson, "secret"), "id": one["id"]}
                with suppress(NotTaken):
                    await self._janus.ask(handle, kick)

    async def _feed(self, lesson: str, handle: Handle, shown: str) -> str:
        for one in await self._senders(lesson, handle):
            if one.get("display") == shown and one.get("publisher"):
                return str(one["id"])
        raise NotSending

    async def _senders(self, lesson: str, handle: Handle) -> list[dict[str, Any]]:
        told = await self._janus.ask(handle, {"request": "listparticipants", "room": lesson})
        found: list[dict[str, Any]] = told.get("participants", [])
        return found

    async def _close_when_empty(self, lesson: str, handle: Handle) -> None:
        with suppress(HubError):
            await self._janus.ask(handle, {"request": "leave"})
            if not await self._senders(lesson, handle):
                await self._destroy(lesson, handle)

    async def _destroy(self, lesson: str, handle: Handle) -> None:
        await self._janus.ask(handle, {"request": "destroy", "room": lesson, "secret": self._word(lesson, "secret")})

    def _way(self, lesson: str, device: str, name: str) -> _Way:
        way = self._ways.get((lesson, device, name))
        if way is None:
            raise NotSending
        return way

    def _word(self, lesson: str, what: str) -> str:
        return hmac.new(self._secret.encode(), f"{what} {lesson}".encode(), hashlib.sha256).hexdigest()


def _carried(rung: str) -> dict[str, dict[str, Any]]:
    """Return what the forwarder is told about each part that comes to somebody on this rung."""
    return {
        "audio": {"send": rung not in _SPEECHLESS},
        "video": {"send": rung in _SUBSTREAMS, "substream": _SUBSTREAMS.get(rung, 0)},
        "data": {"send": rung == "still"},
    }


def _shown(site: int, device: str) -> str:
    return f"{site} {device}"


def _described(kind: str, sdp: str) -> dict[str, Any]:
    # Candidates do not follow: those that matter are in the description, others are found when they knock.
    return {"type": kind, "sdp": sdp, "trickle": False}

"""The commands ``sfu:*`` of the door ``/live``: a device asks to send to the forwarder and to hear others through it.

Apart from ``forwarding``, which knows the forwarder, this knows who may ask: the one device that has the sound of its room, by
the lesson's log; and to send a picture alone, the phone that is the room's document camera. ``sfu:ask`` is the way to find out
whether there is a forwarder that answers.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from resource_hub.kernel.errors import N_, NotAllowed, NotFound
from resource_hub.live import cameras
from resource_hub.live.acts import CameraRevoked
from resource_hub.live.casting import Casting, Source
from resource_hub.live.forwarding import Forwarding
from resource_hub.live.rooms import Rooms
from resource_hub.live.schemas import Hear, Heard, InLesson, Offer, Tune
from resource_hub.live.seats import ROOMS, Part, Seat

FORGOTTEN_AFTER_S = 45
"""A device that is cut off for less finds its sound and picture as they were."""

Handle = Callable[[Seat, str, Any], Awaitable[dict[str, Any]]]


class NoForwarder(NotFound):
    code = "no_forwarder"
    message = N_("这里没有安装多教室的声音转发，三个及以上教室的声音由主讲的电脑分别发送。")


class NotTheRoomsDevice(NotAllowed):
    code = "not_the_rooms_device"
    message = N_("教室的声音用的是另一台设备。")


class ForwardDoor:
    """The handlers; ``forwarding`` is None where no forwarder is installed, ``casting`` where it is another machine's.

    ``is_watched`` says of a lesson whether its rooms only watch.
    """

    def __init__(
        self,
        forwarding: Forwarding | None,
        rooms: Rooms,
        casting: Casting | None = None,
        is_watched: Callable[[str], bool] = lambda _: False,
    ) -> None:
        self._found, self._rooms, self._casting, self._is_watched = forwarding, rooms, casting, is_watched
        self._casters: dict[str, str] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def handlers(self) -> Mapping[str, tuple[type[InLesson], Handle]]:
        """Return model and handler of each command."""
        return {
            "sfu:ask": (InLesson, self._ask),
            "sfu:send": (Offer, self._send),
            "sfu:hear": (Hear, self._hear),
            "sfu:answer": (Heard, self._answer),
            "sfu:tune": (Tune, self._tune),
        }

    def left(self, lesson: str, device: str, *, is_here: bool) -> None:
        """A connection of a device ended, its last unless it ``is_here`` by another.

        No pictures go to who cannot be told anything; should it stay away, what it had at the forwarder ends too.
        """
        if self._found is not None:
            if not is_here:
                self._start(self._found.hush(lesson, device))
            self._start(self._forget(self._found, lesson, device))

    def cameras_changed(self, lesson: str) -> None:
        """Another phone is the document camera of a room, or none is: the one before sends no more."""
        if self._found is not None:
            self._start(self._end_cameras(self._found, lesson))

    def ended(self, lesson: str) -> None:
        """The lesson is over."""
        self._end_cast(lesson)
        if self._found is not None:
            self._start(self._found.end(lesson))

    async def _ask(self, _seat: Seat, _device: str, _wanted: InLesson) -> dict[str, Any]:
        await self._forwarding.check()
        return {}

    async def _send(self, seat: Seat, device: str, offer: Offer) -> dict[str, Any]:
        site = await self._site(seat, device, offer.lesson)
        answer = await self._forwarding.send(offer.lesson, site, device, offer.sdp)
        if site == 0 and self._casting is not None and await self._rooms.in_log(lambda: self._is_watched(offer.lesson)):
            self._cast(self._casting, offer.lesson, device)
        return {"sdp": answer}

    def _cast(self, casting: Casting, lesson: str, device: str) -> None:
        """Let those who watch see what this device sends from now on."""
        forwarding = self._forwarding

        async def flow(ports: Mapping[str, int]) -> None:
            await forwarding.cast(lesson, device, ports)

        self._casters[lesson] = device
        casting.begin(lesson, Source(forwarding.kinds_of(lesson, device), flow, forwarding.addresses))

    def _end_cast(self, lesson: str) -> None:
        if self._casters.pop(lesson, None) is not None and self._casting is not None:
            self._casting.end(lesson)

    async def _hear(self, seat: Seat, device: str, wanted: Hear) -> dict[str, Any]:
        await self._site(seat, device, wanted.lesson)
        return {"sdp": await self._forwarding.hear(wanted, device, await self._source(wanted))}

    async def _answer(self, _seat: Seat, device: str, given: Heard) -> dict[str, Any]:
        await self._forwarding.answer(device, given)
        return {}

    async def _tune(self, _seat: Seat, device: str, wanted: Tune) -> dict[str, Any]:
        await self._forwarding.tune(device, wanted)
        return {}

    async def _site(self, seat: Seat, device: str, lesson: str) -> int:
        """Return the site for which this device has the sound or is the document camera; raises for any other device and seat."""
        if seat.site is None or seat.part not in ROOMS | {Part.CAMERA}:
            raise NotAllowed
        if seat.part is Part.CAMERA:
            if (await self._camera(lesson, seat.site)) != device:
                raise CameraRevoked
            return seat.site
        if (await self._rooms.audio(lesson)).get(str(seat.site)) != device:
            raise NotTheRoomsDevice
        return seat.site

    async def _source(self, wanted: Hear) -> str:
        """Return the device that sends what is wanted."""
        if wanted.source == "camera":
            return await self._camera(wanted.lesson, wanted.site)
        return (await self._rooms.audio(wanted.lesson)).get(str(wanted.site), "")

    async def _camera(self, lesson: str, site: int) -> str:
        return (await self._rooms.cameras(lesson)).get(str(site), {}).get("device") or ""

    @property
    def _forwarding(self) -> Forwarding:
        if self._found is None:
            raise NoForwarder
        return self._found

    async def _end_cameras(self, forwarding: Forwarding, lesson: str) -> None:
        kept = {camera["device"] or "" for camera in (await self._rooms.cameras(lesson)).values()}
        await forwarding.end_others(lesson, cameras.DEVICE, kept)

    async def _forget(self, forwarding: Forwarding, lesson: str, device: str) -> None:
        await asyncio.sleep(FORGOTTEN_AFTER_S)
        there = await self._rooms.seats(lesson)
        if not any(device in conns.values() for conns in there.values()):
            await forwarding.leave(lesson, device)
            if self._casters.get(lesson) == device:
                self._end_cast(lesson)

    def _start(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work, name="forwarding")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

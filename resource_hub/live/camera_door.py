"""What the door ``/live`` asks about a phone that is a document camera: whether its pass still holds, and whom it may speak to.

Apart from ``cameras``, which knows what a pass is, this knows the lessons that go on. Rule: a phone is let do something only
because it is asked here; whatever is not asked for is refused before it gets here.
"""

from collections.abc import Mapping

from resource_hub.kernel.errors import NotAllowed
from resource_hub.live import cameras
from resource_hub.live.acts import CameraRevoked, NotNow
from resource_hub.live.cameras import Pass
from resource_hub.live.rooms import Rooms
from resource_hub.live.seats import Seat


class CameraDoor:
    def __init__(self, rooms: Rooms, secret: str) -> None:
        self._rooms, self._secret = rooms, secret

    def pass_of(self, token: str, *, is_bearer: bool) -> Pass | None:
        """Return the pass that a connection came with, or None when it came with something else."""
        return cameras.pass_of(self._secret, token) if is_bearer else None

    async def seat(self, camera: Pass, lesson: str) -> Seat:
        """Return the seat of a phone; raises NotNow once its lesson is over, CameraRevoked when its pass holds no more."""
        if camera.lesson != lesson:
            raise CameraRevoked
        if not await self.holds(camera):
            joined = await self._rooms.join(lesson, None)
            raise NotNow if joined.snapshot and joined.snapshot["phase"] == "ended" else CameraRevoked
        return camera.seat

    async def holds(self, camera: Pass) -> bool:
        """Return whether nobody ended it, no newer invitation took its place, and the lesson is not over."""
        return cameras.is_valid(camera, await self._rooms.cameras(camera.lesson))

    async def check_signal(self, camera: Pass, device: str, to: str) -> None:
        """A phone speaks only while it is the camera of its room, and only with the devices that carry the lesson."""
        if not cameras.holds(camera, device, await self._rooms.cameras(camera.lesson)):
            raise CameraRevoked
        if to not in (await self._rooms.audio(camera.lesson)).values():
            raise NotAllowed

    @staticmethod
    def check_command(camera: Pass, data: Mapping[str, object]) -> None:
        """Raise CameraRevoked for a command in the name of another invitation."""
        if data.get("key", camera.key) != camera.key:
            raise CameraRevoked

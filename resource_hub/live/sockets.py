"""The door ``/live``: joining a lesson, its commands, and what passes by without being kept.

A client joins with the number of the last fact it has and gets the rest; this one way serves the first
visit, a reload and a return after a cut. Every command is checked, judged by the log and answered after it
is on disk. Facts leave in batches under one name, ``facts``, to everybody in the lesson, its sender too. A phone that is a
document camera (``cameras``) comes in by a pass, is told little and may do what is marked for it alone.
"""

import asyncio
import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import socketio
from flask import Flask
from flask_babel import force_locale

from resource_hub.infra import installation, janus, unit
from resource_hub.infra.features import hub
from resource_hub.infra.realtime.lines import listen
from resource_hub.infra.realtime.rate import Bucket
from resource_hub.infra.realtime.server import token_of
from resource_hub.infra.web.replies import describe
from resource_hub.kernel import clock
from resource_hub.kernel.errors import N_, Broken, HubError, Invalid, NotAllowed, NotFound, TooMany
from resource_hub.kernel.viewer import Viewer
from resource_hub.live import access, acts, cameras, presence, service
from resource_hub.live.camera_door import CameraDoor
from resource_hub.live.casting import Casting
from resource_hub.live.forward_door import ForwardDoor, Handle
from resource_hub.live.forwarding import Forwarding
from resource_hub.live.log import Given, Log, Outcome
from resource_hub.live.rooms import Rooms
from resource_hub.live.schemas import LONGEST_DESCRIPTION, Command, InLesson, Join, LoadPage, Model, Passing, Signal, parsed
from resource_hub.live.seats import ROOMS, Part, Seat, seat_of
from resource_hub.live.state import Fact
from resource_hub.people.entry import viewer_of_token

log = logging.getLogger(__name__)

NAMESPACE = "/live"
COMMANDS_A_SECOND = 60
COMMANDS_AT_ONCE = 240
"""What a client kept while it was cut off may come in one go; a script that draws thousands may not."""
PASSING_A_SECOND = 60

Reply = dict[str, Any]


@dataclass(slots=True)
class _Connection:
    """One socket: whose it is, and the seats it took. ``ident`` stands in the log for its coming and going."""

    viewer: Viewer
    ident: str
    seats: dict[str, Seat] = field(default_factory=dict)
    device: str = ""
    camera: cameras.Pass | None = None
    commands: Bucket = field(default_factory=lambda: Bucket(COMMANDS_A_SECOND, COMMANDS_AT_ONCE))
    passing: Bucket = field(default_factory=lambda: Bucket(PASSING_A_SECOND, PASSING_A_SECOND))
    refusals: int = 0


class Door:
    """The handlers of ``/live`` in one web process."""

    def __init__(self, sio: socketio.AsyncServer, app: Flask) -> None:
        self._sio, self._app = sio, app
        self._node = presence.new_node()
        self._connections: dict[str, _Connection] = {}
        self._rooms = Rooms(app, Log(service.CONSEQUENCES), self._send)
        self._forward = ForwardDoor(_forwarding(app), self._rooms, _casting(app), _is_watched)
        self._cameras = CameraDoor(self._rooms, app.config["SECRET_KEY"])
        self._tending: asyncio.Task[None] | None = None

    def open(self) -> None:
        """Register every handler of the protocol."""
        on = partial(self._sio.on, namespace=NAMESPACE)
        on("connect", self._connect)
        on("disconnect", self._disconnect)
        on("lesson:join", self._told(self._join, Join, takes_cameras=True))
        on("lesson:leave", self._told(self._leave, Join, takes_cameras=True))
        on("board:load", self._told(self._load_page, LoadPage))
        on("ink:pass", self._told(partial(self._pass, "ink:passed"), Passing, is_passing=True))
        on("pointer:pass", self._told(partial(self._pass, "pointer:passed"), Passing, is_passing=True))
        on("signal:pass", self._told(self._signal, Signal, is_passing=True, takes_cameras=True))
        on("clock:ask", self._ask_clock)
        for name, (model, handle) in self._forward.handlers().items():
            on(name, self._told(partial(self._forwarded, handle), model, takes_cameras=name == "sfu:send"))
        for act in acts.ACTS.values():
            on(act.name, self._told(partial(self._command, act), Command, takes_cameras=Part.CAMERA in act.parts))

    async def _connect(self, sid: str, environ: dict[str, Any], auth: object = None) -> None:
        self._rooms.start()
        self._tending = self._tending or asyncio.create_task(self._tend(), name="lesson-presence")
        token, is_bearer = token_of(environ, auth)
        camera = self._cameras.pass_of(token, is_bearer=is_bearer)
        found = cameras.STRANGER if camera else await asyncio.to_thread(self._viewer, token, is_bearer) if token else None
        if found is None:
            raise socketio.exceptions.ConnectionRefusedError("not_signed_in")
        self._connections[sid] = _Connection(found, presence.new_conn(self._node), camera=camera)
        listen(environ, NAMESPACE, partial(self._hear, sid))

    def _viewer(self, token: str, is_bearer: bool) -> Viewer | None:  # noqa: FBT001 -- passed through a thread
        with self._app.app_context():
            found = viewer_of_token(token, is_bearer=is_bearer)
        return None if found is None or found.is_limited else found.viewer

    async def _disconnect(self, sid: str, _reason: str = "") -> None:
        connection = self._connections.pop(sid, None)
        if connection is not None:
            for lesson in list(connection.seats):
                self._give_up_seat(connection, lesson)

    def _hear(self, sid: str, event: str, given: Any) -> bool:
        """Take a command that asks for no answer, ink above all; whatever is not quite in order takes the long way."""
        connection, act = self._connections.get(sid), acts.ACTS.get(event)
        if connection is None or act is None or act.name in acts.GUARDED or not isinstance(given, dict) or given.get("wait") is not False:
            return False
        if connection.camera is not None or not connection.commands.take():
            return False
        try:
            command = parsed(Command, given)
            self._give(act, sid, connection, command, self._seated(connection, command.lesson))
        except HubError:
            return False
        return True

    def _told(
        self, handle: Callable[..., Any], model: type[Model], *, is_passing: bool = False, takes_cameras: bool = False
    ) -> Callable[..., Any]:
        """Return a handler that checks what came, bounds its rate, and answers errors in the reader's language."""

        async def enter(sid: str, given: object = None, *_rest: object) -> Reply | None:
            connection = self._connections.get(sid)
            if connection is None:
                return _failure(NotAllowed(), "zh", self._app)
            bucket = connection.passing if is_passing else connection.commands
            if not bucket.take():
                return await self._held_back(sid, connection, given, is_passing=is_passing)
            try:
                self._check_way(connection, takes_cameras=takes_cameras)
                read = parsed(model, given)
                data = await handle(sid, connection, read)
            except HubError as error:
                return await self._refused(sid, connection, given, error)
            except Exception:
                log.exception("a message of a lesson failed")
                return await self._refused(sid, connection, given, Broken())
            return {"ok": True, "data": data}

        return enter

    @staticmethod
    def _check_way(connection: _Connection, *, takes_cameras: bool) -> None:
        """Raise NotAllowed for a phone, unless the event is marked for phones."""
        if connection.camera is not None and not takes_cameras:
            raise NotAllowed

    async def _refused(self, sid: str, connection: _Connection, given: object, error: HubError) -> Reply:
        """Answer a refusal; who does not wait for answers is told by an event."""
        failure = _failure(error, connection.viewer.locale, self._app)
        if isinstance(given, dict) and given.get("wait") is False:
            await self._sio.emit("refused", _about(given) | failure, to=sid, namespace=NAMESPACE)
        return failure

    async def _held_back(self, sid: str, connection: _Connection, given: object, *, is_passing: bool) -> Reply:
        """Tell a client that it sends too much. It is read on only after a pause, so that nobody else notices."""
        failure = _failure(TooMany(retry_after=1), connection.viewer.locale, self._app)
        connection.refusals += 1
        if not is_passing and connection.refusals % COMMANDS_A_SECOND == 1:
            await self._sio.emit("refused", _about(given) | failure, to=sid, namespace=NAMESPACE)
        await asyncio.sleep(0.25)
        return failure

    async def _join(self, sid: str, connection: _Connection, wanted: Join) -> Reply:
        if connection.camera is not None:
            seat = await self._cameras.seat(connection.camera, wanted.lesson)
            device, room = cameras.named(wanted.device, connection.ident), _cameras_room(wanted.lesson)
        else:
            seat = await self._rooms.in_log(lambda: self._seat(connection.viewer, wanted))
            device, room = wanted.device or connection.ident, wanted.lesson
        # In the room first: what is said from now on comes twice rather than not at all.
        await self._sio.enter_room(sid, room, namespace=NAMESPACE)
        connection.device = connection.device or device
        await self._sio.enter_room(sid, _device_room(wanted.lesson, connection.device), namespace=NAMESPACE)
        if sid not in self._connections:  # its line was found dead while it waited: nobody would ever give this seat up
            raise NotFound
        if wanted.lesson not in connection.seats:
            self._rooms.enter(wanted.lesson)
            connection.seats[wanted.lesson] = seat
            if not seat.is_invisible:
                await self._rooms.give(_came(wanted.lesson, seat, connection))
        joined = await self._rooms.join(wanted.lesson, None if connection.camera else wanted.since)
        told = {
            "lesson": wanted.lesson,
            "seat": str(connection.seats[wanted.lesson]),
            "device": connection.device,
            "seq": joined.seq,
            "now": clock.ms(clock.now()),
        }
        if connection.camera is not None and joined.snapshot is not None:
            return told | {"snapshot": cameras.shown(joined.snapshot)}
        return told | ({"snapshot": joined.snapshot} if joined.facts is None else {"facts": list(joined.facts)})

    def _seat(self, viewer: Viewer, wanted: Join) -> Seat:
        with unit.read():
            seat = access.seat_for(viewer, wanted.lesson, as_observer=wanted.as_observer)
        service.note_seat(wanted.lesson, str(seat), viewer.person_id)
        return seat

    async def _leave(self, sid: str, connection: _Connection, wanted: Join) -> Reply:
        room = _cameras_room(wanted.lesson) if connection.camera else wanted.lesson
        await self._sio.leave_room(sid, room, namespace=NAMESPACE)
        if wanted.lesson in connection.seats:
            self._give_up_seat(connection, wanted.lesson)
        return {}

    def _give_up_seat(self, connection: _Connection, lesson: str) -> None:
        """Let a connection leave a lesson, without waiting for it.

        A line is found dead when something is sent there, often by the very task that writes the log: waiting for a fact
        of that log would stop every lesson of this process.
        """
        seat = connection.seats.pop(lesson)
        self._rooms.leave(lesson)
        is_here = any(other.device == connection.device and lesson in other.seats for other in self._connections.values())
        self._forward.left(lesson, connection.device, is_here=is_here)
        if not seat.is_invisible:
            self._rooms.give_without_waiting(_left(lesson, seat, connection.ident))

    async def _tend(self) -> None:
        """Say again and again that this node lives, and let those leave whose node does not."""
        while True:
            try:
                alive = await self._rooms.in_log(lambda: presence.beat(self._node))
                for lesson in self._rooms.lessons():
                    for seat, conns in (await self._rooms.seats(lesson)).items():
                        for conn in presence.stranded(conns, alive):
                            await self._rooms.give(_left(lesson, seat_of(seat), conn))
                await self._part_with_cameras()
            except Exception:
                log.exception("presence was not tended")
            await asyncio.sleep(presence.BEAT_S)

    async def _part_with_cameras(self) -> None:
        """Let phones go whose pass holds no more, wherever it was that it ended."""
        for sid, connection in list(self._connections.items()):
            if connection.camera and connection.seats and not await self._cameras.holds(connection.camera):
                await self._sio.disconnect(sid, namespace=NAMESPACE)

    async def _load_page(self, _sid: str, connection: _Connection, wanted: LoadPage) -> Reply:
        self._seated(connection, wanted.lesson)
        seq, strokes = await self._rooms.page(wanted.lesson, wanted.page)
        return {"page": wanted.page, "seq": seq, "strokes": strokes}

    async def _command(self, act: acts.Act, sid: str, connection: _Connection, command: Command) -> Reply:
        seat = self._seated(connection, command.lesson)
        if connection.camera is not None:
            self._cameras.check_command(connection.camera, command.data)
        if act.name in acts.GUARDED:
            await self._rooms.in_log(lambda: self._check_guard(connection.viewer, act.name, command.lesson))
        if not command.wait:
            self._give(act, sid, connection, command, seat)
            return {}
        outcome = await self._rooms.give(_given(act, connection, command, seat))
        if outcome.error is not None:
            raise outcome.error
        return {"seq": outcome.seq}

    def _give(self, act: acts.Act, sid: str, connection: _Connection, command: Command, seat: Seat) -> None:
        self._rooms.give_without_waiting(_given(act, connection, command, seat), partial(self._refuse, sid, connection, command))

    @staticmethod
    def _check_guard(viewer: Viewer, act: str, lesson: str) -> None:
        with unit.read():
            access.check_guard(viewer, act, lesson)

    def _refuse(self, sid: str, connection: _Connection, command: Command, outcome: Outcome) -> None:
        """Tell who did not wait for an answer: of a refusal, or that an earlier copy had arrived."""
        if outcome.error is not None:
            answer = _failure(outcome.error, connection.viewer.locale, self._app)
        else:
            answer = {"ok": True, "data": {"seq": outcome.seq}}
        about = {"lesson": command.lesson, "id": command.id}
        self._sio.start_background_task(
            self._sio.emit, "refused" if outcome.error else "known", about | answer, to=sid, namespace=NAMESPACE
        )

    async def _pass(self, name: str, sid: str, connection: _Connection, passing: Passing) -> Reply:
        """Show something at once and keep nothing of it."""
        seat = self._seated(connection, passing.lesson)
        if seat.part not in ROOMS:
            raise NotAllowed
        if len(str(passing.data)) > _LONGEST_PASSING:
            raise Invalid
        shown = {"lesson": passing.lesson, "by": str(seat), "data": passing.data}
        await self._sio.emit(name, shown, room=passing.lesson, skip_sid=sid, namespace=NAMESPACE)
        return {}

    async def _signal(self, _sid: str, connection: _Connection, signal: Signal) -> Reply:
        """Pass a setting-up of media to one other device in the lesson; NotFound while it is cut off or gone."""
        seat = self._seated(connection, signal.lesson)
        if len(str(signal.data)) > LONGEST_DESCRIPTION:
            raise Invalid
        if connection.camera is not None:
            await self._cameras.check_signal(connection.camera, connection.device, signal.to)
        there = await self._rooms.seats(signal.lesson)
        if not any(signal.to in conns.values() for conns in there.values()):
            raise NotFound(N_("对方已经离开这节课。"), code="not_there")
        told = {"lesson": signal.lesson, "by": str(seat), "device": connection.device, "data": signal.data}
        await self._sio.emit("signal:passed", told, room=_device_room(signal.lesson, signal.to), namespace=NAMESPACE)
        return {}

    async def _forwarded(self, handle: Handle, _sid: str, connection: _Connection, wanted: InLesson) -> Reply:
        return await handle(self._seated(connection, wanted.lesson), connection.device, wanted)

    @staticmethod
    async def _ask_clock(_sid: str, _given: object = None) -> Reply:
        return {"ok": True, "data": {"now": clock.ms(clock.now())}}

    async def _send(self, lesson: str, facts: list[Fact]) -> None:
        await self._sio.emit("facts", facts, room=lesson, namespace=NAMESPACE)
        if told := cameras.told(facts):
            await self._sio.emit("facts", told, room=_cameras_room(lesson), namespace=NAMESPACE)
        if any(fact["type"].startswith("camera:") for fact in facts):
            self._forward.cameras_changed(lesson)
        if any(fact["type"] == "lesson:ended" for fact in facts):
            self._forward.ended(lesson)

    @staticmethod
    def _seated(connection: _Connection, lesson: str) -> Seat:
        seat = connection.seats.get(lesson)
        if seat is None:
            raise NotFound(N_("请先进入这节课。"), code="not_joined")
        return seat


_LONGEST_PASSING = 2_000


def mount(sio: socketio.AsyncServer, app: Flask) -> None:
    """Open the door ``/live`` on the socket server of this process."""
    Door(sio, app).open()


def _casting(app: Flask) -> Casting | None:
    """Return what casts watched lessons, if there is a forwarder that they come from."""
    with app.app_context():
        return Casting(access.casts_folder(), hub().shelf) if access.may_cast() else None


def _is_watched(lesson: str) -> bool:
    with unit.read():
        return access.is_watched(lesson)


def _forwarding(app: Flask) -> Forwarding | None:
    """Return the way to the forwarder of this installation, if it has one."""
    with app.app_context():
        settings = hub().settings
    if not janus.is_there(settings):
        return None
    found = installation.load(settings)
    secret = janus.api_secret(found.secrets.session)
    return Forwarding(janus.Janus(janus.address(found), secret), secret)


def _device_room(lesson: str, device: str) -> str:
    return f"{lesson}/{device}"


def _cameras_room(lesson: str) -> str:
    """Where phones are told of the lesson; no name of a device has such a mark."""
    return f"{lesson}+cameras"


def _given(act: acts.Act, connection: _Connection, command: Command, seat: Seat) -> Given:
    return Given(command.lesson, seat, act.fact, command.id, command.data, act, command.made_at, connection.device)


def _came(lesson: str, seat: Seat, connection: _Connection) -> Given:
    ident = f"{connection.ident}+{secrets.token_hex(2)}"
    data = {"id": ident, "seat": str(seat), "conn": connection.ident, "device": connection.device}
    return Given(lesson, seat, "seat:joined", ident, data)


def _left(lesson: str, seat: Seat, conn: str) -> Given:
    ident = f"{conn}-{secrets.token_hex(2)}"
    return Given(lesson, seat, "seat:left", ident, {"id": ident, "seat": str(seat), "conn": conn})


def _failure(error: HubError, locale: str, app: Flask) -> Reply:
    """Return the failure body of the contract in the reader's language."""
    with app.app_context(), force_locale(locale):
        return {"ok": False, "error": describe(error)}


def _about(given: object) -> Reply:
    known = given if isinstance(given, dict) else {}
    return {"lesson": str(known.get("lesson", ""))[:40], "id": str(known.get("id", ""))[:24]}

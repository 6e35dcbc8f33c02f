"""The door ``/plans``: joining a plan, its updates, remarks, and who is where in it.

A client joins with the state vector of what it has and gets what it lacks, and what the server has; this one
way serves the first visit, a reload and a return after days without a line. An update is answered after it is
on disk. Cursors pass by and are not kept; the name beside one is the server's word, not the client's.
"""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import socketio
from flask import Flask
from flask_babel import force_locale

from resource_hub.infra import unit
from resource_hub.infra.realtime.rate import Bucket
from resource_hub.infra.realtime.server import token_of
from resource_hub.infra.web.replies import describe, plain
from resource_hub.kernel.errors import N_, Broken, HubError, Invalid, NotAllowed, NotFound, TooMany
from resource_hub.kernel.viewer import Viewer
from resource_hub.people.entry import viewer_of_token
from resource_hub.plans import access, queries, remarks
from resource_hub.plans.log import Given, Log, Outcome
from resource_hub.plans.rooms import Rooms
from resource_hub.plans.schemas import (
    COMMANDS,
    LONGEST_CURSOR,
    AddRemark,
    Join,
    Model,
    OfPlan,
    Part,
    PlanState,
    Presence,
    RemarkState,
    SettleRemark,
    Update,
    parsed,
)

log = logging.getLogger(__name__)

NAMESPACE = "/plans"
UPDATES_A_SECOND = 20
UPDATES_AT_ONCE = 100
PASSING_A_SECOND = 20
LOOK_EVERY_S = 5
"""So often it is looked whether everybody who is in a plan may still be there."""

Reply = dict[str, Any]
Standing = tuple[Part, PlanState]


@dataclass(slots=True)
class _Connection:
    """One socket: whose it is, what it may do in the plans that it joined, and its Yjs clients there."""

    viewer: Viewer
    standings: dict[str, Standing] = field(default_factory=dict)
    clients: dict[str, int] = field(default_factory=dict)
    updates: Bucket = field(default_factory=lambda: Bucket(UPDATES_A_SECOND, UPDATES_AT_ONCE))
    passing: Bucket = field(default_factory=lambda: Bucket(PASSING_A_SECOND, PASSING_A_SECOND))


class Door:
    """The handlers of ``/plans`` in one web process."""

    def __init__(self, sio: socketio.AsyncServer, app: Flask) -> None:
        self._sio, self._app = sio, app
        self._connections: dict[str, _Connection] = {}
        self._rooms = Rooms(app, Log(), self._send)
        self._looking: asyncio.Task[None] | None = None

    def open(self) -> None:
        """Register every handler."""
        on = partial(self._sio.on, namespace=NAMESPACE)
        on("connect", self._connect)
        on("disconnect", self._disconnect)
        handlers: dict[str, Callable[..., Any]] = {
            "plan:join": self._join, "plan:leave": self._leave, "plan:update": self._update, "remark:add": self._add_remark,
            "remark:settle": self._settle_remark, "remark:list": self._list_remarks, "presence:pass": self._pass,
        }  # fmt: skip
        for name, model in COMMANDS.items():
            on(name, self._told(handlers[name], model, is_passing=model is Presence))

    async def _connect(self, sid: str, environ: dict[str, Any], auth: object = None) -> None:
        self._rooms.start()
        self._looking = self._looking or asyncio.create_task(self._look(), name="plan-standings")
        token, is_bearer = token_of(environ, auth)
        found = await asyncio.to_thread(self._viewer, token, is_bearer) if token else None
        if found is None:
            raise socketio.exceptions.ConnectionRefusedError("not_signed_in")
        self._connections[sid] = _Connection(found)

    def _viewer(self, token: str, is_bearer: bool) -> Viewer | None:  # noqa: FBT001 -- passed through a thread
        with self._app.app_context():
            found = viewer_of_token(token, is_bearer=is_bearer)
        return None if found is None or found.is_limited or found.viewer.is_terminal else found.viewer

    async def _disconnect(self, sid: str, _reason: str = "") -> None:
        connection = self._connections.pop(sid, None)
        if connection is not None:
            for plan in list(connection.standings):
                await self._say_gone(connection, plan)

    def _told(self, handle: Callable[..., Any], model: type[Model], *, is_passing: bool = False) -> Callable[..., Any]:
        """Return a handler that checks what came, bounds its rate, and answers errors in the reader's language."""

        async def enter(sid: str, given: object = None, *_rest: object) -> Reply:
            connection = self._connections.get(sid)
            if connection is None:
                return _failure(NotAllowed(), "zh", self._app)
            try:
                await _take(connection.passing if is_passing else connection.updates)
                data = await handle(sid, connection, parsed(model, given))
            except HubError as error:
                return _failure(error, connection.viewer.locale, self._app)
            except Exception:
                log.exception("a message of a plan failed")
                return _failure(Broken(), connection.viewer.locale, self._app)
            return {"ok": True, "data": data}

        return enter

    async def _join(self, sid: str, connection: _Connection, wanted: Join) -> Reply:
        standing = await self._rooms.in_log(lambda: self._standing(connection.viewer, wanted.plan))
        # In the room first: what is written from now on comes twice rather than not at all.
        await self._sio.enter_room(sid, wanted.plan, namespace=NAMESPACE)
        connection.standings[wanted.plan] = standing
        joined = await self._rooms.in_log(lambda: self._rooms.log.join(wanted.plan, wanted.state))
        await self._sio.emit("presence:asked", {"plan": wanted.plan}, room=wanted.plan, skip_sid=sid, namespace=NAMESPACE)
        return {
            "plan": wanted.plan,
            "part": standing[0].value,
            "state": standing[1].value,
            "seq": joined.seq,
            "update": joined.update,
            "has": joined.state,
        }

    @staticmethod
    def _standing(viewer: Viewer, plan_id: str) -> Standing:
        with unit.read():
            plan, part = access.get_plan_for(viewer, plan_id, "view")
            return part, plan.state

    async def _leave(self, sid: str, connection: _Connection, wanted: OfPlan) -> Reply:
        if wanted.plan in connection.standings:
            await self._say_gone(connection, wanted.plan)
            await self._sio.leave_room(sid, wanted.plan, namespace=NAMESPACE)
        return {}

    async def _update(self, sid: str, connection: _Connection, given: Update) -> Reply:
        _joined(connection, given.plan)
        waiting = Given(given.plan, connection.viewer.person_id, given.update, given.client, given.clock)
        return {"seq": await self._given(waiting, sid)}

    async def _given(self, waiting: Given, sid: str) -> int:
        outcome = await self._rooms.give(waiting, sid)
        if outcome.error is not None:
            raise outcome.error
        return outcome.seq

    async def _add_remark(self, _sid: str, connection: _Connection, given: AddRemark) -> Reply:
        _joined(connection, given.plan)

        def add() -> str:
            with unit.write():
                return remarks.add_remark(connection.viewer, given)

        ident = await self._rooms.in_log(add)
        await self._say_remarks(given.plan)
        return {"id": ident}

    async def _settle_remark(self, _sid: str, connection: _Connection, given: SettleRemark) -> Reply:
        _joined(connection, given.plan)
        if given.state is RemarkState.ACCEPTED:
            act = remarks.accepting(connection.viewer.person_id, given)
            # To everybody, its sender too: the server itself wrote this change.
            await self._given(Given(given.plan, connection.viewer.person_id, act=act), "")
        else:
            await self._rooms.in_log(lambda: self._settled(connection.viewer, given))
        await self._say_remarks(given.plan)
        return {}

    @staticmethod
    def _settled(viewer: Viewer, given: SettleRemark) -> None:
        with unit.write():
            remarks.settle_remark(viewer, given)

    async def _list_remarks(self, _sid: str, connection: _Connection, wanted: OfPlan) -> Reply:
        def ask() -> Any:
            with unit.read():
                causes = [{"place": one.place, "version": one.version, "remark": one.remark.id} for one in self._causes(connection, wanted)]
                return {"remarks": plain(queries.remarks_of(connection.viewer, wanted.plan)), "causes": causes}

        found: Reply = await self._rooms.in_log(ask)
        return found

    @staticmethod
    def _causes(connection: _Connection, wanted: OfPlan) -> list[queries.Cause]:
        return queries.causes_of(connection.viewer, wanted.plan)

    async def _say_remarks(self, plan: str) -> None:
        await self._sio.emit("remarks:changed", {"plan": plan}, room=plan, namespace=NAMESPACE)

    async def _pass(self, sid: str, connection: _Connection, given: Presence) -> Reply:
        """Show where somebody is, and keep nothing of it."""
        _joined(connection, given.plan)
        if len(str(given.cursor)) > LONGEST_CURSOR:
            raise Invalid
        connection.clients[given.plan] = given.client
        shown = {"plan": given.plan, "client": given.client, "name": connection.viewer.name, "person": connection.viewer.person_id}
        await self._sio.emit("presence:passed", shown | {"cursor": given.cursor}, room=given.plan, skip_sid=sid, namespace=NAMESPACE)
        return {}

    async def _say_gone(self, connection: _Connection, plan: str) -> None:
        connection.standings.pop(plan, None)
        client = connection.clients.pop(plan, None)
        if client is not None:
            await self._sio.emit("presence:passed", {"plan": plan, "client": client, "cursor": None}, room=plan, namespace=NAMESPACE)

    async def _send(self, sender: str, outcome: Outcome) -> None:
        told = {"plan": outcome.plan, "seq": outcome.seq, "update": outcome.change}
        await self._sio.emit("plan:updated", told, room=outcome.plan, skip_sid=sender or None, namespace=NAMESPACE)

    async def _look(self) -> None:
        """Look again and again who may still be here; who may not is told and hears no more."""
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            try:
                await self._tell_standings()
            except Exception:
                log.exception("standings in plans were not looked at")

    async def _tell_standings(self) -> None:
        here = [(sid, one, plan) for sid, one in list(self._connections.items()) for plan in one.standings]
        pairs = {(plan, one.viewer.person_id) for _sid, one, plan in here}
        found = await self._rooms.in_log(lambda: _standings(pairs)) if pairs else {}
        for sid, connection, plan in here:
            standing = found.get((plan, connection.viewer.person_id))
            if standing is None:
                await self._sio.leave_room(sid, plan, namespace=NAMESPACE)
                await self._say_gone(connection, plan)
                told = {"plan": plan} | _failure(access.NotAWriter(), connection.viewer.locale, self._app)
                await self._sio.emit("plan:shut", told, to=sid, namespace=NAMESPACE)
            elif connection.standings.get(plan, standing) != standing:
                connection.standings[plan] = standing
                told = {"plan": plan, "part": standing[0].value, "state": standing[1].value}
                await self._sio.emit("standing:changed", told, to=sid, namespace=NAMESPACE)


def mount(sio: socketio.AsyncServer, app: Flask) -> None:
    """Open the door ``/plans`` on the socket server of this process."""
    Door(sio, app).open()


def _standings(pairs: set[tuple[str, str]]) -> dict[tuple[str, str], Standing]:
    with unit.read():
        return access.standings(pairs)


async def _take(bucket: Bucket) -> None:
    """Raise TooMany when a client sends too much; it is read on only after a pause, so that nobody else notices."""
    if not bucket.take():
        await asyncio.sleep(0.25)
        raise TooMany(retry_after=1)


def _joined(connection: _Connection, plan: str) -> None:
    if plan not in connection.standings:
        raise NotFound(N_("请先打开这份教案。"), code="not_joined")


def _failure(error: HubError, locale: str, app: Flask) -> Reply:
    """Return the failure body of the contract in the reader's language."""
    with app.app_context(), force_locale(locale):
        return {"ok": False, "error": describe(error)}

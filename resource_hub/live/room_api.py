"""What a room's device asks for: its day, bytes to measure its line with, the way to the relay; and what it found out."""

import hashlib

from flask import Blueprint, Response, current_app, request

from resource_hub.infra import janus, turn, unit
from resource_hub.infra.features import hub
from resource_hub.infra.web.doors import requires, viewer
from resource_hub.infra.web.replies import body, query, reply
from resource_hub.kernel import clock
from resource_hub.kernel.viewer import Viewer
from resource_hub.live import day, probe, service
from resource_hub.live.checks import CheckIn, ProbeQuery
from resource_hub.live.pages import seated
from resource_hub.live.rehearsing import RehearsalIn
from resource_hub.people import rules as people

blueprint = Blueprint("room_api", __name__, url_prefix="/api/v1")

_turns = probe.Turns()


@blueprint.get("/rooms/today")
@requires("live.room")
def show_day() -> Response:
    """List today's lessons of the room that asks, with the server's clock."""
    return reply(day.room_day(viewer()))


@blueprint.get("/lessons/<lesson_id>/probe")
@requires("live.join", unit=False)
def give_bytes(lesson_id: str) -> Response:
    """Give ``bytes`` random bytes, to measure how fast they come."""
    _take_turn(lesson_id)
    answer = Response(probe.some_bytes(query(ProbeQuery).bytes), mimetype="application/octet-stream")
    answer.headers["Cache-Control"] = "no-store"
    return answer


@blueprint.post("/lessons/<lesson_id>/probe")
@requires("live.join", unit=False)
def take_bytes(lesson_id: str) -> Response:
    """Take at most a megabyte and keep nothing, to measure how fast it goes."""
    _take_turn(lesson_id)
    return reply({"bytes": probe.count_bytes(request.stream)})


@blueprint.get("/lessons/<lesson_id>/ice")
@requires("live.join")
def show_ice(lesson_id: str) -> Response:
    """Give the way to the media relay with a pass of six hours (an empty list where there is none), and whether there is a forwarder."""
    me = viewer()
    seated(me, lesson_id, as_observer=False)
    # The relay judges the pass by the machine's clock, whatever ours was set to.
    servers = turn.ice_servers(hub().settings, current_app.config["SECRET_KEY"], _opaque(me), int(clock.real().timestamp()))
    forwards = janus.is_there(hub().settings)
    return reply({"ice_servers": servers, "lives_s": turn.PASS_LIFE_S, "forwards": forwards})


@blueprint.post("/lessons/<lesson_id>/checks")
@requires("live.join")
def keep_check(lesson_id: str) -> Response:
    """Keep how the room of one's own seat was found."""
    seat, lesson = seated(viewer(), lesson_id, as_observer=False)
    device = people.agent_words(request.user_agent.string)
    return reply({"id": service.keep_check(seat, lesson, body(CheckIn), device=device)}, 201)


@blueprint.post("/lessons/<lesson_id>/rehearsals")
@requires("live.join")
def keep_rehearsal(lesson_id: str) -> Response:
    """Keep what the device of one's own room found when it rehearsed the lesson's sound and picture."""
    seat, lesson = seated(viewer(), lesson_id, as_observer=False)
    service.keep_rehearsal(seat, lesson, body(RehearsalIn), device=people.agent_words(request.user_agent.string))
    return reply({}, 201)


def _take_turn(lesson_id: str) -> None:
    me = viewer()
    with unit.read():
        seated(me, lesson_id, as_observer=False)
    _turns.take(me.session_id or me.person_id)


def _opaque(me: Viewer) -> str:
    """Return a name for the relay's log that names nobody."""
    return hashlib.sha256(f"relay {me.session_id} {me.person_id}".encode()).hexdigest()[:12]

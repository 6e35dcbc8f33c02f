"""What a phone needs to become a document camera: the code that a teacher shows it, and the pass that it gets for it."""

import hashlib
from typing import Annotated

from flask import Blueprint, Response, current_app, request
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from resource_hub.infra import janus, turn, unit
from resource_hub.infra.features import hub
from resource_hub.infra.web.doors import public, requires, viewer
from resource_hub.infra.web.replies import body, query, reply
from resource_hub.kernel import clock
from resource_hub.live import cameras, companions, probe
from resource_hub.live.pages import room_of, seated
from resource_hub.live.schemas import MOST_SITES

blueprint = Blueprint("camera_api", __name__, url_prefix="/api/v1")

_turns = probe.Turns()
"""By address: a code cannot be guessed, but each try costs a look at the lessons of now."""


class SiteQuery(BaseModel):
    model_config = ConfigDict(extra="forbid")

    site: int = Field(ge=0, lt=MOST_SITES)


class Redemption(BaseModel):
    model_config = ConfigDict(extra="forbid")

    code: Annotated[str, StringConstraints(min_length=1, max_length=40)]
    lesson: Annotated[str, StringConstraints(min_length=1, max_length=40)] | None = None


@blueprint.get("/lessons/<lesson_id>/camera")
@requires("live.join")
def show_code(lesson_id: str) -> Response:
    """Give address, QR picture and code for the phone that is to be the document camera of ``site``, after ``camera:invite``."""
    seat, lesson = seated(viewer(), lesson_id, as_observer=False)
    found = companions.invitation(seat, lesson.id, query(SiteQuery).site, secret=_secret(), host=request.host_url)
    answer = reply(found)
    answer.headers["Cache-Control"] = "no-store"
    return answer


@blueprint.post("/cameras")
@public(unit=False)
def redeem() -> Response:
    """Exchange a code for the pass of a document camera, with the way to the media relay; nobody needs to be signed in."""
    _turns.take(request.remote_addr or "")
    given = body(Redemption)
    with unit.read():
        found = companions.redeem(given.code, given.lesson, secret=_secret())
        room = room_of(found.lesson, found.site)
    token = cameras.token_of(_secret(), found)
    settings, opaque = hub().settings, hashlib.sha256(f"relay {token}".encode()).hexdigest()[:12]
    servers = turn.ice_servers(settings, _secret(), opaque, int(clock.real().timestamp()))
    # What it is called stays out of the answer: a picture of a table needs no name of a teacher.
    return reply({
        "lesson": found.lesson, "site": found.site, "key": found.key, "token": token, "room": room,
        "ice_servers": servers, "forwards": janus.is_there(settings),
    })  # fmt: skip


def _secret() -> str:
    return str(current_app.config["SECRET_KEY"])

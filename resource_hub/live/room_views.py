"""What keeps a room's device going without a line: the program that its browser runs beside its pages.

It is the same for everybody and holds nothing of anybody, so it is public like the files of ``/static/``.
"""

import hashlib
import json

from flask import Blueprint, Response, current_app, render_template

from resource_hub.infra.web.assets import Assets
from resource_hub.infra.web.doors import public, requires, viewer
from resource_hub.live import tending

blueprint = Blueprint("rooms", __name__, template_folder="templates")

_KEPT = ("shell", "terminal-day", "lesson-class")
"""Entries and islands whose files a device keeps beforehand."""


@blueprint.get("/terminal/worker.js")
@public(unit=False)
def worker() -> Response:
    """Name the files to keep and load the program; another build names others, by which browsers notice it."""
    assets: Assets = current_app.extensions["assets"]
    files = list(dict.fromkeys(address for name in _KEPT for address in assets.files(name)))
    kept = {"version": hashlib.sha256("\n".join(files).encode()).hexdigest()[:12], "files": files}
    (program,) = assets.files("terminal-worker")
    response = Response(f'self.HUB = {json.dumps(kept)};\nimportScripts("{program}");\n', mimetype="text/javascript")
    # Its own place would let it serve /terminal/ only; a lesson is elsewhere.
    response.headers["Service-Worker-Allowed"] = "/"
    response.headers["Cache-Control"] = "no-cache"
    return response


@blueprint.get("/live/rooms")
@requires("live.tend")
def rooms() -> str:
    """The rooms of one's schools: how each was found last, what is taught there today, whom to call."""
    return render_template("live/rooms.html", board=tending.board(viewer()))

"""The sound and picture of watched lessons: playlist and segments, from this machine's disk or another node's shelf.

Hundreds of rooms ask every two seconds, so the address itself is the right to it: it is signed for one lesson and given
to who has a seat there. Nothing here asks the database.
"""

from flask import Blueprint, Response, send_file

from resource_hub.infra.features import hub
from resource_hub.infra.web.doors import public
from resource_hub.kernel.errors import NotFound
from resource_hub.live import access, cast, casting

blueprint = Blueprint("cast", __name__)


@blueprint.get("/live/<lesson_id>/cast/<token>/<name>")
@public(unit=False)
def file(lesson_id: str, token: str, name: str) -> Response:
    """Give the playlist by the lesson's clock, or a segment of it."""
    access.check_cast(lesson_id, token)
    if not cast.FILES.fullmatch(name):
        raise NotFound
    folder = access.casts_folder() / lesson_id
    if name == cast.PLAYLIST:
        answer = Response(casting.playlist_of(folder) or _shelved(lesson_id, name), mimetype="application/vnd.apple.mpegurl")
        answer.headers["Cache-Control"] = "no-store"
        return answer
    path = folder / name
    answer = send_file(path, mimetype="video/mp4") if path.is_file() else Response(_shelved(lesson_id, name), mimetype="video/mp4")
    # Heads are counted from 1 again when a process is started anew, and at each node.
    answer.headers["Cache-Control"] = "no-store" if name.startswith("init") else "private, max-age=120"
    return answer


def _shelved(lesson_id: str, name: str) -> bytes:
    """Return what another node laid down; raises NotFound."""
    found = hub().shelf.get(casting.shelved(lesson_id, name))
    if found is None:
        raise NotFound
    return found

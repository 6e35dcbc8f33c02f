"""What the pages of a lesson fetch beside its facts: the slides to show, photos of work, clips for rooms without live sound."""

from flask import Blueprint, Response, request

from resource_hub.infra.web.doors import requires, viewer
from resource_hub.infra.web.replies import reply
from resource_hub.kernel.errors import NotFound
from resource_hub.live import materials, queries, service
from resource_hub.live.pages import seated
from resource_hub.live.schemas import VoiceName, parsed
from resource_hub.live.voices import MOST_BYTES

blueprint = Blueprint("live_api", __name__, url_prefix="/api/v1")


@blueprint.get("/lessons/<lesson_id>/materials")
@requires("live.join")
def show_materials(lesson_id: str) -> Response:
    """List the documents of the lesson's pack with the pictures of their pages; addresses last an hour."""
    _seat, lesson = seated(viewer(), lesson_id, as_observer=False)
    return reply({"decks": materials.decks_of(viewer(), lesson)})


@blueprint.get("/lessons/<lesson_id>/photos/<asset_id>")
@requires("live.join")
def show_photo(lesson_id: str, asset_id: str) -> Response:
    """Give the addresses of a photo of work that was added to the lesson, whole and ``small`` once that was made; they last an hour."""
    _seat, lesson = seated(viewer(), lesson_id, as_observer=False)
    return reply({"url": materials.photo_address(lesson, asset_id), "small": materials.small_photo_address(asset_id)})


@blueprint.put("/lessons/<lesson_id>/voices/<voice>")
@requires("live.join")
def keep_voice(lesson_id: str, voice: str) -> Response:
    """Keep a clip of the lead, at most 24 kB of recorded speech, under a name of the page's own; sent again it changes nothing."""
    name = parsed(VoiceName, {"lesson": lesson_id, "voice": voice}).voice
    seat, lesson = seated(viewer(), lesson_id, as_observer=False)
    service.keep_voice(seat, lesson.id, name, request.stream.read(MOST_BYTES + 1))
    return reply({"voice": name}, 201)


@blueprint.get("/lessons/<lesson_id>/voices/<voice>")
@requires("live.join")
def give_voice(lesson_id: str, voice: str) -> Response:
    """Give a clip of the lesson as sound."""
    _seat, lesson = seated(viewer(), lesson_id, as_observer=False)
    found = queries.voice(lesson.id, voice)
    if found is None:
        raise NotFound
    media_type, sound = found
    answer = Response(sound, mimetype=media_type)
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer.headers["Cache-Control"] = "private, max-age=3600"
    return answer

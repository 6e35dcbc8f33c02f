"""What the pages of a lesson fetch beside its facts: the slides to show, and photos of work."""

from flask import Blueprint, Response

from resource_hub.infra.web.doors import requires, viewer
from resource_hub.infra.web.replies import reply
from resource_hub.live import materials
from resource_hub.live.pages import seated

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
    """Give the address of a photo of work that was added to the lesson; it lasts an hour."""
    _seat, lesson = seated(viewer(), lesson_id, as_observer=False)
    return reply({"url": materials.photo_address(lesson, asset_id)})

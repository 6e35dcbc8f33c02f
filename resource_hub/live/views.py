"""The page of a lesson: one address, and by the seat of who opens it one of four pages."""

from flask import Blueprint, render_template, request

from resource_hub.infra.web.doors import requires, viewer
from resource_hub.live import pages

blueprint = Blueprint("live", __name__, template_folder="templates")


@blueprint.get("/live/<lesson_id>")
@requires("live.join")
def room(lesson_id: str) -> str:
    """Lead panel, assistant panel, class screen, or the page of who watches; ``?as=observer`` watches one's own lesson unseen."""
    as_observer = request.args.get("as") == "observer"
    seat, lesson = pages.seated(viewer(), lesson_id, as_observer=as_observer)
    props = pages.props_of(seat, lesson, as_observer=as_observer)
    return render_template(pages.template_of(seat, lesson), title=pages.title_of(lesson), props=props)

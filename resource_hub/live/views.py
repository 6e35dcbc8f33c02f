"""The page of a lesson: one address, and by the seat of who opens it one of four pages."""

from flask import Blueprint, render_template, request
from markupsafe import Markup

from resource_hub.infra.features import hub
from resource_hub.infra.web.doors import requires, viewer
from resource_hub.kernel.refs import Ref
from resource_hub.live import pages

blueprint = Blueprint("live", __name__, template_folder="templates")


@blueprint.get("/live/<lesson_id>")
@requires("live.join")
def room(lesson_id: str) -> str:
    """Lead panel, assistant panel, class screen, or the page of who watches; ``?as=observer`` watches one's own lesson unseen."""
    as_observer = request.args.get("as") == "observer"
    seat, lesson = pages.seated(viewer(), lesson_id, as_observer=as_observer)
    props = pages.props_of(seat, lesson, as_observer=as_observer)
    papers = hub().panels_of(viewer(), Ref("meeting", lesson.id)) if lesson.is_meeting else []
    template = pages.template_of(seat, lesson)
    return render_template(template, title=pages.title_of(lesson), props=props, papers=[Markup(one) for one in papers if one])  # noqa: S704 -- templates of features

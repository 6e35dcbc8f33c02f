"""The page that makes a phone the document camera of a room. It is the same for everybody and says nothing of any lesson.

What lets the phone in stands behind the mark of its address, which browsers keep to themselves, or is typed in.
"""

from flask import Blueprint, render_template
from flask_babel import gettext as _

from resource_hub.infra.web.doors import public

blueprint = Blueprint("cameras", __name__, template_folder="templates")


@blueprint.get("/camera")
@public(unit=False)
def enter() -> str:
    """The page for a phone that cannot scan: the code is typed."""
    return _page(None)


@blueprint.get("/live/<lesson_id>/camera")
@public(unit=False)
def scanned(lesson_id: str) -> str:
    """The page that the QR picture leads to."""
    return _page(lesson_id)


def _page(lesson_id: str | None) -> str:
    return render_template("live/camera.html", title=_("文档摄像头"), props={"lesson": lesson_id})

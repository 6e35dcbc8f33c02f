"""The page of a recording, and the two presses that its teacher has there: keep it longer, join what is there."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from resource_hub.infra import unit
from resource_hub.infra.web.doors import requires, viewer
from resource_hub.kernel.viewer import Viewer
from resource_hub.recordings import pages, service

blueprint = Blueprint("recordings", __name__, template_folder="templates")


@blueprint.get("/live/<lesson_id>/recording")
@requires("recordings.view", unit=False)
def recording(lesson_id: str) -> str:
    """The recording with the board in step, and what happened when; that one with pupils was opened is written down."""
    me = viewer()
    with unit.write():
        service.note_viewing(me, lesson_id)
    with unit.read():
        return render_template("recordings/recording.html", **pages.recording_page(me, lesson_id))


@blueprint.post("/live/<lesson_id>/recording/keeping")
@requires("recordings.record")
def keep(lesson_id: str) -> Response:
    """Keep it for another thirty days."""
    until = service.keep_longer(viewer(), lesson_id)
    return _back(lesson_id, _("已保留到 %(day)s。", day=until.date().isoformat()))


@blueprint.post("/live/<lesson_id>/recording/joining")
@requires("recordings.record")
def join(lesson_id: str) -> Response:
    """Join what is there without waiting for the rest."""
    service.join_now(viewer(), lesson_id)
    return _back(lesson_id, _("正在用已上传的部分合成，后到的片段会自动补进来。"))


@blueprint.post("/live/<lesson_id>/recording/film")
@requires("recordings.view")
def order_film(lesson_id: str) -> Response:
    """Have one file made of the recording and its board."""
    service.order_film(viewer(), lesson_id)
    return redirect(url_for(".recording", lesson_id=lesson_id, _anchor="film"), 303)


@blueprint.get("/live/<lesson_id>/recording/film")
@requires("recordings.view")
def film(lesson_id: str) -> str:
    """How far the file is, for a page that follows its making."""
    return render_template("recordings/film.html", film=pages.film_panel(viewer(), lesson_id))


@blueprint.get("/live/<lesson_id>/recording/film.mp4")
@requires("recordings.view", unit=False)
def save_film(lesson_id: str) -> Response:
    """The way to the file itself, signed anew for whoever asks; who took one with pupils along is written down."""
    me = viewer()
    with unit.read():
        address = pages.film_address(me, lesson_id)
    with unit.write():
        service.note_viewing(me, lesson_id)
    return redirect(address, 302)


def lesson_panel(me: Viewer, lesson_id: str) -> str:
    """The way to the recording on the lesson's page of the timetable; nothing for whom it is hidden."""
    return _way(pages.way_of_lesson(me, lesson_id))


def resource_panel(me: Viewer, resource_id: str) -> str:
    """The way to the board beside the recording on the page of its resource."""
    return _way(pages.way_of_resource(me, resource_id))


def _way(lesson_id: str | None) -> str:
    return render_template("recordings/way.html", url=url_for("recordings.recording", lesson_id=lesson_id)) if lesson_id else ""


def _back(lesson_id: str, words: str) -> Response:
    flash(words, "ok")
    return redirect(url_for(".recording", lesson_id=lesson_id), 303)

"""The page on which the teachers of a lesson write what the village does while its line is cut."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from resource_hub.infra import unit
from resource_hub.infra.features import hub
from resource_hub.infra.web.doors import requires, viewer
from resource_hub.infra.web.replies import body, describe
from resource_hub.kernel.errors import Invalid
from resource_hub.kernel.refs import Ref
from resource_hub.live import pages, provisioning, stock
from resource_hub.live.stocktaking import LocalPlanForm

blueprint = Blueprint("lesson_plans", __name__, template_folder="templates")


@blueprint.get("/live/<lesson_id>/local-plan")
@requires("live.join")
def show(lesson_id: str) -> str:
    """What is written so far, and how the files stand in each room."""
    return _page(lesson_id)


@blueprint.post("/live/<lesson_id>/local-plan")
@requires("live.join", unit=False)
def keep(lesson_id: str) -> tuple[str, int] | Response:
    try:
        with unit.write():
            seat, lesson = pages.seated(viewer(), lesson_id, as_observer=False)
            provisioning.keep_local_plan(viewer(), seat, lesson, body(LocalPlanForm))
    except Invalid as error:
        with unit.read():
            return _page(lesson_id, error), error.status
    flash(_("已保存。教室的电脑会自己来取。"), "ok")
    return redirect(url_for(".show", lesson_id=lesson_id), 303)


def _page(lesson_id: str, error: Invalid | None = None) -> str:
    me = viewer()
    seat, lesson = pages.seated(me, lesson_id, as_observer=False)
    provisioning.require_teacher(seat)
    text, micro = stock.local_plan_of(lesson_id)
    told = describe(error) if error else None
    return render_template(
        "live/local_plan.html",
        lesson=lesson,
        title=pages.title_of(lesson),
        card=hub().card(me, Ref("resource", micro)) if micro else None,
        values=request.form if error else {"text": text, "micro_lesson": micro},
        rooms=stock.rooms_of(lesson),
        errors=told["fields"] if told else {},
        error=told,
    )

"""Pages of observation: the list, one's own observation, the report, a lesson's data, rubrics; and what works without a line.

Opening a recording with pupils to observe it is written into the audit, so that page brings its own units.
"""

import hashlib
import json

from flask import Blueprint, Response, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from resource_hub.infra import unit
from resource_hub.infra.web.assets import Assets
from resource_hub.infra.web.doors import public, requires, viewer
from resource_hub.infra.web.replies import body
from resource_hub.kernel.errors import HubError, Invalid, NotFound
from resource_hub.observation import access, pages, printing, queries, rubric_pages, service
from resource_hub.observation.schemas import ReplyIn, RoundIn, Sharing, TeacherIn, What

blueprint = Blueprint("observation", __name__, template_folder="templates")

_KEPT = ("shell", "search", "observe")
"""Entries and islands whose files a device keeps beforehand."""
_PICTURES = ("img/icons.svg", "img/mark.svg", "img/empty-files.svg")


@blueprint.get("/observe/worker.js")
@public(unit=False)
def worker() -> Response:
    """Name the files to keep and load the program that gives pages without a line; another build names others."""
    assets: Assets = current_app.extensions["assets"]
    files = list(dict.fromkeys(address for name in _KEPT for address in assets.files(name))) + [assets.url(path) for path in _PICTURES]
    kept = {"version": hashlib.sha256("\n".join(files).encode()).hexdigest()[:12], "files": files}
    (program,) = assets.files("observe-worker")
    response = Response(f'self.HUB = {json.dumps(kept)};\nimportScripts("{program}");\n', mimetype="text/javascript")
    # Its own place would let it serve /observe/ only, and the list is /observe.
    response.headers["Service-Worker-Allowed"] = "/"
    response.headers["Cache-Control"] = "no-cache"
    return response


@blueprint.get("/observe")
@requires("observe.keep")
def index() -> str:
    """One's own observations, what others shared, and how to begin; ``lesson``/``resource`` name what to observe, ``cycle`` for whom."""
    asked = request.args
    page = pages.list_page(
        viewer(), cursor=asked.get("cursor"), lesson_id=asked.get("lesson"), resource_id=asked.get("resource"), asset_id=asked.get("asset"),
        cycle_id=asked.get("cycle"),
    )  # fmt: skip
    return render_template("observation/list.html", **page)


@blueprint.get("/observe/new")
@requires("observe.keep")
def shell() -> str:
    """The page that a device keeps, on which its own observations open without a line."""
    return render_template("observation/one.html", **pages.shell_page(viewer()))


@blueprint.get("/observe/<observation_id>")
@requires("observe.keep", unit=False)
def one(observation_id: str) -> AnyResponse | str:
    """One's own observation, to write; another's report."""
    me = viewer()
    if not observation_id.startswith("obs_"):
        raise NotFound
    with unit.read():
        found = queries.observation(me, observation_id)[0] if access.exists(observation_id) else None
    if found is not None and found.observer_id != me.person_id:
        return redirect(url_for(".report", observation_id=observation_id), 303)
    if found is not None and found.what is What.RECORDING and found.asset_id:
        with unit.write():
            service.note_viewing(me, found.asset_id)
    with unit.read():
        return render_template("observation/one.html", **pages.own_page(me, observation_id))


@blueprint.get("/observe/<observation_id>/report")
@requires("observe.keep")
def report(observation_id: str) -> str:
    """The report of an observation: the form, its charts, the next step."""
    return render_template("observation/report.html", **pages.report_page(viewer(), observation_id))


@blueprint.get("/observe/<observation_id>.pdf")
@requires("observe.keep", unit=False)
def pdf(observation_id: str) -> Response:
    """The form on one page A4."""
    with unit.read():
        sheet = printing.sheet_for(viewer(), observation_id)
    response = Response(printing.one_page(sheet), mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{observation_id}.pdf"'
    return response


@blueprint.post("/observe/<observation_id>/teacher")
@requires("observe.keep")
def name_teacher(observation_id: str) -> AnyResponse:
    """Say who taught a lesson of the next room."""
    given = body(TeacherIn).teacher_id
    if given is None:
        raise Invalid(fields={"teacher_id": _("请从名单里选授课教师。")})
    service.name_teacher(viewer(), observation_id, given)
    return redirect(url_for(".report", observation_id=observation_id), 303)


@blueprint.post("/observe/<observation_id>/share")
@requires("observe.keep")
def share(observation_id: str) -> AnyResponse:
    """Take the next step of sharing."""
    try:
        reached = service.share(viewer(), observation_id)
    except Invalid as error:
        flash(_(next(iter(error.fields.values()), error.message)), "warn")
    else:
        flash(_("已给授课教师看。") if reached is Sharing.TEACHER else _("已公开给课例成员和校长。"), "ok")
    return redirect(url_for(".report", observation_id=observation_id), 303)


@blueprint.post("/observe/<observation_id>/reply")
@requires("observe.keep")
def reply(observation_id: str) -> AnyResponse:
    """Answer as the taught teacher."""
    try:
        service.reply(viewer(), observation_id, body(ReplyIn).reply)
    except Invalid:
        flash(_("回应还是空的，写一句再发。"), "warn")
    return redirect(url_for(".report", observation_id=observation_id), 303)


@blueprint.get("/observe/lessons/<lesson_id>")
@requires("observe.keep")
def lesson(lesson_id: str) -> str:
    """What a lesson's log says, beside what observers coded and scored."""
    return render_template("observation/lesson.html", **pages.lesson_page(viewer(), lesson_id))


@blueprint.get("/observe/resources/<resource_id>")
@requires("observe.keep")
def recording(resource_id: str) -> str:
    """What observers coded, counted and scored of a recording that has no log."""
    return render_template("observation/recording_data.html", **pages.recording_page(viewer(), resource_id))


@blueprint.get("/observe/rubrics")
@requires("observe.rubrics")
def rubrics() -> str:
    """The seeds, the district's copies, and the rounds of appraisal."""
    return render_template("observation/rubrics.html", rubrics=queries.rubrics(), rounds=queries.rounds(), errors={}, values={})


@blueprint.post("/observe/rubrics/<rubric_id>/copy")
@requires("observe.rubrics")
def copy_rubric(rubric_id: str) -> AnyResponse:
    """Make a copy to be changed."""
    return redirect(url_for(".rubric", rubric_id=service.copy_rubric(viewer(), rubric_id)), 303)


@blueprint.get("/observe/rubrics/<rubric_id>")
@requires("observe.rubrics")
def rubric(rubric_id: str) -> str:
    """One copy, to be changed."""
    return render_template("observation/rubric.html", **rubric_pages.form_of(rubric_id))


@blueprint.post("/observe/rubrics/<rubric_id>")
@requires("observe.rubrics", unit=False)
def change_rubric(rubric_id: str) -> AnyResponse | tuple[str, int]:
    """Keep other rows, or say what is wrong with them and lose none."""
    me, typed = viewer(), request.form
    try:
        with unit.write():
            service.change_rubric(me, rubric_id, rubric_pages.rubric_in(typed))
    except Invalid as error:
        with unit.read():
            return render_template("observation/rubric.html", **rubric_pages.form_of(rubric_id, typed, error)), error.status
    flash(_("量表已保存。以后的评课用新的，已打过的分不变。"), "ok")
    return redirect(url_for(".rubrics"), 303)


@blueprint.post("/observe/rubrics/<rubric_id>/retirement")
@requires("observe.rubrics")
def retire_rubric(rubric_id: str) -> AnyResponse:
    """Let nobody begin with a copy any more."""
    service.retire_rubric(viewer(), rubric_id)
    return redirect(url_for(".rubrics"), 303)


@blueprint.post("/observe/rounds")
@requires("observe.rubrics")
def open_round() -> AnyResponse | tuple[str, int]:
    """Open a named round of formal appraisal."""
    try:
        service.open_round(viewer(), body(RoundIn))
    except HubError as error:
        context = {"rubrics": queries.rubrics(), "rounds": queries.rounds(), "errors": error.fields, "values": request.form}
        return render_template("observation/rubrics.html", **context), error.status
    return redirect(url_for(".rubrics"), 303)


@blueprint.post("/observe/rounds/<round_id>/end")
@requires("observe.rubrics")
def close_round(round_id: str) -> AnyResponse:
    """Close a round."""
    service.close_round(viewer(), round_id)
    return redirect(url_for(".rubrics"), 303)

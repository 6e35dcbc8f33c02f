"""Doors of structured plans: the form, reading one in from Word, and taking one along on paper, as Word or as PDF."""

from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from resource_hub.infra import unit
from resource_hub.infra.web.doors import requires, viewer
from resource_hub.infra.web.replies import body, reply
from resource_hub.kernel.errors import N_, Invalid, NotFound
from resource_hub.library import access, plan_files, plan_pages, queries
from resource_hub.library.plan_files import PlanFile
from resource_hub.library.planning import keeping
from resource_hub.library.schemas import TakePlanIn
from resource_hub.library.service import forks, plan_imports

blueprint = Blueprint("library_plan", __name__, template_folder="templates")

_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@blueprint.get("/upload/plan")
@requires("library.share")
def form() -> Any:
    """Write a plan in a draft of one's own; without one the first word begins it."""
    me = viewer()
    access.school_to_share_from(me)
    return render_template("library/plan_form.html", **plan_pages.form_page(me, request.args.get("draft"), request.args.get("node")))


@blueprint.post("/api/v1/drafts/<draft_id>/plan/reading")
@requires("library.share", unit=False)
def read_docx(draft_id: str) -> Response:
    """Read a plan from the Word file ``file``; the plan comes back and the draft stays as it is until it is saved."""
    me = viewer()
    with unit.read():
        access.get_draft_for(me, draft_id)
    given = request.files.get("file")
    if given is None:
        raise Invalid(fields={"file": N_("请选择一个 Word 文件。")})
    data = given.read(plan_imports.MOST_BYTES + 1)
    given.close()
    found = plan_imports.import_docx(me, data)
    return reply({"plan": keeping.kept(found.plan), "remarks": found.remarks})


@blueprint.get("/resources/<resource_id>/plan/print")
@requires("library.read")
def print_page(resource_id: str) -> str:
    """The plan alone, for the printer."""
    me = viewer()
    access.get_resource_for(me, resource_id, "download")
    view = queries.resource_view(me, resource_id)
    if view.plan is None:
        raise NotFound
    return render_template("library/plan_print.html", **plan_pages.paper(view))


@blueprint.get("/resources/<resource_id>/plan.docx")
@requires("library.read", unit=False)
def docx(resource_id: str) -> Response:
    """The plan as a Word file in the district's form."""
    return _taken_along(plan_files.docx_for(viewer(), resource_id), _DOCX)


@blueprint.get("/resources/<resource_id>/plan.pdf")
@requires("library.read", unit=False)
def pdf(resource_id: str) -> Response:
    """The plan as PDF."""
    return _taken_along(plan_files.pdf_for(viewer(), resource_id), "application/pdf")


@blueprint.post("/resources/<resource_id>/origin/plan")
@requires("library.share")
def take(resource_id: str) -> Any:
    """Take one change of the origin's plan into one's fork, and go on deciding about the others."""
    forks.take_plan_change(viewer(), resource_id, body(TakePlanIn))
    flash(_("已采纳这一处。"), "ok")
    return redirect(url_for("lineage.origin", resource_id=resource_id, _anchor="plan-news"), 303)


@blueprint.post("/api/v1/resources/<resource_id>/origin/plan")
@requires("library.share")
def take_change(resource_id: str) -> Response:
    """Take one change of the origin's plan into one's fork: ``step:<id>``, ``section:<name>`` or ``order``."""
    changed = forks.take_plan_change(viewer(), resource_id, body(TakePlanIn))
    return reply({"id": changed.id, "plan": changed.plan})


def _taken_along(file: PlanFile, media_type: str) -> Response:
    name = "".join(c if c not in '\\/:*?"<>|\r\n' else " " for c in file.name)
    return Response(file.data, mimetype=media_type, headers={"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"})

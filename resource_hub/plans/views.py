"""Pages of plans: the list, a new one, the editor, reading and printing, versions, who writes along."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from resource_hub.infra import unit as units
from resource_hub.infra.web.doors import requires, viewer
from resource_hub.infra.web.replies import body
from resource_hub.kernel.errors import Invalid, NotFound, TooLarge
from resource_hub.kernel.viewer import Viewer
from resource_hub.library.lesson_plan import Plan
from resource_hub.library.service import plan_imports
from resource_hub.plans import pages, pictures, queries, service
from resource_hub.plans.schemas import MemberIn, Part, PlanIn, PlanState, VersionIn

blueprint = Blueprint("plans", __name__, template_folder="templates")


@blueprint.get("/plans")
@requires("plans.write")
def plans() -> str:
    """One's own plans and those one was let into."""
    return render_template("plans/plans.html", **pages.list_page(viewer(), request.args.get("cursor")))


@blueprint.get("/plans/new")
@requires("plans.write")
def new_plan() -> str:
    """Ask how a plan is to begin: blank, for a place of the curriculum, or from a work."""
    given = {"node_id": request.args.get("node", ""), "resource_id": request.args.get("resource", "")}
    return render_template("plans/new.html", **pages.new_page(viewer(), given))


@blueprint.post("/plans")
@requires("plans.write", unit=False)
def begin_plan() -> tuple[str, int] | Response:
    """Begin a plan and open it; with a Word file it begins with what that says."""
    try:
        asked = body(PlanIn)
        read = _read_file(viewer())
        with units.write():
            content = read or (pages.content_of_work(asked.resource_id) if asked.resource_id else None)
            made = service.begin_plan(viewer(), asked, content)
    except (Invalid, TooLarge) as error:
        with units.read():
            return render_template("plans/new.html", **pages.new_page(viewer(), request.form.to_dict(), error)), error.status
    return redirect(url_for(".plan", plan_id=made), 303)


def _read_file(me: Viewer) -> Plan | None:
    """Return the plan of the Word file that came along, if one did, and say what it lacks."""
    given = request.files.get("file")
    if given is None or not given.filename:
        return None
    data = given.read(plan_imports.MOST_BYTES + 1)
    given.close()
    found = plan_imports.import_docx(me, data)
    for remark in found.remarks:
        flash(remark, "warn")
    return found.plan


@blueprint.get("/plans/<plan_id>")
@requires("plans.write")
def plan(plan_id: str) -> str:
    """The editor."""
    return render_template("plans/plan.html", **pages.editor_page(viewer(), queries.plan_view(viewer(), plan_id)))


@blueprint.get("/plans/<plan_id>/sheet")
@requires("plans.write")
def sheet(plan_id: str) -> str:
    """The plan of now, to be read and printed."""
    me = viewer()
    view = queries.plan_view(me, plan_id)
    return render_template("plans/sheet.html", view=view, sheet=pages.sheet_of(me, plan_id), version=None)


@blueprint.get("/plans/<plan_id>/pictures/<asset_id>")
@requires("plans.write")
def picture(plan_id: str, asset_id: str) -> Response:
    """Lead to a picture that the plan shows."""
    answer = redirect(pictures.picture_address(viewer(), plan_id, asset_id), 302)
    answer.headers["Cache-Control"] = "private, max-age=600"  # its address is good for an hour
    return answer


@blueprint.get("/plans/<plan_id>/versions")
@requires("plans.write")
def versions(plan_id: str) -> str:
    """The named versions of a plan, and the form for another."""
    me = viewer()
    view = queries.plan_view(me, plan_id)
    return render_template("plans/versions.html", view=view, rows=queries.versions_of(me, plan_id), may_write=_may_write(view))


@blueprint.post("/plans/<plan_id>/versions")
@requires("plans.write")
def keep_version(plan_id: str) -> Response:
    """Keep the plan as it stands under a name."""
    number = service.keep_version(viewer(), plan_id, body(VersionIn))
    flash(_("已存为第 %(n)s 版。", n=number), "ok")
    return redirect(url_for(".versions", plan_id=plan_id), 303)


@blueprint.get("/plans/<plan_id>/versions/<number>")
@requires("plans.write")
def version(plan_id: str, number: str) -> str:
    """A version, to be read and printed."""
    me = viewer()
    view = queries.plan_view(me, plan_id)
    named = next((row for row in queries.versions_of(me, plan_id) if str(row.number) == number), None)
    if named is None:
        raise NotFound
    return render_template("plans/sheet.html", view=view, sheet=pages.sheet_of(me, plan_id, named.number), version=named)


@blueprint.get("/plans/<plan_id>/members")
@requires("plans.write")
def members(plan_id: str) -> str:
    """Who writes along, and who may be asked to."""
    me = viewer()
    words = request.args.get("q", "").strip()[:40]
    return render_template("plans/members.html", **pages.members_page(me, queries.plan_view(me, plan_id), words))


@blueprint.post("/plans/<plan_id>/members")
@requires("plans.write")
def put_member(plan_id: str) -> Response:
    """Let a colleague write or comment."""
    service.put_member(viewer(), plan_id, body(MemberIn))
    return redirect(url_for(".members", plan_id=plan_id), 303)


@blueprint.post("/plans/<plan_id>/members/<person_id>/removal")
@requires("plans.write")
def remove_member(plan_id: str, person_id: str) -> Response:
    """Let a colleague go, or go oneself."""
    me = viewer()
    service.remove_member(me, plan_id, person_id)
    return redirect(url_for(".plans") if person_id == me.person_id else url_for(".members", plan_id=plan_id), 303)


@blueprint.post("/plans/<plan_id>/closing")
@requires("plans.write")
def close(plan_id: str) -> Response:
    """Finish a plan: nobody changes it from now on."""
    service.set_state(viewer(), plan_id, PlanState.CLOSED)
    return redirect(url_for(".plan", plan_id=plan_id), 303)


@blueprint.post("/plans/<plan_id>/opening")
@requires("plans.write")
def reopen(plan_id: str) -> Response:
    """Open a finished plan again."""
    service.set_state(viewer(), plan_id, PlanState.OPEN)
    return redirect(url_for(".plan", plan_id=plan_id), 303)


@blueprint.post("/plans/<plan_id>/removal")
@requires("plans.write")
def remove(plan_id: str) -> Response:
    """Remove a plan."""
    service.remove_plan(viewer(), plan_id)
    flash(_("教案已删除。"), "ok")
    return redirect(url_for(".plans"), 303)


def work_panel(viewer: Viewer, resource_id: str) -> str:
    """What the page of a work shows: the way to a plan of one's own from it."""
    return render_template("plans/work_panel.html", resource_id=resource_id) if not viewer.is_terminal else ""


def editor_panel(viewer: Viewer, plan_id: str) -> str:
    """The editor, for the page of another feature; nothing for somebody whom the owner let out."""
    try:
        view = queries.plan_view(viewer, plan_id)
    except NotFound:
        return ""
    return render_template("plans/editor_panel.html", **pages.editor_page(viewer, view))


def _may_write(view: queries.PlanView) -> bool:
    return view.part in {Part.OWNER, Part.EDITOR} and view.state is PlanState.OPEN

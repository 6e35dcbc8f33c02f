"""Pages of packs: taking a resource along, the parts of a lesson, imports."""

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from resource_hub.infra.web.doors import requires, viewer
from resource_hub.infra.web.replies import body, parse
from resource_hub.kernel.errors import NotAllowed
from resource_hub.kernel.viewer import Viewer
from resource_hub.library import queries as library
from resource_hub.library import service as library_service
from resource_hub.library.rules import EDITABLE
from resource_hub.packs import queries, service, tables
from resource_hub.packs.schemas import ROLE_LABELS, OfflineIn, PartIn

blueprint = Blueprint("packs", __name__, template_folder="templates")


@blueprint.get("/resources/<resource_id>/offline")
@requires("library.read")
def offline(resource_id: str) -> str:
    """The forms in which a resource can be taken along, each with its size, its state and its button."""
    me = viewer()
    view = library.resource_view(me, resource_id)
    return render_template("packs/offline.html", work=view, offers=queries.offers(me, [resource_id]))


@blueprint.get("/resources/<resource_id>/offline/offers")
@requires("library.read")
def offline_offers(resource_id: str) -> str:
    """The list alone, for a page that follows the making."""
    return render_template("packs/parts/offers.html", resource_id=resource_id, offers=queries.offers(viewer(), [resource_id]))


@blueprint.post("/resources/<resource_id>/offline")
@requires("library.read")
def order(resource_id: str) -> Any:
    """Order one of the forms."""
    service.order_offline(viewer(), [resource_id], body(OfflineIn).rung)
    return redirect(url_for(".offline", resource_id=resource_id), 303)


@blueprint.get("/resources/<resource_id>/parts")
@requires("library.share")
def parts(resource_id: str) -> str:
    """Order and roles of one's own resource's files."""
    me = viewer()
    view = library.resource_view(me, resource_id)
    if "change" not in view.actions:
        raise NotAllowed
    roles = [(role.value, _(label)) for role, label in ROLE_LABELS.items()]
    may_order = view.review in EDITABLE
    return render_template("packs/parts.html", work=view, whole=queries.wholeness(me, resource_id), roles=roles, may_order=may_order)


def pack_panel(viewer: Viewer, resource_id: str) -> str:
    """What the page of a resource says of its parts, and the way to take it along."""
    whole, may_order = queries.panel(viewer, resource_id)
    return render_template("packs/parts/line.html", resource_id=resource_id, whole=whole, may_order=may_order)


@blueprint.post("/resources/<resource_id>/parts")
@requires("library.share")
def set_parts(resource_id: str) -> Any:
    """Keep what the form says; a button of one file moves it up or down."""
    order, roles = request.form.getlist("asset_id"), request.form.getlist("role")
    move, _sep, asset_id = request.form.get("move", "").partition(":")
    if asset_id in order:
        at = order.index(asset_id)
        to = min(max(at + (1 if move == "down" else -1), 0), len(order) - 1)
        order.insert(to, order.pop(at))
        roles.insert(to, roles.pop(at))
    given = [parse(PartIn, {"asset_id": one, "role": role}) for one, role in zip(order, roles, strict=False)]
    library_service.set_parts(viewer(), resource_id, [(part.asset_id, part.role) for part in given])
    flash(_("已保存。"), "ok")
    return redirect(url_for(".parts", resource_id=resource_id), 303)


@blueprint.get("/imports")
@requires("library.share")
def imports() -> str:
    """One's own imports, and the place to begin one."""
    props = {"draft_id": request.args.get("draft")}
    return render_template("packs/imports.html", imports=queries.my_imports(viewer()), props=props)


@blueprint.get("/imports/template.xlsx")
@requires("library.share")
def import_template() -> Response:
    """The table to be filled in."""
    answer = Response(tables.template(), mimetype="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
    answer.headers["Content-Disposition"] = "attachment; filename=import.xlsx"
    return answer


@blueprint.get("/imports/<import_id>")
@requires("library.share")
def show_import(import_id: str) -> str:
    """What each row would make, or made."""
    found = queries.import_view(viewer(), import_id, after=request.args.get("after", 0, type=int))
    next_url = url_for(".show_import", import_id=import_id, after=found.rows[-1].number) if len(found.rows) == queries.MOST_SHOWN else None
    return render_template("packs/import.html", found=found, next_url=next_url)


@blueprint.get("/imports/<import_id>/state")
@requires("library.share")
def import_state(import_id: str) -> Response | str:
    """How far it is, for a page that follows it; at its end the page is asked to load itself."""
    found = queries.import_view(viewer(), import_id, limit=0)
    if not found.is_busy:
        return Response(status=204, headers={"HX-Refresh": "true"})
    return render_template("packs/parts/import_state.html", found=found)


@blueprint.post("/imports/<import_id>/confirmation")
@requires("library.share")
def confirm_import(import_id: str) -> Any:
    """Let the rows that were found right be made."""
    service.confirm_import(viewer(), import_id)
    return redirect(url_for(".show_import", import_id=import_id), 303)


@blueprint.post("/imports/<import_id>/removal")
@requires("library.share")
def discard_import(import_id: str) -> Any:
    """Forget an import; what it made stays."""
    service.discard_import(viewer(), import_id)
    flash(_("已删除这条导入记录，导入的资源都还在。"), "ok")
    return redirect(url_for(".imports"), 303)

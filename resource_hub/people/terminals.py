"""Class terminals: the pages on which a school keeps them, and the page on which a device becomes one.

A code is shown once in the answer to the request that made it, like an initial password.
"""

import json
from typing import Any

import segno
from flask import Blueprint, current_app, flash, make_response, redirect, render_template, request
from flask_babel import gettext as _
from markupsafe import Markup
from werkzeug.wrappers import Response

from resource_hub.infra import unit
from resource_hub.infra.features import hub
from resource_hub.infra.web.csrf import SESSION_COOKIE
from resource_hub.infra.web.doors import maybe_viewer, public, requires, viewer
from resource_hub.infra.web.replies import body, describe
from resource_hub.kernel.errors import Invalid
from resource_hub.kernel.refs import Ref
from resource_hub.people import entry, queries, rules, service
from resource_hub.people.schemas import CodeForm, TerminalForm
from resource_hub.schools import access as school_access
from resource_hub.schools import queries as schools

blueprint = Blueprint("terminals", __name__, template_folder="templates")


@blueprint.before_app_request
def lead_terminal_home() -> Response | None:
    """A room's device has one page of its own; the front page is for people."""
    if request.path != "/" or request.method != "GET":
        return None
    found = maybe_viewer()
    return redirect("/terminal", 303) if found is not None and found.is_terminal else None


@blueprint.get("/admin/schools/<school_id>/terminals")
@requires("people.terminals")
def list_terminals(school_id: str) -> str:
    return _list_page(school_id)


@blueprint.post("/admin/schools/<school_id>/terminals")
@requires("people.terminals", unit=False)
def add_terminal(school_id: str) -> str | tuple[str, int]:
    try:
        form = body(TerminalForm)
        with unit.write():
            issued = service.add_terminal(school_id, form.room, class_id=form.class_id, by=viewer())
    except Invalid as error:
        with unit.read():
            return _list_page(school_id, error), error.status
    return _code_page(issued)


@blueprint.post("/admin/terminals/<terminal_id>/code")
@requires("people.terminals", unit=False)
def renew_code(terminal_id: str) -> str:
    with unit.write():
        issued = service.renew_code(terminal_id, by=viewer())
    return _code_page(issued)


@blueprint.post("/admin/terminals/<terminal_id>/release")
@requires("people.terminals")
def release_terminal(terminal_id: str) -> Response:
    school_id = service.release_terminal(terminal_id, by=viewer())
    flash(_("已停用。那台设备马上退出登录。"), "ok")
    return redirect(f"/admin/schools/{school_id}/terminals", 303)


@blueprint.get("/terminal")
@public
def enter_page() -> str:
    """The day of this device's room, or the form by which it becomes one; ``?code=`` fills that in."""
    return _enter_page(None)


@blueprint.get("/terminal/manifest.webmanifest")
@public(unit=False)
def manifest() -> Response:
    """How the device's page looks as a program of its own; the same for every room."""
    picture = current_app.extensions["assets"].url
    icons = [
        {"src": picture(f"img/terminal-{side}.png"), "sizes": f"{side}x{side}", "type": "image/png", "purpose": "any"}
        for side in (192, 512)
    ]
    told = {
        "id": "/terminal",
        "name": _("城乡同课 教室"),
        "short_name": _("同课教室"),
        "start_url": "/terminal",
        "scope": "/",
        "display": "fullscreen",
        "background_color": "#fbfaf7",
        "theme_color": "#fbfaf7",
        "icons": icons,
    }
    response = make_response(json.dumps(told, ensure_ascii=False))
    response.mimetype = "application/manifest+json"
    response.headers["Cache-Control"] = "no-cache"
    return response


@blueprint.post("/terminal")
@public(unit=False)
def enter() -> Response | tuple[str, int]:
    try:
        form = body(CodeForm)
        with unit.write():
            opened = service.enter_terminal(form.code, entry.client_of(request))
    except Invalid as error:
        with unit.read():
            return _enter_page(error), error.status
    response = make_response(redirect("/terminal", 303))
    # Unlike a person's, this cookie outlives the browser: the room is switched off every evening.
    response.set_cookie(SESSION_COOKIE, opened.token, max_age=rules.TERMINAL_LIFE, httponly=True, samesite="Lax", secure=request.is_secure)
    return response


def _list_page(school_id: str, error: Invalid | None = None) -> str:
    school = school_access.get_school_for(viewer(), school_id, rules.MANAGERS)
    classes = {klass.id: klass for klass in schools.classes_of_school(school_id)}
    newest = max((klass.school_year for klass in classes.values()), default="")
    return render_template(
        "people/admin_terminals.html",
        school=school,
        terminals=queries.terminals_of_school(school_id),
        class_names={ident: klass.name for ident, klass in classes.items()},
        class_options=[(ident, klass.name) for ident, klass in classes.items() if klass.school_year == newest],
        **_told_form(error),
    )


def _code_page(issued: service.TerminalCode) -> str:
    minutes = int(rules.CODE_LIFE.total_seconds() // 60)
    with unit.read():
        return render_template("people/admin_terminal_code.html", issued=issued, minutes=minutes, picture=_picture(issued.code))


def _picture(code: str) -> str:
    """The page fills the code in and waits for a press: an address that was merely opened binds nothing."""
    made = segno.make(f"{request.host_url}terminal?code={code}", error="m", micro=False)
    return str(made.svg_data_uri(scale=8, border=4, light="#ffffff"))


def _enter_page(error: Invalid | None) -> str:
    found = maybe_viewer()
    if found is not None and found.is_terminal:
        panels = hub().panels_of(found, Ref("terminal", found.person_id))
        return render_template("people/terminal_home.html", terminal=found, panels=list(map(Markup, panels)))
    told = _told_form(error)
    if error is None:
        told["values"] = {"code": request.args.get("code", "")[:20]}
    return render_template("people/terminal.html", person=found, **told)


def _told_form(error: Invalid | None) -> dict[str, Any]:
    told = describe(error) if error else None
    return {"error": told, "errors": told["fields"] if told else {}, "values": request.form}

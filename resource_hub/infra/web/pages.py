"""Pages that belong to no feature: preferences, trust in our own certificate, the design page,
the state of the machine, and where to complain.
"""

from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, make_response, redirect, render_template, request

from resource_hub.infra import disk, gateway, unit
from resource_hub.infra.features import Feature, hub
from resource_hub.infra.web.doors import public, requires, viewer
from resource_hub.infra.web.health import findings
from resource_hub.infra.web.shell import LOCALE_COOKIE, LOCALES, THEME_COOKIE
from resource_hub.kernel.errors import NotFound

blueprint = Blueprint("pages", __name__)

_YEAR_S = 365 * 86_400
_THEMES = ("auto", "light", "dark")


@blueprint.post("/preferences")
@public
def preferences() -> Any:
    """Keep language and look in this browser, then go back."""
    response = redirect(_own_path(request.form.get("next", "/")), 303)
    for cookie, allowed in ((LOCALE_COOKIE, LOCALES), (THEME_COOKIE, _THEMES)):
        value = request.form.get(cookie.removeprefix("hub_"), "")
        if value in allowed:
            response.set_cookie(cookie, value, max_age=_YEAR_S, samesite="Lax", httponly=True, secure=request.is_secure)
    return response


@blueprint.get("/trust")
@public
def trust() -> str:
    """How a computer learns to trust the certificate of this installation."""
    certificate = gateway.ca_certificate_path(hub().settings)
    return render_template("trust.html", has_certificate=certificate is not None and certificate.is_file(), origin=hub().settings.origin)


@blueprint.get("/trust/resource-hub-ca.crt")
@public
def certificate() -> Response:
    """Hand out the certificate of our own authority; its key never leaves the gateway."""
    path = gateway.ca_certificate_path(hub().settings)
    if path is None or not path.is_file():
        raise NotFound
    response = make_response(path.read_bytes())
    response.mimetype = "application/x-x509-ca-cert"
    response.headers["Content-Disposition"] = "attachment; filename=resource-hub-ca.crt"
    return response


@blueprint.get("/design")
@public
def design() -> str:
    """Every component with real shapes of data; in debug only."""
    if not hub().settings.is_debug:
        raise NotFound
    return render_template("design.html")


@blueprint.get("/complaints")
@public
def complaints() -> str:
    """Whom to tell what is wrong."""
    return render_template("complaints.html", contact=hub().settings.contact)


@blueprint.get("/admin")
@requires("system.desks")
def desks() -> str:
    """What this viewer runs: each page with a sentence, by the features that bring them."""
    return render_template("desks.html", desks=hub().desks_of(viewer()))


@blueprint.get("/admin/disk")
@requires("system.watch", unit=False)
def machine() -> str:
    """How full the disk is, how fast it grows, and how each part feels."""
    components = findings().components
    with unit.read():
        return render_template("disk.html", disk=disk.report(), components=components)


def _own_path(given: str) -> str:
    """Return ``given`` when it is a path of this site, else the first page."""
    parts = urlsplit(given)
    safe = given.startswith("/") and not given.startswith(("//", "/\\")) and not parts.netloc and "\\" not in given
    return given.rstrip("?") if safe else "/"


PAGES = Feature(name="pages", blueprints=(blueprint,))

"""Cross-site request forgery: a token bound to the session, in a form field or a header.

The token is an HMAC of the session's id under the installation's key, so nothing is stored.
Requests with a bearer token carry no ambient authority and need none.
"""

import hashlib
import hmac

from flask import Flask, Response, current_app, g, request

from resource_hub.infra.web.doors import READING, takes_foreign_forms
from resource_hub.kernel.errors import N_, NotAllowed
from resource_hub.kernel.ids import new_secret

ANONYMOUS_COOKIE = "hub_visit"
SESSION_COOKIE = "hub_session"


class WrongToken(NotAllowed):
    code = "csrf"
    message = N_("页面打开太久了，请刷新后再试。已填的内容不会丢失。")


def csrf_token() -> str:
    """Return the token of this browser's session (or of its visit before signing in).

    A page with a form for somebody unknown begins a visit, so that its form is bound to a cookie.
    """
    ambient = request.cookies.get(SESSION_COOKIE) or request.cookies.get(ANONYMOUS_COOKIE)
    if not ambient:
        if "new_visit" not in g:
            g.new_visit = new_secret()
        ambient = g.new_visit
    return _sign(ambient)


def init_csrf(app: Flask) -> None:
    """Check every writing request that rides on a cookie."""
    app.jinja_env.globals["csrf_token"] = csrf_token

    @app.before_request
    def check() -> None:
        if request.method in READING or request.headers.get("Authorization") or takes_foreign_forms():
            return
        ambient = request.cookies.get(SESSION_COOKIE) or request.cookies.get(ANONYMOUS_COOKIE)
        if not ambient:
            if request.mimetype == "application/json":
                return
            raise WrongToken
        given = request.headers.get("X-CSRF-Token") or request.form.get("csrf_token") or ""
        if not hmac.compare_digest(given.encode(), _sign(ambient).encode()):
            raise WrongToken

    @app.after_request
    def begin_visit(response: Response) -> Response:
        if "new_visit" in g:
            response.set_cookie(ANONYMOUS_COOKIE, g.new_visit, httponly=True, samesite="Lax", secure=request.is_secure)
        return response


def _sign(value: str) -> str:
    key = str(current_app.config["SECRET_KEY"]).encode()
    return hmac.new(key, b"csrf:" + value.encode(), hashlib.sha256).hexdigest()

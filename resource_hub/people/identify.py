"""Who a request comes from: the session cookie of a browser, or a bearer token of a program.

A request that carries an Authorization header is judged by that header alone. It needs no form
token, so falling back to the cookie would let a foreign page act for a signed-in browser.
"""

from flask import Request, g

from resource_hub.infra.web.csrf import SESSION_COOKIE
from resource_hub.kernel.viewer import Viewer
from resource_hub.people import entry


def identify(request: Request) -> Viewer | None:
    """Return the viewer of a request, or ``None``; opens its own short units."""
    token, is_bearer = _token(request)
    if not token:
        return None
    found = entry.viewer_of_token(token, is_bearer=is_bearer)
    if found is None:
        return None
    g.session_is_limited = found.is_limited
    return found.viewer


def _token(request: Request) -> tuple[str, bool]:
    header = request.headers.get("Authorization")
    if header is None:
        return request.cookies.get(SESSION_COOKIE, ""), False
    kind, _, token = header.partition(" ")
    return (token.strip() if kind.lower() == "bearer" else ""), True

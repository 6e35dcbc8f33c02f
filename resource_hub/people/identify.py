"""Who a request comes from: the session cookie of a browser, or a bearer token of a program.

A request that carries an Authorization header is judged by that header alone. It needs no form
token, so falling back to the cookie would let a foreign page act for a signed-in browser.
"""

from contextlib import suppress

from flask import Request, g

from resource_hub.infra import unit
from resource_hub.infra.web.csrf import SESSION_COOKIE
from resource_hub.kernel.errors import Conflict, Unavailable
from resource_hub.kernel.viewer import Viewer
from resource_hub.people import queries, service
from resource_hub.people.schemas import SessionKind


def identify(request: Request) -> Viewer | None:
    """Return the viewer of a request, or ``None``; opens its own short units."""
    token, is_bearer = _token(request)
    if not token:
        return None
    found = viewer_of_token(token, is_bearer=is_bearer)
    if found is None:
        return None
    g.session_is_limited = found.is_limited
    return found.viewer


def viewer_of_token(token: str, *, is_bearer: bool) -> queries.SignedIn | None:
    """Return whose session a token opens, also for sockets; writes its use down once a minute."""
    with unit.read():
        found = queries.signed_in(token)
    # A browser's session is no bearer token, so a script that reads one cannot carry it away.
    if found is None or (is_bearer and found.kind is SessionKind.BROWSER):
        return None
    if found.is_due:
        # Being seen is not worth failing a request while the database is busy.
        with suppress(Unavailable, Conflict), unit.write():
            service.touch(found.viewer.session_id)
    return found


def _token(request: Request) -> tuple[str, bool]:
    header = request.headers.get("Authorization")
    if header is None:
        return request.cookies.get(SESSION_COOKIE, ""), False
    kind, _, token = header.partition(" ")
    return (token.strip() if kind.lower() == "bearer" else ""), True

"""Errors become HTTP here and nowhere else: JSON for programs, a page for people.

Every answer carries the request id that stands in the log, so that a teacher can quote it.
"""

import logging
from typing import Any
from urllib.parse import quote

from flask import Flask, Response, g, redirect, render_template, request
from werkzeug.exceptions import HTTPException

from resource_hub.infra.web.replies import describe, error_reply
from resource_hub.kernel.errors import N_, Broken, HubError, Invalid, NotAllowed, NotFound, NotSignedIn, TooLarge, TooMany, Unavailable
from resource_hub.kernel.ids import new_id

log = logging.getLogger(__name__)

_BY_STATUS: dict[int, type[HubError]] = {
    400: Invalid,
    401: NotSignedIn,
    403: NotAllowed,
    404: NotFound,
    413: TooLarge,
    422: Invalid,
    429: TooMany,
    503: Unavailable,
}


class WrongMethod(HubError):
    code, status, message = "method_not_allowed", 405, N_("这个地址不支持这种操作。")


def init_errors(app: Flask) -> None:
    """Give each request an id and map every error once."""

    @app.before_request
    def name_request() -> None:
        g.request_id = new_id("req")

    @app.after_request
    def quote_request(response: Response) -> Response:
        response.headers.setdefault("X-Request-Id", g.get("request_id", ""))
        return response

    @app.errorhandler(HubError)
    def refused(error: HubError) -> Any:
        if error.status >= 500:
            log.warning("%s %s %s: %s", g.get("request_id"), request.method, request.path, error, exc_info=error.__cause__)
        return answer(error)

    @app.errorhandler(HTTPException)
    def http_error(error: HTTPException) -> Any:
        if error.code is not None and error.code < 400:
            return error
        if error.code == 405:
            return answer(WrongMethod())
        return answer(_BY_STATUS.get(error.code or 500, Broken)())

    @app.errorhandler(Exception)
    def broken(error: Exception) -> Any:
        log.error("%s %s %s", g.get("request_id"), request.method, request.path, exc_info=error)
        return answer(Broken())


def answer(error: HubError) -> Any:
    """Return ``error`` as JSON to programs and as a page with a way back to people."""
    if wants_json():
        return error_reply(error)
    if isinstance(error, NotSignedIn) and request.method == "GET":
        return redirect(f"/sign-in?next={quote(request.full_path.rstrip('?'), safe='/')}", 303)
    page = render_template("error.html", error=describe(error), status=error.status)
    return page, error.status, ({"Retry-After": str(error.retry_after)} if error.retry_after else {})


def wants_json() -> bool:
    """True for the API and for scripts that ask for JSON."""
    return request.path.startswith(("/api/", "/healthz", "/media/")) or request.accept_mimetypes.best == "application/json"

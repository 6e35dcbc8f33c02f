"""One step of a page: done in a unit of its own, with words for it or against it, and back to the page."""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, request
from werkzeug.wrappers import Response

from resource_hub.infra import unit
from resource_hub.infra.web.doors import viewer
from resource_hub.infra.web.replies import describe
from resource_hub.kernel.errors import HubError
from resource_hub.kernel.viewer import Viewer


def take_step(back: str, act: Callable[[Viewer], object], said: str, *, then: Callable[[object], str] | None = None) -> Response:
    """Do one step and go back, or to where ``then`` leads by what came of it; go back with what is wrong.

    What is hidden or forbidden stays an error.
    """
    me = viewer()
    try:
        with unit.write():
            made = act(me)
    except HubError as error:
        if error.status in {403, 404}:
            raise
        told = describe(error)
        flash(next(iter(told["fields"].values()), told["message"]), "warn")
        return redirect(back, 303)
    if said:
        flash(said, "ok")
    return redirect(then(made) if then else back, 303)


def typed() -> dict[str, Any]:
    """Return what a form was sent with, or what a link fills into it, to be shown again."""
    given = {**request.args.to_dict(), **request.form.to_dict()}
    return given | {"people": request.form.getlist("people")}

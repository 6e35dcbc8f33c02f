"""Plans for programs: what one says, as data."""

from flask import Blueprint, Response, request

from resource_hub.infra.web.doors import requires, viewer
from resource_hub.infra.web.openapi import described
from resource_hub.infra.web.replies import reply
from resource_hub.kernel.errors import NotFound
from resource_hub.library.lesson_plan import Plan
from resource_hub.plans import queries

blueprint = Blueprint("plans_api", __name__, url_prefix="/api/v1")


@blueprint.get("/plans/<plan_id>")
@requires("plans.write")
@described(gives=Plan)
def show(plan_id: str) -> Response:
    """Give a plan as it stands, or one of its named versions (``?version=2``)."""
    asked = request.args.get("version", "")
    if asked and not (asked.isascii() and asked.isdigit() and len(asked) < 9):
        raise NotFound
    return reply(queries.plan_of(viewer(), plan_id, int(asked) if asked else None))

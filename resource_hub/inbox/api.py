"""The inbox for programs."""

from dataclasses import asdict

from flask import Blueprint, Response

from resource_hub.inbox import queries, service
from resource_hub.infra.web.doors import requires, viewer
from resource_hub.infra.web.openapi import described
from resource_hub.infra.web.replies import reply

blueprint = Blueprint("inbox_api", __name__, url_prefix="/api/v1")


@blueprint.get("/inbox")
@requires("inbox.read")
@described()
def inbox() -> Response:
    """List what shows in the inbox, the newest digest first."""
    me = viewer()
    items = [{**asdict(item), "due": item.due.isoformat() if item.due else None} for item in queries.inbox(me)]
    return reply({"items": items, "unseen": queries.unseen(me)})


@blueprint.post("/inbox/<delivery_id>/seen")
@requires("inbox.read")
@described()
def seen(delivery_id: str) -> Response:
    """Mark one delivery as seen; a task goes on waiting until it is done."""
    service.see(viewer(), delivery_id)
    return reply({"id": delivery_id})


@blueprint.post("/inbox/seen-all")
@requires("inbox.read")
@described()
def seen_all() -> Response:
    """Mark everything that shows as seen."""
    service.see_all(viewer())
    return reply({})

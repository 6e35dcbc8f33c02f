"""Metadata for programs that sign in as a person."""

from flask import Blueprint, Response

from resource_hub.infra.web.doors import requires, viewer
from resource_hub.openings import pages

blueprint = Blueprint("openings_api", __name__, url_prefix="/api/v1")


@blueprint.get("/resources/<resource_id>/lom")
@requires("library.read")
def lom(resource_id: str) -> Response:
    """Show the learning object metadata (XML) of a resource."""
    return Response(pages.lom_for(viewer(), resource_id), mimetype="application/xml")

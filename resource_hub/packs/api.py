"""Packs for programs: parts of a lesson, offline packs, imports, cartridges."""

from flask import Blueprint, Response, request

from resource_hub.infra.web.doors import requires, viewer
from resource_hub.infra.web.openapi import described
from resource_hub.infra.web.replies import body, reply
from resource_hub.library import service as library
from resource_hub.packs import queries, service
from resource_hub.packs.schemas import ImportIn, OfflineIn, PartsIn

blueprint = Blueprint("packs_api", __name__, url_prefix="/api/v1")


@blueprint.get("/resources/<resource_id>/offline")
@requires("library.read")
def offers(resource_id: str) -> Response:
    """Show every form in which a resource can be taken along: its size, and how far it is."""
    return reply({"offers": queries.offers(viewer(), [resource_id])})


@blueprint.post("/resources/<resource_id>/offline")
@requires("library.read")
@described(body=OfflineIn, status=202)
def order(resource_id: str) -> Response:
    """Order an offline pack; one that is there already is ready at once."""
    rung = body(OfflineIn).rung
    service.order_offline(viewer(), [resource_id], rung)
    return reply(queries.offer(viewer(), [resource_id], rung), 202)


@blueprint.get("/resources/<resource_id>/parts")
@requires("library.read")
def parts(resource_id: str) -> Response:
    """Show the files of a resource in their order, with their roles, and which of the five parts of a lesson are in."""
    found = queries.wholeness(viewer(), resource_id)
    line = [{"label": label, "is_in": is_in} for label, is_in in found.line]
    return reply({"parts": found.parts, "line": line, "is_complete": found.is_complete})


@blueprint.put("/resources/<resource_id>/parts")
@requires("library.share")
@described(body=PartsIn)
def set_parts(resource_id: str) -> Response:
    """Keep order and roles of one's own resource's files."""
    library.set_parts(viewer(), resource_id, [(part.asset_id, part.role) for part in body(PartsIn).parts])
    return reply({"parts": queries.wholeness(viewer(), resource_id).parts})


@blueprint.post("/imports")
@requires("library.share")
@described(body=ImportIn, status=202)
def start_import() -> Response:
    """Have a zip with a table, or a Common Cartridge, checked; nothing is made before it is confirmed."""
    ident = service.start_import(viewer(), body(ImportIn))
    return reply(queries.import_view(viewer(), ident), 202)


@blueprint.get("/imports/<import_id>")
@requires("library.share")
def show_import(import_id: str) -> Response:
    """Show an import: its state, and 500 of its rows behind the row ``after``."""
    after = request.args.get("after", 0, type=int)
    return reply(queries.import_view(viewer(), import_id, after=after))


@blueprint.post("/imports/<import_id>/confirmation")
@requires("library.share")
def confirm_import(import_id: str) -> Response:
    """Let the rows that were found right be made."""
    service.confirm_import(viewer(), import_id)
    return reply(queries.import_view(viewer(), import_id), 202)


@blueprint.delete("/imports/<import_id>")
@requires("library.share")
def discard_import(import_id: str) -> Response:
    """Forget an import; what it made stays."""
    service.discard_import(viewer(), import_id)
    return reply({"id": import_id})

"""Shelves for programs: a unit, collections and their order, bookmarks."""

from flask import Blueprint, Response, request

from resource_hub.infra.web.doors import requires, viewer
from resource_hub.infra.web.openapi import described
from resource_hub.infra.web.replies import body, reply
from resource_hub.shelves import lesson, pages, queries, service
from resource_hub.shelves.schemas import CollectionIn, ItemIn, OrderIn

blueprint = Blueprint("shelves_api", __name__, url_prefix="/api/v1")


@blueprint.get("/units/<node_id>")
@requires("library.read")
def unit(node_id: str) -> Response:
    """Show what there is for a unit or lesson, by group; ``kind`` and ``cursor`` page through one group."""
    state = pages.State.read(request.args)
    found = lesson.lesson(viewer(), node_id, state.only, state.cursor)
    groups = [{"group": one.group, "count": one.count, "works": [_work(work) for work in one.works]} for one in found.groups]
    return reply(
        {"node": found.node.id, "path": found.node.path, "groups": groups, "old": [_work(one) for one in found.old], "cursor": found.cursor}
    )


@blueprint.get("/collections")
@requires("library.read")
def collections() -> Response:
    """List the collections that one may see; ``of`` is person, school, community or district."""
    of = request.args.get("of", "")
    page = queries.collections(viewer(), of=of if of in pages.PLACES else "", cursor=request.args.get("cursor"))
    return reply({"collections": page.rows, "cursor": page.cursor})


@blueprint.post("/collections")
@requires("library.read")
@described(body=CollectionIn, status=201)
def add_collection() -> Response:
    """Begin a collection."""
    made = service.add_collection(viewer(), body(CollectionIn))
    return reply({"id": made.id}, 201)


@blueprint.get("/collections/<collection_id>")
@requires("library.read")
def collection(collection_id: str) -> Response:
    """Show a collection with its works in order."""
    found = queries.collection_view(viewer(), collection_id)
    items = [{"id": item.card.id, "title": item.card.title, "kind": item.card.kind, "note": item.note} for item in found.items]
    return reply({"collection": found.row, "items": items, "may_change": found.may_change})


@blueprint.put("/collections/<collection_id>")
@requires("library.read")
@described(body=CollectionIn)
def change_collection(collection_id: str) -> Response:
    """Change the words of a collection or whose it is."""
    service.change_collection(viewer(), collection_id, body(CollectionIn))
    return reply({"id": collection_id})


@blueprint.delete("/collections/<collection_id>")
@requires("library.read")
def remove_collection(collection_id: str) -> Response:
    """Take a collection apart; its works stay."""
    service.remove_collection(viewer(), collection_id)
    return reply({"id": collection_id})


@blueprint.post("/collections/<collection_id>/items")
@requires("library.read")
@described(body=ItemIn, status=201)
def add_item(collection_id: str) -> Response:
    """Put a work at the end of a collection."""
    given = body(ItemIn)
    service.add_item(viewer(), collection_id, given.resource_id, given.note)
    return reply({"id": given.resource_id}, 201)


@blueprint.delete("/collections/<collection_id>/items/<resource_id>")
@requires("library.read")
def remove_item(collection_id: str, resource_id: str) -> Response:
    """Take a work out of a collection."""
    service.remove_item(viewer(), collection_id, resource_id)
    return reply({"id": resource_id})


@blueprint.put("/collections/<collection_id>/order")
@requires("library.read")
@described(body=OrderIn)
def order_items(collection_id: str) -> Response:
    """Put the works of a collection into an order; those not named keep their places."""
    service.order_items(viewer(), collection_id, body(OrderIn).resource_ids)
    return reply({"order": [item.card.id for item in queries.collection_view(viewer(), collection_id).items]})


@blueprint.get("/bookmarks")
@requires("library.read")
def bookmarks() -> Response:
    """List one's own bookmarks, the latest first."""
    page = queries.bookmarks(viewer(), cursor=request.args.get("cursor"))
    return reply({"works": [{"id": card.id, "title": card.title, "kind": card.kind} for card in page.rows], "cursor": page.cursor})


@blueprint.put("/bookmarks/<resource_id>")
@requires("library.read")
def keep_bookmark(resource_id: str) -> Response:
    """Remember a work."""
    service.keep_bookmark(viewer(), resource_id)
    return reply({"id": resource_id})


@blueprint.delete("/bookmarks/<resource_id>")
@requires("library.read")
def drop_bookmark(resource_id: str) -> Response:
    """Forget a bookmark."""
    service.drop_bookmark(viewer(), resource_id)
    return reply({"id": resource_id})


def _work(work: lesson.Work) -> dict[str, object]:
    return {
        "id": work.card.id, "title": work.card.title, "kind": work.card.kind, "school": work.card.school, "author": work.card.author,
        "village_uses": work.village_uses, "forks": [_work(fork) for fork in work.forks],
    }  # fmt: skip

"""Pages of the shelves: the curriculum, a unit, collections, bookmarks. Every state of a list is its address.

Forms come back filled in with a sentence at the field; that is the one place where a door catches an error.
"""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from resource_hub.infra import unit as units
from resource_hub.infra.web.doors import requires, viewer
from resource_hub.infra.web.replies import body, parse
from resource_hub.kernel.errors import HubError, Invalid
from resource_hub.kernel.viewer import Viewer
from resource_hub.shelves import pages, queries, service
from resource_hub.shelves.schemas import CollectionIn, ItemIn, KeepIn, MoveIn, NoteIn

blueprint = Blueprint("shelves", __name__, template_folder="templates")


@blueprint.get("/browse")
@requires("library.read")
def browse() -> str:
    """The way from stage to lesson, at the viewer's own book first."""
    return render_template("shelves/browse.html", **pages.browse_page(viewer(), request.args.get("at") or None))


@blueprint.get("/browse/new")
@requires("library.read")
def new() -> str:
    """What the schools of one's community shared last."""
    return render_template("shelves/new.html", **pages.new_page(viewer(), request.args.get("cursor")))


@blueprint.get("/browse/missing")
@requires("library.read")
def missing() -> str:
    """What nobody has shared for one's own units."""
    return render_template("shelves/missing.html", **pages.missing_page(viewer()))


@blueprint.get("/units/<node_id>")
@requires("library.read")
def unit(node_id: str) -> str:
    """Everything for one unit or lesson; two works side by side when asked."""
    return render_template("shelves/unit.html", **pages.unit_page(viewer(), node_id, pages.State.read(request.args)))


@blueprint.get("/collections")
@requires("library.read")
def collections() -> str:
    """The collections that one may see."""
    asked = request.args
    return render_template("shelves/collections.html", **pages.collections_page(viewer(), asked.get("of", ""), asked.get("cursor")))


@blueprint.get("/collections/new")
@requires("library.read")
def new_collection() -> str:
    """Ask for the words of a new collection, of a unit or with a first work when one is named."""
    node = request.args.get("node", "")
    given = {"node_id": node, "kind": "reading_list" if node else "list", "resource_id": request.args.get("resource", "")}
    return _form(given)


@blueprint.post("/collections")
@requires("library.read", unit=False)
def add_collection() -> tuple[str, int] | Response:
    """Begin a collection."""
    given = request.form.to_dict()
    try:
        asked = _asked()
        with units.write():
            made = service.add_collection(viewer(), asked).id
            if given.get("resource_id"):
                service.add_item(viewer(), made, given["resource_id"])
    except Invalid as error:
        with units.read():
            return _form(given, error), error.status
    flash(_("合集已建好。在资源页点「收进合集」，就能把资源放进来。"), "ok")
    return _to(made)


@blueprint.get("/collections/<collection_id>")
@requires("library.read")
def collection(collection_id: str) -> str:
    """A collection in its order."""
    return render_template("shelves/collection.html", **pages.collection_page(queries.collection_view(viewer(), collection_id)))


@blueprint.get("/collections/<collection_id>/form")
@requires("library.read")
def collection_form(collection_id: str) -> str:
    """Show the words of a collection to be changed."""
    found = queries.collection_view(viewer(), collection_id)
    return _form(pages.as_given(found.row), collection_id=collection_id)


@blueprint.post("/collections/<collection_id>")
@requires("library.read", unit=False)
def change_collection(collection_id: str) -> tuple[str, int] | Response:
    """Change the words of a collection or whose it is."""
    try:
        asked = _asked()
        with units.write():
            service.change_collection(viewer(), collection_id, asked)
    except Invalid as error:
        with units.read():
            queries.collection_view(viewer(), collection_id)
            return _form(request.form.to_dict(), error, collection_id=collection_id), error.status
    return _to(collection_id)


@blueprint.post("/collections/<collection_id>/removal")
@requires("library.read")
def remove_collection(collection_id: str) -> Response:
    """Take a collection apart."""
    service.remove_collection(viewer(), collection_id)
    flash(_("合集已删除，里面的资源都还在。"), "ok")
    return redirect(url_for(".collections"), 303)


@blueprint.post("/collections/<collection_id>/items")
@requires("library.read")
def add_item(collection_id: str) -> Response:
    """Put a work into a collection."""
    given = body(ItemIn)
    service.add_item(viewer(), collection_id, given.resource_id, given.note)
    return _to(collection_id)


@blueprint.post("/collections/<collection_id>/items/<resource_id>/removal")
@requires("library.read")
def remove_item(collection_id: str, resource_id: str) -> Response:
    """Take a work out of a collection."""
    service.remove_item(viewer(), collection_id, resource_id)
    return _to(collection_id)


@blueprint.post("/collections/<collection_id>/items/<resource_id>/note")
@requires("library.read")
def change_note(collection_id: str, resource_id: str) -> Response:
    """Say something about a work in a collection."""
    service.change_note(viewer(), collection_id, resource_id, body(NoteIn).note)
    return _to(collection_id, resource_id)


@blueprint.post("/collections/<collection_id>/items/<resource_id>/move")
@requires("library.read")
def move_item(collection_id: str, resource_id: str) -> Response:
    """Move a work up or down."""
    service.move_item(viewer(), collection_id, resource_id, is_up=body(MoveIn).to == "up")
    return _to(collection_id, resource_id)


@blueprint.get("/bookmarks")
@requires("library.read")
def bookmarks() -> str:
    """One's own bookmarks."""
    page = queries.bookmarks(viewer(), cursor=request.args.get("cursor"))
    return render_template("shelves/bookmarks.html", **pages.list_page(page, "shelves.bookmarks"))


@blueprint.post("/resources/<resource_id>/bookmark")
@requires("library.read", unit=False)
def bookmark(resource_id: str) -> str | Response:
    """Remember a work."""
    with units.write():
        service.keep_bookmark(viewer(), resource_id)
    return _kept(resource_id)


@blueprint.post("/resources/<resource_id>/bookmark/end")
@requires("library.read", unit=False)
def end_bookmark(resource_id: str) -> str | Response:
    """Forget a bookmark."""
    with units.write():
        service.drop_bookmark(viewer(), resource_id)
    return _kept(resource_id)


@blueprint.post("/resources/<resource_id>/collections")
@requires("library.read", unit=False)
def collect(resource_id: str) -> str | Response:
    """Put a work into one of one's collections."""
    given = body(KeepIn)
    with units.write():
        service.add_item(viewer(), given.collection_id, resource_id)
    return _kept(resource_id, is_open=True)


@blueprint.post("/resources/<resource_id>/collections/end")
@requires("library.read", unit=False)
def end_collect(resource_id: str) -> str | Response:
    """Take a work out of one of one's collections."""
    given = body(KeepIn)
    with units.write():
        service.remove_item(viewer(), given.collection_id, resource_id)
    return _kept(resource_id, is_open=True)


def _asked() -> CollectionIn:
    """Return the form; the first work of a new collection goes along with it."""
    given = {key: value for key, value in request.form.items() if key not in {"csrf_token", "resource_id"}}
    return parse(CollectionIn, given)


def _form(given: dict[str, str], error: HubError | None = None, *, collection_id: str = "") -> str:
    return render_template("shelves/collection_form.html", **pages.collection_form(viewer(), given, error, collection_id=collection_id))


def _to(collection_id: str, resource_id: str | None = None) -> Response:
    return redirect(url_for(".collection", collection_id=collection_id, _anchor=f"item-{resource_id}" if resource_id else None), 303)


def _is_part() -> bool:
    return "HX-Request" in request.headers


def keeping_panel(viewer: Viewer, resource_id: str) -> str:
    """What the page of a resource shows: where one keeps it."""
    return _keeping(viewer, resource_id, is_open=False)


def _keeping(viewer: Viewer, resource_id: str, *, is_open: bool) -> str:
    return render_template("shelves/parts/keeping.html", is_open=is_open, **pages.keeping_part(viewer, resource_id))


def _kept(resource_id: str, *, is_open: bool = False) -> str | Response:
    """Answer htmx with the part anew, the list of collections as open as it was; else go back to the work."""
    if not _is_part():
        return redirect(url_for("library.resource", resource_id=resource_id), 303)
    with units.read():
        return _keeping(viewer(), resource_id, is_open=is_open)

"""What the doors share: works as their viewer sees them, and who harvests."""

from collections.abc import Sequence
from typing import Any

from flask import request

from resource_hub.infra.index import FACETS
from resource_hub.infra.web.replies import describe
from resource_hub.kernel.errors import Gone, Invalid, NotFound
from resource_hub.kernel.viewer import Viewer
from resource_hub.library.access import get_resource_for
from resource_hub.openings import lom, queries, sheets
from resource_hub.openings.works import EVERYONE_IN_THE_DISTRICT, Work, works_of
from resource_hub.people import queries as people
from resource_hub.search import service as search
from resource_hub.search.access import scopes_of
from resource_hub.search.schemas import SearchQuery

NEW_IN_FEED = 50
_AT_ONCE = 200


def lom_for(viewer: Viewer, resource_id: str) -> bytes:
    """Return the metadata of a resource that the viewer may see; NotFound or Gone otherwise."""
    get_resource_for(viewer, resource_id, "view")
    work = works_of([resource_id], scopes_of(viewer)).get(resource_id)
    if work is None:  # its author looks at a tombstone
        raise Gone
    return lom.lom_document(work)


def found_by(viewer: Viewer, asked: SearchQuery, *, most: int = sheets.MOST_ROWS) -> list[str]:
    """Return the resources that a search finds, at most as many as asked for."""
    filters = {name: getattr(asked, name) for name in FACETS}
    ids: list[str] = []
    cursor: str | None = None
    while len(ids) < most:
        found = search.search(
            viewer, asked.q, filters=filters, limit=min(most, _AT_ONCE), cursor=cursor, newest_first=asked.sort == "newest"
        )
        ids += [hit.ref.id for hit in found.hits if hit.ref.kind == "resource"]
        cursor = found.cursor
        if cursor is None:
            break
    return ids[:most]


def works_for(viewer: Viewer, ids: Sequence[str]) -> list[Work]:
    """Return those of the resources that the viewer may see, in their order."""
    found = works_of(ids, scopes_of(viewer))
    return [found[ident] for ident in ids if ident in found]


def new_for_feed(key: str) -> list[Work]:
    """Return the newest works of the district; NotFound when no working account holds the key."""
    person_id = queries.owner_of_feed(key)
    if person_id is None or people.viewer_of_person(person_id) is None:
        raise NotFound
    ids = queries.newest_offered(NEW_IN_FEED)
    found = works_of(ids, EVERYONE_IN_THE_DISTRICT)
    return [found[ident] for ident in ids if ident in found]


def told_form(error: Invalid | None) -> dict[str, Any]:
    """Return what a page shows of a form that was refused."""
    told = describe(error) if error else None
    return {"error": told, "errors": told["fields"] if told else {}, "values": request.form}

"""How a saved search shows where a ``Ref`` to it stands: to its owner alone."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import url_for

from resource_hub.infra.features import Card
from resource_hub.kernel.viewer import Viewer
from resource_hub.search import queries
from resource_hub.search.queries import Saved


def saved_cards(viewer: Viewer, ids: Sequence[str]) -> Mapping[str, Card]:
    """Return the cards of those saved searches that are the viewer's own."""
    wanted = set(ids)
    return {s.id: Card(title=s.name, url=address_of(s)) for s in queries.saved_searches(viewer.person_id) if s.id in wanted}


def address_of(saved: Saved) -> str:
    """Return the address of the search, the newest first."""
    values: dict[str, Any] = {**saved.filters, "q": saved.query, "sort": "newest"}
    return url_for("search.page", **values)

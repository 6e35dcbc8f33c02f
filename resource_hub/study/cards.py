"""How a task or a cycle shows wherever a ``Ref`` to it stands: in the inbox of its members."""

from collections.abc import Mapping, Sequence

from resource_hub.infra.features import Card
from resource_hub.kernel.viewer import Viewer
from resource_hub.study import queries


def task_cards(viewer: Viewer, ids: Sequence[str]) -> Mapping[str, Card]:
    """Return the cards of those tasks that the viewer is a member of."""
    found = queries.titles_of(viewer, ids, "prep_task")
    return {ident: Card(title=title, url=f"/study/tasks/{ident}") for ident, title in found.items()}


def cycle_cards(viewer: Viewer, ids: Sequence[str]) -> Mapping[str, Card]:
    """Return the cards of those cycles that the viewer is a member of."""
    found = queries.titles_of(viewer, ids, "study_cycle")
    return {ident: Card(title=title, url=f"/study/cycles/{ident}") for ident, title in found.items()}

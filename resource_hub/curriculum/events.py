"""What the curriculum tells others."""

from dataclasses import dataclass

from resource_hub.kernel.events import Event


@dataclass(frozen=True, slots=True)
class PlacesMapped(Event):
    """Raised in the transaction that says anew where the matter of old places stands in new books."""

    node_ids: frozenset[str]
    """Both old and new places; what hangs below them is meant too."""

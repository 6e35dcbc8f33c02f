"""What the library tells others."""

from dataclasses import dataclass

from resource_hub.kernel.events import Event


@dataclass(frozen=True, slots=True)
class ResourceChanged(Event):
    """Raised in the transaction of any change to what a resource shows or who may see it."""

    resource_id: str


@dataclass(frozen=True, slots=True)
class ResourceReviewed(Event):
    """Raised once per step of review, by the person who took it."""

    resource_id: str
    verb: str
    person_id: str

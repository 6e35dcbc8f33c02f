"""What the library tells others."""

from dataclasses import dataclass

from resource_hub.kernel.events import Event


@dataclass(frozen=True, slots=True)
class ResourceChanged(Event):
    """Raised in the transaction of any change to what a resource shows or who may see it."""

    resource_id: str


@dataclass(frozen=True, slots=True)
class ResourceReviewed(Event):
    """Raised once per step of review, by the person who took it; empty when the platform itself withdrew."""

    resource_id: str
    verb: str
    person_id: str


@dataclass(frozen=True, slots=True)
class VersionPublished(Event):
    """Raised in the transaction that publishes version ``number`` of a resource: its first, or a revision that was approved."""

    resource_id: str
    number: int


@dataclass(frozen=True, slots=True)
class ResourceUsed(Event):
    """Raised once per lesson that somebody recorded as taught with a resource, by that person; correcting the record raises nothing."""

    resource_id: str
    person_id: str
    school_id: str
    pupils: int

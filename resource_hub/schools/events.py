"""What other features hear of places."""

from dataclasses import dataclass

from resource_hub.kernel.events import Event


@dataclass(frozen=True, slots=True)
class MembershipChanged(Event):
    """Recorded in the unit that lets a school join or leave a community, and again on the day
    that a dated change takes effect: who may see the school's works is not what it was.
    """

    school_id: str

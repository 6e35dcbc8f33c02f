"""What the shelves mount."""

from resource_hub.infra.features import Feature
from resource_hub.people.events import PersonLeft
from resource_hub.shelves import api, service, views


def _forget(event: PersonLeft) -> None:
    """What only the leaver could see goes with them."""
    service.forget_person(event.person_id)


FEATURE = Feature(
    name="shelves",
    blueprints=(api.blueprint, views.blueprint),
    subscribers={PersonLeft: (_forget,)},
    panels={"resource": views.keeping_panel},
)

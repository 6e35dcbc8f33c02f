"""What plans mount: their pages, the door ``/plans`` on the socket server, and who may enter."""

from resource_hub.infra.features import Feature, Permission
from resource_hub.people.events import PersonLeft
from resource_hub.plans import api, service, sockets, views


def _let_out(event: PersonLeft) -> None:
    service.forget_member(event.person_id)


FEATURE = Feature(
    name="plans",
    blueprints=(views.blueprint, api.blueprint),
    permissions=(Permission("plans.write", "写教案，和同事一起写（自己的和受邀的）"),),
    subscribers={PersonLeft: (_let_out,)},
    panels={"resource": views.work_panel, "plan": views.editor_panel},
    sockets=sockets.mount,
)

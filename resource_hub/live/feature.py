"""What live lessons mount: their pages, the door ``/live`` on the socket server, and who may enter."""

from resource_hub.infra.features import Feature, Permission
from resource_hub.live import api, sockets, views

FEATURE = Feature(
    name="live",
    blueprints=(views.blueprint, api.blueprint),
    permissions=(Permission("live.join", "进入同步课堂（课表或职责另定座位）", terminals=True),),
    sockets=sockets.mount,
)

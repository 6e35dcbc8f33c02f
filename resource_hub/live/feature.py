"""What live lessons mount: their pages, the door ``/live`` on the socket server, and who may enter."""

from flask_babel import lazy_gettext as _l

from resource_hub.infra.features import Desk, Feature, Permission
from resource_hub.kernel.viewer import Role
from resource_hub.live import api, day, doors, room_api, room_views, sockets, tending, views

FEATURE = Feature(
    name="live",
    blueprints=(views.blueprint, room_views.blueprint, api.blueprint, room_api.blueprint),
    permissions=(
        Permission("live.join", "进入同步课堂（课表或职责另定座位），检查自己的教室", terminals=True),
        Permission("live.room", "查看本教室今天的课", frozenset({Role.CLASS_TERMINAL}), terminals=True),
        Permission("live.tend", "查看本校（或全区）各教室的检查结果、今天的课和联系电话", tending.TENDERS),
    ),
    desks=(Desk(_l("教室检查"), _l("各教室上次检查的结果、今天的课、联系电话"), "/live/rooms", "room", ("live.tend",)),),
    panels={"lesson": doors.panel, "terminal": day.panel},
    sockets=sockets.mount,
)

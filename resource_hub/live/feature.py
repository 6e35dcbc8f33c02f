"""What live lessons mount: their pages, the door ``/live`` on the socket server, and who may enter."""

from flask_babel import lazy_gettext as _l

from resource_hub.infra.features import Desk, Feature, NoticeKind, Permission
from resource_hub.infra.jobs import JobKind
from resource_hub.kernel.viewer import Role
from resource_hub.live import (
    api,
    camera_api,
    camera_views,
    cast_views,
    count_views,
    day,
    doors,
    foretold,
    given_back,
    jobs,
    plan_views,
    provisioning,
    room_api,
    room_views,
    sockets,
    stock_api,
    tending,
    views,
)

COUNTERS = frozenset({Role.DISTRICT_ADMIN, Role.DISTRICT_LEADER, Role.RESEARCHER, Role.INSPECTOR, Role.PRINCIPAL, Role.DEAN})
"""Who answers for shared lessons being held; they see those of the schools they see."""

FEATURE = Feature(
    name="live",
    blueprints=(
        views.blueprint,
        room_views.blueprint,
        count_views.blueprint,
        plan_views.blueprint,
        api.blueprint,
        room_api.blueprint,
        stock_api.blueprint,
        camera_api.blueprint,
        camera_views.blueprint,
        cast_views.blueprint,
    ),
    permissions=(
        Permission("live.join", "进入同步课堂（课表或职责另定座位），检查自己的教室", terminals=True),
        Permission("live.room", "查看本教室今天的课", frozenset({Role.CLASS_TERMINAL}), terminals=True),
        Permission("live.count", "查看同步课堂应用情况统计", COUNTERS),
        Permission("live.tend", "查看本校（或全区）各教室的检查结果、今天的课和联系电话", tending.TENDERS),
    ),
    jobs=(
        JobKind("live.count", "light", jobs.count),
        JobKind("live.end_forgotten", "light", jobs.end_forgotten),
        JobKind("live.forget_checks", "light", jobs.forget_checks),
        JobKind("live.forget_voices", "light", jobs.forget_voices),
        JobKind("live.measure_stock", "light", provisioning.measure_stock),
    ),
    sweeps={"live.end_forgotten": 1800.0, "live.forget_checks": 86_400.0, "live.forget_voices": 86_400.0},
    notices=(
        NoticeKind(given_back.WAITING, _l("有 %(n)s 件作品等您写评语：%(title)s"), is_task=True),
        NoticeKind(foretold.THIN, _l("网络演练：%(rooms)s看不到连续画面，请按语音和课件准备：%(title)s")),
        NoticeKind(foretold.MUTE, _l("网络演练：%(rooms)s声音画面过不去，请找技术员看看：%(title)s")),
        NoticeKind(given_back.COMMENTED, _l("您班上有 %(n)s 件作品有了评语：%(title)s")),
    ),
    desks=(
        Desk(
            _l("同步课堂应用情况"), _l("按结对和班级：计划、实开、互动、村端占比、技术可用率"), "/live/statistics", "poll", ("live.count",)
        ),
        Desk(_l("教室检查"), _l("各教室上次检查的结果、今天的课、联系电话"), "/live/rooms", "room", ("live.tend",)),
    ),
    panels={"lesson": doors.panel, "terminal": day.panel},
    sockets=sockets.mount,
)

"""What the open doors mount."""

from flask_babel import lazy_gettext as _l

from resource_hub.infra.features import Desk, Feature, Permission
from resource_hub.infra.jobs import JobKind
from resource_hub.library.events import ResourceChanged, ResourceUsed, VersionPublished
from resource_hub.openings import api, jobs, launches, rules, service, views
from resource_hub.openings.service.webhooks import DELIVER

_FORGET = "openings.forget"
_STATE = "openings.state"

FEATURE = Feature(
    name="openings",
    blueprints=(views.blueprint, launches.blueprint, api.blueprint),
    permissions=(Permission("openings.manage", "管理采集令牌、事件通知和学习平台", rules.MANAGERS),),
    desks=(Desk(_l("对外接口"), _l("采集令牌、事件通知和学习平台"), "/admin/openings", "expand", ("openings.manage",)),),
    jobs=(JobKind(DELIVER, "light", jobs.deliver), JobKind(_FORGET, "light", jobs.forget), JobKind(_STATE, "light", jobs.state)),
    subscribers={
        ResourceChanged: (service.follow,),
        VersionPublished: (service.tell_version, service.state_version),
        ResourceUsed: (service.tell_use, service.state_use),
    },
    sweeps={_FORGET: 86_400, _STATE: 60},
)

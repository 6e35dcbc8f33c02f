"""What observation mounts: its pages and doors, who may keep rubrics, and its ways from lessons and recordings."""

from flask_babel import lazy_gettext as _l

from resource_hub.infra.features import Desk, Feature, NoticeKind, Permission
from resource_hub.observation import access, api, doors, service, views
from resource_hub.observation.cards import observation_cards

FEATURE = Feature(
    name="observation",
    blueprints=(views.blueprint, api.blueprint),
    permissions=(
        Permission("observe.keep", "听课：记录、编码、按量表评课，看别人公开给自己的听课记录"),
        Permission("observe.rubrics", "修改全区的评课量表，开放和结束考核轮次", access.RUBRIC_KEEPERS),
    ),
    cards={"observation": observation_cards},
    notices=(
        NoticeKind(service.SHARED, _l("%(who)s 把听课记录给您看：%(title)s，请您回应"), is_task=True),
        NoticeKind(service.REPLIED, _l("%(who)s 回应了您的听课记录：%(title)s")),
    ),
    desks=(Desk(_l("评课量表"), _l("全区用的量表、各行分值和等级说明、考核轮次"), "/observe/rubrics", "check", ("observe.rubrics",)),),
    panels={"lesson": doors.lesson_panel, "resource": doors.resource_panel},
)

"""What schools mount: their administration pages, the calendar, and who may open them."""

from flask_babel import lazy_gettext as _l

from resource_hub.infra.features import Desk, Feature, Permission
from resource_hub.infra.jobs import JobKind
from resource_hub.kernel.viewer import Role
from resource_hub.schools import access, calendar, jobs, terms, views

FEATURE = Feature(
    name="schools",
    blueprints=(views.blueprint, terms.blueprint, calendar.blueprint),
    permissions=(
        Permission("schools.calendar", "查看校历"),
        Permission("schools.read", "查看学校名册和校历", access.READERS),
        Permission("schools.manage", "添加和撤并学校，维护校历", frozenset({Role.DISTRICT_ADMIN})),
        Permission("schools.classes", "维护本校（或全区）的班级和作息时间", access.MANAGERS),
    ),
    desks=(
        Desk(_l("各校"), _l("学校、班级和班级终端"), "/admin/schools", "school", ("schools.read", "schools.classes")),
        Desk(_l("学期与校历"), _l("开学放假、节假日和调休"), "/admin/terms", "today", ("schools.read",)),
    ),
    jobs=(JobKind("schools.membership", "light", jobs.take_effect),),
)

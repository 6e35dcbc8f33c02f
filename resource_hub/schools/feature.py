"""What schools mount: their administration pages, the calendar, and who may open them."""

from resource_hub.infra.features import Feature, Permission
from resource_hub.infra.jobs import JobKind
from resource_hub.kernel.viewer import Role
from resource_hub.schools import access, jobs, terms, views

FEATURE = Feature(
    name="schools",
    blueprints=(views.blueprint, terms.blueprint),
    permissions=(
        Permission("schools.read", "查看学校名册和校历", access.READERS),
        Permission("schools.manage", "添加和撤并学校,维护校历", frozenset({Role.DISTRICT_ADMIN})),
        Permission("schools.classes", "维护本校(或全区)的班级", access.MANAGERS),
    ),
    jobs=(JobKind("schools.membership", "light", jobs.take_effect),),
)

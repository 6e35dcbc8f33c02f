"""What schools mount: their administration pages and who may open them."""

from resource_hub.infra.features import Feature, Permission
from resource_hub.kernel.viewer import Role
from resource_hub.schools import access, views

FEATURE = Feature(
    name="schools",
    blueprints=(views.blueprint,),
    permissions=(
        Permission("schools.read", "查看学校名册", access.READERS),
        Permission("schools.manage", "添加和维护学校", frozenset({Role.DISTRICT_ADMIN})),
    ),
)

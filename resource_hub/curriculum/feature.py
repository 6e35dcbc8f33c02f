"""What the curriculum mounts."""

from resource_hub.curriculum.api import blueprint
from resource_hub.infra.features import Feature, Permission
from resource_hub.kernel.errors import N_

FEATURE = Feature(
    name="curriculum",
    blueprints=[blueprint],
    permissions=[Permission("curriculum.read", N_("查看课程目录"))],
)

"""What search mounts."""

from resource_hub.infra.features import Feature, Permission
from resource_hub.kernel.errors import N_
from resource_hub.search import api, jobs, views

FEATURE = Feature(
    name="search",
    blueprints=[api.blueprint, views.blueprint],
    permissions=[Permission("search.read", N_("搜索有权查看的内容"))],
    jobs=[jobs.PRUNE],
    sweeps={jobs.PRUNE.name: jobs.EVERY_S},
)

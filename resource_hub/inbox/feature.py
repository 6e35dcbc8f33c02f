"""What the inbox mounts."""

from resource_hub.inbox import api, jobs, queries, views
from resource_hub.infra.features import Feature, Permission
from resource_hub.infra.jobs import JobKind
from resource_hub.people.events import PersonLeft

FEATURE = Feature(
    name="inbox",
    blueprints=(views.blueprint, api.blueprint),
    permissions=(Permission("inbox.read", "查看自己的收件箱"),),
    jobs=(JobKind("inbox.prune", "light", jobs.prune),),
    subscribers={PersonLeft: (jobs.close_for_leaver,)},
    count_unseen=queries.unseen,
    sweeps={"inbox.prune": 86_400},
)

"""What packs mounts."""

from resource_hub.infra.features import Feature
from resource_hub.infra.jobs import JobKind
from resource_hub.packs import api, jobs, views

LANE = "pack"
"""Apart from the lanes of single files: a collection of recordings takes minutes to copy."""

FEATURE = Feature(
    name="packs",
    blueprints=(api.blueprint, views.blueprint),
    jobs=(
        JobKind("packs.offline", LANE, jobs.make_offline),
        JobKind("packs.check", LANE, jobs.check_import),
        JobKind("packs.import", LANE, jobs.make_import),
        JobKind("packs.sweep", "light", jobs.sweep),
    ),
    panels={"resource": views.pack_panel},
    sweeps={"packs.sweep": 6 * 3600},
)

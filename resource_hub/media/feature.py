"""What media mounts."""

from resource_hub.infra.features import Feature, Permission
from resource_hub.infra.jobs import JobKind
from resource_hub.kernel.viewer import SHARERS
from resource_hub.media import api, jobs, views

FEATURE = Feature(
    name="media",
    blueprints=(api.blueprint, views.blueprint),
    permissions=(
        Permission("media.upload", "上传文件,管理自己上传的文件", SHARERS),
        Permission("media.view", "查看有权查看的文件"),
    ),
    jobs=(
        JobKind("media.sweep", "light", jobs.sweep),
        JobKind("media.sweep_objects", "light", jobs.sweep_objects),
        JobKind("media.inspect", "intake"),
        JobKind("media.ladder", "video"),
        JobKind("media.voice", "video"),
        JobKind("media.storyboard", "light"),
        JobKind("media.paper", "paper"),
        JobKind("media.ocr", "scan"),
    ),
    sweeps={"media.sweep": 600, "media.sweep_objects": 6 * 3600},
)

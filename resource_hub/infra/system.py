"""What the machine itself brings to the application: the watch over its disk, and the end of old jobs.

Apart from ``disk``, which measures, this only registers; it stands first among the features.
"""

from flask_babel import lazy_gettext as _l

from resource_hub.infra import disk, jobs
from resource_hub.infra.features import Desk, Feature, Permission
from resource_hub.infra.jobs import JobKind, JobRun
from resource_hub.kernel.viewer import Role


def _prune_jobs(run: JobRun) -> None:
    with run.completing():
        jobs.prune()


SYSTEM = Feature(
    name="system",
    permissions=(
        Permission("system.desks", "打开管理页，只列出有权打开的项目"),
        Permission("system.watch", "查看磁盘、数据库、存储和后台处理的状态", frozenset({Role.DISTRICT_ADMIN, Role.TECH})),
    ),
    desks=(Desk(_l("运行状况"), _l("磁盘还能用多久，各部分是否正常"), "/admin/disk", "disk", ("system.watch",)),),
    jobs=(JobKind("system.measure", "light", disk.measure), JobKind("system.prune_jobs", "light", _prune_jobs)),
    sweeps={"system.measure": 21_600, "system.prune_jobs": 86_400},
)

"""What the machine itself brings to the application: the watch over its disk, and the end of old jobs.

Apart from ``disk``, which measures, this only registers; it stands first among the features.
"""

from resource_hub.infra import disk, jobs
from resource_hub.infra.features import Feature, Permission
from resource_hub.infra.jobs import JobKind, JobRun
from resource_hub.kernel.viewer import Role


def _prune_jobs(run: JobRun) -> None:
    with run.completing():
        jobs.prune()


SYSTEM = Feature(
    name="system",
    permissions=(Permission("system.watch", "查看磁盘、数据库、存储和后台处理的状态", frozenset({Role.DISTRICT_ADMIN, Role.TECH})),),
    jobs=(JobKind("system.measure", "light", disk.measure), JobKind("system.prune_jobs", "light", _prune_jobs)),
    sweeps={"system.measure": 21_600, "system.prune_jobs": 86_400},
)

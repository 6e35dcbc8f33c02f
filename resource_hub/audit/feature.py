"""What the audit mounts: the right to read it. Its pages stand in ``people/trail.py``, for they name people."""

from resource_hub.infra.features import Feature, Permission
from resource_hub.kernel.viewer import Role

FEATURE = Feature(
    name="audit",
    permissions=(Permission("audit.read", "查阅和导出审计记录，检查记录链", frozenset({Role.AUDITOR, Role.DISTRICT_ADMIN})),),
)

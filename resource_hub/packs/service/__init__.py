"""What may be done with packs; the only writer of its tables.

``offline`` makes packs to take along, ``imports`` takes lessons in. Verbs run inside the caller's unit but for those that a job calls.
"""

from resource_hub.packs.service.imports import check_import, confirm_import, discard_import, make_import, start_import
from resource_hub.packs.service.offline import make_offline, order_offline, sweep_offline

__all__ = [
    "check_import", "confirm_import", "discard_import", "make_import", "make_offline", "order_offline", "start_import",
    "sweep_offline",
]  # fmt: skip

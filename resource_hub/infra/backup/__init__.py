"""Backups: a folder that can bring the whole installation back, on either database.

``make`` writes one, ``verify`` proves its checksums, ``restore`` brings it back; ``rows`` knows
the database, ``objects`` the bucket, ``folder`` and ``manifest`` the files, ``standing`` the
store that must run meanwhile::

    TO/objects/ab/<sha256>            every object once, shared by all snapshots
    TO/snapshots/<moment>/manifest.json   written last: without it there is no snapshot
    TO/snapshots/<moment>/rows/<table>.jsonl.gz, objects.jsonl.gz, kept/…, settings.json

Rule: nothing that an earlier snapshot names is ever changed, so a backup that is killed at any
moment leaves the earlier ones whole. The search index is not kept; it is built from the rows.
"""

from resource_hub.infra.backup.folder import BackupFolder
from resource_hub.infra.backup.make import Made, keep_rows, make_backup
from resource_hub.infra.backup.manifest import BackupDamaged, BackupRefused, Manifest
from resource_hub.infra.backup.restore import Restored, restore_backup
from resource_hub.infra.backup.rows import Named
from resource_hub.infra.backup.verify import check_all
from resource_hub.infra.backup.watch import Quiet, Watch

__all__ = [
    "BackupDamaged",
    "BackupFolder",
    "BackupRefused",
    "Made",
    "Manifest",
    "Named",
    "Quiet",
    "Restored",
    "Watch",
    "check_all",
    "keep_rows",
    "make_backup",
    "restore_backup",
]

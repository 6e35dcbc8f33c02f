"""Proving a backup: every file of it is read and compared with its checksum. Changes nothing."""

from collections.abc import Iterable, Iterator

from resource_hub.infra.backup.folder import BackupFolder
from resource_hub.infra.backup.manifest import BackupDamaged, FileFacts, Manifest, StoredObject, read_manifest, sha256_of
from resource_hub.infra.backup.watch import Watch


def verify(folder: BackupFolder, name: str, manifest: Manifest, watch: Watch) -> list[StoredObject]:
    """Return the objects of one whole snapshot; raises BackupDamaged naming its damaged files."""
    damaged = list(_damaged_files(folder, name, manifest.all_files()))
    if damaged:
        raise BackupDamaged(damaged)
    objects = list(folder.objects_of(name, manifest))
    if bad := _damaged_objects(folder, objects, watch):
        raise BackupDamaged(bad)
    return objects


def check_all(folder: BackupFolder, watch: Watch) -> list[str]:
    """Prove every snapshot and return their names; raises BackupDamaged naming all damaged files at once."""
    names = folder.names()
    if not names:
        folder.find(None)
    damaged: list[str] = []
    objects: dict[str, StoredObject] = {}
    for name in names:
        try:
            manifest = read_manifest(folder.place(name))
            damaged += _damaged_files(folder, name, manifest.all_files())
            objects |= {one.sha256: one for one in folder.objects_of(name, manifest)}
        except BackupDamaged as error:
            damaged += [bad for bad in error.names if bad not in damaged]
    damaged += _damaged_objects(folder, objects.values(), watch)
    if damaged:
        raise BackupDamaged(damaged)
    return names


def _damaged_files(folder: BackupFolder, name: str, files: Iterable[FileFacts]) -> Iterator[str]:
    for facts in files:
        path = folder.place(name) / facts.path
        if not path.is_file() or path.stat().st_size != facts.bytes or sha256_of(path) != facts.sha256:
            yield f"snapshots/{name}/{facts.path}"


def _damaged_objects(folder: BackupFolder, objects: Iterable[StoredObject], watch: Watch) -> list[str]:
    once = {one.sha256: one for one in objects}
    watch.stage("核对校验和", "Comparing checksums", sum(one.size for one in once.values()))
    damaged = []
    for one in once.values():
        if not folder.has(one) or sha256_of(folder.pooled(one.sha256)) != one.sha256:
            damaged.append(str(folder.pooled(one.sha256).relative_to(folder.path)))
        watch.step(one.size)
    return damaged

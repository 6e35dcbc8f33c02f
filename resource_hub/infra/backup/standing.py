"""The bucket of an installation while it is backed up or restored, whether the platform runs or not.

When our embedded store does not answer, it is started for the time being under the installation's
lock, so that the platform cannot start beside it; it dies with us, however we end.
"""

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager

from resource_hub.infra import installation, store, supervise
from resource_hub.infra.backup.manifest import BackupRefused
from resource_hub.infra.installation import Installation
from resource_hub.infra.storage import Storage
from resource_hub.kernel.settings import Settings

_START_S = 60


@contextmanager
def standing_storage(settings: Settings, *, is_locked: bool = False) -> Iterator[Storage]:
    """Yield the bucket, made when it is not there; ``is_locked``: the caller holds the installation."""
    found = installation.load(settings)
    if not found.has_own_store or (not is_locked and _answers(found)):
        bucket = _storage(found)
        bucket.ensure_bucket()
        yield bucket
    elif is_locked:
        with _running(installation.load_for_start(settings)) as bucket:
            yield bucket
    else:
        with installation.locked(settings), _running(installation.load_for_start(settings)) as bucket:
            yield bucket


@contextmanager
def _running(found: Installation) -> Iterator[Storage]:
    logs = found.settings.data_path / "logs"
    logs.mkdir(exist_ok=True)
    argv = store.command(found)
    part = supervise.Part("storage", argv, death_signal="KILL")
    with (logs / "storage.log").open("ab") as log:
        process = subprocess.Popen(
            [*supervise._death_prefix(part), *argv], env=dict(store.environment(found)), stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            start_new_session=True,
        )  # fmt: skip
    try:
        _wait(found, process)
        yield _storage(found)
    finally:
        process.kill()  # the store ends on nothing less, and has synced whatever it acknowledged
        process.wait()
        store.clear_leavings(found)


def _wait(found: Installation, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _START_S
    while True:
        try:
            store.prepare(found)
        except store.StoreNotReady as error:
            if process.poll() is not None or time.monotonic() > deadline:
                raise BackupRefused(
                    f"存储没能启动（{error}），没有改动任何数据。详情见 {found.settings.data_path / 'logs' / 'storage.log'}。",
                    f"The store did not start ({error}); nothing was changed. See logs/storage.log in the data folder.",
                ) from error
            time.sleep(0.3)
        else:
            return


def _answers(found: Installation) -> bool:
    try:
        store.probe(found, timeout_s=5)
    except store.StoreNotReady:
        return False
    return True


def _storage(found: Installation) -> Storage:
    return Storage(found.settings, found.s3_endpoint, *found.s3_keys)

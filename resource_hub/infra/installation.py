"""What one installation keeps beside its data: inner ports, secrets, and the lock of its supervisor.

Ports are chosen once below the range that the system hands out to outgoing connections, so they
stay free between starts; secrets are made once and readable by the owner alone. Rule: only the
holder of the lock may choose ports anew, everyone else reads.
"""

import fcntl
import json
import os
import secrets as random_text
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from resource_hub.kernel.errors import N_, HubError
from resource_hub.kernel.settings import Settings

PORTS = (
    "web",
    "s3",
    "s3_grpc",
    "weed_master",
    "weed_master_grpc",
    "weed_volume",
    "weed_volume_grpc",
    "weed_filer",
    "weed_filer_grpc",
    "sfu",
)
_LOWEST, _HIGHEST = 20_000, 32_000
_PASSWORD_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # noqa: S105 -- an alphabet without look-alikes


class StartRefused(HubError):
    """The platform cannot start here; ``english`` says the same for the console."""

    code, status = "start_refused", 503

    def __init__(self, chinese: str, english: str) -> None:
        self.english = english
        super().__init__(chinese)


@dataclass(frozen=True, slots=True, repr=False)
class Secrets:
    session: str
    s3_access: str
    s3_secret: str
    demo_password: str


@dataclass(frozen=True, slots=True)
class Installation:
    """Settings together with the files that ``HUB_DATA`` holds for them."""

    settings: Settings
    ports: Mapping[str, int]
    secrets: Secrets

    @property
    def has_own_store(self) -> bool:
        """Whether the embedded store serves this installation."""
        return not self.settings.s3_endpoint

    @property
    def s3_endpoint(self) -> str:
        """``host:port`` at which our processes reach storage."""
        return self.settings.s3_endpoint or f"127.0.0.1:{self.ports['s3']}"

    @property
    def s3_keys(self) -> tuple[str, str]:
        if self.settings.s3_endpoint:
            return self.settings.s3_access_key, self.settings.s3_secret_key
        return self.secrets.s3_access, self.secrets.s3_secret

    @property
    def demo_password(self) -> str:
        return self.settings.demo_password or self.secrets.demo_password


def load(settings: Settings) -> Installation:
    """Return the installation in ``HUB_DATA``, making its files first when they are missing."""
    data = prepare_data(settings)
    ports = _kept(data / "ports.json", _choose_ports)
    kept = _kept(data / "secrets.json", _make_secrets)
    if set(kept) != set(Secrets.__slots__):
        raise _damaged(data / "secrets.json")
    return Installation(settings, {name: int(port) for name, port in ports.items()}, Secrets(**kept))


def load_for_start(settings: Settings) -> Installation:
    """As ``load``, but with ports that are free now; only for the holder of the lock."""
    found = load(settings)
    if set(found.ports) == set(PORTS) and all(is_free("127.0.0.1", port) for port in found.ports.values()):
        return found
    (settings.data_path / "ports.json").unlink(missing_ok=True)
    return load(settings)


def prepare_data(settings: Settings) -> Path:
    """Make the data folder; raises ``StartRefused`` when it cannot be written."""
    data = settings.data_path
    try:
        data.mkdir(parents=True, exist_ok=True, mode=0o750)
        probe = data / f".probe-{os.getpid()}"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise StartRefused(
            N_("数据目录 %(path)s 不能写入（%(reason)s）。请改用可写的目录（HUB_DATA=…）或修改它的权限。")
            % {"path": data, "reason": error.strerror},
            f"The data folder {data} cannot be written ({error.strerror}). Name another (HUB_DATA=…) or mend its rights.",
        ) from error
    return data


@contextmanager
def locked(settings: Settings) -> Iterator[None]:
    """Hold the installation; raises ``StartRefused`` when another supervisor does."""
    handle = os.open(prepare_data(settings) / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = os.read(handle, 32).decode(errors="replace").strip() or "?"
            raise StartRefused(
                N_("这个数据目录正由另一个实例使用（进程 %(pid)s，%(path)s）。请先停止它，或用 HUB_DATA 另指一个目录。")
                % {"pid": holder, "path": settings.data_path},
                f"Another instance (process {holder}) runs in {settings.data_path}. Stop it first, or name another folder by HUB_DATA.",
            ) from error
        os.truncate(handle, 0)
        os.pwrite(handle, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        os.close(handle)


def is_free(host: str, port: int) -> bool:
    """Whether a server could listen there now."""
    return listening_error(host, port) is None


def listening_error(host: str, port: int) -> OSError | None:
    """Return why a server could not listen there now; ``None`` when it could."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host.strip("[]"), port))
        except OSError as error:
            return error
    return None


def _choose_ports() -> dict[str, int]:
    chosen: dict[str, int] = {}
    while len(chosen) < len(PORTS):
        port = _LOWEST + random_text.randbelow(_HIGHEST - _LOWEST)
        if port not in chosen.values() and is_free("127.0.0.1", port):
            chosen[PORTS[len(chosen)]] = port
    return chosen


def _make_secrets() -> dict[str, str]:
    password = "-".join("".join(random_text.choice(_PASSWORD_LETTERS) for _ in range(4)) for _ in range(3))
    return {
        "session": random_text.token_urlsafe(48),
        "s3_access": random_text.token_hex(10),
        "s3_secret": random_text.token_urlsafe(30),
        "demo_password": password,
    }


def _kept(path: Path, make: Callable[[], Mapping[str, object]]) -> dict[str, Any]:
    """Read the JSON file, or write ``make()`` there so that of two first starts one wins."""
    if not path.exists():
        fresh = path.with_name(f".{path.name}-{os.getpid()}-{random_text.token_hex(4)}")
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
            json.dump(make(), out, indent=1)
            out.flush()
            os.fsync(out.fileno())
        with suppress(FileExistsError):
            os.link(fresh, path)
        fresh.unlink()
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise _damaged(path) from error
    if not isinstance(kept, dict):
        raise _damaged(path)
    return kept


def _damaged(path: Path) -> StartRefused:
    return StartRefused(
        N_("文件 %(path)s 已损坏。请从备份恢复它；若只是 ports.json，删掉即可。") % {"path": path},
        f"The file {path} is damaged. Restore it from a backup; if it is ports.json, delete it.",
    )

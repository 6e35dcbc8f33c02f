"""A store and a gateway of one's own for a test, started as the supervisor starts them, on free ports.

Apart from the session's store of ``tests/conftest.py``, which no test may stop or kill.
"""

import http.client
import secrets
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from resource_hub.infra import gateway, installation, store
from resource_hub.infra.installation import Installation
from resource_hub.kernel.settings import Settings

_PATIENCE_S = 40


def free_port() -> int:
    """Return a port that nobody listens on; drawn by the system, not by the seed that each test starts from, since
    tests side by side must not meet."""
    drawn = (18_000 + secrets.randbelow(2_000) for _ in range(1_000))
    return next(port for port in drawn if installation.is_free("127.0.0.1", port))


def installed(data: Path, **settings: str) -> Installation:
    """Return a new installation in ``data`` whose gateway has a free port."""
    port = free_port()
    env = {f"HUB_{name.upper()}": value for name, value in {"data": str(data), "port": str(port), **settings}.items()}
    return installation.load_for_start(Settings.read(env))


@contextmanager
def running_store(found: Installation) -> Iterator[subprocess.Popen[bytes]]:
    """Run ``weed`` until the block ends; it is ready to take objects inside."""
    with _running(store.command(found), store.environment(found), found.settings.data_path / "weed.log") as process:
        wait_until(lambda: _is_prepared(found))
        yield process
    store.clear_leavings(found)


@contextmanager
def running_gateway(found: Installation, **environment: str) -> Iterator[None]:
    """Run the gateway until the block ends; it answers inside."""
    log = found.settings.data_path / "gateway.log"
    with _running(gateway.command(found), dict(gateway.environment(found.settings)) | environment, log):
        wait_until(lambda: not installation.is_free("127.0.0.1", int(found.settings.port)))
        yield


def ask(
    port: int, path: str, method: str = "GET", headers: Mapping[str, str] | None = None, body: bytes | None = None
) -> tuple[int, Mapping[str, str], bytes]:
    """Return status, headers (names in small letters) and body of one plain request."""
    asked = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        asked.request(method, path, body=body, headers=dict(headers or {}))
        answer = asked.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
    finally:
        asked.close()


def wait_until(is_so: Callable[[], bool], patience_s: float = _PATIENCE_S) -> None:
    """Return when ``is_so``; fails the test when that never comes."""
    deadline = time.monotonic() + patience_s
    while not is_so():
        assert time.monotonic() < deadline, f"waited {patience_s} s in vain"
        time.sleep(0.05)


@contextmanager
def _running(command: tuple[str, ...], env: Mapping[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("ab") as out:
        process = subprocess.Popen(command, env=dict(env), stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def _is_prepared(found: Installation) -> bool:
    try:
        store.prepare(found)
    except store.StoreNotReady:
        return False
    return True

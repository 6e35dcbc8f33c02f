"""The whole platform under its supervisor, as a test starts, watches and ends it."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from tests.infra.standing import installed

ROOT = Path(__file__).parents[1]
START_S = 120


@dataclass
class Platform:
    """A running ``resource-hub up``."""

    data: Path
    port: int
    process: subprocess.Popen[str]
    seen: set[psutil.Process] = field(default_factory=set)

    def is_ready(self) -> bool:
        assert self.process.poll() is None, (self.data / "console").read_text()
        return f"Resource Hub is ready at http://127.0.0.1:{self.port}\n" in (self.data / "console").read_text()

    def alive(self) -> dict[int, str]:
        """Return the living processes of this platform by pid, with their titles; those seen once are never lost."""
        for root in [psutil.Process(self.process.pid), *self.seen] if psutil.pid_exists(self.process.pid) else list(self.seen):
            try:
                self.seen |= {root, *root.children(recursive=True)}
            except psutil.NoSuchProcess:
                continue
        found = {}
        for process in self.seen:
            try:
                if process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
                    found[process.pid] = " ".join(process.cmdline()).strip()
            except psutil.NoSuchProcess:
                continue
        return found

    def pid(self, title: str) -> int:
        return next(pid for pid, words in self.alive().items() if words.startswith(title))


@contextmanager
def up(data: Path, **settings: str) -> Iterator[Platform]:
    """Start the platform; whatever is left at the end is killed."""
    port = int(settings.pop("HUB_PORT", "0")) or int(installed(data).settings.port)
    process = command(data, port, "up", **settings)
    platform = Platform(data, port, process)
    try:
        yield platform
    finally:
        for pid in platform.alive():
            with suppress(ProcessLookupError):  # one that ends by itself meanwhile
                os.kill(pid, signal.SIGKILL)
        process.wait()


def command(data: Path, port: int, *words: str, **settings: str) -> subprocess.Popen[str]:
    env = {name: value for name, value in os.environ.items() if not name.startswith("HUB_")}
    data.mkdir(parents=True, exist_ok=True)
    with (data / "console").open("w") as console:
        return subprocess.Popen(
            [sys.executable, "-m", "resource_hub", *words],
            cwd=ROOT,
            env=env | {"HUB_DATA": str(data), "HUB_PORT": str(port), "HUB_DEMO": "0", "PYTHONWARNINGS": "default"} | settings,
            stdout=console,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

"""A platform of its own for a figure: started on a free port with an empty data folder, gone at the end.

``settle`` brings people without the demo's resources, so that nothing is written beside what is measured.
"""

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

ROOT = Path(__file__).parents[1]
PASSWORD = "Demo-Passw0rd"  # noqa: S105 -- of invented people
_PATIENCE_S = 300


@dataclass(frozen=True, slots=True)
class Platform:
    """``started_s``: seconds from the command to the line that says ready."""

    origin: str
    data: Path
    pid: int
    started_s: float


@contextmanager
def platform(data: Path, **settings: str) -> Iterator[Platform]:
    """Run ``resource-hub up`` until the block ends."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    env = {name: value for name, value in os.environ.items() if not name.startswith("HUB_")}
    env |= {"HUB_DATA": str(data), "HUB_PORT": str(port), "HUB_DEMO_PASSWORD": PASSWORD} | settings
    data.mkdir(parents=True, exist_ok=True)
    began = time.monotonic()
    with (data / "console").open("w+") as console:
        process = subprocess.Popen([sys.executable, "-m", "resource_hub", "up"], cwd=ROOT, env=env, stdout=console, stderr=console)
    try:
        while "Resource Hub is ready at" not in (said := (data / "console").read_text()):
            if process.poll() is not None or time.monotonic() - began > _PATIENCE_S:
                raise SystemExit(f"the platform did not start:\n{said}")
            time.sleep(0.05)
        yield Platform(f"http://127.0.0.1:{port}", data, process.pid, time.monotonic() - began)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


def settle(hub: Platform) -> None:
    """Write the demo's people into an installation without demo."""
    env = {"PATH": os.environ["PATH"], "HUB_DATA": str(hub.data), "HUB_DEMO_PASSWORD": PASSWORD}
    subprocess.run([sys.executable, "-m", "resource_hub", "demo", "people"], cwd=ROOT, env=env, check=True, capture_output=True)


def signed_in(hub: Platform, account: str = "linxiaoyun") -> httpx.Client:
    """Return a client that asks as that person."""
    form = {"account": account, "password": PASSWORD}
    token = httpx.post(f"{hub.origin}/api/v1/tokens", json=form, timeout=120).raise_for_status().json()["data"]["token"]
    return httpx.Client(base_url=hub.origin, timeout=120, headers={"Authorization": f"Bearer {token}"})


def wait_until_idle(hub: Platform, patience_s: float = 120) -> None:
    """Return when no job waits or runs any more."""
    deadline = time.monotonic() + patience_s
    with closing(sqlite3.connect(hub.data / "hub.sqlite3")) as database:
        while database.execute("SELECT count(*) FROM job WHERE state IN ('queued', 'running')").fetchone()[0]:
            if time.monotonic() > deadline:
                raise SystemExit(f"jobs were still running after {patience_s:.0f} s")
            time.sleep(0.5)


def tell(figure: str, value: float, unit: str, note: str) -> None:
    """Print one figure as a line of JSON."""
    print(json.dumps({"figure": figure, "value": round(value, 3), "unit": unit, "note": note}, ensure_ascii=False), flush=True)

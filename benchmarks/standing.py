"""A platform of its own for a figure: started on a free port with an empty data folder, gone at the end."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

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


def tell(figure: str, value: float, unit: str, note: str) -> None:
    """Print one figure as a line of JSON."""
    print(json.dumps({"figure": figure, "value": round(value, 3), "unit": unit, "note": note}, ensure_ascii=False), flush=True)

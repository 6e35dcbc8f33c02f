"""What the platform keeps in memory, at rest and under load. Prints one JSON line a figure.

Memory is the proportional set size: pages that processes share count once. The load is the demo
district being written (forty resources, their videos and documents) while 300 MB are uploaded and
read back and pages are opened. ``BENCH_SECONDS`` bounds the load, 600 unless told.
"""

import contextlib
import os
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

import httpx
import psutil

from benchmarks.standing import PASSWORD, Platform, platform, tell

_REST_S = 20
_QUIET_S = 15
_UPLOAD_BYTES = 300 << 20
_MB = 1 << 20


def main(load_s: float) -> None:
    """Measure an empty installation at rest, then a demo installation under load and after it."""
    with tempfile.TemporaryDirectory(prefix="bench-memory-") as name:
        with platform(Path(name) / "empty", HUB_DEMO="0") as empty:
            time.sleep(_REST_S)
            parts = memory_of(empty)
            tell("memory.idle_mb", sum(parts.values()) / _MB, "MB", f"{_REST_S} s after an empty start: {_words(parts)}")
        with platform(Path(name) / "demo") as demo:
            peaks = _peaks_under_load(demo, load_s)
            parts = memory_of(demo)
        for part, peak in sorted(peaks.items()):
            tell(f"memory.{part}.peak_mb", peak / _MB, "MB", "with its children, under load")
        tell("memory.after_load_mb", sum(parts.values()) / _MB, "MB", _words(parts))


def memory_of(platform: Platform) -> dict[str, int]:
    """Return bytes by part; a part's children count with it."""
    supervisor = psutil.Process(platform.pid)
    found = {"supervisor": _size(supervisor)}
    for part in supervisor.children():
        with contextlib.suppress(psutil.NoSuchProcess):
            name = _name(part)
            found[name] = found.get(name, 0) + sum(_size(one) for one in [part, *part.children(recursive=True)])
    return found


def _peaks_under_load(demo: Platform, load_s: float) -> dict[str, int]:
    peaks: dict[str, int] = {}
    done = threading.Event()
    loads = [threading.Thread(target=_repeat, args=(work, demo, done), daemon=True) for work in (_upload, _open_pages)]
    for load in loads:
        load.start()
    began = quiet_since = time.monotonic()
    while time.monotonic() - began < load_s and time.monotonic() - quiet_since < _QUIET_S:
        now = memory_of(demo)
        for part, size in (now | {"all": sum(now.values())}).items():
            peaks[part] = max(peaks.get(part, 0), size)
        if "demo" in now or _worker_is_busy(demo):
            quiet_since = time.monotonic()
        time.sleep(0.5)
    done.set()
    for load in loads:
        load.join()
    time.sleep(_QUIET_S)
    return peaks


def _worker_is_busy(demo: Platform) -> bool:
    with contextlib.suppress(psutil.NoSuchProcess):
        return any(part.children() for part in psutil.Process(demo.pid).children() if _name(part) == "worker")
    return False


def _repeat(work: Callable[[Platform, dict[str, str]], None], demo: Platform, done: threading.Event) -> None:
    answer = httpx.post(f"{demo.origin}/api/v1/tokens", json={"account": "linxiaoyun", "password": PASSWORD}, timeout=60).json()
    headers = {"Authorization": f"Bearer {answer['data']['token']}"}
    while not done.is_set():
        with contextlib.suppress(httpx.HTTPError, OSError):
            work(demo, headers)


def _upload(demo: Platform, headers: dict[str, str]) -> None:
    """Upload parts of noise and leave them: an abandoned upload, as bad lines make them every day."""
    form = {"filename": "load.mp4", "size": _UPLOAD_BYTES}
    started = httpx.post(f"{demo.origin}/api/v1/uploads", json=form, headers=headers, timeout=60).json()["data"]
    noise = os.urandom(int(started["part_size"]))
    for part in started["parts"]:
        request = urllib.request.Request(part["url"], data=noise, method="PUT")  # noqa: S310 -- our own gateway
        with urllib.request.urlopen(request, timeout=120):  # noqa: S310 -- as above
            pass
    time.sleep(5)


def _open_pages(demo: Platform, headers: dict[str, str]) -> None:
    for path in ("/sign-in", "/api/v1/search?q=分数", "/api/v1/search?q=色彩的冷与暖", "/healthz"):
        httpx.get(f"{demo.origin}{path}", headers=headers, timeout=60)
    time.sleep(0.2)


def _name(part: psutil.Process) -> str:
    words = " ".join(part.cmdline()).strip()
    if words.startswith("resource-hub: "):
        return words.removeprefix("resource-hub: ")
    return "storage" if "/weed" in words else "gateway" if "/caddy" in words else "demo"


def _size(process: psutil.Process) -> int:
    try:
        return int(process.memory_full_info().pss)
    except psutil.NoSuchProcess:
        return 0


def _words(parts: dict[str, int]) -> str:
    return ", ".join(f"{name} {size / _MB:.0f}" for name, size in sorted(parts.items()))


if __name__ == "__main__":
    main(float(os.environ.get("BENCH_SECONDS", "600")))

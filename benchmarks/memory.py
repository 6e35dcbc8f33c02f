"""What the platform keeps in memory, at rest and under load. Prints one JSON line a figure.

Memory is the proportional set size: pages that processes share count once. The load is a recording
of 300 MB that goes up in all its parts, becomes a ladder and is read back, a document of forty
pages, and four people who search and open pages meanwhile. ``BENCH_SECONDS`` bounds it, 110 unless
told, so that all is over within three minutes.
"""

import contextlib
import hashlib
import os
import tempfile
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import docx
import httpx
import psutil

from benchmarks.standing import PASSWORD, Platform, platform, settle, signed_in, tell
from benchmarks.upload import make_recording, upload
from tests.browser.publishing import publish

_REST_S = 15
_LESSON_S = 30
_LESSON_RATE = ("-b:v", "80M", "-minrate", "80M", "-maxrate", "80M", "-bufsize", "80M", "-nal-hrd", "cbr")
_PAGES = 40
_VISITORS = ("linxiaoyun", "wuyoutian", "qiulan", "meixue")
_PATHS = (
    "/",
    "/search?q=分数",
    "/resources/mine",
    "/upload",
    "/api/v1/search?q=色彩的冷与暖",
    "/api/v1/search?q=同分母分数相加",
    "/healthz",
)
_MB = 1 << 20


def main(load_s: float) -> None:
    """Measure an empty installation at rest, then one with people under load and after it."""
    with tempfile.TemporaryDirectory(prefix="bench-memory-") as name:
        folder = Path(name)
        with platform(folder / "empty", HUB_DEMO="0") as empty:
            time.sleep(_REST_S)
            parts = memory_of(empty)
            tell("memory.idle_mb", total(parts), "MB", f"{_REST_S} s after an empty start, at most 700: {_words(parts)}")
        lesson = make_recording(folder / "lesson.mp4", _LESSON_S, *_LESSON_RATE)
        document = make_document(folder / "plan.docx")
        with platform(folder / "full", HUB_DEMO="0") as full:
            settle(full)
            load = Load(full)
            peaks = load.run(lesson, document, load_s)
            time.sleep(_REST_S)
            parts = memory_of(full)
        for part, peak in sorted(peaks.items()):
            bound = "at most 2500 in all; " if part == "all" else ""
            tell(f"memory.{part}.peak_mb", peak / _MB, "MB", f"{bound}with its children, under {load.told()}")
        tell("memory.after_load_mb", total(parts), "MB", f"{_REST_S} s later: {_words(parts)}")


@dataclass
class Load:
    """People at work on one platform; what fails for one of them fails the benchmark."""

    hub: Platform
    is_over: threading.Event = field(default_factory=threading.Event)
    requests: int = 0
    done: list[str] = field(default_factory=list)

    def run(self, lesson: Path, document: Path, load_s: float) -> dict[str, int]:
        """Return the peak of each part until lesson and document are through, or ``load_s`` are over."""
        peaks: dict[str, int] = {}
        deadline = time.monotonic() + load_s
        with ThreadPoolExecutor(len(_VISITORS) + 2) as pool:
            work = [pool.submit(self.teach, lesson), pool.submit(self.write, document)]
            visits = [pool.submit(self.visit, account) for account in _VISITORS]
            everyone: list[Future[Any]] = [*work, *visits]
            while time.monotonic() < deadline and not all(one.done() for one in work) and not any(map(has_failed, everyone)):
                now = memory_of(self.hub)
                for part, size in (now | {"all": sum(now.values())}).items():
                    peaks[part] = max(peaks.get(part, 0), size)
                time.sleep(0.5)
            self.is_over.set()
        for one in work:
            one.result()
        self.requests = sum(one.result() for one in visits)
        return peaks

    def teach(self, lesson: Path) -> None:
        """Upload the recording, make it a resource, wait for its ladder and read the original back."""
        with signed_in(self.hub) as client:
            sent = upload(client, lesson)
            self.done.append(f"{lesson.stat().st_size / _MB:.0f} MB up")
            form = {"title": "bench", "kind": "recorded_lesson", "upload_ids": [sent.id]}
            made = client.post("/api/v1/resources", json=form).raise_for_status().json()["data"]["id"]
            found = self.read_back(client, f"/api/v1/resources/{made}")
            if found != hashlib.sha256(lesson.read_bytes()).hexdigest():
                raise SystemExit("what was read back is not what was uploaded")
            self.done.append("read back")
            while not self.is_over.is_set():
                if client.get(f"/api/v1/resources/{made}").raise_for_status().json()["data"]["state"] == "ready":
                    self.done.append(f"ladder of {_LESSON_S} s made")
                    return
                time.sleep(1)

    def read_back(self, client: httpx.Client, address: str) -> str:
        """Return the checksum of the first original of a resource."""
        url = client.get(address).raise_for_status().json()["data"]["files"][0]["url"]
        found = hashlib.sha256()
        with httpx.stream("GET", url, timeout=120) as answer:
            for chunk in answer.raise_for_status().iter_bytes():
                found.update(chunk)
        return found.hexdigest()

    def write(self, document: Path) -> None:
        publish(self.hub.origin, "linxiaoyun", PASSWORD, [document], title="同分母分数相加", kind="lesson_plan")
        self.done.append(f"document of {_PAGES} pages drawn")

    def visit(self, account: str) -> int:
        """Search and open pages until all is over; return how many."""
        opened = 0
        with signed_in(self.hub, account) as client:
            while not self.is_over.is_set():
                for path in _PATHS:
                    client.get(path).raise_for_status()
                opened += len(_PATHS)
                time.sleep(0.2)
        return opened

    def told(self) -> str:
        return f"{', '.join(self.done)}; {self.requests} searches and pages by {len(_VISITORS)} people"


def make_document(path: Path) -> Path:
    document = docx.Document()
    for number in range(_PAGES):
        document.add_heading(f"第{number + 1}课时 同分母分数相加")
        document.add_paragraph("同学们先用纸条折一折,再说一说为什么分母不变。" * 12)
        document.add_page_break()
    document.save(str(path))
    return path


def memory_of(platform: Platform) -> dict[str, int]:
    """Return bytes by part; a part's children count with it."""
    supervisor = psutil.Process(platform.pid)
    found = {"supervisor": _size(supervisor)}
    for part in supervisor.children():
        with contextlib.suppress(psutil.NoSuchProcess):
            name = _name(part)
            found[name] = found.get(name, 0) + sum(_size(one) for one in [part, *part.children(recursive=True)])
    return found


def total(parts: dict[str, int]) -> float:
    return sum(parts.values()) / _MB


def has_failed(one: Future[Any]) -> bool:
    return one.done() and one.exception() is not None


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
    main(float(os.environ.get("BENCH_SECONDS", "110")))

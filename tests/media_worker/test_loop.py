"""The worker process: it works, it drains, and what it held goes back to the queue."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
import sqlalchemy as sa
from flask import Flask

from media_worker.loop import Worker, lanes_for
from resource_hub.infra import jobs, unit
from resource_hub.infra.db import db
from resource_hub.infra.jobs import Job, JobKind, JobRun, JobState
from resource_hub.infra.storage import storage
from resource_hub.kernel.settings import Settings
from resource_hub.media.models import Rendition
from tests.media_worker.footage import film
from tests.media_worker.test_jobs import hand_in

pytestmark = pytest.mark.slow


def test_a_worker_that_is_told_to_stop_gives_its_encode_back(app: Flask, hub_settings: Settings, tmp_path: Path) -> None:
    with app.app_context():
        hand_in(film(tmp_path / "long.mp4", size="1280x720", rate="30", seconds=60), "video/mp4", "video")
    with _worker(hub_settings) as process:
        _wait(lambda: _ladder(app) is JobState.RUNNING and bool(_encoders(process.pid)))
        encoders = _encoders(process.pid)
        assert psutil.Process(process.pid).cmdline()[0].startswith("resource-hub: worker")
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=12) == 0
    assert _ladder(app) is JobState.QUEUED
    assert not any(_is_alive(encoder) for encoder in encoders)


def test_a_killed_worker_is_replaced_and_its_encode_appears_once_and_whole(app: Flask, hub_settings: Settings, tmp_path: Path) -> None:
    with app.app_context():
        asset_id = hand_in(film(tmp_path / "lesson.mp4", size="1280x720", rate="30", seconds=12), "video/mp4", "video")
    with _worker(hub_settings, "--lease-s", "4") as first:
        _wait(lambda: _ladder(app) is JobState.RUNNING and bool(_encoders(first.pid)))
        encoders = _encoders(first.pid)
        first.kill()
        first.wait()
    with app.app_context():
        left_behind = {place.name for place in jobs.scratch_folder().iterdir()}
    assert _rungs(app, asset_id) == {}
    with _worker(hub_settings, "--lease-s", "4") as second:
        seen: list[dict[str, int]] = [{}]

        def is_over() -> bool:
            if (found := _rungs(app, asset_id)) != seen[-1]:
                seen.append(found)
            return _ladder(app) not in (JobState.QUEUED, JobState.RUNNING)

        _wait(is_over, patience_s=180)
        assert _ladder(app) is JobState.DONE
        rungs = _rungs(app, asset_id)
        assert seen in ([{}], [{}, rungs])
        with app.app_context():
            for key, size in rungs.items():
                assert storage().stat(key).size == size
            with unit.read():
                job = db.session.scalars(sa.select(Job).where(Job.kind == "media.ladder")).one()
                assert (job.attempts, job.releases) == (2, 0)
        assert len(rungs) > 1
        assert not any(_is_alive(encoder) for encoder in encoders)
        second.send_signal(signal.SIGTERM)
        second.wait(timeout=12)
    assert left_behind
    with app.app_context():
        jobs.clear_scratch()
        assert not list(jobs.scratch_folder().iterdir())


def test_light_work_goes_on_while_large_uploads_are_copied_and_lessons_encoded(app: Flask) -> None:
    is_over, is_light = threading.Event(), threading.Event()
    kinds: dict[str, JobKind] = app.extensions["resource_hub"].job_kinds

    def stay(_run: JobRun) -> None:
        is_over.wait(60)

    for kind in ("media.inspect", "media.ladder"):
        kinds[kind] = replace(kinds[kind], handler=stay)
    kinds["test.light"] = JobKind("test.light", "light", lambda _run: is_light.set())
    lanes = lanes_for(2)
    with app.app_context(), unit.write():
        for n in range(sum(lanes.values())):
            jobs.enqueue("media.inspect", {}, dedupe=f"i{n}")
            jobs.enqueue("media.ladder", {}, dedupe=f"l{n}")
    worker = Worker(app, lanes)
    thread = threading.Thread(target=worker.run)
    thread.start()
    try:
        _wait(lambda: _running(app) == {"media.inspect", "media.ladder"})
        with app.app_context(), unit.write():
            jobs.enqueue("test.light", {})
        assert is_light.wait(30)
    finally:
        is_over.set()
        worker.stop()
        thread.join()


@contextmanager
def _worker(settings: Settings, *arguments: str) -> Iterator["subprocess.Popen[bytes]"]:
    """A worker process as the supervisor starts it; dead after the block."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("HUB_")} | {
        f"HUB_{name.upper()}": value for name in Settings.__dataclass_fields__ if (value := getattr(settings, name))
    }
    process = subprocess.Popen([sys.executable, "-m", "media_worker", *arguments], env=environment, cwd=Path(__file__).parents[2])
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def _running(app: Flask) -> set[str]:
    with app.app_context(), unit.read():
        return set(db.session.scalars(sa.select(Job.kind).where(Job.state == JobState.RUNNING)))


def _rungs(app: Flask, asset_id: str) -> dict[str, int]:
    with app.app_context(), unit.read():
        rows = db.session.scalars(sa.select(Rendition).where(Rendition.asset_id == asset_id, Rendition.group == "ladder"))
        return {row.key: row.bytes for row in rows}


def _is_alive(process: psutil.Process) -> bool:
    return process.is_running() and process.status() != psutil.STATUS_ZOMBIE


def _ladder(app: Flask) -> JobState | None:
    with app.app_context(), unit.read():
        return db.session.scalar(sa.select(Job.state).where(Job.kind == "media.ladder"))


def _encoders(pid: int) -> list[psutil.Process]:
    found = []
    for process in psutil.Process(pid).children(recursive=True):
        with suppress(psutil.NoSuchProcess):  # the short ones come and go while we look
            if process.name() == "ffmpeg":
                found.append(process)
    return found


def _wait(is_so: Callable[[], bool], patience_s: float = 60) -> None:
    limit = time.monotonic() + patience_s
    while not is_so():
        assert time.monotonic() < limit
        time.sleep(0.1)

"""The worker process: it works, it drains, and what it held goes back to the queue."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
import sqlalchemy as sa
from flask import Flask

from resource_hub.infra import unit
from resource_hub.infra.db import db
from resource_hub.infra.jobs import Job, JobState
from resource_hub.kernel.settings import Settings
from tests.media_worker.footage import film
from tests.media_worker.test_jobs import hand_in

pytestmark = pytest.mark.slow


def test_a_worker_that_is_told_to_stop_gives_its_encode_back(app: Flask, hub_settings: Settings, tmp_path: Path) -> None:
    with app.app_context():
        hand_in(film(tmp_path / "long.mp4", size="1280x720", rate="30", seconds=60), "video/mp4", "video")
    environment = {k: v for k, v in os.environ.items() if not k.startswith("HUB_")} | {
        f"HUB_{name.upper()}": value for name in Settings.__dataclass_fields__ if (value := getattr(hub_settings, name))
    }
    process = subprocess.Popen([sys.executable, "-m", "media_worker"], env=environment, cwd=Path(__file__).parents[2])
    try:
        _wait(lambda: _ladder(app) is JobState.RUNNING and bool(_encoders(process.pid)))
        encoders = _encoders(process.pid)
        assert psutil.Process(process.pid).cmdline()[0].startswith("resource-hub: worker")
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=12) == 0
    finally:
        process.kill()
        process.wait()
    assert _ladder(app) is JobState.QUEUED
    assert not any(encoder.is_running() and encoder.status() != psutil.STATUS_ZOMBIE for encoder in encoders)


def _ladder(app: Flask) -> JobState | None:
    with app.app_context(), unit.read():
        return db.session.scalar(sa.select(Job.state).where(Job.kind == "media.ladder"))


def _encoders(pid: int) -> list[psutil.Process]:
    return [p for p in psutil.Process(pid).children(recursive=True) if p.name() == "ffmpeg"]


def _wait(is_so: Callable[[], bool]) -> None:
    limit = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < limit
        time.sleep(0.1)

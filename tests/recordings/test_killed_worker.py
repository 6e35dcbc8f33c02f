"""A worker that is killed while it joins a recording: another one takes over, and the recording appears once and whole."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

from resource_hub.infra import unit
from resource_hub.infra.db import db
from resource_hub.infra.jobs import Job, JobState
from resource_hub.kernel import clock
from resource_hub.kernel.settings import Settings
from resource_hub.media.models import Asset
from resource_hub.recordings import queries
from resource_hub.recordings.schemas import RecordingState
from tests.live.standing import ROOT, environment
from tests.people_of_a_district import District
from tests.recordings.recorder import MORNING, Classroom, cut, hold, record

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


def test_a_killed_worker_loses_nothing_of_a_recording(district: District, hub_settings: Settings, tmp_path: Path) -> None:
    clock.start_at(MORNING)
    try:
        room = hold(district)
        chunks = cut(record(tmp_path / "a", 40), 80)
        room.begin("session-one", declaration="no_pupils")
        room.put_all("session-one", chunks)
        room.say("lesson:end")
        room.end_session("session-one", len(chunks))
        with _worker(hub_settings) as first:
            _wait(lambda: _state(room) is JobState.RUNNING)
            os.kill(first.pid, signal.SIGKILL)
        with _worker(hub_settings):
            _wait(lambda: _state(room) is JobState.DONE)
        with district.app.app_context(), unit.read():
            made = queries.recording_of(room.lesson)
            assert made is not None
            assert made.state is RecordingState.READY
            asset = db.session.get_one(Asset, made.asset_id)
            assert made.placed[0][2] == pytest.approx(40, abs=0.5)
            assert asset.size > sum(map(len, chunks)) * 0.9
    finally:
        clock.start_at(None)


def _state(room: Classroom) -> JobState | None:
    with room.district.app.app_context(), unit.read():
        return db.session.scalar(sa.select(Job.state).where(Job.kind == "media.join"))


def _wait(holds: Callable[[], bool]) -> None:
    for _ in range(1_200):
        if holds():
            return
        time.sleep(0.05)
    raise AssertionError("it did not come to that in a minute")


@contextmanager
def _worker(settings: Settings) -> Iterator[subprocess.Popen[bytes]]:
    env = {name: value for name, value in os.environ.items() if not name.startswith("HUB_")} | environment(settings)
    env["HUB_CLOCK"] = MORNING.isoformat()
    process = subprocess.Popen([sys.executable, "-m", "media_worker", "--lease-s", "4"], cwd=ROOT, env=env)
    try:
        yield process
    finally:
        process.kill()
        process.wait()

"""Work the lanes: a few threads each, until told to stop.

Lanes are apart so that a storyboard never waits behind an hour of encoding, nor behind the
copying of a large upload (``intake``). On SIGTERM light work may end by itself; everything else
is given back to the queue at once and its programs die.
"""

import logging
import os
import threading
import time
from collections.abc import Mapping

from flask import Flask

from resource_hub.infra import jobs, unit
from resource_hub.infra.features import hub
from resource_hub.infra.jobs.run import beat, worker_name
from resource_hub.kernel.errors import HubError

log = logging.getLogger(__name__)

LIGHT_GRACE_S = 4.0
DRAIN_S = 5.5
"""The supervisor has six seconds of patience: enough to give everything back."""
_IDLE_S = 0.5
_AFTER_FAULT_S = 2.0
_HOUSEKEEPING_S = 10.0
_CLEAR_SCRATCH_S = 60.0


def lanes_for(cores: int) -> Mapping[str, int]:
    """Return the threads of each lane: one encode fills about three cores of a larger machine, all of a small one."""
    some = 2 if cores >= 4 else 1
    return {"intake": some, "video": max(1, cores // 4), "paper": some, "light": 2, "scan": 1, "speech": 1, "pack": 1}


class Worker:
    """The threads of one worker process; ``stop`` may be called from a signal handler."""

    def __init__(self, app: Flask, lanes: Mapping[str, int] | None = None, *, lease_s: float = jobs.LEASE_S) -> None:
        self._app = app
        self._lease_s = lease_s
        self._stop = threading.Event()
        self._stop_light = threading.Event()
        self._threads: list[threading.Thread] = []
        for lane, count in (lanes or lanes_for(os.cpu_count() or 2)).items():
            self._threads += [threading.Thread(target=self._work, args=(lane,), name=f"{lane}-{n}", daemon=True) for n in range(count)]
        self._keeper = threading.Thread(target=self._keep_house, name="housekeeping", daemon=True)

    def run(self) -> None:
        """Work until ``stop``, then drain: nothing of ours is left running or leased."""
        self._keeper.start()
        for thread in self._threads:
            thread.start()
        while not self._stop.wait(3600):
            continue
        self._drain()

    def stop(self) -> None:
        self._stop.set()

    def _work(self, lane: str) -> None:
        """Take one job after another; whatever goes wrong, the lane goes on."""
        leave = self._stop_light if lane == "light" else self._stop
        while not self._stop.is_set():
            try:
                with self._app.app_context():
                    found = jobs.work_once(lane, stopping=leave, lease_s=self._lease_s)
            except Exception:
                log.exception("lane %s", lane)
                self._stop.wait(_AFTER_FAULT_S)
                continue
            if not found:
                self._stop.wait(_IDLE_S)

    def _drain(self) -> None:
        began = time.monotonic()
        for thread in sorted(self._threads, key=lambda t: t.name.startswith("light")):
            if thread.name.startswith("light"):
                thread.join(max(0.0, LIGHT_GRACE_S - (time.monotonic() - began)))
            else:
                thread.join(0.1)
        self._stop_light.set()
        for thread in self._threads:
            thread.join(max(0.0, DRAIN_S - (time.monotonic() - began)))
        self._give_back()

    def _give_back(self) -> None:
        """Release whatever is leased to this process."""
        try:
            with self._app.app_context():
                jobs.release_all(worker_name())
        except HubError as error:
            log.warning("leases not released, they run out by themselves: %s", error)

    def _keep_house(self) -> None:
        """Say that we live, enqueue the sweeps when they are due, and remove what killed workers left in the scratch folder.

        Not at the start alone: a worker that was killed just before still has its leases then.
        """
        due: dict[str, float] = {}
        clear_at = 0.0
        while not self._stop.is_set():
            try:
                with self._app.app_context():
                    beat()
                    self._enqueue_sweeps(due)
                    if time.monotonic() >= clear_at:
                        clear_at = time.monotonic() + _CLEAR_SCRATCH_S
                        jobs.clear_scratch()
            except Exception:
                log.exception("housekeeping")
            self._stop.wait(_HOUSEKEEPING_S)

    def _enqueue_sweeps(self, due: dict[str, float]) -> None:
        now = time.monotonic()
        for kind, every_s in hub().sweeps.items():
            if now >= due.get(kind, 0.0):
                due[kind] = now + every_s
                with unit.write():
                    jobs.enqueue(kind, {}, dedupe=f"sweep:{kind}")

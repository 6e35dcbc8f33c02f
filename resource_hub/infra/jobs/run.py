"""How a worker takes a job, keeps its lease, and ends it. The worker's side of ``infra.jobs``.

The lease lasts thirty seconds and is renewed every eight by a thread of its own, so that a
worker that dies is replaced within a minute. Rule: a result is recorded only inside
``JobRun.completing``, whose transaction proves that the lease is still ours.
"""

import logging
import os
import shutil
import socket
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import sqlalchemy as sa
from flask import Flask, current_app

from resource_hub.infra import unit
from resource_hub.infra.db import db
from resource_hub.infra.features import hub
from resource_hub.infra.jobs.models import Job, JobState, WorkerBeat
from resource_hub.kernel import clock
from resource_hub.kernel.errors import (
    N_,
    Broken,
    Conflict,
    HubError,
    Invalid,
    NotAllowed,
    NotFound,
    NotSignedIn,
    TooLarge,
    TooMany,
    Unavailable,
)
from resource_hub.kernel.ids import new_id

log = logging.getLogger(__name__)

LEASE_S = 30
BEAT_S = 8
_WRITE_PROGRESS_EVERY_S = 1.0
_PATIENCE = 100  # times that "unavailable" is waited out before a job counts as dead


class JobCancelled(Exception):
    """The uploader asked to stop; nothing of the job is kept."""


class LeaseLost(Exception):
    """Another worker has the job now; whatever we hold is void."""


@dataclass(frozen=True, slots=True)
class JobKind:
    """A kind of work: the lane it runs in and the function that does it.

    ``handler`` is called with an application context and outside any unit of work. A feature
    leaves it out when the media worker brings it.
    """

    name: str
    lane: str
    handler: "Callable[[JobRun], None] | None" = None
    max_attempts: int = 3


@dataclass(slots=True)
class JobRun:
    """One attempt at a job, in the hands of a handler."""

    id: str
    kind: JobKind
    payload: dict[str, Any]
    attempt: int
    token: str
    scratch: Path
    is_done: bool = False
    _stop: threading.Event = field(default_factory=threading.Event)
    _why: type[Exception] | None = None
    _written: float = 0.0

    def check(self) -> None:
        """Raise JobCancelled or LeaseLost when the work is no longer wanted."""
        if self._why is not None:
            raise self._why

    def progress(self, fraction: float, stage: str = "", left_s: float | None = None) -> None:
        """Tell how far the work is (0…1), what is being done and the seconds left; cheap."""
        self.check()
        if time.monotonic() - self._written < _WRITE_PROGRESS_EVERY_S:
            return
        self._written = time.monotonic()
        values = {"progress": min(max(fraction, 0.0), 1.0), "stage": stage, "left_s": None if left_s is None else int(left_s)}
        with unit.write():
            self._update(values)

    @contextmanager
    def completing(self) -> Iterator[None]:
        """A write unit that records the result and marks the job done, or neither."""
        self.check()
        with unit.write():
            finished = {"state": JobState.DONE, "progress": 1.0, "left_s": None, "finished_at": clock.now(), "lease_until": None}
            if not self._update(finished):
                raise LeaseLost
            yield
        self.is_done = True

    def stop(self, why: type[Exception]) -> None:
        """Make the next ``check`` raise ``why``."""
        self._why = self._why or why

    def _update(self, values: dict[str, Any]) -> bool:
        held = sa.update(Job).where(Job.id == self.id, Job.lease_token == self.token, Job.state == JobState.RUNNING)
        done = cast("sa.CursorResult[Any]", db.session.execute(held.values(**values)))
        return done.rowcount == 1


def worker_name() -> str:
    """Return the name that leases of this process carry."""
    return f"{socket.gethostname()}/{os.getpid()}"


def work_once(lane: str, *, scratch: Path | None = None, stopping: threading.Event | None = None) -> bool:
    """Do one due job of ``lane``; False when there was none. Never raises for a job's sake."""
    run = _claim(lane, scratch)
    if run is None:
        return False
    app = cast("Flask", current_app._get_current_object())  # type: ignore[attr-defined]
    keeper = threading.Thread(target=_keep_lease, args=(app, run, stopping), name=f"lease-{run.id}", daemon=True)
    keeper.start()
    try:
        _attempt(run)
    finally:
        run._stop.set()
        keeper.join()
        shutil.rmtree(run.scratch, ignore_errors=True)
    return True


def release_all(worker: str) -> None:
    """Give back what a dead or draining worker holds; it counts as no attempt."""
    with unit.write():
        db.session.execute(
            sa.update(Job)
            .where(Job.worker == worker, Job.state == JobState.RUNNING)
            .values(state=JobState.QUEUED, lease_token=None, lease_until=None, run_at=clock.now(), progress=0.0, stage="",
                    attempts=Job.attempts - 1)
        )  # fmt: skip


def beat() -> None:
    """Say that this worker process lives."""
    with unit.write():
        row = db.session.get(WorkerBeat, worker_name()) or WorkerBeat(worker=worker_name())
        row.seen_at = clock.now()
        db.session.add(row)
        db.session.execute(sa.delete(WorkerBeat).where(WorkerBeat.seen_at < clock.now() - timedelta(minutes=10)))


def _claim(lane: str, scratch: Path | None) -> JobRun | None:
    """Lease the next due job. A read first, so that idle workers never take the writer lock."""
    with unit.read():
        if db.session.scalar(_due(lane).with_only_columns(Job.id)) is None:
            return None
    with unit.write():
        job = db.session.scalar(_due(lane).with_for_update(skip_locked=True))
        if job is None:
            return None
        kind = hub().job_kinds.get(job.kind)
        if kind is None or job.attempts >= kind.max_attempts + _PATIENCE:
            _end(job, JobState.DEAD, Broken(N_("这一步试了多次都没有成功。"), code="worker_lost"))
            return None
        if job.state is JobState.RUNNING and job.attempts >= kind.max_attempts:
            _end(job, JobState.DEAD, Broken(N_("处理这个文件时程序多次意外中断,文件可能有问题。原件已保存。"), code="worker_lost"))
            return None
        now = clock.now()
        job.state, job.worker, job.lease_token = JobState.RUNNING, worker_name(), new_id("lse")
        job.lease_until, job.started_at = now + timedelta(seconds=LEASE_S), now
        job.attempts += 1
        job.progress, job.stage, job.left_s = 0.0, "", None
        folder = scratch or hub().settings.data_path / "scratch"
        folder.mkdir(parents=True, exist_ok=True)
        return JobRun(job.id, kind, dict(job.payload), job.attempts, job.lease_token,
                      Path(tempfile.mkdtemp(prefix=f"{job.id}-", dir=folder)))  # fmt: skip


def _due(lane: str) -> sa.Select[Job]:
    now = clock.now()
    waiting = sa.and_(Job.state == JobState.QUEUED, Job.run_at <= now)
    orphaned = sa.and_(Job.state == JobState.RUNNING, Job.lease_until < now)
    return sa.select(Job).where(Job.lane == lane, sa.or_(waiting, orphaned)).order_by(Job.priority.desc(), Job.run_at, Job.id).limit(1)


def _attempt(run: JobRun) -> None:
    """Run the handler and map what it raises to the fate of the job."""
    try:
        (run.kind.handler or _nobody)(run)
        if not run.is_done:
            with run.completing():
                pass
    except LeaseLost:
        log.warning("%s %s: lease lost, dropped", run.id, run.kind.name)
    except JobCancelled:
        _finish(run, JobState.CANCELLED, None)
    except (TooMany, Unavailable) as error:
        _again(run, error, delay_s=error.retry_after or 15, counts=False)
    except NotFound as error:
        log.info("%s %s: %s", run.id, run.kind.name, error)
        _finish(run, JobState.DONE, error)
    except (Invalid, Conflict, TooLarge, NotSignedIn, NotAllowed) as error:
        log.info("%s %s: %s", run.id, run.kind.name, error)
        _finish(run, JobState.DEAD, error)
    except Exception as error:
        log.exception("%s %s failed, attempt %s", run.id, run.kind.name, run.attempt)
        told = error if isinstance(error, HubError) else Broken(N_("这一步没有成功,原件已保存。可以重试;若仍不行,请把编号告诉技术员。"))
        if run.attempt >= run.kind.max_attempts:
            _finish(run, JobState.DEAD, told)
        else:
            _again(run, told, delay_s=5 * 4 ** (run.attempt - 1), counts=True)


def _nobody(_run: JobRun) -> None:
    raise Broken(N_("这台机器上没有处理这类文件的程序。"), code="no_handler")


def _finish(run: JobRun, state: JobState, error: HubError | None) -> None:
    with unit.write():
        run._update(_ending(state, error))


def _again(run: JobRun, error: HubError, *, delay_s: float, counts: bool) -> None:
    values = _ending(JobState.QUEUED, error) | {"finished_at": None, "run_at": clock.now() + timedelta(seconds=delay_s)}
    if not counts:
        values["attempts"] = Job.attempts - 1
    with unit.write():
        run._update(values)


def _ending(state: JobState, error: HubError | None) -> dict[str, Any]:
    message = (error.message % error.params if error.params else error.message) if error else None
    return {
        "state": state,
        "finished_at": clock.now(),
        "lease_until": None,
        "lease_token": None,
        "error_code": error.code if error else None,
        "error_message": message,
    }


def _end(job: Job, state: JobState, error: HubError) -> None:
    for name, value in _ending(state, error).items():
        setattr(job, name, value)


def _keep_lease(app: Flask, run: JobRun, stopping: threading.Event | None) -> None:
    """Renew the lease until the run ends; a lost lease or a cancel stops the handler."""
    renewed = time.monotonic()
    while not run._stop.wait(1.0):
        if stopping is not None and stopping.is_set():
            run.stop(LeaseLost)
        if time.monotonic() - renewed < BEAT_S and not _is_cancelled(app, run):
            continue
        try:
            with app.app_context(), unit.write():
                held = run._update({"lease_until": clock.now() + timedelta(seconds=LEASE_S)})
            renewed = time.monotonic()
            if not held and not run._stop.is_set():
                run.stop(LeaseLost)
        except HubError as error:
            log.warning("%s: lease not renewed: %s", run.id, error)
            if time.monotonic() - renewed > LEASE_S:
                run.stop(LeaseLost)


def _is_cancelled(app: Flask, run: JobRun) -> bool:
    with app.app_context(), unit.read():
        asked = bool(db.session.scalar(sa.select(Job.cancel_asked).where(Job.id == run.id)))
    if asked:
        run.stop(JobCancelled)
    return asked

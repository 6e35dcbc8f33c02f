"""How a worker takes a job, keeps its lease, and ends it. The worker's side of ``infra.jobs``.

The lease lasts thirty seconds and is renewed by a thread of its own, so that a worker that dies
is replaced within a minute. Rule: a result is recorded only inside ``JobRun.completing`` (or, of
work that goes on, ``JobRun.recording``), whose transaction proves that the lease is still ours.
That proof is all the safety there is: a worker that cannot reach the database works on.
"""

import logging
import os
import secrets
import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, cast

import sqlalchemy as sa
from flask import Flask, current_app
from sqlalchemy.exc import SQLAlchemyError

from resource_hub.infra import unit
from resource_hub.infra.db import db
from resource_hub.infra.features import hub
from resource_hub.infra.jobs.models import Job, JobState, WorkerBeat
from resource_hub.infra.jobs.queue import live_tokens
from resource_hub.kernel import clock
from resource_hub.kernel.errors import (
    N_,
    Broken,
    Conflict,
    Gone,
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

LEASE_S = 30.0
_BEATS_A_LEASE = 4
_WRITE_PROGRESS_EVERY_S = 1.0
_INSIST_S = 300.0
"""Storage needs seconds to restart, a database a minute; after this the job waits in the queue instead."""
_LONGEST_PAUSE_S = 5.0

Answer = TypeVar("Answer")


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
    lease_s: float = LEASE_S
    is_done: bool = False
    _stop: threading.Event = field(default_factory=threading.Event)
    _why: type[Exception] | None = None
    _written: float = 0.0

    def check(self) -> None:
        """Raise JobCancelled or LeaseLost when the work is no longer wanted."""
        if self._why is not None:
            raise self._why

    def progress(self, fraction: float, stage: str = "", left_s: float | None = None) -> None:
        """Tell how far the work is (0…1), what is being done and the seconds left; cheap, and never the end of the work."""
        self.check()
        if time.monotonic() - self._written < _WRITE_PROGRESS_EVERY_S:
            return
        values = {"progress": min(max(fraction, 0.0), 1.0), "stage": stage, "left_s": None if left_s is None else int(left_s)}
        try:
            with unit.write():
                is_ours = self._update(values)
        except (HubError, SQLAlchemyError) as error:
            log.warning("%s: progress not told: %s", self.id, error)
        else:
            if not is_ours:
                self.stop(LeaseLost)
        self._written = time.monotonic()

    @contextmanager
    def completing(self) -> Iterator[None]:
        """A write unit that records the result and marks the job done, or neither; waits for a busy database.

        Only entering is tried again, so the block runs once: the first statement takes SQLite's
        writer lock or proves the connection, and from there to the commit it is milliseconds.
        """
        finished = {"state": JobState.DONE, "progress": 1.0, "left_s": None, "finished_at": clock.now(), "lease_until": None}
        with self._fenced(finished):
            yield
        self.is_done = True

    @contextmanager
    def recording(self) -> Iterator[None]:
        """A write unit for a part of the result while the job goes on, with the proof of ``completing``."""
        with self._fenced({"lease_until": clock.now() + timedelta(seconds=self.lease_s)}):
            yield

    def insist(self, act: Callable[[], Answer]) -> Answer:
        """Return what ``act`` returns; while it raises Unavailable, try again for some minutes as long as the work is wanted."""
        began, pause_s = time.monotonic(), 0.5
        while True:
            self.check()
            try:
                return act()
            except Unavailable as error:
                if time.monotonic() - began > _INSIST_S:
                    raise
                log.warning("%s: %s; trying again", self.id, error)
            time.sleep(pause_s)
            pause_s = min(pause_s * 2, _LONGEST_PAUSE_S)

    def stop(self, why: type[Exception]) -> None:
        """Make the next ``check`` raise ``why``."""
        self._why = self._why or why

    @contextmanager
    def _fenced(self, values: dict[str, Any]) -> Iterator[None]:
        with self.insist(lambda: self._enter(values)):
            yield

    def _enter(self, values: dict[str, Any]) -> ExitStack:
        """Open a write unit in which the job is ours; raises LeaseLost when it is not."""
        with ExitStack() as entered:
            entered.enter_context(unit.write())
            if not self._update(values):
                raise LeaseLost
            return entered.pop_all()

    def _update(self, values: dict[str, Any]) -> bool:
        held = sa.update(Job).where(Job.id == self.id, Job.lease_token == self.token, Job.state == JobState.RUNNING)
        done = cast("sa.CursorResult[Any]", db.session.execute(held.values(**values)))
        return done.rowcount == 1


@cache
def worker_name() -> str:
    """Return the name that leases of this process carry; in containers host and process number alone come again."""
    return f"{socket.gethostname()}/{os.getpid()}/{secrets.token_hex(3)}"


def work_once(lane: str, *, stopping: threading.Event | None = None, lease_s: float = LEASE_S) -> bool:
    """Do one due job of ``lane``; False when there was none. Never raises for a job's sake."""
    run = _claim(lane, lease_s)
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


def scratch_folder() -> Path:
    """Return where attempts have their folders; several workers of one machine share it."""
    return hub().settings.data_path / "scratch"


def clear_scratch() -> int:
    """Remove the folders of attempts that are over (their worker was killed); returns how many.

    An attempt is at work while its token is the one in the database, even if its lease has run
    out and nobody took the job yet. Folders are listed first: what is made later is no candidate.
    """
    found = [place for place in scratch_folder().glob("job_*-*") if place.is_dir()]
    if not found:
        return 0
    with unit.read():
        at_work = {_scratch_name(job_id, token) for token, job_id in live_tokens().items()}
    over = [place for place in found if place.name not in at_work]
    for place in over:
        log.info("scratch of an attempt that is over: %s", place.name)
        shutil.rmtree(place, ignore_errors=True)
    return len(over)


def release_all(worker: str) -> None:
    """Give back what a draining worker holds; it counts as no attempt.

    What a killed worker held is left to the lease, so that a file which kills its worker counts.
    """
    with unit.write():
        db.session.execute(
            sa.update(Job)
            .where(Job.worker == worker, Job.state == JobState.RUNNING)
            .values(state=JobState.QUEUED, lease_token=None, lease_until=None, run_at=clock.now(), progress=0.0, stage="",
                    releases=Job.releases + 1)
        )  # fmt: skip


def beat() -> None:
    """Say that this worker process lives."""
    with unit.write():
        row = db.session.get(WorkerBeat, worker_name()) or WorkerBeat(worker=worker_name())
        row.seen_at = clock.now()
        db.session.add(row)
        db.session.execute(sa.delete(WorkerBeat).where(WorkerBeat.seen_at < clock.now() - timedelta(minutes=10)))


def _claim(lane: str, lease_s: float) -> JobRun | None:
    """Lease the next due job. A read first, so that idle workers never take the writer lock."""
    with unit.read():
        if db.session.scalar(_due(lane).with_only_columns(Job.id)) is None:
            return None
    with unit.write():
        job = db.session.scalar(_due(lane).with_for_update(skip_locked=True))
        if job is None:
            return None
        kind = hub().job_kinds.get(job.kind)
        counted = job.attempts - job.releases
        if job.cancel_asked:
            _end(job, JobState.CANCELLED, None)
            return None
        if kind is None:
            _end(job, JobState.DEAD, _no_handler())
            return None
        if job.state is JobState.RUNNING and counted >= kind.max_attempts:
            _end(job, JobState.DEAD, Broken(N_("处理这个文件时程序多次意外中断，文件可能有问题。原件已保存。"), code="worker_lost"))
            return None
        now = clock.now()
        job.state, job.worker, job.lease_token = JobState.RUNNING, worker_name(), new_id("lse")
        job.lease_until, job.started_at = now + timedelta(seconds=lease_s), now
        job.attempts += 1
        job.progress, job.stage, job.left_s = 0.0, "", None
        folder = scratch_folder() / _scratch_name(job.id, job.lease_token)
        return JobRun(job.id, kind, dict(job.payload), counted + 1, job.lease_token, folder, lease_s)


def _scratch_name(job_id: str, token: str) -> str:
    """Short, since sockets of the tools lie below it and their paths may have 108 characters."""
    return f"{job_id}-{token[-8:]}"


def _due(lane: str) -> sa.Select[Job]:
    now = clock.now()
    waiting = sa.and_(Job.state == JobState.QUEUED, Job.run_at <= now)
    orphaned = sa.and_(Job.state == JobState.RUNNING, Job.lease_until < now)
    return sa.select(Job).where(Job.lane == lane, sa.or_(waiting, orphaned)).order_by(Job.priority.desc(), Job.run_at, Job.id).limit(1)


def _attempt(run: JobRun) -> None:
    """Run the handler and map what it raises to the fate of the job."""
    try:
        _lay_scratch(run.scratch)
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
    except (NotFound, Gone) as error:
        log.info("%s %s: %s", run.id, run.kind.name, error)
        # Without its row there is nobody to work for; bytes that storage does not have are a loss, which has a code of its own.
        _finish(run, JobState.DONE if error.code in (NotFound.code, Gone.code) else JobState.DEAD, error)
    except (Invalid, Conflict, TooLarge, NotSignedIn, NotAllowed) as error:
        log.info("%s %s: %s", run.id, run.kind.name, error)
        _finish(run, JobState.DEAD, error)
    except Exception as error:
        log.exception("%s %s failed, attempt %s", run.id, run.kind.name, run.attempt)
        told = error if isinstance(error, HubError) else Broken(N_("这一步没有成功，原件已保存。可以重试；若仍不行，请把编号告诉技术员。"))
        if run.attempt >= run.kind.max_attempts:
            _finish(run, JobState.DEAD, told)
        else:
            _again(run, told, delay_s=5 * 4 ** (run.attempt - 1), counts=True)


def _lay_scratch(folder: Path) -> None:
    try:
        folder.mkdir(parents=True)
    except OSError as error:
        raise Unavailable(retry_after=60) from error


def _nobody(_run: JobRun) -> None:
    raise _no_handler()


def _no_handler() -> Broken:
    return Broken(N_("这台机器上没有处理这类文件的程序。"), code="no_handler")


def _finish(run: JobRun, state: JobState, error: HubError | None) -> None:
    with unit.write():
        run._update(_ending(state, error))


def _again(run: JobRun, error: HubError, *, delay_s: float, counts: bool) -> None:
    values = _ending(JobState.QUEUED, error) | {"finished_at": None, "run_at": clock.now() + timedelta(seconds=delay_s)}
    if not counts:
        values["releases"] = Job.releases + 1
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


def _end(job: Job, state: JobState, error: HubError | None) -> None:
    for name, value in _ending(state, error).items():
        setattr(job, name, value)


def _keep_lease(app: Flask, run: JobRun, stopping: threading.Event | None) -> None:
    """Renew the lease until the run ends; a lost lease, a cancel or a drain stops the handler.

    Whatever fails here is tried again a second later: the lease is over only when the database
    says that it is another's. Until then nobody else has the job, and hours of work go on.
    """
    renewed = time.monotonic()
    while not run._stop.wait(1.0):
        if stopping is not None and stopping.is_set():
            run.stop(LeaseLost)
        try:
            with app.app_context():
                if _is_cancelled(run):
                    run.stop(JobCancelled)
                if time.monotonic() - renewed >= run.lease_s / _BEATS_A_LEASE:
                    if not _renew(run) and not run._stop.is_set():
                        run.stop(LeaseLost)
                    renewed = time.monotonic()
        except Exception as error:  # noqa: BLE001 -- a loop: this thread must outlive every fault
            log.warning("%s: lease not renewed: %s", run.id, error)


def _is_cancelled(run: JobRun) -> bool:
    with unit.read():
        return bool(db.session.scalar(sa.select(Job.cancel_asked).where(Job.id == run.id)))


def _renew(run: JobRun) -> bool:
    with unit.write():
        return run._update({"lease_until": clock.now() + timedelta(seconds=run.lease_s)})

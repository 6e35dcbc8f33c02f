"""What features ask of jobs: enqueue, look, cancel, retry. Inside the caller's unit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

import sqlalchemy as sa

from resource_hub.infra.db import db
from resource_hub.infra.features import hub
from resource_hub.infra.jobs.models import Job, JobState
from resource_hub.kernel import clock
from resource_hub.kernel.ids import new_id
from resource_hub.kernel.refs import Ref

OPEN = (JobState.QUEUED, JobState.RUNNING)
_REMEMBERED = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class JobView:
    """A job as its uploader sees it; ``before`` counts the jobs of its lane that come first."""

    id: str
    kind: str
    state: JobState
    progress: float
    stage: str
    left_s: int | None
    before: int
    attempts: int
    error_code: str | None
    error_message: str | None


def enqueue(
    kind: str,
    payload: Mapping[str, Any],
    *,
    subject: Ref | None = None,
    delay_s: float = 0,
    dedupe: str | None = None,
    priority: int = 0,
) -> str:
    """Add a job to the current unit and return its id.

    With ``dedupe`` an open job of the same key is returned instead; a finished one is replaced.
    """
    if dedupe:
        earlier = db.session.scalar(sa.select(Job).where(Job.dedupe_key == dedupe))
        if earlier is not None:
            if earlier.state in OPEN:
                return earlier.id
            earlier.dedupe_key = None
            db.session.flush()
    now = clock.now()
    job = Job(
        id=new_id("job"),
        kind=kind,
        lane=hub().job_kinds[kind].lane,
        payload=dict(payload),
        subject_kind=subject.kind if subject else None,
        subject_id=subject.id if subject else None,
        dedupe_key=dedupe,
        priority=priority,
        run_at=now + timedelta(seconds=delay_s),
        created_at=now,
    )
    db.session.add(job)
    db.session.flush()
    return job.id


def jobs_of(kind: str, ids: Sequence[str]) -> dict[str, list[JobView]]:
    """Return the latest job of each kind for every subject, in the order they were made."""
    if not ids:
        return {}
    rows = db.session.scalars(
        sa.select(Job).where(Job.subject_kind == kind, Job.subject_id.in_(ids)).order_by(Job.created_at, Job.id)
    ).all()
    latest: dict[tuple[str, str], Job] = {}
    for job in rows:
        latest[(job.subject_id or "", job.kind)] = job
    found: dict[str, list[JobView]] = {}
    for (subject_id, _kind), job in latest.items():
        found.setdefault(subject_id, []).append(_view(job))
    return found


def waiting_before(job: Job) -> int:
    """Return how many jobs of the same lane are running or come before this one."""
    if job.state is not JobState.QUEUED:
        return 0
    ahead = sa.or_(
        Job.state == JobState.RUNNING,
        sa.and_(
            Job.state == JobState.QUEUED,
            sa.or_(
                Job.priority > job.priority,
                sa.and_(Job.priority == job.priority, Job.run_at < job.run_at),
                sa.and_(Job.priority == job.priority, Job.run_at == job.run_at, Job.id < job.id),
            ),
        ),
    )
    count = db.session.scalar(sa.select(sa.func.count()).select_from(Job).where(Job.lane == job.lane, ahead))
    return count or 0


def cancel(subject: Ref) -> int:
    """Cancel the open jobs of ``subject``: waiting ones at once, running ones within seconds; returns how many."""
    jobs = db.session.scalars(
        sa.select(Job).where(Job.subject_kind == subject.kind, Job.subject_id == subject.id, Job.state.in_(OPEN)).with_for_update()
    ).all()
    for job in jobs:
        job.cancel_asked = True
        if job.state is JobState.QUEUED:
            job.state = JobState.CANCELLED
            job.finished_at = clock.now()
    return len(jobs)


def retry(subject: Ref) -> int:
    """Put the dead and cancelled jobs of ``subject`` back into the queue, once per kind."""
    seen: set[str] = set()
    jobs = db.session.scalars(
        sa.select(Job).where(Job.subject_kind == subject.kind, Job.subject_id == subject.id).order_by(Job.created_at.desc(), Job.id.desc())
    ).all()
    again = 0
    for job in jobs:
        if job.kind in seen:
            continue
        seen.add(job.kind)
        if job.state in (JobState.DEAD, JobState.CANCELLED):
            _requeue(job)
            again += 1
    return again


def _requeue(job: Job) -> None:
    job.state = JobState.QUEUED
    job.run_at = clock.now()
    job.attempts = job.releases = 0
    job.progress, job.stage, job.left_s = 0.0, "", None
    job.cancel_asked = False
    job.finished_at = job.error_code = job.error_message = None


def _view(job: Job) -> JobView:
    return JobView(
        id=job.id,
        kind=job.kind,
        state=job.state,
        progress=job.progress,
        stage=job.stage,
        left_s=job.left_s,
        before=waiting_before(job),
        attempts=job.attempts - job.releases,
        error_code=job.error_code,
        error_message=job.error_message,
    )


def prune() -> int:
    """Forget jobs that ended well long ago; returns how many. What failed or was stopped says so until it is mended."""
    over = sa.delete(Job).where(Job.state == JobState.DONE, Job.finished_at < clock.now() - _REMEMBERED)
    return cast("sa.CursorResult[Any]", db.session.execute(over)).rowcount


def live_tokens() -> dict[str, str]:
    """Return the job of every token that may still record a result: what carries another belongs to an attempt that is over."""
    rows = db.session.execute(sa.select(Job.lease_token, Job.id).where(Job.state == JobState.RUNNING))
    return {token: job_id for token, job_id in rows if token}

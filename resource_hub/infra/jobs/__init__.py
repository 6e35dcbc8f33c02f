"""Background work as leased rows in the same database as what it serves.

A job is enqueued in the transaction of its cause, claimed by a worker for thirty seconds at a
time, and finished in the transaction of its result; so a ``kill -9`` at any moment neither
loses nor doubles one. Lanes keep light work from waiting behind encodes.
"""

from resource_hub.infra.jobs.models import Job, JobState
from resource_hub.infra.jobs.queue import JobView, cancel, enqueue, jobs_of, live_tokens, prune, retry, waiting_before
from resource_hub.infra.jobs.run import (
    LEASE_S,
    JobCancelled,
    JobKind,
    JobRun,
    LeaseLost,
    clear_scratch,
    release_all,
    scratch_folder,
    work_once,
)

__all__ = [
    "LEASE_S", "Job", "JobCancelled", "JobKind", "JobRun", "JobState", "JobView", "LeaseLost",
    "cancel", "clear_scratch", "enqueue", "jobs_of", "live_tokens", "prune", "release_all", "retry",
    "scratch_folder", "waiting_before", "work_once",
]  # fmt: skip

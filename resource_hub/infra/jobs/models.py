"""The table of jobs. Only ``infra.jobs`` reads or writes it."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from resource_hub.infra.db import Model, text_enum


class JobState(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    DEAD = "dead"
    CANCELLED = "cancelled"


class Job(Model):
    """``lease_token`` fences a worker that lost its lease: results need the current one.

    ``attempts`` counts how often it was taken, ``releases`` how often that was no try: given back
    by a worker that was told to stop, or put off because something was away.
    """

    __tablename__ = "job"
    __table_args__ = (
        sa.Index("ix_job_claim", "lane", "state", "run_at", "priority"),
        sa.Index("ix_job_subject", "subject_kind", "subject_id"),
    )

    id: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(64))
    lane: Mapped[str] = mapped_column(sa.String(16))
    state: Mapped[JobState] = mapped_column(text_enum(JobState), default=JobState.QUEUED)
    payload: Mapped[dict[str, Any]]
    subject_kind: Mapped[str | None] = mapped_column(sa.String(32))
    subject_id: Mapped[str | None] = mapped_column(sa.String(40))
    dedupe_key: Mapped[str | None] = mapped_column(sa.String(200), unique=True)
    priority: Mapped[int] = mapped_column(default=0)
    attempts: Mapped[int] = mapped_column(default=0)
    releases: Mapped[int] = mapped_column(default=0)
    run_at: Mapped[datetime]
    created_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    lease_until: Mapped[datetime | None]
    lease_token: Mapped[str | None] = mapped_column(sa.String(40))
    worker: Mapped[str | None] = mapped_column(sa.String(120))
    progress: Mapped[float] = mapped_column(default=0.0)
    stage: Mapped[str] = mapped_column(sa.String(64), default="")
    left_s: Mapped[int | None]
    cancel_asked: Mapped[bool] = mapped_column(default=False)
    error_code: Mapped[str | None] = mapped_column(sa.String(64))
    error_message: Mapped[str | None] = mapped_column(sa.Text)


class WorkerBeat(Model):
    """One row per worker process: when it last said that it lives."""

    __tablename__ = "worker_beat"

    worker: Mapped[str] = mapped_column(sa.String(120), primary_key=True)
    seen_at: Mapped[datetime]

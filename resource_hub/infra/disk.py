"""How full the disk is, which part of ours takes what, and when it will be full.

A job measures every six hours and keeps one row a day; the growth is the slope of those rows.
Rule: the growth counts the whole disk without our scratch files, so that a database on the same
machine, logs and other programs are in it too, and one encode at the time of measuring is not.
"""

import os
import shutil
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import Mapped, mapped_column

from resource_hub.infra import unit
from resource_hub.infra.db import Model, db
from resource_hub.infra.features import hub
from resource_hub.infra.jobs import JobRun
from resource_hub.infra.storage import storage
from resource_hub.kernel import clock
from resource_hub.kernel.settings import Settings

GB = 1 << 30
_LOOK_BACK_DAYS = 30
_LEAST_SPAN_DAYS = 2
_SOON_DAYS = 14
_LEAST_FREE_SHARE = 0.10

Level = Literal["ok", "soon", "full"]


class DiskDay(Model):
    """The last measurement of a day; ``parts`` maps database, objects, index, scratch and logs to bytes."""

    __tablename__ = "disk_use"

    day: Mapped[date] = mapped_column(primary_key=True)
    measured_at: Mapped[datetime]
    total: Mapped[int] = mapped_column(sa.BigInteger)
    free: Mapped[int] = mapped_column(sa.BigInteger)
    parts: Mapped[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class DiskUse:
    """Bytes: of the disk that holds the data folder, and of each of our parts."""

    total: int
    free: int
    database: int
    objects: int
    index: int
    scratch: int
    logs: int

    @property
    def used(self) -> int:
        return self.total - self.free

    @property
    def others(self) -> int:
        """What other programs take; 0 when parts of ours lie on another disk."""
        return max(0, self.used - self.database - self.objects - self.index - self.scratch - self.logs)


@dataclass(frozen=True, slots=True)
class DayUse:
    day: date
    used: int
    free: int


@dataclass(frozen=True, slots=True)
class DiskReport:
    """What the administrator's page shows; ``warning`` is empty while all is well."""

    use: DiskUse
    growth_per_day: int | None
    days_until_full: int | None
    level: Level
    warning: str
    measured_at: datetime | None
    days: Sequence[DayUse]


def usage() -> DiskUse:
    """Measure now, inside the caller's unit; objects of an outside store are those of the last measurement."""
    settings = hub().settings
    last = _last_day() if settings.s3_endpoint else None
    objects = int(last.parts.get("objects", 0)) if last else 0
    return _measured(settings, objects=objects if settings.s3_endpoint else None)


def report() -> DiskReport:
    """Return use, growth and warning, inside the caller's unit."""
    use = usage()
    since = _today() - timedelta(days=_LOOK_BACK_DAYS)
    rows = db.session.scalars(sa.select(DiskDay).where(DiskDay.day > since).order_by(DiskDay.day)).all()
    days = [DayUse(row.day, row.total - row.free - int(row.parts.get("scratch", 0)), row.free) for row in rows]
    growth = growth_per_day(days)
    reserve = int(float(hub().settings.min_free_gb) * GB)
    left = days_until_full(use.free, reserve, growth)
    level, warning = _judge(use, reserve, left)
    return DiskReport(use, growth, left, level, warning, rows[-1].measured_at if rows else None, days)


def growth_per_day(days: Sequence[DayUse]) -> int | None:
    """Return the slope of the used bytes, or ``None`` when the days are too few to tell."""
    if not days or (days[-1].day - days[0].day).days < _LEAST_SPAN_DAYS:
        return None
    at = [(day.day - days[0].day).days for day in days]
    middle, mean = sum(at) / len(at), sum(day.used for day in days) / len(days)
    spread = sum((x - middle) ** 2 for x in at)
    return round(sum((x - middle) * (day.used - mean) for x, day in zip(at, days, strict=True)) / spread)


def days_until_full(free: int, reserve: int, growth: int | None) -> int | None:
    """Return the days until uploads are refused; ``None`` when nothing grows."""
    return None if growth is None or growth <= 0 else max(0, (free - reserve) // growth)


def measure(run: JobRun) -> None:
    """Keep today's measurement (job ``system.measure``)."""
    settings = hub().settings
    objects = sum(size for _key, size, _etag in storage().list_keys()) if settings.s3_endpoint else None
    with unit.read():
        use = _measured(settings, objects=objects)
    parts = {"database": use.database, "objects": use.objects, "index": use.index, "scratch": use.scratch, "logs": use.logs}
    with run.completing():
        db.session.merge(DiskDay(day=_today(), measured_at=clock.now(), total=use.total, free=use.free, parts=parts))


def folder_bytes(folder: Path) -> int:
    """Return the disk space of everything below ``folder``; what vanishes meanwhile counts nothing."""
    total = 0
    for place, _folders, names in os.walk(folder):
        for name in names:
            try:
                facts = Path(place, name).lstat()
            except OSError:
                continue
            if stat.S_ISREG(facts.st_mode):
                total += facts.st_blocks * 512
    return total


def _measured(settings: Settings, *, objects: int | None) -> DiskUse:
    data = settings.data_path
    disk = shutil.disk_usage(data)
    return DiskUse(
        total=disk.total,
        free=disk.free,
        database=_database_bytes(),
        objects=folder_bytes(data / "store") if objects is None else objects,
        index=folder_bytes(data / "index"),
        scratch=folder_bytes(data / "scratch"),
        logs=folder_bytes(data / "logs"),
    )


def _database_bytes() -> int:
    """Return the size of the database, with the copies that upgrades left beside an SQLite file."""
    if db.engine.dialect.name == "postgresql":
        return int(db.session.scalar(sa.text("SELECT pg_database_size(current_database())")) or 0)
    if not db.engine.url.database:
        return 0
    path = Path(db.engine.url.database)
    return sum(one.stat().st_blocks * 512 for one in path.parent.glob(f"{path.name}*") if one.is_file())


def _judge(use: DiskUse, reserve: int, left: int | None) -> tuple[Level, str]:
    free_gb = f"{use.free / GB:.1f}"
    if use.free < reserve:
        return "full", _(
            "磁盘只剩 %(free)s GB，新的上传和转码已暂停，已有内容都在。请清理磁盘或换更大的磁盘；恢复空间后会自动继续。", free=free_gb
        )
    if use.free < max(use.total * _LEAST_FREE_SHARE, 2 * reserve):
        return "soon", _("磁盘只剩 %(free)s GB，请尽快清理或换更大的磁盘。空间用尽前会暂停上传，已有内容不受影响。", free=free_gb)
    if left is not None and left < _SOON_DAYS:
        return "soon", _("照最近的增长，磁盘约 %(days)s 天后会满（现剩 %(free)s GB）。请提前准备更大的磁盘。", days=left, free=free_gb)
    return "ok", ""


def _last_day() -> DiskDay | None:
    return db.session.scalar(sa.select(DiskDay).order_by(DiskDay.day.desc()).limit(1))


def _today() -> date:
    return clock.now().astimezone(hub().settings.zone).date()

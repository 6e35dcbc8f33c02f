"""The disk is measured, its growth told, and the warning comes before it is full."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from flask import Flask

from resource_hub.infra import disk, jobs, unit
from resource_hub.infra.db import db
from resource_hub.infra.disk import DayUse, DiskDay
from resource_hub.infra.features import hub
from resource_hub.infra.storage import sync_disk_of
from resource_hub.kernel import clock

GB = 1 << 30
_FIRST = date(2026, 9, 1)


def _days(*used_gb: float) -> list[DayUse]:
    return [DayUse(_FIRST + timedelta(days=number), round(used * GB), 0) for number, used in enumerate(used_gb)]


def test_growth_is_the_slope_of_the_days() -> None:
    assert disk.growth_per_day(_days(10, 12, 14, 16)) == 2 * GB
    assert disk.growth_per_day(_days(10, 10, 10)) == 0


def test_a_day_or_two_tell_no_growth() -> None:
    assert disk.growth_per_day([]) is None
    assert disk.growth_per_day(_days(10, 20)) is None


def test_days_until_full_stop_at_what_uploads_need() -> None:
    assert disk.days_until_full(12 * GB, 2 * GB, GB) == 10
    assert disk.days_until_full(GB, 2 * GB, GB) == 0
    assert disk.days_until_full(12 * GB, 2 * GB, -5) is None
    assert disk.days_until_full(12 * GB, 2 * GB, None) is None


def test_folder_bytes_counts_what_lies_on_the_disk(tmp_path: Path) -> None:
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / "file").write_bytes(b"x" * 100_000)
    assert 100_000 <= disk.folder_bytes(tmp_path) < 200_000
    assert disk.folder_bytes(tmp_path / "nowhere") == 0


def test_a_folder_is_synced_to_its_disk_and_a_missing_one_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x")
    sync_disk_of(tmp_path)
    with pytest.raises(FileNotFoundError):
        sync_disk_of(tmp_path / "nowhere")
    with pytest.raises(NotADirectoryError):
        sync_disk_of(tmp_path / "file")


@pytest.mark.slow
def test_the_job_keeps_one_row_a_day_and_the_report_reads_it(app: Flask) -> None:
    with app.app_context():
        hub().storage.put_bytes("originals/one", b"x" * 5000)
        for _ in range(2):
            with unit.write():
                jobs.enqueue("system.measure", {})
            assert jobs.work_once("light")
        with unit.read():
            rows = db.session.query(DiskDay).all()
            assert [row.parts["objects"] for row in rows] == [5000]
            found = disk.report()
        assert found.use.objects == 5000
        assert found.use.database > 0
        assert found.use.total > found.use.free > 0
        assert found.growth_per_day is None
        assert len(found.days) == 1


@pytest.mark.slow
def test_the_warning_comes_weeks_before_the_disk_is_full(app: Flask) -> None:
    with app.app_context():
        with unit.read():
            use = disk.usage()
        today = clock.now().astimezone(hub().settings.zone).date()
        step = use.free // 10
        with unit.write():
            for back in range(8):
                day = today - timedelta(days=back)
                db.session.add(DiskDay(day=day, measured_at=clock.now(), total=use.total, free=use.free + step * back, parts={}))
        with unit.read():
            found = disk.report()
        assert found.days_until_full is not None
        assert found.days_until_full <= 10
        assert found.level != "ok"
        assert found.warning

"""Room for media work is refused before the disk is full, never after."""

import shutil
from pathlib import Path

import pytest

from media_worker.scratch import GB, Room, TooLargeHere
from resource_hub.kernel.errors import Unavailable


def test_work_waits_for_others_and_then_gets_its_room(tmp_path: Path) -> None:
    room = Room(tmp_path, quota_gb=1, min_free_gb=0)
    with room.reserve(GB * 3 // 4), pytest.raises(Unavailable) as refused, room.reserve(GB // 2):
        pass
    assert refused.value.code == "scratch_busy"
    with room.reserve(GB // 2):
        pass


def test_room_is_given_back_when_the_work_fails(tmp_path: Path) -> None:
    room = Room(tmp_path, quota_gb=1, min_free_gb=0)
    for _ in range(3):
        with pytest.raises(ZeroDivisionError), room.reserve(GB * 3 // 4):
            raise ZeroDivisionError


def test_a_nearly_full_disk_is_told_with_figures(tmp_path: Path) -> None:
    free_gb = shutil.disk_usage(tmp_path).free / GB
    room = Room(tmp_path, quota_gb=free_gb, min_free_gb=free_gb)
    with pytest.raises(Unavailable) as refused, room.reserve(GB // 2):
        pass
    assert refused.value.code == "disk_nearly_full"
    assert refused.value.params["needed_gb"] == "0.5"


def test_what_can_never_fit_is_no_matter_of_waiting(tmp_path: Path) -> None:
    with pytest.raises(TooLargeHere), Room(tmp_path, quota_gb=1, min_free_gb=0).reserve(2 * GB):
        pass

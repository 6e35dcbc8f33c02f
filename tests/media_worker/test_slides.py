"""Stills cost a program each, so they end with their bytes."""

from pathlib import Path

import pytest

from media_worker import slides
from media_worker.slides import Scene
from tests.media_worker.footage import film

pytestmark = pytest.mark.slow


def test_no_frame_is_taken_once_the_bytes_are_spent(tmp_path: Path) -> None:
    sharp = film(tmp_path / "s.mp4", size="480x270", rate="2", seconds=12, filters="noise=alls=40:allf=t+u", sound=None)
    scenes = [Scene(float(at_s), 1 - at_s / 100) for at_s in range(12)]
    budget = 45_000
    left: list[int] = []

    def check() -> None:
        left.append(budget - sum(made.stat().st_size for made in tmp_path.glob("still*.webp")))

    taken = slides.take_stills(sharp, scenes, budget, tmp_path, check=check)
    assert 1 < len(taken) < len(scenes)
    assert taken[0].at_s == 0
    assert min(left) >= slides._SMALLEST_ROOM

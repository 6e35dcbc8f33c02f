"""Room on the disk for media work: asked for before the first byte, given back afterwards.

A full disk stops the whole school, so work that would not fit waits with a clear sentence
instead. Rule: ask for the most that the work may need, not for what it usually takes.
"""

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from resource_hub.kernel.errors import N_, Invalid, Unavailable

GB = 1 << 30
LADDER_FACTOR = 2.0
"""The copied source and renditions that together stay below its size, in the worst case (a tiny source) about its size."""
PAPER_FACTOR = 30
"""A deck of drawings inflates: the PDF, the throw-away profile and three images a page."""


class TooLargeHere(Invalid):
    code = "too_large_for_scratch"
    message = N_(
        "处理这个文件需要 %(needed_gb)s GB 临时空间，超过服务器的上限 %(quota_gb)s GB。请分段后再上传，或请技术员调大 HUB_SCRATCH_GB。"
    )


class Room:
    """Counts what running jobs of this process were promised."""

    def __init__(self, folder: Path, *, quota_gb: float, min_free_gb: float) -> None:
        self._folder = folder
        self._quota = int(quota_gb * GB)
        self._min_free = int(min_free_gb * GB)
        self._lock = threading.Lock()
        self._promised = 0

    @contextmanager
    def reserve(self, needed: int) -> Iterator[None]:
        """Hold ``needed`` bytes for the block; raises Unavailable (later) or TooLargeHere (never)."""
        if needed > self._quota:
            raise TooLargeHere(needed_gb=_gb(needed), quota_gb=_gb(self._quota))
        with self._lock:
            self._folder.mkdir(parents=True, exist_ok=True)
            if self._promised + needed > self._quota:
                raise Unavailable(N_("临时空间正被别的转码占用，腾出后会自动继续；原件已保存。"), code="scratch_busy", retry_after=30)
            free = shutil.disk_usage(self._folder).free
            if free - self._promised - needed < self._min_free:
                raise Unavailable(
                    N_(
                        "服务器磁盘快满了：还剩 %(free_gb)s GB，这一步需要 %(needed_gb)s GB。请通知技术员清理，之后会自动继续；原件已保存。"
                    ),
                    code="disk_nearly_full",
                    retry_after=300,
                    free_gb=_gb(free),
                    needed_gb=_gb(needed),
                )
            self._promised += needed
        try:
            yield
        finally:
            with self._lock:
                self._promised -= needed


def _gb(size: int) -> str:
    return f"{size / GB:.1f}"

"""Count a process and everything below it: how many, how much memory.

Resource limits bound one process at a time; a tree that forks is bounded by counting. Read from
``/proc`` directly, since this runs twice a second beside every encode.
"""

import os
from dataclasses import dataclass
from pathlib import Path

_COUNTED = ("RssAnon:", "RssShmem:")


@dataclass(frozen=True, slots=True)
class Census:
    pids: tuple[int, ...]
    resident_mb: float

    @property
    def processes(self) -> int:
        return len(self.pids)


def take(root: int) -> Census:
    """Return the tree below ``root`` (itself included) and its resident memory; ended ones count nothing."""
    pids, queue = [], [root]
    resident_mb = 0.0
    while queue:
        pid = queue.pop()
        pids.append(pid)
        resident_mb += _resident_mb(pid)
        queue.extend(_children(pid))
    return Census(tuple(pids), resident_mb)


def _children(pid: int) -> list[int]:
    found: list[int] = []
    try:
        with os.scandir(f"/proc/{pid}/task") as tasks:  # closed also when a task ends under our eyes
            for task in tasks:
                found.extend(map(int, Path(task.path, "children").read_text().split()))
    except OSError:
        return found
    return found


def _resident_mb(pid: int) -> float:
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0.0
    # Its own pages and shared memory, but no pages of files: twenty processes of one program share its code.
    return sum(int(line.split()[1]) for line in status.splitlines() if line.startswith(_COUNTED)) / 1024

"""Count a process and everything below it: how many, how much memory.

Resource limits bound one process at a time; a tree that forks is bounded by counting. Read from
``/proc`` directly, since this runs twice a second beside every encode.
"""

import os
from dataclasses import dataclass
from pathlib import Path

_PAGE_MB = os.sysconf("SC_PAGE_SIZE") / (1 << 20)


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
        for task in os.scandir(f"/proc/{pid}/task"):
            found.extend(map(int, Path(task.path, "children").read_text().split()))
    except OSError:
        return found
    return found


def _resident_mb(pid: int) -> float:
    try:
        shared = Path(f"/proc/{pid}/statm").read_text().split()
    except OSError:
        return 0.0
    # Resident less shared file pages: twenty processes of one program count its code once at most.
    return (int(shared[1]) - int(shared[2])) * _PAGE_MB if len(shared) > 2 else 0.0

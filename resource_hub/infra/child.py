"""Work done by one of our own modules in a process of its own: bounded in time and memory, away from the lessons.

For what is heavy or reads hostile bytes and yet must be answered at once (a docx read, a PDF
written). The child gets bytes on its input and answers with bytes; it has no database, no store,
none of our settings, and its clean environment names nothing of ours. Outside programs belong to the worker and
its sandbox, never here.
"""

import os
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from resource_hub.kernel.errors import N_, HubError, Invalid, Unavailable

_ROOT = Path(__file__).resolve().parents[2]
_REFUSED = 3
"""Exit code of a child that read its input and found it wrong: its output says the code of the refusal."""


class TooHard(Invalid):
    code, message = "too_hard", N_("处理这份文件超出了允许的时间或内存，已停下。请把内容分成几份，或删去很大的图片再试。")


class Refused(Exception):
    """The child says no; ``reason`` is its word for why."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def run(module: str, data: bytes, *, wall_s: float, memory_mb: int) -> bytes:
    """Return what ``python -m module`` answers to ``data``.

    Raises Refused with the child's word, TooHard at a limit and Unavailable when it cannot be started.
    """
    command = [sys.executable, "-m", module, str(int(wall_s)), str(memory_mb)]
    environment = {"PATH": os.defpath, "LANG": "C.UTF-8", "PYTHONPATH": str(_ROOT), "PYTHONSAFEPATH": "1", "HOME": "/nonexistent"}
    try:
        ended = subprocess.run(command, input=data, capture_output=True, timeout=wall_s, env=environment, check=False)
    except subprocess.TimeoutExpired as error:
        raise TooHard from error
    except OSError as error:
        raise Unavailable(retry_after=30) from error
    if ended.returncode == _REFUSED:
        raise Refused(ended.stdout.decode("utf-8", "replace")[:200])
    if ended.returncode != 0:
        raise TooHard from HubError(ended.stderr.decode("utf-8", "replace")[-2000:])
    return ended.stdout


def serve(work: Callable[[bytes], bytes]) -> None:
    """Answer one input in the child: to be called by the module's ``__main__`` part with its work."""
    wall_s, memory_mb = int(sys.argv[1]), int(sys.argv[2])
    resource.setrlimit(resource.RLIMIT_AS, (memory_mb << 20, memory_mb << 20))
    resource.setrlimit(resource.RLIMIT_CPU, (wall_s, wall_s))
    resource.setrlimit(resource.RLIMIT_FSIZE, (64 << 20, 64 << 20))
    os.nice(5)
    try:
        answer = work(sys.stdin.buffer.read())
    except Refused as refusal:
        sys.stdout.buffer.write(refusal.reason.encode())
        sys.exit(_REFUSED)
    sys.stdout.buffer.write(answer)

"""Start one outside program, bounded in time, memory, processes, output and file size, within walls.

Uploaded files attack the programs that read them, so none runs unbounded: its own session, a
clean environment, closed input, and the walls of ``confinement``. Rule: whatever ends ``run``
(result, limit, cancel, our own death), nothing that it started lives on.
"""

import os
import resource
import selectors
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from media_worker import census
from media_worker.confinement import Level, Walls, give, remove_traps, walls
from resource_hub.kernel.errors import N_, Invalid

_TAIL_BYTES = 16_000
_TICK_S = 0.2
_CENSUS_EVERY_S = 0.5
_LONGEST_LINE = 8 << 20
_WRAPPERS = 1
"""``unshare``, which waits for the program that it started."""


class OutOfBounds(Invalid):
    """The program was ended because it took more than it may; the file is too hard or hostile."""

    code = "media_limits"
    message = N_("处理这个文件超出了允许的时间或内存，已停下；原件已保存，可以下载。文件可能有损坏，请在电脑上另存一份再上传。")


class TooTalkative(OutOfBounds):
    """The program said more than anyone may want to read: what it read is endless or hostile."""

    code = "media_output"
    message = N_("这个文件里附带的信息（标签、文字）多得不正常，为了安全已停下；原件已保存，可以下载。请在电脑上另存一份再上传。")


@dataclass(frozen=True, slots=True)
class Limits:
    """``memory_mb`` and ``processes`` bound the whole tree, ``address_mb`` one process's address space.

    ``tasks`` (processes and their threads) is what the kernel refuses at once, before the next
    count: an encoder on a large machine runs hundreds of threads.
    """

    wall_s: float
    cpu_s: int
    memory_mb: int = 1500
    address_mb: int = 6000
    file_mb: int = 4000
    processes: int = 64
    tasks: int = 2048
    nice: int = 10


@dataclass(frozen=True, slots=True)
class Finished:
    """How a program ended by itself; ``cpu_s`` and ``max_rss_mb`` cover its children too."""

    returncode: int
    stdout_tail: str
    stderr_tail: str
    cpu_s: float
    max_rss_mb: float


def run(
    argv: Sequence[str],
    *,
    cwd: Path,
    limits: Limits,
    on_line: Callable[[str], None] | None = None,
    check: Callable[[], None] | None = None,
    env: Mapping[str, str] | None = None,
) -> Finished:
    """Run ``argv`` to its end; raises OutOfBounds at a limit and whatever ``check`` or ``on_line`` raises.

    ``on_line`` gets each line of standard output in the calling thread; ``check`` is called a few
    times a second.
    """
    within = walls()
    if within.owner is not None:
        give(cwd, within.owner)
    process = subprocess.Popen(
        within.around(argv, cwd, _bounding(limits, within)),
        cwd=cwd,
        env=_environment(cwd) | dict(env or {}),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        return _attend(process, limits, on_line, check)
    finally:
        _end(process)
        remove_traps(cwd)


def _attend(
    process: "subprocess.Popen[bytes]",
    limits: Limits,
    on_line: Callable[[str], None] | None,
    check: Callable[[], None] | None,
) -> Finished:
    """Read both pipes, watch the clock and the memory, and collect the end."""
    started = counted = time.monotonic()
    streams = _Streams(process, on_line)
    peak_mb = 0.0
    with streams:
        while streams.are_open or not _has_ended(process):
            streams.read(_TICK_S)
            if check is not None:
                check()
            now = time.monotonic()
            if now - started > limits.wall_s:
                raise OutOfBounds(code="media_time")
            if now - counted > _CENSUS_EVERY_S:
                counted = now
                found = census.take(process.pid)
                peak_mb = max(peak_mb, found.resident_mb)
                if found.resident_mb > limits.memory_mb or found.processes > limits.processes + _WRAPPERS:
                    raise OutOfBounds(code="media_memory")
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    # The first process of a namespace takes no default signal, so the time limit shows in its usage only.
    if process.returncode != 0 and usage.ru_utime + usage.ru_stime >= limits.cpu_s:
        raise OutOfBounds(code="media_time")
    if process.returncode in (-signal.SIGXFSZ, 128 + signal.SIGXFSZ):
        raise OutOfBounds(code="media_size")
    return Finished(
        process.returncode,
        streams.tail("stdout"),
        streams.tail("stderr"),
        usage.ru_utime + usage.ru_stime,
        max(peak_mb, usage.ru_maxrss / 1024),
    )


class _Streams:
    """Both output pipes, read without blocking; keeps the tails."""

    def __init__(self, process: "subprocess.Popen[bytes]", on_line: Callable[[str], None] | None) -> None:
        self._selector = selectors.DefaultSelector()
        self._on_line = on_line
        self._tails = {"stdout": b"", "stderr": b""}
        self._rest = b""
        for name, pipe in (("stdout", process.stdout), ("stderr", process.stderr)):
            if pipe is None:
                raise ValueError(name)
            os.set_blocking(pipe.fileno(), False)
            self._selector.register(pipe, selectors.EVENT_READ, name)

    def __enter__(self) -> None:
        return

    def __exit__(self, *_: object) -> None:
        self._selector.close()

    @property
    def are_open(self) -> bool:
        return bool(self._selector.get_map())

    def read(self, timeout_s: float) -> None:
        """Take what there is, waiting at most ``timeout_s``."""
        if not self.are_open:
            time.sleep(timeout_s / 40)
            return
        for key, _ in self._selector.select(timeout_s):
            data = os.read(key.fd, 65536)
            if not data:
                self._selector.unregister(key.fileobj)
                continue
            self._tails[key.data] = (self._tails[key.data] + data)[-_TAIL_BYTES:]
            if key.data == "stdout" and self._on_line is not None:
                *lines, self._rest = (self._rest + data).split(b"\n")
                if len(self._rest) > _LONGEST_LINE:
                    raise TooTalkative
                for line in lines:
                    self._on_line(line.decode("utf-8", "replace"))

    def tail(self, name: str) -> str:
        return self._tails[name].decode("utf-8", "replace")


def _has_ended(process: "subprocess.Popen[bytes]") -> bool:
    """Tell whether it ended, without reaping it: ``wait4`` shall still find its usage."""
    return os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def _end(process: "subprocess.Popen[bytes]") -> None:
    """Kill whatever is left of the session; with a process namespace that takes every grandchild along."""
    if process.returncode is None:
        for pid in census.take(process.pid).pids:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    for pipe in (process.stdout, process.stderr):
        if pipe is not None:
            pipe.close()


def _bounding(limits: Limits, within: Walls) -> tuple[str, ...]:
    bounds = {
        "cpu": (resource.RLIMIT_CPU, limits.cpu_s),
        "as": (resource.RLIMIT_AS, limits.address_mb << 20),
        "fsize": (resource.RLIMIT_FSIZE, limits.file_mb << 20),
        "core": (resource.RLIMIT_CORE, 0),
        "nofile": (resource.RLIMIT_NOFILE, 512),
    }
    if within.level is Level.CLOSED:
        # The kernel counts per user: elsewhere than within these walls that would be all that we run ourselves.
        bounds["nproc"] = (resource.RLIMIT_NPROC, limits.tasks)
    options = []
    for name, (kind, wanted) in bounds.items():
        ceiling = resource.getrlimit(kind)[1]
        value = wanted if ceiling == resource.RLIM_INFINITY else min(wanted, ceiling)
        options.append(f"--{name}={value}:{value}")
    # SIGXCPU comes at the soft limit; one second of grace lets the reason be told from a plain kill.
    options[0] = f"--cpu={limits.cpu_s}:{limits.cpu_s + 1}"
    return ("prlimit", *options, "--", "nice", "-n", str(limits.nice))


def _environment(cwd: Path) -> dict[str, str]:
    home = str(cwd)
    return {
        "PATH": os.environ.get("PATH", "/usr/local/bin:/usr/bin:/bin"),
        "HOME": home,
        "TMPDIR": home,
        "LANG": "C.UTF-8",
        "LC_ALL": "C.UTF-8",
        "OMP_THREAD_LIMIT": "1",
    }

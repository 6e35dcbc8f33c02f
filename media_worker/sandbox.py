"""Start one outside program, bounded in time, memory, processes and file size, without network.

Uploaded files attack the programs that read them, so none runs unbounded: its own session and
(where the kernel allows) its own process and network namespace, no capabilities, a clean
environment, closed input. Rule: whatever ends ``run`` (result, limit, cancel, our own death),
nothing that it started lives on.
"""

import os
import resource
import selectors
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from media_worker import census
from resource_hub.kernel.errors import N_, Invalid

_TAIL_BYTES = 16_000
_TICK_S = 0.2
_CENSUS_EVERY_S = 0.5


class OutOfBounds(Invalid):
    """The program was ended because it took more than it may; the file is too hard or hostile."""

    code = "media_limits"
    message = N_("处理这个文件超出了允许的时间或内存,已停下;原件已保存,可以下载。文件可能有损坏,请在电脑上另存一份再上传。")


@dataclass(frozen=True, slots=True)
class Limits:
    """``memory_mb`` bounds what is resident in the whole tree, ``address_mb`` one process's address space."""

    wall_s: float
    cpu_s: int
    memory_mb: int = 1500
    address_mb: int = 6000
    file_mb: int = 4000
    processes: int = 64
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
    process = subprocess.Popen(
        [*_wrapping(), *_bounding(limits), *argv],
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


def network_isolation() -> str:
    """Say how programs are cut off from the network: ``root``, ``user namespace`` or ``none``."""
    return _isolation()[0]


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
                if found.resident_mb > limits.memory_mb or found.processes > limits.processes + len(_WRAPPERS):
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
            time.sleep(timeout_s / 10)
            return
        for key, _ in self._selector.select(timeout_s):
            data = os.read(key.fd, 65536)
            if not data:
                self._selector.unregister(key.fileobj)
                continue
            self._tails[key.data] = (self._tails[key.data] + data)[-_TAIL_BYTES:]
            if key.data == "stdout" and self._on_line is not None:
                *lines, self._rest = (self._rest + data).split(b"\n")
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


# Outermost first: die with us; then the namespaces; inside them no capability is needed any more.
_DIE_WITH_US = ("setpriv", "--pdeathsig", "KILL")
_NAMESPACES = ("--net", "--ipc", "--pid", "--fork", "--kill-child=KILL")
_POWERLESS = ("setpriv", "--bounding-set=-all", "--inh-caps=-all", "--no-new-privs")
_WRAPPERS = ("unshare",)


@cache
def _isolation() -> tuple[str, tuple[str, ...]]:
    """Find the strongest wrapping that works here; tried once per process."""
    ways = (
        ("root", (*_DIE_WITH_US, "unshare", *_NAMESPACES, *_POWERLESS)),
        ("user namespace", (*_DIE_WITH_US, "unshare", "--user", "--map-root-user", *_NAMESPACES, *_POWERLESS)),
        ("none", (*_DIE_WITH_US, "setpriv", "--no-new-privs")),
        ("none", ()),
    )
    for name, prefix in ways:
        if not prefix or (shutil.which(prefix[0]) and shutil.which("unshare")):
            tried = subprocess.run([*prefix, "true"], stdin=subprocess.DEVNULL, capture_output=True, timeout=20, check=False)
            if tried.returncode == 0:
                return name, prefix
    return "none", ()


def _wrapping() -> tuple[str, ...]:
    return _isolation()[1]


def _bounding(limits: Limits) -> tuple[str, ...]:
    bounds = {
        "cpu": limits.cpu_s,
        "as": limits.address_mb << 20,
        "fsize": limits.file_mb << 20,
        "core": 0,
        "nofile": 512,
    }
    hard = {"nofile": resource.RLIMIT_NOFILE, "as": resource.RLIMIT_AS, "fsize": resource.RLIMIT_FSIZE, "cpu": resource.RLIMIT_CPU}
    options = []
    for name, wanted in bounds.items():
        ceiling = resource.getrlimit(hard[name])[1] if name in hard else resource.RLIM_INFINITY
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

"""The bounds of outside programs: nothing runs away, nothing reaches the network."""

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from media_worker import sandbox
from media_worker.sandbox import Limits, OutOfBounds, run

pytestmark = pytest.mark.slow
LIMITS = Limits(wall_s=20, cpu_s=10)


def test_a_program_gives_its_lines_its_end_and_its_cost(tmp_path: Path) -> None:
    lines: list[str] = []
    done = run(["sh", "-c", "echo one; echo two; echo oops >&2; exit 3"], cwd=tmp_path, limits=LIMITS, on_line=lines.append)
    assert (lines, done.returncode, done.stderr_tail) == (["one", "two"], 3, "oops\n")
    assert done.cpu_s < 5


def test_no_program_reaches_the_network(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = server.getsockname()
        code = f"import socket; socket.create_connection({address!r}, timeout=5)"
        assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
        assert run([sys.executable, "-c", code], cwd=tmp_path, limits=LIMITS).returncode == 1
    assert sandbox.network_isolation() in {"root", "user namespace"}


def test_no_program_has_powers_or_our_environment(tmp_path: Path) -> None:
    os.environ["HUB_TEST_SECRET"] = "x"
    try:
        done = run(["sh", "-c", "grep CapEff /proc/self/status; env"], cwd=tmp_path, limits=LIMITS)
    finally:
        del os.environ["HUB_TEST_SECRET"]
    assert "CapEff:\t0000000000000000" in done.stdout_tail
    assert "HUB_TEST_SECRET" not in done.stdout_tail


@pytest.mark.parametrize(
    ("argv", "limits", "code"),
    [
        (["sleep", "60"], Limits(wall_s=0.5, cpu_s=10), "media_time"),
        (["sh", "-c", "while :; do :; done"], Limits(wall_s=30, cpu_s=1), "media_time"),
        ([sys.executable, "-c", "x = bytearray(400 << 20)\nimport time; time.sleep(30)"], Limits(30, 20, memory_mb=150), "media_memory"),
        (["sh", "-c", "for n in 1 2 3 4 5 6 7 8 9; do sleep 60 & done; wait"], Limits(30, 20, processes=4), "media_memory"),
        (["sh", "-c", "head -c 9000000 /dev/zero > big"], Limits(30, 20, file_mb=2), "media_size"),
    ],
    ids=["wall", "cpu", "memory", "processes", "file"],
)
def test_a_runaway_is_ended(tmp_path: Path, argv: list[str], limits: Limits, code: str) -> None:
    with pytest.raises(OutOfBounds) as refused:
        run(argv, cwd=tmp_path, limits=limits)
    assert refused.value.code == code


def test_more_memory_than_the_address_space_is_refused_inside(tmp_path: Path) -> None:
    done = run([sys.executable, "-c", "bytearray(800 << 20)"], cwd=tmp_path, limits=Limits(20, 10, address_mb=300))
    assert "MemoryError" in done.stderr_tail


def test_a_cancel_takes_every_grandchild_along(tmp_path: Path) -> None:
    mark = f"86{os.getpid()}"

    class Cancelled(Exception):
        pass

    began = time.monotonic()

    def check() -> None:
        if time.monotonic() - began > 0.6:
            raise Cancelled

    with pytest.raises(Cancelled):
        run(["sh", "-c", f"(sleep {mark} &) ; sleep {mark}"], cwd=tmp_path, limits=LIMITS, check=check)
    time.sleep(0.2)
    running = [p for p in Path("/proc").glob("[0-9]*/cmdline") if mark.encode() in _read(p)]
    assert not running


def test_the_death_of_the_worker_takes_its_programs_along(tmp_path: Path) -> None:
    mark = f"87{os.getpid()}"
    code = f"from pathlib import Path; from media_worker.sandbox import *; run(['sleep', '{mark}'], cwd=Path('/'), limits=Limits(60, 10))"
    worker = subprocess.Popen([sys.executable, "-c", code], cwd=Path(__file__).parents[2])
    try:
        _wait_for(mark, is_there=True)
    finally:
        worker.kill()
        worker.wait()
    _wait_for(mark, is_there=False)


def _wait_for(mark: str, *, is_there: bool) -> None:
    limit = time.monotonic() + 15
    while any(_read(p).startswith(b"sleep\0" + mark.encode()) for p in Path("/proc").glob("[0-9]*/cmdline")) is not is_there:
        assert time.monotonic() < limit
        time.sleep(0.1)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""

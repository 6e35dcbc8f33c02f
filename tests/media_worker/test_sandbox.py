"""The bounds and walls of outside programs: nothing runs away, nothing reaches what is not its own."""

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from media_worker import confinement
from media_worker.confinement import Level, Walls
from media_worker.sandbox import Limits, OutOfBounds, TooTalkative, run

pytestmark = pytest.mark.slow
LIMITS = Limits(wall_s=20, cpu_s=10)
SHARED = "import mmap, time; x = mmap.mmap(-1, 400 << 20); [x.write(bytes(1 << 20)) for _ in range(400)]; time.sleep(30)"
CLOSED = [way for way in confinement.ways() if way.level is Level.CLOSED and confinement.stands(way)]
"""All that stand on this machine: a chroot, for one, allows no user namespaces. That one does is a test of its own."""
ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class House:
    """What stands beside a job on a machine: the hub's data with its keys, and a program that listens in ``/tmp``."""

    work: Path
    keys: Path
    socket: Path


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    work = tmp_path / "data" / "scratch" / "job"
    work.mkdir(parents=True)
    keys = tmp_path / "data" / "keys.json"
    keys.write_text("secret")
    with tempfile.TemporaryDirectory(prefix="hub-test-") as folder, socket.socket(socket.AF_UNIX) as server:
        Path(folder).chmod(0o755)
        server.bind(f"{folder}/listening")
        Path(folder, "listening").chmod(0o777)
        server.listen()
        yield House(work, keys, Path(folder, "listening"))


def attempt(way: Walls, code: str, house: House) -> tuple[int, str]:
    """Run Python ``code`` within these walls, and tell its end and its complaint."""
    if way.owner is not None:
        confinement.give(house.work, way.owner)
    command = way.around([sys.executable, "-I", "-c", code], house.work)
    done = subprocess.run(command, cwd=house.work, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    return done.returncode, done.stderr


def ids(way: Walls) -> str:
    return "in a user namespace" if way.owner is None else "as nobody in a chroot" if way.is_within_root else "as nobody"


@pytest.mark.parametrize("way", CLOSED, ids=ids)
def test_a_program_sees_and_writes_nothing_but_its_folder(house: House, way: Walls) -> None:
    assert attempt(way, "open('made', 'w').write('x')", house) == (0, "")
    assert (house.work / "made").read_text() == "x"
    for path in (house.keys, Path("/etc/shadow"), ROOT / "pyproject.toml"):
        assert "No such file" in attempt(way, f"import os; os.stat({str(path)!r})", house)[1], path
    for path in (house.keys, house.keys.parent / "new", Path("/var/tmp/hub-test-new"), Path("/usr/hub-test-new")):
        attempt(way, f"open({str(path)!r}, 'w').write('spoilt')", house)
    assert house.keys.read_text() == "secret"
    assert not (house.keys.parent / "new").exists()
    assert not Path("/var/tmp/hub-test-new").exists()
    assert not Path("/usr/hub-test-new").exists()


@pytest.mark.parametrize("way", CLOSED, ids=ids)
def test_a_program_reaches_no_socket_and_no_network(house: House, way: Walls) -> None:
    local = f"import socket; socket.socket(socket.AF_UNIX).connect({str(house.socket)!r})"
    assert subprocess.run([sys.executable, "-c", local], check=False).returncode == 0
    assert "No such file" in attempt(way, local, house)[1]
    with socket.create_server(("127.0.0.1", 0)) as server:
        code = f"import socket; socket.create_connection({server.getsockname()!r}, timeout=5)"
        assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
        assert "unreachable" in attempt(way, code, house)[1]


@pytest.mark.parametrize("way", CLOSED, ids=ids)
def test_a_program_sees_no_process_but_its_own(house: House, way: Walls) -> None:
    count = "import os, sys; sys.exit(sum(name.isdigit() for name in os.listdir('/proc')))"
    assert attempt(way, count, house)[0] == 1


def test_the_walls_stand_here_and_within_a_namespace_and_say_when_they_do_not(tmp_path: Path) -> None:
    program = str(confinement.__file__)
    assert confinement.walls().level is Level.CLOSED
    if any(way.owner is None for way in CLOSED):
        nested = ["unshare", "--user", "--map-root-user", sys.executable, program]
        assert subprocess.run(nested, capture_output=True, text=True, check=True).stdout == "closed\n"
    # Within the walls no namespace is allowed, as on a machine that refuses them.
    done = run([sys.executable, "-I", program], cwd=tmp_path, limits=Limits(60, 30))
    assert done.stdout_tail == "limits\n"
    assert "walled in less" in done.stderr_tail


def test_the_doctor_says_how_programs_are_walled_in(tmp_path: Path) -> None:
    environment = os.environ | {"HUB_DATA": str(tmp_path / "data")}
    said = subprocess.run(
        [sys.executable, "-m", "resource_hub", "doctor"], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert "✓ 处理文件的程序完全隔离" in said.stdout
    assert "are walled in: no data of the platform" in said.stdout


def test_a_file_on_the_command_line_is_seen_but_not_changed(house: House) -> None:
    for name in (str(house.keys), f"file:{house.keys}"):
        code = "import sys; path = sys.argv[1].removeprefix('file:'); print(open(path).read()); open(path, 'w')"
        done = run([sys.executable, "-I", "-c", code, name], cwd=house.work, limits=LIMITS)
        assert done.stdout_tail == "secret\n"
        assert "Read-only file system" in done.stderr_tail or "Permission denied" in done.stderr_tail
    assert house.keys.read_text() == "secret"


def test_a_folder_with_an_odd_name_is_a_work_folder_too(tmp_path: Path) -> None:
    folder = tmp_path / "课 #1 'a' \\ $HOME"
    folder.mkdir()
    assert run(["sh", "-c", "pwd; echo x > made"], cwd=folder, limits=LIMITS).stdout_tail == f"{folder}\n"
    assert (folder / "made").read_text() == "x\n"


def test_no_trap_is_left_behind_for_the_worker(house: House) -> None:
    traps = f"mkdir in; echo x > in/plain; ln -s {house.keys} poster.jpg; ln -s {house.keys.parent} in/linked; mkfifo in/pipe"
    assert run(["sh", "-c", traps], cwd=house.work, limits=LIMITS).returncode == 0
    assert sorted(str(path.relative_to(house.work)) for path in house.work.rglob("*")) == ["in", "in/plain"]
    assert house.keys.read_text() == "secret"


def test_a_folder_of_the_machine_is_never_given_away() -> None:
    for folder in (Path("/"), Path(tempfile.gettempdir()), Path.home(), Path("/usr")):
        with pytest.raises(ValueError, match="/"):
            confinement.give(folder, os.getuid())


def test_a_program_gives_its_lines_its_end_and_its_cost(tmp_path: Path) -> None:
    lines: list[str] = []
    done = run(["sh", "-c", "echo one; echo two; echo oops >&2; exit 3"], cwd=tmp_path, limits=LIMITS, on_line=lines.append)
    assert (lines, done.returncode, done.stderr_tail) == (["one", "two"], 3, "oops\n")
    assert done.cpu_s < 5


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
        ([sys.executable, "-c", SHARED], Limits(30, 20, memory_mb=150), "media_memory"),
        (["sh", "-c", "for n in 1 2 3 4 5 6 7 8 9; do sleep 60 & done; wait"], Limits(30, 20, processes=4), "media_memory"),
        (["sh", "-c", "head -c 9000000 /dev/zero > big"], Limits(30, 20, file_mb=2), "media_size"),
    ],
    ids=["wall", "cpu", "memory", "shared memory", "processes", "file"],
)
def test_a_runaway_is_ended(tmp_path: Path, argv: list[str], limits: Limits, code: str) -> None:
    with pytest.raises(OutOfBounds) as refused:
        run(argv, cwd=tmp_path, limits=limits)
    assert refused.value.code == code


def test_a_program_that_multiplies_is_stopped_by_the_kernel(tmp_path: Path) -> None:
    code = """
import os, signal
born = []
try:
    while len(born) < 900:
        if not (pid := os.fork()):
            signal.pause()
        born.append(pid)
except BlockingIOError:
    print(len(born))
for pid in born:
    os.kill(pid, signal.SIGKILL)
"""
    done = run([sys.executable, "-c", code], cwd=tmp_path, limits=Limits(60, 30, processes=2000, tasks=300))
    assert 0 < int(done.stdout_tail) < 300


def test_a_line_without_an_end_is_not_kept(tmp_path: Path) -> None:
    endless = ["sh", "-c", "head -c 20000000 /dev/zero"]
    assert run(endless, cwd=tmp_path, limits=LIMITS).returncode == 0
    with pytest.raises(TooTalkative):
        run(endless, cwd=tmp_path, limits=LIMITS, on_line=lambda _: None)


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
    code = f"from pathlib import Path; from media_worker.sandbox import *; run(['sleep', '{mark}'], cwd=Path({str(tmp_path)!r}), limits=Limits(60, 10))"
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

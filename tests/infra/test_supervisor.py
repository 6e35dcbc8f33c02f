"""The process tree: it comes up, mends itself, ends in order, and leaves nothing behind however it ends."""

import json
import os
import signal
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from tests.infra.standing import wait_until

pytestmark = pytest.mark.slow

_ALL = 1 + 5 + 3  # the supervisor, its parts, and the grandchildren of those with a lifeline


@dataclass
class Stand:
    """A running supervisor of stand-ins."""

    folder: Path
    process: subprocess.Popen[bytes]
    mark: str

    def alive(self) -> list[psutil.Process]:
        """Return the living processes of the tree, the supervisor among them."""
        return [process for process in psutil.process_iter() if self._is_ours(process)]

    def pid_of(self, name: str) -> int:
        order = ["obedient", "draining", "plain", "stubborn", "store"]
        pid: int = json.loads((self.folder / "processes.json").read_text())[order.index(name)][0]
        return pid

    def _is_ours(self, process: psutil.Process) -> bool:
        try:
            return process.environ().get("STAND_IN") == self.mark and process.status() != psutil.STATUS_ZOMBIE
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            return False


@contextmanager
def standing(folder: Path, kind: str) -> Iterator[Stand]:
    """Run a tree of stand-ins until the block ends; it is ready inside."""
    mark = uuid.uuid4().hex
    with (folder / "console").open("w") as console:
        process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("tree_of_stand_ins.py")), str(folder), kind],
            env=os.environ | {"STAND_IN": mark, "PYTHONPATH": str(Path(__file__).parents[2])},
            stdout=console,
            start_new_session=True,
        )
    stand = Stand(folder, process, mark)
    wait_until((folder / "ready").exists)
    try:
        yield stand
    finally:
        for left in stand.alive():
            left.kill()
        process.wait()


@pytest.fixture
def stand(tmp_path: Path) -> Iterator[Stand]:
    with standing(tmp_path, "whole") as stand:
        wait_until(lambda: len(stand.alive()) == _ALL)
        yield stand


ENDS: dict[str, Callable[[Stand], None]] = {
    "SIGTERM to the supervisor alone": lambda stand: os.kill(stand.process.pid, signal.SIGTERM),
    "SIGTERM to its group": lambda stand: os.killpg(stand.process.pid, signal.SIGTERM),
    "Ctrl-C": lambda stand: os.killpg(stand.process.pid, signal.SIGINT),
    "a closed terminal": lambda stand: os.kill(stand.process.pid, signal.SIGHUP),
    "SIGTERM passed on twice at once": lambda stand: [os.kill(stand.process.pid, signal.SIGTERM) for _ in range(2)] and None,
    "SIGKILL of the supervisor": lambda stand: os.kill(stand.process.pid, signal.SIGKILL),
    "SIGKILL of its group": lambda stand: os.killpg(stand.process.pid, signal.SIGKILL),
}


@pytest.mark.parametrize("end", ENDS)
def test_nothing_is_left_after(end: str, stand: Stand) -> None:
    ENDS[end](stand)
    wait_until(lambda: not stand.alive())
    assert stand.process.wait() in {0, -signal.SIGKILL}


def test_a_dead_part_is_started_again_and_its_leavings_are_ended(stand: Stand) -> None:
    before, old = set(stand.alive()), stand.pid_of("plain")
    os.kill(old, signal.SIGKILL)

    def is_replaced() -> bool:
        now = set(stand.alive())
        return len(now) == len(before) and len(now - before) == 2 and old not in {process.pid for process in now}

    wait_until(is_replaced)


def test_a_part_that_does_not_answer_is_started_again_although_another_cannot_be_asked(tmp_path: Path) -> None:
    with standing(tmp_path, "hung"):
        for name in ("unaskable", "hung"):
            wait_until(lambda name=name: f"{name} has not answered" in (tmp_path / "console").read_text())
            wait_until(lambda name=name: f"{name} stopped unexpectedly (signal SIGKILL)" in (tmp_path / "console").read_text())


def test_a_stop_does_not_wait_for_a_part_that_is_not_ready(tmp_path: Path) -> None:
    """Asking a store that hangs may take half a minute."""
    with standing(tmp_path, "late") as stand:
        os.kill(stand.process.pid, signal.SIGINT)
        wait_until(lambda: not stand.alive())
        assert stand.process.wait() == 0


def test_what_a_killed_supervisor_left_is_ended_by_the_next(stand: Stand, tmp_path: Path) -> None:
    """The register of processes finds them even when the kernel's signal was lost."""
    stranger = subprocess.Popen(["sleep", "600"])
    created = psutil.Process(stranger.pid).create_time()
    other = tmp_path / "other"
    other.mkdir()
    (other / "processes.json").write_text(json.dumps([[stranger.pid, created], [stand.process.pid, 0]]))
    code = (
        "import sys, pathlib; from resource_hub.infra.supervise import Tree; p = pathlib.Path(sys.argv[1]);"
        "Tree(p / 'logs', p / 'processes.json', print).clear_leftovers()"
    )
    subprocess.run([sys.executable, "-c", code, str(other)], check=True, cwd=Path(__file__).parents[2])
    assert stranger.wait() == -signal.SIGKILL
    assert stand.process.poll() is None, "a process that merely has a number of the register was ended"

"""A tree of processes: starts parts, watches them, starts dead ones again, and leaves nothing behind.

Each part runs in a session of its own, so a Ctrl-C reaches the supervisor alone and the parts stop in
order. Three nets catch what would be orphaned: the kernel signals a foreign part when its parent dies
(PR_SET_PDEATHSIG, by util-linux's ``setpriv``), our own Python parts watch a pipe that closes with the
supervisor, and the supervisor adopts (subreaper) and ends whatever a dead part leaves. Rule: parts are
started from the main thread, since the kernel's signal follows the thread, not the process.
"""

import atexit
import ctypes
import json
import logging
import os
import select
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import FrameType

import psutil

_PR_SET_CHILD_SUBREAPER = 36
_LOG_BYTES = 5_000_000
_LOG_FILES = 3
_LONGEST_PAUSE_S = 30.0
_STEADY_S = 60.0  # a part that ran this long gets its full patience back
_ASK_EVERY_S = 15.0
_AGAIN_S = 1.0  # ``make`` passes on a SIGTERM that its whole group got already; that is one wish, not two
_UNANSWERED_LIMIT = 4  # with timeouts of 20 s: a part is hung, not slow, after two minutes

log = logging.getLogger(__name__)

Say = Callable[[str, str], None]
"""Tells the operator: the Chinese sentence, the English one."""


class Stopped(Exception):
    """The operator asked to stop."""


class PartFailed(Exception):
    """A part did not come up; ``name`` and its last ``lines``."""

    def __init__(self, name: str, lines: Sequence[str]) -> None:
        self.name, self.lines = name, list(lines)
        super().__init__(name)


@dataclass(frozen=True, slots=True)
class Part:
    """One program of the tree; ``is_answering`` finds a hung one, ``once`` marks a task that ends by itself."""

    name: str
    argv: Sequence[str]
    env: Mapping[str, str] | None = None
    death_signal: str = "TERM"
    patience_s: float = 6.0
    stop_round: int = 1
    has_lifeline: bool = False
    once: bool = False
    is_answering: Callable[[], bool] | None = None
    after_exit: Callable[[], None] | None = None


@dataclass(slots=True)
class _Child:
    part: Part
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    failures: int = 0
    due: float | None = None
    unanswered: int = 0
    lines: deque[str] = field(default_factory=lambda: deque(maxlen=20))

    @property
    def is_running(self) -> bool:
        return self.process is not None and self.process.returncode is None


class _Question:
    """Whether a part is ready, asked again and again until the answer is yes or nobody waits for it any more."""

    def __init__(self, name: str, is_ready: Callable[[], bool]) -> None:
        self.name, self._is_ready = name, is_ready
        self._answered, self._over = threading.Event(), threading.Event()
        self._error: Exception | None = None
        threading.Thread(target=self._ask, daemon=True).start()

    def is_answered(self) -> bool:
        """Whether the answer was yes; raises what the question raised."""
        if self._error is not None:
            raise self._error
        return self._answered.is_set()

    def give_up(self) -> None:
        self._over.set()

    def _ask(self) -> None:
        try:
            while not self._is_ready():
                if self._over.wait(0.1):
                    return
        except Exception as error:  # noqa: BLE001 -- handed to the thread that waits
            self._error = error
        else:
            self._answered.set()


class Tree:
    """The running parts; used from the main thread of a process that does nothing else."""

    def __init__(self, logs: Path, register: Path, say: Say, ask_every_s: float = _ASK_EVERY_S) -> None:
        self._logs, self._register, self._say, self._ask_every_s = logs, register, say, ask_every_s
        self._children: dict[str, _Child] = {}
        self._ended: dict[str, int] = {}
        self._lifeline: tuple[int, int] = os.pipe()
        self._asked_to_stop = False
        self._asked_at = 0.0
        self._in_a_hurry = False
        self._wake = os.pipe()
        for end in self._wake:
            os.set_blocking(end, False)
        logs.mkdir(parents=True, exist_ok=True)
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)

    def listen_to_signals(self) -> None:
        """Let SIGTERM, SIGINT and SIGHUP stop the tree; under ``nohup`` SIGHUP stays ignored."""
        signal.set_wakeup_fd(self._wake[1], warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            if signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, self._ask_to_stop)

    def clear_leftovers(self) -> None:
        """End what a supervisor that was killed may have left, as its register tells."""
        try:
            known = json.loads(self._register.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return
        for pid, created in known:
            try:
                left = psutil.Process(pid)
                if abs(left.create_time() - created) < 1:
                    _end_with_descendants(left)
            except psutil.NoSuchProcess:
                continue
        self._register.unlink(missing_ok=True)

    def start(self, part: Part) -> None:
        """Start a part; from now on it is watched and started again when it dies."""
        child = self._children.setdefault(part.name, _Child(part))
        child.due, child.unanswered, child.started = None, 0, time.monotonic()
        child.process = subprocess.Popen(
            [*_death_prefix(part), *part.argv],
            env=None if part.env is None else dict(part.env),
            stdin=self._lifeline[0] if part.has_lifeline else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        threading.Thread(target=self._keep_log, args=(child, child.process), daemon=True).start()
        self._write_register()

    def wait_for(self, ready: Mapping[str, Callable[[], bool]], timeout_s: float) -> None:
        """Return when every question is answered yes; raises ``PartFailed`` or ``Stopped``.

        Each is asked in a thread of its own, since a part that hangs must not hold up a wish to stop.
        """
        asked = [_Question(name, is_ready) for name, is_ready in ready.items()]
        deadline = time.monotonic() + timeout_s
        try:
            while missing := [question.name for question in asked if not question.is_answered()]:
                failed = next((c for c in self._children.values() if c.failures > 2 and not c.is_running), None)
                if failed:
                    raise PartFailed(failed.part.name, failed.lines)
                if time.monotonic() > deadline:
                    lines = self._children[missing[0]].lines if missing[0] in self._children else []
                    raise PartFailed(missing[0], lines)
                self.turn(0.1)
        finally:
            for question in asked:
                question.give_up()

    def finish(self, name: str, timeout_s: float) -> None:
        """Wait for a ``once`` part to end well; raises ``PartFailed`` or ``Stopped``."""
        deadline = time.monotonic() + timeout_s
        while name not in self._ended:
            if time.monotonic() > deadline:
                raise PartFailed(name, self._children[name].lines)
            self.turn(0.5)
        if self._ended[name]:
            raise PartFailed(name, self._children[name].lines)

    def end_of(self, name: str) -> int | None:
        """Return how the ``once`` part ended, 0 for well; ``None`` while it runs."""
        return self._ended.get(name)

    def watch(self, each_turn: Callable[[], None] | None = None) -> None:
        """Keep every part running until ``Stopped`` is raised."""
        threading.Thread(target=self._ask_all, daemon=True).start()
        while True:
            self.turn(1.0)
            if each_turn:
                each_turn()

    def turn(self, timeout_s: float) -> None:
        """Wait at most so long for something to happen, then mourn, restart, or raise ``Stopped``."""
        self._sleep(timeout_s)
        self._reap()
        if self._asked_to_stop:
            raise Stopped
        for child in self._children.values():
            if child.unanswered >= _UNANSWERED_LIMIT and child.process and child.is_running:
                name = child.part.name
                self._say(f"{name} 两分钟没有应答，正在重启。", f"{name} has not answered for two minutes; restarting it.")
                child.unanswered = 0
                _signal_group(child.process.pid, signal.SIGKILL)
            if child.due is not None and time.monotonic() >= child.due:
                self.start(child.part)

    def stop(self) -> None:
        """Stop every part, round after round, SIGTERM then SIGKILL; nothing of the tree is left afterwards."""
        for number in sorted({child.part.stop_round for child in self._children.values()}):
            self._stop_round([c for c in self._children.values() if c.part.stop_round == number])
        self._end_strays()
        self._register.unlink(missing_ok=True)

    def _stop_round(self, children: list[_Child]) -> None:
        begun = time.monotonic()
        for child in children:
            child.due = None
            if child.process and child.is_running:
                _signal_one(child.process.pid, signal.SIGTERM)
        while running := [c for c in children if c.is_running]:
            for child in running:
                waited = time.monotonic() - begun
                if child.process and (waited > child.part.patience_s or self._in_a_hurry):
                    _signal_group(child.process.pid, signal.SIGKILL)
            self._sleep(0.1)
            self._reap(is_stopping=True)

    def _reap(self, *, is_stopping: bool = False) -> None:
        """Collect every dead child, ours and adopted ones."""
        ours = {c.process.pid: c for c in self._children.values() if c.process and c.process.returncode is None}
        while True:
            try:
                dead = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
            except ChildProcessError:
                return
            if dead is None:
                return
            child = ours.get(dead.si_pid)
            if child is None or child.process is None:
                os.waitpid(dead.si_pid, os.WNOHANG)
                continue
            child.process.wait()
            self._mourn(child, child.process, is_stopping=is_stopping)

    def _mourn(self, child: _Child, process: subprocess.Popen[bytes], *, is_stopping: bool) -> None:
        _signal_group(process.pid, signal.SIGKILL)
        self._end_strays()
        if child.part.after_exit:
            child.part.after_exit()
        if child.part.once:
            self._ended[child.part.name] = process.returncode
            return
        if is_stopping or self._asked_to_stop:
            return
        if time.monotonic() - child.started > _STEADY_S:
            child.failures = 0
        pause_s = min(_LONGEST_PAUSE_S, 0.5 * 2**child.failures)
        child.failures += 1
        child.due = time.monotonic() + pause_s
        name, end = child.part.name, _end_of(process.returncode)
        self._say(
            f"{name} 意外停止（{end}），{pause_s:g} 秒后重启；详情见 {self._logs / name}.log。",
            f"{name} stopped unexpectedly ({end}); it starts again in {pause_s:g} s. See {self._logs / name}.log.",
        )

    def _end_strays(self) -> None:
        """End the processes that dead parts left to us."""
        ours = {c.process.pid for c in self._children.values() if c.process and c.is_running}
        for stray in psutil.Process().children():
            if stray.pid not in ours:
                _end_with_descendants(stray)

    def _ask_all(self) -> None:
        while True:
            time.sleep(self._ask_every_s)
            for child in list(self._children.values()):
                ask = child.part.is_answering
                if ask and child.is_running:
                    child.unanswered = 0 if _answers(ask) else child.unanswered + 1

    def _keep_log(self, child: _Child, process: subprocess.Popen[bytes]) -> None:
        log = RotatingFileHandler(self._logs / f"{child.part.name}.log", maxBytes=_LOG_BYTES, backupCount=_LOG_FILES, encoding="utf-8")
        assert process.stdout is not None  # noqa: S101 -- asked for a pipe above
        with process.stdout as lines:
            for raw in lines:
                line = raw.decode(errors="replace").rstrip()
                child.lines.append(line)
                log.handle(logging.makeLogRecord({"msg": line}))
        log.close()

    def _write_register(self) -> None:
        known = []
        for child in self._children.values():
            if child.process and child.is_running:
                try:
                    known.append((child.process.pid, psutil.Process(child.process.pid).create_time()))
                except psutil.NoSuchProcess:
                    continue
        self._register.write_text(json.dumps(known), encoding="utf-8")

    def _sleep(self, timeout_s: float) -> None:
        if select.select([self._wake[0]], [], [], timeout_s)[0]:
            while True:
                try:
                    os.read(self._wake[0], 4096)
                except BlockingIOError:
                    return

    def _ask_to_stop(self, _number: int, _frame: FrameType | None) -> None:
        now = time.monotonic()
        if self._asked_to_stop and now - self._asked_at > _AGAIN_S:
            self._in_a_hurry = True
        if not self._asked_to_stop:
            self._asked_to_stop, self._asked_at = True, now


def die_with_parent(patience_s: float = 8.0) -> None:
    """In a part with a lifeline: stop when the pipe on standard input closes, and leave no descendant.

    With a handler for SIGTERM the part drains first, for ``patience_s`` at most.
    """
    lifeline = os.dup(0)
    with Path(os.devnull).open("rb") as nothing:
        os.dup2(nothing.fileno(), 0)

    def hold() -> None:
        while os.read(lifeline, 4096):
            continue
        if callable(signal.getsignal(signal.SIGTERM)):
            atexit.register(_end_descendants)
            os.kill(os.getpid(), signal.SIGTERM)
            time.sleep(patience_s)
        _end_descendants()
        os.kill(os.getpid(), signal.SIGKILL)

    threading.Thread(target=hold, daemon=True, name="lifeline").start()


def own_part(name: str, *words: str, once: bool = False, is_answering: Callable[[], bool] | None = None) -> Part:
    """Return one of our own commands as a part, in the Python that runs now, on a lifeline."""
    argv = (sys.executable, "-m", "resource_hub", "--lifeline", *words)
    return Part(name, argv, has_lifeline=True, once=once, is_answering=is_answering)


def _answers(ask: Callable[[], bool]) -> bool:
    """Whether the part answers; a question that fails is no answer, and the next part is asked all the same."""
    try:
        return ask()
    except Exception as error:  # noqa: BLE001 -- this thread watches over all the others
        log.warning("a part could not be asked: %r", error)
        return False


def _death_prefix(part: Part) -> list[str]:
    if part.has_lifeline:
        return []
    setpriv = shutil.which("setpriv", path=f"{os.environ.get('PATH', '')}:/usr/bin:/bin")
    return [setpriv, "--pdeathsig", part.death_signal, "--"] if setpriv else []


def _signal_one(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return


def _signal_group(pid: int, number: signal.Signals) -> None:
    """Signal a part and what it started, as far as that stayed in its group."""
    try:
        os.killpg(pid, number)
    except (ProcessLookupError, PermissionError):
        return


def _end_descendants() -> None:
    for child in psutil.Process().children():
        _end_with_descendants(child)


def _end_with_descendants(process: psutil.Process) -> None:
    """SIGKILL the descendants first, so that none is adopted by someone else in between."""
    try:
        for one in [*process.children(recursive=True)[::-1], process]:
            one.kill()
    except psutil.NoSuchProcess:
        return


def _end_of(returncode: int) -> str:
    return f"signal {signal.Signals(-returncode).name}" if returncode < 0 else f"exit {returncode}"

"""How a long command shows its progress: one line a stage, with rate and time left.

On a terminal the line moves; in a log each stage is said once, so that a nightly mail stays short.
"""

import sys
import threading
import time
from types import TracebackType
from typing import Self

import click

from resource_hub.cli.console import say

_UNITS = (("GB", 1e9), ("MB", 1e6), ("kB", 1e3))
_EVERY_S = 0.2


def size_text(count: float) -> str:
    """Return bytes in words: 12.3 MB."""
    for unit, size in _UNITS:
        if count >= size:
            return f"{count / size:.1f} {unit}"
    return f"{count:.0f} B"


def time_text(seconds: float) -> str:
    """Return a duration in words: 3:07 or 1:02:09."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


class Meter:
    """Draws one stage after the other; used in ``with``, so that the last line is ended."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._is_bytes = True
        self._is_terminal = sys.stderr.isatty()
        self._label = ""
        self._total = self._done = self._started_with = 0
        self._begun = self._drawn = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None) -> None:
        self._end_line()

    def stage(self, chinese: str, english: str, total: int, *, is_bytes: bool = True) -> None:
        """Begin a stage of ``total`` steps."""
        self._end_line()
        self._is_bytes = is_bytes
        self._label, self._total, self._done, self._started_with = f"{chinese} / {english}", total, 0, 0
        self._begun, self._drawn = time.monotonic(), 0.0
        if not self._is_terminal:
            click.echo(self._label + (f": {self._amount(total)}" if total else ""), err=True)
        self._draw()

    def skip(self, done: int) -> None:
        """So many steps were done before; they count for no rate."""
        with self._lock:
            self._done += done
            self._started_with += done
            self._draw()

    def step(self, done: int) -> None:
        """So many steps more are done (or taken back, when negative)."""
        with self._lock:
            self._done += done
            self._draw()

    def note(self, chinese: str, english: str) -> None:
        """Say a sentence on a line of its own."""
        with self._lock:
            if self._is_terminal and self._label:
                click.echo("", err=True)
            say(chinese, english)

    def _draw(self) -> None:
        now = time.monotonic()
        is_last = self._done >= self._total
        if not self._is_terminal or not self._label or (now - self._drawn < _EVERY_S and not is_last):
            return
        self._drawn = now
        share = self._done / self._total if self._total else 1.0
        click.echo(f"\r\x1b[K{self._label}  {share:4.0%}  {self._amount(self._done)}{self._rate(now)}", nl=False, err=True)

    def _rate(self, now: float) -> str:
        took = now - self._begun
        fresh = self._done - self._started_with
        if took < 1 or fresh <= 0:
            return ""
        left = (self._total - self._done) * took / fresh
        told = f"  {size_text(fresh / took)}/s" if self._is_bytes else ""
        return f"{told}  {time_text(left)} ⏳" if left >= 1 else told

    def _amount(self, count: int) -> str:
        return size_text(count) if self._is_bytes else str(count)

    def _end_line(self) -> None:
        if self._is_terminal and self._label:
            click.echo("", err=True)
        self._label = ""

"""Read the lines of ``ffmpeg -progress`` and foretell the time left. Pure.

ffmpeg ends every block with ``progress=continue`` or ``progress=end``. Rule: only ``end`` (with
the right length) means that the work is whole; a cancelled ffmpeg also leaves tidy files.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Step:
    """How far the work is: seconds of the source done, and whether ffmpeg says it reached the end."""

    done_s: float
    is_end: bool


@dataclass(slots=True)
class Progress:
    """Collects lines; ``feed`` gives a Step at the end of each block and ``None`` in between."""

    done_s: float = 0.0
    is_end: bool = False

    def feed(self, line: str) -> Step | None:
        name, _, value = line.strip().partition("=")
        if name == "out_time_us":
            # "N/A" before the first packet; never backwards, since several outputs report in turn.
            digits = value.strip()
            if digits.isascii() and digits.isdigit():
                self.done_s = max(self.done_s, int(digits) / 1_000_000)
        elif name == "progress":
            self.is_end = value.strip() == "end"
            return Step(self.done_s, self.is_end)
        return None


@dataclass(slots=True)
class TimeLeft:
    """A calm guess: the rate is smoothed, and nothing is said in the first seconds."""

    total_s: float
    _rate: float | None = field(default=None)
    _last: tuple[float, float] | None = field(default=None)
    _began: float | None = field(default=None)

    def after(self, done_s: float, now_s: float) -> float | None:
        """Return the seconds left at ``now_s`` of a steady clock, or ``None`` while it is too early to tell."""
        if self._began is None or self._last is None:
            self._began, self._last = now_s, (now_s, done_s)
            return None
        waited, moved = now_s - self._last[0], done_s - self._last[1]
        if waited >= 1.0:
            rate = max(0.0, moved) / waited
            self._rate = rate if self._rate is None else 0.8 * self._rate + 0.2 * rate
            self._last = (now_s, done_s)
        if now_s - self._began < 3.0 or not self._rate:
            return None
        return max(0.0, self.total_s - done_s) / self._rate

    def fraction(self, done_s: float) -> float:
        """Return the share that is done; 0.99 at most, since only the end is 1."""
        return min(0.99, max(0.0, done_s / self.total_s)) if self.total_s > 0 else 0.0

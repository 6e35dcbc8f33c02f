"""The one clock. ``now()`` is aware UTC; ``HUB_CLOCK`` shifts it for the demo and for tests.

Nothing else reads the time of day; durations and waits use ``time.monotonic``. A shifted clock is
shared by all processes of a platform: the supervisor tells each of its parts when it began.
"""

from datetime import UTC, datetime, timedelta

_shift = timedelta(0)


def now() -> datetime:
    """Return the current moment, aware, in UTC."""
    return real() + _shift


def real() -> datetime:
    """Return the moment that the machine's clock shows, whatever ours does."""
    return datetime.now(UTC)


def ms(moment: datetime) -> int:
    """Return an aware moment as browsers count it: whole milliseconds since 1970."""
    return int(moment.timestamp() * 1000)


def start_at(moment: datetime | None) -> None:
    """Let the clock run on from ``moment`` (``None``: real time)."""
    global _shift  # noqa: PLW0603 -- one clock per process is the point of this module
    _shift = moment - real() if moment else timedelta(0)


def carried_on(moment: datetime, since: datetime) -> datetime:
    """Return what a clock shows now that showed ``moment`` at the real moment ``since``."""
    return moment + (real() - since)

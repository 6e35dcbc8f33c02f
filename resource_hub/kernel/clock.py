"""The one clock. ``now()`` is aware UTC; ``HUB_CLOCK`` shifts it for the demo and for tests.

Nothing else reads the time of day; durations and waits use ``time.monotonic``.
"""

from datetime import UTC, datetime, timedelta

_shift = timedelta(0)


def now() -> datetime:
    """Return the current moment, aware, in UTC."""
    return datetime.now(UTC) + _shift


def start_at(moment: datetime | None) -> None:
    """Let the clock run on from ``moment`` (``None``: real time)."""
    global _shift  # noqa: PLW0603 -- one clock per process is the point of this module
    _shift = moment - datetime.now(UTC) if moment else timedelta(0)

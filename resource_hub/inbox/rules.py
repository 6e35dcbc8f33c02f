"""When deliveries show. Pure."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

DIGESTS = (time(7, 30), time(15, 30))
"""Local time. Before the first lesson and after the last, as the district's rules have it: two digests a day, none at night."""


def next_digest(moment: datetime, zone: ZoneInfo) -> datetime:
    """Return the first digest after ``moment``."""
    local = moment.astimezone(zone)
    days = (local.date(), local.date() + timedelta(days=1))
    return next(at for day in days for at in (datetime.combine(day, hour, zone) for hour in DIGESTS) if at > moment)


def digest_of(moment: datetime, zone: ZoneInfo) -> datetime:
    """Return the last digest up to ``moment``: what came at any time stands with it."""
    local = moment.astimezone(zone)
    days = (local.date(), local.date() - timedelta(days=1))
    return next(at for day in days for at in (datetime.combine(day, hour, zone) for hour in reversed(DIGESTS)) if at <= moment)

"""Pure rules of the open doors: dates of harvesting, signatures of messages, when to try again, what a sheet may hold."""

import hashlib
import hmac
import ipaddress
import re
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from resource_hub.kernel.viewer import Role

MANAGERS = frozenset({Role.DISTRICT_ADMIN})

SETTLED_AFTER = timedelta(seconds=60)
"""A record is shown a minute after its datestamp: by then what was written with an earlier one is committed."""
RETRY_AFTER_S = (60, 300, 1800, 7200, 21_600, 43_200)
"""Seconds until a message is tried again; after the last it is given up, a day after the first try."""
LAUNCH_BEGINS_WITHIN = timedelta(minutes=10)
"""How long a platform has to send a browser back with its token."""
LAUNCH_LASTS = timedelta(hours=1)
"""How long after that a launch may be bound, or resources be picked for it."""
REMEMBERED = timedelta(days=30)
"""How long messages to webhooks are listed."""
STATEMENTS_KEPT = timedelta(days=2)
"""How long a settled statement is kept: what is told once a day is known until the day is over."""
MOST_FAILURES = 5
"""After so many messages given up one after another, a webhook is switched off."""

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_SECOND = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z", re.ASCII)


def datestamp(at: datetime, before: datetime | None = None) -> datetime:
    """Return the datestamp of a change at that moment: whole seconds, and never earlier than the one it had ``before``."""
    whole = at.replace(microsecond=0)
    return max(whole, before) if before else whole


def harvest_moment(text: str, *, is_end: bool) -> datetime | None:
    """Return the moment that ``from`` or ``until`` names, a day meaning its first or last second; ``None`` for any other form."""
    try:
        if _SECOND.fullmatch(text):
            return datetime.fromisoformat(text)
        if _DAY.fullmatch(text):
            day = datetime.fromisoformat(text).replace(tzinfo=UTC)
            return day + timedelta(days=1, seconds=-1) if is_end else day
    except (ValueError, OverflowError):
        pass
    return None


def signature(secret: str, at: int, body: bytes) -> str:
    """Return what the receiver of a message computes too: HMAC-SHA256 over the moment, a dot and the body."""
    return "v1=" + hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()


def is_web_address(url: str) -> bool:
    """Whether this is a whole http address without a name and password in it."""
    try:
        parts = urlsplit(url)
        _port = parts.port
    except ValueError:
        return False
    is_plain = url.isascii() and " " not in url and not parts.username and not parts.fragment
    return is_plain and parts.scheme in {"http", "https"} and bool(parts.hostname)


def retry_after_s(attempts: int) -> int | None:
    """Return how long to wait after so many tries; ``None`` when it is given up."""
    return RETRY_AFTER_S[attempts - 1] if attempts <= len(RETRY_AFTER_S) else None


def is_private(address: str) -> bool:
    """Whether an address belongs to this machine or its network, where nothing of ours may be sent unless settings allow it."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour or (found.teredo[1] if found.teredo else None) or _translated(found)
        if inner is not None:
            return is_private(str(inner))
    return not found.is_global or found.is_multicast


def digest(token: str) -> str:
    """Return the hash under which a token is kept; tokens are random, so nothing slower is needed."""
    return hashlib.sha256(token.encode()).hexdigest()


def cell(text: str) -> str:
    """Return text for a sheet, where a leading sign would make it a formula."""
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t", "\r"} else text


_NAT64 = ipaddress.ip_network("64:ff9b::/96")


def _translated(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF) if address in _NAT64 else None

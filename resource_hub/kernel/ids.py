"""Text ids: a prefix that names the thing, then 26 sortable characters (48 bits time, 80 random).

Ids are never secrets: a link that grants access carries a separate token (``new_secret``).
"""

import secrets
import time

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


def new_id(prefix: str) -> str:
    """Return ``<prefix>_<26 characters>``; ids made later sort later, to the millisecond."""
    number = (time.time_ns() // 1_000_000 << 80) | secrets.randbits(80)
    return f"{prefix}_" + "".join(_ALPHABET[number >> shift & 31] for shift in range(125, -1, -5))


def new_secret() -> str:
    """Return 256 random bits as URL-safe text; store only its hash."""
    return secrets.token_urlsafe(32)

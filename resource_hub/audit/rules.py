"""How entries are bound together, and what may stand in their details. Pure.

The hash covers the canonical JSON of an entry and the hash before it; changing this form would
break every chain that exists, so it is fixed by a test with a known answer.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import TypeAlias

from resource_hub.audit.schemas import Details

FIRST = "0" * 64
Stored: TypeAlias = dict[str, str | int | bool | list[str] | None]

_SECRET = re.compile(r"password|passwd|secret|token|credential|phone|mobile|cookie", re.IGNORECASE)
_PHONE = re.compile(r"(?<!\d)((?:86)?1\d{2})\d{4}(\d{4})(?!\d)")


def entry_hash(previous: str, entry: Mapping[str, object]) -> str:
    """Return the hash of ``entry`` standing after the one hashed ``previous``."""
    text = json.dumps(entry, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(f"{previous}\n{text}".encode()).hexdigest()


def moment_text(moment: datetime) -> str:
    """Return a moment as it enters the hash: the same on both databases."""
    return moment.isoformat(timespec="microseconds")


def plain_details(details: Details) -> Stored:
    """Return details fit for keeping: telephone numbers masked, secrets refused.

    A key that names a secret is a fault of the caller's code and raises ValueError.
    """
    for key in details:
        if _SECRET.search(key):
            raise ValueError(f"the audit takes no {key!r}")
    return {key: _plain(value) for key, value in details.items()}


def _plain(value: object) -> str | int | bool | list[str] | None:
    if value is None or isinstance(value, (bool, int)):
        return value
    if isinstance(value, str):
        return _PHONE.sub(r"\1****\2", value)
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_PHONE.sub(r"\1****\2", str(item)) for item in value]
    raise ValueError(f"the audit takes text, numbers and lists of text, not {type(value).__name__}")

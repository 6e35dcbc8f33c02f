"""Keyset pages: a list is cut after a sort key, never by counting rows off."""

import base64
import json
import math
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from resource_hub.kernel.errors import N_, Invalid

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some rows and the cursor of the next page (``None``: that was all)."""

    rows: Sequence[T]
    cursor: str | None = None


def write_cursor(*key: str | float) -> str:
    """Return the sort key of the last row shown, as URL-safe text."""
    return base64.urlsafe_b64encode(json.dumps(key).encode()).decode().rstrip("=")


def read_cursor(text: str | None) -> list[str | int | float] | None:
    """Return the key inside a cursor, of texts and finite numbers; ``None`` when absent or not ours."""
    if not text:
        return None
    try:
        key = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        is_ours = isinstance(key, list) and all(isinstance(part, str) or math.isfinite(part) for part in key)
    except (ValueError, TypeError, OverflowError, RecursionError):
        return None
    return key if is_ours else None


def read_moment(cursor: str | None) -> tuple[datetime, str] | None:
    """Return the moment and id after which a page begins, ``None`` for the first page; Invalid for a cursor that is not ours."""
    if not cursor:
        return None
    match read_cursor(cursor):
        case [str() as at, str() as ident]:
            with suppress(ValueError):
                moment = datetime.fromisoformat(at)
                if moment.tzinfo is not None:
                    return moment, ident
    raise Invalid(fields={"cursor": N_("这个翻页位置不对，请从第一页重新看起。")})

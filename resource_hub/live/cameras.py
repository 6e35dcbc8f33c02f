"""A phone as the document camera of one room in one lesson: by what it comes in, and the little that it learns there. Pure.

Nobody signs in on it. A teacher's invitation is a fact; the code in the QR picture is the installation's word for that fact and
is taken for 15 minutes. What it is exchanged for holds until the lesson ends, a newer invitation takes its place or a teacher
ends it. Rule: a phone is told of the lesson only what it needs to find its way, and may do only what is named for it.
"""

import hashlib
import hmac
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from resource_hub.kernel.viewer import Viewer
from resource_hub.live.seats import Part, Seat
from resource_hub.live.state import Fact, State, new

INVITED_MS = 15 * 60_000
"""So long a code is taken; nobody else in the room should find it on a screen after that."""
DEVICE = "cam-"
"""Names of phones begin with this, so that none passes itself off as the device of a room."""
STRANGER = Viewer("", "", None, frozenset(), ())
"""Who holds a phone is not known: they have no seat but that of their pass."""
TOLD = frozenset({
    "lesson:started", "lesson:paused", "lesson:resumed", "lesson:ended", "audio:taken", "audio:dropped", "link:changed",
    "link:limited", "route:changed", "camera:invited", "camera:taken", "camera:dropped", "camera:shown",
})  # fmt: skip
_SHOWN = ("seq", "phase", "audio", "links", "limits", "route", "cameras", "shown_camera")
_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""None that is taken for another when it is read from a screen."""
_LENGTH = 10
_HEAD = "cam"


@dataclass(frozen=True, slots=True)
class Pass:
    """The right to be the document camera of a room; ``key`` is the invitation that it came by."""

    lesson: str
    site: int
    key: str

    @property
    def seat(self) -> Seat:
        return Seat(Part.CAMERA, self.site)


def code_of(secret: str, one: Pass) -> str:
    """Return the code of an invitation: 50 bits, as ten letters and digits."""
    number = int.from_bytes(_sign(secret, "code", one)[:8], "big")
    return "".join(_LETTERS[number >> 5 * place & 31] for place in range(_LENGTH))


def is_code_of(secret: str, one: Pass, given: str) -> bool:
    """Return whether somebody typed or scanned the code of this invitation, however they wrote it."""
    plain = re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", given)).upper()
    return hmac.compare_digest(code_of(secret, one).encode(), plain.encode())


def token_of(secret: str, one: Pass) -> str:
    """Return the pass as a phone carries it."""
    return ".".join((_HEAD, one.lesson, str(one.site), one.key, _sign(secret, "pass", one).hex()))


def pass_of(secret: str, token: str) -> Pass | None:
    """Return the pass that a token is, or None when it is none that we gave."""
    parts = token.split(".")
    if len(parts) != 5 or parts[0] != _HEAD or not parts[2].isdecimal():
        return None
    found = Pass(parts[1], int(parts[2]), parts[3])
    return found if hmac.compare_digest(token_of(secret, found).encode(), token.encode()) else None


def invitations(lesson: str, cameras: Mapping[str, Mapping[str, Any]], now_ms: int) -> list[Pass]:
    """Return the invitations of a lesson whose codes are still taken."""
    fresh = (item for item in cameras.items() if now_ms - item[1]["at"] <= INVITED_MS)
    return [Pass(lesson, int(site), camera["key"]) for site, camera in fresh]


def is_valid(one: Pass, cameras: Mapping[str, Mapping[str, Any]]) -> bool:
    """Return whether a pass still holds, by the lesson's state."""
    return cameras.get(str(one.site), {}).get("key") == one.key


def holds(one: Pass, device: str, cameras: Mapping[str, Mapping[str, Any]]) -> bool:
    """Return whether this device is the document camera of its room now."""
    return is_valid(one, cameras) and cameras[str(one.site)]["device"] == device


def named(wanted: str | None, otherwise: str) -> str:
    """Return the name of a phone's page: its own choice when it is a phone's name."""
    return wanted if wanted and wanted.startswith(DEVICE) else f"{DEVICE}{otherwise}"


def shown(snapshot: State) -> State:
    """Return of a lesson's state what a phone is shown: who carries sound and picture and how, and that it is on."""
    return new(snapshot["lesson"]) | {key: snapshot[key] for key in _SHOWN}


def told(facts: Iterable[Fact]) -> list[dict[str, Any]]:
    """Return those of the facts that a phone is told; none of them says anything of a pupil."""
    return [dict(fact) for fact in facts if fact["type"] in TOLD]


def _sign(secret: str, what: str, one: Pass) -> bytes:
    words = f"camera {what} {one.lesson} {one.site} {one.key}"
    return hmac.new(secret.encode(), words.encode(), hashlib.sha256).digest()

"""Inviting a phone to be the document camera of a room, and letting in the one that brings the code.

``cameras`` knows what the code of an invitation is; this knows which invitations there are. Rule: whoever brings a wrong code
learns nothing, not even whether the lesson exists.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import segno

from resource_hub.kernel import clock
from resource_hub.kernel.errors import N_, NotAllowed, NotFound
from resource_hub.live import cameras, queries
from resource_hub.live.acts import NotYourRoom
from resource_hub.live.cameras import Pass
from resource_hub.live.seats import TEACHERS, Seat
from resource_hub.schools import queries as schools
from resource_hub.timetable import queries as timetable


class NoInvitation(NotFound):
    code = "no_invitation"
    message = N_("二维码已经过期或作废，请重新生成。")


class WrongCode(NotFound):
    code = "wrong_code"
    message = N_("这个码不对，或者已经过期。请在课堂页面重新生成，再扫一次。")


@dataclass(frozen=True, slots=True)
class Invitation:
    """What a teacher shows to a phone: ``until`` in milliseconds since 1970."""

    code: str
    address: str
    picture: str
    until: int


def invitation(seat: Seat, lesson_id: str, site: int, *, secret: str, host: str) -> Invitation:
    """Return the code for the document camera of a class, for those who teach there; raises NoInvitation when there is none that holds."""
    if seat.part not in TEACHERS:
        raise NotAllowed
    if not seat.speaks_for(site):
        raise NotYourRoom
    there = queries.cameras_of([lesson_id])[lesson_id]
    found = next((one for one in cameras.invitations(lesson_id, there, _now()) if one.site == site), None)
    if found is None:
        raise NoInvitation
    code = cameras.code_of(secret, found)
    # Behind the mark, so that no server and no log on the way is told it.
    address = f"{host}live/{lesson_id}/camera#{code}"
    picture = segno.make(address, error="m", micro=False).svg_data_uri(scale=8, border=4, light="#ffffff")
    return Invitation(f"{code[:5]}-{code[5:]}", address, str(picture), there[str(site)]["at"] + cameras.INVITED_MS)


def redeem(code: str, lesson_id: str | None, *, secret: str) -> Pass:
    """Return the pass that a code is good for; without a lesson it is looked for among those of now. Raises WrongCode."""
    wanted = [lesson_id] if lesson_id else [one.id for one in timetable.lessons_between(schools.today(), schools.today()) if one.is_near]
    there: Mapping[str, Mapping[str, Any]] = queries.cameras_of(wanted)
    for lesson, found in there.items():
        for one in cameras.invitations(lesson, found, _now()):
            if cameras.is_code_of(secret, one, code):
                return one
    raise WrongCode


def _now() -> int:
    return clock.ms(clock.now())

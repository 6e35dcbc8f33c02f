"""What a recorder says, and the words of a recording's states."""

from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from resource_hub.kernel.errors import N_
from resource_hub.media.schemas import Declaration

MOST_CHUNKS = 10_800
"""Of two seconds in one session: six hours."""
MOST_SESSIONS = 60
"""Of one lesson: a recorder that begins anew every minute is broken."""
LARGEST_CHUNK = 2 << 20
LARGEST_RECORDING = 8 << 30

Ident = Annotated[str, StringConstraints(min_length=8, max_length=24, pattern=r"^[A-Za-z0-9_-]+$")]
Mime = Annotated[str, StringConstraints(max_length=100, pattern=r"^(video|audio)/(webm|mp4)(;\s?codecs=[\w.,\"\s-]+)?$")]


class RecordingState(StrEnum):
    RECEIVING = "receiving"
    JOINING = "joining"
    READY = "ready"
    ERASED = "erased"


class MarkKind(StrEnum):
    """What happened at a second of a recording."""

    SLIDE = "slide"
    QUESTION = "question"
    HAND = "hand"
    STAGE = "stage"
    CHAT = "chat"


MARK_LABELS = {
    MarkKind.SLIDE: N_("课件"),
    MarkKind.QUESTION: N_("提问"),
    MarkKind.HAND: N_("举手"),
    MarkKind.STAGE: N_("发言"),
    MarkKind.CHAT: N_("文字"),
}
DECLARABLE = (Declaration.NO_PUPILS, Declaration.REAR_CAMERA)
"""What a teacher may answer for before anything is recorded."""


class SessionIn(BaseModel):
    """A recorder announces itself; again with ``started_at`` (ms since 1970 by the server's clock as it knows it) once it runs."""

    model_config = ConfigDict(extra="forbid")

    session: Ident
    mime: Mime
    started_at: int | None = Field(default=None, ge=0)
    declaration: Declaration = Declaration.NONE


class FinishIn(BaseModel):
    """``chunks`` is how many the session has; those not stored yet are named in the answer."""

    model_config = ConfigDict(extra="forbid")

    chunks: int = Field(ge=0, le=MOST_CHUNKS)

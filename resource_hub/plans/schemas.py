"""Words and shapes of plans: who has which part, what clients may send, what forms give.

Limits are those of a plan of one lesson written by a group of a school; nothing here names a pupil.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, field_validator

from resource_hub.kernel.errors import N_, Invalid

LONGEST_UPDATE = 1 << 20
"""Bytes: what somebody wrote alone through days without a line is far below it."""
MOST_MEMBERS = 60
LONGEST_CURSOR = 2_000

Id = Annotated[str, StringConstraints(min_length=1, max_length=40, pattern=r"^[0-9A-Za-z_-]+$")]
Place = Annotated[str, StringConstraints(min_length=1, max_length=60, pattern=r"^[0-9A-Za-z_-]+(/[a-z]+)?$")]
"""Where in a plan: a section by its name, or ``<stage>/<column>``."""
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2_000)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]


class Part(StrEnum):
    """What somebody may do with a plan: own it, write, comment; a former member may nothing, but their pictures stay."""

    OWNER = "owner"
    EDITOR = "editor"
    COMMENTER = "commenter"
    FORMER = "former"


class PlanState(StrEnum):
    OPEN = "open"
    CLOSED = "closed"
    """It is finished: everybody reads, nobody writes until the owner opens it again."""


class RemarkKind(StrEnum):
    COMMENT = "comment"
    SUGGESTION = "suggestion"


class RemarkState(StrEnum):
    OPEN = "open"
    RESOLVED = "resolved"
    ACCEPTED = "accepted"
    REFUSED = "refused"


class _Given(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PlanIn(_Given):
    """How a plan begins: blank, for a place in the curriculum, or from a work of the library."""

    title: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)] = ""
    node_id: Annotated[str, StringConstraints(max_length=40)] = ""
    resource_id: Annotated[str, StringConstraints(max_length=40)] = ""


class MemberIn(_Given):
    person_id: Id
    part: Part = Part.EDITOR

    @field_validator("part")
    @classmethod
    def _is_given_away(cls, part: Part) -> Part:
        if part not in {Part.EDITOR, Part.COMMENTER}:
            raise ValueError("a plan has one owner, and nobody is let in as a former member")
        return part


class VersionIn(_Given):
    name: Name
    note: Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)] = ""


class OfPlan(_Given):
    plan: Id


class Join(OfPlan):
    """``state`` is the Yjs state vector of what the client has; left out by one that has nothing."""

    state: Annotated[bytes, Field(strict=True, max_length=LONGEST_UPDATE)] = b""


class Update(OfPlan):
    """A Yjs update; ``clock`` is how far its sender's own writing (``client``) goes with it.

    By that the server sees whether something before it is lacking.
    """

    update: Annotated[bytes, Field(strict=True, min_length=2, max_length=LONGEST_UPDATE)]
    client: Annotated[int, Field(ge=0, lt=1 << 53)]
    clock: Annotated[int, Field(ge=0, lt=1 << 53)]


class Presence(OfPlan):
    """Where somebody is in the plan; null when they are nowhere. Not kept."""

    client: Annotated[int, Field(ge=0, lt=1 << 53)]
    cursor: dict[str, Any] | None = None


class AddRemark(OfPlan):
    """A comment, an answer to one (``answers``), or a suggestion: ``proposal`` in place of the text there."""

    place: Place
    kind: RemarkKind = RemarkKind.COMMENT
    text: Annotated[str, StringConstraints(strip_whitespace=True, max_length=2_000)] = ""
    proposal: Annotated[str, StringConstraints(max_length=8_000)] = ""
    quote: Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)] = ""
    answers: Id | None = None


class SettleRemark(OfPlan):
    remark: Id
    state: RemarkState


COMMANDS: Mapping[str, type[BaseModel]] = {
    "plan:join": Join, "plan:leave": OfPlan, "plan:update": Update, "remark:add": AddRemark, "remark:settle": SettleRemark,
    "remark:list": OfPlan, "presence:pass": Presence,
}  # fmt: skip
"""What a client may send, and how it must look."""

Model = TypeVar("Model", bound=BaseModel)


def parsed(model: type[Model], given: object) -> Model:
    """Return what a client sent as ``model``; raises Invalid naming the fields that are wrong."""
    try:
        return model.model_validate(given)
    except ValidationError as error:
        fields = {".".join(str(part) for part in item["loc"]) or "body": N_("这一项的格式不对。") for item in error.errors()}
        raise Invalid(fields=fields) from error

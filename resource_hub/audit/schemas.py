"""What callers of the audit hand over: the result of an act, and plain details."""

from collections.abc import Mapping, Sequence
from enum import StrEnum

Detail = str | int | bool | None | Sequence[str]
Details = Mapping[str, Detail]


class Result(StrEnum):
    DONE = "done"
    REFUSED = "refused"
    FAILED = "failed"

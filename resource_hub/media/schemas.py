"""What the hub and the media worker say to each other about one uploaded file.

Plain frozen values, standard library only, so that the worker's pure modules can use them.
Addresses never stand in here: an object is named by its storage key, and a playlist or a
WebVTT text carries ``{url}`` where the signed address is written when it is served.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, Literal

Family = Literal["video", "audio", "image", "paper", "text", "other"]
RenditionGroup = Literal["ladder", "voice", "storyboard", "poster", "waveform", "pages", "film"]


@dataclass(frozen=True, slots=True)
class AssetOrder:
    """What a job needs to know about the file it works on.

    ``generation`` grows whenever the original changes; keys of renditions contain it, so that
    a late worker can never write over newer results.
    """

    asset_id: str
    key: str
    filename: str
    media_type: str
    family: Family
    size: int
    generation: int


@dataclass(frozen=True, slots=True)
class RenditionFacts:
    """One stored object made from an original.

    ``kind`` is ``video``, ``audio``, ``voice``, ``still``, ``storyboard``, ``poster`` or
    ``waveform``; ``label`` tells it from its siblings (``480``, ``a22``, ``0007``).
    ``bitrate_kbps`` is measured over the whole length and counts the container.
    ``playlist`` is the HLS playlist with ``{url}`` for the object's address, or (with the first
    sheet of a storyboard) the WebVTT with ``{url:<label>}`` for each sheet's.
    """

    kind: str
    label: str
    key: str
    media_type: str
    bytes: int
    width: int | None = None
    height: int | None = None
    bitrate_kbps: float | None = None
    playlist: str = ""
    meta: Mapping[str, object] = field(default_factory=dict)


Run = Sequence[Any]
"""Words and where they stand: ``[x, y, width, height, words]`` in thousandths of the picture (``places``)."""


@dataclass(frozen=True, slots=True)
class Read:
    """What a machine read from a picture."""

    text: str
    runs: Sequence[Run] = ()


@dataclass(frozen=True, slots=True)
class PageFacts:
    """One page of a document: ``images`` maps a width in pixels to a storage key."""

    number: int
    text: str
    width: int
    height: int
    images: Mapping[int, str]
    needs_ocr: bool = False
    runs: Sequence[Run] = ()


@dataclass(frozen=True, slots=True)
class Piece:
    """What one recorder left in storage: chunks under ``prefix`` by number, the first of which holds the head of the file.

    ``at_ms`` is when it began, in milliseconds since 1970 by the clock that the pieces of a file share.
    """

    prefix: str
    numbers: tuple[int, ...]
    at_ms: int


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a piece stands in the file that was joined: began ``at_ms``, plays from ``start_s`` for ``length_s``."""

    at_ms: int
    start_s: float
    length_s: float


@dataclass(frozen=True, slots=True)
class FilmStroke:
    """A stroke on a sheet: places in 2,000ths of its width, both ways, and the width of the pen in thousandths."""

    colour: str
    width: int
    is_marker: bool
    points: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class FilmScene:
    """What a board shows from ``at_s`` on: of the strokes of the scene before the first ``keeps`` stay, ``adds`` come over them.

    ``pointer`` is a place in thousandths of the sheet's width and height.
    """

    at_s: float
    sheet: str
    keeps: int
    adds: tuple[FilmStroke, ...]
    pointer: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class FilmSheet:
    """The picture under the strokes: its storage key, and the size of the page."""

    key: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class FilmScript:
    """A board over the seconds of a recording; a sheet that has no picture is blank."""

    length_s: float
    scenes: tuple[FilmScene, ...]
    sheets: Mapping[str, FilmSheet]


class ConsentScope(StrEnum):
    """How far a recording may be shown, from narrow to wide."""

    SCHOOL = "school"
    COMMUNITY = "community"
    DISTRICT = "district"

    def reaches(self, other: "ConsentScope") -> bool:
        order = list(ConsentScope)
        return order.index(self) >= order.index(other)


class ConsentState(StrEnum):
    DRAFT = "draft"
    COLLECTED = "collected"
    ACTIVE = "active"
    EXPIRED = "expired"
    WITHDRAWN_PART = "withdrawn_part"


class Declaration(StrEnum):
    """Why no pupil can be recognised in a recording; ``none`` where a batch stands instead."""

    NONE = "none"
    BLURRED = "blurred"
    REAR_CAMERA = "rear_camera"
    NO_PUPILS = "no_pupils"
    REVIEWED = "reviewed"
    """A reviewer saw it and answers for it; said by programs that approve without naming the checks."""


class Standing(StrEnum):
    NOT_NEEDED = "not_needed"
    MISSING = "missing"
    ACTIVE = "active"
    TOO_NARROW = "too_narrow"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Consent:
    """What allows a file to be shown, or what is missing; ``scope`` is that of its batch."""

    state: Standing
    scope: ConsentScope | None = None
    valid_until: date | None = None
    batch_id: str | None = None
    declaration: Declaration = Declaration.NONE

    @property
    def allows(self) -> bool:
        return self.state in {Standing.NOT_NEEDED, Standing.ACTIVE}

    @property
    def may_show_pupils(self) -> bool:
        """Whether pupils may be seen: nobody has said that there are none, so each viewing is written down."""
        return self.declaration is not Declaration.NO_PUPILS

    @property
    def is_over(self) -> bool:
        """Tell whether it was taken back or ran out: then nobody is shown the file, whatever holds it."""
        return self.state in {Standing.WITHDRAWN, Standing.EXPIRED}

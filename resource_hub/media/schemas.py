"""What the hub and the media worker say to each other about one uploaded file.

Plain frozen values, standard library only, so that the worker's pure modules can use them.
Addresses never stand in here: an object is named by its storage key, and a playlist or a
WebVTT text carries ``{url}`` where the signed address is written when it is served.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Family = Literal["video", "audio", "image", "paper", "text", "other"]
RenditionGroup = Literal["ladder", "voice", "storyboard", "poster", "waveform", "pages"]


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


@dataclass(frozen=True, slots=True)
class PageFacts:
    """One page of a document: ``images`` maps a width in pixels to a storage key."""

    number: int
    text: str
    width: int
    height: int
    images: Mapping[int, str]
    needs_ocr: bool = False

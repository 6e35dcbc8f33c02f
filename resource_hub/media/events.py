"""What media tells the features above it."""

from dataclasses import dataclass

from resource_hub.kernel.events import Event
from resource_hub.media.schemas import Placed


@dataclass(frozen=True, slots=True)
class AssetChanged(Event):
    """Raised in the transaction that changes what an asset shows (facts, pages, renditions,
    captions, failure), by the worker or its uploader. It may come several times per asset.
    """

    asset_id: str


@dataclass(frozen=True, slots=True)
class AssetJoined(Event):
    """Raised in the transaction that records an original made of pieces; it can be played from then on.

    It comes again when pieces that arrived later were joined to it.
    """

    asset_id: str
    placed: tuple[Placed, ...]


@dataclass(frozen=True, slots=True)
class UploadFinished(Event):
    """Raised in the transaction that turns an upload into an asset; exactly once per upload."""

    upload_id: str
    asset_id: str
    draft_id: str | None


@dataclass(frozen=True, slots=True)
class ConsentWithdrawn(Event):
    """Raised in the transaction in which a parent's withdrawal is entered; whoever shows these recordings
    hides them in the same transaction.
    """

    asset_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ConsentExpired(Event):
    """Raised by the sweep on the day after a consent ended, once per batch, with the recordings that stand on it."""

    asset_ids: tuple[str, ...]

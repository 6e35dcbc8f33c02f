"""Keeping the fingerprint of every document's text, so that near-same ones are pointed out."""

import sqlalchemy as sa

from resource_hub.infra.db import db
from resource_hub.library import prints
from resource_hub.library.models import TextBand
from resource_hub.media import queries as media
from resource_hub.media.events import AssetChanged


def keep_print(event: AssetChanged) -> None:
    """Make the fingerprint anew; pages that come later, or are read by OCR, change it."""
    text = "".join(text for _, text in media.texts_of([event.asset_id]).get(event.asset_id, ()))[: prints.READ]
    bands = prints.bands_of(text)
    db.session.execute(sa.delete(TextBand).where(TextBand.asset_id == event.asset_id))
    db.session.add_all(TextBand(asset_id=event.asset_id, band=band, value=value) for band, value in enumerate(bands))

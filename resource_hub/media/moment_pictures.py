"""The picture of a page, or of what was on the screen at a second: beside every place where words were found."""

from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from resource_hub.infra.db import db
from resource_hub.infra.features import Picture
from resource_hub.infra.index import Moment
from resource_hub.infra.storage import storage
from resource_hub.media import queries
from resource_hub.media.models import Rendition, SlideText
from resource_hub.media.places import boxes_of

_PICTURES = ("still", "poster")
_SAME_S = 0.05


def pictures_of(wanted: Mapping[Moment, Sequence[str]]) -> dict[Moment, Picture]:
    """Return the pictures for those of these moments that have one, with the places of the words; who asks may see the files.

    A page gives its smallest image, a second the last still before it, else the poster. A recording whose
    consent was taken back or ran out gives none. Signed, for one hour; six queries for any number.
    """
    pages = {(m.file_id, m.page): words for m, words in wanted.items() if m.page is not None}
    urls, runs = queries.page_pictures(pages), queries.runs_of(pages)
    found = {
        m: Picture(urls[m.file_id, m.page], boxes_of(runs.get((m.file_id, m.page), ()), words))
        for m, words in wanted.items()
        if m.page is not None and (m.file_id, m.page) in urls
    }
    return found | _of_seconds({m: words for m, words in wanted.items() if m.page is None and m.at_s is not None})


def _of_seconds(wanted: Mapping[Moment, Sequence[str]]) -> dict[Moment, Picture]:
    shown = [ident for ident, consent in queries.consent_of([m.file_id for m in wanted]).items() if not consent.is_over]
    if not shown:
        return {}
    facts = Rendition.asset_id, Rendition.kind, Rendition.key, Rendition.media_type, Rendition.meta
    query = sa.select(*facts).where(Rendition.asset_id.in_(shown), Rendition.kind.in_(_PICTURES))
    pictures: dict[str, list[tuple[float, str, str]]] = {}
    for row in db.session.execute(query):
        at_s = float(row.meta.get("at_s", 0)) if row.kind == "still" else -1.0
        pictures.setdefault(row.asset_id, []).append((at_s, row.key, row.media_type))
    read = db.session.execute(sa.select(SlideText.asset_id, SlideText.at_s, SlideText.runs).where(SlideText.asset_id.in_(shown))).all()
    found = {}
    for moment, words in wanted.items():
        before = [one for one in pictures.get(moment.file_id, ()) if one[0] <= (moment.at_s or 0) + 0.5]
        if before:
            at_s, key, media_type = max(before)
            there = next((row.runs for row in read if row.asset_id == moment.file_id and abs(row.at_s - at_s) < _SAME_S), ())
            found[moment] = Picture(storage().presign_get(key, media_type=media_type), boxes_of(there, words))
    return found

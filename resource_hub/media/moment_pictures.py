"""The picture of a page, or of what was on the screen at a second: beside every place where words were found."""

from collections.abc import Sequence

import sqlalchemy as sa

from resource_hub.infra.db import db
from resource_hub.infra.index import Moment
from resource_hub.infra.storage import storage
from resource_hub.media import queries
from resource_hub.media.models import Rendition

_PICTURES = ("still", "poster")


def pictures_of(moments: Sequence[Moment]) -> dict[Moment, str]:
    """Return the addresses of pictures for those of these moments that have one; who asks may see the files.

    A page gives its smallest image, a second the last still before it, else the poster. A recording whose
    consent was taken back or ran out gives none. Signed, for one hour; four queries for any number.
    """
    pages = queries.page_pictures([(m.file_id, m.page) for m in moments if m.page is not None])
    found = {m: pages[m.file_id, m.page] for m in moments if m.page is not None and (m.file_id, m.page) in pages}
    return found | _of_seconds([m for m in moments if m.page is None and m.at_s is not None])


def _of_seconds(moments: Sequence[Moment]) -> dict[Moment, str]:
    shown = [ident for ident, consent in queries.consent_of([m.file_id for m in moments]).items() if not consent.is_over]
    if not shown:
        return {}
    facts = Rendition.asset_id, Rendition.kind, Rendition.key, Rendition.media_type, Rendition.meta
    query = sa.select(*facts).where(Rendition.asset_id.in_(shown), Rendition.kind.in_(_PICTURES))
    pictures: dict[str, list[tuple[float, str, str]]] = {}
    for row in db.session.execute(query):
        at_s = float(row.meta.get("at_s", 0)) if row.kind == "still" else -1.0
        pictures.setdefault(row.asset_id, []).append((at_s, row.key, row.media_type))
    found = {}
    for moment in moments:
        before = [one for one in pictures.get(moment.file_id, ()) if one[0] <= (moment.at_s or 0) + 0.5]
        if before:
            _at_s, key, media_type = max(before)
            found[moment] = storage().presign_get(key, media_type=media_type)
    return found

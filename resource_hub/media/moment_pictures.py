"""The picture of a page, or of what was on the screen at a second: beside every place where words were found."""

from collections.abc import Sequence

import sqlalchemy as sa

from resource_hub.infra.db import db
from resource_hub.infra.index import Moment
from resource_hub.infra.storage import storage
from resource_hub.media import consent_queries
from resource_hub.media.models import Page, Rendition
from resource_hub.media.schemas import Standing

_HIDDEN = (Standing.WITHDRAWN, Standing.EXPIRED)
_PICTURES = ("still", "poster")


def pictures_of(moments: Sequence[Moment]) -> dict[Moment, str]:
    """Return the addresses of pictures for those of these moments that have one; who asks may see the files.

    A page gives its smallest image, a second the last still before it, else the poster. A recording whose
    consent was taken back or ran out gives none. Signed, for one hour; three queries for any number.
    """
    return _of_pages([m for m in moments if m.page is not None]) | _of_seconds(
        [m for m in moments if m.page is None and m.at_s is not None]
    )


def _of_pages(moments: Sequence[Moment]) -> dict[Moment, str]:
    if not moments:
        return {}
    wanted = sa.or_(*(sa.and_(Page.asset_id == m.file_id, Page.number == m.page) for m in moments))
    keys = {
        (p.asset_id, p.number): str(p.images[min(p.images, key=int)]) for p in db.session.scalars(sa.select(Page).where(wanted)) if p.images
    }
    return {m: storage().presign_get(keys[m.file_id, m.page]) for m in moments if m.page and (m.file_id, m.page) in keys}


def _of_seconds(moments: Sequence[Moment]) -> dict[Moment, str]:
    if not moments:
        return {}
    files = {m.file_id for m in moments}
    consents = consent_queries.consent_of(list(files))
    shown = [ident for ident in files if consents[ident].state not in _HIDDEN]
    rows = db.session.scalars(sa.select(Rendition).where(Rendition.asset_id.in_(shown), Rendition.kind.in_(_PICTURES)))
    pictures: dict[str, list[tuple[float, Rendition]]] = {}
    for row in rows:
        at_s = float(row.meta.get("at_s", 0)) if row.kind == "still" else -1.0
        pictures.setdefault(row.asset_id, []).append((at_s, row))
    found = {}
    for moment in moments:
        before = [(at_s, row) for at_s, row in pictures.get(moment.file_id, ()) if at_s <= (moment.at_s or 0) + 0.5]
        if before:
            row = max(before, key=lambda one: one[0])[1]
            found[moment] = storage().presign_get(row.key, media_type=row.media_type)
    return found

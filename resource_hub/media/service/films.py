"""Films: a recording and the board beside it in one MP4, made when somebody asks, kept for a while, made anew at will.

Apart from ``results`` because what a film shows is known to a higher feature only, which lends its script
(``films_by``). A film is a rendition of its recording: erased with it, its bytes removed by the same sweep. One of an
earlier state of the recording counts as none.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

import sqlalchemy as sa

from resource_hub.infra import jobs
from resource_hub.infra.db import db
from resource_hub.kernel import clock
from resource_hub.kernel.errors import Gone, NotFound
from resource_hub.kernel.refs import Ref
from resource_hub.media import rules
from resource_hub.media.models import Asset, Rendition
from resource_hub.media.queries import FILM
from resource_hub.media.schemas import FilmScript, RenditionFacts
from resource_hub.media.service.results import record_renditions

KEPT = timedelta(days=14)
_LOW = -3
"""Nobody's lesson waits for a film."""
_scripts: list[Callable[[str], FilmScript | None]] = []


def films_by(script_of: Callable[[str], FilmScript | None]) -> None:
    """Let a higher feature say what the film of a recording shows; at start only."""
    if script_of not in _scripts:
        _scripts.append(script_of)


def film_script(asset_id: str) -> FilmScript:
    """Return what the film of a recording shows; NotFound when nobody knows."""
    for script_of in _scripts:
        if (found := script_of(asset_id)) is not None:
            return found
    raise NotFound


def order_film(asset_id: str, subject: Ref) -> None:
    """Have the film made; once however often it is asked, until it is there."""
    asset = db.session.get(Asset, asset_id)
    if asset is None or asset.failure_code in rules.GONE:
        raise NotFound
    dedupe = f"film:{asset_id}:{asset.generation}"
    jobs.enqueue("media.film", {"asset_id": asset_id}, subject=subject, dedupe=dedupe, priority=_LOW)


def record_film(asset_id: str, generation: int, made: RenditionFacts) -> None:
    """Keep a film; Gone when the recording was erased, or joined anew, while it was made."""
    asset = db.session.get(Asset, asset_id, with_for_update=True)
    if asset is None or asset.generation != generation or asset.failure_code in rules.GONE:
        raise Gone
    meta: Mapping[str, object] = {"generation": generation, "until": (clock.now() + KEPT).isoformat()}
    kept = RenditionFacts(FILM, FILM, made.key, made.media_type, made.bytes, made.width, made.height, made.bitrate_kbps, meta=meta)
    record_renditions(asset_id, FILM, [kept])


def forget_films() -> int:
    """Forget the films whose time is over; returns how many."""
    now = clock.now()
    rows = db.session.scalars(sa.select(Rendition).where(Rendition.group == FILM)).all()
    over = [row.id for row in rows if datetime.fromisoformat(str(row.meta["until"])) <= now]
    db.session.execute(sa.delete(Rendition).where(Rendition.id.in_(over)))
    return len(over)

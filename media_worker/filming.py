"""The job ``media.film``: fetch a recording and the pictures of its board, make one MP4 of them, keep it as a rendition.

Apart from ``handlers`` because it is asked for by a person and not by an upload. Killed at any moment it leaves nothing
but objects that no row names, which the sweep removes.
"""

from contextlib import suppress
from pathlib import Path

from media_worker import film, sheets
from media_worker.desk import WORKING_ROOM, Desk, desk
from media_worker.probe import probe
from resource_hub.infra import unit
from resource_hub.infra.jobs import JobRun
from resource_hub.kernel.errors import N_, NotFound
from resource_hub.media import service
from resource_hub.media.schemas import FilmScript, RenditionFacts

_SCENE_ROOM = 300_000
_SECOND_ROOM = 160_000
"""Bytes of scratch for a picture of a scene, and for a second of film at the highest rate."""
_DRAWN = 0.4
"""How much of the way the drawing is."""


def make_film(run: JobRun) -> None:
    """Make the film of a recording as its script stands now."""
    asset_id = str(run.payload["asset_id"])
    with unit.read():
        script = service.film_script(asset_id)
    room = WORKING_ROOM + len(script.scenes) * _SCENE_ROOM + int(script.length_s * _SECOND_ROOM)
    with desk(run, factor=1.0, extra=room) as work:
        pictures = _fetch_pictures(work, script)
        source = work.fetch(work.order.key, "source")
        has_picture = probe(source, scratch=work.folder, check=run.check).video is not None

        def drawing(fraction: float, left_s: float | None) -> None:
            run.progress(_DRAWN * fraction, N_("正在画板书"), left_s)

        def encoding(fraction: float, left_s: float | None) -> None:
            run.progress(_DRAWN + (1 - _DRAWN) * fraction, N_("正在合成视频"), left_s)

        film.draw(script, pictures, work.folder, has_picture=has_picture, report=drawing, check=run.check)
        made = film.encode(source, script, work.folder, has_picture=has_picture, report=encoding, check=run.check)
        size = made.stat().st_size
        facts = RenditionFacts("film", "film", work.store(made, "video/mp4"), "video/mp4", size, sheets.WIDTH, sheets.HEIGHT)
        with work.completing():
            service.record_film(asset_id, work.order.generation, facts)


def _fetch_pictures(work: Desk, script: FilmScript) -> dict[str, Path]:
    """Fetch the pictures of those sheets that are shown; one that is gone from storage is drawn as a blank sheet."""
    found: dict[str, Path] = {}
    for n, name in enumerate(sorted({scene.sheet for scene in script.scenes} & script.sheets.keys())):
        with suppress(NotFound):
            found[name] = work.fetch(script.sheets[name].key, f"sheet-{n:04}")
    return found

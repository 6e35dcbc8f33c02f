"""Recording what the worker found and made. Every verb replaces what it names as a whole,
so that a job done twice leaves the same rows as a job done once.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from resource_hub.infra import jobs, unit
from resource_hub.infra.db import db
from resource_hub.kernel import clock
from resource_hub.kernel.errors import N_, NotFound
from resource_hub.kernel.ids import new_id
from resource_hub.kernel.refs import Ref
from resource_hub.kernel.viewer import Viewer
from resource_hub.media import rules
from resource_hub.media.access import get_asset_for
from resource_hub.media.events import AssetChanged
from resource_hub.media.models import (
    Asset,
    Caption,
    Chapter,
    Page,
    PlayPosition,
    Rendition,
    SlideText,
    Transcript,
    TranscriptSegment,
)
from resource_hub.media.queries import VIRUS_SCAN
from resource_hub.media.schemas import AssetOrder, PageFacts, Read, RenditionFacts


def asset_order(asset_id: str) -> AssetOrder:
    """Return what a job must know; raises NotFound when the asset is gone."""
    asset = _asset(asset_id)
    return AssetOrder(
        asset_id=asset.id,
        key=rules.original_key(asset.id),
        filename=asset.filename,
        media_type=asset.media_type,
        family=asset.family,  # type: ignore[arg-type]  # a checked value of rules.Content
        size=asset.size,
        generation=asset.generation,
    )


def record_digest(asset_id: str, sha256: str) -> None:
    """Keep the hash of the original, for finding the same bytes again."""
    _asset(asset_id).sha256 = sha256


def record_facts(
    asset_id: str,
    *,
    duration_s: float | None = None,
    width: int | None = None,
    height: int | None = None,
    has_video: bool = False,
    has_audio: bool = False,
    facts: Mapping[str, Any] | None = None,
    virus_scan: str = "",
) -> None:
    """Keep what inspection found (``virus_scan`` is clamd's word, if it was asked); clears an earlier failure."""
    asset = _asset(asset_id)
    asset.duration_s, asset.width, asset.height = duration_s, width, height
    asset.has_video, asset.has_audio = has_video, has_audio
    asset.facts = dict(facts or {}) | ({VIRUS_SCAN: virus_scan} if virus_scan else {})
    asset.inspected_at = clock.now()
    asset.failure_code = asset.failure_message = None
    unit.record(AssetChanged(asset_id))


def record_failure(asset_id: str, code: str, message: str) -> None:
    """Say in words why the file cannot be shown; the original stays."""
    asset = _asset(asset_id)
    asset.failure_code, asset.failure_message = code, message
    asset.inspected_at = clock.now()
    unit.record(AssetChanged(asset_id))


def record_infected(asset_id: str, virus: str) -> None:
    """Say that the file carries a virus; from now on nobody gets an address of the original, which the caller then removes."""
    message = N_("文件里发现病毒（%(virus)s），已删除，没有人能下载。请先在电脑上杀毒，再重新上传。")
    record_failure(asset_id, rules.INFECTED, message % {"virus": virus})


def erase(asset_id: str, reason: str = N_("有家长撤回了录像的同意，录像已按约定删除。")) -> None:
    """Forget a recording and all that was made from it; only its name and the reason stay. The sweep removes the bytes."""
    jobs.cancel(Ref("asset", asset_id))
    for made in (Rendition, Page, Caption, TranscriptSegment, Transcript, SlideText, Chapter, PlayPosition):
        db.session.execute(sa.delete(made).where(made.asset_id == asset_id))
    record_failure(asset_id, rules.ERASED, reason)


def record_renditions(asset_id: str, group: str, items: Sequence[RenditionFacts]) -> None:
    """Replace the renditions of ``group``."""
    _asset(asset_id)
    db.session.execute(sa.delete(Rendition).where(Rendition.asset_id == asset_id, Rendition.group == group))
    for item in items:
        db.session.add(
            Rendition(
                id=new_id("rnd"), asset_id=asset_id, group=group, kind=item.kind, label=item.label, key=item.key,
                media_type=item.media_type, bytes=item.bytes, width=item.width, height=item.height,
                bitrate_kbps=item.bitrate_kbps, playlist=item.playlist, meta=dict(item.meta),
            )
        )  # fmt: skip
    unit.record(AssetChanged(asset_id))


def record_pages(asset_id: str, pages: Sequence[PageFacts], *, total: int, complete: bool) -> None:
    """Keep these pages (replacing those of the same number); ``complete`` drops any beyond."""
    asset = _asset(asset_id)
    numbers = [page.number for page in pages]
    stale = Page.number.not_in(numbers) if complete else Page.number.in_(numbers)
    db.session.execute(sa.delete(Page).where(Page.asset_id == asset_id, sa.or_(stale, Page.number.in_(numbers))))
    for page in pages:
        db.session.add(
            Page(
                asset_id=asset_id, number=page.number, text=page.text, width=page.width, height=page.height,
                images={str(width): key for width, key in page.images.items()}, needs_ocr=page.needs_ocr, runs=list(page.runs),
            )
        )  # fmt: skip
    asset.page_total, asset.pages_complete = total, complete
    asset.inspected_at = asset.inspected_at or clock.now()
    asset.failure_code = asset.failure_message = None
    unit.record(AssetChanged(asset_id))


def record_text(asset_id: str, number: int, read: Read) -> None:
    """Keep the text read from a scanned page beside what the file itself says there; a page that was read stays as it is."""
    page = db.session.get(Page, (asset_id, number))
    if page is None:
        raise NotFound
    if not page.needs_ocr:
        return
    own, page.needs_ocr = page.text, False
    page.text = rules.text_with_read(own, read.text)
    if page.text != own:
        page.runs = list(read.runs)
    unit.record(AssetChanged(asset_id))


def cancel_asset(viewer: Viewer, asset_id: str) -> int:
    """Stop all work on the uploader's own file, running or waiting; returns how many steps. The original stays."""
    asset = get_asset_for(viewer, asset_id, "change")
    stopped = jobs.cancel(Ref("asset", asset.id))
    if stopped:
        unit.record(AssetChanged(asset_id))
    return stopped


def retry_asset(viewer: Viewer, asset_id: str) -> int:
    """Queue the failed and stopped steps of the uploader's own file again; returns how many.

    None of one whose original is gone; the reason must stand.
    """
    asset = get_asset_for(viewer, asset_id, "change")
    if asset.failure_code in rules.GONE:
        return 0
    again = jobs.retry(Ref("asset", asset.id))
    if again:
        asset.failure_code = asset.failure_message = None
        unit.record(AssetChanged(asset_id))
    return again


def _asset(asset_id: str) -> Asset:
    asset = db.session.get(Asset, asset_id)
    if asset is None:
        raise NotFound
    return asset

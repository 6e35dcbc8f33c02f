"""What pages and programs read of media: states in words, addresses, playlists.

Addresses are signed for the origin of the request and live one hour; callers read them anew
with every reply and never store them.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask import current_app, url_for
from flask_babel import gettext as _
from itsdangerous import BadSignature, URLSafeTimedSerializer

from resource_hub.infra import jobs
from resource_hub.infra.db import db
from resource_hub.infra.features import hub
from resource_hub.infra.jobs import JobState, JobView
from resource_hub.infra.storage import SIGNED_FOR, storage
from resource_hub.kernel.errors import N_, NotAllowed, NotFound
from resource_hub.media import consent_queries, playlists, rules, transcript_queries, transcripts
from resource_hub.media.models import Asset, Caption, Page, PlayPosition, Rendition, Upload, UploadState
from resource_hub.media.schemas import FilmSheet
from resource_hub.media.transcript_queries import AUTOMATIC, TranscriptView, hears_speech

consent_of = consent_queries.consent_of
ChapterMark = transcripts.Mark
consent_batches = consent_queries.batches
chapters_of = transcript_queries.chapters_of
moments_of = transcript_queries.moments_of
"""Part of what features above ask of files."""
VIRUS_SCAN = "virus_scan"
"""What clamd said, among the facts of an asset; absent when it was not asked."""
_READABLE_WIDTH = 960
LATER_STEPS = frozenset({"media.ocr", "media.slides", "media.speech"})
"""Work that improves search only: a file counts as ready without it."""
MADE_TO_SHOW = frozenset({"media.join", "media.inspect", "media.ladder", "media.paper"})
"""Work without which a file cannot be shown."""


FILM = "film"
"""The group of the one MP4 that shows a recording with the board beside it."""


@dataclass(frozen=True, slots=True)
class FilmFacts:
    """A film that is there: its storage key, and until when it is kept."""

    key: str
    bytes: int
    until: datetime


@dataclass(frozen=True, slots=True)
class Step:
    """One piece of work on a file, as its uploader is told of it."""

    kind: str
    state: str
    progress: float
    before: int
    left_s: int | None
    message: str | None


@dataclass(frozen=True, slots=True)
class PageView:
    number: int
    width: int
    height: int
    images: Mapping[str, str]
    text: str = ""


@dataclass(frozen=True, slots=True)
class AssetView:
    """A file with everything made from it; ``state`` is processing, ready or failed."""

    id: str
    upload_id: str
    filename: str
    media_type: str
    family: str
    size: int
    sha256: str | None
    state: str
    progress: float
    failure: dict[str, str] | None
    duration_s: float | None
    width: int | None
    height: int | None
    page_total: int | None
    note: str = ""
    """What its readers must know although nothing failed."""
    steps: Sequence[Step] = ()
    renditions: Sequence[Rendition] = field(default=(), repr=False)
    captions: Sequence[Caption] = field(default=(), repr=False)
    transcript: TranscriptView | None = field(default=None, repr=False)
    """Given once it is whole."""

    @property
    def is_media(self) -> bool:
        return self.family in {"video", "audio"}

    @property
    def is_gone(self) -> bool:
        """Tell whether the original was removed."""
        return self.failure is not None and self.failure["code"] in rules.GONE


def asset_views(asset_ids: Sequence[str]) -> dict[str, AssetView]:
    """Return the files of these ids with their renditions and states: six queries for any number."""
    if not asset_ids:
        return {}
    assets = db.session.scalars(sa.select(Asset).where(Asset.id.in_(asset_ids))).all()
    uploads = dict(db.session.execute(sa.select(Upload.asset_id, Upload.id).where(Upload.asset_id.in_(asset_ids))).all())
    renditions: dict[str, list[Rendition]] = {}
    for row in db.session.scalars(sa.select(Rendition).where(Rendition.asset_id.in_(asset_ids)).order_by(Rendition.label)):
        renditions.setdefault(row.asset_id, []).append(row)
    captions: dict[str, list[Caption]] = {}
    for caption in db.session.scalars(sa.select(Caption).where(Caption.asset_id.in_(asset_ids)).order_by(Caption.created_at)):
        captions.setdefault(caption.asset_id, []).append(caption)
    steps = jobs.jobs_of("asset", asset_ids)
    heard = transcript_queries.automatic_captions([a.id for a in assets if a.has_audio])
    return {
        a.id: _view(a, uploads.get(a.id, ""), renditions.get(a.id, []), captions.get(a.id, []), steps.get(a.id, []), heard.get(a.id))
        for a in assets
    }


def assets_of_uploads(person_id: str, upload_ids: Sequence[str]) -> dict[str, str]:
    """Return the asset of each finished upload of that person."""
    rows = db.session.execute(
        sa.select(Upload.id, Upload.asset_id).where(
            Upload.id.in_(upload_ids), Upload.person_id == person_id, Upload.state == UploadState.FINISHED
        )
    )
    return dict(rows.all())


def pictures_of_person(person_id: str, asset_ids: Collection[str]) -> frozenset[str]:
    """Return those of these assets that are pictures which this person uploaded."""
    owned = sa.select(Asset.id).where(Asset.id.in_(asset_ids), Asset.person_id == person_id, Asset.family == "image")
    return frozenset(db.session.scalars(owned)) if asset_ids else frozenset()


def readable_pictures(asset_ids: Collection[str]) -> dict[str, str]:
    """Return the storage key of a picture of each of these assets, as wide as a page of text shows it; of those that have one."""
    if not asset_ids:
        return {}
    rows = db.session.execute(sa.select(Page.asset_id, Page.images).where(Page.asset_id.in_(asset_ids), Page.number == 1)).all()
    return {ident: str(images[min(images, key=lambda width: abs(int(width) - _READABLE_WIDTH))]) for ident, images in rows if images}


def readable_picture_addresses(asset_ids: Collection[str]) -> dict[str, str]:
    """Return signed addresses of those pictures."""
    return {ident: storage().presign_get(key) for ident, key in readable_pictures(asset_ids).items()}


def uploads_of_draft(draft_id: str) -> list[Upload]:
    """Return the uploads that were begun in a draft, in their order."""
    query = sa.select(Upload).where(Upload.draft_id == draft_id, Upload.state != UploadState.ABANDONED)
    return list(db.session.scalars(query.order_by(Upload.created_at, Upload.id)))


def media_json(view: AssetView) -> dict[str, Any] | None:
    """Return the ``media`` part of the contract; ``None`` for what has no time line."""
    if not view.is_media:
        return None
    signed = storage().presign_get
    token = playback_token(view.id)
    ladder = [r for r in view.renditions if r.group == "ladder"]
    hls = url_for("media.master", asset_id=view.id, t=token, _external=True) if ladder else None
    return {
        "asset_id": view.id,
        "duration_s": view.duration_s,
        "hls": hls,
        "renditions": [
            {
                "kind": r.kind, "label": r.label, "width": r.width, "height": r.height, "bitrate_kbps": r.bitrate_kbps,
                "bytes": r.bytes, "url": signed(r.key, media_type=r.media_type),
            }
            for r in sorted(ladder, key=lambda r: r.bitrate_kbps or 0) if r.kind in {"video", "audio"}
        ],
        "voice": _voice(view),
        "storyboard": _playlist_address(view, "storyboard", token),
        "poster": next((signed(r.key, media_type=r.media_type) for r in view.renditions if r.group == "poster"), None),
        "waveform": next((signed(r.key, media_type=r.media_type) for r in view.renditions if r.group == "waveform"), None),
        "captions": [
            {"id": ident, "label": label, "lang": language, "is_automatic": ident == AUTOMATIC,
             "url": url_for("media.caption", asset_id=view.id, caption_id=ident, t=token, _external=True)}
            for ident, label, language in tracks_of(view)
        ],
    }  # fmt: skip


def tracks_of(view: AssetView) -> list[tuple[str, str, str]]:
    """Return id, label and language of each caption file; of the transcript where people made none."""
    if view.captions or view.transcript is None:
        return [(c.id, c.label, c.language) for c in view.captions]
    label = _("自动生成，已校对") if view.transcript.edited_at else _("自动生成")
    return [(AUTOMATIC, label, view.transcript.language)]


def inline_of(view: AssetView) -> dict[str, Any] | None:
    """Return master and media playlists to put into the page: two round trips fewer on a slow line."""
    rows = [r for r in view.renditions if r.group == "ladder" and r.playlist]
    if not rows:
        return None
    variants = [playlists.variant_of(r.label, r.kind, r.width, r.height, r.meta) for r in rows]
    return playlists.inline_playlists(variants, {r.label: r.playlist for r in rows})


def pages_of(asset_id: str, *, after: int = 0, limit: int = 50) -> list[PageView]:
    """Return pages with signed addresses of their images, by width."""
    rows = db.session.scalars(sa.select(Page).where(Page.asset_id == asset_id, Page.number > after).order_by(Page.number).limit(limit))
    return [
        PageView(p.number, p.width, p.height, {w: storage().presign_get(str(key)) for w, key in p.images.items()}, p.text) for p in rows
    ]


def first_page_addresses(asset_ids: Sequence[str]) -> dict[str, str]:
    """Return the addresses of the smallest pictures of first pages, of those documents that have one."""
    return {asset_id: address for (asset_id, _first), address in page_pictures([(ident, 1) for ident in asset_ids]).items()}


def page_pictures(pages: Collection[tuple[str, int]]) -> dict[tuple[str, int], str]:
    """Return the addresses of the smallest pictures of these pages, each an asset and a number, of those that have one."""
    if not pages:
        return {}
    query = sa.select(Page.asset_id, Page.number, Page.images).where(sa.tuple_(Page.asset_id, Page.number).in_(pages))
    rows = db.session.execute(query).all()
    return {(row.asset_id, row.number): storage().presign_get(str(row.images[min(row.images, key=int)])) for row in rows if row.images}


def page_sheets(pages: Collection[tuple[str, int]], width: int) -> dict[tuple[str, int], FilmSheet]:
    """Return for these pages the picture that is nearest to a width; those without one are left out."""
    if not pages:
        return {}
    found = {}
    for row in db.session.scalars(sa.select(Page).where(sa.tuple_(Page.asset_id, Page.number).in_(pages))):
        if row.images:
            nearest = min(row.images, key=lambda one: abs(int(one) - width))
            found[row.asset_id, row.number] = FilmSheet(str(row.images[nearest]), row.width, row.height)
    return found


def film_of(asset_id: str) -> FilmFacts | None:
    """Return the film of a recording as it is now; None when there is none, or only that of an earlier state."""
    row = db.session.scalar(sa.select(Rendition).where(Rendition.asset_id == asset_id, Rendition.group == FILM))
    generation = db.session.scalar(sa.select(Asset.generation).where(Asset.id == asset_id))
    if row is None or row.meta["generation"] != generation:
        return None
    return FilmFacts(row.key, row.bytes, datetime.fromisoformat(str(row.meta["until"])))


def film_address(film: FilmFacts, filename: str) -> str:
    """Return a signed address that saves a film under this name."""
    return storage().presign_get(film.key, filename=filename, media_type="video/mp4")


def runs_of(pages: Collection[tuple[str, int]]) -> dict[tuple[str, int], list[Any]]:
    """Return the words of these pages with their places (``places``), each an asset and a number."""
    if not pages:
        return {}
    query = sa.select(Page.asset_id, Page.number, Page.runs).where(sa.tuple_(Page.asset_id, Page.number).in_(pages))
    return {(row.asset_id, row.number): row.runs for row in db.session.execute(query)}


def first_page_address(asset_id: str) -> str | None:
    """Return the address of the smallest picture of page 1, if it is there."""
    return first_page_addresses([asset_id]).get(asset_id)


def texts_of(asset_ids: Sequence[str]) -> dict[str, list[tuple[int, str]]]:
    """Return the number and text of every page of each asset, in order."""
    found: dict[str, list[tuple[int, str]]] = {}
    rows = db.session.execute(
        sa.select(Page.asset_id, Page.number, Page.text).where(Page.asset_id.in_(asset_ids)).order_by(Page.asset_id, Page.number)
    )
    for asset_id, number, text in rows:
        found.setdefault(asset_id, []).append((number, text))
    return found


def position_of(person_id: str, asset_id: str) -> tuple[float, str] | None:
    """Return where that person stopped, in seconds, and in which mode."""
    place = db.session.get(PlayPosition, (person_id, asset_id))
    return (place.at_s, place.mode) if place else None


def is_erased(asset_id: str) -> bool:
    """Tell whether a file was erased."""
    return db.session.scalar(sa.select(Asset.failure_code).where(Asset.id == asset_id)) == rules.ERASED


def same_bytes(sha256: str, but: str) -> list[str]:
    """Return the ids of other assets that hold the same bytes."""
    return list(db.session.scalars(sa.select(Asset.id).where(Asset.sha256 == sha256, Asset.id != but)))


def object_address(rendition: Rendition) -> str:
    """Return a signed address of one rendition."""
    return storage().presign_get(rendition.key, media_type=rendition.media_type)


def download_address(view: AssetView) -> str | None:
    """Return a signed address of the original bytes, under the uploader's file name; none for one that was removed."""
    if view.is_gone:
        return None
    return storage().presign_get(rules.original_key(view.id), filename=view.filename, media_type=view.media_type)


def original_address(view: AssetView) -> str | None:
    """Return a signed address for playing or showing the original in place; none for one that was removed."""
    if view.is_gone:
        return None
    return storage().presign_get(rules.original_key(view.id), media_type=view.media_type)


def playback_token(asset_id: str) -> str:
    """Return a token that opens the playlists of one asset for an hour."""
    return _tokens().dumps(asset_id)


def check_token(asset_id: str, token: str) -> None:
    """Raise NotAllowed when the token is not for this asset, forged or too old."""
    try:
        if _tokens().loads(token, max_age=int(SIGNED_FOR.total_seconds())) != asset_id:
            raise NotAllowed
    except BadSignature as error:
        raise NotAllowed from error


def renditions_for_play(asset_id: str, group: str) -> list[Rendition]:
    """Return the renditions of a group; raises NotFound when there are none."""
    rows = list(db.session.scalars(sa.select(Rendition).where(Rendition.asset_id == asset_id, Rendition.group == group)))
    if not rows:
        raise NotFound
    return rows


def caption_text(asset_id: str, caption_id: str) -> str:
    """Return captions as WebVTT."""
    if caption_id == AUTOMATIC:
        return transcript_queries.automatic_webvtt(asset_id)
    caption = db.session.get(Caption, caption_id)
    if caption is None or caption.asset_id != asset_id:
        raise NotFound
    return caption.vtt


def _tokens() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.config["SECRET_KEY"]), salt="playback")


def _voice(view: AssetView) -> dict[str, Any] | None:
    rows = [r for r in view.renditions if r.group == "voice"]
    sound = next((r for r in rows if r.kind == "voice"), None)
    if sound is None:
        return None
    stills = sorted((r for r in rows if r.kind == "still"), key=lambda r: float(r.meta.get("at_s", 0)))
    signed = storage().presign_get
    return {
        "url": signed(sound.key, media_type=sound.media_type),
        "bitrate_kbps": sound.bitrate_kbps,
        "bytes": sound.bytes,
        "stills": [{"at_s": r.meta.get("at_s", 0), "url": signed(r.key, media_type=r.media_type)} for r in stills],
    }


def _playlist_address(view: AssetView, kind: str, token: str) -> str | None:
    has = any(r.group == kind for r in view.renditions)
    return url_for("media.storyboard", asset_id=view.id, t=token, _external=True) if has else None


def _view(
    asset: Asset,
    upload_id: str,
    renditions: list[Rendition],
    captions: list[Caption],
    steps: list[JobView],
    transcript: TranscriptView | None,
) -> AssetView:
    told = [Step(s.kind, s.state.value, s.progress, s.before, s.left_s, s.error_message and _(s.error_message)) for s in steps]
    if asset.has_audio and transcript is None and not hears_speech():
        told.append(Step("media.speech", "off", 0.0, 0, None, _("语音识别未开启：没有识别模型。")))
    failure = _failure(asset, steps)
    pending = [s for s in steps if s.state in (JobState.QUEUED, JobState.RUNNING) and s.kind not in LATER_STEPS]
    state = "failed" if failure else "processing" if pending or asset.inspected_at is None else "ready"
    return AssetView(
        id=asset.id, upload_id=upload_id, filename=asset.filename, media_type=asset.media_type, family=asset.family,
        size=asset.size, sha256=asset.sha256, state=state, progress=_progress(state, steps), failure=failure,
        duration_s=asset.duration_s, width=asset.width, height=asset.height, page_total=asset.page_total,
        note=_note(asset, steps), steps=told, renditions=renditions, captions=captions,
        transcript=transcript,
    )  # fmt: skip


def _note(asset: Asset, steps: list[JobView]) -> str:
    """Say that nobody looked for viruses: the file is beyond clamd's limit, or its inspection was stopped."""
    if asset.facts.get(VIRUS_SCAN) == "too_large":
        return _("这个文件太大，没有查毒。打开前请先用电脑上的杀毒软件检查。")
    if hub().settings.clamav and any(s.kind == "media.inspect" and s.state is JobState.CANCELLED for s in steps):
        return _("检查已停止，这个文件没有查毒。打开前请先用电脑上的杀毒软件检查。")
    return ""


def _failure(asset: Asset, steps: list[JobView]) -> dict[str, str] | None:
    if asset.failure_code:
        return {"code": asset.failure_code, "message": _(asset.failure_message) if asset.failure_message else ""}
    for step in steps:
        if step.state in (JobState.DEAD, JobState.CANCELLED) and step.kind in MADE_TO_SHOW:
            why = step.error_message or N_("处理已停止，原件已保存。需要时可以重试。")
            return {"code": step.error_code or step.state.value, "message": _(why)}
    return None


def _progress(state: str, steps: list[JobView]) -> float:
    if state == "ready":
        return 1.0
    counted = [s for s in steps if s.kind not in LATER_STEPS]
    weights = {"media.ladder": 8.0, "media.voice": 3.0, "media.paper": 4.0}
    whole = sum(weights.get(s.kind, 1.0) for s in counted)
    if not whole:
        return 0.0
    done = sum(weights.get(s.kind, 1.0) * (1.0 if s.state is JobState.DONE else s.progress) for s in counted)
    return round(min(done / whole, 0.99), 3)

"""The jobs of the media worker: glue between what was asked, the tools, and what is recorded.

``media.inspect`` looks and orders the rest; ``media.ladder`` makes a recording playable,
``media.storyboard`` and ``media.voice`` work from its small renditions; ``media.paper`` draws
pages, ``media.ocr`` reads scanned ones; ``media.slides`` reads stills, ``media.speech`` hears the voice.
Rule: results are recorded inside ``work.completing``, and those that shall be seen earlier (first
pages, read text, speech) inside ``run.recording``.
"""

import hashlib
import time
from pathlib import Path
from typing import Any

from media_worker import boards, ocr, papers, slides, speech, stills, transcode
from media_worker.desk import Desk, desk
from media_worker.facts import Facts
from media_worker.filming import make_film
from media_worker.gathering import join_pieces
from media_worker.package import Rendition
from media_worker.papers import DrawnPage
from media_worker.probe import probe
from media_worker.progress import TimeLeft
from media_worker.scratch import LADDER_FACTOR, PAPER_FACTOR
from resource_hub.infra import jobs, scan, unit
from resource_hub.infra.features import hub
from resource_hub.infra.jobs import JobKind, JobRun
from resource_hub.kernel.errors import N_
from resource_hub.kernel.refs import Ref
from resource_hub.media import service, transcript_queries
from resource_hub.media.schemas import PageFacts, Read, RenditionFacts

SHARP_SHORT = 720
"""Stills are taken from the best rung up to this: sharp enough to read, a tenth of the original to fetch."""
SPEECH_ROOM = 64 << 20
_RECORD_PAGES_EVERY_S = 5.0
_RECORD_TEXT_EVERY = 10


def inspect(run: JobRun) -> None:
    """Look at a finished upload: digest, facts, poster; then order what makes it playable or readable."""
    with desk(run, factor=1.1) as work:
        source = work.fetch(work.order.key, "source")
        verdict = _scanned(source)
        if verdict and verdict.state == "infected":
            _end_infected(work, verdict.name)
            return
        virus_scan = verdict.state if verdict else ""
        digest = _digest(source, run)
        family = work.order.family
        if family in {"video", "audio"}:
            _inspect_recording(work, source, digest, virus_scan)
            return
        is_drawn = family in {"paper", "image", "text"} or (family == "other" and boards.recognise_file(source) is not None)
        with work.completing():
            service.record_digest(work.order.asset_id, digest)
            service.record_facts(work.order.asset_id, virus_scan=virus_scan)
            if is_drawn:
                _order_next(run, "media.paper", {})


def _scanned(source: Path) -> scan.Verdict | None:
    """Return what clamd says; ``None`` when no clamd is set."""
    address = hub().settings.clamav
    if not address:
        return None
    with source.open("rb") as data:
        return scan.scan(address, iter(lambda: data.read(1 << 20), b""))


def _end_infected(work: Desk, virus: str) -> None:
    """Close the original, then remove it, then be done: cut short anywhere, it is closed or the job comes again."""
    with work.run.recording():
        service.record_infected(work.order.asset_id, virus)
    work.remove(work.order.key)
    with work.completing():
        pass


def make_ladder(run: JobRun) -> None:
    """Make every rung and the sound alone, store them, and order storyboard and voice."""
    with desk(run, factor=LADDER_FACTOR) as work:
        source = work.fetch(work.order.key, "source")
        facts = probe(source, scratch=work.folder, check=run.check)

        def report(fraction: float, left_s: float | None) -> None:
            run.progress(fraction, N_("正在转码"), left_s)

        made = transcode.make_ladder(source, facts, work.folder, report=report, check=run.check)
        source.unlink()
        rows = [_rendition(work, item) for item in made]
        with work.completing():
            service.record_renditions(work.order.asset_id, "ladder", rows)
            _order_after_ladder(run, rows, facts)


def make_storyboard(run: JobRun) -> None:
    """Make the storyboard from the smallest rung and the waveform from the sound alone."""
    with desk(run, factor=0, extra=int(run.payload["bytes"]) * 2) as work:
        duration_s = float(run.payload["duration_s"])
        boards: list[RenditionFacts] = []
        waves: list[RenditionFacts] = []
        if run.payload.get("village"):
            village = work.fetch(run.payload["village"], "village.m4s")
            board = stills.storyboard(village, run.payload["width"], run.payload["height"], duration_s, work.folder, check=run.check)
            boards = _storyboard_rows(work, board)
        if run.payload.get("sound"):
            sound = work.fetch(run.payload["sound"], "sound.m4s")
            made = work.folder / "waveform.json"
            made.write_text(stills.waveform(sound, duration_s, work.folder, check=run.check))
            key = work.store(made, "application/json")
            waves = [RenditionFacts("waveform", "waveform", key, "application/json", made.stat().st_size)]
        with work.completing():
            service.record_renditions(work.order.asset_id, "storyboard", boards)
            service.record_renditions(work.order.asset_id, "waveform", waves)


def make_voice(run: JobRun) -> None:
    """Make slides and voice: stills with times beside speech, together at most 50 kbit/s."""
    with desk(run, factor=0, extra=int(run.payload["bytes"]) * 2) as work:
        duration_s = float(run.payload["duration_s"])
        sound = work.fetch(run.payload["sound"], "sound.m4s")
        voice, kbps = slides.make_voice(sound, work.folder, check=run.check)
        run.progress(0.1, N_("正在挑选画面"))
        village = work.fetch(run.payload["village"], "village.m4s")
        scenes = slides.find_scenes(village, duration_s, work.folder, check=run.check)
        run.progress(0.4, N_("正在挑选画面"))
        sharp = village if run.payload["sharp"] == run.payload["village"] else work.fetch(run.payload["sharp"], "sharp.m4s")
        room = slides.budget_of(duration_s, voice.stat().st_size)
        taken = slides.take_stills(sharp, scenes, room, work.folder, check=run.check)
        rows = [
            RenditionFacts("voice", "voice", work.store(voice, "audio/mp4"), "audio/mp4", voice.stat().st_size,
                           bitrate_kbps=round(kbps, 1), meta={"duration_s": duration_s}),
        ]  # fmt: skip
        for n, still in enumerate(taken):
            key = work.store(still.path, "image/webp")
            rows.append(
                RenditionFacts("still", f"{n:04}", key, "image/webp", still.bytes, still.width, still.height,
                               meta={"at_s": round(still.at_s, 2)})
            )  # fmt: skip
        stills_of = [[float(row.meta["at_s"]), row.key] for row in rows if row.kind == "still"]  # type: ignore[arg-type]  # our own, above
        with work.completing():
            service.record_renditions(work.order.asset_id, "voice", rows)
            _order_next(run, "media.slides", {"stills": stills_of}, priority=-1)


def draw_paper(run: JobRun) -> None:
    """Draw a document page by page; page 1 is recorded as soon as it stands."""
    with desk(run, factor=PAPER_FACTOR) as work:
        source = work.fetch(work.order.key, "source")
        pages: list[PageFacts] = []
        recorded_at = 0.0

        def keep(page: DrawnPage, total: int) -> None:
            nonlocal recorded_at
            pages.append(_page(work, page))
            run.progress(page.number / max(1, min(total, papers.MOST_PAGES)), N_("正在生成页面"))
            if page.number == 1 or time.monotonic() - recorded_at > _RECORD_PAGES_EVERY_S:
                recorded_at = time.monotonic()
                with run.recording():
                    service.record_pages(work.order.asset_id, pages, total=total, complete=False)

        if work.order.family == "other":
            drawn = boards.draw(source, work.folder, keep, check=run.check)
        else:
            drawn = papers.draw(source, work.order.media_type, work.folder, keep, check=run.check)
        scanned = [[page.number, page.images[max(page.images)]] for page in pages if page.needs_ocr]
        with work.completing():
            service.record_pages(work.order.asset_id, pages, total=drawn.total, complete=True)
            if scanned:
                _order_next(run, "media.ocr", {"pages": scanned})


def read_scans(run: JobRun) -> None:
    """Read the words of scanned pages, a few at a time so that a restart loses little."""
    with desk(run, factor=0) as work:
        wanted: list[tuple[int, str]] = [(int(number), str(key)) for number, key in run.payload["pages"]]
        read: list[tuple[int, Read]] = []
        for done, (number, key) in enumerate(wanted, 1):
            image = work.fetch(key, "page.webp")
            read.append((number, ocr.read_page(image, work.folder, check=run.check)))
            run.progress(done / len(wanted), N_("正在识别文字"))
            if len(read) >= _RECORD_TEXT_EVERY and done < len(wanted):
                with run.recording():
                    _record_texts(work.order.asset_id, read)
                read = []
        with work.completing():
            _record_texts(work.order.asset_id, read)


def read_slides(run: JobRun) -> None:
    """Read the words on the stills of a recording; recorded at once, since a chapter is suggested by what is before it."""
    with desk(run, factor=0) as work:
        wanted: list[tuple[float, str]] = [(float(at_s), str(key)) for at_s, key in run.payload["stills"]]
        read: list[tuple[float, Read]] = []
        for done, (at_s, key) in enumerate(wanted, 1):
            image = work.fetch(key, "still.webp")
            read.append((at_s, ocr.read_page(image, work.folder, check=run.check)))
            run.progress(done / len(wanted), N_("正在识别画面文字"))
        with work.completing():
            service.record_slides(work.order.asset_id, read)


def hear_speech(run: JobRun) -> None:
    """Hear a recording chunk by chunk; each is recorded, so that a stop or a death costs ten minutes of sound at most."""
    model = hub().settings.speech_model_path
    asset_id, duration_s = str(run.payload["asset_id"]), float(run.payload["duration_s"])
    with unit.write():
        begun = service.begin_transcript(asset_id, model.name[:80]) if model else None
        terms = service.terms_of(asset_id)
    if model is None or begun is None:
        return  # the model was taken away meanwhile: ordered again once it is back
    language, done_s = begun
    with desk(run, factor=0, extra=int(run.payload["bytes"]) + SPEECH_ROOM) as work:
        sound = work.fetch(run.payload["sound"], "sound.m4s")
        left = TimeLeft(duration_s)

        def report(heard_s: float) -> None:
            run.progress(left.fraction(heard_s), N_("正在识别语音"), left.after(heard_s, time.monotonic()))

        while True:
            chunk = speech.hear(
                sound, model, work.folder, begin_s=done_s, duration_s=duration_s, language=language, terms=terms, report=report,
                check=run.check,
            )  # fmt: skip
            language, done_s = chunk.language, chunk.done_s
            is_end = done_s >= duration_s
            with work.completing() if is_end else run.recording():
                service.record_speech(asset_id, chunk.lines, language=language, done_s=done_s, is_end=is_end)
            if is_end:
                return


KINDS = (
    JobKind("media.join", "intake", join_pieces, max_attempts=4),
    JobKind("media.inspect", "intake", inspect, max_attempts=4),
    JobKind("media.ladder", "video", make_ladder, max_attempts=3),
    JobKind("media.storyboard", "light", make_storyboard, max_attempts=3),
    JobKind("media.voice", "video", make_voice, max_attempts=3),
    JobKind("media.paper", "paper", draw_paper, max_attempts=3),
    JobKind("media.ocr", "scan", read_scans, max_attempts=3),
    JobKind("media.slides", "scan", read_slides, max_attempts=3),
    JobKind("media.speech", "speech", hear_speech, max_attempts=3),
    JobKind("media.film", "pack", make_film, max_attempts=2),
)


def _inspect_recording(work: Desk, source: Path, digest: str, virus_scan: str) -> None:
    run, asset_id = work.run, work.order.asset_id
    facts = probe(source, scratch=work.folder, check=run.check)
    posters = []
    if facts.video:
        made = stills.poster(source, facts, work.folder, check=run.check)
        posters = [RenditionFacts("poster", "poster", work.store(made, "image/jpeg"), "image/jpeg", made.stat().st_size)]
    with work.completing():
        service.record_digest(asset_id, digest)
        service.record_facts(
            asset_id,
            duration_s=facts.duration_s,
            width=facts.video.width if facts.video else None,
            height=facts.video.height if facts.video else None,
            has_video=facts.video is not None,
            has_audio=bool(facts.audio),
            facts=facts.summary(),
            virus_scan=virus_scan,
        )
        service.record_renditions(asset_id, "poster", posters)
        _order_next(run, "media.ladder", {}, priority=1)


def _order_next(run: JobRun, kind: str, payload: dict[str, Any], *, priority: int = 0) -> None:
    asset_id = run.payload["asset_id"]
    jobs.enqueue(kind, {"asset_id": asset_id, **payload}, subject=Ref("asset", asset_id), dedupe=f"{kind}:{asset_id}", priority=priority)


def _order_after_ladder(run: JobRun, rows: list[RenditionFacts], facts: Facts) -> None:
    """Order what works from the renditions; a recording without a picture or without sound gets what it can."""
    pictured = sorted((r for r in rows if r.kind == "video"), key=_short_side)
    sound = min((r for r in rows if r.kind == "audio"), key=lambda r: r.bytes, default=None)
    village = pictured[0] if pictured else None
    sharp = max((r for r in pictured if _short_side(r) <= SHARP_SHORT), key=_short_side, default=village)
    payload = {
        "duration_s": facts.duration_s,
        "village": village.key if village else None,
        "width": village.width if village else None,
        "height": village.height if village else None,
        "sharp": sharp.key if sharp else None,
        "sound": sound.key if sound else None,
        "bytes": sum(r.bytes for r in (village, sharp, sound) if r),
    }
    _order_next(run, "media.storyboard", payload)
    if village and sound:
        # Below every ladder that waits: first all lessons play, then they also play on the thinnest line.
        _order_next(run, "media.voice", payload, priority=-1)
    if sound and transcript_queries.hears_speech():
        _order_next(run, "media.speech", {"duration_s": facts.duration_s, "sound": sound.key, "bytes": sound.bytes}, priority=-2)


def _short_side(row: RenditionFacts) -> int:
    return min(row.width or 0, row.height or 0)


def _rendition(work: Desk, item: Rendition) -> RenditionFacts:
    media_type = "video/mp4" if item.width else "audio/mp4"
    playlist = item.playlist
    return RenditionFacts(
        kind="video" if item.width else "audio",
        label=item.label,
        key=work.store(item.path, media_type, f"{item.label}.mp4"),
        media_type=media_type,
        bytes=item.path.stat().st_size,
        width=item.width,
        height=item.height,
        bitrate_kbps=round(playlist.average_kbps, 1),
        playlist=playlist.text,
        meta={
            "codecs": item.codecs,
            "fps": item.fps,
            "average_bps": round(playlist.average_kbps * 1000),
            "peak_bps": round(max(playlist.peak_kbps, playlist.average_kbps) * 1000),
            "duration_s": round(playlist.duration_s, 3),
        },
    )


def _storyboard_rows(work: Desk, board: stills.Storyboard) -> list[RenditionFacts]:
    """Return a row per sheet; the first carries the WebVTT, whose ``{url:000}`` names a sheet by its label."""
    return [
        RenditionFacts("storyboard", f"{n:03}", work.store(sheet, "image/jpeg"), "image/jpeg", sheet.stat().st_size,
                       board.tile_width, board.tile_height, playlist=board.vtt if n == 0 else "")
        for n, sheet in enumerate(board.sheets)
    ]  # fmt: skip


def _page(work: Desk, page: DrawnPage) -> PageFacts:
    stored: dict[Path, str] = {}
    for path in page.images.values():
        if path not in stored:
            stored[path] = work.store(path, "image/webp", f"page-{path.name}")
            path.unlink()
    images = {width: stored[path] for width, path in page.images.items()}
    return PageFacts(page.number, page.text, page.width, page.height, images, needs_ocr=page.needs_ocr, runs=page.runs)


def _record_texts(asset_id: str, read: list[tuple[int, Read]]) -> None:
    for number, found in read:
        service.record_text(asset_id, number, found)


def _digest(path: Path, run: JobRun) -> str:
    found = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(1 << 22):
            found.update(chunk)
            run.check()
    return found.hexdigest()

"""Make the whole ladder in one ffmpeg: one decode, one pass, every rung and the sound alone.

Each rendition is one fragmented MP4 that also plays as a file, with an HLS playlist of byte
ranges. Rules: the cost stays within 5 % of bare ffmpeg doing the same; success is rc 0 and
``progress=end`` and the right length, since a cancelled ffmpeg leaves tidy files behind.
"""

import logging
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import ffmpeg

from media_worker import ladder, loudness, package
from media_worker.facts import Audio, Facts, Video
from media_worker.probe import SAFE_INPUT, CutShort, Damaged, clock_text, keyframes
from media_worker.progress import Progress, TimeLeft
from media_worker.sandbox import Finished, Limits, run
from resource_hub.kernel.errors import N_, Broken, Unavailable

log = logging.getLogger(__name__)

Report = Callable[[float, float | None], None]
_PEAK = 0.84
"""-1.5 dB: what a gain lifts above it is held by a limiter."""
_DAMAGE = ("Invalid data found", "Error while decoding", "moov atom not found", "could not find codec parameters", "Decoder")


def make_ladder(
    source: Path,
    facts: Facts,
    folder: Path,
    *,
    report: Report | None = None,
    check: Callable[[], None] | None = None,
) -> list[package.Rendition]:
    """Write all renditions of ``source`` into ``folder``; raises Invalid when the source cannot be decoded whole."""
    found: tuple[float, ...] = ()
    if facts.video is not None and ladder.could_copy(facts):
        found = keyframes(source, facts.video, scratch=folder, check=check)
    plan = ladder.plan(facts, found)
    gain_db = loudness.gain_db(source, facts.voice, scratch=folder, check=check) if facts.voice else 0.0
    done_s = encode(command(source, facts, plan, gain_db), facts.duration_s, folder, report=report, check=check)
    _require_length(done_s, facts.duration_s)
    return _collect(folder, plan)


def command(source: Path, facts: Facts, plan: ladder.Plan, gain_db: float = 0.0) -> list[str]:
    """Return the one ffmpeg command that makes ``plan``; it writes into its working folder."""
    given = ffmpeg.input(f"file:{source}", **SAFE_INPUT, **_clock(facts.video, plan))
    pictures = _pictures(given, facts.video, plan) if facts.video else []
    voices = [r.voice for r in plan.rungs if r.voice] + [voice for _, voice in plan.sounds]
    sounds = _sounds(given, facts.voice, gain_db, len(voices)) if facts.voice else []
    options: dict[str, Any] = {}
    for n, rung in enumerate(plan.rungs):
        options |= _picture_options(n, rung, plan)
    for n, voice in enumerate(voices):
        options |= {f"c:a:{n}": "aac", f"b:a:{n}": f"{voice.kbps}k", f"ac:a:{n}": voice.channels, f"ar:a:{n}": voice.rate}
    options |= {
        "f": "hls",
        # A thousandth less, so that no rounding of a frame's time moves a cut to the next keyframe.
        "hls_time": f"{plan.segment_s * 0.999:.6f}" if not plan.cuts else plan.segment_s,
        "hls_playlist_type": "vod",
        "hls_segment_type": "fmp4",
        "hls_flags": "single_file+independent_segments",
        "var_stream_map": _stream_map(plan),
        "map_metadata": -1,
        "map_chapters": -1,
        "max_muxing_queue_size": 4096,
    }
    made = ffmpeg.output(*pictures, *sounds, "%v.m3u8", **options)
    # One thread a filter graph: slicing a picture for several costs 2 % more in all, and the encoders fill the cores.
    quiet = ("-nostdin", "-nostats", "-v", "error", "-progress", "pipe:1", "-filter_threads", "1", "-filter_complex_threads", "1")
    made = made.global_args(*quiet).overwrite_output()
    argv: list[str] = ffmpeg.compile(made)
    return argv


def encode(
    argv: list[str],
    duration_s: float,
    folder: Path,
    *,
    report: Report | None = None,
    check: Callable[[], None] | None = None,
) -> float:
    """Run one ffmpeg to its end and return the seconds it made; raises when it did not end well."""
    seen, left = Progress(), TimeLeft(duration_s)

    def take(line: str) -> None:
        step = seen.feed(line)
        if step is not None and report is not None:
            report(left.fraction(step.done_s), left.after(step.done_s, time.monotonic()))

    done = run(argv, cwd=folder, limits=limits_for(duration_s), on_line=take, check=check)
    if done.returncode != 0 or not seen.is_end:
        raise _failure(done)
    return seen.done_s


def limits_for(duration_s: float) -> Limits:
    """Return bounds that a healthy encode of this length never meets, even on an old machine."""
    cores = os.cpu_count() or 2
    wall_s = 900 + duration_s * 12
    return Limits(wall_s=wall_s, cpu_s=int(wall_s * cores), memory_mb=2200, address_mb=8000, file_mb=60_000)


def _clock(video: Video | None, plan: ladder.Plan) -> dict[str, Any]:
    """Begin the output's clock with the picture when that is copied.

    What is encoded begins at 0 always, so a copied picture that began later would have its
    keyframes beside those of the other rungs. Matroska begins each by the 21 ms of AAC's priming.
    """
    if video is None or not plan.rungs[0].is_copied or not video.start_s:
        return {}
    return {"itsoffset": f"{-video.start_s:.6f}"}


def _pictures(given: Any, video: Video, plan: ladder.Plan) -> list[Any]:
    """Return one stream per rung; each is scaled from the one above it, which is cheaper than from the source."""
    source = given[str(video.index)]
    streams = [source] if plan.rungs[0].is_copied else []
    encoded = [r for r in plan.rungs if not r.is_copied]
    if not encoded:
        return streams
    current = source.filter("yadif", deint="interlaced") if video.is_interlaced else source
    current = current.filter("fps", fps=_ratio(plan))
    for rung, lower in zip(encoded, [*encoded[1:], None], strict=True):
        if rung.every > 1:
            current = current.filter("framestep", rung.every)
        scaled = current.filter("scale", rung.width, rung.height).filter("setsar", 1).filter("format", "yuv420p")
        if lower is None:
            streams.append(scaled)
        else:
            both = scaled.filter_multi_output("split")
            streams.append(both[0])
            current = both[1]
    return streams


def _sounds(given: Any, voice: Audio, gain_db: float, count: int) -> list[Any]:
    """Return the sound ``count`` times: gaps filled, mixed down to two channels at most, at an even loudness."""
    layout = "mono" if voice.channels == 1 else "stereo"
    chain = given[str(voice.index)].filter("aresample", 48000, **{"async": 1, "first_pts": 0}).filter("aformat", channel_layouts=layout)
    if gain_db:
        chain = chain.filter("volume", f"{gain_db:.1f}dB").filter("alimiter", limit=_PEAK, level="disabled")
    if count == 1:
        return [chain]
    split = chain.filter_multi_output("asplit", count)
    return [split[n] for n in range(count)]


def _picture_options(n: int, rung: ladder.Rung, plan: ladder.Plan) -> dict[str, Any]:
    if rung.is_copied:
        return {f"c:v:{n}": "copy"}
    options: dict[str, Any] = {
        f"c:v:{n}": "libx264",
        f"preset:v:{n}": "veryfast",
        f"profile:v:{n}": "main",
        f"crf:v:{n}": rung.crf,
        f"maxrate:v:{n}": f"{rung.maxrate_kbps}k",
        f"bufsize:v:{n}": f"{rung.bufsize_kbps}k",
        f"sc_threshold:v:{n}": 0,
        f"g:v:{n}": rung.gop,
    }
    if n > 0:
        # The rungs encode side by side and fill the cores: threads that wait for each other cost 3 % more in all.
        options[f"threads:v:{n}"] = max(1, (os.cpu_count() or 2) // 4)
    if rung.every > 1:
        # More B-frames at a low rate begin the picture late: changing to this rung left a hole of 0.12 s.
        options[f"bf:v:{n}"] = 1
    if plan.cuts:
        # Only at the cuts: a keyframe elsewhere could make the muxer cut this rung apart from the copied one.
        options |= {f"g:v:{n}": 100_000, f"force_key_frames:v:{n}": ",".join(f"{cut:.4f}" for cut in plan.cuts)}
    return options


def _ratio(plan: ladder.Plan) -> str:
    return f"{plan.fps.numerator}/{plan.fps.denominator}"


def _stream_map(plan: ladder.Plan) -> str:
    heard = [rung for rung in plan.rungs if rung.voice]
    names = [f"v:{n},a:{n},name:{r.label}" if r.voice else f"v:{n},name:{r.label}" for n, r in enumerate(plan.rungs)]
    names += [f"a:{len(heard) + n},name:{label}" for n, (label, _) in enumerate(plan.sounds)]
    return " ".join(names)


def _collect(folder: Path, plan: ladder.Plan) -> list[package.Rendition]:
    pictured = [_rendition(folder, rung.label, rung) for rung in plan.rungs]
    return [*pictured, *(_rendition(folder, label, None) for label, _ in plan.sounds)]


def _rendition(folder: Path, label: str, rung: ladder.Rung | None) -> package.Rendition:
    playlist = package.read_playlist(folder / f"{label}.m3u8")
    path = folder / f"{label}.m4s"
    codecs = package.codecs_of(path, playlist.head_length)
    if rung is None:
        return package.Rendition(label, path, playlist, codecs)
    return package.Rendition(label, path, playlist, codecs, rung.width, rung.height, float(rung.fps))


def _require_length(done_s: float, duration_s: float) -> None:
    if done_s < duration_s - max(1.0, duration_s * 0.01):
        raise CutShort(declared=clock_text(duration_s), found=clock_text(done_s))


def _failure(done: Finished) -> Exception:
    log.warning("ffmpeg ended with %s: %s", done.returncode, done.stderr_tail[-2000:])
    if "No space left" in done.stderr_tail:
        return Unavailable(N_("服务器的临时空间已满，转码停在这里；原件已保存，腾出空间后会自动继续。"), retry_after=120)
    if any(mark in done.stderr_tail for mark in _DAMAGE):
        return Damaged()
    return Broken()

"""Decide which renditions a recording gets. Pure: facts in, a plan out.

The rungs go by the short side of the picture, so that a phone held upright gets the same ones.
Rules: never upscale; every rung has a keyframe at the same moments (the cuts), since players
change rungs there; the village rung stays below 150 kbit/s in all, whatever the source.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import ceil, floor, isclose

from media_worker.facts import Facts, Video

SEGMENT_S = 4
LONGEST_GAP_S = 4.05
VILLAGE_KBPS = 150
VILLAGE_SHORT = 240
SMALLEST_OWN_SHORT = 300
"""Between this and the next rung a source also keeps its own size: 240 lines lose writing on the board."""
LONGEST_SHARE = 4
"""A strip of a picture is bounded by its long side too, or its rates would not hold."""
FASTEST_FPS = 30
VILLAGE_FPS = Fraction(25, 2)
LATEST_START_S = 0.1
"""To copy a picture that begins later than its sound, the sound before it is left out: at most this much."""
MOST_CUTS = 5000
"""Forced keyframes travel as one argument, which Linux bounds to 128 KiB."""
_COPY_CONTAINERS = frozenset({"mov", "mp4", "matroska", "webm", "flv"})
_COPY_PROFILES = frozenset({"Constrained Baseline", "Main", "High"})


@dataclass(frozen=True, slots=True)
class Voice:
    """How the sound of one rendition is encoded, always AAC."""

    kbps: int
    channels: int
    rate: int


@dataclass(frozen=True, slots=True)
class Rung:
    """One video rendition. ``every`` n-th frame of the common pace is kept; ``gop`` counts kept frames."""

    label: str
    width: int
    height: int
    crf: int
    maxrate_kbps: int
    bufsize_kbps: int
    fps: Fraction
    every: int
    gop: int
    is_copied: bool
    voice: Voice | None


@dataclass(frozen=True, slots=True)
class Plan:
    """Rungs from the highest to the lowest, and the renditions that are sound alone.

    ``cuts`` is empty when keyframes come at a steady pace, else it names them (the top rung is
    copied and the others follow its keyframes).
    """

    fps: Fraction
    segment_s: float
    rungs: tuple[Rung, ...]
    sounds: tuple[tuple[str, Voice], ...]
    cuts: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class _Step:
    short: int
    crf: int
    maxrate_kbps: int
    bufsize_kbps: int
    kbps: int
    channels: int
    rate: int


# Rates from lessons of real schools (slides, writing, a talking teacher). The village step: 104 picture with
# a buffer of one second, sound that stays below 36 in the worst case measured, 4 for the container.
_STEPS = (
    _Step(1080, 23, 2500, 5000, 96, 2, 48000),
    _Step(720, 23, 1200, 2400, 96, 2, 48000),
    _Step(480, 25, 600, 1200, 48, 1, 32000),
    _Step(VILLAGE_SHORT, 27, 104, 104, 28, 1, 24000),
)
# Also the voice of slides-and-voice, which stays below 32 with its container: native AAC gives speech up to a
# fourth more than it is told (22 → 27.8 measured).
_SOUND_ALONE = Voice(22, 1, 16000)
_SOUND_RICH = Voice(96, 2, 48000)


def plan(facts: Facts, keyframes: Sequence[float] = ()) -> Plan:
    """Return what to make of ``facts``; with all ``keyframes`` of the source its picture may be copied."""
    sounds = _sounds(facts)
    if facts.video is None:
        return Plan(Fraction(0), float(SEGMENT_S), (), sounds, ())
    video = facts.video
    pace = common_fps(video)
    every = decimation(pace)
    gop = every * ceil(Fraction(SEGMENT_S) * pace / every)
    segment_s = gop / float(pace)
    steps = _steps(video.short_side)
    rungs = [_rung(step, video, pace, every, gop, facts) for step in steps]
    top_step = steps[0]
    cuts: tuple[float, ...] = ()
    if keyframes and may_copy(facts, top_step.maxrate_kbps, max(size_of(video, top_step.short))):
        found = cuts_of(keyframes, segment_s=SEGMENT_S)
        gaps_fit = all(b - a <= LONGEST_GAP_S for a, b in pairwise(keyframes))
        if gaps_fit and len(found) <= MOST_CUTS and are_on_grid(found, pace, every):
            cuts, segment_s = found, float(SEGMENT_S)
            rungs[0] = _copied(rungs[0], video)
    return Plan(pace, segment_s, tuple(rungs), sounds, cuts)


def could_copy(facts: Facts) -> bool:
    """Tell whether it is worth reading all keyframes of the source."""
    if facts.video is None:
        return False
    step = _steps(facts.video.short_side)[0]
    return may_copy(facts, step.maxrate_kbps, max(size_of(facts.video, step.short)))


def may_copy(facts: Facts, maxrate_kbps: int, long_side: int) -> bool:
    """Tell whether the picture fits the rung as it is: codec, size, rate, and a keyframe every four seconds."""
    v = facts.video
    if v is None or v.codec != "h264" or v.profile not in _COPY_PROFILES or v.pix_fmt != "yuv420p" or not 0 < v.level <= 42:
        return False
    if v.rotation or not v.has_square_pixels or v.is_interlaced or v.is_variable_rate:
        return False
    if v.coded_width % 2 or v.coded_height % 2 or max(v.width, v.height) != long_side or v.short_side <= VILLAGE_SHORT:
        return False
    if v.start_s > LATEST_START_S or _COPY_CONTAINERS.isdisjoint(facts.container.split(",")) or v.fps > FASTEST_FPS + Fraction(1, 10):
        return False
    rate = v.bitrate_kbps or facts.size * 8 / 1000 / facts.duration_s
    return rate <= maxrate_kbps and v.keyframe_gap_s is not None and v.keyframe_gap_s <= LONGEST_GAP_S


def common_fps(video: Video) -> Fraction:
    """Return the steady pace of all rungs: at most 30, a whole part of the source's when that is steady."""
    fps = video.fps
    if video.is_variable_rate:
        return next((Fraction(f) for f in (10, 15, 25, 30) if fps <= f * Fraction(21, 20)), Fraction(FASTEST_FPS))
    if fps <= FASTEST_FPS + Fraction(1, 10):
        return fps
    return fps / ceil(fps / (FASTEST_FPS + Fraction(1, 10)))


def decimation(pace: Fraction) -> int:
    """Return which n-th frame the village rung keeps."""
    return max(1, ceil(pace / VILLAGE_FPS))


def size_of(video: Video, short: int) -> tuple[int, int]:
    """Return even width and height with the short side at most ``short``, never larger than the source."""
    longest = short * LONGEST_SHARE
    share = min(Fraction(1), Fraction(short, video.short_side), Fraction(longest, max(video.width, video.height)))
    return _even(video.width, share), _even(video.height, share)


def cuts_of(keyframes: Sequence[float], segment_s: float) -> tuple[float, ...]:
    """Return where ffmpeg's HLS muxer will cut a copied picture.

    It cuts at the first keyframe at or after each multiple of ``segment_s``, one cut a keyframe.
    """
    found: list[float] = []
    for time in keyframes:
        if time > 0 and time >= segment_s * (len(found) + 1) - 1e-6:
            found.append(time)
    return tuple(found)


def are_on_grid(cuts: Sequence[float], pace: Fraction, every: int) -> bool:
    """Tell whether every cut falls on a frame that all rungs keep, and the first keyframe begins the picture."""
    kept = float(pace) / every
    return all(isclose(cut * kept, round(cut * kept), abs_tol=0.02) for cut in cuts)


def _steps(short: int) -> list[_Step]:
    fitting = [s for s in _STEPS if s.short <= short]
    above = next((s for s in reversed(_STEPS) if s.short > short), None)
    only_village = not fitting or fitting[0].short == VILLAGE_SHORT
    if above and above.short > VILLAGE_SHORT and only_village and short >= SMALLEST_OWN_SHORT:
        fitting.insert(0, above)
    return fitting or [_STEPS[-1]]


def _rung(step: _Step, video: Video, pace: Fraction, every: int, gop: int, facts: Facts) -> Rung:
    width, height = size_of(video, step.short)
    is_village = step.short == VILLAGE_SHORT
    kept = every if is_village else 1
    voice = None
    if facts.voice:
        voice = Voice(step.kbps if facts.voice.channels > 1 or step.channels == 1 else step.kbps * 2 // 3,
                      min(step.channels, facts.voice.channels), step.rate)  # fmt: skip
    return Rung(
        label=str(min(width, height)),
        width=width,
        height=height,
        crf=step.crf,
        maxrate_kbps=step.maxrate_kbps,
        bufsize_kbps=step.bufsize_kbps,
        fps=pace / kept,
        every=kept,
        gop=gop // kept,
        is_copied=False,
        voice=voice,
    )


def _copied(rung: Rung, video: Video) -> Rung:
    return Rung(rung.label, video.width, video.height, rung.crf, rung.maxrate_kbps, rung.bufsize_kbps, video.fps, 1, rung.gop,
                is_copied=True, voice=rung.voice)  # fmt: skip


def _sounds(facts: Facts) -> tuple[tuple[str, Voice], ...]:
    """Return the renditions without a picture; a recording that is only sound also gets a rich one for music."""
    if facts.voice is None:
        return ()
    alone = (f"a{_SOUND_ALONE.kbps}", _SOUND_ALONE)
    if facts.video is not None:
        return (alone,)
    rich = Voice(_SOUND_RICH.kbps if facts.voice.channels > 1 else 64, min(2, facts.voice.channels), _SOUND_RICH.rate)
    return ((f"a{rich.kbps}", rich), alone)


def _even(side: int, share: Fraction) -> int:
    """Return the even number nearest to ``side * share``, at most ``side`` (but no codec knows less than 2)."""
    nearest = 2 * floor(side * share / 2 + Fraction(1, 2))
    return max(2, min(nearest, side - side % 2))

"""What is known of a media file once it was probed. Pure values, so that ``ladder`` can decide on them."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Video:
    """``width`` and ``height`` are what the eye sees: after rotation, in square pixels.

    ``keyframe_gap_s`` is the longest gap within a sample of the file, ``None`` when there was
    only one keyframe in it. ``bitrate_kbps`` is ``None`` when nobody knows it. ``start_s`` is how
    much later than the file (its sound, mostly) the picture begins.
    """

    index: int
    codec: str
    profile: str
    level: int
    pix_fmt: str
    width: int
    height: int
    coded_width: int
    coded_height: int
    rotation: int
    has_square_pixels: bool
    is_interlaced: bool
    fps: Fraction
    is_variable_rate: bool
    keyframe_gap_s: float | None
    bitrate_kbps: float | None
    start_s: float

    @property
    def short_side(self) -> int:
        return min(self.width, self.height)


@dataclass(frozen=True, slots=True)
class Audio:
    index: int
    codec: str
    channels: int
    rate: int


@dataclass(frozen=True, slots=True)
class Facts:
    """One file: at least one of ``video`` and ``audio`` is there."""

    container: str
    duration_s: float
    size: int
    video: Video | None
    audio: tuple[Audio, ...]

    @property
    def voice(self) -> Audio | None:
        """The track that people hear: the one with the most channels, the first of equals."""
        return max(self.audio, key=lambda a: a.channels, default=None)

    def summary(self) -> Mapping[str, object]:
        """Return what the page shows and what an engineer needs, ready for JSON."""
        found: dict[str, object] = {"container": self.container, "duration_s": round(self.duration_s, 3), "size": self.size}
        if self.video:
            v = self.video
            found["video"] = {
                "codec": v.codec, "profile": v.profile, "pix_fmt": v.pix_fmt, "width": v.width, "height": v.height,
                "fps": round(float(v.fps), 3), "is_variable_rate": v.is_variable_rate, "rotation": v.rotation,
                "is_interlaced": v.is_interlaced, "keyframe_gap_s": v.keyframe_gap_s, "bitrate_kbps": v.bitrate_kbps,
            }  # fmt: skip
        found["audio"] = [{"codec": a.codec, "channels": a.channels, "rate": a.rate} for a in self.audio]
        return found

"""HLS playlists as they are served, built from what the worker stored with each rendition.

Apart from the views because it is pure text work. The rule: a stored playlist names its one
object as ``{url}`` and is filled in at serving time, so that no signed address, which lives an
hour, is ever kept.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from resource_hub.kernel.errors import Broken

PLACE = "{url}"
LONGEST_INLINE = 64 * 1024
"""Characters of a playlist written into the page: a lesson of 50 minutes; longer ones are fetched."""


@dataclass(frozen=True, slots=True)
class Variant:
    """One rung: ``label`` names its media playlist, the rates are bits a second as measured."""

    label: str
    width: int | None
    height: int | None
    fps: float | None
    peak_bps: int
    average_bps: int
    codecs: str
    is_audio_only: bool = False


def variant_of(label: str, kind: str, width: int | None, height: int | None, meta: Mapping[str, object]) -> Variant:
    """Return the variant of a stored rendition; ``meta`` holds what the worker measured."""
    fps = meta.get("fps")
    return Variant(
        label=label,
        width=width,
        height=height,
        fps=float(fps) if isinstance(fps, int | float) else None,
        peak_bps=_rate(meta.get("peak_bps")),
        average_bps=_rate(meta.get("average_bps")),
        codecs=str(meta.get("codecs") or ""),
        is_audio_only=kind == "audio",
    )


def media_playlist(stored: str, url: str) -> str:
    """Return the stored playlist with ``url`` in the place of its object."""
    if not stored.startswith("#EXTM3U") or PLACE not in stored:
        # The worker's promise is broken; a player would retry such a playlist for ever.
        raise Broken(code="playlist_damaged")
    return stored.replace(PLACE, _in_a_line(url))


def master_playlist(variants: Sequence[Variant], address: Callable[[str], str]) -> str:
    """Return the master playlist; ``address`` turns a label into what stands in it.

    The lowest rung comes first, since players with no measure of the line start with the first,
    and sound alone comes last, so that none of them starts without a picture.
    """
    if not variants:
        raise Broken(code="playlist_damaged")
    lines = ["#EXTM3U", "#EXT-X-VERSION:7", "#EXT-X-INDEPENDENT-SEGMENTS"]
    for variant in sorted(variants, key=_order):
        lines += [f"#EXT-X-STREAM-INF:{_attributes(variant)}", _in_a_line(address(variant.label))]
    return "\n".join(lines) + "\n"


def inline_playlists(variants: Sequence[Variant], stored: Mapping[str, str]) -> dict[str, object]:
    """Return what a page may carry for its player: the master and the first rung's playlist, without addresses.

    It saves two round trips before the first picture; the player fills in addresses by itself.
    """
    first = min(variants, key=_order).label
    text = stored[first]
    playlists = {first: text} if len(text) <= LONGEST_INLINE else {}
    return {"master": master_playlist(variants, lambda label: f"{label}.m3u8"), "playlists": playlists}


def storyboard(stored: str, urls: Mapping[str, str]) -> str:
    """Return the storyboard's WebVTT with the address of each sheet; ``{url:000}`` names a sheet by its label."""

    def address(match: re.Match[str]) -> str:
        url = urls.get(match[1])
        if url is None:
            raise Broken(code="storyboard_damaged")
        return _in_a_line(url)

    return re.sub(r"\{url:(\w+)\}", address, stored)


def _order(variant: Variant) -> tuple[bool, int, int]:
    return variant.is_audio_only, _short_side(variant), variant.peak_bps


def _short_side(variant: Variant) -> int:
    """Rungs go by the short side: a lesson filmed upright on a phone is 480 wide, not 854 high."""
    return min(variant.width or 0, variant.height or 0)


def _rate(given: object) -> int:
    return round(given) if isinstance(given, int | float) else 0


def _attributes(variant: Variant) -> str:
    attributes = [
        f"BANDWIDTH={max(variant.peak_bps, variant.average_bps, 1)}",
        f"AVERAGE-BANDWIDTH={max(variant.average_bps, 1)}",
    ]
    if variant.codecs:
        attributes.append(f'CODECS="{_quoted(variant.codecs)}"')
    if not variant.is_audio_only:
        if variant.width and variant.height:
            attributes.append(f"RESOLUTION={variant.width}x{variant.height}")
        if variant.fps:
            attributes.append(f"FRAME-RATE={variant.fps:.3f}")
    attributes.append(f'NAME="{_quoted(variant.label)}"')
    return ",".join(attributes)


def _quoted(text: str) -> str:
    if '"' in text or not text.isprintable():
        raise Broken(code="playlist_damaged")
    return text


def _in_a_line(address: str) -> str:
    """Keep an address from ending its line or its quotes (EXT-X-MAP has it in quotes)."""
    if not address or any(c.isspace() or c == '"' or not c.isprintable() for c in address):
        raise Broken(code="playlist_damaged")
    return address

"""Read the media playlists that ffmpeg wrote and measure what the master must say.

ffmpeg's own master names the allowed rate, not the real one, no frame rate, and forgets the
variant that is sound alone; players choose badly by it, so the hub writes its own from these
figures (``media.playlists``). Rule: no address stands in a text; ``{url}`` is the object's.
"""

import re
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

from resource_hub.kernel.errors import Broken

URL = "{url}"


@dataclass(frozen=True, slots=True)
class Segment:
    duration_s: float
    offset: int
    length: int


@dataclass(frozen=True, slots=True)
class Playlist:
    """One rendition as ffmpeg laid it out: where its head and each segment lie in the one object."""

    text: str
    head_length: int
    segments: tuple[Segment, ...]

    @property
    def duration_s(self) -> float:
        return sum(s.duration_s for s in self.segments)

    @property
    def average_kbps(self) -> float:
        """The whole object over the whole length, container included."""
        return (self.head_length + sum(s.length for s in self.segments)) * 8 / 1000 / self.duration_s

    @property
    def peak_kbps(self) -> float:
        """The fastest segment; a last one of a fraction of a second says nothing and is left out."""
        counted = [s for s in self.segments if s.duration_s >= 1] or list(self.segments)
        return max(s.length * 8 / 1000 / s.duration_s for s in counted)

    def window_kbps(self, window_s: float) -> float:
        """Return the highest rate over any run of whole segments that lasts at least ``window_s``."""
        ends = list(accumulate(s.duration_s for s in self.segments))
        sizes = [0, *accumulate(s.length for s in self.segments)]
        fastest = 0.0
        first = 0
        for last, end in enumerate(ends):
            while end - (ends[first] if first <= last else end) >= window_s:
                first += 1
            began = ends[first - 1] if first else 0.0
            if end - began >= window_s:
                fastest = max(fastest, (sizes[last + 1] - sizes[first]) * 8 / 1000 / (end - began))
        return fastest or self.average_kbps


@dataclass(frozen=True, slots=True)
class Rendition:
    """One finished object of the ladder; without ``width`` it is sound alone."""

    label: str
    path: Path
    playlist: Playlist
    codecs: str
    width: int | None = None
    height: int | None = None
    fps: float | None = None


def read_playlist(path: Path) -> Playlist:
    """Return the playlist at ``path`` with addresses replaced; raises Broken when it is not whole."""
    lines = path.read_text().splitlines()
    if "#EXT-X-ENDLIST" not in lines:
        raise Broken
    kept: list[str] = []
    segments: list[Segment] = []
    head_length, duration_s, length, offset = 0, 0.0, 0, 0
    for line in lines:
        if line.startswith("#EXT-X-MAP:"):
            head_length = int(_group(r'BYTERANGE="(\d+)@0"', line))
            kept.append(f'#EXT-X-MAP:URI="{URL}",BYTERANGE="{head_length}@0"')
        elif line.startswith("#"):
            if line.startswith("#EXTINF:"):
                duration_s = float(_group(r"([\d.]+)", line))
            elif line.startswith("#EXT-X-BYTERANGE:"):
                length, offset = (int(n) for n in line.partition(":")[2].split("@"))
            kept.append(line)
        elif line:
            segments.append(Segment(duration_s, offset, length))
            kept.append(URL)
    if not segments or not head_length:
        raise Broken
    return Playlist("\n".join(kept) + "\n", head_length, tuple(segments))


def codecs_of(path: Path, head_length: int) -> str:
    """Return the RFC 6381 names of what the object holds, read from its head."""
    with path.open("rb") as file:
        head = file.read(head_length)
    found = []
    at = head.find(b"avcC")
    if at >= 0:
        found.append(f"avc1.{head[at + 5 : at + 8].hex()}")
    if b"mp4a" in head:
        found.append("mp4a.40.2")
    return ",".join(found)


def _group(pattern: str, line: str) -> str:
    found = re.search(pattern, line)
    if found is None:
        raise Broken
    return found.group(1)

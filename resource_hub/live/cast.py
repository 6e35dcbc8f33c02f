"""What a watched lesson is told by: the parts that the lead sends, how ffmpeg reads and cuts them, the playlist that is served. Pure.

A moment of the playlist is a moment of the lesson's clock, so that the board can wait for the voice that it belongs to.
ffmpeg counts from when it began to write, which is seconds after the first sound reached it: the difference is known at
its start, stays the same, and is taken off when the playlist is served.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

SEGMENT_S = 2
KEPT_SEGMENTS = 60
"""Two minutes: a room that was cut off for a moment goes on where it was."""
WIDTH, HEIGHT = 640, 360
LOOPBACK = "127.0.0.1"
PLAYLIST = "index.m3u8"
FILES = re.compile(r"index\.m3u8|init-\d{1,12}\.mp4|s\d{1,12}\.m4s")
_PAYLOADS = {"audio": (111, "opus/48000/2"), "video": (96, "VP8/90000")}
_NAMED = re.compile(r"\b(?:init-\d{1,12}\.mp4|s\d{1,12}\.m4s)\b")
_DATED = re.compile(r"^#EXT-X-PROGRAM-DATE-TIME:(.+)$", re.MULTILINE)


class End(StrEnum):
    """How a run of ffmpeg came to its end: by itself, since nothing came any more, or since pictures came that it does not take."""

    ENDED = "ended"
    SILENT = "silent"
    PICTURES = "pictures"


@dataclass(frozen=True, slots=True)
class Sent:
    """A part of what a device sends: its kind, and the name that it has in the description."""

    kind: str
    mid: str


def parts_of(sdp: str) -> list[Sent]:
    """Return the sound and the picture that a description agrees on, in its order; one that was refused has the port 0."""
    found = []
    for section in re.split(r"\r?\n(?=m=)", sdp)[1:]:
        head = re.match(r"m=(audio|video) (\d+) ", section)
        mid = re.search(r"^a=mid:(\S+)", section, re.MULTILINE)
        if head and mid and head[2] != "0":
            found.append(Sent(head[1], mid[1]))
    return found


def payload_of(kind: str) -> int:
    """Return the number under which a kind is forwarded."""
    return _PAYLOADS[kind][0]


def description(ports: Mapping[str, int], here: str = LOOPBACK, there: str = LOOPBACK) -> str:
    """Return what ffmpeg is told of the parts that come to these ports of ``here``; it takes what comes from ``there`` alone."""
    net = "IN IP6" if ":" in here else "IN IP4"
    lines = ["v=0", f"o=- 0 0 {net} {here}", "s=-", f"c={net} {here}", "t=0 0", f"a=source-filter: incl {net} {here} {there}"]
    for kind, port in ports.items():
        number, codec = _PAYLOADS[kind]
        lines += [f"m={kind} {port} RTP/AVP {number}", f"a=rtpmap:{number} {codec}"]
    return "\r\n".join(lines) + "\r\n"


def command(sdp: str, kinds: Sequence[str], run: int) -> list[str]:
    """Return the program that cuts what comes into segments in its working folder.

    The picture has one size whatever the lead's line carries at the moment, since a run has one head, named after it.
    """
    argv = ["ffmpeg", "-nostdin", "-nostats", "-y", "-v", "error", "-protocol_whitelist", "file,udp,rtp"]
    argv += ["-analyzeduration", "7000000", "-probesize", "5000000", "-max_delay", "400000", "-i", sdp]
    if "video" in kinds:
        box = f"scale={WIDTH}:{HEIGHT}:force_original_aspect_ratio=decrease,pad={WIDTH}:{HEIGHT}:-1:-1"
        argv += ["-map", "0:v:0", "-vf", f"fps=15,{box},setsar=1,format=yuv420p", "-c:v", "libx264", "-preset", "veryfast"]
        argv += ["-profile:v", "main", "-tune", "zerolatency", "-b:v", "380k", "-maxrate", "450k", "-bufsize", "900k"]
        argv += ["-g", str(15 * SEGMENT_S), "-sc_threshold", "0", "-threads", "2"]
    if "audio" in kinds:
        argv += ["-map", "0:a:0", "-af", "aresample=48000:async=1:first_pts=0", "-c:a", "aac", "-b:a", "40k", "-ac", "1"]
    flags = "delete_segments+independent_segments+program_date_time+temp_file+omit_endlist"
    argv += ["-f", "hls", "-hls_time", str(SEGMENT_S), "-hls_list_size", str(KEPT_SEGMENTS), "-hls_delete_threshold", "5"]
    argv += ["-hls_segment_type", "fmp4", "-hls_fmp4_init_filename", f"init-{run}.mp4", "-hls_segment_filename", "s%d.m4s"]
    # Numbers go on over runs, as a player expects of a list that it knows.
    return [*argv, "-hls_start_number_source", "epoch", "-hls_flags", flags, PLAYLIST]


def next_kinds(kinds: Sequence[str], sent: Sequence[str], end: End, *, was_heard: bool) -> list[str]:
    """Return what the next run takes of what is sent, after one that took ``kinds`` came to its end.

    ffmpeg waits for a picture that was announced, and a lead whose line is thin sends none for a while: then sound goes
    alone until pictures come again.
    """
    if "video" in kinds:
        is_waiting = end is End.SILENT or not was_heard
        return [one for one in sent if one != "video"] or list(sent) if is_waiting else list(kinds)
    return list(sent) if end is End.PICTURES or not was_heard else list(kinds)


def files_of(playlist: str) -> list[str]:
    """Return the heads and segments that a playlist names, in its order."""
    return list(dict.fromkeys(_NAMED.findall(playlist)))


def first_moment(playlist: str) -> datetime | None:
    """Return the moment that a playlist gives its first segment; None while it has none."""
    found = _DATED.search(playlist)
    return datetime.fromisoformat(found[1].strip()) if found else None


def served(playlist: str, run: int, ahead_ms: int) -> str:
    """Return a playlist by the lesson's clock; ``run`` lets players notice that another run of ffmpeg began."""

    def earlier(found: re.Match[str]) -> str:
        at = datetime.fromisoformat(found[1].strip()) - timedelta(milliseconds=ahead_ms)
        return f"#EXT-X-PROGRAM-DATE-TIME:{at.isoformat(timespec='milliseconds')}"

    text = _DATED.sub(earlier, playlist)
    return re.sub(r"^(#EXT-X-MEDIA-SEQUENCE:.+)$", rf"\1\n#EXT-X-DISCONTINUITY-SEQUENCE:{run}", text, count=1, flags=re.MULTILINE)

"""Caption files as teachers have them (SRT or WebVTT, in the encodings of Chinese PCs) → safe WebVTT.

Apart from the service because it is pure: bytes in, text out, no database and no Flask. What
comes out is written anew from times and plain words; nothing of the file's own styling,
regions, settings or markup survives, so a hostile file has nothing to say in the player.
"""

import html
import io
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

import webvtt
from webvtt.errors import MalformedCaptionError, MalformedFileError

from resource_hub.kernel.errors import N_, Invalid, TooLarge

LARGEST_BYTES = 2 * 1024 * 1024
MOST_CUES = 20_000
LONGEST_CUE = 1_000
LONGEST_S = 24 * 3600

_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_OTHER_KINDS = (".ass", ".ssa", ".smi", ".sami", ".sub", ".lrc", ".ttml", ".dfxp")
_TIME = r"(?:(\d{1,3}):)?(\d{1,2}):(\d{1,2})[,.](\d{1,3})"
_TIMING = re.compile(rf"\s*{_TIME}\s*-->\s*{_TIME}(?:\s.*)?")
# Only what looks like a tag: 「3 < 5」 in a mathematics lesson has to stay.
_TAG = re.compile(r"</?[A-Za-z][^<>]*>|<\d[\d:.]*>|\{\\[^{}]*\}")


class CaptionsTooLarge(TooLarge):
    code, message = "captions_too_large", N_("字幕文件超过 2 MB。字幕只有文字，一般不到 200 KB，请检查是否选错了文件。")


class CaptionsUnreadable(Invalid):
    code, message = "captions_unreadable", N_("读不出这个文件里的文字。请用字幕软件另存为 UTF-8 编码的 SRT 或 VTT 再上传。")


class CaptionsOfAnotherKind(Invalid):
    code, message = "captions_of_another_kind", N_("这是 ASS/SSA 或其他格式的字幕，平台收 SRT 和 VTT。请在字幕软件里导出为 SRT 再上传。")


class CaptionsEmpty(Invalid):
    code, message = "captions_empty", N_("文件里没有一条字幕。请检查是否选错了文件，或导出时漏了内容。")


class CaptionLineWrong(Invalid):
    code, message = "caption_line_wrong", N_("第 %(line)s 行的时间写法不对，应像 00:01:02,500 --> 00:01:05,000。改好这一行再上传。")


class CaptionTimesWrong(Invalid):
    code, message = "caption_times_wrong", N_("第 %(line)s 行的结束时间不晚于开始时间，或超过 24 小时。改好这一行再上传。")


class CaptionTooLong(Invalid):
    code, message = "caption_too_long", N_("%(time)s 处的一条字幕超过 1000 字，可能漏了空行。请分成几条再上传。")


class CaptionsTooMany(Invalid):
    code, message = "captions_too_many", N_("字幕超过 20000 条。请检查是否选错了文件。")


@dataclass(frozen=True, slots=True)
class Cue:
    """Some words and when they are shown."""

    start_ms: int
    end_ms: int
    text: str


def to_webvtt(content: bytes, filename: str = "") -> str:
    """Return the captions in ``content`` as WebVTT text; raises subclasses of Invalid or TooLarge.

    The bytes decide; ``filename`` only helps to say what a file of another kind is.
    """
    if len(content) > LARGEST_BYTES:
        raise CaptionsTooLarge
    text = _decode(content)
    lines = [line.rstrip() for line in re.split(r"\r\n|\r|\n", text)]
    while lines and not lines[0]:
        lines.pop(0)
    if not lines:
        raise CaptionsEmpty
    is_webvtt = re.match(r"WEBVTT(?:\s|$)", lines[0]) is not None
    if not is_webvtt and (lines[0].lstrip().startswith(("[", "<", "{", "Dialogue:")) or filename.lower().endswith(_OTHER_KINDS)):
        raise CaptionsOfAnotherKind
    _check_timings(lines)
    cues = _cues(lines, is_webvtt=is_webvtt)
    if not cues:
        raise CaptionsEmpty
    return write_webvtt(cues)


def read_webvtt(text: str) -> list[Cue]:
    """Return the captions of a text that ``to_webvtt`` or ``write_webvtt`` gave."""
    return _cues(text.splitlines(), is_webvtt=True)


def write_webvtt(cues: Iterable[Cue]) -> str:
    """Return captions as WebVTT text; the words are plain, so nothing in them is markup."""
    blocks = [f"{_timestamp(c.start_ms)} --> {_timestamp(c.end_ms)}\n{html.escape(c.text, quote=False)}\n" for c in cues]
    return "WEBVTT\n\n" + "\n".join(blocks)


def _decode(content: bytes) -> str:
    text = _decoded(content)
    if "\x00" in text:
        raise CaptionsUnreadable
    kept = (c for c in text if c in "\n\r\t" or unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Co"})
    return unicodedata.normalize("NFC", "".join(kept))


def _decoded(content: bytes) -> str:
    for mark, encoding in _BOMS:
        if content.startswith(mark):
            return _strictly(content[len(mark) :], encoding)
    # Times and line ends are ASCII, so UTF-16 without a mark shows zeros on one side of each pair.
    head = content[:2000]
    if head.count(0) > len(head) // 8:
        return _strictly(content, "utf-16-le" if head[1::2].count(0) > head[0::2].count(0) else "utf-16-be")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return _strictly(content, "gb18030")


def _strictly(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise CaptionsUnreadable from error


def _check_timings(lines: list[str]) -> None:
    """Name the first wrong line; the library would leave such a caption out without a word."""
    count = 0
    for number, line in enumerate(lines, 1):
        if "-->" not in line:
            continue
        match = _TIMING.fullmatch(line)
        if match is None:
            raise CaptionLineWrong(line=number)
        parts = match.groups()
        if not _ms(*parts[:4]) < _ms(*parts[4:]) <= LONGEST_S * 1000:
            raise CaptionTimesWrong(line=number)
        count += 1
    if count > MOST_CUES:
        raise CaptionsTooMany


def _ms(hours: str | None, minutes: str, seconds: str, fraction: str) -> int:
    whole = (int(hours or 0) * 60 + int(minutes)) * 60 + int(seconds)
    return whole * 1000 + int(fraction.ljust(3, "0"))


def _cues(lines: list[str], *, is_webvtt: bool) -> list[Cue]:
    prepared: list[str] = []
    for line in lines:
        if "-->" in line and not is_webvtt and not (prepared and prepared[-1].strip().isdigit()):
            # The library passes over a caption without its number; exported files often have none.
            prepared += ["", "1"] if prepared else ["1"]
        prepared.append(_timing_as_written(line, is_webvtt=is_webvtt) if "-->" in line else line)
    try:
        found = webvtt.from_buffer(io.StringIO("\n".join(prepared)), format="vtt" if is_webvtt else "srt")
    except (MalformedFileError, MalformedCaptionError) as error:
        raise CaptionsUnreadable from error
    cues = []
    for caption in found.captions:
        words = "\n".join(filter(None, (_plain(line) for line in caption.lines)))
        if len(words) > LONGEST_CUE:
            raise CaptionTooLong(time=caption.start)
        if words:
            cues.append(Cue(_milliseconds(caption.start), _milliseconds(caption.end), words))
    return sorted(cues, key=lambda cue: (cue.start_ms, cue.end_ms))


def _timing_as_written(line: str, *, is_webvtt: bool) -> str:
    """Write times in full: exported files leave out hours, or mix comma and point."""
    match = _TIMING.fullmatch(line)
    if match is None:
        return line
    parts = match.groups()
    timing = f"{_timestamp(_ms(*parts[:4]))} --> {_timestamp(_ms(*parts[4:]))}"
    return timing if is_webvtt else timing.replace(".", ",")


def _milliseconds(timestamp: str) -> int:
    hours, minutes, seconds = timestamp.split(":")
    whole, _, fraction = seconds.partition(".")
    return _ms(hours, minutes, whole, fraction or "0")


def _plain(line: str) -> str:
    return html.unescape(_TAG.sub("", line)).replace("-->", "→").strip()


def _timestamp(milliseconds: int) -> str:
    seconds, fraction = divmod(milliseconds, 1000)
    minutes, second = divmod(seconds, 60)
    hour, minute = divmod(minutes, 60)
    return f"{hour:02}:{minute:02}:{second:02}.{fraction:03}"

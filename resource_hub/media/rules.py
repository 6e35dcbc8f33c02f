"""Pure decisions about files: part sizes, clean names, what bytes are, what is refused.

Recognition reads bytes, never trusts the name; the name only tells apart the members of one
container family (an OLE file may be .doc, .xls or .ppt).
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

import puremagic

from resource_hub.kernel.errors import N_, Conflict, Invalid, TooLarge
from resource_hub.media.schemas import Family, Placed

MIB = 1 << 20
SMALLEST_PART = 5 * MIB
"""S3 refuses smaller parts, apart from the last."""
MOST_PARTS = 10_000
LARGEST_FILE = 100 * 1024 * MIB
HEAD_BYTES = 64 * 1024


class EmptyFile(Invalid):
    code, message = "empty_file", N_("这个文件是空的（0 字节）。请检查原文件后重新选择。")


class Executable(Invalid):
    code, message = "executable", N_("这是可执行程序，平台不收。若是课件，请导出为 PPT、PDF 或视频再上传。")


class UnknownContent(Invalid):
    code, message = "unknown_content", N_("认不出这个文件的内容，可能已损坏。请在电脑上打开确认，或换一种格式再上传。")


class UnsafeArchive(Invalid):
    code, message = "unsafe_archive", N_("压缩包里有不安全的路径（如 ../），平台不收。请重新打包后再上传。")


class PackedProgram(Invalid):
    code, message = "packed_program", N_("压缩包里有可执行程序（%(name)s），平台不收。请去掉它，或导出为视频、PDF 再上传。")


class PhonePicture(Invalid):
    code = "phone_picture"
    message = N_("这是 HEIC 格式的手机照片，多数电脑打不开。请在手机的相机设置里选“兼容性最佳”，或另存为 JPG 再上传。")


REFUSALS = (EmptyFile, Executable, UnknownContent, UnsafeArchive, PackedProgram, PhonePicture)
"""What ``recognise`` raises: the upload is over, its bytes are not kept."""


class PartMissing(Conflict):
    code, message = "part_missing", N_("第 %(number)s 片还没有传到，请补传这一片后再完成。")


class PartWrong(Conflict):
    code, message = "part_wrong", N_("第 %(number)s 片与存储中的不一致，请重传这一片。")


class FileTooLarge(TooLarge):
    code, message = "file_too_large", N_("文件超过 %(limit_gb)s GB。请先用剪辑软件分段，再分别上传。")


@dataclass(frozen=True, slots=True)
class Content:
    """What a file is: its media type and the family that decides how it is treated."""

    media_type: str
    family: Family


_OFFICE_ZIP: Mapping[str, str] = {
    "word/": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "ppt/": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "xl/": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_OLE: Mapping[str, str] = {
    "doc": "application/msword",
    "wps": "application/vnd.ms-works",
    "ppt": "application/vnd.ms-powerpoint",
    "dps": "application/vnd.ms-powerpoint",
    "xls": "application/vnd.ms-excel",
    "et": "application/vnd.ms-excel",
}
_PROGRAM_SUFFIXES = frozenset(
    "exe dll com scr msi bat cmd ps1 vbs vbe wsf hta jar apk ipa app deb rpm dmg sh lnk reg cpl sys elf".split()  # noqa: SIM905 -- a list of words
)
_PROGRAM_HEADS = (
    b"MZ",
    b"\x7fELF",
    b"\xca\xfe\xba\xbe",
    b"\xcf\xfa\xed\xfe",
    b"\xce\xfa\xed\xfe",
    b"#!/",
    b"L\x00\x00\x00\x01\x14\x02\x00",
)
_HARMLESS_IN_ARCHIVES = frozenset({"com", "app", "sys"})
"""Endings of programs that are also endings of addresses and of folders of notes."""
_STILL_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})
_MEDIA_HEADS: Sequence[tuple[int, bytes, str, Family]] = (
    (4, b"ftypavif", "image/avif", "image"),
    (4, b"ftyp", "video/mp4", "video"),
    (4, b"moov", "video/quicktime", "video"),
    (4, b"mdat", "video/quicktime", "video"),
    (4, b"wide", "video/quicktime", "video"),
    (0, b"\x1aE\xdf\xa3", "video/webm", "video"),
    (0, b"FLV\x01", "video/x-flv", "video"),
    (0, b"0&\xb2u\x8ef\xcf\x11", "video/x-ms-wmv", "video"),
    (0, b"\x00\x00\x01\xba", "video/mpeg", "video"),
    (0, b"\x00\x00\x01\xb3", "video/mpeg", "video"),
    (0, b".RMF", "application/vnd.rn-realmedia", "video"),
    (0, b"OggS", "video/ogg", "video"),
    (0, b"ID3", "audio/mpeg", "audio"),
    (0, b"\xff\xfb", "audio/mpeg", "audio"),
    (0, b"\xff\xf3", "audio/mpeg", "audio"),
    (0, b"\xff\xfa", "audio/mpeg", "audio"),
    (0, b"\xff\xf2", "audio/mpeg", "audio"),
    (0, b"\xff\xf9", "audio/aac", "audio"),
    (0, b"\xff\xf1", "audio/aac", "audio"),
    (0, b"fLaC", "audio/flac", "audio"),
    (0, b"#!AMR", "audio/amr", "audio"),
    (0, b"%PDF", "application/pdf", "paper"),
    (0, b"\x89PNG", "image/png", "image"),
    (0, b"\xff\xd8\xff", "image/jpeg", "image"),
    (0, b"GIF8", "image/gif", "image"),
    (0, b"BM", "image/bmp", "image"),
    (0, b"{\\rtf", "application/rtf", "paper"),
    (0, b"7z\xbc\xaf", "application/x-7z-compressed", "other"),
    (0, b"Rar!", "application/vnd.rar", "other"),
)


def piece_key(prefix: str, number: int) -> str:
    """Return where chunk ``number`` of a piece lies."""
    return f"{prefix}{number:06}"


LONGEST_GAP_S = 30.0
"""A longer time between two pieces is cut to this: a break is no lesson."""


def place_pieces(pieces: Sequence[tuple[int, float]]) -> list[Placed]:
    """Return where pieces (begun at, length in seconds) stand in one file: in order, apart as recorded, never one over another."""
    placed: list[Placed] = []
    for at_ms, length_s in sorted(pieces):
        if placed:
            last = placed[-1]
            gap_s = (at_ms - last.at_ms) / 1000 - last.length_s
            start_s = last.start_s + last.length_s + min(max(gap_s, 0.0), LONGEST_GAP_S)
        else:
            start_s = 0.0
        placed.append(Placed(at_ms, round(start_s, 3), length_s))
    return placed


INFECTED, ERASED = "infected", "erased"
GONE = frozenset({INFECTED, ERASED})
"""The failures of files whose originals were removed, so that nobody may fetch them."""

_HELD_SHARE = 0.6
"""So much of a page's own words must be in what was read from it, or that is noise."""


def text_with_read(own: str, read: str) -> str:
    """Return the text of a page that has few words of its own and was read by machine as well.

    Its own words are never lost. What was read counts only where it holds most of them: else it is
    the noise that a picture gives, as on a slide with a short title.
    """
    signs, there = [sign for sign in own.casefold() if sign.isalnum()], set(read.casefold())
    if not signs:
        return read
    if sum(sign in there for sign in signs) < _HELD_SHARE * len(signs):
        return own
    return read if own.strip() in read else f"{own.strip()}\n{read}".strip()


def original_key(asset_id: str) -> str:
    """Return where the original bytes of an asset lie."""
    return f"originals/{asset_id}"


def part_size(size: int) -> int:
    """Return the bytes of each part but the last: small, so that a cut costs little."""
    if size > LARGEST_FILE:
        raise FileTooLarge(limit_gb=LARGEST_FILE // (1024 * MIB))
    for least in (SMALLEST_PART, 8 * MIB, 16 * MIB):
        if size <= least * 1000:
            return least
    return max(16 * MIB, -(-size // MOST_PARTS))


def part_sizes(size: int, each: int) -> dict[int, int]:
    """Return the exact size of every part by its number, counting from 1."""
    count = max(1, -(-size // each))
    return {n: min(each, size - (n - 1) * each) for n in range(1, count + 1)}


def clean_filename(name: str) -> str:
    """Return ``name`` as it may be shown: no path, no control or bidi characters, ≤ 255 long.

    The name never reaches a file system or a key; this is for people's eyes.
    """
    base = PurePosixPath(name.replace("\\", "/")).name
    kept = "".join(c for c in base if unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
    kept = re.sub(r"\s+", " ", unicodedata.normalize("NFC", kept)).strip(" .")
    if len(kept) > 255:
        stem, dot, suffix = kept.rpartition(".")
        kept = f"{stem[: 254 - len(suffix)]}.{suffix}" if dot and len(suffix) <= 10 else kept[:255]
    return kept or "未命名文件"


def suffix_of(filename: str) -> str:
    return filename.rpartition(".")[2].lower() if "." in filename else ""


def recognise(head: bytes, filename: str, members: Sequence[str] | None) -> Content:
    """Return what the bytes are; raises a subclass of Invalid for what is not taken.

    ``members`` are the names inside when the file is a zip, else ``None``.
    """
    suffix = suffix_of(filename)
    if not head:
        raise EmptyFile
    if head.startswith(_PROGRAM_HEADS) or (suffix in _PROGRAM_SUFFIXES):
        raise Executable
    if members is not None:
        return _zip_content(members, suffix)
    if head[4:8] == b"ftyp" and head[8:12] in _STILL_BRANDS:
        raise PhonePicture
    for offset, mark, media_type, family in _MEDIA_HEADS:
        if head[offset : offset + len(mark)] == mark:
            return Content(media_type, family)
    return _riff(head) or _transport_stream(head) or _ole(head, suffix) or _text(head, suffix) or _by_magic(head, suffix)


def _zip_content(members: Sequence[str], suffix: str) -> Content:
    for name in members:
        parts = name.replace("\\", "/").split("/")
        if name.startswith(("/", "\\")) or ".." in parts or re.match(r"[A-Za-z]:", name):
            raise UnsafeArchive
    if any(suffix_of(name) == "dex" or name == "AndroidManifest.xml" for name in members):
        raise Executable
    for prefix, media_type in _OFFICE_ZIP.items():
        if "[Content_Types].xml" in members and any(name.startswith(prefix) for name in members):
            return Content(media_type, "paper")
    if "mimetype" in members and "content.xml" in members:
        kind = {"odt": "text", "odp": "presentation", "ods": "spreadsheet"}.get(suffix, "text")
        return Content(f"application/vnd.oasis.opendocument.{kind}", "paper")
    if program := next((name for name in members if suffix_of(name) in _PROGRAM_SUFFIXES - _HARMLESS_IN_ARCHIVES), None):
        raise PackedProgram(name=PurePosixPath(program).name[:60])
    return Content("application/zip", "other")


def _riff(head: bytes) -> Content | None:
    if head[:4] != b"RIFF":
        return None
    kinds: dict[bytes, Content] = {
        b"AVI ": Content("video/x-msvideo", "video"),
        b"WAVE": Content("audio/wav", "audio"),
        b"WEBP": Content("image/webp", "image"),
    }
    return kinds.get(head[8:12])


def _transport_stream(head: bytes) -> Content | None:
    for size, first in ((188, 0), (192, 4)):
        marks = head[first : first + size * 4 : size]
        if len(marks) >= 3 and set(marks) == {0x47}:
            return Content("video/mp2t", "video")
    return None


def _ole(head: bytes, suffix: str) -> Content | None:
    if head[:8] != b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        return None
    return Content(_OLE.get(suffix, "application/msword"), "paper")


def _text(head: bytes, suffix: str) -> Content | None:
    if b"\x00" in head[:4096] and not head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return None
    for encoding in ("utf-8-sig", "gb18030", "utf-16"):
        try:
            text = head[: len(head) - len(head) % 2].decode(encoding) if encoding == "utf-16" else _decode_start(head, encoding)
        except UnicodeDecodeError:
            continue
        odd = sum(1 for c in text if unicodedata.category(c) in {"Cc", "Cn", "Co"} and c not in "\r\n\t\f")
        if odd > len(text) // 50:
            continue
        if suffix in {"svg", "html", "htm", "xhtml", "xml", "js"}:
            return Content("text/plain", "other")
        return Content("text/csv" if suffix == "csv" else "text/plain", "text")
    return None


def _decode_start(head: bytes, encoding: str) -> str:
    """Decode, forgiving a character cut in two at the end."""
    for cut in range(4):
        try:
            return head[: len(head) - cut].decode(encoding)
        except UnicodeDecodeError as error:
            if error.start < len(head) - 8:
                raise
    return head[:-4].decode(encoding)


def _by_magic(head: bytes, suffix: str) -> Content:
    try:
        media_type = puremagic.from_string(head, mime=True, filename=f"x.{suffix}" if suffix else None)
    except (puremagic.PureError, ValueError):
        media_type = ""
    family = media_type.partition("/")[0]
    if family == "video":
        return Content(media_type, "video")
    if family == "audio":
        return Content(media_type, "audio")
    if media_type == "image/tiff":
        return Content(media_type, "image")
    if suffix in {"enbx", "flipchart", "notebook", "gsp", "ggb", "swf"}:
        return Content("application/octet-stream", "other")
    raise UnknownContent

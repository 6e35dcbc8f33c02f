"""Documents into pages: images in three widths and the text of each page.

LibreOffice makes a PDF in a throw-away profile (no macros, no links, no network), a program of
our own draws it. Pages are handed over one by one, so that the first is readable while the rest
are still drawn.
"""

import json
import logging
import os
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from media_worker import bombs, notes, pages
from media_worker.bombs import DamagedPaper, PasswordProtected
from media_worker.sandbox import Limits, OutOfBounds, run
from resource_hub.kernel.errors import N_, Invalid
from resource_hub.media.schemas import Run

log = logging.getLogger(__name__)

WIDTHS = (480, 960, 1600)
MOST_PAGES = 500
MOST_TEXT_BYTES = 1 << 20
_CONVERT = Limits(wall_s=420, cpu_s=360, memory_mb=1500, address_mb=8000, file_mb=1000, processes=40)
_DRAW = Limits(wall_s=1800, cpu_s=1800, memory_mb=1500, address_mb=4000, file_mb=200, processes=8)
_NOTES = Limits(wall_s=60, cpu_s=60, memory_mb=600, address_mb=2000, file_mb=10, processes=8)

Check = Callable[[], None] | None


class NoPages(Invalid):
    code, message = "no_pages", N_("这个文档里没有页面（空文档）。请检查内容后重新上传。")


class PictureTooLarge(Invalid):
    code, message = "picture_too_large", N_("这张图片的像素太多。请缩小到一亿像素以内再上传；原件已保存。")


class NotConvertible(Invalid):
    code, message = "not_convertible", N_("平台打不开这个文档，无法在线预览；原件已保存，可以下载。请另存为 PDF 或较新的格式再上传。")


@dataclass(frozen=True, slots=True)
class DrawnPage:
    """One page on the disk: ``images`` maps a width to a file."""

    number: int
    text: str
    width: int
    height: int
    images: Mapping[int, Path]
    needs_ocr: bool
    runs: Sequence[Run] = ()


@dataclass(frozen=True, slots=True)
class Paper:
    """What was drawn: ``total`` pages are in the document, of which ``drawn`` stand (never more than 500)."""

    total: int
    drawn: int

    @property
    def is_whole(self) -> bool:
        return self.drawn >= self.total


_PICTURE = re.compile(r"\d{4}-\d{2,4}\.webp")
_CIPHERS = ("Microsoft Enhanced Cryptographic", "Microsoft Base Cryptographic", "EncryptedSummary")
OnPage = Callable[[DrawnPage, int], None]

_SUFFIXES = {
    "application/pdf": "pdf",
    "application/msword": "doc",
    "application/vnd.ms-works": "wps",
    "application/vnd.ms-powerpoint": "ppt",
    "application/vnd.ms-excel": "xls",
    "application/rtf": "rtf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": "pptx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "application/vnd.oasis.opendocument.text": "odt",
    "application/vnd.oasis.opendocument.presentation": "odp",
    "application/vnd.oasis.opendocument.spreadsheet": "ods",
}


def draw(source: Path, media_type: str, folder: Path, on_page: OnPage, *, check: Check = None) -> Paper:
    """Draw every page of ``source``; ``on_page(page, total)`` is called in order, page 1 as early as can be.

    Raises a subclass of Invalid in words for the uploader.
    """
    drawable = source if _is_drawable(media_type) else to_pdf(source, media_type, folder, check=check)
    remarks = _notes(source, folder, check) if _SUFFIXES.get(media_type) == "pptx" else []
    drawn = total = 0
    refusal = ""

    def take(line: str) -> None:
        nonlocal drawn, total, refusal
        record: dict[str, Any] = json.loads(line)
        if "error" in record:
            refusal = record["error"]
        elif "total" in record:
            total = record["total"]
        else:
            drawn += 1
            page = _page(record, folder)
            note = remarks[page.number - 1] if page.number <= len(remarks) else ""
            on_page(replace(page, text=f"{page.text}\n\n{note}") if note else page, total)

    program = [sys.executable, "-I", "-B", str(pages.__file__), str(drawable), str(folder), str(MOST_PAGES), *map(str, WIDTHS)]
    done = run(program, cwd=folder, limits=_DRAW, on_line=take, check=check)
    if refusal:
        raise {"password": PasswordProtected, "empty": NoPages, "too_large": PictureTooLarge}.get(refusal, DamagedPaper)
    if done.returncode != 0:
        log.warning("pages ended with %s: %s", done.returncode, done.stderr_tail[-2000:])
        raise DamagedPaper
    if not drawn:
        raise NoPages
    return Paper(total, drawn)


def to_pdf(source: Path, media_type: str, folder: Path, *, check: Check = None) -> Path:
    """Return a PDF of an office or text file, of at most one page more than we draw."""
    bombs.inspect(source)
    suffix = _SUFFIXES.get(media_type, "")
    given = folder / f"given.{suffix or 'txt'}"
    options: list[str] = []
    if suffix:
        given.unlink(missing_ok=True)
        os.link(source, given)
    else:
        given.write_text(_text_of(source), encoding="utf-8-sig")
        options = ["--infilter=Text (encoded):UTF8,LF,,,"]
    profile = folder / "profile"
    _lay_profile(profile)
    program = [
        "soffice", f"-env:UserInstallation=file://{profile}", "--headless", "--norestore", "--nolockcheck", "--nodefault",
        "--nofirststartwizard", *options, "--convert-to", _export_filter(suffix), "--outdir", str(folder), str(given),
    ]  # fmt: skip
    made = folder / "given.pdf"
    try:
        done = run(program, cwd=folder, limits=_CONVERT, check=check, env={"SAL_USE_VCLPLUGIN": "svp"})
    except OutOfBounds as error:
        raise NotConvertible(code="document_too_hard") from error
    if not made.exists() or made.stat().st_size == 0:
        log.warning("soffice ended with %s: %s", done.returncode, done.stderr_tail[-2000:])
        if _may_be_locked(source):
            raise PasswordProtected
        raise NotConvertible
    return made


def _is_drawable(media_type: str) -> bool:
    return media_type == "application/pdf" or media_type.startswith("image/")


def _export_filter(suffix: str) -> str:
    module = {"pptx": "impress", "ppt": "impress", "odp": "impress", "xlsx": "calc", "xls": "calc", "ods": "calc"}.get(suffix, "writer")
    bounded = {
        "PageRange": {"type": "string", "value": f"1-{MOST_PAGES + 1}"},
        "ReduceImageResolution": {"type": "boolean", "value": "true"},
        "MaxImageResolution": {"type": "long", "value": "150"},
    }
    return f"pdf:{module}_pdf_Export:{json.dumps(bounded)}"


def _lay_profile(profile: Path) -> None:
    """Forbid macros, links and updates before LibreOffice starts for the first time in this profile."""
    settings = (
        ("/org.openoffice.Office.Common/Security/Scripting", "MacroSecurityLevel", "3"),
        ("/org.openoffice.Office.Common/Security/Scripting", "DisableMacrosExecution", "true"),
        ("/org.openoffice.Office.Common/Security/Scripting", "DisableActiveContent", "true"),
        ("/org.openoffice.Office.Common/Security/Scripting", "BlockUntrustedRefererLinks", "true"),
        ("/org.openoffice.Office.Writer/Content/Update", "Link", "0"),
        ("/org.openoffice.Office.Calc/Content/Update", "Link", "2"),
        ("/org.openoffice.Office.Common/Misc", "UseLocking", "false"),
    )
    items = "".join(
        f'<item oor:path="{path}"><prop oor:name="{name}" oor:op="fuse"><value>{value}</value></prop></item>'
        for path, name, value in settings
    )
    (profile / "user").mkdir(parents=True, exist_ok=True)
    (profile / "user" / "registrymodifications.xcu").write_text(
        '<?xml version="1.0" encoding="UTF-8"?><oor:items xmlns:oor="http://openoffice.org/2001/registry"'
        ' xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"{items}</oor:items>"
    )


def _text_of(source: Path) -> str:
    """Return the start of a text file, whatever the usual encodings; without characters that no page can show."""
    with source.open("rb") as file:
        data = file.read(MOST_TEXT_BYTES)
    for encoding in ("utf-16", "utf-8-sig", "gb18030") if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "gb18030"):
        for cut in range(4):
            try:
                text = data[: len(data) - cut].decode(encoding)
            except UnicodeDecodeError:
                continue
            return re.sub(r"[\x00-\x08\x0b\x0e-\x1f]", "", text)
    return data.decode("utf-8", "replace")


def _may_be_locked(source: Path) -> bool:
    """Tell whether an old Office file says that it is encrypted (its crypto provider is named in clear)."""
    with source.open("rb") as file:
        return bombs.holds(file, *(name.encode("utf-16-le") for name in _CIPHERS))


def _notes(source: Path, folder: Path, check: Check) -> list[str]:
    """Return the speaker's notes of each slide; none when they cannot be read, since the slides stand without."""
    lines: list[str] = []
    program = [sys.executable, "-I", "-B", str(notes.__file__), str(source)]
    try:
        done = run(program, cwd=folder, limits=_NOTES, on_line=lines.append, check=check)
        found: list[str] = json.loads(lines[-1]) if done.returncode == 0 and lines else []
    except (OutOfBounds, json.JSONDecodeError):
        return []
    return found


def _page(record: Mapping[str, Any], folder: Path) -> DrawnPage:
    """Read what the renderer says of a page; it draws hostile files, so only names of its own kind are believed."""
    if strange := [name for name in record["images"].values() if not _PICTURE.fullmatch(name)]:
        raise ValueError(strange[0])
    return DrawnPage(
        number=record["number"],
        text=record["text"],
        width=record["width"],
        height=record["height"],
        images={int(width): folder / name for width, name in record["images"].items()},
        needs_ocr=record["needs_ocr"],
        runs=record["runs"],
    )

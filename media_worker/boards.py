"""Lessons of interactive whiteboards (Seewo, SMART, ActivInspire, IWB): known by what their zip holds.

No program of ours opens them; they are kept for download, and the small pictures that the package
holds of its pages stand for them. Rule: the zip is hostile. Of a member only a bounded number of
bytes is inflated, its picture is decoded in the sandbox, and no name of the zip becomes a path.
"""

import re
import zipfile
import zlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from media_worker import papers
from media_worker.bombs import MOST_MEMBERS, DamagedPaper
from media_worker.papers import DrawnPage, OnPage, Paper
from resource_hub.kernel.errors import Invalid

MOST_PICTURES = 60
_MOST_BYTES = 12 << 20
"""Of one small picture."""
_HEADS = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")
_MARKS: dict[str, tuple[re.Pattern[str], ...]] = {
    "application/vnd.seewo.enbx": (re.compile(r"Board\.xml"), re.compile(r"Document\.xml"), re.compile(r"Slides/[^/]+\.xml")),
    "application/vnd.smart.notebook": (re.compile(r"imsmanifest\.xml"), re.compile(r"page\d+\.svg")),
    "application/vnd.promethean.flipchart": (re.compile(r"flipchart\.xml", re.IGNORECASE), re.compile(r"pages?/?.*\.xml", re.IGNORECASE)),
    "application/vnd.becta.iwb": (re.compile(r"content\.xml"), re.compile(r"(images|audios|videos|fonts)/.+")),
}
"""What must be in the package of each kind. A zip of OpenDocument has a ``mimetype`` beside its content.xml; these have none."""
_NOT = frozenset({"mimetype", "[Content_Types].xml"})
_SMALL_PICTURE = re.compile(r"(^|/)[^/]*(thumb|preview|cover)[^/]*(/[^/]*)?\.(png|jpe?g)$", re.IGNORECASE)
_NUMBER = re.compile(r"\d+")


def recognise(names: Sequence[str]) -> str | None:
    """Return the media type of the board whose package holds these members, else ``None``."""
    held = set(names)
    for media_type, marks in _MARKS.items():
        is_iwb = media_type.endswith("iwb")
        if all(any(mark.fullmatch(name) for name in held) for mark in marks) and not (is_iwb and held & _NOT):
            return media_type
    return None


def recognise_file(path: Path) -> str | None:
    """Return the media type of the board file at ``path``, ``None`` for any other file."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return None
    return recognise(names) if len(names) <= MOST_MEMBERS else None


def pictures(names: Sequence[str]) -> list[str]:
    """Return the members that show pages in small, in the order of the pages; pictures used within a page are none."""
    found = [name for name in names if _SMALL_PICTURE.search(name) and not name.startswith(("/", "\\")) and ".." not in name.split("/")]
    return sorted(found, key=lambda name: ([int(number) for number in _NUMBER.findall(name)], name))[:MOST_PICTURES]


def draw(source: Path, folder: Path, on_page: OnPage, *, check: Callable[[], None] | None = None) -> Paper:
    """Draw what the package holds of its pages, as ``papers.draw`` does; one that cannot be decoded is passed over."""
    drawn = 0
    try:
        with zipfile.ZipFile(source) as archive:
            wanted = pictures(archive.namelist())
            for place, name in enumerate(wanted):
                data = _read(archive, name)
                if data is None:
                    continue
                corner = folder / f"board-{place}"
                corner.mkdir()
                picture = corner / "picture"
                picture.write_bytes(data)
                found: list[DrawnPage] = []
                try:
                    papers.draw(picture, "image/png", corner, lambda page, _total, into=found: into.append(page), check=check)  # type: ignore[misc]  # bound at once
                except Invalid:
                    continue
                for page in found:
                    drawn += 1
                    on_page(replace(page, number=drawn), len(wanted))
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise DamagedPaper from error
    return Paper(drawn, drawn)


def _read(archive: zipfile.ZipFile, name: str) -> bytes | None:
    """Return a small picture's bytes; ``None`` for what is larger than one, broken, locked, or no picture."""
    try:
        with archive.open(name) as member:
            data = member.read(_MOST_BYTES + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError, OSError):
        return None
    return data if len(data) <= _MOST_BYTES and data.startswith(_HEADS) else None

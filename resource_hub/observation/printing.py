"""The form 听课记录表 as a PDF of one page A4, with small copies of the first photos.

WeasyPrint reads nothing but the text it is given: no file, no address, so that words of people cannot make
it fetch anything; photos stand in the text, drawn anew and small. Rule: the page is one; what does not fit even in
small type is left out and counted in words.
"""

import base64
import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from flask import render_template
from PIL import Image

from resource_hub.infra.storage import storage
from resource_hub.kernel.viewer import Viewer
from resource_hub.media import queries as media
from resource_hub.observation import pages, queries

if TYPE_CHECKING:
    from weasyprint import Document

SIZES = (9.5, 8.5, 7.5, 6.8)
"""Points of type, the largest that fits is taken."""
MOST_PHOTOS = 4
"""A row of the page; each is at most ``PHOTO_PIXELS`` wide and high, some 40 kB."""
PHOTO_PIXELS = 480
_PICTURE = "data:image/jpeg;base64,"


@dataclass(frozen=True, slots=True)
class Sheet:
    """What the form shows; ``most`` notes are printed, ``photos`` are times with storage keys, ``left`` are not printed."""

    context: dict[str, Any]
    most: int
    photos: Sequence[tuple[str, str]] = ()
    left: int = 0


@dataclass(frozen=True, slots=True)
class Prints:
    """Photos as they are printed: time and ``data:`` address."""

    shown: Sequence[tuple[str, str]]
    left: int


def sheet_for(viewer: Viewer, observation_id: str) -> Sheet:
    """Return the form of an observation as far as it is for the viewer; NotFound when it is hidden."""
    found, shows_notes = queries.observation(viewer, observation_id)
    context = pages.sheet(viewer, found, shows_notes=shows_notes)
    taken = [(note.second, note.photo_id) for note in context["notes"] if note.photo_id]
    keys = media.readable_pictures([ident for _second, ident in taken])
    photos = [(f"{second // 60}:{second % 60:02}", keys[ident]) for second, ident in taken if ident in keys][:MOST_PHOTOS]
    return Sheet(context, len(context["notes"]), photos, len(taken) - len(photos))


def one_page(sheet: Sheet) -> bytes:
    """Return the form as a PDF of exactly one page. To be called outside of any unit."""
    prints = Prints([(time, _small(storage().get_bytes(key))) for time, key in sheet.photos], sheet.left)
    for size in SIZES:
        drawn = _drawn(sheet, prints, size)
        if len(drawn.pages) == 1:
            return bytes(drawn.write_pdf())
    while len(drawn.pages) > 1 and sheet.most > 0:
        sheet = replace(sheet, most=sheet.most * 2 // 3)
        drawn = _drawn(sheet, prints, SIZES[-1])
    return bytes(drawn.copy(drawn.pages[:1]).write_pdf())


def _drawn(sheet: Sheet, prints: Prints, size: float) -> "Document":
    from weasyprint import HTML  # takes a third of a second, which no start should pay
    from weasyprint.urls import URLFetcher

    class OnlyPictures(URLFetcher):  # type: ignore[misc]  # comes without types
        def fetch(self, url: str, headers: Any = None) -> Any:
            if not url.startswith(_PICTURE):
                raise ValueError(f"the form fetches nothing: {url[:80]}")
            return super().fetch(url, headers)

    shown = prints if prints.shown or prints.left else None
    text = render_template("observation/sheet_pdf.html", **sheet.context, most=sheet.most, size=size, prints=shown)
    return HTML(string=text, url_fetcher=OnlyPictures()).render()


def _small(picture: bytes) -> str:
    """Return a picture of ours drawn anew, small, as an address that brings it along."""
    written = io.BytesIO()
    with Image.open(io.BytesIO(picture)) as found:
        small = found.convert("RGB")
        small.thumbnail((PHOTO_PIXELS, PHOTO_PIXELS))
        small.save(written, "JPEG", quality=75)
    return f"{_PICTURE}{base64.b64encode(written.getvalue()).decode()}"

"""The form 听课记录表 as a PDF of one page A4.

WeasyPrint reads nothing but the text it is given: no file, no address, so that words of people cannot make
it fetch anything. Rule: the page is one; what does not fit even in small type is left out and counted in words.
"""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NoReturn

from flask import render_template

from resource_hub.kernel.viewer import Viewer
from resource_hub.observation import pages, queries

if TYPE_CHECKING:
    from weasyprint import Document

SIZES = (9.5, 8.5, 7.5, 6.8)
"""Points of type, the largest that fits is taken."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """What the form shows; ``most`` notes are printed."""

    context: dict[str, Any]
    most: int


def sheet_for(viewer: Viewer, observation_id: str) -> Sheet:
    """Return the form of an observation as far as it is for the viewer; NotFound when it is hidden."""
    found, shows_notes = queries.observation(viewer, observation_id)
    context = pages.sheet(viewer, found, shows_notes=shows_notes)
    return Sheet(context, len(context["notes"]))


def one_page(sheet: Sheet) -> bytes:
    """Return the form as a PDF of exactly one page."""
    for size in SIZES:
        drawn = _drawn(sheet, size)
        if len(drawn.pages) == 1:
            return bytes(drawn.write_pdf())
    while len(drawn.pages) > 1 and sheet.most > 0:
        sheet = replace(sheet, most=sheet.most * 2 // 3)
        drawn = _drawn(sheet, SIZES[-1])
    return bytes(drawn.copy(drawn.pages[:1]).write_pdf())


def _drawn(sheet: Sheet, size: float) -> "Document":
    from weasyprint import HTML  # takes a third of a second, which no start should pay

    text = render_template("observation/sheet_pdf.html", **sheet.context, most=sheet.most, size=size)
    return HTML(string=text, url_fetcher=_refuse).render()


def _refuse(url: str, *_args: object, **_kwargs: object) -> NoReturn:
    raise ValueError(f"the form fetches nothing: {url}")

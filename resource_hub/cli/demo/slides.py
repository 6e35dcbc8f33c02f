"""Real slide decks from the markup of ``writing``: a cover, points beside drawings, notes.

Kept apart from ``papers`` because PowerPoint knows nothing of flowing text: every box has its
place. Titles are title placeholders, so that outlines and screen readers find them.
"""

import io
from dataclasses import dataclass, field

from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.enum.shapes import MSO_SHAPE
from pptx.enum.text import PP_ALIGN
from pptx.oxml.ns import qn
from pptx.presentation import Presentation as Deck
from pptx.shapes.autoshape import Shape
from pptx.slide import Slide
from pptx.text.text import TextFrame
from pptx.util import Emu, Inches, Pt

from resource_hub.cli.demo.drawings import draw
from resource_hub.cli.demo.papers import WRITTEN_AT, Letterhead, _fixed_times


def _color(code: str) -> RGBColor:
    color: RGBColor = RGBColor.from_string(code)  # type: ignore[no-untyped-call]  # python-pptx leaves it untyped
    return color


_TEAL, _GOLD, _INK, _WHITE = map(_color, ("1F6F6B", "F1C453", "23313D", "FFFFFF"))
_FONT = "微软雅黑"
_WIDE, _HIGH = Inches(13.333), Inches(7.5)


@dataclass(slots=True)
class Page:
    """One slide as written."""

    title: str
    points: list[str] = field(default_factory=list)
    note: str = ""
    picture: str = ""


def read_pages(markup: str) -> list[Page]:
    """Return the slides of a deck's markup."""
    pages: list[Page] = []
    for line in filter(None, map(str.strip, markup.splitlines())):
        if line.startswith("== "):
            pages.append(Page(line[3:]))
        elif line.startswith("@note "):
            pages[-1].note = line[6:]
        elif line.startswith("@picture "):
            pages[-1].picture = line[9:]
        else:
            pages[-1].points.append(line.removeprefix("- "))
    return pages


def pptx_bytes(markup: str, head: Letterhead) -> bytes:
    """Return a deck of 16:9 slides, the first one as its cover."""
    deck = Presentation()
    deck.slide_width, deck.slide_height = _WIDE, _HIGH
    pages = read_pages(markup)
    _add_cover(deck, pages[0], head)
    for number, page in enumerate(pages[1:], start=2):
        _add_page(deck, page, f"{number} / {len(pages)}")
    properties = deck.core_properties
    properties.author, properties.title, properties.language = head.author, head.title, "zh-CN"
    properties.created = properties.modified = WRITTEN_AT
    buffer = io.BytesIO()
    deck.save(buffer)
    return _fixed_times(buffer.getvalue())


def _add_cover(deck: Deck, page: Page, head: Letterhead) -> None:
    slide = _blank(deck)
    _block(slide, 0, 0, _WIDE, _HIGH, _TEAL)
    _block(slide, Inches(0.9), Inches(4.35), Inches(1.6), Inches(0.1), _GOLD)
    _title(slide, page.title, Inches(0.9), Inches(2.2), Inches(11.5), 54, _WHITE)
    lines = [*page.points, f"{head.school}　{head.author}"]
    _words(slide, lines, Inches(0.9), Inches(4.7), Inches(11.5), Inches(1.8), 24, _WHITE)
    _note(slide, page.note)


def _add_page(deck: Deck, page: Page, number: str) -> None:
    slide = _blank(deck)
    _block(slide, 0, 0, Inches(0.28), _HIGH, _TEAL)
    _title(slide, page.title, Inches(0.8), Inches(0.4), Inches(11.6), 40, _TEAL)
    _block(slide, Inches(0.8), Inches(1.38), Inches(1.2), Inches(0.07), _GOLD)
    has_picture = bool(page.picture)
    size = {0: 34, 1: 34, 2: 34, 3: 34, 4: 30}.get(len(page.points), 26) + (0 if has_picture else 6)
    _words(slide, page.points, Inches(0.8), Inches(1.8), Inches(5.6 if has_picture else 11.6), Inches(4.8), size, _INK)
    if has_picture:
        image = io.BytesIO()
        draw(page.picture, width=960).save(image, "PNG")
        picture = slide.shapes.add_picture(image, Inches(6.6), Inches(2.0), Inches(6.2))
        picture._element.xpath(".//p:cNvPr")[0].set("descr", f"插图：{page.title}")
    _words(slide, [number], Inches(11.8), Inches(6.95), Inches(1.3), Inches(0.4), 12, _INK)
    _note(slide, page.note)


def _blank(deck: Deck) -> Slide:
    """Return a slide with a title placeholder and nothing else (layout 5, Title Only)."""
    slide: Slide = deck.slides.add_slide(deck.slide_layouts[5])
    return slide


def _block(slide: Slide, left: int, top: int, width: int, height: int, color: RGBColor) -> Shape:
    shape = slide.shapes.add_shape(MSO_SHAPE.RECTANGLE, Emu(left), Emu(top), Emu(width), Emu(height))
    shape.fill.solid()
    shape.fill.fore_color.rgb = color
    shape.line.fill.background()
    if slide.shapes.title is not None:
        slide.shapes.title._element.addprevious(shape._element)
    return shape


def _title(slide: Slide, words: str, left: int, top: int, width: int, size: int, color: RGBColor) -> None:
    title = slide.shapes.title
    if title is None:
        return
    title.left, title.top, title.width, title.height = Emu(left), Emu(top), Emu(width), Inches(1.0 if size < 50 else 1.9)
    title.text_frame.word_wrap = True
    _fill(title.text_frame, [words], size, color, is_bold=True)


def _words(slide: Slide, lines: list[str], left: int, top: int, width: int, height: int, size: int, color: RGBColor) -> None:
    frame = slide.shapes.add_textbox(Emu(left), Emu(top), Emu(width), Emu(height)).text_frame
    frame.word_wrap = True
    _fill(frame, lines, size, color)


def _fill(frame: TextFrame, lines: list[str], size: int, color: RGBColor, *, is_bold: bool = False) -> None:
    for at, line in enumerate(lines):
        paragraph = frame.paragraphs[0] if at == 0 else frame.add_paragraph()  # type: ignore[no-untyped-call]  # as above
        paragraph.alignment = PP_ALIGN.LEFT
        paragraph.space_after = Pt(size * 0.45)
        run = paragraph.add_run()
        run.text = line
        run.font.size, run.font.bold, run.font.name = Pt(size), is_bold, _FONT
        run.font.color.rgb = color
        asian = run._r.get_or_add_rPr().makeelement(qn("a:ea"), {"typeface": _FONT})
        run._r.get_or_add_rPr().append(asian)


def _note(slide: Slide, words: str) -> None:
    frame = slide.notes_slide.notes_text_frame if words else None
    if frame is not None:
        frame.text = words

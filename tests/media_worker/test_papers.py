"""Documents become pages; what must not be opened is refused in words."""

import subprocess
import zipfile
from pathlib import Path

import docx
import openpyxl
import pptx
import pypdfium2
import pytest
from PIL import Image, ImageDraw, ImageFont
from pptx.util import Inches

from media_worker import bombs, ocr, papers
from media_worker.bombs import DamagedPaper, HostileXml, PasswordProtected, ZipBomb
from media_worker.papers import DrawnPage, Paper
from resource_hub.kernel.errors import Invalid
from resource_hub.media import rules
from resource_hub.media.places import Box, boxes_of

pytestmark = pytest.mark.slow
OFFICE = "application/vnd.openxmlformats-officedocument."
DOCX, PPTX, XLSX = f"{OFFICE}wordprocessingml.document", f"{OFFICE}presentationml.presentation", f"{OFFICE}spreadsheetml.sheet"


def draw(source: Path, media_type: str) -> tuple[Paper, list[DrawnPage]]:
    folder = source.parent / f"work-{source.name}"
    folder.mkdir()
    pages: list[DrawnPage] = []
    return papers.draw(source, media_type, folder, lambda page, _total: pages.append(page)), pages


def lesson_plan(path: Path, paragraphs: int = 60) -> Path:
    document = docx.Document()
    document.add_heading("分数的加法 教案")
    for n in range(paragraphs):
        document.add_paragraph(f"{n}. 同分母分数相加,分母不变,分子相加。" * 3)
    document.save(str(path))
    return path


def deck(path: Path, slides: int, *, inches_high: float = 7.5) -> Path:
    presentation = pptx.Presentation()
    presentation.slide_height = Inches(inches_high)
    for n in range(1, slides + 1):
        slide = presentation.slides.add_slide(presentation.slide_layouts[5])
        slide.shapes.title.text = f"色彩 {n}"
        slide.shapes.title.left = slide.shapes.title.top = 0
        slide.shapes.title.width, slide.shapes.title.height = presentation.slide_width, presentation.slide_height
        slide.notes_slide.notes_text_frame.text = f"备注 {n}"
    presentation.save(str(path))
    return path


def marks(path: Path) -> Path:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(["姓名", "成绩"])
    book.save(path)
    return path


def test_a_lesson_plan_is_drawn_in_three_widths_with_its_text(tmp_path: Path) -> None:
    paper, pages = draw(lesson_plan(tmp_path / "a.docx"), DOCX)
    assert paper.is_whole
    assert [p.number for p in pages] == list(range(1, paper.total + 1))
    assert paper.total > 1
    assert pages[0].text.startswith("分数的加法 教案\n0. 同分母")
    assert not pages[0].needs_ocr
    for width, path in pages[0].images.items():
        with Image.open(path) as image:
            assert (image.format, image.width) == ("WEBP", width)
    assert tuple(pages[0].images) == papers.WIDTHS
    assert pages[0].images[480].stat().st_size <= 35_000


def test_words_of_a_document_are_known_by_their_place(tmp_path: Path) -> None:
    _, pages = draw(lesson_plan(tmp_path / "a.docx"), DOCX)
    box = boxes_of(pages[0].runs, ["同分母"])[0]
    with Image.open(pages[0].images[1600]) as image:
        x, y, width, height = (part * side // 1000 for part, side in zip(box, image.size * 2, strict=True))
        cut = image.crop((x - 4, y - 8, x + width + 4, y + height + 8))
        cut.resize((cut.width * 2, cut.height * 2)).save(tmp_path / "cut.png")
    assert ocr.read_page(tmp_path / "cut.png", tmp_path).text.startswith("同分母")


def test_a_deck_brings_its_notes(tmp_path: Path) -> None:
    _, pages = draw(deck(tmp_path / "a.pptx", 3), PPTX)
    assert ["备注" in p.text and f"色彩 {p.number}" in p.text for p in pages] == [True] * 3


def test_sheets_and_text_are_drawn(tmp_path: Path) -> None:
    (tmp_path / "poem.txt").write_bytes("春眠不觉晓,处处闻啼鸟。\n".encode("gb18030"))
    expected = {marks(tmp_path / "a.xlsx"): (XLSX, "成绩"), tmp_path / "poem.txt": ("text/plain", "处处闻啼鸟")}
    for path, (media_type, words) in expected.items():
        assert words in draw(path, media_type)[1][0].text, path


OLD_KINDS = {"docx": ("doc", "odt"), "pptx": ("ppt", "odp"), "xlsx": ("xls", "ods")}
KINDS_OF_WPS = {"doc": "wps", "ppt": "dps", "xls": "et"}
"""WPS Office writes the same bytes as Office 97 under names of its own."""


@pytest.fixture(scope="module")
def old_papers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A lesson plan, a deck and marks, saved by LibreOffice in the formats of older programs."""
    folder = tmp_path_factory.mktemp("old")
    sources = (lesson_plan(folder / "a.docx", 3), deck(folder / "a.pptx", 2), marks(folder / "a.xlsx"))
    for source in sources:
        for kind in OLD_KINDS[source.suffix[1:]]:
            subprocess.run(["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", kind,
                            "--outdir", str(folder), str(source)], check=True, capture_output=True, timeout=100)  # fmt: skip
    for kind, of_wps in KINDS_OF_WPS.items():
        (folder / f"a.{of_wps}").write_bytes((folder / f"a.{kind}").read_bytes())
    return folder


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("a.doc", "分子相加"), ("a.odt", "分子相加"), ("a.wps", "分子相加"),
        ("a.ppt", "色彩 1"), ("a.odp", "色彩 1"), ("a.dps", "色彩 1"),
        ("a.xls", "成绩"), ("a.ods", "成绩"), ("a.et", "成绩"),
    ],
)  # fmt: skip
def test_papers_of_older_programs_are_recognised_and_drawn(old_papers: Path, name: str, words: str) -> None:
    path = old_papers / name
    with path.open("rb") as file:
        head = file.read(rules.HEAD_BYTES)
    members = zipfile.ZipFile(path).namelist() if zipfile.is_zipfile(path) else None
    content = rules.recognise(head, name, members)
    paper, pages = draw(path, content.media_type)
    assert content.family == "paper"
    assert paper.is_whole
    assert words in pages[0].text


def test_a_hand_out_in_pdf_is_cut_at_the_page_limit_and_says_so(tmp_path: Path) -> None:
    document = pypdfium2.PdfDocument.new()
    for _ in range(papers.MOST_PAGES + 3):
        document.new_page(700, 20)
    document.save(str(tmp_path / "a.pdf"))
    paper, pages = draw(tmp_path / "a.pdf", "application/pdf")
    assert (paper.total, paper.drawn, len(pages), paper.is_whole) == (503, 500, 500, False)
    assert not pages[0].needs_ocr


def test_a_scanned_page_is_read_in_chinese(tmp_path: Path) -> None:
    font = ImageFont.truetype(_chinese_font(), 72)
    picture = Image.new("RGB", (1400, 500), "white")
    ImageDraw.Draw(picture).text((60, 80), "分数的加法和减法\n请打开课本第三十页", font=font, fill="black")
    picture.save(tmp_path / "scan.jpg")
    _, pages = draw(tmp_path / "scan.jpg", "image/jpeg")
    assert pages[0].needs_ocr
    read = ocr.read_page(pages[0].images[1600], tmp_path)
    assert "分数的加法和减法" in read.text
    assert "课本第三十页" in read.text
    (box,) = boxes_of(read.runs, ["课本"])
    assert lies_in(box, (60 + 3 * 72, 80 + 72, 60 + 5 * 72, 80 + 2.6 * 72), (1400, 500))


def lies_in(box: Box, place: tuple[float, float, float, float], size: tuple[int, int]) -> bool:
    """Whether a box in thousandths covers the middle of a place in pixels and is not much larger."""
    x, y, width, height = (part * side / 1000 for part, side in zip(box, (*size, *size), strict=True))
    across, down = (place[0] + place[2]) / 2, (place[1] + place[3]) / 2
    is_about = width < 1.6 * (place[2] - place[0]) and height < 1.6 * (place[3] - place[1])
    return x < across < x + width and y < down < y + height and is_about


def test_a_photo_stands_upright(tmp_path: Path) -> None:
    picture = Image.new("RGB", (900, 600), "navy")
    exif = picture.getexif()
    exif[0x0112] = 6
    picture.save(tmp_path / "photo.jpg", exif=exif)
    page = draw(tmp_path / "photo.jpg", "image/jpeg")[1][0]
    assert (page.width, page.height) == (600, 900)


def test_bombs_and_entity_attacks_are_not_opened(tmp_path: Path) -> None:
    _zip(tmp_path / "bomb.docx", {"[Content_Types].xml": b"<Types/>", "word/document.xml": b"A" * (64 << 20)})
    xml = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>'
    _zip(tmp_path / "entity.docx", {"[Content_Types].xml": b"<Types/>", "word/document.xml": xml})
    _zip(tmp_path / "wide.docx", {"[Content_Types].xml": b"<Types/>", "word/document.xml": xml.decode().encode("utf-16")})
    for name, kind in (("bomb.docx", ZipBomb), ("entity.docx", HostileXml), ("wide.docx", HostileXml)):
        with pytest.raises(kind):
            draw(tmp_path / name, DOCX)


def test_a_bomb_that_lies_about_its_size_is_not_inflated(tmp_path: Path) -> None:
    path = tmp_path / "liar.docx"
    _zip(path, {"[Content_Types].xml": b"<Types/>", "word/document.xml": b"A" * (64 << 20)})
    size = (64 << 20).to_bytes(4, "little")
    path.write_bytes(path.read_bytes().replace(size, (1000).to_bytes(4, "little")))
    with pytest.raises(Invalid):
        bombs.inspect(path)


def test_locked_and_damaged_papers_are_refused_in_words(tmp_path: Path) -> None:
    # The name lies across two of the pieces that are read.
    word = "EncryptedPackage".encode("utf-16-le")
    (tmp_path / "locked.docx").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * ((1 << 20) - 20) + word)
    (tmp_path / "cut.docx").write_bytes(lesson_plan(tmp_path / "a.docx").read_bytes()[:9000])
    (tmp_path / "cut.pdf").write_bytes(b"%PDF-1.7\nnothing")
    (tmp_path / "cut.png").write_bytes(b"\x89PNG\r\n\x1a\n" + b"\0" * 50)
    (tmp_path / "locked.pdf").write_bytes(_locked_pdf())
    expected = [
        ("locked.docx", DOCX, PasswordProtected), ("cut.docx", DOCX, DamagedPaper), ("cut.pdf", "application/pdf", DamagedPaper),
        ("cut.png", "image/png", DamagedPaper), ("locked.pdf", "application/pdf", PasswordProtected),
    ]  # fmt: skip
    for name, media_type, kind in expected:
        with pytest.raises(kind):
            draw(tmp_path / name, media_type)


def test_a_paper_without_pages_is_refused(tmp_path: Path) -> None:
    (tmp_path / "none.pdf").write_bytes(
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"
    )
    with pytest.raises(DamagedPaper):
        draw(tmp_path / "none.pdf", "application/pdf")


def test_a_deck_of_four_hundred_slides_is_drawn_whole(tmp_path: Path) -> None:
    # Flat slides: every page is drawn in every width, and each costs a tenth of a usual one.
    paper, pages = draw(deck(tmp_path / "a.pptx", 400, inches_high=1), PPTX)
    assert (paper.total, len(pages), paper.is_whole) == (400, 400, True)
    assert [tuple(page.images) for page in pages] == [papers.WIDTHS] * 400
    assert ["备注" in p.text and f"色彩 {p.number}" in p.text for p in pages] == [True] * 400


def _zip(path: Path, members: dict[str, bytes]) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)


def _chinese_font() -> str:
    found = subprocess.run(["fc-match", "-f", "%{file}", ":lang=zh-cn"], capture_output=True, text=True, check=True)
    return found.stdout


def _locked_pdf() -> bytes:
    """A PDF whose password nobody knows (standard handler, revision 2)."""
    key = "00" * 32
    return (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]>>endobj\n"
        b"4 0 obj<</Filter/Standard/V 1/R 2/O<" + key.encode() + b">/U<" + key.encode() + b">/P -4>>endobj\n"
        b"trailer<</Root 1 0 R/Encrypt 4 0 R/ID[<00><00>]>>\n%%EOF"
    )

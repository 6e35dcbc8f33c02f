"""Board files: told from other zips by what they hold, shown by their own small pictures, whatever else is in them."""

import io
import zipfile
from pathlib import Path

import pytest
from PIL import Image

from media_worker import boards
from media_worker.papers import DrawnPage

ENBX = ("Board.xml", "Document.xml", "Reference.xml", "Resources/a1.png", "Slides/Slide_0.xml")
NOTEBOOK = ("imsmanifest.xml", "page0.svg", "page1.svg", "metadata.xml", "preview.png")
FLIPCHART = ("flipchart.xml", "page1.xml", "thumbnail.jpg")
IWB = ("content.xml", "images/1.png")


@pytest.mark.parametrize(
    ("names", "kind"),
    [
        (ENBX, "application/vnd.seewo.enbx"),
        (NOTEBOOK, "application/vnd.smart.notebook"),
        (FLIPCHART, "application/vnd.promethean.flipchart"),
        (IWB, "application/vnd.becta.iwb"),
        (("mimetype", "content.xml", "images/1.png"), None),
        (("[Content_Types].xml", "ppt/presentation.xml", "content.xml", "images/1.png"), None),
        (("imsmanifest.xml", "files/1.docx"), None),
        (("课/教案.docx", "课/Board.xml"), None),
        ((), None),
    ],
)
def test_a_board_is_told_by_what_its_package_holds(names: tuple[str, ...], kind: str | None) -> None:
    assert boards.recognise(names) == kind


def test_small_pictures_come_in_the_order_of_the_pages() -> None:
    names = ["Thumbnails/10.png", "Thumbnails/2.png", "Resources/photo.png", "../thumb.png", "/thumb.jpg", "Thumbnails/1.jpeg", "thumb.svg"]
    assert boards.pictures(names) == ["Thumbnails/1.jpeg", "Thumbnails/2.png", "Thumbnails/10.png"]


def picture(colour: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (320, 180), colour).save(out, "PNG")
    return out.getvalue()


@pytest.mark.slow
def test_the_pages_are_the_good_pictures_of_a_hostile_package(tmp_path: Path) -> None:
    source = tmp_path / "课.enbx"
    with zipfile.ZipFile(source, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ENBX:
            archive.writestr(name, b"<x/>")
        archive.writestr("Thumbnails/1.png", picture("red"))
        archive.writestr("Thumbnails/2.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 5000)
        archive.writestr("Thumbnails/3.png", b"<svg onload='x'/>")
        archive.writestr("Thumbnails/4.png", b"\x89PNG\r\n\x1a\n" + b"\0" * (64 << 20))
        archive.writestr("Thumbnails/5.png", picture("blue"))
    assert boards.recognise_file(source) == "application/vnd.seewo.enbx"
    folder = tmp_path / "drawn"
    folder.mkdir()
    pages: list[DrawnPage] = []
    paper = boards.draw(source, folder, lambda page, _total: pages.append(page))
    assert (paper.total, [page.number for page in pages]) == (2, [1, 2])
    colours = [Image.open(page.images[480]).convert("RGB").resize((1, 1)).getpixel((0, 0)) for page in pages]
    assert colours[0][0] > 200 > colours[0][2]
    assert colours[1][2] > 200 > colours[1][0]
    (tmp_path / "no.enbx").write_bytes(b"PK\x03\x04 broken")
    assert boards.recognise_file(tmp_path / "no.enbx") is None

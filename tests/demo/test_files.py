"""Real files from the words: Word, PowerPoint, Excel, PDF, film and sound."""

import io
import json
import subprocess
from pathlib import Path
from typing import Any

import openpyxl
import pypdfium2
import pytest
from docx import Document
from pptx import Presentation

from resource_hub.cli.demo import films, papers, slides
from resource_hub.cli.demo.files import write_all
from resource_hub.cli.demo.papers import Letterhead
from resource_hub.cli.demo.writing import TEXTS
from resource_hub.cli.demo.writing.films import Film, Scene

HEAD = Letterhead("分一分——认识几分之一", "马骁", "青岚区实验小学")


def probe(path: Path) -> dict[str, Any]:
    command = ["ffprobe", "-v", "error", "-show_format", "-show_streams", "-of", "json", str(path)]
    found: dict[str, Any] = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    return found


def test_a_lesson_plan_becomes_a_document_with_headings_and_its_table() -> None:
    made = papers.docx_bytes(TEXTS["1.plan"], HEAD)
    paper = Document(io.BytesIO(made))
    headings = [p.text for p in paper.paragraphs if p.style is not None and p.style.name == "Heading 1"]
    assert headings[:2] == ["设计思路", "学情分析"]
    assert [cell.text for cell in paper.tables[0].rows[0].cells][-1] == "村校端做什么"
    assert paper.core_properties.author == "马骁"
    assert papers.docx_bytes(TEXTS["1.plan"], HEAD) == made


@pytest.mark.slow  # its pictures need the Chinese fonts of the system
def test_a_deck_has_titles_pictures_and_notes() -> None:
    deck = Presentation(io.BytesIO(slides.pptx_bytes(TEXTS["2.slides"], HEAD)))
    titles = [slide.shapes.title.text for slide in deck.slides if slide.shapes.title is not None]
    assert len(titles) == 12
    assert titles[0] == "认识几分之一"
    assert any(shape.shape_type == 13 for shape in deck.slides[1].shapes)
    assert deck.slides[0].notes_slide.notes_text_frame is not None


def test_the_record_sheet_counts_by_itself() -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(papers.xlsx_bytes(HEAD))).worksheets[0]
    assert sheet["E5"].value == '=IF(C5="","",C$4-C5)'


@pytest.mark.slow
def test_a_task_sheet_becomes_a_pdf_with_its_words(tmp_path: Path) -> None:
    path = tmp_path / "sheet.pdf"
    path.write_bytes(papers.pdf_bytes(TEXTS["3.sheet"], HEAD))
    text = pypdfium2.PdfDocument(path)[0].get_textpage().get_text_bounded()
    assert "折出" in text


@pytest.mark.slow
def test_a_film_has_picture_and_speech(tmp_path: Path) -> None:
    scene = Scene("比一比", ("胡萝卜 2 根",), "同学们好。What's this?", "radish 2 6 1")
    path = tmp_path / "film.mp4"
    films.film_file(Film("倍的认识", "章程", "slides", (scene,)), path)
    found = probe(path)
    streams = {stream["codec_name"]: stream for stream in found["streams"]}
    assert set(streams) == {"h264", "aac"}
    assert (streams["h264"]["width"], streams["h264"]["height"]) == (1280, 720)
    assert 1.5 < float(found["format"]["duration"]) < 6


@pytest.mark.slow
def test_a_second_run_makes_nothing_again(tmp_path: Path) -> None:
    first = write_all(tmp_path, only=[22, 36])
    times = {path: path.stat().st_mtime_ns for paths in first.values() for path in paths}
    second = write_all(tmp_path, only=[22, 36])
    assert second == first
    assert [path.suffix for path in first[22]] == [".docx", ".xlsx"]
    assert [path.suffix for path in first[36]] == [".m4a", ".docx"]
    assert times == {path: path.stat().st_mtime_ns for path in times}
    assert not list(tmp_path.rglob(".half*"))

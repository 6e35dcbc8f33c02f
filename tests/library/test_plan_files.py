"""A plan comes in from Word with its pictures and goes out as Word and PDF that other programs open again."""

import io
import subprocess
from collections.abc import Callable
from pathlib import Path

import docx
import pypdfium2
import pytest
from flask import Flask
from PIL import Image

from media_worker.handlers import KINDS
from resource_hub.infra import jobs, pdf, unit
from resource_hub.infra.db import db
from resource_hub.library.models import PlanPicture
from tests.library.lineage_of_works import AUTHOR, ELSEWHERE, VILLAGER, Shelf
from tests.library.test_docx_reading import file_of, zipped
from tests.library.test_plans import share, step

pytestmark = [pytest.mark.slow, pytest.mark.parametrize("database", ["sqlite"], indirect=True)]


@pytest.fixture
def work_off(app: Flask) -> Callable[[], None]:
    """Do what is due of the worker's jobs on pictures."""
    app.extensions["resource_hub"].job_kinds.update({kind.name: kind for kind in KINDS})

    def turn() -> None:
        with app.app_context():
            while any(jobs.work_once(lane) for lane in ("intake", "light", "paper")):
                continue

    return turn


def picture() -> io.BytesIO:
    written_ = io.BytesIO()
    Image.new("RGB", (320, 200), "#c2570c").save(written_, "PNG")
    written_.seek(0)
    return written_


def with_picture() -> bytes:
    document = docx.Document()
    document.add_paragraph("教学过程")
    document.add_paragraph("一、导入")
    document.add_paragraph("看图说一说").add_run().add_picture(picture())
    found = io.BytesIO()
    document.save(found)
    return found.getvalue()


def sent(shelf: Shelf, data: bytes, who: str = AUTHOR, status: int = 0, draft: str = "") -> dict:
    draft = draft or shelf.ask("POST", "/api/v1/drafts", who, json={})["id"]
    head = '--x\r\nContent-Disposition: form-data; name="file"; filename="a.docx"\r\n\r\n'
    given = {"data": head.encode() + data + b"\r\n--x--\r\n", "content_type": "multipart/form-data; boundary=x"}
    return shelf.ask("POST", f"/api/v1/drafts/{draft}/plan/reading", who, status, **given)


def file_at(shelf: Shelf, path: str, who: str = AUTHOR, status: int = 200) -> bytes:
    head = shelf.works.district.as_(who)
    reply = shelf.works.district.app.test_client(use_cookies=False).get(path, headers=head)
    assert reply.status_code == status, reply.text
    return bytes(reply.data)


def test_a_word_file_is_read_with_its_pictures_and_goes_out_again(shelf: Shelf, work_off: Callable[[], None], tmp_path: Path) -> None:
    read = sent(shelf, with_picture())
    assert read["remarks"] == []
    plan = read["plan"]
    assert plan["steps"][0]["name"] == "一、导入"
    shown = plan["steps"][0]["teacher"][1]["asset"]
    plan |= {"title": "几分之一", "goals": [{"runs": [{"text": "认识"}, {"formula": r"\frac{1}{2}"}]}]}
    plan["steps"].append(step("s2", name="练习", minutes=35, village="用玉米叶"))
    work = share(shelf, plan)["id"]
    with shelf.works.district.app.app_context(), unit.read():
        assert list(db.session.scalars(db.select(PlanPicture.asset_id))) == [shown]
    work_off()
    shelf.approve(work)

    word = file_at(shelf, f"/resources/{work}/plan.docx", VILLAGER)
    opened = docx.Document(io.BytesIO(word))
    cells = [cell.text for table in opened.tables for row in table.rows for cell in row.cells]
    assert {"课题", "核心素养目标", "村校端做什么", "用玉米叶", "35 分钟", "2. 练习"} <= set(cells)
    assert len(opened.inline_shapes) == 1
    assert "<m:f>" in opened.element.xml
    again = sent(shelf, word)["plan"]
    assert [one.get("name") for one in again["steps"]] == ["1. 一、导入", "2. 练习"]
    assert again["steps"][1]["village"] == [{"runs": [{"text": "用玉米叶"}]}]
    (tmp_path / "plan.docx").write_bytes(word)
    command = ["soffice", f"-env:UserInstallation=file://{tmp_path}/office", "--headless", "--convert-to", "txt:Text", "plan.docx"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, timeout=180)
    assert "用玉米叶" in (tmp_path / "plan.txt").read_text("utf-8-sig")

    pages = pypdfium2.PdfDocument(file_at(shelf, f"/resources/{work}/plan.pdf", VILLAGER))
    words = "".join(page.get_textpage().get_text_bounded() for page in pages)
    assert "用玉米叶" in words
    assert [round(side / 72 * 25.4) for side in pages[0].get_size()] == [297, 210]
    assert "用玉米叶" in shelf.works.page(VILLAGER, f"/resources/{work}/plan/print")
    file_at(shelf, f"/resources/{work}/plan.pdf", ELSEWHERE, 404)
    without = shelf.works.make(AUTHOR, "没有教学设计")
    file_at(shelf, f"/resources/{without}/plan.docx", AUTHOR, 404)


def test_what_cannot_be_read_is_said_in_words(shelf: Shelf) -> None:
    refused = {
        "docx_broken": b"x",
        "docx_locked": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
        "docx_macro": zipped(**{"word__document.xml": b"<a/>", "word__vbaProject.bin": b"x"}),
        "docx_unsafe": zipped(**{"word__document.xml": b"<!DOCTYPE a><a/>"}),
        "docx_too_large": b"PK" + b"0" * (21 << 20),
    }
    for code, data in refused.items():
        error = sent(shelf, data, status=413 if code == "docx_too_large" else 422)
        assert error["code"] == code
        assert "Word" in error["message"]
    draft = shelf.ask("POST", "/api/v1/drafts", json={})["id"]
    sent(shelf, file_of("a"), VILLAGER, 404, draft)


def test_a_pdf_fetches_nothing(tmp_path: Path, database: str) -> None:
    (tmp_path / "secret.png").write_bytes(picture().getvalue())
    page = f'<p>你好<img src="file://{tmp_path}/secret.png"><img src="http://127.0.0.1:9/x.png"></p>'
    made = pypdfium2.PdfDocument(pdf.pdf_of(page))
    assert [found for found in made[0].get_objects() if found.type == 3] == []

"""A plan written online goes along in packs, and counts as the plan of a lesson pack."""

import io
import zipfile

import httpx
import pytest
from lxml import etree

from tests.library.works import Works
from tests.packs.conftest import WorkOff, ask

pytestmark = [pytest.mark.slow, pytest.mark.parametrize("database", ["sqlite"], indirect=True)]
AUTHOR = "linxiaoyun"
PLAN = {"title": "色彩", "steps": [{"id": "s1", "name": "调色", "village": [{"runs": [{"text": "用泥土"}, {"formula": "1:2"}]}]}]}


def test_a_pack_without_files_holds_the_page_of_its_plan(works: Works, work_off: WorkOff) -> None:
    district = works.district
    work = ask(district, "POST", "/resources", AUTHOR, 201, title="色彩的冷与暖", kind="lesson_pack", plan=PLAN)["id"]
    line = works.page(AUTHOR, f"/resources/{work}")
    assert "教学设计" in line
    for form, inside in (("papers", "index.html"), ("imscc", "imsmanifest.xml")):
        ask(district, "POST", f"/resources/{work}/offline", AUTHOR, 202, rung=form)
        work_off()
        offer = next(one for one in ask(district, "GET", f"/resources/{work}/offline", AUTHOR)["offers"] if one["rung"] == form)
        with zipfile.ZipFile(io.BytesIO(httpx.get(offer["url"]).content)) as archive:
            page, style = archive.read("plan.html").decode(), archive.read("plan.css")
            listed = archive.read(inside).decode()
        assert "用泥土" in page
        assert "village" in style.decode()
        assert "plan.html" in listed
        assert 'src="http' not in page
    root = etree.fromstring(listed.encode())
    assert [node.get("href") for node in root.iter("{*}resource")] == ["plan.html"]

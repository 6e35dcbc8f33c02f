"""Metadata of one work as XML, and of a list as a sheet."""

import csv
import io
from pathlib import Path

import pytest
from lxml import etree

from resource_hub.infra import unit
from resource_hub.infra.db import db
from resource_hub.library.models import Resource
from resource_hub.library.schemas import Licence, Review
from tests.library.works import ART, Works

pytestmark = pytest.mark.slow

LOM = {"l": "http://ltsc.ieee.org/xsd/LOM"}
PROFILE = etree.XMLSchema(etree.parse(Path(__file__).with_name("lom_profile.xsd")))


def lom_of(works: Works, account: str, resource_id: str) -> etree._Element:
    district = works.district
    answer = district.client.get(f"/api/v1/resources/{resource_id}/lom", headers=district.as_(account))
    assert answer.status_code == 200, answer.text
    assert answer.mimetype == "application/xml"
    root = etree.fromstring(answer.data)
    PROFILE.assertValid(root)
    return root


def texts(root: etree._Element, path: str) -> list[str]:
    return [str(found.text) for found in root.xpath(path, namespaces=LOM)]


def change(works: Works, resource_id: str, **values: object) -> None:
    with works.district.app.app_context(), unit.write():
        row = db.session.get_one(Resource, resource_id)
        for name, value in values.items():
            setattr(row, name, value)


def test_the_metadata_of_a_work_keep_the_profile_and_say_what_the_form_said(works: Works) -> None:
    made = works.make("linxiaoyun", "色彩的冷与暖", Review.DISTRICT_PUBLISHED, Licence.L4, ART)
    change(works, made, summary="认识冷色和暖色", keywords=["色彩", "冷暖"], difficulty=2, third_party="一张照片")
    root = lom_of(works, "wuyoutian", made)
    assert texts(root, "l:general/l:title/l:string") == ["色彩的冷与暖"]
    assert texts(root, "l:general/l:keyword/l:string") == ["色彩", "冷暖"]
    assert texts(root, "l:technical/l:location")[0].endswith(f"/resources/{made}")
    assert texts(root, "l:educational/l:learningResourceType/l:value") == ["narrative text", "教学设计"]
    assert texts(root, "l:educational/l:context/l:value") == ["school", "G3"]
    assert texts(root, "l:educational/l:difficulty/l:value") == ["easy"]
    assert texts(root, "l:rights/l:description/l:string") == ["https://creativecommons.org/licenses/by-nc-sa/4.0/\n一张照片"]
    assert texts(root, "l:classification/l:taxonPath/l:taxon/l:entry/l:string") == ["美术", *ART.split(" / ")]
    assert "林晓云" in texts(root, "l:lifeCycle/l:contribute/l:entity")[0]


def test_a_work_with_the_least_that_can_be_given_keeps_the_profile_too(works: Works) -> None:
    made = works.make("linxiaoyun", "只有标题\x0b,\n和BEGIN:VCARD <b>&", Review.DRAFT)
    change(works, made, author_name="林;晓,云\nEND:VCARD")
    root = lom_of(works, "linxiaoyun", made)
    assert texts(root, "l:general/l:title/l:string") == ["只有标题,\n和BEGIN:VCARD <b>&"]
    assert texts(root, "l:lifeCycle/l:contribute/l:entity")[0].splitlines()[2] == "FN:林\\;晓\\,云 END:VCARD"


def test_the_origin_of_a_work_is_named_only_to_whoever_may_see_it(works: Works) -> None:
    hidden = works.make("linxiaoyun", "还没公开的原作")
    made = works.make("linxiaoyun", "改编", Review.DISTRICT_PUBLISHED, Licence.L3)
    change(works, made, based_on_id=hidden)
    assert texts(lom_of(works, "linxiaoyun", made), "l:relation[l:kind/l:value='isbasedon']/l:resource/l:description/l:string") == [
        "还没公开的原作"
    ]
    assert "还没公开的原作" not in etree.tostring(lom_of(works, "wuyoutian", made), encoding="unicode")


def test_metadata_are_for_whoever_may_see_the_work(works: Works) -> None:
    draft = works.make("linxiaoyun", "草稿")
    withdrawn = works.make("linxiaoyun", "下架", Review.DISTRICT_PUBLISHED)
    assert works.step("linxiaoyun", withdrawn, "withdrawal", reason="有错") == 200
    for path in ("/resources/{}/lom.xml", "/api/v1/resources/{}/lom"):
        works.page("wuyoutian", path.format(draft), 404)
        works.page("wuyoutian", path.format(withdrawn), 410)
        works.page("linxiaoyun", path.format(draft))
        works.page("linxiaoyun", path.format(withdrawn), 410)


def test_a_sheet_has_what_the_search_shows_its_viewer_and_no_formulas(works: Works) -> None:
    seen = works.make("linxiaoyun", "=HYPERLINK(1) 色彩", Review.DISTRICT_PUBLISHED, Licence.L3, ART)
    works.make("linxiaoyun", "色彩草稿", Review.DRAFT)
    works.make("linxiaoyun", "光的反射", Review.DISTRICT_PUBLISHED)
    works.index()
    text = works.page("wuyoutian", "/resources.csv?q=色彩")
    head, *rows = csv.reader(io.StringIO(text.removeprefix("\ufeff")))
    assert text.startswith("\ufeff")
    assert head[:2] == ["编号", "标题"]
    assert [row[:2] for row in rows] == [[seen, "'=HYPERLINK(1) 色彩"]]

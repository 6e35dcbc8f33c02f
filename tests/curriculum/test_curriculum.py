"""The tree in a real database: imports, the district's editions, old to new, the JSON door."""

import pytest
import sqlalchemy as sa
from flask import Flask

from resource_hub.curriculum import data, queries, service
from resource_hub.curriculum.models import CurriculumNode
from resource_hub.curriculum.rules import NodeKind
from resource_hub.infra import unit
from resource_hub.infra.db import db
from resource_hub.kernel.errors import Invalid, NotFound

HEADERS = {"x-teacher": "1"}
FRACTIONS = "小学 / 数学 / 人教版 / 三年级上册 / 分数的初步认识"


def test_every_textbook_has_its_volume_and_a_second_import_changes_nothing(inside: Flask) -> None:
    rows = data.read("textbooks")
    with unit.write():
        first = service.import_textbooks(rows)
    with unit.write():
        second = service.import_textbooks(rows)
        volumes = db.session.scalar(sa.select(sa.func.count()).where(CurriculumNode.kind == NodeKind.VOLUME))
    assert first.is_applied
    assert not first.errors
    assert len(rows) == volumes == 1967
    assert (second.added, second.changed) == (0, 0)


def test_the_standard_tables_can_be_loaded_again(loaded: Flask) -> None:
    with unit.write():
        service.load_standard()
    with unit.read():
        stages = [node.title for node in queries.children_of(None)]
        place = queries.place_of(queries.node_at(f"{FRACTIONS} / 几分之一").id)
    assert stages[:3] == ["幼儿园", "小学", "初中"]
    assert (place.stage, place.subject, place.edition, place.grade, place.volume) == ("小学", "数学", "人教版", "G3", "三年级上册")
    assert (place.unit, place.topic) == ("分数的初步认识", "几分之一")
    assert len(place.trail) == 6


def test_old_and_new_books_stand_side_by_side_and_lead_to_each_other(loaded: Flask) -> None:
    with unit.read():
        old = queries.node_at("初中 / 数学 / 人教版 / 七年级上册 / 有理数")
        new = queries.mappings_of(old.id)
        back = queries.mappings_of(new[1].node.id)
    assert [(one.node.title, one.relation, one.is_newer) for one in new] == [("有理数", "split", True), ("有理数的运算", "split", True)]
    assert [(one.node.id, one.is_newer) for one in back] == [(old.id, False)]


def test_a_table_with_one_wrong_row_keeps_nothing(inside: Flask) -> None:
    good = {"stage": "小学", "subject": "劳动", "grade": "三年级", "volume": "上", "unit_no": "1", "unit_title": "整理书包"}
    bad = {"stage": "小学", "subject": "劳动", "grade": "十年级", "unit_title": "", "topic_title": "洗菜", "periods": "99"}
    clash = {**good, "unit_title": "洗碗"}
    with unit.write():
        report = service.import_units([good, bad, clash], dry_run=False)
        left = queries.children_of(None)
    assert not report.is_applied
    assert [(error.row, error.column) for error in report.errors] == [(3, "grade"), (3, "unit_title"), (3, "periods"), (4, "unit_title")]
    assert left == ()


def test_a_dry_run_counts_and_keeps_nothing(inside: Flask) -> None:
    row = {
        "stage": "小学",
        "subject": "校本课程",
        "unit_no": "1",
        "unit_title": "柳溪竹编",
        "topic_no": "1",
        "topic_title": "挑一压一",
        "periods": "2",
    }
    with unit.write():
        tried = service.import_units([row], dry_run=True)
        assert queries.children_of(None) == ()
        kept = service.import_units([row], dry_run=False)
    assert (tried.added, tried.is_applied) == (kept.added, False) == (6, False)
    assert kept.is_applied


def test_the_edition_of_a_grade_outweighs_that_of_the_subject(loaded: Flask) -> None:
    with unit.write():
        old = queries.node_at("初中 / 数学 / 人教版")
        new = queries.node_at("初中 / 数学 / 人教版（2024）")
        service.set_district_edition(2026, "初中", "数学", old.id)
        service.set_district_edition(2026, "初中", "数学", new.id, grade="G7")
        with pytest.raises(Invalid):
            service.set_district_edition(2026, "小学", "数学", old.id)
    with unit.read():
        titles = [node.title for node in queries.nodes_for("数学", "G7") if node.kind == "unit"]
        eighth = queries.default_edition("数学", "G8")
    assert titles == ["有理数", "有理数的运算", "代数式", "整式的加减", "一元一次方程", "几何图形初步"]
    assert eighth is not None
    assert eighth.edition == "人教版"


def test_search_puts_the_books_in_use_first(loaded: Flask) -> None:
    with unit.write():
        edition = queries.node_at("初中 / 数学 / 人教版（2024）")
        service.set_district_edition(2026, "初中", "数学", edition.id)
    with unit.read():
        found = queries.find_nodes("数学七上 有理数")
        nothing = queries.find_nodes("  ")
    assert found[0].path == "初中 / 数学 / 人教版（2024） / 七年级上册 / 有理数"
    assert nothing == ()


def test_literacies_differ_by_stage_where_the_standard_says_so(loaded: Flask) -> None:
    with unit.read():
        assert len(queries.literacies_of("数学", "小学")) == 11
        assert queries.literacies_of("数学", "初中")[0] == "抽象能力"
        assert queries.literacies_of("语文", "初中") == ("文化自信", "语言运用", "思维能力", "审美创造")


def test_the_door_opens_nodes_to_the_signed_in_only(app: Flask) -> None:
    with app.app_context(), unit.write():
        service.load_standard()
        ident = queries.node_at(FRACTIONS).id
    client = app.test_client()
    below = client.get(f"/api/v1/curriculum/nodes?parent={ident}", headers=HEADERS).get_json()["data"]["nodes"]
    assert [node["title"] for node in below] == ["几分之一", "几分之几", "分数的简单计算", "分数的简单应用"]
    assert below[0]["has_children"]
    found = client.get("/api/v1/curriculum/nodes?q=倍的认识", headers=HEADERS).get_json()["data"]["nodes"]
    assert found[0]["path"] == "小学 / 数学 / 人教版 / 三年级上册 / 倍的认识"
    own = client.get(f"/api/v1/curriculum/nodes/{ident}", headers=HEADERS).get_json()["data"]
    assert [node["kind"] for node in own["path"]] == ["stage", "subject", "edition", "volume"]
    assert client.get("/api/v1/curriculum/nodes?parent=cur_none", headers=HEADERS).status_code == 404
    assert client.get("/api/v1/curriculum/nodes").status_code == 401


def test_an_unknown_place_is_not_found(loaded: Flask) -> None:
    with unit.read(), pytest.raises(NotFound):
        queries.place_of("cur_none")

"""The tree in a real database: imports, the district's editions, old to new, the JSON door."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner
from flask import Flask

from resource_hub.app import create_app
from resource_hub.cli.curriculum import command
from resource_hub.curriculum import data, queries, rules, service
from resource_hub.curriculum.models import CurriculumNode
from resource_hub.curriculum.rules import NodeKind
from resource_hub.infra import unit
from resource_hub.infra.db import db
from resource_hub.kernel import clock
from resource_hub.kernel.errors import Invalid, NotFound
from resource_hub.kernel.settings import Settings

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


@pytest.fixture
def autumn() -> Iterator[None]:
    """A day of the school year 2026-2027."""
    clock.start_at(datetime(2026, 11, 24, 8, tzinfo=UTC))
    yield
    clock.start_at(None)


@pytest.mark.usefixtures("autumn")
def test_search_puts_the_books_in_use_first_and_the_edition_of_a_grade_before_that_of_the_subject(loaded: Flask) -> None:
    with unit.write():
        usual = queries.node_at("初中 / 数学 / 北师大版")
        seventh_only = queries.node_at("初中 / 数学 / 人教版")
        service.set_district_edition(2026, "初中", "数学", usual.id)
        service.set_district_edition(2026, "初中", "数学", seventh_only.id, grade="G7")
        with pytest.raises(Invalid):
            service.set_district_edition(2026, "小学", "数学", usual.id)
    with unit.read():
        seventh = queries.find_nodes("数学七上")
        eighth = queries.find_nodes("数学八上")
        nothing = queries.find_nodes("  ")
    assert seventh[0].path == "初中 / 数学 / 人教版 / 七年级上册"
    assert eighth[0].path == "初中 / 数学 / 北师大版 / 八年级上册"
    assert nothing == ()


@pytest.mark.usefixtures("autumn")
def test_an_edition_chosen_for_next_year_does_not_count_before(loaded: Flask) -> None:
    with unit.write():
        now = queries.node_at("初中 / 数学 / 人教版（2024）")
        later = queries.node_at("初中 / 数学 / 人教版")
        service.set_district_edition(2027, "初中", "数学", later.id)
    with unit.read():
        only = queries.default_editions()
    with unit.write():
        service.set_district_edition(2025, "初中", "数学", now.id)
    with unit.read():
        used = queries.default_editions()
        next_year = queries.default_editions(2027)
    assert [e.edition_id for e in only] == [later.id], "nothing else is known"
    assert [e.edition_id for e in used] == [now.id]
    assert [e.edition_id for e in next_year] == [later.id]


def test_a_lesson_that_is_not_mapped_goes_where_its_unit_went(loaded: Flask) -> None:
    unit_path = "初中 / 数学 / 人教版 / 七年级上册 / 几何图形初步"
    with unit.read():
        lesson = queries.children_of(id_at(unit_path))[0]
        colours = queries.node_at("小学 / 英语 / 人教版（PEP）（三年级起点） / 三年级上册 / Unit 2 Colours")
        topic = queries.node_at("初中 / 数学 / 人教版 / 七年级上册 / 有理数 / 有理数的加减法")
        found = queries.counterparts_of([lesson, colours, topic, queries.node_at(FRACTIONS)])
        below = queries.ids_within({topic.parent_id or ""})
    assert [one.node.path for one in found[lesson.id]] == ["初中 / 数学 / 人教版（2024） / 七年级上册 / 几何图形初步"]
    assert [one.node.title for one in found[colours.id]] == ["Unit 5 The colourful world"]
    assert [one.node.title for one in found[topic.id]] == ["有理数的加法与减法"], "the nearest one that is mapped"
    assert found[id_at(FRACTIONS)] == ()
    assert topic.id in below


def test_a_table_of_mappings_is_taken_in_by_the_command(sqlite_template: Path, tmp_path: Path) -> None:
    shutil.copy(sqlite_template, tmp_path / "hub.sqlite3")
    env = {"HUB_DATA": str(tmp_path), "HUB_DEMO": "0"}
    app = create_app(Settings.read(env))
    with app.app_context(), unit.write():
        service.load_standard()
    table = tmp_path / "mapping.csv"
    old, new = "小学 / 美术 / 人教版 / 三年级上册 / 色彩", "小学 / 美术 / 人教版 / 三年级上册 / 线条与形状"
    table.write_text(f"old_path,new_path,relation,note\n{old},{new},moved,换了单元\n", encoding="utf-8")
    tried = CliRunner().invoke(command, ["import-mappings", str(table), "--dry-run"], env=env)
    done = CliRunner().invoke(command, ["import-mappings", str(table)], env=env)
    assert tried.exit_code == done.exit_code == 0, done.output
    with app.app_context(), unit.read():
        assert [one.node.path for one in queries.mappings_of(queries.node_at(old).id)] == [new]
    table.write_text("old_path,new_path,relation,note\n没有,也没有,moved,\n", encoding="utf-8")
    refused = CliRunner().invoke(command, ["import-mappings", str(table)], env=env)
    assert refused.exit_code == 1
    assert "课程目录里没有" in refused.output
    with app.app_context():
        db.engine.dispose()


def id_at(path: str) -> str:
    return rules.node_id(rules.split_path(path))


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

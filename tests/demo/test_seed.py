"""The forty resources in a fresh district, written by the real seeder from their real files."""

from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from resource_hub.cli.demo import classes
from resource_hub.cli.demo.files import write_all
from resource_hub.cli.demo.resources import RESOURCES
from resource_hub.cli.demo.seed import seed_people, seed_resources
from resource_hub.community import queries as communities
from resource_hub.infra import unit
from resource_hub.infra.db import db
from resource_hub.library.models import Resource
from resource_hub.library.queries import my_resources
from resource_hub.people.models import ClassTerminal
from resource_hub.people.queries import person_by_login, viewer_of_person
from resource_hub.schools import queries as schools
from resource_hub.timetable import gaps
from resource_hub.timetable import queries as timetable
from tests.people_of_a_district import PASSWORD, District

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

# The sample plan: title | kind | words of the place in the curriculum.
PLAN = """
分一分—认识几分之一|lesson_plan|小学 数学 三年级上册 分数的初步认识
认识几分之一|slides|小学 数学 三年级上册 分数的初步认识
分数折纸任务单|task_sheet|小学 数学 三年级上册 分数的初步认识
几分之一分层作业|exercise|小学 数学 三年级上册 分数的初步认识
倍的认识—圈一圈|lesson_plan|小学 数学 三年级上册 倍的认识
倍的认识微课|micro_lesson|小学 数学 三年级上册 倍的认识
周长是围出来的|recorded_lesson|小学 数学 三年级上册 长方形和正方形
1分有多长|lesson_plan|小学 数学 三年级上册 时、分、秒
集合图怎么画|lesson_talk|小学 数学 数学广角 集合
负数从哪里来|lesson_plan|初中 数学 七年级上册 正数和负数
有理数加法的数轴模型|slides|初中 数学 七年级上册 有理数的运算
一元一次方程错题集|exercise|初中 数学 七年级上册 一元一次方程
大青树下的小学 朗读指导|micro_lesson|小学 语文 三年级上册 第一单元
秋天的雨 教学设计|lesson_plan|小学 语文 三年级上册 第二单元
写日记起步|task_sheet|小学 语文 三年级上册 习作
春 同课异构甲|lesson_plan|初中 语文 七年级上册 第一单元
春 同课异构乙|lesson_plan|初中 语文 七年级上册 第一单元
Hello 问候歌谣|slides|小学 英语 三年级上册 Hello
Colours 配对游戏|task_sheet|小学 英语 三年级上册
Animals 听说课|recorded_lesson|小学 英语 三年级上册 animals
英语助学教师口令卡|media_asset|英语
水到哪里去了|experiment|小学 科学 三年级上册 水
空气占据空间吗|lesson_plan|小学 科学 三年级上册 空气
物理：声音的产生|lesson_plan|初中 物理 八年级上册 声现象
光的反射演示|micro_lesson|初中 物理 八年级上册 光现象
色彩的冷与暖|lesson_pack|小学 美术 三年级上册 色彩
我设计的竹编纹样|lesson_plan|初中 美术 七年级上册 图案
竹编工艺微课|micro_lesson|校本 柳溪竹编
幽默的柳笛—听辨音色|slides|小学 音乐 二年级上册
拍手游戏节奏卡|task_sheet|小学 音乐 二年级上册
我是小小值日生|lesson_plan|小学 道德与法治 二年级上册 班级
家乡的茶园|unit_plan|校本 云台茶事
二十四节气观察手册|media_asset|校本 白石
画流程图|lesson_plan|小学 信息科技 五年级上册 算法
情绪温度计|lesson_plan|心理 三年级
考前放松音频|media_asset|初中 心理
隔代教养怎么说话|media_asset|家庭教育
防溺水班会|lesson_pack|安全
专递课堂助学教师10步|media_asset|研修
怎样做S-T观察|lesson_talk|研修
"""


@pytest.fixture(scope="session")
def demo_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of all forty, made once for both databases: drawing the films takes longest."""
    folder = tmp_path_factory.mktemp("demo")
    write_all(folder)
    return folder


def shelf() -> dict[str, dict[str, Any]]:
    """Return what each author finds among their own, by title; every field of it."""
    found: dict[str, dict[str, Any]] = {}
    with unit.read():
        for account in sorted({seed.author for seed in RESOURCES}):
            viewer = viewer_of_person(person_by_login(account) or "")
            assert viewer is not None
            for card in my_resources(viewer, limit=50).rows:
                assert card.title not in found
                found[card.title] = asdict(card)
    return found


def test_the_forty_resources_of_the_plan_are_there_once_however_often_they_are_seeded(district: District, demo_files: Path) -> None:
    with district.app.app_context():
        told: list[int] = []
        seed_resources(demo_files, lambda number, _: told.append(number))
        assert told == list(range(1, 41))
        first = shelf()
        seed_resources(demo_files, lambda number, _: told.append(number))
        assert len(told) == 40
        assert shelf() == first
        with unit.read():
            notes = dict(db.session.execute(sa.select(Resource.title, Resource.third_party).where(Resource.third_party != "")).all())
    for line, seed in zip(PLAN.strip().splitlines(), RESOURCES, strict=True):
        title, kind, place = line.split("|")
        card = first[title]
        assert (seed.title, card["kind"]) == (title, kind)
        assert all(word in card["path"] for word in place.split()), card["path"]
        assert card["path"].replace(" ", "") == seed.node.replace(" ", ""), title
        assert (card["author"], card["review"], card["licence"]) == (seed.person.name, seed.review, seed.licence), title
    assert notes == {"色彩的冷与暖": "范作与插图均为自绘，无第三方素材。"}


def test_people_and_rooms_are_there_once_and_today_is_in_the_thirteenth_week(district: District) -> None:
    with district.app.app_context():
        before = rooms()
        seed_people(PASSWORD)
        assert rooms() == before
        with unit.read():
            term = schools.term_on(schools.today())
            assert term is not None
            assert term.week_of(schools.today()) == 13
    assert sorted((school, count) for school, _, count in before) == [
        ("A1", 41), ("A1", 42), ("A1", 43), ("A1", 44), ("A1", 44), ("A2", 36), ("A2", 38), ("A2", 40), ("A3", 9), ("A3", 11),
        ("A4", 2), ("A4", 9), ("B1", 42), ("B1", 44), ("B2", 37), ("B3", 19), ("B3", 21), ("B3", 22), ("C1", 48), ("C1", 49),
        ("C3", 45), ("C4", 46),
    ]  # fmt: skip
    assert len(before) == len(classes.TERMINALS)


def test_paired_lessons_are_planned_once_and_villages_lack_what_their_pairings_bring(district: District) -> None:
    with district.app.app_context():
        before = lessons()
        seed_people(PASSWORD)
        assert lessons() == before
    assert before["fine_art", "青岚区实验小学"] == 15
    assert sorted(subject for subject, _school in before) == [
        "english", "english", "fine_art", "fine_art", "it", "music", "music", "physics", "science",
    ]  # fmt: skip


def lessons() -> Counter[tuple[str, str]]:
    """Return how many lessons of the term are planned, by subject and lead school."""
    with unit.read():
        term = schools.term_on(schools.today())
        assert term is not None
        found = timetable.lessons_between(term.first_day, term.last_day)
        for community in communities.communities():
            told = gaps.gaps_of(community, term)
            assert any(gap.is_paired for gap in told.gaps), community.name
            assert any(gap.proposals for gap in told.gaps), community.name
        return Counter((lesson.subject, lesson.sites[0].school) for lesson in found)


def rooms() -> list[tuple[str, str, int]]:
    """Return school, room and head-count of the class of every bound device."""
    with unit.read():
        places = {school.id: school for school in schools.schools()}
        counts = {klass.id: klass.head_count for ident in places for klass in schools.classes_of_school(ident)}
        bound = db.session.execute(sa.select(ClassTerminal.school_id, ClassTerminal.room, ClassTerminal.class_id)).all()
        return sorted((places[school].code, room, counts[klass or ""]) for school, room, klass in bound)

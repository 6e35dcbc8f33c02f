"""A generated library whose relevance is known: lessons over the real units of the curriculum, from a fixed seed.

Each lesson carries *tags* (its topic, unit, kind, subject, grade, volume, edition): a query's
relevant items are written as tags in ``search/queries.tsv`` (``几分之一+课件=2;几分之一=1``), so
what is relevant follows from how a lesson was made and never from what a search engine found.
Beside them stand the forty resources of the demo district (``r2=2``). A lesson in a book that
the district does not use is worth one grade less, unless the query names the book.
"""

import csv
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa

from resource_hub.curriculum import queries as curriculum
from resource_hub.curriculum.models import CurriculumNode
from resource_hub.curriculum.queries import Place
from resource_hub.curriculum.rules import NodeKind
from resource_hub.infra.db import db

QUERIES = Path(__file__).parent / "search" / "queries.tsv"

KINDS = {
    "lesson_plan": ("教案", ("教案", "教学设计", "教学设计", "备课")),
    "slides": ("课件", ("课件", "课件", "PPT", "")),
    "exercise": ("练习", ("练习", "习题", "作业", "检测题")),
    "task_sheet": ("任务单", ("任务单", "学习单", "")),
    "micro_lesson": ("微课", ("微课", "微课", "")),
    "recorded_lesson": ("实录", ("课堂实录", "公开课", "同步课录像")),
    "lesson_talk": ("说课", ("说课稿", "说课")),
    "experiment": ("实验", ("实验指导", "实验记录")),
}
_LIKELY = (8, 8, 6, 4, 4, 3, 2)
_EVERYWHERE = ("lesson_plan", "slides", "exercise", "micro_lesson", "task_sheet")
"""Each lesson has one of these that the whole district may see."""
_SCHOOLS = {"s1": "c1", "s2": "c1", "s3": "c1", "s4": "c1", "s5": "c2", "s6": "c2", "s7": "c2", "s9": "c3", "s10": "c3", "s11": "c3"}
_LIVED = ("用", "从", "围绕", "借助", "结合", "根据")
_PROSE = (
    "{lead}生活里的例子引入{topic},先让学生说一说自己的想法,再小组交流。",
    "本课是{unit}的内容,重点是{topic},难点是用自己的话讲清道理。",
    "上一课学了{before},这一课学习{topic},下一课是{after}。",
    "村校端人数少,可以两人一组完成活动;信号不好时先看下载好的片段。",
    "教学准备:黑板、学具、练习纸。没有多媒体的教室用挂图代替。",
    "课堂小结:今天学了{topic},你有什么收获?还有什么问题?",
    "作业:完成课本练习,和家里人说一说{topic}。",
    "学情分析:学生基础不一,复习时要照顾到学习慢的孩子。",
    "评价任务:能独立完成三道题,能听懂同伴的发言。",
    "板书设计:{unit} {topic}",
)
_MATTER = {
    "几分之一": "平均分 月饼 折纸 圆片 比大小", "几分之几": "平均分 涂色 分子 分母", "分数的简单计算": "同分母 加减 图示",
    "秒的认识": "钟面 秒针 体验 跳绳", "时间的计算": "经过时间 作息表", "毫米、分米的认识": "尺子 厘米 单位", "千米的认识": "路程 单位 操场",
    "吨的认识": "千克 质量 载重", "口算乘法": "整十 整百", "笔算乘法": "竖式 进位 列竖式", "倍的认识": "一份 几份 圈一圈 标准量",
    "四边形": "平行 直角 对边", "周长": "一周 测量 毛线", "长方形和正方形的周长": "长 宽 公式", "集合": "韦恩图 重复 名单",
    "数字编码": "身份证 邮政编码 学号", "正数和负数": "气温 收支 海拔", "有理数的加法与减法": "数轴 绝对值 异号", "有理数的乘方": "底数 指数 幂",
    "解一元一次方程": "移项 去分母 去括号 合并", "整式的加法与减法": "合并同类项 去括号", "直线、射线、线段": "端点 延长 两点",
    "大青树下的小学": "边疆 民族 早晨", "花的学校": "泰戈尔 想象 雷云", "不懂就要问": "孙中山 先生 背书", "古诗三首": "山行 赠刘景文 夜书所见 杜牧 苏轼",
    "铺满金色巴掌的水泥道": "梧桐 落叶 水洼", "秋天的雨": "比喻 钥匙 颜料", "听听，秋天的声音": "蟋蟀 大雁 朗诵", "习作：写日记": "格式 日期 天气",
    "春": "朱自清 散文 比喻 春草图", "济南的冬天": "老舍 小雪 温晴", "雨的四季": "刘湛秋 散文", "古代诗歌四首": "观沧海 天净沙秋思 次北固山下",
    "水沸腾了": "加热 温度计 气泡", "水能溶解多少物质": "食盐 搅拌 克", "加快溶解": "搅拌 热水 研碎", "混合与分离": "食盐 沙 过滤 蒸发",
    "空气能占据空间吗": "纸团 杯子 倒扣", "风的成因": "冷热 流动 风向", "测量降水量": "雨量器 毫米", "认识气温计": "摄氏度 读数 液柱",
    "我们来做“热气球”": "蜡烛 上升 纸袋", "声音的特性": "音调 响度 音色", "噪声的危害和控制": "分贝 防治", "光的反射": "法线 入射角 反射角",
    "平面镜成像": "虚像 玻璃板 蜡烛", "光的折射": "水中 筷子 弯折", "光的色散": "三棱镜 彩虹 七色", "熔化和凝固": "晶体 熔点 冰",
    "汽化和液化": "蒸发 沸腾 露", "升华和凝华": "霜 樟脑丸", "测量平均速度": "斜面 小车 秒表", "三原色与三间色": "红黄蓝 调色", "色彩的冷与暖": "冷色 暖色 感觉",
    "和坏情绪相处": "生气 发脾气 冷静角", "用流程图描述算法": "步骤 判断 箭头",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Lesson:
    """One generated thing of the library."""

    id: str
    title: str
    place: Place
    kind: str
    school: str
    scopes: frozenset[str]
    keywords: tuple[str, ...]
    summary: str
    pages: tuple[str, ...]
    boost: float
    minute: int
    tags: frozenset[str]
    is_in_use: bool
    """Whether the district uses the book that it belongs to."""

    @property
    def community(self) -> str:
        return _SCHOOLS[self.school]


@dataclass(frozen=True, slots=True)
class Asked:
    """A query of the collection; ``relevant`` pairs the tags that a thing must have with its grade."""

    number: int
    query: str
    kind: str
    asked_by: str
    relevant: tuple[tuple[frozenset[str], int], ...]

    def grade(self, tags: frozenset[str], *, is_in_use: bool = True) -> int:
        """Return 0 to 2: how well a thing with these tags answers."""
        fitting = [(wanted, grade) for wanted, grade in self.relevant if wanted <= tags]
        return max((grade - (not is_in_use and not wanted & BOOKS) for wanted, grade in fitting), default=0)


BOOKS = frozenset({"北师大版", "苏教版", "2024"})


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks: what they teach decides which book is theirs."""

    stage: str
    subjects: tuple[str, ...]
    grade: str
    school: str = "s3"
    community: str = "c1"
    school_years: tuple[str, ...] = field(default=())


ASKERS = {
    "maths": Asker("小学", ("数学",), "G3"),
    "chinese": Asker("小学", ("语文",), "G3"),
    "english": Asker("小学", ("英语",), "G3"),
    "science": Asker("小学", ("科学",), "G3"),
    "art": Asker("小学", ("美术",), "G3", "s1"),
    "music": Asker("小学", ("音乐",), "G2", "s1"),
    "moral": Asker("小学", ("道德与法治",), "G2"),
    "it": Asker("小学", ("信息科技",), "G5", "s5", "c2"),
    "mind": Asker("小学", ("心理健康",), "G3", "s5", "c2"),
    "jmaths": Asker("初中", ("数学",), "G7", "s9", "c3"),
    "jchinese": Asker("初中", ("语文",), "G7", "s9", "c3"),
    "physics": Asker("初中", ("物理",), "G8", "s9", "c3"),
    "head": Asker("小学", (), "", "s2"),
}


def collection() -> tuple[Asked, ...]:
    """Return the queries with what is relevant to them."""
    with QUERIES.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    return tuple(Asked(int(r["id"]), r["query"], r["kind"], r["asked_by"], _relevant(r["relevant"])) for r in rows)


def _relevant(text: str) -> tuple[tuple[frozenset[str], int], ...]:
    pairs = (part.rpartition("=") for part in text.split(";"))
    return tuple((frozenset(tags.split("+")), int(grade)) for tags, _, grade in pairs)


def lessons(in_use: Mapping[tuple[str, str, str], str]) -> list[Lesson]:
    """Return the library; ``in_use`` maps stage, subject and grade ("" for all) to the edition's id.

    Reads the places of the curriculum in the caller's unit.
    """
    leaves, volumes = _leaves(), _volumes()
    made = [*_of_units(leaves, volumes, in_use), *_exams(volumes, in_use)]
    return [_numbered(lesson, number) for number, lesson in enumerate(made, 1)]


def _numbered(lesson: "_Draft", number: int) -> Lesson:
    chance = random.Random(number)
    school = chance.choice(list(_SCHOOLS))
    drawn = chance.choices(("district", f"community_of:{school}", f"school:{school}"), weights=(6, 1, 1))[0]
    scope = "district" if lesson.is_open else drawn
    return Lesson(
        id=f"g{number:05}", title=lesson.title, place=lesson.place, kind=lesson.kind, school=school, scopes=frozenset({scope}),
        keywords=lesson.keywords, summary=lesson.summary, pages=lesson.pages,
        boost=chance.choices((0.0, 0.5, 1.0), weights=(8, 1, 1))[0], minute=chance.randrange(100_000),
        tags=lesson.tags, is_in_use=lesson.is_in_use,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Draft:
    title: str
    place: Place
    kind: str
    keywords: tuple[str, ...]
    summary: str
    pages: tuple[str, ...]
    tags: frozenset[str]
    is_in_use: bool
    is_open: bool = False


def _leaves() -> list[Place]:
    below = sa.select(CurriculumNode.parent_id).where(CurriculumNode.kind == NodeKind.TOPIC)
    is_leaf = sa.or_(CurriculumNode.kind == NodeKind.TOPIC, sa.and_(CurriculumNode.kind == NodeKind.UNIT, CurriculumNode.id.not_in(below)))
    return _places(is_leaf)


def _volumes() -> list[Place]:
    return [place for place in _places(CurriculumNode.kind == NodeKind.VOLUME) if place.stage in {"小学", "初中"} and place.edition]


def _places(test: sa.ColumnElement[bool]) -> list[Place]:
    ids = db.session.scalars(sa.select(CurriculumNode.id).where(test).order_by(CurriculumNode.path_text)).all()
    found: dict[str, Place] = {}
    for start in range(0, len(ids), 300):
        found |= curriculum.places_of(ids[start : start + 300])
    return [found[ident] for ident in ids]


def _of_units(leaves: Sequence[Place], volumes: Sequence[Place], in_use: Mapping[tuple[str, str, str], str]) -> Iterator[_Draft]:
    """Give for each lesson of a textbook nine or ten things in its own book and four in other books."""
    for at, leaf in enumerate(leaves):
        chance = random.Random(f"unit {leaf.path}")
        neighbours = (leaves[at - 1], leaves[(at + 1) % len(leaves)])
        is_science = leaf.subject in {"科学", "物理"}
        kinds = [*_EVERYWHERE, *(["experiment"] if is_science else []), *chance.choices(list(KINDS)[:7], weights=_LIKELY, k=5)]
        for number, kind in enumerate(kinds):
            is_open = number < len(_EVERYWHERE) or kind == "experiment"
            yield _lesson(chance, leaf, leaf, kind, neighbours, is_in_use=_is_in_use(leaf, in_use), is_open=is_open)
        others = [
            v for v in volumes if (v.stage, v.subject, v.grade) == (leaf.stage, leaf.subject, leaf.grade) and v.edition != leaf.edition
        ]
        for other in chance.sample(others, min(4, len(others))):
            yield _lesson(
                chance, leaf, other, chance.choices(list(KINDS)[:7], weights=_LIKELY)[0], neighbours, is_in_use=False, is_open=False
            )


def _lesson(
    chance: random.Random, leaf: Place, place: Place, kind: str, neighbours: tuple[Place, Place], *, is_in_use: bool, is_open: bool
) -> _Draft:
    tag, words = KINDS[kind]
    topic = leaf.topic or leaf.unit
    shown = f"{leaf.unit} {topic}" if topic.startswith("Part ") else topic
    word = chance.choice(words)
    titles = (
        f"{shown}", f"{shown}{word}", f"《{shown}》{word}", f"{shown} {word}", f"{leaf.unit} {topic} {word}", f"{word} {shown}",
        f"{shown}(第{chance.randint(1, 2)}课时)", f"{leaf.volume} {shown}{word}", f"{leaf.unit} 第{chance.randint(1, 4)}课时 {word}",
    )  # fmt: skip
    matter = _MATTER.get(topic, "").split()
    fill = {"unit": leaf.unit, "topic": shown, "before": _name(neighbours[0]), "after": _name(neighbours[1])}
    body = [line.format(lead=chance.choice(_LIVED), **fill) for line in chance.sample(_PROSE, 6)]
    body += [f"活动{number}:{chance.choice(_LIVED)}{piece},说一说你的发现。" for number, piece in enumerate(matter, 1)]
    chance.shuffle(body)
    is_mixed_class = leaf.subject == "数学" and chance.random() < 0.03
    keywords = [shown if chance.random() < 0.6 else leaf.unit, *chance.sample(matter, min(2, len(matter)))]
    if is_mixed_class:
        keywords.append("复式班")
    tags = {topic, leaf.unit, tag, leaf.subject, leaf.grade and curriculum.grade_name(leaf.grade), _half(leaf.volume), *_books(place)}
    return _Draft(
        title=chance.choice(titles).strip(), place=place, kind=kind, keywords=tuple(keywords), summary=body[0],
        pages=("".join(body[: len(body) // 2]), "".join(body[len(body) // 2 :])),
        tags=frozenset(tags | ({"复式班"} if is_mixed_class else set())), is_in_use=is_in_use, is_open=is_open,
    )  # fmt: skip


def _exams(volumes: Sequence[Place], in_use: Mapping[tuple[str, str, str], str]) -> Iterator[_Draft]:
    """Give a middle and a final exam for each volume of at most three books of a subject and grade."""
    seen: dict[tuple[str, str, str, str], int] = {}
    for volume in sorted(volumes, key=lambda v: (not _is_in_use(v, in_use), v.path)):
        at = (volume.stage, volume.subject, volume.grade, volume.volume)
        seen[at] = seen.get(at, 0) + 1
        if seen[at] > 3:
            continue
        for name, words in (("期中", ("期中测试卷", "期中检测", "期中复习")), ("期末", ("期末试卷", "期末复习", "期末模拟卷"))):
            chance = random.Random(f"exam {volume.path} {name}")
            word = chance.choice(words)
            titles = (f"{volume.volume}{volume.subject}{word}", f"{volume.subject} {volume.volume} {word}", word)
            yield _Draft(
                title=chance.choice(titles), place=volume, kind="exercise", keywords=(name, volume.subject), summary=f"{volume.subject}{word},附答案。",
                pages=(f"{volume.volume}{volume.subject}{word}。一、填空。二、选择。三、解答。附参考答案与讲评建议。",),
                tags=frozenset({name, "练习", volume.subject, curriculum.grade_name(volume.grade), _half(volume.volume), *_books(volume)}),
                is_in_use=_is_in_use(volume, in_use), is_open=True,
            )  # fmt: skip


def _is_in_use(place: Place, in_use: Mapping[tuple[str, str, str], str]) -> bool:
    """Return whether it is the district's book; where the district names none, every book is."""
    edition = in_use.get((place.stage, place.subject, place.grade)) or in_use.get((place.stage, place.subject, ""))
    return edition is None or edition in place.trail


def _name(place: Place) -> str:
    return place.topic or place.unit


def _half(volume: str) -> str:
    return next((half for half in ("上册", "下册", "全一册") if half in volume), "")


def _books(place: Place) -> set[str]:
    return {book for book in BOOKS if book in place.edition}

"""Understanding what was typed: operators, recognised school words, the rest. Pure.

Text comes in normalised (half-width, simplified, 三年级 for 3年级 and grade 3). An operator
counts only when it is well-formed; everything else is words, so no query can fail.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

LONGEST = 400
"""Characters of a query that are looked at; a longer text is searched by its beginning."""
MOST_UNITS = 64

FILTERS = {
    "kind": "kind", "类型": "kind", "种类": "kind",
    "stage": "stage", "学段": "stage",
    "subject": "subject", "学科": "subject", "科目": "subject",
    "grade": "grade", "年级": "grade",
    "volume": "volume", "册次": "volume",
    "edition": "edition", "版本": "edition", "教材": "edition",
    "node": "node", "school": "school", "学校": "school",
    "community": "community", "共同体": "community",
    "licence": "licence", "license": "licence", "许可": "licence",
    "review": "review", "状态": "review",
    "village_fit": "village_fit",
}  # fmt: skip
TITLE = frozenset({"title", "标题", "课题", "题目"})

SUBJECTS = (
    "道德与法治", "信息科技", "信息技术", "体育与健康", "心理健康", "综合实践", "人文地理",
    "语文", "数学", "英语", "科学", "物理", "化学", "生物学", "生物", "历史",
    "地理", "音乐", "美术", "体育", "劳动", "艺术", "道法", "心理",
)  # fmt: skip
_SUBJECT_NAMES = {"道法": "道德与法治", "信息技术": "信息科技", "体育": "体育与健康", "生物": "生物学", "心理": "心理健康"}
_EDITION_NAMES = {"部编版": "统编版"}
_STAGES = ("幼儿园", "小学", "初中", "特教")

_SAY_LITTLE = (
    "的 了 是 在 和 与 及 或 我 你 他 她 们 我们 你们 要 想 想要 请 请问 怎么 怎么样 怎样 如何 什么 哪 哪里 哪些 哪个 "
    "吗 呢 吧 啊 这 那 这个 那个 一个 一下 有 没有 给 让 把 被 用 对 从 到 为 为了 为什么 关于 有关 就 都 也 很 会 能 可以 应该 "
    "上 里 中 做 教 学 讲 找 着 得 地 个 些 一些 来 去 它 a an the of for to in on and or is how what"
)
_STOP = frozenset(_SAY_LITTLE.split())

_PIECE = re.compile(
    r'(?P<minus>(?<![^\s])-)?(?:(?P<field>[a-z_]{2,12}|[㐀-鿿]{2,3}):)?"(?P<quoted>[^"]+)"'
    r"|(?<![^\s])(?P<field2>[a-z_]{2,12}|[㐀-鿿]{2,3}):(?P<value>[^\s:\"\\/]+)(?![^\s])"
    r"|(?<![^\s])-(?P<excluded>(?![0-9])[\w][^\s\":]*)(?![^\s])"
)
_QUOTES = str.maketrans({"“": '"', "”": '"', "„": '"', "‟": '"', "「": '"', "」": '"', "『": '"', "』": '"', "−": "-", "—": " "})
_GRADE = re.compile(r"[一二三四五六七八九]年级")
_KINDS = {
    "教案": "教学设计", "教学设计": "教学设计", "备课": "教学设计", "课件": "课件", "幻灯片": "课件", "ppt": "课件",
    "任务单": "学习任务单", "学习单": "学习任务单", "学案": "学习任务单", "练习": "习题作业", "习题": "习题作业", "作业": "习题作业",
    "试卷": "习题作业", "试题": "习题作业", "错题": "习题作业", "检测": "习题作业", "微课": "微课", "实录": "课堂实录",
    "公开课": "课堂实录", "说课": "说课", "单元设计": "单元设计", "实验": "实验教具", "素材": "素材", "课例包": "课例包",
}  # fmt: skip
_EDITION = re.compile(
    r"(?:北师大|苏教|人教|统编|部编|教科|冀教|浙教|沪教|华东师大|外研|湘教|粤教|鲁教|青岛|西师大|省编)版(?:[((](?:20\d\d)[))])?"
)
_SCHOOL_WORDS = (
    ("grade", _GRADE),
    ("volume", re.compile(r"上册|下册|全一册|[上下]学期")),
    ("subject", re.compile(rf"(?:{'|'.join(SUBJECTS)})(?![家馆院节会厅剧片城])")),
    ("subject", re.compile(r"(?<![a-z])(?:maths?|mathematics|chinese|english|science|physics|chemistry|music|art)(?![a-z])")),
    ("stage", re.compile(rf"(?<!的)(?:{'|'.join(_STAGES)})(?!生)")),
    ("edition", _EDITION),
    ("kind", re.compile("|".join(sorted(_KINDS, key=len, reverse=True)))),
)
NARROWING = frozenset({"grade", "volume", "subject", "stage", "edition"})
"""What becomes a filter when it is recognised; the other school words only count as said by what is filed so."""
_LATIN_NAMES = {
    "math": "数学", "maths": "数学", "mathematics": "数学", "chinese": "语文", "english": "英语", "science": "科学",
    "physics": "物理", "chemistry": "化学", "music": "音乐", "art": "美术",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Understood:
    """A school word recognised in the query: which facet it names, and its usual name."""

    facet: str
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class FieldFilter:
    """``field:value`` as typed; the service decides whether the value exists."""

    facet: str
    value: str


@dataclass(frozen=True, slots=True)
class Question:
    """A query taken apart."""

    words: str
    """Everything that is no operator, school words in their usual spelling."""
    phrases: tuple[str, ...] = ()
    title_phrases: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    filters: tuple[FieldFilter, ...] = ()
    understood: tuple[Understood, ...] = ()


def take_apart(text: str) -> Question:
    """Return what the normalised query ``text`` asks for; never fails."""
    text = text[:LONGEST].translate(_QUOTES)
    plain: list[str] = []
    phrases: list[str] = []
    titles: list[str] = []
    excluded: list[str] = []
    filters: list[FieldFilter] = []
    done = 0
    for match in _PIECE.finditer(text):
        plain.append(text[done : match.start()])
        done = match.end()
        name = match["field"] or match["field2"]
        content = (match["quoted"] or match["value"] or match["excluded"] or "").strip()
        if match["excluded"] is not None or (match["minus"] and not name):
            excluded.append(content)
        elif name in TITLE and content:
            titles.append(content)
        elif name in FILTERS and content:
            filters.append(FieldFilter(FILTERS[name], content))
        elif match["quoted"] is not None and not name:
            phrases.append(content)
        else:
            plain.append(match[0])
    plain.append(text[done:])
    words = " ".join("".join(plain).split())
    if not (words or phrases or titles or filters):
        words, excluded = " ".join(excluded), []
    return Question(
        words,
        tuple(p for p in phrases if _says_something(p)),
        tuple(p for p in titles if _says_something(p)),
        tuple(p for p in excluded if _says_something(p)),
        tuple(filters),
        recognise(words),
    )


def recognise(words: str) -> tuple[Understood, ...]:
    """Return the school words in ``words``, each once, in the order they stand."""
    found = [
        (match.start(), Understood(facet, _name(match), match[0])) for facet, pattern in _SCHOOL_WORDS for match in pattern.finditer(words)
    ]
    return tuple(dict.fromkeys(item for _at, item in sorted(found, key=lambda pair: pair[0])))


def _name(match: re.Match[str]) -> str:
    word = match[0]
    if word.endswith("学期"):
        return f"{word[0]}册"
    return _LATIN_NAMES.get(word) or _SUBJECT_NAMES.get(word) or _KINDS.get(word) or _EDITION_NAMES.get(word) or word


def without(words: str, understood: Sequence[Understood]) -> str:
    """Return ``words`` without what is ``understood``."""
    for item in sorted(understood, key=lambda item: -len(item.text)):
        words = words.replace(item.text, " ")
    return " ".join(words.split())


def telling(words: Sequence[str]) -> list[bool]:
    """Return which of ``words`` say what is looked for; all of them when none does."""
    told = [word not in _STOP for word in words]
    return told if any(told) else [True] * len(words)


def names_same(name: str, value: str, label: str) -> bool:
    """Return whether a facet value (or its label) is what ``name`` means, however it is coded.

    A half of the year means the volumes of every grade: 上册 is 三年级上册 too.
    """
    wanted = _spellings(name)
    is_of_half = name in _HALVES and name in value
    return value.lower() in wanted or label.lower() in wanted or is_of_half or (bool(_EDITION.fullmatch(name)) and value.startswith(name))


def grade_code(name: str) -> str:
    """Return the code of a grade's name, G3 for 三年级."""
    return f"G{'一二三四五六七八九'.index(name[0]) + 1}"


def _spellings(name: str) -> frozenset[str]:
    low = name.lower()
    same = {low}
    if _GRADE.fullmatch(name):
        number = "一二三四五六七八九".index(name[0]) + 1
        same |= {f"g{number}", str(number)}
    for left, right in _SAME:
        if low in (left, right):
            same |= {left, right}
    return frozenset(same)


_HALVES = frozenset({"上册", "下册", "全一册"})
_SAME: Sequence[tuple[str, str]] = (
    ("体育", "体育与健康"), ("信息技术", "信息科技"), ("生物", "生物学"), ("道法", "道德与法治"), ("心理", "心理健康"),
    ("小学", "primary"), ("初中", "junior"),
)  # fmt: skip


def _says_something(text: str) -> bool:
    return any(char.isalnum() for char in text)


def chosen(filters: Mapping[str, Sequence[str]]) -> dict[str, frozenset[str]]:
    """Return the filters that hold a value."""
    return {name: frozenset(values) for name, values in filters.items() if values}

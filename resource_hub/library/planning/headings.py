"""What Chinese templates of lesson plans call the parts of the district's form.

Pure tables and two questions. Rule: a title is recognised only when it says nothing else, so that
a sentence which begins with 「目标」 stays a sentence.
"""

# ruff: noqa: E501 -- tables of words: a section or a column is a line

import re

_NUMBER = r"(?:第?[一二三四五六七八九十]{1,3}|[（(][一二三四五六七八九十\d]{1,3}[)）]|\d{1,2}|[IVX]{1,4})"
_PREFIX = re.compile(rf"^\s*[【\[★●◆■▲]*\s*(?:{_NUMBER}\s*[、.．:：)）]\s*|{_NUMBER}\s+|[（(][一二三四五六七八九十\d]{{1,3}}[)）]\s*)?")
_CLEAN = re.compile(r"[\s　:：【】\[\]（）()★●◆■▲、.．/／与和及]+")

SECTION_NAMES = {
    "title": ("课题", "课题名称", "教学课题", "课名", "课文", "学习课题", "教学内容", "授课内容", "题目", "主题"),
    "periods": ("课时", "课时安排", "教学课时", "总课时", "课时数", "授课课时", "课时分配"),
    "rationale": ("设计理念", "设计思路", "教学理念", "设计意图说明", "指导思想", "理论依据", "课标依据", "课标要求", "设计说明", "教学思路"),
    "textbook": ("教材分析", "教材解读", "内容分析", "教学内容分析", "文本分析", "文本解读", "教材简析", "教学分析"),
    "learners_city": ("学情分析城区", "城区学情", "城区学情分析", "学情分析", "学情", "学生分析", "学习者分析", "学习者特征分析", "学生情况", "学情简析"),
    "learners_village": ("学情分析村校", "村校学情", "村校学情分析", "乡村学情", "村小学情", "村端学情", "学情分析村端"),
    "goals": ("核心素养目标", "教学目标", "学习目标", "素养目标", "目标", "三维目标", "教学目的", "目标设定", "教学目标设计", "核心素养", "学习目标设计"),
    "key_points": ("重难点", "教学重难点", "教学重点难点", "重点难点", "教学重点", "教学难点", "重点", "难点", "学习重难点", "教学的重难点",
                   "重点及难点", "学习重点", "学习难点"),
    "assessment": ("评价任务", "评价设计", "教学评价", "学习评价", "评价方案", "评价", "评价方式", "评价任务设计"),
    "preparation": ("教学准备", "课前准备", "教具准备", "教具", "学具", "教学具准备", "教学资源", "资源准备", "教学用具", "准备", "教学媒体",
                    "教学方法", "教法学法", "教法", "学法", "教学方法手段", "材料准备"),
    "board": ("板书设计", "板书", "板书计划", "板书设计图"),
    "homework": ("分层作业", "作业设计", "作业布置", "课后作业", "作业", "布置作业", "课后练习", "课外作业", "家庭作业"),
    "reflection": ("教学反思", "课后反思", "反思", "教后反思", "教后记", "教学后记", "课后小记", "课后记"),
}  # fmt: skip
STEPS_NAMES = ("教学过程", "教学过程设计", "教学流程", "教学环节", "学习过程", "教学步骤", "教学活动", "教学设计过程", "活动过程", "过程设计",
               "教与学的过程", "教学实施过程", "教学过程与方法")  # fmt: skip
COLUMN_NAMES = {
    "name": ("环节", "教学环节", "步骤", "教学步骤", "流程", "教学流程", "阶段", "活动环节", "教学板块", "板块", "教学阶段", "学习环节", "环节名称"),
    "minutes": ("时间", "用时", "时间分配", "时长", "时间分钟", "分钟", "预设时间", "环节时间", "时间安排", "预计时间", "用时分钟"),
    "teacher": ("教师活动", "教师行为", "教师的活动", "教的活动", "教师导学", "师", "教师", "教师引导", "教学活动", "教学内容", "教师组织",
                "教师指导", "活动内容", "师生活动", "师生互动", "教学内容及教师活动"),
    "pupils": ("学生活动", "学生行为", "学生的活动", "学的活动", "学生", "生", "学习活动", "预设学生活动", "学生学习活动", "学生自主活动"),
    "intent": ("设计意图", "意图", "设计说明", "设计理念", "目的", "活动意图", "设计目的", "环节意图", "设计依据"),
    "village": ("村校端做什么", "村校端", "村端", "村端活动", "村校活动", "村校", "村校端活动", "远端活动", "听讲端", "接收端", "远端", "助学教师活动",
                "助学教师", "村小端", "乡村端"),
}  # fmt: skip


def bare(text: str) -> str:
    """Return a title without its number, brackets and marks."""
    return _CLEAN.sub("", _PREFIX.sub("", text.strip(), count=1))


_SECTION_OF = {bare(name): section for section, names in SECTION_NAMES.items() for name in names}
_STEPS = frozenset(map(bare, STEPS_NAMES))
_COLUMN_OF = {bare(name): column for column, names in COLUMN_NAMES.items() for name in names}


_SAYS_MORE = frozenset(
    map(bare, ("教学重点", "教学难点", "重点", "难点", "学习重点", "学习难点", "教学方法", "教法学法", "教法", "学法", "教学方法手段",
               "教具", "学具", "教学媒体", "课标依据", "课标要求", "理论依据", "指导思想", "教学分析", "教学思路"))
)  # fmt: skip


def says_more(title: str) -> bool:
    """True for a title that says more than the name of its section in the form: it is kept as words."""
    return bare(title) in _SAYS_MORE


def section_of(title: str) -> str | None:
    """Return the section that a title begins, ``steps`` for the stages, ``None`` for what is no such title."""
    name = bare(title)
    if name in _STEPS:
        return "steps"
    return _SECTION_OF.get(name)


def column_of(title: str) -> str | None:
    """Return the column of a stage that the head of a table names."""
    return _COLUMN_OF.get(bare(title))


def split(line: str) -> tuple[str, str] | None:
    """Return the section and the rest of a line like 「教学目标：理解平均分」; ``None`` for any other line."""
    for mark in ("：", ":"):
        head, found, rest = line.partition(mark)
        if found and len(head) <= 16 and (section := section_of(head)) is not None:
            return section, rest.strip()
    return None

"""The frame of LICC: four dimensions, five viewpoints each, and what one can count from each. Data, and one question about it.

The names of dimensions and viewpoints are the field's; prompts and things to count are our own words. Rule: a thing to
count is something that is seen or heard, never a judgement of a person; a key that was ever kept is never given another meaning.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from resource_hub.kernel.errors import N_, Invalid

QUESTION = "question"
"""The one thing whose level and waiting time are kept too; it belongs to the viewpoint of dialogue."""
MOST_CHOSEN = 3
"""Viewpoints of one observation: who looks at everything sees nothing."""


class Dimension(StrEnum):
    LEARNING = "learning"
    TEACHING = "teaching"
    CURRICULUM = "curriculum"
    CULTURE = "culture"


class Viewpoint(StrEnum):
    PREPARING = "preparing"
    LISTENING = "listening"
    INTERACTING = "interacting"
    DIRECTING = "directing"
    ATTAINING = "attaining"
    ARRANGING = "arranging"
    PRESENTING = "presenting"
    DIALOGUE = "dialogue"
    GUIDING = "guiding"
    RESPONDING = "responding"
    AIMS = "aims"
    CONTENT = "content"
    ENACTING = "enacting"
    ASSESSING = "assessing"
    RESOURCES = "resources"
    THINKING = "thinking"
    DEMOCRACY = "democracy"
    CREATING = "creating"
    CARING = "caring"
    CHARACTER = "character"


class WrongItem(Invalid):
    code = "wrong_item"
    message = N_("这个观察视角里没有这一项可以计数。")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A viewpoint: its name, the question with which one looks, and by key what one counts."""

    name: str
    prompt: str
    items: Mapping[str, str]


DIMENSIONS: Mapping[Dimension, str] = {
    Dimension.LEARNING: N_("学生学习"),
    Dimension.TEACHING: N_("教师教学"),
    Dimension.CURRICULUM: N_("课程性质"),
    Dimension.CULTURE: N_("课堂文化"),
}

_LEARNING: Mapping[Viewpoint, Sheet] = {
    Viewpoint.PREPARING: Sheet(
        N_("准备"), N_("学生带着什么走进这节课，用上了没有？"),
        {"prepared": N_("拿出课前准备"), "recalled": N_("用上旧知识"), "lacking": N_("缺学具或没准备")},
    ),
    Viewpoint.LISTENING: Sheet(
        N_("倾听"), N_("学生听谁说，听完做了什么，村端听得清吗？"),
        {"built_on": N_("接着别人的话说"), "noted": N_("记下要点"), "asked_again": N_("没听清，请再说")},
    ),
    Viewpoint.INTERACTING: Sheet(
        N_("互动"), N_("学生和谁说话，为了什么，两端之间有没有往来？"),
        {"discussed": N_("同伴讨论"), "questioned": N_("学生提出问题"), "across": N_("两端互相回应")},
    ),
    Viewpoint.DIRECTING: Sheet(
        N_("自主"), N_("哪些时候由学生自己决定怎么做？"),
        {"tried": N_("独立尝试"), "chose": N_("自己选方法"), "corrected": N_("自己查错改正")},
    ),
    Viewpoint.ATTAINING: Sheet(
        N_("达成"), N_("看得见的哪些证据，说明学生学会了？"),
        {"right": N_("做对或展示成功"), "explained": N_("说出理由"), "transferred": N_("换个情境会用")},
    ),
}  # fmt: skip

_TEACHING: Mapping[Viewpoint, Sheet] = {
    Viewpoint.ARRANGING: Sheet(
        N_("环节"), N_("每一步为了什么，两端是不是同时有事做？"),
        {"moved_on": N_("进入下一环节"), "idle": N_("有一端闲等"), "adjusted": N_("按学情调整")},
    ),
    Viewpoint.PRESENTING: Sheet(
        N_("呈示"), N_("讲解、板书和演示，两端都看得见、听得懂吗？"),
        {"drew": N_("板书或图示"), "showed": N_("演示或示范"), "unclear": N_("看不清或听不清")},
    ),
    Viewpoint.DIALOGUE: Sheet(
        N_("对话"), N_("问了什么、问谁、等了多久，回答以后怎么接？"),
        {QUESTION: N_("提问"), "probed": N_("追问"), "passed_on": N_("转问别的学生"), "answered_self": N_("教师自己答")},
    ),
    Viewpoint.GUIDING: Sheet(
        N_("指导"), N_("学生做的时候，谁去看、怎么帮，村端靠谁？"),
        {"visited": N_("走到身边指导"), "hinted": N_("提示方法"), "by_assistant": N_("助学教师指导")},
    ),
    Viewpoint.RESPONDING: Sheet(
        N_("机智"), N_("出现没料到的回答或故障时，怎么处理？"),
        {"took_up": N_("用上意外的想法"), "worked_around": N_("换办法继续上"), "let_pass": N_("放过没有回应")},
    ),
}  # fmt: skip

_CURRICULUM: Mapping[Viewpoint, Sheet] = {
    Viewpoint.AIMS: Sheet(
        N_("目标"), N_("学生知道这节课要学会什么吗，两班的起点照顾到了吗？"),
        {"stated": N_("讲明要学会什么"), "returned": N_("回头对照目标"), "adapted": N_("为一端调整要求")},
    ),
    Viewpoint.CONTENT: Sheet(
        N_("内容"), N_("内容对不对、够不够，和学生的生活连得上吗？"),
        {"everyday": N_("联系生活或家乡"), "linked": N_("联系前后知识"), "slipped": N_("说错或写错")},
    ),
    Viewpoint.ENACTING: Sheet(
        N_("实施"), N_("学生用什么方式学，时间花在哪里？"),
        {"hands_on": N_("动手或探究"), "together": N_("小组合作"), "long_talk": N_("连续讲超过五分钟")},
    ),
    Viewpoint.ASSESSING: Sheet(
        N_("评价"), N_("当堂怎么知道学得怎样，知道以后做了什么？"),
        {"checked": N_("当堂检查"), "specific": N_("说出好在哪里"), "peers": N_("学生互评自评")},
    ),
    Viewpoint.RESOURCES: Sheet(
        N_("资源"), N_("用了哪些材料，村端手里也有吗？"),
        {"media": N_("课件或影音"), "objects": N_("学具或实物"), "pupils_work": N_("用学生作品教")},
    ),
}  # fmt: skip

_CULTURE: Mapping[Viewpoint, Sheet] = {
    Viewpoint.THINKING: Sheet(
        N_("思考"), N_("有没有值得想的问题，给没给想的时间？"),
        {"tasked": N_("需要思考的任务"), "differed": N_("说出不同想法"), "paused": N_("停下来让学生想")},
    ),
    Viewpoint.DEMOCRACY: Sheet(
        N_("民主"), N_("谁能说话，谁做决定？"),
        {"decided": N_("学生参与决定"), "quiet": N_("请没举手的学生"), "cut_short": N_("打断学生")},
    ),
    Viewpoint.CREATING: Sheet(
        N_("创新"), N_("有没有不止一种办法，有没有新东西产生？"),
        {"ways": N_("另一种办法"), "new_question": N_("新的问题"), "made": N_("新的作品")},
    ),
    Viewpoint.CARING: Sheet(
        N_("关爱"), N_("有困难的学生和村端，得到帮助了吗？"),
        {"helped": N_("帮助有困难的学生"), "village_first": N_("先请村端"), "overlooked": N_("有人举手没看到")},
    ),
    Viewpoint.CHARACTER: Sheet(
        N_("特质"), N_("这节课有什么是别的课没有的？"),
        {"own_way": N_("独特的做法"), "custom": N_("两班共同的约定"), "signal": N_("师生约好的信号")},
    ),
}  # fmt: skip

FRAME: Mapping[Dimension, Mapping[Viewpoint, Sheet]] = {
    Dimension.LEARNING: _LEARNING, Dimension.TEACHING: _TEACHING, Dimension.CURRICULUM: _CURRICULUM, Dimension.CULTURE: _CULTURE,
}  # fmt: skip
SHEETS: Mapping[Viewpoint, Sheet] = {viewpoint: sheet for sheets in FRAME.values() for viewpoint, sheet in sheets.items()}


def check_item(viewpoint: Viewpoint, item: str) -> None:
    """Raise WrongItem unless the viewpoint's sheet counts this."""
    if item not in SHEETS[viewpoint].items:
        raise WrongItem

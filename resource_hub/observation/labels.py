"""What the words of observation are called on pages; keys are the stored values."""

from datetime import datetime

from flask_babel import lazy_gettext as _l

from resource_hub.infra.features import hub
from resource_hub.infra.web.shell import day
from resource_hub.observation.coding import Scheme
from resource_hub.observation.licc import End, Level
from resource_hub.observation.schemas import Sharing, Side, VisitKind, What

WHATS = {What.LESSON: _l("同步课"), What.RECORDING: _l("录像"), What.ROOM: _l("隔壁教室（没有视频）")}
KINDS = {
    VisitKind.OWN_SCHOOL: _l("校内听课"),
    VisitKind.OTHER_SCHOOL: _l("校外听课"),
    VisitKind.ONLINE: _l("网络听课"),
    VisitKind.UNANNOUNCED: _l("推门听课"),
    VisitKind.OPEN: _l("公开课"),
    VisitKind.APPRAISAL: _l("考核听课"),
}
SHARINGS = {
    Sharing.PRIVATE: (_l("只有自己看得到"), ""),
    Sharing.TEACHER: (_l("授课教师看得到"), "ok"),
    Sharing.SHARED: (_l("授课教师、课例成员和校长看得到"), "ok"),
}
SIDES = {Side.CITY: _l("城里"), Side.VILLAGE: _l("村里")}
ENDS = {End.CITY: _l("城里"), End.VILLAGE: _l("村里"), End.ALL: _l("全体")}
LEVELS = {
    Level.REMEMBER: _l("记忆"), Level.UNDERSTAND: _l("理解"), Level.APPLY: _l("应用"), Level.ANALYSE: _l("分析"),
    Level.EVALUATE: _l("评价"), Level.CREATE: _l("创造"),
}  # fmt: skip
SCHEMES = {Scheme.ST: _l("S-T 编码"), Scheme.FIAS: _l("FIAS 编码")}
FIAS_NAMES = (
    _l("接纳情感"), _l("表扬鼓励"), _l("采纳学生观点"), _l("提问"), _l("讲授"), _l("指令"), _l("批评"), _l("学生应答"), _l("学生主动"),
    _l("沉默或混乱"),
)  # fmt: skip
"""The ten categories, 1 first."""
FIAS_FIGURES = (
    ("tt", _l("教师语言"), 68), ("pt", _l("学生语言"), 20), ("sc", _l("沉默或混乱"), 12), ("trr", _l("教师间接影响"), 42),
    ("tqr", _l("提问占比"), 26), ("pir", _l("学生主动占比"), 34), ("ccr", _l("内容十字区"), 55), ("ssr", _l("稳态格"), 50),
    ("pssr", _l("学生稳态格"), None), ("trr89", _l("学生说完后的间接影响"), None), ("tqr89", _l("学生说完后的提问"), None),
    ("vc", _l("恶性循环格"), None),
)  # fmt: skip
"""Figures in percent, with the value that the literature gives for comparison; never a mark to pass."""
TAGS = (
    _l("提问"), _l("追问"), _l("小组讨论"), _l("学生展示"), _l("动手操作"), _l("独立练习"), _l("讲评"), _l("表扬"), _l("等待"),
    _l("村端发言"), _l("村端等待"), _l("技术问题"),
)  # fmt: skip
STAGES = (_l("导入"), _l("新授"), _l("探究"), _l("练习"), _l("展示"), _l("小结"))


def local(at: datetime) -> str:
    """Return the time of day of a moment in the district."""
    return f"{at.astimezone(hub().settings.zone):%H:%M}"


def when_words(at: datetime) -> str:
    """Return 周二 · 11月24日 09:10."""
    return f"{day(at)} {local(at)}"

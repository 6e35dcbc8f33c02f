"""What the words of preparation and study are called on pages; keys are the stored values."""

from flask_babel import lazy_gettext as _l

from resource_hub.observation.schemas import Side
from resource_hub.study.schemas import CycleState, HourPart, Phase, PrepState, PrepStep, RoundState

PREP_STATES = {
    PrepState.DRAFTING: _l("初备"),
    PrepState.DISCUSSING: _l("提意见"),
    PrepState.MEETING: _l("集体研讨"),
    PrepState.SHARED: _l("共案已定"),
    PrepState.TAUGHT: _l("课堂实施"),
    PrepState.REFLECTED: _l("课后反思"),
    PrepState.ARCHIVED: _l("成果归档"),
}
PREP_STEPS = {
    PrepStep.ASK: _l("初稿好了，请大家提意见"),
    PrepStep.COMMENT: _l("看初稿，提意见"),
    PrepStep.CALL: _l("约集体研讨"),
    PrepStep.SHARE: _l("定为共案"),
    PrepStep.ADAPT: _l("改成我班的个案"),
    PrepStep.TEACH: _l("记下上课"),
    PrepStep.REFLECT: _l("写课后反思"),
    PrepStep.ARCHIVE: _l("归档为课例包"),
}
DUES = {
    "draft_due": _l("初稿"),
    "meeting_due": _l("集体研讨"),
    "shared_due": _l("共案"),
    "taught_due": _l("上课"),
    "reflection_due": _l("课后反思"),
}
CYCLE_STATES = {CycleState.OPEN: _l("进行中"), CycleState.CLOSED: _l("已结题"), CycleState.PUBLISHED: _l("已交成果")}
ROUND_STATES = {
    RoundState.PLANNED: _l("备课中"),
    RoundState.TAUGHT: _l("已上课，等研讨"),
    RoundState.DISCUSSING: _l("正在研讨"),
    RoundState.CONCLUDED: _l("研讨已结束"),
}
PHASES = {
    Phase.PAUSE: _l("静思 10 分钟"),
    Phase.INTENT: _l("授课教师先说"),
    Phase.EVIDENCE: _l("学生学习的证据"),
    Phase.ISSUES: _l("问题"),
    Phase.NEXT: _l("下一次怎么设计"),
}
PHASE_HINTS = {
    Phase.PAUSE: _l("各自整理听课记录，先不交谈。"),
    Phase.INTENT: _l("请授课教师说设计意图：想让学生学会什么，为什么这样安排。"),
    Phase.EVIDENCE: _l("只说看到、听到的学生的学习：哪一端、什么时候、做了什么。先不评价。"),
    Phase.ISSUES: _l("从证据里提出问题，不谈教师个人。"),
    Phase.NEXT: _l("下一次改哪个环节，因为哪一条证据。"),
}
GO_ON = {
    Phase.PAUSE: _l("请授课教师先说"),
    Phase.INTENT: _l("接下来说证据"),
    Phase.EVIDENCE: _l("接下来谈问题"),
    Phase.ISSUES: _l("接下来谈改进"),
    Phase.NEXT: _l("结束研讨"),
}
HOUR_PARTS = {
    HourPart.LEAD: _l("主备"),
    HourPart.TAUGHT: _l("授课"),
    HourPart.CODED: _l("观察并编码"),
    HourPart.OBSERVED: _l("观察"),
}
SIDES = {Side.CITY: _l("城里"), Side.VILLAGE: _l("村里")}
REPORT = {
    "background": _l("研究的由来"),
    "findings": _l("看到了什么"),
    "changes": _l("改了什么，为什么"),
    "conclusions": _l("结论和下一步"),
}
FIGURES = {
    "observers": _l("观察人数"),
    "minutes_planned": _l("计划时间"),
    "minutes_taught": _l("实际时间"),
    "rt_city": _l("城里教师行为占有率 Rt"),
    "rt_village": _l("村里教师行为占有率 Rt"),
    "village_share": _l("村端占比"),
    "rubric": _l("量表均分"),
}

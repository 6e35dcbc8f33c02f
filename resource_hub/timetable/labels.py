"""What the words of the timetable are called on pages; keys are the stored values."""

from datetime import date, datetime

from flask_babel import format_date
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from resource_hub.infra.features import hub
from resource_hub.timetable.schemas import CancelReason, ClockUsed, LessonKind, LessonState, PairingReason, Weeks

WEEKS = {Weeks.EVERY: _l("每周"), Weeks.ODD: _l("单周"), Weeks.EVEN: _l("双周")}
REASONS = {
    PairingReason.NO_TEACHER: _l("缺学科教师"),
    PairingReason.WEAK_SUBJECT: _l("薄弱学科"),
    PairingReason.EXCHANGE: _l("交流共研"),
    PairingReason.OTHER: _l("其他"),
}
CLOCKS = {ClockUsed.OWN: _l("各校用自己的作息"), ClockUsed.LEAD: _l("接收校这一节用主讲校的作息")}
KINDS = {
    LessonKind.DELIVERY: _l("专递课堂"),
    LessonKind.SYNC: _l("同步课堂"),
    LessonKind.MASTER: _l("名师课堂"),
    LessonKind.SCHOOL_ONLINE: _l("名校网络课堂"),
    LessonKind.RESEARCH_MEETING: _l("联合教研"),
    LessonKind.VENUE: _l("专用教室同堂异地"),
}
STATES = {
    LessonState.PLANNED: _l("待上"),
    LessonState.OPEN: _l("正在上课"),
    LessonState.ENDED: _l("已上完"),
    LessonState.CANCELLED: _l("停课"),
}
CANCEL_REASONS = {
    CancelReason.HOLIDAY: _l("放假"),
    CancelReason.WEATHER: _l("天气"),
    CancelReason.LINE: _l("断网"),
    CancelReason.ABSENCE: _l("教师请假"),
    CancelReason.EVENT: _l("学校活动"),
    CancelReason.OTHER: _l("其他"),
}
WEEKDAYS = {1: _l("周一"), 2: _l("周二"), 3: _l("周三"), 4: _l("周四"), 5: _l("周五"), 6: _l("周六"), 7: _l("周日")}
SHORT_DAY = _l("M月d日")


def short_day(day: date) -> str:
    """Return a day as 11月24日, in the reader's order."""
    return str(format_date(day, str(SHORT_DAY)))


def slot_words(weekday: int, period: int) -> str:
    """Return 周二第 3 节."""
    return _("%(weekday)s第 %(n)s 节", weekday=WEEKDAYS[weekday], n=period)


def when_words(day: date, period: int | None, starts_at: datetime) -> str:
    """Return 周二第 3 节 · 11月24日; the hour when the lesson has no period."""
    if period is None:
        return f"{WEEKDAYS[day.isoweekday()]} {local(starts_at)} · {short_day(day)}"
    return f"{slot_words(day.isoweekday(), period)} · {short_day(day)}"


def local(at: datetime) -> str:
    """Return the time of day of a moment in the district."""
    return f"{at.astimezone(hub().settings.zone):%H:%M}"

"""What rungs, the health of rooms and their stock are called on pages; keys are the stored values."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from resource_hub.kernel.errors import N_
from resource_hub.live.checks import CheckFacts, Echo, Health
from resource_hub.live.stocktaking import Standing

RUNGS = {
    "video720": _l("高清画面＋语音＋课件"),
    "video360": _l("清晰画面＋语音＋课件"),
    "video180": _l("小画面＋语音＋课件"),
    "still": _l("语音＋课件＋每 5 秒一张画面"),
    "audio24": _l("语音＋课件"),
    "audio16": _l("语音＋课件"),
    "audio12": _l("省流量语音＋课件"),
    "text": _l("只有课件和文字"),
}
HEALTH = {
    Health.WELL: (_l("正常"), "ok"),
    Health.FAIR: (_l("能上课，有不足"), "warn"),
    Health.POOR: (_l("上不了课"), "danger"),
    Health.UNKNOWN: (_l("还没有检查过"), ""),
}
STANDINGS = {
    Standing.NOTHING: ("", ""),
    Standing.PREPARING: (N_("课件还在处理"), "busy"),
    Standing.SILENT: (N_("教室还没有来取课件"), ""),
    Standing.CHANGED: (N_("课件改过，教室还没有取新的"), "warn"),
    Standing.READY: (N_("课件已到"), "ok"),
    Standing.FETCHING: (N_("正在取课件，还差 %(size)s"), "busy"),
    Standing.MISSING: (N_("课件还差 %(size)s"), "warn"),
    Standing.DISK_FULL: (N_("教室电脑磁盘满了，课件还差 %(size)s"), "danger"),
    Standing.UNSUPPORTED: (N_("教室电脑不能预存课件（需要 https），上课时现取"), "warn"),
}
"""With their tones; ``size`` is what the room lacks."""


def megabytes(count: int) -> str:
    """Return bytes as teachers read them, never rounded down to nothing."""
    return f"{max(0.1, count / 1_048_576):.1f} MB"


def lacking(check: CheckFacts) -> list[str]:
    """Return what a check found wanting, in words."""
    found = []
    if not check.camera:
        found.append(_("摄像头没有画面"))
    if not check.mic:
        found.append(_("话筒没有声音"))
    if check.echo is Echo.SOME:
        found.append(_("有一点回声"))
    if check.echo is Echo.BAD:
        found.append(_("回声很大"))
    if check.relay is False:
        found.append(_("备用线路不通"))
    return found

"""What rungs and the health of rooms are called on pages; keys are the stored values."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from resource_hub.live.checks import CheckFacts, Echo, Health

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

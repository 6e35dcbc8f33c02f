"""What the timetable mounts."""

from flask_babel import lazy_gettext as _l

from resource_hub.infra.features import Desk, Feature, NoticeKind, Permission
from resource_hub.people.events import PersonLeft
from resource_hub.timetable import access, feed_views, meeting_views, pairing_views, service, subject_views, views
from resource_hub.timetable.cards import lesson_cards, pairing_cards
from resource_hub.timetable.service import notices


def _end_feeds(event: PersonLeft) -> None:
    service.revoke_feeds_of(event.person_id)


FEATURE = Feature(
    name="timetable",
    blueprints=(views.blueprint, feed_views.blueprint, pairing_views.blueprint, subject_views.blueprint, meeting_views.blueprint),
    permissions=(
        Permission("timetable.read", "查看课表（自己的、同一教共体各校的或全区的），订阅到日历"),
        Permission("timetable.change", "给一节课定课题和课例包、停课、找人代课（自己主讲的课；可排课的人不限）"),
        Permission("timetable.meet", "发起联合教研（所在教共体的教师）"),
        Permission("timetable.arrange", "结对、调课，登记本校开设的学科（牵头校可为教共体各校结对）", access.ARRANGERS),
    ),
    subscribers={PersonLeft: (_end_feeds,)},
    desks=(
        Desk(_l("结对与课表"), _l("哪些班一起上课，什么时候上"), "/admin/pairings", "today", ("timetable.arrange",)),
        Desk(_l("开不齐清单"), _l("哪些班缺学科教师，可以和谁结对"), "/admin/pairings/gaps", "warn", ("timetable.arrange",)),
    ),
    cards={"lesson": lesson_cards, "pairing": pairing_cards},
    notices=(
        NoticeKind(notices.SUBSTITUTE, _l("请您代课：%(title)s（%(when)s）")),
        NoticeKind(notices.SUBSTITUTED, _l("这节课由 %(who)s 代您上：%(title)s（%(when)s）")),
        NoticeKind(notices.CANCELLED, _l("停课：%(title)s（%(when)s）")),
        NoticeKind(notices.RESTORED, _l("恢复上课：%(title)s（%(when)s）")),
        NoticeKind(notices.MEETING, _l("请参加联合教研：%(about)s（%(when)s）")),
        NoticeKind(notices.MOVED, _l("调课：%(title)s，原定 %(when)s，改到 %(moved_to)s")),
    ),
)

"""What study mounts: its pages, who may take part, what members are told, and its ways into calendar, observation and meetings."""

from flask_babel import lazy_gettext as _l

from resource_hub.infra.features import Feature, NoticeKind, Permission
from resource_hub.infra.jobs import JobKind
from resource_hub.observation.access import circle_by
from resource_hub.study import access, closing_views, cycle_views, jobs, service, views
from resource_hub.study.cards import cycle_cards, task_cards
from resource_hub.study.days import days_of
from resource_hub.timetable.events import LessonEnded
from resource_hub.timetable.service import days_by

circle_by(access.cycles_of)
days_by(days_of)


def _teach_rounds(event: LessonEnded) -> None:
    service.lesson_ended(event.lesson_id)


FEATURE = Feature(
    name="study",
    blueprints=(views.blueprint, cycle_views.blueprint, closing_views.blueprint),
    permissions=(Permission("study.take_part", "集体备课和课例研究：发起、参加（只看得到自己参加的）"),),
    subscribers={LessonEnded: (_teach_rounds,)},
    cards={"prep_task": task_cards, "study_cycle": cycle_cards},
    jobs=(JobKind("study.remind", "light", jobs.remind),),
    sweeps={"study.remind": 3600.0},
    notices=(
        NoticeKind(service.COMMENT, _l("《%(title)s》的初稿好了，请提意见")),
        NoticeKind(service.ADAPT, _l("《%(title)s》的共案定了，可以改成自己的个案")),
        NoticeKind(service.DUE, _l("备课任务快到日子了：%(title)s")),
        NoticeKind(service.TAKE_PART, _l("请您参加课例研究：%(title)s")),
        NoticeKind(service.OBSERVE, _l("请您观察一节课：%(title)s")),
    ),
    panels={"lesson": views.lesson_panel, "meeting": views.meeting_papers},
)

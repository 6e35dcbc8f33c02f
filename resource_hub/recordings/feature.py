"""What recordings mount; they guard the beginning of a recording in a lesson, and add what happened there to search."""

from flask_babel import lazy_gettext as _l

from resource_hub.infra.features import Feature, NoticeKind, Permission
from resource_hub.infra.jobs import JobKind
from resource_hub.live.access import guard_by
from resource_hub.media.events import AssetChanged, AssetJoined
from resource_hub.media.service import films_by, moments_by
from resource_hub.recordings import api, films, jobs, pages, queries, service, views
from resource_hub.recordings.service import joining, keeping
from resource_hub.timetable.events import LessonEnded

guard_by("record:start", service.check_start)
moments_by(queries.moments_of_assets)
films_by(films.script_of)


def _join_lesson(event: LessonEnded) -> None:
    """Most recordings are complete when the lesson ends; the others are joined when their rest is in."""
    service.join_lesson(event.lesson_id)


FEATURE = Feature(
    name="recordings",
    blueprints=(views.blueprint, api.blueprint),
    permissions=(
        Permission("recordings.record", "录制自己主讲的同步课（要有告知书或说明），管理自己的录像"),
        Permission("recordings.view", "观看有权查看的课堂录像"),
    ),
    subscribers={LessonEnded: (_join_lesson,), AssetChanged: (service.follow_asset,), AssetJoined: (service.take_joined,)},
    cards={"recording": pages.cards},
    notices=(
        NoticeKind(joining.READY, _l("%(title)s可以看了，存为草稿，只有您能看")),
        NoticeKind(keeping.ENDING, _l("%(title)s没有提交，%(day)s 将自动删除；需要时请再保留 30 天"), is_task=True),
    ),
    panels={"lesson": views.lesson_panel, "resource": views.resource_panel},
    jobs=(
        JobKind("recordings.join_left", "light", jobs.join_left),
        JobKind("recordings.retire", "light", jobs.retire),
        JobKind("recordings.thin", "light", jobs.thin),
    ),
    sweeps={"recordings.join_left": 900.0, "recordings.retire": 3600.0, "recordings.thin": 86_400.0},
)

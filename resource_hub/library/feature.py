"""What the library mounts."""

from flask_babel import lazy_gettext as _l

from resource_hub.curriculum.events import PlacesMapped
from resource_hub.infra.features import Desk, Feature, NoticeKind, Permission
from resource_hub.infra.jobs import JobKind
from resource_hub.kernel.errors import N_
from resource_hub.kernel.viewer import DISTRICT_STAFF, SCHOOL_REVIEWERS, SHARERS, Role
from resource_hub.library import access, api, badges, documents, jobs, lineage_api, lineage_views, plan_views, reuse, service, views
from resource_hub.library.cards import badge_cards, complaint_cards, resource_cards
from resource_hub.library.events import ResourceChanged, VersionPublished
from resource_hub.library.service import forks, notices
from resource_hub.media.access import admit_by
from resource_hub.media.events import AssetChanged, ConsentExpired, ConsentWithdrawn
from resource_hub.media.service import prompt_by
from resource_hub.people.events import PersonLeft
from resource_hub.schools.events import MembershipChanged

admit_by(access.admits_to_asset)
admit_by(badges.admits_to_proof)
prompt_by(documents.terms_of_asset)


def _keep_works_of(event: PersonLeft) -> None:
    """Published work of a leaver stays; what was not published goes with the person."""
    service.move_drafts_of(event.person_id)


def _hide_withdrawn(event: ConsentWithdrawn) -> None:
    service.hide_recordings(event.asset_ids, N_("有家长撤回了录像的同意，录像不再展示。"))


def _hide_expired(event: ConsentExpired) -> None:
    service.hide_recordings(event.asset_ids, N_("录像的家长告知书已到期，录像不再展示。"))


FEATURE = Feature(
    name="library",
    blueprints=(api.blueprint, views.blueprint, lineage_api.blueprint, lineage_views.blueprint, plan_views.blueprint),
    permissions=(
        Permission("library.read", "查找、查看、下载有权查看的资源"),
        Permission("library.share", "上传资源，提交校审，管理自己的资源", SHARERS),
        Permission("library.withdraw", "下架资源（自己的、本校的或全区的）", SHARERS | {Role.DISTRICT_ADMIN}),
        Permission("library.review", "退回送审的资源（限本校、本学科或全区）", SCHOOL_REVIEWERS | DISTRICT_STAFF),
        Permission("library.review_school", "校审通过（限本校、本学科，不能审自己的）", SCHOOL_REVIEWERS),
        Permission("library.review_district", "区审通过（限本学科，不能审自己的）", DISTRICT_STAFF),
        Permission("library.verify", "核实作品的获奖（限本学科或全区，不能核实自己的）", DISTRICT_STAFF),
        Permission("library.adopt", "为本校或所在教共体采用资源", reuse.ADOPTERS),
    ),
    documents=(documents.SOURCE,),
    labels=documents.LABELS,
    subscribers={
        ResourceChanged: (documents.touch, forks.keep_licence),
        VersionPublished: (forks.tell_forks,),
        AssetChanged: (documents.touch_holders, service.keep_print),
        MembershipChanged: (documents.touch_school,),
        PlacesMapped: (documents.touch_places,),
        PersonLeft: (_keep_works_of,),
        ConsentWithdrawn: (_hide_withdrawn,),
        ConsentExpired: (_hide_expired,),
    },
    desks=(Desk(_l("获奖核实"), _l("教师为作品登记的获奖，核实后显示"), "/badges", "check", ("library.verify",)),),
    cards={"resource": resource_cards, "complaint": complaint_cards, "badge": badge_cards},
    jobs=(JobKind("library.deadlines", "light", jobs.escalate),),
    sweeps={"library.deadlines": 600},
    notices=(
        NoticeKind(notices.REVIEW, _l("《%(title)s》等您审核"), is_task=True),
        NoticeKind(notices.OVERDUE, _l("《%(title)s》过了审核期限还没有人审"), is_task=True),
        NoticeKind(notices.RETURNED, _l("《%(title)s》审核退回：%(reason)s"), is_task=True),
        NoticeKind(notices.PUBLISHED, _l("《%(title)s》审核通过，同事可以看到了")),
        NoticeKind(notices.WITHDRAWN, _l("《%(title)s》已下架：%(reason)s")),
        NoticeKind(notices.COMPLAINT, _l("请在一天内处理：%(title)s"), is_task=True),
        NoticeKind(notices.ANSWERED, _l("您的投诉有了答复：%(title)s")),
        NoticeKind(notices.BADGE, _l("请核实获奖：%(title)s"), is_task=True),
        NoticeKind(notices.BADGE_VERIFIED, _l("获奖已核实：%(title)s")),
        NoticeKind(notices.BADGE_REFUSED, _l("获奖没有通过核实：%(title)s，%(reason)s")),
        NoticeKind(notices.COMMENT, _l("%(who)s 评论了《%(title)s》")),
        NoticeKind(notices.COMMENT_ANSWERED, _l("%(who)s 回复了您在《%(title)s》的评论")),
        NoticeKind(forks.ORIGIN_CHANGED, _l("「%(title)s」的原作有新版本（第%(version)s版）")),
    ),
)

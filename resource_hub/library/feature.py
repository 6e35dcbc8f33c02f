"""What the library mounts."""

from resource_hub.curriculum.events import PlacesMapped
from resource_hub.infra.features import Feature, Permission
from resource_hub.kernel.viewer import DISTRICT_STAFF, SCHOOL_REVIEWERS, SHARERS, Role
from resource_hub.library import access, api, documents, service, views
from resource_hub.library.cards import resource_cards
from resource_hub.library.events import ResourceChanged
from resource_hub.media.access import admit_by
from resource_hub.media.events import AssetChanged
from resource_hub.people.events import PersonLeft
from resource_hub.schools.events import MembershipChanged

admit_by(access.admits_to_asset)


def _keep_works_of(event: PersonLeft) -> None:
    """Published work of a leaver stays; what was not published goes with the person."""
    service.move_drafts_of(event.person_id)


FEATURE = Feature(
    name="library",
    blueprints=(api.blueprint, views.blueprint),
    permissions=(
        Permission("library.read", "查找、查看、下载有权查看的资源"),
        Permission("library.share", "上传资源,提交校审,管理自己的资源", SHARERS),
        Permission("library.withdraw", "下架资源(自己的、本校的或全区的)", SHARERS | {Role.DISTRICT_ADMIN}),
        Permission("library.review", "退回送审的资源(限本校、本学科或全区)", SCHOOL_REVIEWERS | DISTRICT_STAFF),
        Permission("library.review_school", "校审通过(限本校、本学科,不能审自己的)", SCHOOL_REVIEWERS),
        Permission("library.review_district", "区审通过(限本学科,不能审自己的)", DISTRICT_STAFF),
    ),
    documents=(documents.SOURCE,),
    labels=documents.LABELS,
    subscribers={
        ResourceChanged: (documents.touch,),
        AssetChanged: (documents.touch_holders,),
        MembershipChanged: (documents.touch_school,),
        PlacesMapped: (documents.touch_places,),
        PersonLeft: (_keep_works_of,),
    },
    cards={"resource": resource_cards},
)

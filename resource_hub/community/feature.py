"""What communities mount: their administration pages, and a card, so that any page can name one."""

from collections.abc import Mapping, Sequence

from flask_babel import lazy_gettext as _l

from resource_hub.community import queries, views
from resource_hub.infra.features import Card, Desk, Feature, Permission
from resource_hub.kernel.viewer import Role, Viewer
from resource_hub.schools.access import READERS


def _cards(_viewer: Viewer, ids: Sequence[str]) -> Mapping[str, Card]:
    return {ident: Card(title=name, url="") for ident, name in queries.community_names(ids).items()}


FEATURE = Feature(
    name="community",
    blueprints=(views.blueprint,),
    permissions=(
        Permission("community.read", "查看教共体和成员校", READERS),
        Permission("community.manage", "建立教共体，让学校加入和退出", frozenset({Role.DISTRICT_ADMIN})),
    ),
    desks=(Desk(_l("教共体"), _l("教共体和它们的成员校"), "/admin/communities", "link", ("community.read",)),),
    cards={"community": _cards},
)

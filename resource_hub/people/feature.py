"""What people mount: their doors, their rights, and who a request comes from."""

from collections.abc import Mapping, Sequence

from flask_babel import lazy_gettext as _l

from resource_hub.infra.features import Card, Desk, Feature, Permission
from resource_hub.kernel.viewer import Viewer
from resource_hub.people import admin, api, queries, rules, terminals, trail, views
from resource_hub.people.identify import identify


def _cards(_viewer: Viewer, ids: Sequence[str]) -> Mapping[str, Card]:
    return {card.id: Card(title=card.name, url="", note=card.school) for card in queries.person_names(ids).values()}


def _terminal_cards(_viewer: Viewer, ids: Sequence[str]) -> Mapping[str, Card]:
    return {ident: Card(title=room, url="") for ident, room in queries.terminal_names(ids).items()}


FEATURE = Feature(
    name="people",
    blueprints=(views.blueprint, admin.blueprint, terminals.blueprint, trail.blueprint, api.blueprint),
    permissions=(
        Permission("people.self", "管理自己的账号、密码和登录"),
        Permission("people.manage", "管理本校（或全区）人员：名册、职责、重设密码、离岗", rules.MANAGERS),
        Permission("people.terminals", "登记、停用本校（或全区）的班级终端", rules.MANAGERS),
    ),
    desks=(
        Desk(_l("人员"), _l("名册、职责、重设密码、离岗"), "/admin/people", "people", ("people.manage",)),
        Desk(_l("审计"), _l("谁在什么时候做了什么"), "/admin/audit", "check", ("audit.read",)),
    ),
    cards={"person": _cards, "terminal": _terminal_cards},
    identify=identify,
)

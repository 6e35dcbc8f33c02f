"""Who may do what: the table of roles and permissions as it was decided, and every route asked as every role.

The table is written by hand. A role that gains or loses a right changes it here, in the open.
"""

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from resource_hub.infra import unit
from resource_hub.infra.web.doors import PUBLIC
from resource_hub.kernel.viewer import Role
from resource_hub.people import service
from tests.people.standing import PASSWORD, Town, add_person

pytestmark = [pytest.mark.slow, pytest.mark.parametrize("database", ["sqlite"], indirect=True)]

ADULTS = frozenset(Role) - {Role.CLASS_TERMINAL}
DISTRICT = frozenset({Role.DISTRICT_ADMIN, Role.DISTRICT_LEADER, Role.RESEARCHER, Role.INSPECTOR, Role.AUDITOR})
SHARING = ADULTS - DISTRICT
MANAGERS = frozenset({Role.DISTRICT_ADMIN, Role.PRINCIPAL, Role.DEAN})
SCHOOL_REVIEWERS = frozenset({Role.GROUP_HEAD, Role.DEAN, Role.PRINCIPAL})
DISTRICT_REVIEWERS = frozenset({Role.RESEARCHER, Role.DISTRICT_ADMIN})
ONLY_ADMIN = frozenset({Role.DISTRICT_ADMIN})

TABLE: dict[str, frozenset[Role]] = {
    "system.desks": ADULTS,
    "system.watch": ONLY_ADMIN | {Role.TECH},
    "audit.read": ONLY_ADMIN | {Role.AUDITOR},
    "schools.calendar": ADULTS,
    "inbox.read": ADULTS,
    "media.consent": frozenset({Role.PRIVACY_OFFICER, Role.PRINCIPAL, Role.DEAN, Role.HEAD_TEACHER}),
    "schools.read": DISTRICT | {Role.PRINCIPAL, Role.DEAN},
    "schools.manage": ONLY_ADMIN,
    "schools.classes": MANAGERS,
    "community.read": DISTRICT | {Role.PRINCIPAL, Role.DEAN},
    "community.manage": ONLY_ADMIN,
    "people.self": ADULTS,
    "people.manage": MANAGERS,
    "people.terminals": MANAGERS,
    "curriculum.read": ADULTS,
    "search.read": ADULTS,
    "search.tend": DISTRICT_REVIEWERS,
    "search.weigh": ONLY_ADMIN,
    "media.upload": SHARING,
    "media.view": ADULTS,
    "library.read": ADULTS,
    "library.share": SHARING,
    "library.withdraw": SHARING | ONLY_ADMIN,
    "library.review": SCHOOL_REVIEWERS | DISTRICT_REVIEWERS,
    "library.review_school": SCHOOL_REVIEWERS,
    "library.adopt": SCHOOL_REVIEWERS,
    "library.review_district": DISTRICT_REVIEWERS,
    "library.verify": DISTRICT_REVIEWERS,
    "recordings.record": ADULTS,
    "recordings.view": ADULTS,
    "openings.manage": ONLY_ADMIN,
    "timetable.read": ADULTS,
    "timetable.change": ADULTS,
    "timetable.meet": ADULTS,
    "timetable.arrange": MANAGERS,
    "plans.write": ADULTS,
    "live.join": ADULTS | {Role.CLASS_TERMINAL},
    "live.count": DISTRICT - {Role.AUDITOR} | {Role.PRINCIPAL, Role.DEAN},
    "live.room": frozenset({Role.CLASS_TERMINAL}),
    "live.tend": MANAGERS | {Role.TECH},
    "observe.keep": ADULTS,
    "observe.rubrics": DISTRICT_REVIEWERS,
    "study.take_part": ADULTS,
}


def test_the_table_is_what_features_declare(app: Flask) -> None:
    declared = app.extensions["resource_hub"].permissions
    held = {name: frozenset(role for role in Role if _admits(permission, role)) for name, permission in declared.items()}
    assert held == TABLE


def test_every_route_admits_exactly_the_roles_of_the_table(town: Town) -> None:
    wrong = []
    visitors = {role: headers_of(town, role) for role in sorted(ADULTS)}
    for rule, method, permission in sorted(routes(town.app), key=_is_last):
        path = re.sub(r"<[^>]+>", "nothing", rule.rule)
        for role, headers in visitors.items():
            answer = ask(town.app.test_client(), method, path, headers)
            if (answer == 403) != (role not in TABLE[permission]):
                wrong.append(f"{method} {rule.rule} as {role}: {answer}")
    assert not wrong, "\n".join(wrong)


def test_the_device_of_a_room_may_ask_for_nothing_but_its_lessons(town: Town) -> None:
    with town.app.app_context(), unit.write():
        code = service.add_terminal(town.schools["A3"], "三年级教室").code
        token = service.enter_terminal(code, service.Client("board", "127.0.0.1")).token
    headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
    for rule, method, permission in routes(town.app):
        path = re.sub(r"<[^>]+>", "nothing", rule.rule)
        expected = 303 if path == "/" else {"live.join": 404, "live.room": 200}.get(permission, 403)
        assert ask(town.app.test_client(), method, path, headers) == expected, f"{method} {rule.rule}"


def test_strangers_are_sent_to_the_door(town: Town) -> None:
    for rule, method, _permission in routes(town.app):
        path = re.sub(r"<[^>]+>", "nothing", rule.rule)
        assert ask(town.app.test_client(), method, path, {"Accept": "application/json"}) == 401, f"{method} {rule.rule}"


def routes(app: Flask) -> Iterator[tuple[Rule, str, str]]:
    """Yield every route that asks for a permission, by method."""
    for rule in app.url_map.iter_rules():
        permission = app.view_functions[rule.endpoint].permission  # type: ignore[attr-defined]  # set by the doors
        if permission != PUBLIC:
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                yield rule, method, permission


def _is_last(route: tuple[Rule, str, str]) -> bool:
    """The token that was used ends here, so it is asked last."""
    return route[0].rule.endswith("/tokens/current")


def ask(client: FlaskClient, method: str, path: str, headers: dict[str, str]) -> int:
    """Ask with nothing in hand: what is admitted finds nothing, or misses its fields."""
    return client.open(path, method=method, headers=headers, json=None if method == "GET" else {}).status_code


def headers_of(town: Town, role: Role) -> dict[str, str]:
    """Return the headers of somebody who holds this role alone."""
    with town.app.app_context(), unit.write():
        add_person(town, f"only.{role.value}", role.value, None if role in DISTRICT else "A1", role, 900 + list(Role).index(role))
    given = {"account": f"only.{role.value}", "password": PASSWORD}
    reply = town.app.test_client().post("/api/v1/tokens", json=given)
    assert reply.status_code == 200, reply.json
    return {"Authorization": f"Bearer {reply.json['data']['token']}", "Accept": "application/json"}


def _admits(permission: object, role: Role) -> bool:
    roles, terminals = permission.roles, permission.terminals  # type: ignore[attr-defined]  # a Permission
    if role is Role.CLASS_TERMINAL:
        return bool(terminals)
    return not roles or role in roles

"""Class terminals: a room's device signs in by itself and holds nobody's rights."""

import pytest

from resource_hub.infra import unit
from resource_hub.infra.web.csrf import SESSION_COOKIE
from resource_hub.kernel.errors import NotFound
from resource_hub.kernel.viewer import Role
from resource_hub.people import queries, service
from tests.people.standing import Town

pytestmark = pytest.mark.slow


def test_a_bound_device_is_its_room_and_opens_nothing_personal(town: Town) -> None:
    with town.app.app_context():
        with unit.write():
            opened = service.bind_terminal(town.schools["A3"], "一年级教室", by=town.viewer("minjie"))
        with unit.read():
            found = queries.signed_in(opened.token)
    assert found is not None
    viewer = found.viewer
    assert viewer.is_terminal
    assert (viewer.name, viewer.school_id) == ("一年级教室", town.schools["A3"])
    assert viewer.community_ids == {town.communities["A"]}
    assert viewer.has_role(Role.CLASS_TERMINAL)
    assert viewer.scopes == frozenset()
    client = town.app.test_client()
    client.set_cookie(SESSION_COOKIE, opened.token)
    assert client.get("/account").status_code == 403
    assert client.get("/admin/people").status_code == 403

    with town.app.app_context():
        with unit.write():
            service.release_terminal(viewer.person_id)
        with unit.read():
            assert queries.signed_in(opened.token) is None


def test_a_dean_binds_devices_of_the_own_school_only(town: Town) -> None:
    with town.app.app_context():
        with pytest.raises(NotFound), unit.write():
            service.bind_terminal(town.schools["B1"], "101", by=town.viewer("qiulan"))
        with unit.write():
            assert service.bind_terminal(town.schools["A1"], "101", by=town.viewer("qiulan")).token

"""Whom a duty lets into a lesson: it holds in its own schools, community by community."""

import pytest

from resource_hub.community import queries as communities
from resource_hub.infra import unit
from resource_hub.kernel.errors import NotFound
from resource_hub.kernel.viewer import Grant, Role, ScopeKind, Viewer
from resource_hub.live.access import seat_for
from resource_hub.schools import queries as schools
from resource_hub.timetable import queries as timetable
from tests.live.standing import plan
from tests.people_of_a_district import District

pytestmark = pytest.mark.slow


def somebody(role: Role, scope: ScopeKind, scope_id: str) -> Viewer:
    return Viewer("per_far", "远", "sch_far", frozenset(), (Grant(role, scope, scope_id),))


def test_a_technician_comes_into_lessons_of_their_own_schools_only(district: District) -> None:
    (lesson,) = plan(district.app)
    with district.app.app_context(), unit.read():
        found = timetable.lesson(lesson)
        assert found
        other = next(one for one in communities.communities() if not set(one.school_ids) & set(found.school_ids))
        far = next(one.id for one in schools.schools() if one.id not in found.school_ids)
        for scope, own, foreign in (
            (ScopeKind.COMMUNITY, found.community_id, other.id),
            (ScopeKind.SCHOOL, found.sites[1].school_id, far),
        ):
            assert str(seat_for(somebody(Role.TECH, scope, own), lesson)) == "tech"
            with pytest.raises(NotFound):
                seat_for(somebody(Role.TECH, scope, foreign), lesson)


def test_who_inspects_another_community_does_not_learn_of_the_lesson(district: District) -> None:
    (lesson,) = plan(district.app)
    with district.app.app_context(), unit.read():
        found = timetable.lesson(lesson)
        assert found
        other = next(one for one in communities.communities() if not set(one.school_ids) & set(found.school_ids))
        with pytest.raises(NotFound):
            seat_for(somebody(Role.INSPECTOR, ScopeKind.COMMUNITY, other.id), lesson)

"""Communities: their schools on a day, and what membership gives the people of a school."""

from datetime import date, timedelta

import pytest

from resource_hub.community import queries, service
from resource_hub.community.schemas import CommunityModel
from resource_hub.infra import unit
from resource_hub.infra.features import hub
from resource_hub.kernel.errors import NotFound
from resource_hub.kernel.refs import Ref
from resource_hub.schools import queries as schools
from tests.people.standing import Town

pytestmark = pytest.mark.slow


def test_a_community_has_its_lead_school_first_and_is_made_once(town: Town) -> None:
    with town.app.app_context(), unit.write():
        again = service.add_community(
            code="A", name="另名", model=CommunityModel.MERGED, lead_school_id=town.schools["B1"], starts_on=date(2025, 1, 1)
        )
        assert again == town.communities["A"]
        found = {community.code: set(community.school_ids) for community in queries.communities()}
    assert found == {"A": {town.schools["A1"], town.schools["A3"]}, "B": {town.schools["B1"], town.schools["B4"]}}


def test_people_belong_to_the_communities_of_their_school_from_day_to_day(town: Town) -> None:
    a, b, school = town.communities["A"], town.communities["B"], town.schools["A3"]
    with town.app.app_context():
        with unit.write():
            today = schools.today()
            service.add_member(b, school, since=today + timedelta(days=1))
            service.end_member(a, school, until=today + timedelta(days=2))
            service.add_member(b, school, since=today)
        with unit.read():
            assert town.viewer("wuyoutian").community_ids == {a}
            days = [schools.communities_of_school(school, today + timedelta(days=n)) for n in range(3)]
            assert days == [{a}, {a, b}, {b}]
            assert schools.communities_of_schools([school, town.schools["B1"]])[town.schools["B1"]] == {b}


def test_a_school_or_community_that_is_not_there_is_refused(town: Town) -> None:
    with town.app.app_context():
        for community, school in ((town.communities["A"], "sch_x"), ("com_x", town.schools["A1"])):
            with pytest.raises(NotFound), unit.write():
                service.add_member(community, school, since=date(2025, 1, 1))


def test_any_page_can_name_a_community_and_a_person(town: Town) -> None:
    with town.app.app_context(), unit.read():
        viewer = town.viewer("qiulan")
        community = hub().card(viewer, Ref("community", town.communities["A"]))
        person = hub().card(viewer, Ref("person", town.people["linxiaoyun"]))
    assert community is not None
    assert person is not None
    assert (community.title, person.title, person.note) == ("A 教共体", "林晓云", "青岚区实验小学")

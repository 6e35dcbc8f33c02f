"""Lessons of the demo's village teachers stand at the works that they were taught with, once."""

import pytest

from resource_hub.cli.demo import taught
from resource_hub.infra import unit
from resource_hub.library import lineage
from resource_hub.library.schemas import Review
from tests.library.works import Works
from tests.people_of_a_district import District

pytestmark = [pytest.mark.slow, pytest.mark.parametrize("database", ["sqlite"], indirect=True)]


def test_lessons_and_adoptions_are_there_once_however_often_they_are_seeded(district: District) -> None:
    works = Works(district)
    made = {26: works.make("linxiaoyun", "色彩", Review.DISTRICT_PUBLISHED), 1: works.make("maxiao", "分一分", Review.DISTRICT_PUBLISHED)}
    with district.app.app_context():
        for _ in range(2):
            taught.teach(made)
        with unit.read():
            facts, adopted = lineage.use_facts(list(made.values())), lineage.adopted(list(made.values()))
    assert [(facts[made[number]].uses, facts[made[number]].village_schools) for number in (26, 1)] == [(2, 2), (1, 1)]
    assert [adopted[made[number]].by_village for number in (26, 1)] == [True, False]

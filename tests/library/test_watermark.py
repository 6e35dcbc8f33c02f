"""Who reads stands over what is not free for everybody, where the district wants it."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from resource_hub.infra import unit
from resource_hub.kernel import clock
from resource_hub.library import pages, queries
from resource_hub.library.schemas import Licence, Review
from tests.library.works import Works

pytestmark = pytest.mark.slow
AUTHOR, VILLAGER = "linxiaoyun", "wuyoutian"


def mark(works: Works, account: str, resource_id: str) -> str:
    reader = works.viewer(account)
    with works.district.app.test_request_context(), unit.read():
        shown = pages.resource_page(reader, queries.resource_view(reader, resource_id))
    return str(shown["resource"]["watermark"])


def test_readers_see_their_own_name_over_works_that_stay_in_the_district(works: Works) -> None:
    clock.start_at(datetime(2026, 11, 24, tzinfo=UTC))
    made = {x: works.make(AUTHOR, f"色彩 {x}", Review.DISTRICT_PUBLISHED, x) for x in (Licence.L2, Licence.L3, Licence.L4, Licence.L5)}
    assert {mark(works, VILLAGER, ident) for ident in made.values()} == {""}, "off unless it is asked for"
    hub = works.district.app.extensions["resource_hub"]
    hub.settings = replace(hub.settings, watermark="1")
    shown = {licence: mark(works, VILLAGER, ident) for licence, ident in made.items()}
    named = "吴有田 · 石桥村小学 · 2026-11-24"
    assert shown == {Licence.L2: named, Licence.L3: named, Licence.L4: "", Licence.L5: ""}
    assert mark(works, AUTHOR, made[Licence.L3]) == ""

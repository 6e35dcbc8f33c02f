"""A person's feed address: what it shows, and how it ends."""

import re

import pytest
from lxml import etree

from resource_hub.infra import unit
from resource_hub.library.schemas import Licence, Review
from resource_hub.people import service as people
from tests.library.works import ART, Works

pytestmark = pytest.mark.slow

ATOM = "{http://www.w3.org/2005/Atom}"


def make_address(works: Works, account: str) -> str:
    head = works.district.as_(account)
    answer = works.district.client.post("/account/feed", headers=head)
    assert answer.status_code == 200
    found = re.search(r"/feeds/new\.atom\?key=[\w-]+", answer.text)
    assert found
    return found[0]


def read(works: Works, address: str) -> tuple[int, list[str]]:
    """Ask as a feed reader does, signed in as nobody."""
    answer = works.district.app.test_client(use_cookies=False).get(address)
    entries = etree.fromstring(answer.data).findall(f"{ATOM}entry") if answer.status_code == 200 else []
    return answer.status_code, [str(entry.findtext(f"{ATOM}title")) for entry in entries]


def test_a_feed_lists_what_is_published_in_the_district_and_nothing_else(works: Works) -> None:
    works.make("linxiaoyun", "全区 <b>&", Review.DISTRICT_PUBLISHED, Licence.L3, ART)
    works.make("linxiaoyun", "校内", Review.SCHOOL_PUBLISHED, Licence.L5)
    works.make("linxiaoyun", "教共体", Review.DISTRICT_PUBLISHED, Licence.L2)
    gone = works.make("linxiaoyun", "下架", Review.DISTRICT_PUBLISHED)
    assert works.step("linxiaoyun", gone, "withdrawal", reason="有错") == 200
    assert read(works, make_address(works, "linxiaoyun")) == (200, ["全区 <b>&"])


def test_a_feed_has_all_that_atom_demands(works: Works) -> None:
    made = works.make("linxiaoyun", "全区", Review.DISTRICT_PUBLISHED, Licence.L4, ART)
    feed = etree.fromstring(works.district.client.get(make_address(works, "linxiaoyun")).data)
    for name in ("id", "title", "updated"):
        assert feed.findtext(f"{ATOM}{name}")
    (entry,) = feed.findall(f"{ATOM}entry")
    for name in ("id", "title", "updated", "summary", "rights"):
        assert entry.findtext(f"{ATOM}{name}"), name
    link = entry.find(f"{ATOM}link")
    assert link is not None
    assert link.get("href", "").endswith(f"/resources/{made}")
    assert entry.findtext(f"{ATOM}author/{ATOM}name") == "林晓云"


def test_a_new_address_ends_the_old_one_and_a_made_up_key_opens_nothing(works: Works) -> None:
    old = make_address(works, "linxiaoyun")
    new = make_address(works, "linxiaoyun")
    assert [read(works, address)[0] for address in (old, new, "/feeds/new.atom?key=x", "/feeds/new.atom")] == [404, 200, 404, 404]
    assert works.district.client.post("/account/feed/end", headers=works.district.as_("linxiaoyun")).status_code == 303
    assert read(works, new)[0] == 404


def test_the_address_of_a_closed_account_opens_nothing(works: Works) -> None:
    address = make_address(works, "linxiaoyun")
    assert read(works, address)[0] == 200
    person, admin = works.viewer("linxiaoyun").person_id, works.viewer("minjie")
    with works.district.app.app_context(), unit.write():
        people.close_account(person, by=admin)
    assert read(works, address)[0] == 404

"""Harvested by an outside client over HTTP: what is offered to whom, in pages, and what is told of its end."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import requests
from lxml import etree
from sickle import Sickle
from sickle.oaiexceptions import BadArgument, BadResumptionToken, CannotDisseminateFormat, IdDoesNotExist, NoRecordsMatch

from resource_hub.infra import unit
from resource_hub.infra.db import db
from resource_hub.kernel import clock
from resource_hub.kernel.settings import Settings
from resource_hub.library.models import Resource
from resource_hub.library.schemas import Licence, Review
from resource_hub.library.service.changes import tell_change
from resource_hub.openings import oai, queries, service
from tests.library.works import ART, MATHS, Works
from tests.openings.conftest import Served
from tests.openings.test_lom import PROFILE

pytestmark = pytest.mark.slow

PUBLISHED = Review.DISTRICT_PUBLISHED
OAI = {"o": oai.OAI}


@pytest.fixture
def token(works: Works) -> str:
    """A harvesting token as the administrator makes it."""
    return make_token(works)


def make_token(works: Works) -> str:
    admin = works.viewer("minjie")
    with works.district.app.app_context(), unit.write():
        return service.make_token(admin, "省平台")


def harvester(served: Served, token: str | None = None) -> Sickle:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return Sickle(f"{served.address}/oai", headers=headers)


def settle(minutes: float = 2) -> None:
    """Let that much time pass, so that what was written is shown."""
    clock.start_at(clock.now() + timedelta(minutes=minutes))


def titles(client: Sickle, **asked: Any) -> set[str]:
    records = client.ListRecords(metadataPrefix="oai_dc", ignore_deleted=True, **asked)
    return {record.metadata["title"][0] for record in records}


def ids(records: Iterator[Any]) -> dict[str, bool]:
    """Return id → is it deleted."""
    return {header.identifier.rpartition(":")[2]: header.deleted for header in records}


def set_state(works: Works, resource_id: str, **values: object) -> None:
    with works.district.app.app_context(), unit.write():
        row = db.session.get_one(Resource, resource_id)
        for name, value in values.items():
            setattr(row, name, value)
        tell_change(row)


def test_strangers_harvest_open_works_and_a_token_opens_all_that_is_published_in_the_district(
    works: Works, served: Served, token: str
) -> None:
    works.make("linxiaoyun", "公开", PUBLISHED, Licence.L4, ART)
    works.make("linxiaoyun", "署名公开", PUBLISHED, Licence.L5, MATHS)
    works.make("linxiaoyun", "全区", PUBLISHED, Licence.L3, ART)
    works.make("linxiaoyun", "教共体", PUBLISHED, Licence.L2, ART)
    works.make("linxiaoyun", "校内", Review.SCHOOL_PUBLISHED, Licence.L5, ART)
    settle()
    assert titles(harvester(served)) == {"公开", "署名公开"}
    assert titles(harvester(served, token)) == {"公开", "署名公开", "全区"}
    art = works.viewer("linxiaoyun") and next(s.setSpec for s in harvester(served).ListSets() if s.setName == "美术")
    assert titles(harvester(served, token), set=art) == {"公开", "全区"}


def test_both_formats_hold_metadata_and_the_address_of_the_page(works: Works, served: Served) -> None:
    made = works.make("linxiaoyun", "公开", PUBLISHED, Licence.L4, ART)
    settle()
    client = harvester(served)
    assert {f.metadataPrefix for f in client.ListMetadataFormats()} == {"oai_dc", "lom"}
    identify = client.Identify()
    name = f"oai:{identify.baseURL.split('/')[2].partition(':')[0]}:{made}"
    assert (identify.deletedRecord, identify.granularity) == ("persistent", "YYYY-MM-DDThh:mm:ssZ")
    record = client.GetRecord(identifier=name, metadataPrefix="oai_dc")
    assert record.metadata["creator"] == ["林晓云"]
    assert record.metadata["rights"] == ["https://creativecommons.org/licenses/by-nc-sa/4.0/"]
    assert record.metadata["identifier"][0].endswith(f"/resources/{made}")
    lom = client.GetRecord(identifier=name, metadataPrefix="lom")
    PROFILE.assertValid(lom.xml.find(f".//{{{'http://ltsc.ieee.org/xsd/LOM'}}}lom"))
    page = requests.get(f"{served.address}/resources/{made}", timeout=10)
    assert "/sign-in" in page.url


def test_the_end_of_an_offer_is_told_to_whoever_could_see_it_and_to_nobody_else(works: Works, served: Served, token: str) -> None:
    withdrawn = works.make("linxiaoyun", "下架", PUBLISHED, Licence.L4)
    closed = works.make("linxiaoyun", "改为全区", PUBLISHED, Licence.L4)
    inner = works.make("linxiaoyun", "全区", PUBLISHED, Licence.L3)
    archived = works.make("linxiaoyun", "归档", PUBLISHED, Licence.L3)
    works.make("linxiaoyun", "草稿")
    settle()
    client = harvester(served)
    assert ids(client.ListIdentifiers(metadataPrefix="lom")) == {withdrawn: False, closed: False}
    since = moment_of(served)
    assert works.step("linxiaoyun", withdrawn, "withdrawal", reason="有错") == 200
    set_state(works, closed, licence=Licence.L3)
    set_state(works, archived, review=Review.ARCHIVED)
    settle()
    assert ids(client.ListIdentifiers(metadataPrefix="lom", **{"from": since})) == {withdrawn: True, closed: True}
    full = ids(harvester(served, token).ListIdentifiers(metadataPrefix="lom"))
    assert full == {withdrawn: True, closed: False, inner: False, archived: True}
    deleted = client.GetRecord(identifier=f"oai:127.0.0.1:{withdrawn}", metadataPrefix="oai_dc")
    assert deleted.deleted
    assert deleted.xml.find(f"{{{oai.OAI}}}metadata") is None
    with pytest.raises(IdDoesNotExist):
        client.GetRecord(identifier=f"oai:127.0.0.1:{inner}", metadataPrefix="oai_dc")


def test_a_long_list_comes_in_pages_of_one_moment_and_misses_nothing_that_changes_meanwhile(works: Works, served: Served) -> None:
    made = [works.make("linxiaoyun", f"第{n}份", PUBLISHED, Licence.L5) for n in range(oai.PAGE + 20)]
    settle()
    since = moment_of(served)
    records = harvester(served).ListRecords(metadataPrefix="oai_dc")
    first = {next(records).header.identifier.rpartition(":")[2] for _ in range(oai.PAGE)}
    assert first < set(made)
    late, gone = sorted(set(made) - first)[:2]
    set_state(works, late, title="刚刚改过")
    assert works.step("linxiaoyun", gone, "withdrawal", reason="有错") == 200
    added = works.make("linxiaoyun", "新来的", PUBLISHED, Licence.L5)
    settle()
    rest = {record.header.identifier.rpartition(":")[2] for record in records}
    assert rest == set(made) - first - {late, gone}
    settle()
    assert ids(harvester(served).ListIdentifiers(metadataPrefix="oai_dc", **{"from": since})) == {late: False, gone: True, added: False}


def test_a_token_of_a_list_is_bound_to_its_harvester_and_cannot_be_made_up(works: Works, served: Served, token: str) -> None:
    for n in range(oai.PAGE + 1):
        works.make("linxiaoyun", f"第{n}份", PUBLISHED, Licence.L3)
    settle()
    first = ask(served, {"verb": "ListRecords", "metadataPrefix": "oai_dc"}, token)
    (resumption,) = first.xpath("//o:resumptionToken", namespaces=OAI)
    assert (resumption.get("completeListSize"), resumption.get("cursor")) == (str(oai.PAGE + 1), "0")
    last = ask(served, {"verb": "ListRecords", "resumptionToken": resumption.text}, token)
    assert len(last.xpath("//o:record", namespaces=OAI)) == 1
    (end,) = last.xpath("//o:resumptionToken", namespaces=OAI)
    assert (end.text, end.get("cursor")) == (None, str(oai.PAGE))
    assert code_of(ask(served, {"verb": "ListRecords", "resumptionToken": resumption.text})) == "badResumptionToken"
    with pytest.raises(BadResumptionToken):
        harvester(served).ListRecords(resumptionToken=f"{resumption.text}x")


def test_a_record_that_is_committed_late_is_in_the_next_harvest(works: Works, served: Served, token: str) -> None:
    """The writer takes its datestamp, then a harvest runs, and only then the writer commits."""
    early = works.make("linxiaoyun", "早的", PUBLISHED)
    late = works.make("linxiaoyun", "晚的")
    settle()
    stamped, go_on = threading.Event(), threading.Event()

    def write() -> None:
        with works.district.app.app_context(), unit.write():
            row = db.session.get_one(Resource, late)
            row.review = PUBLISHED
            tell_change(row)
            stamped.set()
            go_on.wait(30)

    writer = threading.Thread(target=write)
    writer.start()
    assert stamped.wait(30)
    is_postgresql = works.district.app.config["SQLALCHEMY_DATABASE_URI"].startswith("postgresql")
    if is_postgresql:  # SQLite has no writer that holds on while others wait for minutes
        settle(10)
    client = harvester(served, token)
    assert ids(client.ListIdentifiers(metadataPrefix="lom")) == {early: False}
    since = moment_of(served)
    go_on.set()
    writer.join()
    settle(10)
    assert ids(client.ListIdentifiers(metadataPrefix="lom", **{"from": since})) == {late: False}


def test_days_and_seconds_select_by_datestamp_and_what_is_no_date_is_refused(works: Works, served: Served) -> None:
    works.make("linxiaoyun", "公开", PUBLISHED, Licence.L4)
    today = f"{clock.now():%Y-%m-%d}"
    tomorrow = f"{clock.now() + timedelta(days=1):%Y-%m-%d}"
    settle()
    client = harvester(served)
    assert titles(client, **{"from": today, "until": tomorrow}) == {"公开"}
    for asked in ({"from": tomorrow}, {"until": "1999-12-31"}, {"set": "nothing"}):
        with pytest.raises(NoRecordsMatch):
            client.ListRecords(metadataPrefix="oai_dc", **asked)
    for asked in (
        {"from": "yesterday"},
        {"from": today, "until": "2026-01-01T00:00:00Z"},
        {"from": tomorrow, "until": today},
        {"until": "2026-02-30"},
    ):
        with pytest.raises(BadArgument):
            client.ListRecords(metadataPrefix="oai_dc", **asked)
    with pytest.raises(CannotDisseminateFormat):
        client.ListRecords(metadataPrefix="marc21")
    for bad in ({}, {"verb": "Steal"}, {"verb": ["Identify", "Identify"]}):
        assert code_of(ask(served, bad)) == "badVerb"
    assert code_of(ask(served, {"verb": "GetRecord", "identifier": "x"})) == "badArgument"


def test_a_revoked_token_is_told_so_and_a_session_of_a_person_is_no_token(works: Works, served: Served, token: str) -> None:
    works.make("linxiaoyun", "全区", PUBLISHED)
    settle()
    assert titles(harvester(served, token)) == {"全区"}
    head = works.district.as_("minjie")
    page = works.page("minjie", "/admin/openings")
    token_id = page.partition("/admin/openings/tokens/")[2].partition("/")[0]
    assert works.district.client.post(f"/admin/openings/tokens/{token_id}/revocation", headers=head).status_code == 303
    for headers in ({"Authorization": f"Bearer {token}"}, head, {"Authorization": "Basic eDp5"}):
        answer = requests.get(f"{served.address}/oai", {"verb": "Identify"}, headers=headers, timeout=10)
        assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")


def test_a_page_of_records_takes_as_many_queries_as_one_record(works: Works, token: str) -> None:
    def asked() -> int:
        with works.counting() as seen:
            head = {"Authorization": f"Bearer {token}"}
            answer = works.district.app.test_client().get("/oai?verb=ListRecords&metadataPrefix=lom", headers=head)
        assert b"<record>" in answer.data
        return len(seen)

    works.make("linxiaoyun", "一份", PUBLISHED, node=ART)
    settle()
    one = asked()
    for n in range(5):
        works.make("linxiaoyun", f"第{n}份", PUBLISHED, node=MATHS)
    settle()
    assert asked() == one


def test_the_datestamp_of_a_record_never_goes_back_though_the_clock_does(works: Works) -> None:
    made = works.make("linxiaoyun", "公开", PUBLISHED, Licence.L4)

    def stamp() -> Any:
        with works.district.app.app_context(), unit.read():
            found = queries.offered_record(made, is_full=True)
            assert found is not None
            return found.datestamp

    before = stamp()
    clock.start_at(clock.now() - timedelta(hours=1))
    set_state(works, made, title="新的标题")
    assert stamp() >= before


class TestUnderADomainName:
    @pytest.fixture
    def hub_settings(self, hub_settings: Settings) -> Settings:
        return replace(hub_settings, public_url="https://hub.example.cn")

    def test_the_repository_says_how_it_names_records(self, works: Works, served: Served) -> None:
        made = works.make("linxiaoyun", "公开", PUBLISHED, Licence.L4)
        settle()
        identify = ask(served, {"verb": "Identify"})
        (named,) = identify.xpath("//*[local-name()='repositoryIdentifier']")
        assert (named.text, identify.findtext(f".//{{{oai.OAI}}}baseURL")) == ("hub.example.cn", "https://hub.example.cn/oai")
        (header,) = harvester(served).ListIdentifiers(metadataPrefix="lom")
        assert header.identifier == f"oai:hub.example.cn:{made}"


def ask(served: Served, arguments: dict[str, Any], token: str | None = None) -> etree._Element:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    answer = requests.get(f"{served.address}/oai", arguments, headers=headers, timeout=30)
    assert answer.status_code == 200, answer.text
    return etree.fromstring(answer.content)


def code_of(root: etree._Element) -> str:
    (error,) = root.xpath("//o:error", namespaces=OAI)
    return str(error.get("code"))


def moment_of(served: Served) -> str:
    """Return what a harvester remembers to begin the next harvest at."""
    return str(ask(served, {"verb": "Identify"}).findtext(f"{{{oai.OAI}}}responseDate"))


def test_a_harvester_may_post_its_questions(served: Served) -> None:
    posting = Sickle(f"{served.address}/oai", http_method="POST")
    assert posting.Identify().granularity == "YYYY-MM-DDThh:mm:ssZ"
    strange = requests.post(f"{served.address}/sign-in", data={"account": "x", "password": "x"}, timeout=30)
    assert strange.status_code == 403, "every other form is ours or refused"

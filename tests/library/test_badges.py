"""Honours are claimed by authors, verified by the district and shown with their proof; the rest is told by facts."""

import io
from datetime import timedelta

import pytest
from PIL import Image

from resource_hub.audit.models import AuditEntry
from resource_hub.inbox import queries as inbox
from resource_hub.infra import unit
from resource_hub.infra.db import db
from resource_hub.kernel.viewer import Role, ScopeKind
from resource_hub.library import documents, rules
from resource_hub.library.schemas import Licence, Review
from resource_hub.schools import queries as schools
from tests.library.lineage_of_works import AUTHOR, ELSEWHERE, REVIEWER, VILLAGER, Shelf
from tests.library.works import ART, MATHS

pytestmark = pytest.mark.slow
RESEARCHER, OF_LANGUAGES, ADMIN, OTHER_VILLAGER = "zhoumin", "tanxiao", "minjie", "yinxiaoman"
CLAIM = {"kind": "national", "year": 2025, "certificate_no": "YKJ-2025-0137"}


@pytest.fixture
def work(shelf: Shelf) -> str:
    return shelf.works.make(AUTHOR, "色彩的冷与暖", Review.SCHOOL_PUBLISHED, node=ART)


def told(shelf: Shelf, who: str) -> list[str]:
    """Return what stands in somebody's inbox, with the digests of the day to come."""
    viewer = shelf.works.viewer(who)
    with shelf.works.district.app.test_request_context(), unit.read():
        return [item.sentence for item in (*inbox.inbox(viewer), *inbox.waiting(viewer))]


def badges(shelf: Shelf, work: str, who: str = REVIEWER) -> list[dict]:
    return shelf.resource(work, who)["badges"]


def certificate(width: int = 60) -> bytes:
    picture = io.BytesIO()
    Image.new("RGB", (width, 80), "#b03a2e").save(picture, "PNG")
    return picture.getvalue()


def test_a_badge_is_shown_once_it_was_verified_with_who_did(shelf: Shelf, work: str) -> None:
    claim = shelf.ask("POST", f"/api/v1/resources/{work}/badges", AUTHOR, 201, json=CLAIM)["id"]
    assert "等待核实" in shelf.works.page(AUTHOR, f"/resources/{work}")
    assert [one["state"] for one in badges(shelf, work, AUTHOR)] == ["claimed"]
    assert badges(shelf, work) == []
    assert "YKJ-2025-0137" not in shelf.works.page(REVIEWER, f"/resources/{work}")
    waiting = "请核实获奖：2025年部优《色彩的冷与暖》"
    assert waiting in told(shelf, RESEARCHER)
    assert waiting in told(shelf, ADMIN)
    assert "YKJ-2025-0137" in shelf.works.page(RESEARCHER, "/badges")

    shelf.ask("POST", f"/badges/{claim}/verification", RESEARCHER)
    page = shelf.works.page(REVIEWER, f"/resources/{work}")
    for words in ("2025年部优", "证书编号 YKJ-2025-0137", "周敏 核实于"):
        assert words in page
    [shown] = badges(shelf, work)
    assert (shown["kind"], shown["year"], shown["certificate_no"], shown["by"]) == ("national", 2025, "YKJ-2025-0137", "周敏")
    assert waiting not in told(shelf, ADMIN)
    assert claim not in shelf.works.page(ADMIN, "/badges")
    shelf.ask("POST", f"/api/v1/badges/{claim}/verification", ADMIN, 409)
    with shelf.works.district.app.app_context(), unit.read():
        assert db.session.query(AuditEntry).filter(AuditEntry.action == "badge.verified", AuditEntry.ref_id == claim).count() == 1


def test_a_refused_claim_tells_its_author_why_and_may_be_claimed_again(shelf: Shelf, work: str) -> None:
    claim = shelf.ask("POST", f"/api/v1/resources/{work}/badges", AUTHOR, 201, json=CLAIM)["id"]
    shelf.ask("POST", f"/api/v1/resources/{work}/badges", AUTHOR, 409, json=CLAIM)
    shelf.ask("POST", f"/badges/{claim}/refusal", RESEARCHER, 422, data={"reason": ""})
    shelf.ask("POST", f"/badges/{claim}/refusal", RESEARCHER, data={"reason": "编号查不到"})
    assert "编号查不到" in shelf.works.page(AUTHOR, f"/resources/{work}")
    assert "编号查不到" not in shelf.works.page(REVIEWER, f"/resources/{work}")
    again = shelf.ask("POST", f"/api/v1/resources/{work}/badges", AUTHOR, 201, json=CLAIM)["id"]
    shelf.ask("POST", f"/api/v1/badges/{again}/verification", ADMIN)
    assert [one["id"] for one in badges(shelf, work)] == [again]
    shelf.ask("POST", f"/api/v1/badges/{again}/refusal", ADMIN, json={"reason": "证书是别的作品的"})
    assert badges(shelf, work) == []


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_an_error_is_taken_back_by_its_author_or_by_who_verified_it(shelf: Shelf, work: str) -> None:
    claim = shelf.ask("POST", f"/api/v1/resources/{work}/badges", AUTHOR, 201, json=CLAIM)["id"]
    for who in (REVIEWER, RESEARCHER, ADMIN):
        shelf.ask("DELETE", f"/api/v1/badges/{claim}", who, 404 if who == REVIEWER else 403)
    shelf.ask("POST", f"/badges/{claim}/withdrawal", AUTHOR)
    assert badges(shelf, work, AUTHOR) == []
    assert claim not in shelf.works.page(RESEARCHER, "/badges")
    assert not [words for words in told(shelf, RESEARCHER) if words.startswith("请核实获奖")]

    again = shelf.ask("POST", f"/api/v1/resources/{work}/badges", AUTHOR, 201, json=CLAIM)["id"]
    shelf.ask("POST", f"/badges/{again}/verification", RESEARCHER)
    assert "核实有误" not in shelf.works.page(REVIEWER, f"/resources/{work}")
    assert "核实有误" in shelf.works.page(RESEARCHER, f"/resources/{work}")
    shelf.ask("DELETE", f"/api/v1/badges/{again}", AUTHOR)
    assert badges(shelf, work) == []


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_only_authors_claim_and_only_those_with_the_duty_verify(shelf: Shelf, work: str) -> None:
    maths = shelf.works.make("maxiao", "分数", Review.SCHOOL_PUBLISHED, Licence.L1, MATHS)
    draft = shelf.works.make(AUTHOR, "草稿")
    for who, resource, status in ((REVIEWER, work, 403), (ELSEWHERE, work, 404), (AUTHOR, draft, 409)):
        shelf.ask("POST", f"/api/v1/resources/{resource}/badges", who, status, json=CLAIM)
    claim = shelf.ask("POST", f"/api/v1/resources/{maths}/badges", "maxiao", 201, json=CLAIM)["id"]
    # The researcher of languages has no duty for mathematics; the administrator has, though the work itself stays in its school.
    assert shelf.ask("GET", "/api/v1/badges", OF_LANGUAGES)["claims"] == []
    shelf.ask("POST", f"/api/v1/badges/{claim}/verification", OF_LANGUAGES, 404)
    shelf.ask("POST", f"/api/v1/badges/{claim}/verification", REVIEWER, 403)
    [seen] = shelf.ask("GET", "/api/v1/badges", ADMIN)["claims"]
    assert (seen["badge"]["id"], seen["title"], seen["resource_id"]) == (claim, "分数", None)
    shelf.works.grant("maxiao", Role.DISTRICT_ADMIN, ScopeKind.DISTRICT, _district(shelf))
    shelf.ask("POST", f"/api/v1/badges/{claim}/verification", "maxiao", 404)
    shelf.ask("POST", f"/api/v1/badges/{claim}/verification", ADMIN)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_claim_without_certificate_or_of_a_year_to_come_comes_back(shelf: Shelf, work: str) -> None:
    next_year = shelf.works.today().year + 1
    plan = shelf.put(AUTHOR, "教案.txt", "说明".encode())
    others = shelf.put(REVIEWER, "证书.png", certificate())
    wrong = {
        "certificate_no": {"certificate_no": ""}, "year": {"year": next_year}, "kind": {"kind": "gold"},
        "proof_upload_id": {"proof_upload_id": plan},
    }  # fmt: skip
    for name, given in wrong.items():
        shelf_says = shelf.ask("POST", f"/api/v1/resources/{work}/badges", AUTHOR, 422, json={**CLAIM, **given})
        assert shelf_says["fields"].keys() == {name}
    stolen = {**CLAIM, "proof_upload_id": others}
    assert shelf.ask("POST", f"/api/v1/resources/{work}/badges", AUTHOR, 422, json=stolen)["fields"].keys() == {"proof_upload_id"}
    reply = shelf.works.district.app.test_client(use_cookies=False).post(
        f"/resources/{work}/badges",
        data={"kind": "city", "year": "2024", "certificate_no": ""},
        headers=shelf.works.district.as_(AUTHOR),
    )
    assert (reply.status_code, 'id="certificate_no-problem"' in reply.text, 'value="2024"' in reply.text) == (422, True, True)
    assert badges(shelf, work, AUTHOR) == []


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_certificate_opens_for_the_verifier_and_then_for_readers_of_the_work(shelf: Shelf, work: str) -> None:
    form = {"kind": "city", "year": "2024", "proof": (io.BytesIO(certificate()), "证书.png")}
    shelf.ask("POST", f"/resources/{work}/badges", AUTHOR, 303, data=form, content_type="multipart/form-data")
    [claim] = shelf.ask("GET", "/api/v1/badges", RESEARCHER)["claims"]
    proof = f"/media/{claim['badge']['proof_asset_id']}/original"
    assert proof in shelf.works.page(RESEARCHER, "/badges")

    def opens(who: str) -> int:
        return shelf.works.district.app.test_client(use_cookies=False).get(proof, headers=shelf.works.district.as_(who)).status_code

    assert [opens(who) for who in (RESEARCHER, AUTHOR, REVIEWER, ELSEWHERE)] == [302, 302, 404, 404]
    shelf.ask("POST", f"/badges/{claim['badge']['id']}/verification", RESEARCHER)
    assert [opens(who) for who in (REVIEWER, ELSEWHERE)] == [302, 404]
    assert proof in shelf.works.page(REVIEWER, f"/resources/{work}")


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_facts_of_the_platform_give_badges_by_themselves(shelf: Shelf) -> None:
    work = shelf.works.make(AUTHOR, "色彩", Review.SCHOOL_PUBLISHED, node=ART)
    for number in range(rules.COMMON_LESSONS):
        assert badges(shelf, work) == []
        given = {"pupils": 9, "note": "很好" if number else "", "used_on": (shelf.works.today() - timedelta(days=number)).isoformat()}
        shelf.ask("POST", f"/api/v1/resources/{work}/uses", VILLAGER, 201, json=given)
    [common] = badges(shelf, work)
    assert (common["kind"], common["lessons"], common["schools"]) == ("common_lesson", rules.COMMON_LESSONS, 1)
    shelf.ask("POST", f"/api/v1/resources/{work}/uses", OTHER_VILLAGER, 201, json={"pupils": 9, "note": "用叶子代替色卡"})
    assert [one["kind"] for one in badges(shelf, work)] == ["common_lesson", "village_proven"]
    shelf.ask("POST", f"/api/v1/resources/{work}/district-approval", RESEARCHER)
    approved, *_rest = badges(shelf, work)
    assert (approved["kind"], approved["by"]) == ("district_reviewed", "周敏")
    page = shelf.works.page(REVIEWER, f"/resources/{work}")
    for words in ("周敏 区审通过于", "1 所学校用于上课 6 次", "2 位村校教师写了上课的情况"):
        assert words in page


def test_what_a_village_school_adopts_is_lifted_in_the_index(shelf: Shelf, work: str) -> None:
    village = f"school:{shelf.works.school_of('tianhe')}"

    def boost() -> float:
        with shelf.works.district.app.app_context(), unit.read():
            return documents.load([work])[work].boost

    shelf.ask("POST", f"/resources/{work}/adoptions", REVIEWER, data={"word": f"community:{shelf.works.community_of(AUTHOR)}"})
    assert boost() == 0.0
    shelf.ask("PUT", f"/api/v1/resources/{work}/adoption", "tianhe", json={"word": village})
    assert boost() == 1.0
    shelf.ask("POST", f"/resources/{work}/adoptions/end", "tianhe", data={"word": village})
    assert boost() == 0.0


def _district(shelf: Shelf) -> str:
    with shelf.works.district.app.app_context(), unit.read():
        found = schools.the_district()
        assert found is not None
        return found.id

"""Recordings of pupils leave the school only with a consent or a declaration, and go when it is taken back."""

import pytest

from resource_hub.infra import unit
from resource_hub.infra.db import db
from resource_hub.library.schemas import Check, Review
from resource_hub.media.events import ConsentWithdrawn
from resource_hub.media.models import Asset, AssetConsent, Upload
from resource_hub.media.schemas import Declaration
from tests.library.conftest import Put
from tests.library.works import Works

pytestmark = pytest.mark.slow
AUTHOR, REVIEWER, COLLEAGUE = "linxiaoyun", "qiulan", "wuyoutian"
PASSED = [{"check": check.value, "verdict": "passed"} for check in Check]


def ask(works: Works, method: str, path: str, who: str = AUTHOR, status: int = 200, **body: object) -> dict:
    client = works.district.app.test_client(use_cookies=False)
    reply = client.open(f"/api/v1{path}", method=method, headers=works.district.as_(who), json=body)
    assert reply.status_code == status, reply.text
    return reply.json["data"] if status < 400 else reply.json["error"]


def recording(works: Works, put: Put, licence: str) -> tuple[str, str]:
    """Submit a recording; inspection would find what is written here."""
    upload = put(AUTHOR, "课堂实录.txt", "录像".encode())
    with works.district.app.app_context(), unit.write():
        asset = db.session.get_one(Asset, db.session.get_one(Upload, upload).asset_id)
        asset.family = "video"
        asset_id = asset.id
    given = {"title": "实录", "kind": "recorded_lesson", "upload_ids": [upload], "licence": licence}
    work = ask(works, "POST", "/resources", status=201, **given)["id"]
    ask(works, "POST", f"/resources/{work}/submission")
    return work, asset_id


def test_a_recording_without_consent_stays_in_the_school(works: Works, put: Put) -> None:
    work, _ = recording(works, put, "L3")
    refused = ask(works, "POST", f"/resources/{work}/school-approval", REVIEWER, 409, checks=PASSED)
    assert refused["code"] == "consent_needed"
    assert "/consents" in refused["message"]
    assert "去登记" in works.page(AUTHOR, f"/resources/{work}")
    inner, _ = recording(works, put, "L1")
    assert ask(works, "POST", f"/resources/{inner}/school-approval", REVIEWER)["review"] == "school_published"


def test_a_program_that_names_no_checks_answers_for_the_recording(works: Works, put: Put) -> None:
    work, asset = recording(works, put, "L3")
    ask(works, "PUT", f"/assets/{asset}/consent", status=422, declaration="reviewed")
    ask(works, "POST", f"/resources/{work}/school-approval", REVIEWER)
    assert works.status(COLLEAGUE, work) == 200
    reviewer = works.viewer(REVIEWER).person_id
    with works.district.app.app_context(), unit.read():
        stands = db.session.get_one(AssetConsent, asset)
        assert (stands.declaration, stands.declared_by) == (Declaration.REVIEWED, reviewer)


def test_a_declaration_lets_it_go_and_a_withdrawn_consent_hides_it(works: Works, put: Put) -> None:
    work, asset = recording(works, put, "L3")
    ask(works, "PUT", f"/assets/{asset}/consent", declaration="rear_camera")
    ask(works, "POST", f"/resources/{work}/school-approval", REVIEWER)
    assert works.status(COLLEAGUE, work) == 200
    with works.district.app.app_context(), unit.write():
        unit.record(ConsentWithdrawn((asset,)))
    assert works.review_of(work) is Review.WITHDRAWN
    assert "有家长撤回了录像的同意" in works.page(COLLEAGUE, f"/resources/{work}", 410)
    client = works.district.app.test_client(use_cookies=False)
    assert client.get(f"/media/{asset}/original", headers=works.district.as_(COLLEAGUE)).status_code == 404

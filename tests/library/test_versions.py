"""Published versions and revisions: what is published stays until its revision is approved, and is never lost."""

from contextlib import nullcontext

import pytest
import sqlalchemy as sa

from resource_hub.infra import migrate, unit
from resource_hub.infra.db import db
from resource_hub.kernel.errors import Conflict
from resource_hub.library.models import Resource, ResourceVersion
from resource_hub.library.schemas import Licence, Review
from resource_hub.library.service.versions import begin_revision
from tests.library.conftest import Put
from tests.library.works import ART, Works
from tests.people_of_a_district import District

pytestmark = pytest.mark.slow
AUTHOR, REVIEWER, RESEARCHER, COLLEAGUE, STRANGER = "linxiaoyun", "qiulan", "minjie", "wuyoutian", "meixue"


def ask(district: District, method: str, path: str, who: str = AUTHOR, status: int = 200, **body: object) -> dict:
    sent = {"json": body} if method != "GET" else {}
    reply = district.client.open(f"/api/v1{path}", method=method, headers=district.as_(who), **sent)
    assert reply.status_code == status, reply.text
    return reply.json["data"] if status < 400 else reply.json["error"]


def publish(district: District, put: Put, *, is_for_district: bool = False) -> str:
    for account in (AUTHOR, REVIEWER, RESEARCHER, COLLEAGUE, STRANGER):
        district.as_(account)
    node = ask(district, "GET", "/curriculum/nodes?q=美术三上 色彩")["nodes"][0]["id"]
    files = [put(AUTHOR, "教案.txt", "冷与暖".encode())]
    given = {"title": "色彩", "kind": "lesson_plan", "upload_ids": files, "node": node, "difficulty": 2, "audience": "class_screen"}
    work = str(ask(district, "POST", "/resources", status=201, **given)["id"])
    ask(district, "POST", f"/resources/{work}/submission")
    ask(district, "POST", f"/resources/{work}/school-approval", REVIEWER)
    if is_for_district:
        ask(district, "POST", f"/resources/{work}/district-approval", RESEARCHER)
    return work


def revise(district: District, put: Put, work: str) -> str:
    fresh = put(AUTHOR, "教案二.txt", "暖与冷".encode())
    given = {"title": "色彩的冷与暖", "upload_ids": [fresh], "change_note": "换了范例", "difficulty": 3}
    revision = str(ask(district, "POST", f"/resources/{work}/revisions", status=201, **given)["id"])
    ask(district, "POST", f"/resources/{revision}/submission")
    return revision


def seen(district: District, work: str, who: str = COLLEAGUE) -> tuple[str, list[str]]:
    told = ask(district, "GET", f"/resources/{work}", who)
    return told["title"], [file["filename"] for file in told["files"]]


def versions(district: District, work: str) -> list[tuple[int, str, str, int]]:
    with district.app.app_context(), unit.read():
        rows = db.session.scalars(sa.select(ResourceVersion).where(ResourceVersion.resource_id == work).order_by(ResourceVersion.number))
        return [(row.number, row.note, row.fields["title"], len(row.files)) for row in rows]


def test_a_revision_takes_the_place_of_what_is_published_when_the_school_approves(district: District, put: Put) -> None:
    work = publish(district, put)
    old = ask(district, "GET", f"/resources/{work}")["files"][0]["asset_id"]
    revision = revise(district, put, work)
    assert seen(district, work) == ("色彩", ["教案.txt"]), "what is published stays meanwhile"
    ask(district, "GET", f"/resources/{revision}", COLLEAGUE, 404)
    assert seen(district, revision, REVIEWER) == ("色彩的冷与暖", ["教案二.txt"])
    assert ask(district, "POST", f"/resources/{revision}/school-approval", REVIEWER)["review"] == "archived"
    assert seen(district, work) == ("色彩的冷与暖", ["教案二.txt"])
    assert ask(district, "GET", f"/resources/{work}")["review"] == "school_published"
    assert versions(district, work) == [(1, "", "色彩", 1), (2, "换了范例", "色彩的冷与暖", 1)]
    assert district.client.get(f"/media/{old}/original", headers=district.as_(COLLEAGUE)).status_code == 302, "an old version is kept"
    assert district.client.get(f"/media/{old}/original", headers=district.as_(STRANGER)).status_code == 404


def test_what_the_district_published_is_changed_by_school_and_district_together(district: District, put: Put) -> None:
    work = publish(district, put, is_for_district=True)
    revision = revise(district, put, work)
    ask(district, "GET", f"/resources/{revision}", RESEARCHER, 404)
    assert ask(district, "POST", f"/resources/{revision}/school-approval", REVIEWER)["review"] == "district_review"
    assert seen(district, work, STRANGER) == ("色彩", ["教案.txt"])
    ask(district, "GET", f"/resources/{revision}", COLLEAGUE, 404)
    ask(district, "POST", f"/resources/{revision}/district-approval", RESEARCHER)
    assert seen(district, work, STRANGER) == ("色彩的冷与暖", ["教案二.txt"])
    assert ask(district, "GET", f"/resources/{work}")["review"] == "district_published"
    assert [number for number, *_ in versions(district, work)] == [1, 2]


def test_the_form_on_a_published_work_makes_a_revision_with_a_note(district: District, put: Put) -> None:
    work = publish(district, put)
    head = district.as_(AUTHOR)
    draft = district.client.post(f"/resources/{work}/mending", headers=head).headers["Location"].rpartition("draft=")[2]
    form = ask(district, "GET", f"/drafts/{draft}")
    assert (form["fields"]["difficulty"], form["fields"]["audience"], form["asks_change_note"]) == ("2", "class_screen", True)
    given = {"title": "色彩二", "kind": "lesson_plan", "upload_ids": [form["uploads"][0]["id"]], "draft_id": draft}
    assert "change_note" in ask(district, "POST", "/resources", status=422, **given)["fields"]
    revision = ask(district, "POST", "/resources", status=201, **given, change_note="改了题目")["id"]
    assert revision != work
    again = district.client.post(f"/resources/{work}/mending", headers=head).headers["Location"].rpartition("draft=")[2]
    assert ask(district, "GET", f"/drafts/{again}")["fields"]["title"] == "色彩二", "the revision that was begun is gone on with"
    assert ask(district, "POST", f"/resources/{work}/revisions", status=409, change_note="又一个")["code"] == "wrong_step"
    ask(district, "POST", f"/resources/{revision}/submission")
    assert district.client.post(f"/resources/{work}/mending", headers=head).status_code == 409
    ask(district, "POST", f"/resources/{revision}/return", REVIEWER, reason="题目不清楚")
    assert seen(district, work)[0] == "色彩"
    assert district.client.post(f"/resources/{work}/mending", headers=head).status_code == 303


def test_a_work_that_goes_away_takes_its_revision_along(district: District, put: Put) -> None:
    work = publish(district, put)
    revision = revise(district, put, work)
    ask(district, "POST", f"/resources/{work}/withdrawal", reason="要重做")
    ask(district, "POST", f"/resources/{revision}/school-approval", REVIEWER, 410)
    assert [number for number, *_ in versions(district, work)] == [1]


def test_a_work_approved_again_as_it_was_makes_no_second_version(district: District, put: Put) -> None:
    work = publish(district, put)
    for who, verb, given in ((AUTHOR, "proposal", {}), (RESEARCHER, "return", {"reason": "再看看"}), (AUTHOR, "submission", {})):
        ask(district, "POST", f"/resources/{work}/{verb}", who, **given)
    ask(district, "POST", f"/resources/{work}/school-approval", REVIEWER)
    assert len(versions(district, work)) == 1


def test_two_revisions_begun_at_once_are_one(works: Works) -> None:
    work = works.make(AUTHOR, "冷暖", Review.SCHOOL_PUBLISHED)
    for expected in (nullcontext(), pytest.raises(Conflict)):
        with works.district.app.app_context(), expected, unit.write():
            begin_revision(db.session.get_one(Resource, work))


def test_what_stood_published_before_versions_were_kept_is_version_one(works: Works) -> None:
    states = {review: works.make(AUTHOR, f"课 {review}", review, Licence.L4, ART) for review in Review if review is not Review.WITHDRAWN}
    settings = works.district.app.extensions["resource_hub"].settings
    with works.district.app.app_context():
        db.engine.dispose()
        migrate.downgrade(settings, "0016")
        migrate.upgrade(settings)
    found = {review: versions(works.district, ident) for review, ident in states.items()}
    for review, kept in found.items():
        is_published = review in {Review.SCHOOL_PUBLISHED, Review.DISTRICT_REVIEW, Review.DISTRICT_PUBLISHED}
        assert kept == ([(1, "", f"课 {review}", 0)] if is_published else []), review

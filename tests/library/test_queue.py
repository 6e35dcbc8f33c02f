"""The queue of reviewers: four checks, reasons at the file, deadlines, batches, and who is told."""

from datetime import datetime, timedelta

import pytest

from resource_hub.inbox import queries as inbox
from resource_hub.infra import unit
from resource_hub.kernel import clock
from resource_hub.kernel.viewer import Role, ScopeKind
from resource_hub.library import service
from resource_hub.library.schemas import Check, Review
from resource_hub.people import service as persons
from tests.library.conftest import Put
from tests.library.works import ART, Works
from tests.people_of_a_district import District

pytestmark = pytest.mark.slow
AUTHOR, REVIEWER, DEAN, RESEARCHER = "linxiaoyun", "tangwan", "qiulan", "minjie"


@pytest.fixture
def submitted(works: Works, put: Put) -> str:
    return submit(works.district, put, "教案.txt")


def submit(district: District, put: Put, *filenames: str, title: str = "色彩") -> str:
    node = ask(district, "GET", "/curriculum/nodes?q=美术三上 色彩")["nodes"][0]["id"]
    files = [put(AUTHOR, name, f"{name} 冷与暖".encode()) for name in filenames]
    given = {"title": title, "kind": "lesson_plan", "upload_ids": files, "node": node}
    work = str(ask(district, "POST", "/resources", status=201, **given)["id"])
    ask(district, "POST", f"/resources/{work}/submission")
    return work


def ask(district: District, method: str, path: str, who: str = AUTHOR, status: int = 200, **body: object) -> dict:
    sent = {"json": body} if method != "GET" else {}
    reply = district.app.test_client(use_cookies=False).open(f"/api/v1{path}", method=method, headers=district.as_(who), **sent)
    assert reply.status_code == status, reply.text
    return reply.json["data"] if status < 400 else reply.json["error"]


def queue(works: Works, who: str, params: str = "") -> list[str]:
    return [one["id"] for one in ask(works.district, "GET", f"/reviews{params}", who)["items"]]


def waiting(works: Works, who: str) -> dict[str, str]:
    """Return kind and sentence of the tasks in somebody's inbox."""
    viewer = works.viewer(who)
    with works.district.app.test_request_context(), unit.read():
        return {item.kind: item.sentence for item in inbox.waiting(viewer)}


def told(works: Works, who: str) -> list[str]:
    """Return the kinds of everything that shows in somebody's inbox a day later."""
    viewer = works.viewer(who)
    later(days=1)
    with works.district.app.test_request_context(), unit.read():
        return [item.kind for item in inbox.inbox(viewer)]


def later(**ago: float) -> None:
    clock.start_at(clock.now() + timedelta(**ago))


def escalate(works: Works) -> int:
    with works.district.app.app_context(), unit.write():
        return service.escalate()


def passed(*but: Check) -> list[dict[str, str]]:
    return [{"check": one.value, "verdict": "failed" if one in but else "passed"} for one in Check]


def test_all_four_checks_are_needed(works: Works, submitted: str) -> None:
    path = f"/resources/{submitted}/school-approval"
    assert ask(works.district, "POST", path, REVIEWER, 422, checks=passed(Check.PRIVACY))["code"] == "checks_missing"
    assert ask(works.district, "POST", path, REVIEWER, 422, checks=passed()[:3])["code"] == "checks_missing"
    assert ask(works.district, "POST", path, REVIEWER, checks=passed())["review"] == "school_published"


def test_reasons_stand_at_the_file_they_are_about(works: Works, put: Put) -> None:
    work = submit(works.district, put, "教案.txt", "任务单.txt")
    second = ask(works.district, "GET", f"/resources/{work}")["files"][1]["asset_id"]
    failed = {"check": "copyright", "verdict": "failed", "asset_id": second, "reason": "图片来源不明"}
    path = f"/resources/{work}/return"
    assert ask(works.district, "POST", path, REVIEWER, 422)["code"] == "no_reason"
    ask(works.district, "POST", path, REVIEWER, 422, checks=[{**failed, "asset_id": "ast_other"}])
    ask(works.district, "POST", path, REVIEWER, reason="请再看看", checks=[failed])
    assert ask(works.district, "GET", f"/resources/{work}")["review_note"] == "请再看看\n第2个文件《任务单.txt》 版权：图片来源不明"


def test_the_queue_is_sorted_by_due_date_and_is_of_those_who_have_the_duty(works: Works, put: Put) -> None:
    first = submit(works.district, put, "一.txt", title="先交的")
    later(days=1)
    second = submit(works.district, put, "二.txt", title="后交的")
    assert queue(works, REVIEWER) == [first, second]
    assert queue(works, REVIEWER, "?state=district_review") == []
    assert queue(works, REVIEWER, "?overdue=true") == []
    assert queue(works, "xianghong") == [], "another school"
    ask(works.district, "GET", "/reviews", AUTHOR, 403)
    ask(works.district, "POST", f"/resources/{first}/school-approval", REVIEWER)
    ask(works.district, "POST", f"/resources/{first}/proposal")
    assert (queue(works, REVIEWER), queue(works, RESEARCHER)) == ([second], [first])
    later(days=15)
    assert queue(works, REVIEWER, "?overdue=true") == [second]


def test_a_review_is_due_after_five_working_days(works: Works, put: Put) -> None:
    friday = datetime.fromisoformat("2026-11-27T10:00:00+08:00")
    clock.start_at(friday)
    work = submit(works.district, put, "教案.txt")
    assert ask(works.district, "GET", f"/resources/{work}")["due_on"] == "2026-12-04"


def test_an_overdue_review_is_told_once_to_the_heads_of_the_school(works: Works, submitted: str) -> None:
    assert escalate(works) == 0
    later(days=15)
    assert (escalate(works), escalate(works)) == (1, 0)
    assert "library.overdue_review" in waiting(works, DEAN)
    assert "library.overdue_review" not in waiting(works, REVIEWER)
    ask(works.district, "POST", f"/resources/{submitted}/school-approval", REVIEWER)
    assert "library.overdue_review" not in waiting(works, DEAN)


def test_an_overdue_review_of_the_district_is_told_to_its_administrators(works: Works, submitted: str) -> None:
    ask(works.district, "POST", f"/resources/{submitted}/school-approval", REVIEWER)
    ask(works.district, "POST", f"/resources/{submitted}/proposal")
    later(days=15)
    assert escalate(works) == 1
    assert "library.overdue_review" not in waiting(works, DEAN)
    assert "library.overdue_review" in waiting(works, "minjie")


def test_reviewers_and_author_are_told_of_each_step(works: Works, submitted: str) -> None:
    assert waiting(works, REVIEWER) == {"library.review": "《色彩》等您审核"}
    assert waiting(works, AUTHOR) == {}
    ask(works.district, "POST", f"/resources/{submitted}/return", REVIEWER, reason="来源不明")
    assert (waiting(works, REVIEWER), waiting(works, AUTHOR)) == ({}, {"library.returned": "《色彩》审核退回：来源不明"})
    ask(works.district, "POST", f"/resources/{submitted}/submission")
    ask(works.district, "POST", f"/resources/{submitted}/school-approval", REVIEWER)
    assert (waiting(works, REVIEWER), waiting(works, AUTHOR)) == ({}, {})
    assert "library.published" in told(works, AUTHOR)


def test_a_batch_approves_what_it_can_and_says_what_it_could_not(works: Works, put: Put) -> None:
    good, mended = submit(works.district, put, "一.txt"), submit(works.district, put, "二.txt")
    foreign = works.make("hejianguo", "别校的", Review.SUBMITTED)
    ask(works.district, "POST", f"/resources/{mended}/return", REVIEWER, reason="来源")
    ask(works.district, "POST", f"/resources/{mended}/submission")
    results = ask(works.district, "POST", "/reviews/batch", REVIEWER, ids=[mended, foreign, good, good])["results"]
    codes = [(one["id"], one["review"], one["error"] and one["error"]["code"]) for one in results]
    assert codes == [(mended, None, "open_reason"), (foreign, None, "not_found"), (good, "school_published", None)]
    assert [works.review_of(one) for one in (good, mended)] == [Review.SCHOOL_PUBLISHED, Review.SUBMITTED]


def test_nothing_waits_for_a_reviewer_who_left(works: Works, submitted: str) -> None:
    gone = works.viewer(REVIEWER).person_id
    with works.district.app.app_context(), unit.write():
        persons.leave(gone, works.today())
    assert queue(works, DEAN) == [submitted]
    works.grant("shilei", Role.DEAN, ScopeKind.SCHOOL, works.school_of(AUTHOR))
    assert queue(works, "shilei") == [submitted], "also for one who came later"
    assert ask(works.district, "POST", f"/resources/{submitted}/school-approval", "shilei")["review"] == "school_published"


def test_only_changed_files_of_a_revision_are_to_be_reviewed(works: Works, submitted: str, put: Put) -> None:
    ask(works.district, "POST", f"/resources/{submitted}/school-approval", REVIEWER)
    old = ask(works.district, "GET", f"/resources/{submitted}")["files"][0]["upload_id"]
    given = {"upload_ids": [old, put(AUTHOR, "新的.txt", b"new")], "change_note": "加了一份"}
    revision = ask(works.district, "POST", f"/resources/{submitted}/revisions", status=201, **given)["id"]
    ask(works.district, "POST", f"/resources/{revision}/submission")
    page = works.page(REVIEWER, f"/reviews?at={revision}")
    assert page.count("以前的版本已审过") == 1
    assert "加了一份" in page


def test_the_queue_page_works_as_a_form(works: Works, submitted: str) -> None:
    assert "色彩" in works.page(REVIEWER, "/reviews")
    client, head = works.district.app.test_client(use_cookies=False), works.district.as_(REVIEWER)
    form = {"passed": ["politics", "science"], "reason_copyright": "来源不明", "reason": ""}
    assert client.post(f"/reviews/{submitted}/approval", data=form, headers=head).status_code == 422
    assert client.post(f"/reviews/{submitted}/return", data=form, headers=head).status_code == 303
    assert ask(works.district, "GET", f"/resources/{submitted}")["review_note"] == "版权：来源不明"
    assert "都审完了" in works.page(REVIEWER, "/reviews")


def test_works_of_nobodys_subject_wait_for_somebody(works: Works) -> None:
    work = works.make(AUTHOR, "没有学科", Review.SUBMITTED)
    later_one = works.make(AUTHOR, "美术", Review.SUBMITTED, node=ART)
    assert set(queue(works, DEAN)) >= {work, later_one}

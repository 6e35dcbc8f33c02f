"""Complaints: raised by whoever sees a work, answered within a day by those who may hide it; and what hiding leaves."""

from datetime import timedelta

import pytest

from resource_hub.inbox import queries as inbox
from resource_hub.infra import unit
from resource_hub.kernel import clock
from resource_hub.library import service
from resource_hub.library.schemas import Licence, Review
from tests.library.works import ART, Works

pytestmark = pytest.mark.slow
AUTHOR, DEAN, ADMIN, COLLEAGUE, STRANGER = "linxiaoyun", "qiulan", "minjie", "wuyoutian", "meixue"


@pytest.fixture
def work(works: Works) -> str:
    return works.make(AUTHOR, "色彩的冷与暖", Review.SCHOOL_PUBLISHED, Licence.L3, ART)


def ask(works: Works, method: str, path: str, who: str, status: int = 200, **body: object) -> dict:
    client = works.district.app.test_client(use_cookies=False)
    sent = {"json": body} if method != "GET" else {}
    reply = client.open(f"/api/v1{path}", method=method, headers=works.district.as_(who), **sent)
    assert reply.status_code == status, reply.text
    return reply.json["data"] if status < 400 else reply.json["error"]


def complain(works: Works, work: str, who: str = COLLEAGUE) -> str:
    return str(ask(works, "POST", "/complaints", who, 201, resource_id=work, kind="copyright", text="第3页的图是别人的")["id"])


def waiting(works: Works, who: str) -> dict[str, bool]:
    """Return kind and urgency of the tasks in somebody's inbox."""
    viewer = works.viewer(who)
    with works.district.app.test_request_context(), unit.read():
        return {item.kind: item.is_urgent for item in inbox.waiting(viewer)}


def state(works: Works, who: str) -> list[str]:
    return [one["state"] for one in ask(works, "GET", "/complaints", who)["complaints"]]


def test_managers_are_told_and_the_author_is_not(works: Works, work: str) -> None:
    complain(works, work)
    assert "library.complaint" in waiting(works, DEAN)
    assert "library.complaint" in waiting(works, ADMIN)
    assert "library.complaint" not in waiting(works, AUTHOR)
    assert [state(works, who) for who in (COLLEAGUE, DEAN, AUTHOR, STRANGER)] == [["open"], ["open"], [], []]
    assert "第3页的图是别人的" in works.page(DEAN, "/complaints/mine")
    assert "第3页的图是别人的" not in works.page(AUTHOR, "/complaints/mine")


def test_who_does_not_see_a_work_cannot_complain_about_it(works: Works, work: str) -> None:
    ask(works, "POST", "/complaints", STRANGER, 404, resource_id=work, kind="other", text="?")


def test_an_answer_reaches_who_complained(works: Works, work: str) -> None:
    complaint = complain(works, work)
    ask(works, "POST", f"/complaints/{complaint}/answer", COLLEAGUE, 403, outcome="answered", answer="自己答复")
    ask(works, "POST", f"/complaints/{complaint}/answer", STRANGER, 404, outcome="answered", answer="外人")
    ask(works, "POST", f"/complaints/{complaint}/answer", DEAN, 422, outcome="open", answer="再等等")
    ask(works, "POST", f"/complaints/{complaint}/answer", DEAN, outcome="dismissed", answer="图是作者自己画的")
    ask(works, "POST", f"/complaints/{complaint}/answer", ADMIN, 409, outcome="hidden", answer="下架")
    page = works.page(COLLEAGUE, "/complaints/mine")
    assert "图是作者自己画的" in page
    assert "library.complaint" not in waiting(works, ADMIN)
    assert works.status(COLLEAGUE, work) == 200


def test_hiding_leaves_a_tombstone_that_says_why(works: Works, work: str) -> None:
    complaint = complain(works, work)
    ask(works, "POST", f"/complaints/{complaint}/answer", DEAN, outcome="hidden", answer="已下架,谢谢")
    assert works.status(COLLEAGUE, work) == 410
    stone = works.page(COLLEAGUE, f"/resources/{work}", 410)
    assert "侵犯版权" in stone
    assert "邱岚" in stone
    assert "已下架" in works.page(AUTHOR, f"/resources/{work}")
    assert "色彩" not in works.page(STRANGER, f"/resources/{work}", 404)


def test_a_complaint_that_nobody_answers_is_flagged_after_a_day(works: Works, work: str) -> None:
    complain(works, work)
    assert waiting(works, ADMIN) == {"library.complaint": False}
    clock.start_at(clock.now() + timedelta(hours=25))
    for _ in range(2):
        with works.district.app.app_context(), unit.write():
            service.escalate()
    assert waiting(works, ADMIN) == {"library.complaint": True}
    assert "已超过 24 小时" in works.page(ADMIN, "/complaints/mine")


def test_the_author_does_not_judge_a_complaint_about_their_own_work(works: Works) -> None:
    work = works.make(DEAN, "主任的课", Review.SCHOOL_PUBLISHED)
    complaint = complain(works, work)
    ask(works, "POST", f"/complaints/{complaint}/answer", DEAN, 404, outcome="dismissed", answer="没有问题")
    assert "library.complaint" in waiting(works, ADMIN)


def test_the_form_names_the_work_and_sends(works: Works, work: str) -> None:
    assert f"/complaints/new?resource={work}" in works.page(COLLEAGUE, f"/resources/{work}")
    assert "色彩的冷与暖" in works.page(COLLEAGUE, f"/complaints/new?resource={work}")
    client, head = works.district.app.test_client(use_cookies=False), works.district.as_(COLLEAGUE)
    assert client.post("/complaints", data={"resource_id": work, "kind": "wrong", "text": "错字"}, headers=head).status_code == 303
    assert state(works, COLLEAGUE) == ["open"]

"""Consents of a school: head-counts only, who may enter them, and what becomes of the recordings."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from resource_hub.audit import queries as audit
from resource_hub.infra import jobs, unit
from resource_hub.infra.db import db
from resource_hub.infra.features import Feature
from resource_hub.kernel import clock
from resource_hub.kernel.errors import Conflict, Invalid, NotFound
from resource_hub.kernel.viewer import Role
from resource_hub.media import queries
from resource_hub.media.events import ConsentExpired, ConsentWithdrawn
from resource_hub.media.models import Asset, ConsentBatch
from resource_hub.media.schemas import Consent, ConsentScope, Declaration, Standing
from resource_hub.media.service import consents
from resource_hub.schools import queries as schools
from resource_hub.schools import service as places
from resource_hub.schools.schemas import Grade
from tests.people.standing import Browser, Town, add_person, app, hub_settings, town

__all__ = ["app", "hub_settings", "town"]
pytestmark = pytest.mark.slow
DEAN, TEACHER, ELSEWHERE = "qiulan", "linxiaoyun", "songqian"


@dataclass
class Class:
    """A class of A1 with three files of its teacher, and what other features heard."""

    town: Town
    id: str
    heard: list[Any] = field(default_factory=list)

    def do(self, verb: Any, login: str, *given: Any, **more: Any) -> Any:
        with self.town.app.app_context(), unit.write():
            return verb(self.town.viewer(login), *given, **more)

    def make(self, scope: ConsentScope = ConsentScope.COMMUNITY, *, days: int = 30, login: str = DEAN) -> str:
        with self.town.app.app_context(), unit.read():
            end = schools.today() + timedelta(days=days)
        more = {"class_id": self.id, "subject": "math", "scope": scope, "headcount": 41, "valid_until": end}
        return str(self.do(consents.make_batch, login, **more))

    def active(self, scope: ConsentScope = ConsentScope.COMMUNITY, *, days: int = 30) -> str:
        batch_id = self.make(scope, days=days)
        self.do(consents.collect, DEAN, batch_id, agreed=39, declined=2)
        self.do(consents.activate, DEAN, batch_id)
        return batch_id

    def stand(self, batch_id: str, asset_id: str = "ast_film", login: str = TEACHER) -> None:
        self.do(consents.stand_on_batch, login, asset_id, batch_id)

    def consent(self, asset_id: str = "ast_film", needed: ConsentScope = ConsentScope.SCHOOL) -> Consent:
        with self.town.app.app_context(), unit.read():
            return queries.consent_of([asset_id], needed)[asset_id]


@pytest.fixture
def klass(town: Town) -> Iterator[Class]:
    heard: list[Any] = []
    town.app.extensions["resource_hub"].mount(
        Feature("listener", subscribers={ConsentWithdrawn: (heard.append,), ConsentExpired: (heard.append,)})
    )
    with town.app.app_context(), unit.write():
        ident = places.add_class(town.schools["A1"], school_year="2026-2027", grade=Grade.G3, number=2, head_count=41)
        for asset_id, family in (("ast_film", "video"), ("ast_other", "video"), ("ast_plan", "paper")):
            db.session.add(
                Asset(
                    id=asset_id, person_id=town.people[TEACHER], filename=f"{asset_id}.x", media_type="x/y", family=family, size=1,
                    created_at=clock.now(),
                )
            )  # fmt: skip
    yield Class(town, ident, heard)
    clock.start_at(None)


def test_a_recording_needs_a_consent_and_other_files_do_not(klass: Class) -> None:
    assert klass.consent().state is Standing.MISSING
    assert klass.consent("ast_plan").state is Standing.NOT_NEEDED
    assert klass.consent("ast_nowhere").state is Standing.MISSING


def test_slips_go_from_print_to_use(klass: Class) -> None:
    batch_id = klass.make()
    klass.stand(batch_id)
    assert klass.consent().state is Standing.MISSING
    with pytest.raises(Conflict):
        klass.do(consents.activate, DEAN, batch_id)
    klass.do(consents.collect, DEAN, batch_id, agreed=0, declined=2)
    with pytest.raises(Conflict):
        klass.do(consents.activate, DEAN, batch_id)
    with pytest.raises(Invalid):
        klass.do(consents.collect, DEAN, batch_id, agreed=40, declined=2)
    klass.do(consents.collect, DEAN, batch_id, agreed=39, declined=2)
    klass.do(consents.activate, DEAN, batch_id)
    assert klass.consent().state is Standing.ACTIVE
    assert klass.consent(needed=ConsentScope.DISTRICT).state is Standing.TOO_NARROW
    with pytest.raises(Conflict):
        klass.do(consents.collect, DEAN, batch_id, agreed=41, declined=0)
    with klass.town.app.app_context(), unit.read():
        done = [entry.action for entry in audit.recent(5)]
    assert done == ["consent.activated", "consent.collected", "consent.collected", "consent.declared", "consent.made"]


def test_a_withdrawal_stops_every_recording_of_the_batch_in_the_same_step(klass: Class) -> None:
    batch_id = klass.active()
    klass.stand(batch_id)
    klass.stand(batch_id, "ast_other")
    for count in (0, 40):
        with pytest.raises(Invalid):
            klass.do(consents.withdraw, DEAN, batch_id, count)
    assert klass.heard == []
    klass.do(consents.withdraw, DEAN, batch_id, 1)
    assert klass.heard == [ConsentWithdrawn(("ast_film", "ast_other"))]
    assert klass.consent().state is Standing.WITHDRAWN
    with pytest.raises(Invalid):
        klass.stand(batch_id, "ast_other")
    klass.do(consents.declare, TEACHER, "ast_film", Declaration.BLURRED)
    assert (klass.consent().state, klass.consent("ast_other").state) == (Standing.NOT_NEEDED, Standing.WITHDRAWN)


def test_two_weeks_after_a_withdrawal_the_recording_is_erased_and_one_on_other_slips_is_kept(klass: Class) -> None:
    taken_back, other = klass.active(), klass.active()
    klass.stand(taken_back)
    klass.stand(taken_back, "ast_other")
    klass.do(consents.withdraw, DEAN, taken_back, 1)
    klass.stand(other, "ast_other")  # cut anew, and parents were asked again

    def erased_after(days: int) -> set[str]:
        with klass.town.app.app_context(), unit.write():
            db.session.get_one(ConsentBatch, taken_back).withdrawn_at = clock.now() - timedelta(days=days)
        klass.do(lambda _viewer: consents.erase_withdrawn(), DEAN)
        with klass.town.app.app_context(), unit.read():
            return {view.id for view in queries.asset_views(["ast_film", "ast_other"]).values() if view.is_gone}

    assert erased_after(13) == set()
    assert erased_after(14) == {"ast_film"}
    with klass.town.app.app_context(), unit.read():
        view = queries.asset_views(["ast_film"])["ast_film"]
        assert (view.state, queries.download_address(view), queries.original_address(view)) == ("failed", None, None)
        assert audit.recent(1)[0].action == "consent.erased"


def test_when_hiding_fails_the_withdrawal_is_not_half_done(klass: Class) -> None:
    batch_id = klass.active()
    klass.stand(batch_id)

    def cannot(_event: ConsentWithdrawn) -> None:
        raise Conflict

    klass.town.app.extensions["resource_hub"].mount(Feature("stubborn", subscribers={ConsentWithdrawn: (cannot,)}))
    with pytest.raises(Conflict):
        klass.do(consents.withdraw, DEAN, batch_id, 1)
    assert klass.consent().state is Standing.ACTIVE


def test_a_consent_ends_after_its_last_day_and_is_told_once(klass: Class) -> None:
    batch_id = klass.active(days=30)
    klass.stand(batch_id)
    for days, standing, told in ((30, Standing.ACTIVE, 0), (31, Standing.EXPIRED, 1), (32, Standing.EXPIRED, 1)):
        clock.start_at(clock.real() + timedelta(days=days))
        assert klass.consent().state is standing
        with klass.town.app.app_context():
            with unit.write():
                jobs.enqueue("media.expire_consents", {})
            while jobs.work_once("light"):
                pass
        assert klass.heard == [ConsentExpired(("ast_film",))] * told


def test_only_those_who_answer_for_the_school_keep_its_slips(klass: Class) -> None:
    with klass.town.app.app_context(), unit.write():
        for number, (login, school, role) in enumerate(
            (("head", "A1", Role.HEAD_TEACHER), ("officer", None, Role.PRIVACY_OFFICER), ("other", "A3", Role.HEAD_TEACHER)), start=50
        ):
            klass.town.people[login] = add_person(klass.town, login, login, school, role, number)
    batch_id = klass.make(login="head")
    for stranger in (ELSEWHERE, "other", TEACHER):
        with pytest.raises(NotFound):
            klass.do(consents.collect, stranger, batch_id, agreed=1, declined=0)
    klass.do(consents.collect, "officer", batch_id, agreed=39, declined=2)
    with pytest.raises(NotFound):
        klass.make(login="officer")
    with pytest.raises(Invalid):
        klass.make(login="other")


def test_a_recording_is_its_uploaders_and_its_schools(klass: Class) -> None:
    batch_id = klass.active()
    for stranger in (ELSEWHERE, "wuyoutian"):
        with pytest.raises(NotFound):
            klass.stand(batch_id, login=stranger)
        with pytest.raises(NotFound):
            klass.do(consents.declare, stranger, "ast_film", Declaration.NO_PUPILS)
    klass.stand(batch_id, login="fangzhengqing")
    assert klass.consent().state is Standing.ACTIVE
    with klass.town.app.app_context(), unit.write():
        db.session.add(
            Asset(
                id="ast_far", person_id=klass.town.people["wuyoutian"], filename="x", media_type="x/y", family="video", size=1,
                created_at=clock.now(),
            )
        )  # fmt: skip
    with pytest.raises(Invalid):
        klass.stand(batch_id, "ast_far", "wuyoutian")


def test_programs_say_what_a_recording_stands_on(klass: Class) -> None:
    batch_id = klass.active()
    teacher, stranger = klass.town.browser(TEACHER), klass.town.browser("meixue")
    assert [found["id"] for found in teacher.get("/api/v1/consents").json["data"]] == [batch_id]
    assert stranger.get("/api/v1/consents").json["data"] == []
    assert _put(teacher, {"batch_id": batch_id}).json["data"]["state"] == "active"
    assert _put(teacher, {"declaration": "no_pupils"}).json["data"]["state"] == "not_needed"
    for wrong in ({}, {"declaration": "none"}, {"batch_id": batch_id, "declaration": "blurred"}, {"batch_id": "con_nowhere"}):
        assert _put(teacher, wrong).status_code == 422
    assert _put(stranger, {"declaration": "no_pupils"}).status_code == 404
    assert _put(klass.town.browser("minjie"), {"declaration": "no_pupils"}).status_code == 403


def _put(browser: Browser, given: dict[str, str]) -> Any:
    return browser.client.put("/api/v1/assets/ast_film/consent", json=given, headers={"X-CSRF-Token": browser.token("/account")})


def test_a_dean_takes_a_batch_from_the_form_to_the_withdrawal_and_nobody_is_named(klass: Class) -> None:
    dean, teacher = klass.town.browser(DEAN), klass.town.browser(TEACHER)
    assert "还没有告知书" in dean.get("/consents").text
    with klass.town.app.app_context(), unit.read():
        end = schools.today() + timedelta(days=60)
    form = {"class_id": klass.id, "subject": "math", "scope": "district", "headcount": "41", "valid_until": str(end)}
    refused = dean.post("/consents", {**form, "valid_until": "2001-01-01"}, page="/account")
    assert (refused.status_code, "期限要在今天之后" in refused.text, 'value="41"' in refused.text) == (422, True, True)
    path = dean.post("/consents", form, page="/account").headers["Location"]
    notice = dean.get(f"{path}/notice").text
    for words in (
        "班级录制告知书",
        "三年级(2)班",
        "数学课堂",
        "目的：全区",
        f"期限至 {end}",
        "不做人脸识别",
        "15 日内删除",
        "邱岚",
        "□ 不同意",
    ):
        assert words in notice
    assert "同意的人数" in dean.get(path).text
    assert dean.post(f"{path}/counts", {"agreed": "40", "declined": "2"}, page="/account").status_code == 422
    assert dean.post(f"{path}/counts", {"agreed": "38", "declined": "2"}, page="/account").status_code == 303
    assert "1 份没有收回" in dean.get(path).text
    assert dean.post(f"{path}/activation", page="/account").status_code == 303

    batch_id = path.rsplit("/", 1)[1]
    assert "缺告知书" in teacher.get("/consents/recordings").text
    assert teacher.post("/consents/recordings/ast_film", {"choice": batch_id}, page="/account").status_code == 303
    assert teacher.post("/consents/recordings/ast_other", {"choice": "rear_camera"}, page="/account").status_code == 303
    assert "缺告知书" not in teacher.get("/consents/recordings").text
    assert "ast_film.x" in dean.get(path).text
    assert teacher.get(path).status_code == 403
    assert klass.town.browser(ELSEWHERE).get(path).status_code == 404
    assert dean.post(f"{path}/withdrawal", {"count": "1"}, page="/account").status_code == 303
    assert "停止展示" in dean.get(path).text
    assert "家长已撤回" in teacher.get("/consents/recordings").text

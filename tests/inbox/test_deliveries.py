"""What people are told: when it shows, when it is over, and what is never shown."""

import threading
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa

from resource_hub.inbox import queries, service
from resource_hub.inbox.models import Delivery
from resource_hub.infra import jobs, unit
from resource_hub.infra.db import db
from resource_hub.kernel import clock
from resource_hub.kernel.errors import NotFound
from resource_hub.kernel.refs import Ref
from resource_hub.people import service as people
from tests.inbox.conftest import Parcels
from tests.people.standing import Town

pytestmark = pytest.mark.slow

LESSON = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)  # 10:00 in the district
AFTERNOON, MORNING = LESSON + timedelta(hours=5, minutes=31), LESSON + timedelta(hours=21, minutes=31)
ONE = Ref("parcel", "1")


@pytest.fixture(autouse=True)
def during_lessons(parcels: Parcels, town: Town) -> None:
    clock.start_at(LESSON)


def tell(town: Town, kind: str = "parcel.sent", *logins: str, ref: Ref = ONE, **said: object) -> None:
    with town.app.app_context(), unit.write():
        service.deliver([town.people[login] for login in logins or ("linxiaoyun",)], kind, ref, **said)


def shown(town: Town, login: str = "linxiaoyun") -> list[str]:
    with town.app.test_request_context(), unit.read():
        return [item.sentence for item in queries.inbox(town.viewer(login))]


def waiting(town: Town, login: str = "linxiaoyun") -> list[queries.Item]:
    with town.app.test_request_context(), unit.read():
        return queries.waiting(town.viewer(login))


def unseen(town: Town, login: str = "linxiaoyun") -> int:
    with town.app.app_context(), unit.read():
        return queries.unseen(town.viewer(login))


def see(town: Town, login: str = "linxiaoyun") -> None:
    with town.app.app_context(), unit.write():
        service.see_all(town.viewer(login))


def test_a_notice_shows_with_the_next_digest_and_only_to_whom_it_was_told(town: Town) -> None:
    tell(town)
    assert (shown(town), unseen(town)) == ([], 0)
    clock.start_at(AFTERNOON)
    assert (shown(town), unseen(town)) == (["“包裹 1”已寄出"], 1)
    assert shown(town, "wuyoutian") == []


def test_what_comes_in_the_evening_is_held_until_the_morning_but_urgent_things_come_at_once(town: Town) -> None:
    clock.start_at(LESSON + timedelta(hours=12))
    tell(town)
    tell(town, ref=Ref("parcel", "2"), urgent=True)
    assert shown(town) == ["“包裹 2”已寄出"]
    clock.start_at(MORNING)
    assert shown(town) == ["“包裹 1”已寄出", "“包裹 2”已寄出"]


def test_a_task_waits_at_once_and_until_it_is_settled(town: Town) -> None:
    tell(town, "parcel.sign", "linxiaoyun", "wuyoutian", words={"from": "A"}, due=date(2026, 12, 1))
    assert [(item.sentence, item.due) for item in waiting(town)] == [("请签收“包裹 1”,A 寄来", date(2026, 12, 1))]
    clock.start_at(AFTERNOON)
    see(town)
    assert (unseen(town), len(waiting(town))) == (0, 1)
    with town.app.app_context(), unit.write():
        service.settle("parcel.sign", ONE, [town.people["linxiaoyun"]])
    assert (waiting(town), len(waiting(town, "wuyoutian"))) == ([], 1)
    assert len(shown(town)) == 1
    with town.app.app_context(), unit.write():
        service.settle("parcel.sign", ONE)
    assert (waiting(town, "wuyoutian"), unseen(town, "wuyoutian")) == ([], 0)


def test_the_task_that_is_due_first_stands_first(town: Town) -> None:
    for number, due in (("1", None), ("2", date(2026, 12, 9)), ("3", date(2026, 12, 1))):
        tell(town, "parcel.sign", ref=Ref("parcel", number), words={"from": "A"}, due=due)
    assert [item.url for item in waiting(town)] == ["/parcels/3", "/parcels/2", "/parcels/1"]


def test_told_twice_is_told_once_and_something_else_to_say_is_news(town: Town) -> None:
    tell(town, "parcel.sign", words={"from": "A"})
    clock.start_at(AFTERNOON)
    see(town)
    tell(town, "parcel.sign", words={"from": "A"})
    assert (shown(town), unseen(town)) == (["请签收“包裹 1”,A 寄来"], 0)
    tell(town, "parcel.sign", words={"from": "B"}, urgent=True)
    assert (shown(town), unseen(town)) == (["请签收“包裹 1”,B 寄来"], 1)


def test_a_notice_that_was_seen_is_over_so_that_the_next_one_is_new(town: Town) -> None:
    tell(town, urgent=True)
    see(town)
    tell(town, urgent=True)
    assert (len(shown(town)), unseen(town)) == (2, 1)


def test_of_a_thing_that_was_hidden_nothing_is_said(town: Town, parcels: Parcels) -> None:
    tell(town, "parcel.sign", words={"from": "秘密"}, urgent=True)
    parcels.hidden.add("1")
    assert shown(town) == ["这条内容已不可见。"]
    assert [(item.sentence, item.url) for item in waiting(town)] == [("这条内容已不可见。", "")]


def test_things_are_asked_for_together(town: Town, parcels: Parcels) -> None:
    for number in range(20):
        tell(town, ref=Ref("parcel", str(number)), urgent=True)
    assert len(shown(town)) == 20
    assert parcels.asked == 1


def test_what_a_failed_deed_told_was_never_told(town: Town) -> None:
    with town.app.app_context(), pytest.raises(NotFound), unit.write():
        service.deliver([town.people["linxiaoyun"]], "parcel.sent", ONE, urgent=True)
        raise NotFound
    assert shown(town) == []


@pytest.mark.parametrize(("kind", "words"), [("parcel.lost", {}), ("parcel.sign", {}), ("parcel.sign", {"to": "A"})])
def test_a_kind_that_nobody_declared_or_without_its_words_is_refused(town: Town, kind: str, words: dict[str, str]) -> None:
    with town.app.app_context(), pytest.raises(KeyError), unit.write():
        service.deliver([town.people["linxiaoyun"]], kind, ONE, words=words)


def test_nothing_waits_for_somebody_who_left_and_nothing_more_is_told(town: Town) -> None:
    tell(town, "parcel.sign", "wuyoutian", words={"from": "A"})
    with town.app.app_context(), unit.write():
        people.leave(town.people["wuyoutian"], date(2026, 11, 24))
    tell(town, "parcel.sign", "wuyoutian", "linxiaoyun", ref=Ref("parcel", "2"), words={"from": "A"})
    with town.app.app_context(), unit.read():
        rows = db.session.scalars(sa.select(Delivery).order_by(Delivery.ref_id)).all()
        assert [(row.person_id, row.done_at is None) for row in rows] == [
            (town.people["wuyoutian"], False), (town.people["linxiaoyun"], True),
        ]  # fmt: skip


def test_two_who_tell_the_same_at_the_same_moment_both_succeed(town: Town) -> None:
    together, faults = threading.Barrier(2), []

    def tell_too() -> None:
        together.wait()
        try:
            tell(town, "parcel.sign", words={"from": "A"})
        except BaseException as fault:  # noqa: BLE001 -- told to the test
            faults.append(fault)

    threads = [threading.Thread(target=tell_too) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert len(waiting(town)) == 1


def test_what_is_long_over_is_forgotten_and_what_waits_is_kept(town: Town) -> None:
    tell(town, "parcel.sign", words={"from": "A"})
    tell(town, ref=Ref("parcel", "2"), urgent=True)
    tell(town, ref=Ref("parcel", "3"), urgent=True)
    with town.app.app_context(), unit.write():
        service.see(town.viewer("linxiaoyun"), _id_of("3"))
    for days, left in ((89, {"1", "2", "3"}), (91, {"1"})):
        clock.start_at(LESSON + timedelta(days=days))
        with town.app.app_context():
            with unit.write():
                jobs.enqueue("inbox.prune", {})
            while jobs.work_once("light"):
                pass
            with unit.read():
                assert set(db.session.scalars(sa.select(Delivery.ref_id))) == left


def _id_of(ref_id: str) -> str:
    found: str | None = db.session.scalar(sa.select(Delivery.id).where(Delivery.ref_id == ref_id))
    assert found
    return found

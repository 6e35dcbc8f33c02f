"""Jobs on both databases: leased, fenced, retried, cancelled, never lost and never doubled."""

import threading
import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from resource_hub.infra import jobs, unit
from resource_hub.infra.db import db
from resource_hub.infra.jobs import Job, JobKind, JobRun, JobState, LeaseLost
from resource_hub.kernel import clock
from resource_hub.kernel.errors import Invalid, NotFound, Unavailable
from resource_hub.kernel.refs import Ref
from tests.infra.outage import Outage

pytestmark = pytest.mark.slow
SUBJECT = Ref("thing", "thg_1")


@pytest.fixture
def hub(app: Flask) -> Iterator[Flask]:
    with app.app_context():
        yield app


@pytest.fixture
def outage(database: str) -> Iterator[Outage]:
    found = Outage(database)
    yield found
    found.end()


def register(app: Flask, handler: object, *, attempts: int = 3) -> None:
    app.extensions["resource_hub"].job_kinds["test.work"] = JobKind("test.work", "light", handler, attempts)  # type: ignore[arg-type]


def enqueue(**given: object) -> str:
    with unit.write():
        return jobs.enqueue("test.work", {"n": 1}, subject=SUBJECT, **given)  # type: ignore[arg-type]


def the_job() -> Job:
    with unit.read():
        job = db.session.scalars(sa.select(Job).order_by(Job.created_at.desc())).first()
        assert job is not None
        db.session.expunge(job)
        return job


def the_state(ident: str) -> JobState:
    with unit.read():
        return db.session.get_one(Job, ident).state


def hurry() -> None:
    """Let waiting and leased jobs of the test be due now."""
    with unit.write():
        db.session.execute(sa.update(Job).values(run_at=clock.now() - timedelta(seconds=1), lease_until=clock.now() - timedelta(seconds=1)))


def test_a_job_enqueued_in_a_unit_that_fails_is_not_there(hub: Flask) -> None:
    register(hub, lambda _run: None)
    with pytest.raises(ZeroDivisionError), unit.write():
        jobs.enqueue("test.work", {})
        raise ZeroDivisionError
    assert not jobs.work_once("light")


def test_a_result_and_the_end_of_its_job_are_one_transaction(hub: Flask) -> None:
    def fail_inside(run: JobRun) -> None:
        with run.completing():
            jobs.enqueue("test.work", {"n": 2})
            raise RuntimeError("after the result")

    register(hub, fail_inside, attempts=1)
    enqueue()
    assert jobs.work_once("light")
    with unit.read():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Job)) == 1
    assert the_job().state is JobState.DEAD


def test_a_worker_that_lost_its_lease_records_nothing(hub: Flask) -> None:
    seen: list[str] = []

    def slow(run: JobRun) -> None:
        if run.attempt == 1:
            hurry()
            assert jobs.work_once("light")
            with pytest.raises(LeaseLost), run.completing():
                seen.append("late")
            raise LeaseLost
        with run.completing():
            seen.append("second")

    register(hub, slow)
    enqueue()
    assert jobs.work_once("light")
    assert seen == ["second"]
    assert the_job().state is JobState.DONE


def test_a_worker_that_lost_its_lease_records_no_part_of_a_result_either(hub: Flask) -> None:
    def slow(run: JobRun) -> None:
        if run.attempt == 1:
            hurry()
            assert jobs.work_once("light")
            with pytest.raises(LeaseLost), run.recording():
                enqueue(dedupe="late")
            raise LeaseLost
        with run.recording():
            jobs.enqueue("test.work", {}, dedupe="second", delay_s=60)
        assert the_state(run.id) is JobState.RUNNING

    register(hub, slow)
    enqueue()
    assert jobs.work_once("light")
    with unit.read():
        keys = set(db.session.scalars(sa.select(Job.dedupe_key).where(Job.dedupe_key.is_not(None))))
    assert keys == {"second"}


def test_progress_that_cannot_be_told_does_not_end_the_work(hub: Flask, outage: Outage) -> None:
    def encode(run: JobRun) -> None:
        outage.begin()
        run.progress(0.5)
        outage.end()

    register(hub, encode, attempts=1)
    enqueue()
    assert jobs.work_once("light")
    assert the_job().state is JobState.DONE


def test_a_result_waits_for_the_database_and_is_recorded_once(hub: Flask, outage: Outage) -> None:
    recorded: list[str] = []

    def finish(run: JobRun) -> None:
        with outage.ending_after(2), run.completing():
            recorded.append(run.id)

    register(hub, finish)
    enqueue()
    assert jobs.work_once("light")
    job = the_job()
    assert (job.state, job.attempts, job.releases) == (JobState.DONE, 1, 0)
    assert recorded == [job.id]


def test_a_lease_outlives_an_outage_that_nobody_used(hub: Flask, outage: Outage) -> None:
    """Every renewal fails for longer than the lease; hours of work must not be thrown away for that."""

    def encode(run: JobRun) -> None:
        with outage.ending_after(3):
            pass
        began = clock.now()
        while the_job().lease_until < began:  # type: ignore[operator]  # a running job has one
            run.check()
            time.sleep(0.1)

    register(hub, encode)
    enqueue()
    assert jobs.work_once("light", lease_s=1)
    assert (the_job().state, the_job().attempts) == (JobState.DONE, 1)


def test_a_vanished_row_ends_a_job_well_and_bytes_that_storage_lost_do_not(hub: Flask) -> None:
    losses = [NotFound(), NotFound("存储中没有找到这个文件。", code="no_such_key")]

    def look(_run: JobRun) -> None:
        raise losses.pop(0)

    register(hub, look)
    for state, told in ((JobState.DONE, "not_found"), (JobState.DEAD, "no_such_key")):
        ident = enqueue()
        assert jobs.work_once("light")
        assert the_state(ident) is state
        assert the_job().error_code == told


def test_work_that_kills_its_worker_is_not_tried_for_ever(hub: Flask) -> None:
    tries: list[int] = []

    def kill(run: JobRun) -> None:
        tries.append(run.attempt)
        raise SystemExit

    register(hub, kill, attempts=2)
    enqueue()
    for _ in range(2):
        with pytest.raises(SystemExit):
            jobs.work_once("light")
        assert the_job().state is JobState.RUNNING
        hurry()
    assert not jobs.work_once("light")
    assert (tries, the_job().state, the_job().error_code) == ([1, 2], JobState.DEAD, "worker_lost")


def test_work_that_a_stopping_worker_gives_back_counts_as_not_tried(hub: Flask) -> None:
    tries: list[int] = []

    def drained(run: JobRun) -> None:
        tries.append(run.attempt)
        if len(tries) < 5:
            jobs.release_all(the_job().worker or "")
            raise LeaseLost

    register(hub, drained, attempts=2)
    enqueue()
    for _ in range(5):
        hurry()
        assert jobs.work_once("light")
    assert tries == [1] * 5
    assert (the_job().state, the_job().releases) == (JobState.DONE, 4)


def test_folders_of_attempts_that_are_over_are_removed_and_no_other(hub: Flask) -> None:
    folder = jobs.scratch_folder()

    def work(run: JobRun) -> None:
        (folder / f"{run.id}-earlier0").mkdir()
        (folder / "job_gone-abcdefgh").mkdir()
        (folder / "keep").mkdir()
        hurry()
        assert jobs.clear_scratch() == 2
        assert {place.name for place in folder.iterdir()} == {run.scratch.name, "keep"}

    register(hub, work)
    enqueue()
    assert jobs.work_once("light")
    assert the_job().state is JobState.DONE


def test_an_unavailable_part_is_waited_out_without_counting(hub: Flask) -> None:
    tries: list[int] = []

    def away(run: JobRun) -> None:
        tries.append(run.attempt)
        if len(tries) < 6:
            raise Unavailable

    register(hub, away, attempts=2)
    enqueue()
    for _ in range(6):
        hurry()
        assert jobs.work_once("light")
    assert tries == [1] * 6
    assert the_job().state is JobState.DONE


def test_a_fault_is_tried_three_times_then_dead_with_its_reason(hub: Flask) -> None:
    def broken(_run: JobRun) -> None:
        raise RuntimeError("no")

    register(hub, broken)
    enqueue()
    for _ in range(3):
        hurry()
        assert jobs.work_once("light")
    job = the_job()
    assert (job.state, job.attempts) == (JobState.DEAD, 3)
    assert job.error_message


def test_bad_input_is_dead_at_once_and_can_be_retried(hub: Flask) -> None:
    verdicts = [Invalid("文件已损坏。"), None]

    def check(_run: JobRun) -> None:
        verdict = verdicts.pop(0)
        if verdict:
            raise verdict

    register(hub, check)
    enqueue()
    assert jobs.work_once("light")
    assert (the_job().state, the_job().error_message) == (JobState.DEAD, "文件已损坏。")
    with unit.write():
        assert jobs.retry(SUBJECT) == 1
    assert jobs.work_once("light")
    assert the_job().state is JobState.DONE


def test_a_running_job_stops_when_it_is_cancelled(hub: Flask) -> None:
    def endless(run: JobRun) -> None:
        with unit.write():
            jobs.cancel(SUBJECT)
        for _ in range(200):
            run.check()
            time.sleep(0.05)

    register(hub, endless)
    enqueue()
    assert jobs.work_once("light")
    assert the_job().state is JobState.CANCELLED


def test_a_cancelled_job_is_not_begun_again_when_its_worker_was_killed(hub: Flask) -> None:
    tries: list[int] = []

    def kill(run: JobRun) -> None:
        tries.append(run.attempt)
        with unit.write():
            assert jobs.cancel(SUBJECT) == 1
        raise SystemExit

    register(hub, kill)
    enqueue()
    with pytest.raises(SystemExit):
        jobs.work_once("light")
    hurry()
    assert not jobs.work_once("light")
    assert (tries, the_job().state) == ([1], JobState.CANCELLED)


def test_two_workers_never_take_the_same_job(hub: Flask) -> None:
    done: list[str] = []
    lock = threading.Lock()

    def note(run: JobRun) -> None:
        with lock:
            done.append(run.id)

    register(hub, note)
    for n in range(12):
        enqueue(dedupe=f"k{n}")

    def work() -> None:
        with hub.app_context():
            while jobs.work_once("light"):
                pass

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(done) == sorted(set(done))
    assert len(done) == 12


def test_an_open_job_of_the_same_key_is_not_made_twice(hub: Flask) -> None:
    register(hub, lambda _run: None)
    assert enqueue(dedupe="one") == enqueue(dedupe="one")
    assert jobs.work_once("light")
    assert enqueue(dedupe="one")
    assert jobs.work_once("light")
    assert not jobs.work_once("light")


def test_a_waiting_job_says_how_many_come_before_it(hub: Flask) -> None:
    register(hub, lambda _run: None)
    with unit.write():
        for n in range(3):
            jobs.enqueue("test.work", {}, subject=Ref("thing", f"t{n}"))
    with unit.read():
        seen = jobs.jobs_of("thing", ["t0", "t1", "t2"])
    assert [seen[f"t{n}"][0].before for n in range(3)] == [0, 1, 2]


def test_jobs_that_ended_well_are_forgotten_after_a_month_and_failures_are_not(hub: Flask) -> None:
    register(hub, lambda _run: None)
    month = clock.now() - timedelta(days=31)
    fates = ((JobState.DONE, month), (JobState.DONE, clock.now()), (JobState.DEAD, month), (JobState.CANCELLED, month))
    made = [enqueue() for _ in fates]
    with unit.write():
        for ident, (state, at) in zip(made, fates, strict=True):
            job = db.session.get_one(Job, ident)
            job.state, job.finished_at = state, at
    with unit.write():
        assert jobs.prune() == 1
    with unit.read():
        assert set(db.session.scalars(sa.select(Job.id))) == set(made[1:])

"""Objects that nobody names go after a day; whatever a row, an upload or an attempt may still need stays."""

from datetime import timedelta

import pytest
from flask import Flask

from resource_hub.infra import jobs, unit
from resource_hub.infra.db import db
from resource_hub.infra.jobs import Job, JobKind, JobRun, JobState
from resource_hub.infra.storage import storage
from resource_hub.kernel import clock
from resource_hub.kernel.ids import new_id
from resource_hub.media.models import Asset, Page, Rendition, Upload, UploadState
from resource_hub.media.rules import original_key
from resource_hub.media.service.objects import rendition_key
from resource_hub.media.service.results import record_infected

pytestmark = pytest.mark.slow


def long_ago(ident: str) -> str:
    """The id as if it had been made in 1970."""
    prefix, _, digits = ident.partition("_")
    return f"{prefix}_{'0' * 10}{digits[10:]}"


def put(*keys: str) -> None:
    for key in keys:
        storage().put_bytes(key, b"x")


def stored() -> set[str]:
    return {key for key, *_ in storage().list_keys()}


def sweep() -> None:
    with unit.write():
        jobs.enqueue("media.sweep_objects", {}, dedupe="sweep")
    assert jobs.work_once("light")
    with unit.read():
        assert {job.state for job in db.session.query(Job).where(Job.kind == "media.sweep_objects")} == {JobState.DONE}


def add_asset(asset_id: str) -> None:
    with unit.write():
        db.session.add(
            Asset(id=asset_id, person_id="per_x", filename="x", media_type="video/mp4", family="video", size=1, facts={},
                  created_at=clock.now())
        )  # fmt: skip


def add_upload(asset_id: str, state: UploadState) -> None:
    with unit.write():
        db.session.add(
            Upload(id=new_id("upl"), person_id="per_x", filename="x", size=1, part_size=1, asset_id=asset_id, state=state,
                   created_at=clock.now(), expires_at=clock.now() + timedelta(days=7))
        )  # fmt: skip


def test_renditions_that_no_row_names_go_after_a_day(app: Flask) -> None:
    with app.app_context():
        asset_id = long_ago(new_id("ast"))
        add_asset(asset_id)
        rung, page, lost = (
            rendition_key(asset_id, 1, long_ago(new_id("lse")), name) for name in ("480.mp4", "page-0001-480.webp", "a.mp4")
        )
        fresh = rendition_key(asset_id, 1, new_id("lse"), "480.mp4")
        strange = rendition_key(long_ago(new_id("ast")), 1, long_ago(new_id("lse")), "480.mp4")
        put(rung, page, lost, fresh, strange, original_key(asset_id))
        with unit.write():
            db.session.add(
                Rendition(id=new_id("rnd"), asset_id=asset_id, group="ladder", kind="video", label="480", key=rung, media_type="video/mp4",
                          bytes=1)
            )  # fmt: skip
            db.session.add(Page(asset_id=asset_id, number=1, width=1, height=1, images={"480": page, "960": page}))
        sweep()
        assert stored() == {rung, page, fresh, strange, original_key(asset_id)}


def test_what_an_attempt_stored_stays_while_it_is_at_work_and_goes_when_it_failed(app: Flask) -> None:
    asset_id = new_id("ast")
    token = long_ago(new_id("lse"))
    key = rendition_key(asset_id, 1, token, "480.mp4")

    def encode_for_days(run: JobRun) -> None:
        with unit.write():
            db.session.get_one(Job, run.id).lease_token = token
        put(key)
        sweep()
        assert stored() == {key}
        with unit.write():
            db.session.get_one(Job, run.id).lease_token = run.token

    with app.app_context():
        add_asset(asset_id)
        app.extensions["resource_hub"].job_kinds["test.long"] = JobKind("test.long", "video", encode_for_days)
        with unit.write():
            ident = jobs.enqueue("test.long", {})
        assert jobs.work_once("video")
        with unit.read():
            assert db.session.get_one(Job, ident).state is JobState.DONE
        sweep()
        assert stored() == set()


def test_originals_whose_upload_came_to_nothing_go_and_no_others(app: Flask) -> None:
    with app.app_context():
        kept = {state: long_ago(new_id("ast")) for state in (UploadState.OPEN, UploadState.FINISHING, UploadState.FINISHED)}
        for state, asset_id in kept.items():
            add_upload(asset_id, state)
        add_asset(kept[UploadState.FINISHED])
        refused, abandoned, fresh, unknown = long_ago(new_id("ast")), long_ago(new_id("ast")), new_id("ast"), long_ago(new_id("ast"))
        infected = long_ago(new_id("ast"))
        add_upload(infected, UploadState.FINISHED)
        add_asset(infected)
        with unit.write():
            record_infected(infected, "Test.Virus")
        add_upload(refused, UploadState.REFUSED)
        add_upload(abandoned, UploadState.ABANDONED)
        add_upload(fresh, UploadState.REFUSED)
        put(*(original_key(asset_id) for asset_id in (*kept.values(), refused, abandoned, infected, fresh, unknown)))
        sweep()
        assert stored() == {original_key(asset_id) for asset_id in (*kept.values(), fresh, unknown)}

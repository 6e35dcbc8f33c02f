"""The jobs with real storage and both databases: from a stored original to what is recorded."""

import hashlib
import threading
import time
from dataclasses import replace
from pathlib import Path

import docx
import pytest
import sqlalchemy as sa
from flask import Flask
from PIL import Image, ImageDraw

from media_worker.desk import desk
from media_worker.handlers import KINDS
from resource_hub.app import create_app
from resource_hub.infra import jobs, unit
from resource_hub.infra.db import db
from resource_hub.infra.features import Hub
from resource_hub.infra.jobs import Job, JobKind, JobRun, JobState
from resource_hub.infra.storage import storage
from resource_hub.kernel import clock
from resource_hub.kernel.refs import Ref
from resource_hub.kernel.settings import Settings
from resource_hub.media import queries, service
from resource_hub.media.models import Asset, Page, Rendition
from resource_hub.media.rules import original_key
from resource_hub.media.schemas import RenditionFacts
from tests.infra.standing import installed, running_store
from tests.media_worker.footage import decodes, film

pytestmark = pytest.mark.slow
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@pytest.fixture
def worker(app: Flask) -> Flask:
    hub: Hub = app.extensions["resource_hub"]
    hub.job_kinds.update({kind.name: kind for kind in KINDS})
    return app


def hand_in(source: Path, media_type: str, family: str) -> str:
    """Store an original and order its inspection, as finishing an upload does."""
    asset_id = f"ast_{source.stem}"
    storage().put_file(original_key(asset_id), source, media_type)
    with unit.write():
        db.session.add(
            Asset(id=asset_id, person_id="per_x", filename=source.name, media_type=media_type, family=family, size=source.stat().st_size,
                  facts={}, created_at=clock.now())
        )  # fmt: skip
        jobs.enqueue("media.inspect", {"asset_id": asset_id}, subject=Ref("asset", asset_id))
    return asset_id


def work_off() -> None:
    while sum(jobs.work_once(lane) for lane in ("intake", "light", "video", "paper", "scan")):
        continue


def states() -> dict[str, tuple[JobState, str | None]]:
    with unit.read():
        return {job.kind: (job.state, job.error_code) for job in db.session.scalars(sa.select(Job)) if job.kind.startswith("media.")}


def test_a_lesson_becomes_playable_in_every_form(worker: Flask, tmp_path: Path) -> None:
    source = film(tmp_path / "lesson.mp4", size="854x480", seconds=6)
    with worker.app_context():
        asset_id = hand_in(source, "video/mp4", "video")
        work_off()
        done = {name: state for name, (state, _) in states().items()}
        assert done == dict.fromkeys(("media.inspect", "media.ladder", "media.storyboard", "media.voice", "media.slides"), JobState.DONE)
        with unit.read():
            asset = db.session.get_one(Asset, asset_id)
            assert (asset.sha256, asset.width, asset.has_audio) == (hashlib.sha256(source.read_bytes()).hexdigest(), 854, True)
            rows = {(r.group, r.label): r for r in db.session.scalars(sa.select(Rendition))}
            db.session.expunge_all()
        assert {group for group, _ in rows} == {"poster", "ladder", "storyboard", "waveform", "voice"}
        for row in rows.values():
            assert storage().stat(row.key).size == row.bytes
            assert row.key.startswith(f"renditions/{asset_id}/1/")
        village = tmp_path / "village.mp4"
        storage().get_file(rows["ladder", "240"].key, village)
        assert decodes(village)
        assert rows["ladder", "240"].meta["peak_bps"] >= rows["ladder", "240"].meta["average_bps"] > 0
        assert not list((worker.extensions["resource_hub"].settings.data_path / "scratch").iterdir())


def test_a_document_and_a_scan_become_pages_with_words(worker: Flask, tmp_path: Path) -> None:
    document = docx.Document()
    document.add_paragraph("同分母分数相加")
    document.save(str(tmp_path / "plan.docx"))
    scan = Image.new("RGB", (900, 300), "white")
    ImageDraw.Draw(scan).text((50, 50), "LESSON 30", fill="black", font_size=120)
    scan.save(tmp_path / "scan.png")
    with worker.app_context():
        plan = hand_in(tmp_path / "plan.docx", WORD, "paper")
        photo = hand_in(tmp_path / "scan.png", "image/png", "image")
        work_off()
        with unit.read():
            pages = {page.asset_id: page for page in db.session.scalars(sa.select(Page))}
            assert db.session.get_one(Asset, plan).pages_complete
            db.session.expunge_all()
        assert "同分母分数相加" in pages[plan].text
        assert "30" in pages[photo].text
        assert not pages[photo].needs_ocr
        assert set(pages[plan].images) == {"480", "960", "1600"}
        assert all(storage().stat(str(key)).size for key in pages[photo].images.values())


def test_a_damaged_recording_is_told_in_words_and_leaves_nothing(worker: Flask, tmp_path: Path) -> None:
    (tmp_path / "bad.mp4").write_bytes(b"\x00\x00\x00\x18ftypmp42" + b"\x5a" * 4000)
    with worker.app_context():
        hand_in(tmp_path / "bad.mp4", "video/mp4", "video")
        work_off()
        assert states() == {"media.inspect": (JobState.DEAD, "damaged_media")}
        assert not list(storage().list_keys("renditions/"))


def test_an_original_that_storage_lost_is_told_and_not_called_ready(worker: Flask, tmp_path: Path) -> None:
    source = film(tmp_path / "lesson.mp4", seconds=1)
    with worker.app_context():
        asset_id = hand_in(source, "video/mp4", "video")
        storage().delete(original_key(asset_id))
        work_off()
        assert states() == {"media.inspect": (JobState.DEAD, "original_missing")}
        with worker.test_request_context(), unit.read():
            view = queries.asset_views([asset_id])[asset_id]
        assert view.state == "failed"
        assert "原件不在存储中" in (view.failure or {})["message"]


def test_pages_that_were_shown_stay_whole_when_the_rest_is_called_off(worker: Flask, tmp_path: Path) -> None:
    sheets = [Image.effect_noise((300, 400), 40) for _ in range(60)]
    sheets[0].save(tmp_path / "long.pdf", save_all=True, append_images=sheets[1:])
    with worker.app_context():
        asset_id = hand_in(tmp_path / "long.pdf", "application/pdf", "paper")
        assert jobs.work_once("intake")
        reader = threading.Thread(target=_cancel_after_the_first_page, args=(worker, asset_id))
        reader.start()
        assert jobs.work_once("paper")
        reader.join()
        assert states()["media.paper"] == (JobState.CANCELLED, None)
        with unit.read():
            named = {str(key) for images in db.session.scalars(sa.select(Page.images)) for key in images.values()}
        assert named
        assert {key for key, *_ in storage().list_keys("renditions/")} == named


def _cancel_after_the_first_page(app: Flask, asset_id: str) -> None:
    with app.app_context():
        while True:
            with unit.read():
                if db.session.get(Page, (asset_id, 1)):
                    break
            time.sleep(0.05)
        with unit.write():
            assert jobs.cancel(Ref("asset", asset_id)) == 1


def test_a_store_that_restarts_costs_no_finished_work(hub_settings: Settings, tmp_path: Path) -> None:
    found = installed(tmp_path / "own")
    access, secret = found.s3_keys
    app = create_app(replace(hub_settings, s3_endpoint=found.s3_endpoint, s3_access_key=access, s3_secret_key=secret, s3_bucket="hub-own"))
    keys: list[str] = []
    is_up, is_over = threading.Event(), threading.Event()

    def restart() -> None:
        time.sleep(1)
        with running_store(found):
            is_up.set()
            is_over.wait(60)

    def encode(run: JobRun) -> None:
        with desk(run) as work:
            (work.folder / "rung.mp4").write_bytes(b"hours of work")
            assert not is_up.is_set()
            keys.append(work.store(work.folder / "rung.mp4", "video/mp4"))
            with run.completing():
                service.record_renditions(work.order.asset_id, "ladder", [RenditionFacts("video", "480", keys[0], "video/mp4", 13)])

    app.extensions["resource_hub"].job_kinds["media.ladder"] = JobKind("media.ladder", "video", encode)
    with app.app_context():
        with running_store(found):
            storage().ensure_bucket()
            hand_in(film(tmp_path / "lesson.mp4", seconds=1), "video/mp4", "video")
            with unit.write():
                jobs.enqueue("media.ladder", {"asset_id": "ast_lesson"}, subject=Ref("asset", "ast_lesson"))
        store = threading.Thread(target=restart)
        store.start()
        assert jobs.work_once("video")
        assert states()["media.ladder"] == (JobState.DONE, None)
        assert storage().get_bytes(keys[0]) == b"hours of work"
        is_over.set()
        store.join()
        db.engine.dispose()

"""Works with pages and films whose objects really lie in the store, written as the worker would have left them."""

from dataclasses import dataclass

from flask import Flask

from resource_hub.infra import unit
from resource_hub.infra.db import db
from resource_hub.infra.features import hub
from resource_hub.kernel import clock
from resource_hub.kernel.ids import new_id
from resource_hub.library.models import Resource, ResourceFile, ResourceScope
from resource_hub.library.schemas import Kind
from resource_hub.media.models import Asset, Page, Rendition
from resource_hub.people import queries as people
from resource_hub.schools import queries as schools
from resource_hub.timetable.models import Lesson

LEAD = "linxiaoyun"
WIDTHS = (480, 960, 1600)


@dataclass(frozen=True)
class Work:
    id: str
    asset_id: str


def add_deck(app: Flask, pages: int = 2, *, author: str = LEAD) -> Work:
    """A work with a document of so many pages, each in three widths."""
    with app.app_context(), unit.write():
        work = _work(Kind.SLIDES, author)
        asset = _asset(work, "色彩的冷与暖.pptx", "paper")
    for number in range(1, pages + 1):
        put_page(app, asset, number, f"page {number}")
    return Work(work, asset)


def put_page(app: Flask, asset_id: str, number: int, text: str) -> None:
    """Draw a page, in the place of what stood there."""
    token = new_id("job")
    keys = {str(width): f"renditions/{asset_id}/1/{token}-{number}-{width}" for width in WIDTHS}
    with app.app_context():
        for width, key in keys.items():
            hub().storage.put_bytes(key, f"{text} at {width}".encode() * int(width), "image/webp")
        with unit.write():
            page = db.session.get(Page, (asset_id, number)) or Page(asset_id=asset_id, number=number, text="", width=1600, height=900)
            page.images = keys
            db.session.add(page)


def add_film(app: Flask, kind: Kind = Kind.MICRO_LESSON, *, author: str = LEAD, megabytes: float = 0.1) -> Work:
    """A work with a recording on two rungs; the lowest has so many megabytes."""
    with app.app_context(), unit.write():
        work = _work(kind, author)
        asset = _asset(work, "调色微课.mp4", "video")
    for label, size in (("240", megabytes), ("720", megabytes * 4)):
        _put_rung(app, asset, label, int(size * 1_048_576))
    return Work(work, asset)


def teach_with(app: Flask, lesson: str, work: Work | None) -> None:
    with app.app_context(), unit.write():
        db.session.get_one(Lesson, lesson).pack = f"resource:{work.id}" if work else None


def _put_rung(app: Flask, asset_id: str, label: str, size: int) -> None:
    key = f"renditions/{asset_id}/1/{new_id('job')}-{label}.mp4"
    with app.app_context():
        hub().storage.put_bytes(key, label.encode() * (size // 3), "video/mp4")
        with unit.write():
            db.session.add(
                Rendition(id=new_id("rnd"), asset_id=asset_id, group="ladder", kind="video", label=label, key=key, media_type="video/mp4",
                          bytes=size // 3 * 3, width=426, height=240, bitrate_kbps=132.0, playlist="")
            )  # fmt: skip


def _work(kind: Kind, author: str) -> str:
    person = people.person_by_login(author)
    school = schools.school_by_code("A1")
    assert person
    assert school
    now = clock.now()
    made = Resource(id=new_id("res"), title="色彩的冷与暖", kind=kind, author_id=person, author_name="林晓云", school_id=school.id,
                    created_at=now, updated_at=now)  # fmt: skip
    db.session.add(made)
    db.session.flush()
    db.session.add(ResourceScope(resource_id=made.id, word=f"person:{person}"))
    return made.id


def _asset(work: str, filename: str, family: str) -> str:
    made = Asset(id=new_id("ast"), person_id="per_x", filename=filename, media_type="x/y", family=family, size=1, has_video=family == "video",
                 inspected_at=clock.now(), created_at=clock.now())  # fmt: skip
    db.session.add(made)
    db.session.flush()
    db.session.add(ResourceFile(id=new_id("rfl"), resource_id=work, asset_id=made.id, position=1))
    return made.id

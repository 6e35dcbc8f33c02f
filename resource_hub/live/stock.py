"""The stock of a lesson: every file that a room has on its own disk before the lesson begins, so that only numbers travel then.

Apart from ``materials``, which shows pages over the line: here the pages, the clips and the village's own plan become a
list of hashes, and a room's word about it becomes a sentence for the teacher. Rule: what was withdrawn, or whose consent is
over, is in no stock, and a stock whose files are not all measured is ready nowhere.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa
from flask_babel import gettext as _

from resource_hub.infra.db import db
from resource_hub.infra.storage import storage
from resource_hub.kernel import clock
from resource_hub.kernel.errors import NotFound
from resource_hub.kernel.viewer import Viewer
from resource_hub.live import labels, stock_files
from resource_hub.live.models import LessonLocalPlan, StockReport
from resource_hub.live.stock_files import Found, StockDeck
from resource_hub.live.stocktaking import Piece, Report, Standing, StockFile, bytes_of, in_order, mark_of, standing
from resource_hub.media.service import digests
from resource_hub.people import queries as people
from resource_hub.timetable import queries as timetable
from resource_hub.timetable.queries import LessonFacts
from resource_hub.timetable.schemas import LessonState

BEFORE, AFTER = timedelta(days=3), timedelta(days=1)
"""A room keeps a lesson's stock from so long before it (a weekend, when nobody switches it on) until so long after."""


@dataclass(frozen=True, slots=True)
class LocalPlan:
    """What the village does while the line is cut; ``film`` is where its micro lesson is kept, once it is ready."""

    text: str
    micro_lesson: str | None
    title: str
    film: str | None


@dataclass(frozen=True, slots=True)
class Stock:
    lesson: str
    mark: str
    is_whole: bool
    total_bytes: int
    files: Sequence[StockFile]
    decks: Sequence[StockDeck]
    plan: LocalPlan | None


@dataclass(frozen=True, slots=True)
class RoomLesson:
    """A lesson whose stock a room keeps; ``mark`` names it, so that nothing is asked twice. Times in milliseconds since 1970."""

    id: str
    starts_at: int
    ends_at: int
    mark: str
    is_whole: bool


@dataclass(frozen=True, slots=True)
class RoomStanding:
    """How the stock stands in one room, in words."""

    site: int
    name: str
    standing: Standing
    words: str
    tone: str


def lessons_of(viewer: Viewer) -> list[RoomLesson]:
    """Return the lessons whose stock the room that asks keeps, in the order of time."""
    class_id = people.class_of_terminal(viewer.person_id)
    now = clock.now()
    around = ((now - AFTER).date() - timedelta(days=1), (now + BEFORE).date() + timedelta(days=1))
    found = timetable.lessons_between(*around, class_id=class_id) if class_id else []
    kept = [one for one in found if is_kept(one) and one.state is not LessonState.CANCELLED]
    stocks = {one.id: stock_of(one) for one in kept}
    return [
        RoomLesson(one.id, clock.ms(one.starts_at), clock.ms(one.ends_at), stocks[one.id].mark, stocks[one.id].is_whole) for one in kept
    ]


def is_kept(lesson: LessonFacts) -> bool:
    """Return whether rooms keep the lesson's stock now."""
    return lesson.starts_at - BEFORE <= clock.now() <= lesson.ends_at + AFTER


def stock_of(lesson: LessonFacts) -> Stock:
    """Return what the lesson's rooms should have; empty outside its days. The caller has found the viewer's seat."""
    if not is_kept(lesson):
        return _stock(lesson, Found(), None)
    return _stock(lesson, stock_files.find(lesson), stock_files.plan_of(lesson.id))


def unmeasured(lesson: LessonFacts) -> list[tuple[str, str]]:
    """Return key and asset of the objects of the stock whose hash nobody knows yet."""
    if not is_kept(lesson):
        return []
    found = stock_files.find(lesson)
    known = digests.digests_of(one.key for one in found.wanted)
    return list(dict.fromkeys((one.key, one.asset_id) for one in found.wanted if one.key not in known))


def address_of(lesson: LessonFacts, sha256: str) -> str:
    """Return where a file of the stock can be fetched for an hour; NotFound for any other file."""
    if is_kept(lesson):
        found = stock_files.find(lesson)
        known = digests.digests_of(one.key for one in found.wanted)
        wanted = next((one for one in found.wanted if one.key in known and known[one.key].sha256 == sha256), None)
        if wanted:
            return storage().presign_get(wanted.key, media_type=wanted.media_type)
    raise NotFound


def standings_of(lesson: LessonFacts) -> list[RoomStanding]:
    """Return how the stock stands in each receiving room, in the order of the sites."""
    now = stock_of(lesson)
    rows = db.session.scalars(sa.select(StockReport).where(StockReport.lesson_id == lesson.id))
    reports = {row.site: Report(row.mark, row.have_bytes, row.state) for row in rows}
    return [_standing(site.position, f"{site.school} {site.class_name}", now, reports.get(site.position)) for site in lesson.receivers]


def rooms_of(lesson: LessonFacts) -> list[RoomStanding]:
    """Return the standings that are worth a line: none where the lesson has no stock."""
    return [one for one in standings_of(lesson) if one.words]


def local_plan_of(lesson_id: str) -> tuple[str, str]:
    """Return the text of the local plan and the id of its micro lesson; empty where there is none."""
    plan = stock_files.plan_of(lesson_id)
    return (plan.text, plan.micro_lesson or "") if plan else ("", "")


def _standing(site: int, name: str, now: Stock, report: Report | None) -> RoomStanding:
    found = standing(now.mark, now.total_bytes, report, is_whole=now.is_whole)
    lacking = max(0, now.total_bytes - (report.have_bytes if report else 0))
    words, tone = labels.STANDINGS[found]
    return RoomStanding(site, name, found, _(words, size=labels.megabytes(lacking)) if words else "", tone)


def _stock(lesson: LessonFacts, found: Found, plan: LessonLocalPlan | None) -> Stock:
    known = digests.digests_of(one.key for one in found.wanted)
    files = in_order([
        StockFile(known[one.key].sha256, known[one.key].bytes, one.media_type, one.piece, one.asset_id, one.page, one.width)
        for one in found.wanted
        if one.key in known
    ])  # fmt: skip
    return Stock(
        lesson=lesson.id,
        mark=mark_of(files, plan.text if plan else ""),
        is_whole=found.is_made and all(one.key in known for one in found.wanted),
        total_bytes=bytes_of(files),
        files=files,
        decks=found.decks,
        plan=_local_plan(plan, files) if plan else None,
    )


def _local_plan(plan: LessonLocalPlan, files: Sequence[StockFile]) -> LocalPlan:
    film = next((one.path for one in files if one.piece is Piece.MICRO_LESSON), None)
    title = next((one.title for one in stock_files.films_of(plan.micro_lesson)), "") if plan.micro_lesson else ""
    return LocalPlan(plan.text, plan.micro_lesson, title, film)

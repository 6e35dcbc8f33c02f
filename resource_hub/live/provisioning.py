"""What is written about a lesson's stock: a room's word about what it has, the plan for a cut line, the hashes of files.

Beside ``service`` because nothing of it is an act of teaching: it happens before the lesson, over HTTP, and leaves no fact.
Rule: a room speaks for itself alone, and the plan of a lesson is its teachers'.
"""

import re

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from resource_hub.infra import unit
from resource_hub.infra.db import db
from resource_hub.infra.jobs import JobRun, enqueue
from resource_hub.kernel import clock
from resource_hub.kernel.errors import N_, Gone, Invalid, NotAllowed, NotFound
from resource_hub.kernel.viewer import Viewer
from resource_hub.library import queries as library
from resource_hub.library.schemas import Kind
from resource_hub.live import stock
from resource_hub.live.models import LessonLocalPlan, StockReport
from resource_hub.live.seats import TEACHERS, Part, Seat
from resource_hub.live.stocktaking import LocalPlanForm, StockIn
from resource_hub.media.service import digests
from resource_hub.media.service.digests import Digest
from resource_hub.timetable import queries as timetable
from resource_hub.timetable.queries import LessonFacts

_WORK = re.compile(r"(?:^|/|:)(res_[0-9a-z]{26})(?:$|[/?#])")
_AT_ONCE = 40


class NotARoom(NotAllowed):
    code = "not_a_room"
    message = N_("只有班级终端能报告本机的课件。")


class NotTheirTeacher(NotAllowed):
    code = "not_their_teacher"
    message = N_("只有这节课的主讲和助学教师能写断线时的安排。")


def report_stock(seat: Seat, lesson: LessonFacts, told: StockIn) -> None:
    """Keep what the room of this seat has; the last word counts. NotARoom for who is no class terminal of the lesson."""
    if seat.part is not Part.CLASS or seat.site is None:
        raise NotARoom
    said = {**told.model_dump(), "at": clock.now()}
    where = (StockReport.lesson_id == lesson.id, StockReport.site == seat.site)
    if db.session.scalar(sa.update(StockReport).where(*where).values(said).returning(StockReport.site)) is not None:
        return
    try:
        with db.session.begin_nested():
            db.session.add(StockReport(lesson_id=lesson.id, site=seat.site, **said))
    except IntegrityError:
        # A page that was just left said it at the same moment.
        db.session.execute(sa.update(StockReport).where(*where).values(said))


def keep_local_plan(viewer: Viewer, seat: Seat, lesson: LessonFacts, form: LocalPlanForm) -> None:
    """Keep what the village does without a line; Invalid for a micro lesson that the viewer cannot see or that is none."""
    require_teacher(seat)
    micro = _micro_lesson(viewer, form.micro_lesson) if form.micro_lesson else None
    row = db.session.get(LessonLocalPlan, lesson.id)
    if not form.text and micro is None:
        if row:
            db.session.delete(row)
        return
    if row is None:
        row = LessonLocalPlan(lesson_id=lesson.id)
        db.session.add(row)
    row.text, row.micro_lesson = form.text, micro
    row.changed_by, row.changed_at = viewer.person_id, clock.now()


def require_teacher(seat: Seat) -> None:
    """Raise NotTheirTeacher unless the seat leads or assists."""
    if seat.part not in TEACHERS:
        raise NotTheirTeacher


def order_digests(lesson_id: str) -> None:
    """Have the files of the lesson's stock measured; one job for all that ask."""
    enqueue("live.measure_stock", {"lesson_id": lesson_id}, dedupe=f"live.measure_stock:{lesson_id}")


def measure_stock(run: JobRun) -> None:
    """Measure what nobody measured of the lesson's stock, a few files a transaction."""
    with unit.read():
        lesson = timetable.lesson(str(run.payload["lesson_id"]))
        left = stock.unmeasured(lesson) if lesson else []
    for start in range(0, len(left), _AT_ONCE):
        found = [one for key, asset_id in left[start : start + _AT_ONCE] if (one := _measured(run, key, asset_id))]
        with run.recording():
            digests.record_digests(found)
    with run.completing():
        pass


def _measured(run: JobRun, key: str, asset_id: str) -> Digest | None:
    """None for an object that went in between: what takes its place is measured by the next job."""
    try:
        return run.insist(lambda: digests.measure(key, asset_id))
    except NotFound:
        return None


def _micro_lesson(viewer: Viewer, address: str) -> str:
    found = _WORK.search(address)
    if found is None:
        raise Invalid(fields={"micro_lesson": N_("认不出这个网址。请打开微课的页面，把地址栏里的网址粘贴过来。")})
    try:
        work = library.resource_view(viewer, found[1])
    except (NotFound, Gone) as error:
        raise Invalid(fields={"micro_lesson": N_("没有找到这个微课，或您没有权限看。")}) from error
    if work.kind is not Kind.MICRO_LESSON or not any(one.family == "video" for one in work.files):
        raise Invalid(fields={"micro_lesson": N_("这份资源不是微课视频。请选一个类型为“微课”、带视频的资源。")})
    return work.id

"""A lesson of today on a running platform: city and two village classes, slides, and the codes of their rooms."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa

from resource_hub.app import create_app
from resource_hub.infra import unit
from resource_hub.infra.db import db
from resource_hub.kernel.settings import Settings
from resource_hub.people import queries
from resource_hub.people import service as people
from resource_hub.schools import queries as schools
from resource_hub.timetable.models import Lesson, LessonSite
from tests.live import standing
from tests.running_platform import Platform

LEAD, ASSIST = standing.LEAD, standing.ASSISTS[0]
WORDS = (
    ("色彩的冷与暖", "走进秋天的村庄，找一找身边的颜色"),
    ("哪些颜色让人觉得暖？", "太阳、柿子、炉火、红灯笼"),
    ("哪些颜色让人觉得冷？", "溪水、夜空、远山、冰"),
    ("调一调", "用柿子皮和板蓝根叶汁调色，看看两种颜色碰在一起会怎样"),
    ("比一比", "同一棵树，用暖色画和用冷色画，感觉有什么不同？"),
    ("画一画", "选一种感觉，画出你家门口的一个地方"),
)


@dataclass(frozen=True)
class Planned:
    """``codes`` let the screen of each class in, the lead class first."""

    lesson: str
    codes: Sequence[str]


def plan(platform: Platform, pack: str = "", *, starts_in: timedelta = timedelta(0), clock: str = "") -> Planned:
    """Write a lesson into the timetable; ``pack`` is the path of a resource, ``clock`` the platform's own HUB_CLOCK."""
    app = create_app(Settings.read({"HUB_DATA": str(platform.data), "HUB_PORT": str(platform.port), "HUB_CLOCK": clock}))
    (lesson,) = standing.plan(app, starts_in=starts_in)
    with app.app_context(), unit.write():
        if pack:
            db.session.get_one(Lesson, lesson).pack = f"resource:{pack.rsplit('/', 1)[1]}"
        return Planned(lesson, _codes(lesson))


def of_today(platform: Platform, clock: str) -> Planned:
    """Return today's lesson of the lead's pairing, with codes for the screens of its classes."""
    app = create_app(Settings.read({"HUB_DATA": str(platform.data), "HUB_PORT": str(platform.port), "HUB_CLOCK": clock}))
    with app.app_context(), unit.write():
        lead = queries.person_by_login(LEAD)
        lesson = db.session.scalars(sa.select(Lesson.id).where(Lesson.day == schools.today(), Lesson.lead_person_id == lead)).one()
        return Planned(lesson, _codes(lesson))


def clear(platform: Platform, clock: str = "") -> None:
    """Put all lessons of today into another year, so that rooms have nothing to show."""
    app = create_app(Settings.read({"HUB_DATA": str(platform.data), "HUB_PORT": str(platform.port), "HUB_CLOCK": clock}))
    with app.app_context(), unit.write():
        for lesson in db.session.scalars(sa.select(Lesson).where(Lesson.day == schools.today())):
            lesson.day -= timedelta(days=365)


def clear_ahead(platform: Platform) -> None:
    """Put all lessons of today and later into another year, so that rooms have nothing to prepare for."""
    app = create_app(Settings.read({"HUB_DATA": str(platform.data), "HUB_PORT": str(platform.port)}))
    with app.app_context(), unit.write():
        for lesson in db.session.scalars(sa.select(Lesson).where(Lesson.day >= schools.today())):
            lesson.day -= timedelta(days=365)


def release(platform: Platform, planned: Planned, clock: str = "") -> None:
    """Cut the devices of the lesson's classes off."""
    app = create_app(Settings.read({"HUB_DATA": str(platform.data), "HUB_PORT": str(platform.port), "HUB_CLOCK": clock}))
    with app.app_context(), unit.write():
        classes = set(db.session.scalars(sa.select(LessonSite.class_id).where(LessonSite.lesson_id == planned.lesson)))
        for row in queries.terminals_of_schools(None):
            if row.class_id in classes:
                people.release_terminal(row.id)


def _codes(lesson: str) -> list[str]:
    sites = db.session.scalars(sa.select(LessonSite).where(LessonSite.lesson_id == lesson).order_by(LessonSite.position)).all()
    return [people.add_terminal(one.school_id, f"同步教室{one.position}", class_id=one.class_id).code for one in sites]


def make_deck(folder: Path, name: str = "色彩的冷与暖.pptx") -> Path:
    """Write slides with large words, as one shows them to a class."""
    from pptx import Presentation
    from pptx.util import Inches

    deck = Presentation()
    deck.slide_width, deck.slide_height = Inches(13.333), Inches(7.5)
    for title, text in WORDS:
        slide = deck.slides.add_slide(deck.slide_layouts[1])
        slide.shapes.title.text = title
        slide.placeholders[1].text = text
    path = folder / name
    deck.save(str(path))
    return path

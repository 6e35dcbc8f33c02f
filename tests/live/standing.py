"""A lesson that stands: three classes, who teaches and assists, and the tokens by which they come in.

Rows are written as the timetable would; the web process is a real one, with its own database.
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import psutil
from flask import Flask

from resource_hub.infra import installation, unit
from resource_hub.infra.db import db
from resource_hub.kernel import clock
from resource_hub.kernel.ids import new_id
from resource_hub.kernel.settings import Settings
from resource_hub.people import queries as people
from resource_hub.people import service as sessions
from resource_hub.people.schemas import SessionKind
from resource_hub.people.service.sessions import Client
from resource_hub.schools import queries as schools
from resource_hub.schools.schemas import Grade
from resource_hub.timetable.models import Lesson, LessonSite
from resource_hub.timetable.schemas import LessonKind, LessonState

ROOT = Path(__file__).parents[2]
LEAD, ASSISTS = "linxiaoyun", ("wuyoutian", "maodashan")
MORNING = clock.real().replace(hour=1, minute=0, second=0, microsecond=0) + timedelta(days=1)
"""Nine o'clock in the district, when everybody of the demo has their roles."""
CLASSES = (("A1", Grade.G3, 2), ("A3", Grade.G3, 1), ("A4", Grade.G3, 1))


@dataclass(frozen=True)
class Tokens:
    """Bearer tokens by seat: lead, assist:1, assist:2, class:0 to class:2, observer."""

    by_seat: dict[str, str]

    def __getitem__(self, seat: str) -> str:
        return self.by_seat[seat]


def admit(app: Flask) -> Tokens:
    """Sign in everybody who may come to the lessons of this module."""
    with app.app_context(), unit.write():
        persons = {"lead": LEAD, "assist:1": ASSISTS[0], "assist:2": ASSISTS[1], "observer": "minjie"}
        found = {seat: _token(login) for seat, login in persons.items()}
        for position in range(len(CLASSES)):
            found[f"class:{position}"] = _terminal(position)
    return Tokens(found)


def plan(app: Flask, count: int = 1, *, starts_in: timedelta = timedelta(0)) -> list[str]:
    """Write so many lessons of today into the timetable, ``starts_in`` from now, and return their ids."""
    with app.app_context(), unit.write():
        return [_plan(clock.now() + starts_in) for _ in range(count)]


@contextmanager
def serving(settings: Settings) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """Run a web process over this installation; yield its address and itself."""
    port = installation.load(settings).ports["web"]
    process = start(settings, port)
    try:
        yield f"http://127.0.0.1:{port}", process
    finally:
        process.kill()
        process.wait()


def start(settings: Settings, port: int) -> subprocess.Popen[bytes]:
    """Start the web process and return when it listens."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("HUB_")} | environment(settings)
    process = subprocess.Popen([sys.executable, "-m", "resource_hub", "serve"], cwd=ROOT, env=env)
    for _ in range(300):
        assert process.poll() is None, "the web process ended"
        if any(one.laddr.port == port and one.status == "LISTEN" for one in psutil.Process(process.pid).net_connections("tcp")):
            return process
        time.sleep(0.1)
    raise RuntimeError("the web process does not listen")


def environment(settings: Settings) -> dict[str, str]:
    """Return settings as a process reads them."""
    given = {name: getattr(settings, name) for name in settings.__dataclass_fields__}
    return {f"HUB_{name.upper()}": value for name, value in given.items()}


def _token(login: str) -> str:
    person_id = people.person_by_login(login)
    assert person_id, f"no account {login}"
    return sessions.open_session(person_id, SessionKind.API, Client()).token


def _terminal(position: int) -> str:
    school_id, class_id = _class(position)
    issued = sessions.add_terminal(school_id, f"教室{position}", class_id=class_id)
    return sessions.enter_terminal(issued.code, Client()).token


def _class(position: int) -> tuple[str, str]:
    """Return the school and the class at that place of the lesson."""
    code, grade, number = CLASSES[position]
    school = schools.school_by_code(code)
    assert school
    klass = next(one for one in schools.classes_of_school(school.id) if (one.grade, one.number) == (grade, number))
    return school.id, klass.id


def _plan(now: datetime) -> str:
    lead = people.person_by_login(LEAD)
    assert lead
    school_id, lead_class = _class(0)
    lesson = Lesson(
        id=new_id("les"), community_id=min(schools.communities_of_school(school_id)), kind=LessonKind.DELIVERY, subject="fine_art",
        title="色彩的冷与暖", day=schools.today(), starts_at=now, ends_at=now + timedelta(minutes=40), lead_class_id=lead_class,
        lead_person_id=lead, state=LessonState.PLANNED, created_at=now,
    )  # fmt: skip
    db.session.add(lesson)
    db.session.flush()
    for position in range(len(CLASSES)):
        school_id, class_id = _class(position)
        assist = people.person_by_login(ASSISTS[position - 1]) if position else None
        db.session.add(LessonSite(lesson_id=lesson.id, class_id=class_id, school_id=school_id, position=position, assist_person_id=assist))
    db.session.flush()
    return lesson.id

"""A term in the small district: classes, lesson times, holidays, and teachers of three schools that could share lessons."""

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from resource_hub.cli.demo.district import periods_of
from resource_hub.community import service as communities
from resource_hub.infra import unit
from resource_hub.kernel import clock
from resource_hub.kernel.settings import Settings
from resource_hub.kernel.viewer import Role, ScopeKind
from resource_hub.people import service as people
from resource_hub.schools import service as places
from resource_hub.schools.schemas import Grade, Locality, SchoolForm, SchoolKind
from resource_hub.timetable.schemas import Plan, Receiver, Slot
from tests.people.standing import Town, _password_hash, app, town

__all__ = ["app", "town"]

FIRST, LAST = date(2026, 9, 1), date(2027, 1, 22)
BEFORE_TERM = datetime(2026, 8, 31, 2, tzinfo=UTC)
"""A Monday, ten in the morning in the district."""

_CLASSES = (
    ("A1 三(1)", "A1", Grade.G3, 1, 43),
    ("A1 三(2)", "A1", Grade.G3, 2, 41),
    ("A3 三", "A3", Grade.G3, 1, 9),
    ("A3 四", "A3", Grade.G4, 1, 12),
    ("A4 三", "A4", Grade.G3, 1, 2),
    ("B1 三", "B1", Grade.G3, 1, 44),
)
_MORE = (
    ("zhonghai", "钟海", "A1", Role.TEACHER, "music"),
    ("tianhe", "田禾", "A3", Role.PRINCIPAL, "math"),
    ("yinxiaoman", "尹小满", "A3", Role.TEACHER, "math"),
    ("maodashan", "毛大山", "A4", Role.TEACHER, "chinese"),
    ("tanxiao", "谭笑", None, Role.RESEARCHER, "chinese"),
)


@dataclass
class Ground:
    """``plan`` is the art lesson of the acceptance journey J2: Tuesday, third lesson, sixteen weeks."""

    town: Town
    classes: dict[str, str] = field(default_factory=dict)

    @property
    def plan(self) -> Plan:
        people_, classes = self.town.people, self.classes
        return Plan(
            community_id=self.town.communities["A"],
            subject="fine_art",
            lead_class_id=classes["A1 三(2)"],
            lead_person_id=people_["linxiaoyun"],
            receivers=(Receiver(classes["A3 三"], people_["wuyoutian"]), Receiver(classes["A4 三"], people_["maodashan"])),
            slots=(Slot(2, 3),),
            first_day=FIRST,
            last_day=FIRST + timedelta(weeks=16) - timedelta(days=1),
        )

    @property
    def music(self) -> Plan:
        """A second pairing that shares nobody with the first."""
        return replace(
            self.plan,
            subject="music",
            lead_class_id=self.classes["A1 三(1)"],
            lead_person_id=self.town.people["zhonghai"],
            receivers=(Receiver(self.classes["A3 四"], self.town.people["yinxiaoman"]),),
        )


@pytest.fixture
def hub_settings(database: str, tmp_path: Path) -> Settings:
    """Everybody has their roles from before the term on."""
    given = {"HUB_DATA": str(tmp_path / "data"), "HUB_DATABASE_URL": database, "HUB_DEMO": "0"}
    return Settings.read({**given, "HUB_CLOCK": BEFORE_TERM.isoformat()})


@pytest.fixture
def ground(town: Town) -> Ground:
    clock.start_at(BEFORE_TERM)
    made = Ground(town)
    with town.app.app_context(), unit.write():
        form = SchoolForm(code="A4", name="大坪教学点", kind=SchoolKind.TEACHING_POINT, locality=Locality.VILLAGE)
        town.schools["A4"] = places.add_school(form)
        communities.add_member(town.communities["A"], town.schools["A4"], since=date(2024, 9, 1))
        for number, (login, name, school, role, subject) in enumerate(_MORE, start=50):
            _add_person(town, login, name, school, role, subject, number)
        for code, school, grade, number, count in _CLASSES:
            made.classes[code] = places.add_class(
                town.schools[school], school_year="2026-2027", grade=grade, number=number, head_count=count
            )
        places.add_term(school_year="2026-2027", number=1, first_day=FIRST, last_day=LAST)
        holidays = {date(2026, 10, 1) + timedelta(days=n): "国庆节" for n in range(8)}
        places.set_special_days(2026, holidays, {date(2026, 9, 27): "", date(2026, 10, 10): ""})
        for school, bells in (("A1", "city"), ("A3", "village"), ("A4", "village"), ("B1", "city")):
            places.set_bells(town.schools[school], FIRST, periods_of(bells))
    return made


def _add_person(town: Town, login: str, name: str, school: str | None, role: Role, subject: str, number: int) -> None:
    school_id = town.schools[school] if school else None
    new = people.NewPerson(name=name, staff_no=f"QL{number:05}", login=login, school_id=school_id, subjects=[subject])
    town.people[login] = people.add_person(new, password_hash=_password_hash(), must_change=False)
    people.grant_role(town.people[login], role, ScopeKind.SCHOOL if school_id else ScopeKind.DISTRICT, school_id or town.district)

"""Lessons that village teachers of the demo taught with the works of others, and what their schools adopted."""

from collections.abc import Mapping
from dataclasses import dataclass

from resource_hub.infra import unit
from resource_hub.kernel.viewer import Viewer
from resource_hub.library import lineage
from resource_hub.library.schemas import UseIn
from resource_hub.library.service import uses
from resource_hub.people import queries as people


@dataclass(frozen=True)
class LessonSeed:
    """``resource`` is the number of the work; the first class of the teacher's school is taught."""

    resource: int
    account: str
    note: str
    changed: str


LESSONS = (
    LessonSeed(26, "wuyoutian", "孩子们在田埂上找颜色，冷暖分得很清楚。", "没有颜料，用泥土和叶汁代替。"),
    LessonSeed(26, "maodashan", "复式班一起上，高年级带低年级调色。", "分成两组，各调一种颜色。"),
    LessonSeed(1, "yinxiaoman", "折纸以后再写分数，没有人写反。", ""),
)
ADOPTIONS = ((26, "tianhe"), (1, "qiulan"))
"""Number of the work and who adopts it for their own school."""


def teach(made: Mapping[int, str]) -> None:
    """Record the lessons and adoptions; a work that was taught with already is left as it is."""
    with unit.read():
        taught = lineage.use_facts(list(made.values()))
    for lesson in LESSONS:
        if made[lesson.resource] in taught:
            continue
        teacher = _viewer(lesson.account)
        with unit.write():
            class_id = next(ident for ident, _name, count in lineage.classes_to_teach(teacher) if count)
            uses.record_use(teacher, made[lesson.resource], UseIn(class_id=class_id, note=lesson.note, changed=lesson.changed))
    for number, account in ADOPTIONS:
        head = _viewer(account)
        with unit.write():
            uses.adopt_resource(head, made[number], f"school:{head.school_id}")


def _viewer(account: str) -> Viewer:
    with unit.read():
        found = people.viewer_of_person(people.person_by_login(account) or "")
    if found is None:
        raise LookupError(account)
    return found

"""What classes are taught by their own school."""

from collections.abc import Iterable, Mapping

import sqlalchemy as sa

from resource_hub.audit import service as audit
from resource_hub.infra.db import db
from resource_hub.kernel.errors import N_, Invalid
from resource_hub.kernel.refs import Ref
from resource_hub.kernel.viewer import Viewer
from resource_hub.schools import access as school_access
from resource_hub.schools import queries as schools
from resource_hub.timetable import access, queries
from resource_hub.timetable.models import ClassSubject


def set_taught(
    school_id: str,
    school_year: str,
    taught: Iterable[tuple[str, str]],
    *,
    teachers: Mapping[tuple[str, str], str] | None = None,
    by: Viewer | None = None,
) -> None:
    """Let these be all (class, subject) that the school teaches in that year; who teaches what stays known.

    ``teachers`` names some of them. NotFound outside the viewer's schools, Invalid for a class of another school.
    """
    if by is not None:
        school_access.get_school_for(by, school_id, access.ARRANGERS)
    classes = {klass.id for klass in schools.classes_of_school(school_id, school_year)}
    wanted, known = set(taught), set(schools.subject_names())
    if not {class_id for class_id, _ in wanted} <= classes or not {subject for _, subject in wanted} <= known:
        raise Invalid(N_("有一个班级或学科不在列表里，请刷新后再试。"))
    there = {(class_id, subject): person for class_id, some in queries.taught(classes).items() for subject, person in some.items()}
    named = teachers or {}
    for class_id, subject in sorted(there.keys() - wanted):
        db.session.execute(sa.delete(ClassSubject).where(ClassSubject.class_id == class_id, ClassSubject.subject == subject))
    for class_id, subject in sorted(wanted - there.keys()):
        db.session.add(ClassSubject(class_id=class_id, subject=subject, person_id=named.get((class_id, subject))))
    db.session.flush()
    if there.keys() != wanted:
        audit.note(by, "school.subjects", Ref("school", school_id), details={"year": school_year, "taught": len(wanted)})

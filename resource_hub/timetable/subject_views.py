"""The page on which a school says what its classes are taught: a grid of classes and subjects."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from resource_hub.infra.web.doors import requires, viewer
from resource_hub.infra.web.replies import body
from resource_hub.schools import access as school_access
from resource_hub.schools import queries as schools
from resource_hub.timetable import access, queries, service
from resource_hub.timetable.required import required_subjects
from resource_hub.timetable.schemas import SubjectsForm

blueprint = Blueprint("class_subjects", __name__, template_folder="templates")


@blueprint.get("/admin/schools/<school_id>/subjects")
@requires("timetable.arrange")
def subjects(school_id: str) -> str:
    """Show what is ticked; a class of which nothing is known yet begins with everything that is required."""
    school = school_access.get_school_for(viewer(), school_id, access.ARRANGERS)
    year = _year(school_id)
    classes = schools.classes_of_school(school_id, year)
    known = queries.taught(klass.id for klass in classes)
    required = {klass.id: required_subjects(klass.grades) for klass in classes}
    columns = frozenset().union(*required.values(), *(some.keys() for some in known.values()))
    return render_template(
        "timetable/admin_subjects.html",
        school=school,
        school_year=year,
        classes=[klass for klass in classes if required[klass.id]],
        columns=[(code, _(name)) for code, name in schools.subject_names().items() if code in columns],
        required=required,
        ticked={klass.id: set(known.get(klass.id, required[klass.id])) for klass in classes},
        unknown={klass.id for klass in classes if klass.id not in known},
    )


@blueprint.post("/admin/schools/<school_id>/subjects")
@requires("timetable.arrange")
def set_subjects(school_id: str) -> Response:
    form = body(SubjectsForm)
    pairs = [(class_id, subject) for class_id, _colon, subject in (tick.partition(":") for tick in form.taught)]
    service.set_taught(school_id, form.school_year, pairs, by=viewer())
    flash(_("已保存。缺教师的学科会出现在“开不齐清单”里。"), "ok")
    return redirect(url_for(".subjects", school_id=school_id), 303)


def _year(school_id: str) -> str:
    """Return this school year, or the newest in which the school has classes."""
    years = {klass.school_year for klass in schools.classes_of_school(school_id)}
    now = schools.school_year()
    return now if now in years or not years else max(years)

"""Administration pages of schools: the list, and adding one."""

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from resource_hub.infra import unit
from resource_hub.infra.features import hub
from resource_hub.infra.web.doors import requires, viewer
from resource_hub.infra.web.replies import body, describe
from resource_hub.kernel.errors import Invalid
from resource_hub.schools import access, labels, queries, service
from resource_hub.schools.schemas import SchoolForm

blueprint = Blueprint("schools", __name__, template_folder="templates")


@blueprint.get("/admin/schools")
@requires("schools.read")
def list_schools() -> str:
    return _page()


@blueprint.post("/admin/schools")
@requires("schools.manage", unit=False)
def add_school() -> tuple[str, int] | Response:
    try:
        with unit.write():
            service.add_school(body(SchoolForm), by=viewer(), may_exist=False)
    except Invalid as error:
        # The form comes back as it was filled in; the error page would lose it.
        with unit.read():
            return _page(error), error.status
    return redirect("/admin/schools", 303)


def _page(error: Invalid | None = None) -> str:
    within = access.schools_within(viewer(), access.READERS)
    told = describe(error) if error else None
    return render_template(
        "schools/admin_schools.html",
        schools=queries.schools(within, with_closed=True),
        kinds=labels.KINDS,
        localities=labels.LOCALITIES,
        may_add=hub().permissions["schools.manage"].admits(viewer()),
        values=request.form,
        error=told,
        errors=told["fields"] if told else {},
    )

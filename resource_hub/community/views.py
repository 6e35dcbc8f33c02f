"""Administration pages of communities: the list with adding one, and a community with its schools.

Forms come back filled in with a sentence at the field; that is the one place where a door catches
an error.
"""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from resource_hub.community import labels, queries, service
from resource_hub.community.schemas import CommunityForm, FactsForm, JoinForm, LeaveForm
from resource_hub.infra import unit
from resource_hub.infra.features import hub
from resource_hub.infra.web.doors import requires, viewer
from resource_hub.infra.web.replies import body, describe
from resource_hub.kernel.errors import HubError, Invalid, NotFound
from resource_hub.schools import queries as schools

blueprint = Blueprint("communities", __name__, url_prefix="/admin/communities", template_folder="templates")


@blueprint.get("")
@requires("community.read")
def list_communities() -> str:
    return _list_page()


@blueprint.post("")
@requires("community.manage", unit=False)
def add_community() -> tuple[str, int] | Response:
    try:
        form = body(CommunityForm)
        with unit.write():
            community_id = service.add_community(
                code=form.code,
                name=form.name,
                model=form.model,
                lead_school_id=form.lead_school_id,
                starts_on=form.starts_on,
                may_exist=False,
                by=viewer(),
            )
    except Invalid as error:
        with unit.read():
            return _list_page(error), error.status
    flash(_("已建立教共体，牵头校已加入。接着让其他学校加入。"), "ok")
    return redirect(f"/admin/communities/{community_id}", 303)


@blueprint.get("/<community_id>")
@requires("community.read")
def community(community_id: str) -> str:
    return _community_page(community_id)


@blueprint.post("/<community_id>")
@requires("community.manage", unit=False)
def change_community(community_id: str) -> tuple[str, int] | Response:
    try:
        form = body(FactsForm)
        with unit.write():
            service.change_community(community_id, name=form.name, model=form.model, lead_school_id=form.lead_school_id, by=viewer())
    except Invalid as error:
        return _refused(community_id, error)
    flash(_("已保存。"), "ok")
    return redirect(f"/admin/communities/{community_id}", 303)


@blueprint.post("/<community_id>/members")
@requires("community.manage", unit=False)
def add_member(community_id: str) -> tuple[str, int] | Response:
    try:
        form = body(JoinForm)
        with unit.write():
            service.add_member(community_id, form.school_id, since=form.since, by=viewer())
    except Invalid as error:
        return _refused(community_id, error)
    return redirect(f"/admin/communities/{community_id}", 303)


@blueprint.post("/<community_id>/members/<school_id>/end")
@requires("community.manage", unit=False)
def end_member(community_id: str, school_id: str) -> tuple[str, int] | Response:
    try:
        form = body(LeaveForm)
        with unit.write():
            service.end_member(community_id, school_id, until=form.until, by=viewer())
    except (Invalid, service.LeadSchoolStays) as error:
        return _refused(community_id, error, leaving=school_id)
    return redirect(f"/admin/communities/{community_id}", 303)


def _list_page(error: HubError | None = None) -> str:
    found = queries.communities()
    return render_template(
        "community/admin_communities.html",
        communities=found,
        lead_names=schools.school_names(row.lead_school_id for row in found),
        models=labels.MODELS,
        school_options=_schools(),
        today=schools.today(),
        **_around(error),
    )


def _community_page(community_id: str, error: HubError | None = None, leaving: str = "") -> str:
    found = queries.communities([community_id])
    if not found:
        raise NotFound
    options = _schools()
    return render_template(
        "community/admin_community.html",
        community=found[0],
        members=schools.memberships_of_community(community_id),
        models=labels.MODELS,
        member_options=[option for option in options if option[0] in found[0].school_ids],
        other_options=[option for option in options if option[0] not in found[0].school_ids],
        today=schools.today(),
        leaving=leaving,
        **_around(error),
    )


def _refused(community_id: str, error: HubError, leaving: str = "") -> tuple[str, int]:
    with unit.read():
        return _community_page(community_id, error, leaving), error.status


def _schools() -> list[tuple[str, str]]:
    return [(school.id, school.name) for school in schools.schools()]


def _around(error: HubError | None) -> dict[str, Any]:
    told = describe(error) if error else None
    return {
        "may_manage": hub().permissions["community.manage"].admits(viewer()),
        "error": told,
        "errors": told["fields"] if told else {},
        "values": request.form,
    }

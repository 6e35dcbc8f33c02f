"""Administration of people: list, one person, roles, reset, departure, roster.

Passwords that are made here are shown once in the answer to the request that made them, and are
stored as hashes only; a lost one is replaced by a new one.
"""

import io
from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from resource_hub.infra import unit
from resource_hub.infra.features import hub
from resource_hub.infra.web.doors import requires, viewer
from resource_hub.infra.web.replies import body, describe
from resource_hub.kernel.errors import N_, HubError, Invalid, NotFound
from resource_hub.kernel.viewer import Role, ScopeKind
from resource_hub.people import access, queries, roster, rules, service
from resource_hub.people.schemas import DepartureForm, PersonForm, RoleForm
from resource_hub.schools import queries as schools

blueprint = Blueprint("people_admin", __name__, url_prefix="/admin/people", template_folder="templates")

_SCOPES = {
    ScopeKind.DISTRICT: _l("全区"),
    ScopeKind.COMMUNITY: _l("教共体：%(name)s"),
    ScopeKind.SCHOOL: _l("学校：%(name)s"),
    ScopeKind.SUBJECT: _l("学科：%(name)s（全区）"),
}
_SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@blueprint.get("")
@requires("people.manage")
def list_people() -> str:
    return _list_page(None)


@blueprint.post("")
@requires("people.manage", unit=False)
def add_person() -> str | tuple[str, int]:
    password, password_hash = service.made_password()
    try:
        form = body(PersonForm)
        with unit.write():
            new = service.NewPerson(form.name, form.staff_no, form.account, form.phone, _school_of(form), form.subjects)
            person_id = service.add_person(new, password_hash=password_hash, may_exist=False, by=viewer())
            _grant_home_roles(person_id, form.roles, new)
    except Invalid as error:
        with unit.read():
            return _list_page(error), error.status
    return _issued_page(person_id, password)


@blueprint.get("/<person_id>")
@requires("people.manage")
def person(person_id: str) -> str:
    return _person_page(person_id, None)


@blueprint.post("/<person_id>/roles")
@requires("people.manage", unit=False)
def grant(person_id: str) -> Response | tuple[str, int]:
    try:
        form = body(RoleForm)
        with unit.write():
            service.grant_role(
                person_id,
                form.role,
                form.scope,
                form.scope_id or _default_scope(person_id, form.scope),
                subjects=form.subjects,
                from_on=form.from_on,
                until_on=form.until_on,
                by=viewer(),
            )
    except Invalid as error:
        with unit.read():
            return _person_page(person_id, error), error.status
    return redirect(url_for("people_admin.person", person_id=person_id), 303)


@blueprint.post("/<person_id>/roles/<grant_id>/end")
@requires("people.manage")
def end_role(person_id: str, grant_id: str) -> Response:
    service.end_role(person_id, grant_id, by=viewer())
    return redirect(url_for("people_admin.person", person_id=person_id), 303)


@blueprint.post("/<person_id>/password-reset")
@requires("people.manage", unit=False)
def reset_password(person_id: str) -> str:
    password, password_hash = service.made_password()
    with unit.write():
        service.reset_password(person_id, password_hash, by=viewer())
    return _issued_page(person_id, password)


@blueprint.post("/<person_id>/lock-end")
@requires("people.manage")
def end_lock(person_id: str) -> Response:
    service.end_lock(person_id, by=viewer())
    return redirect(url_for("people_admin.person", person_id=person_id), 303)


@blueprint.post("/<person_id>/sign-on/end")
@requires("people.manage")
def end_sign_on(person_id: str) -> Response:
    service.end_sign_on(person_id, by=viewer())
    return redirect(url_for("people_admin.person", person_id=person_id), 303)


@blueprint.post("/<person_id>/departure")
@requires("people.manage", unit=False)
def depart(person_id: str) -> Response | tuple[str, int]:
    try:
        form = body(DepartureForm)
        with unit.write():
            service.leave(person_id, form.on, by=viewer())
    except Invalid as error:
        with unit.read():
            return _person_page(person_id, error), error.status
    flash(_("已登记离岗，账号已停用。已发布的内容保留，草稿随本人。"), "ok")
    return redirect(url_for("people_admin.person", person_id=person_id), 303)


@blueprint.get("/import")
@requires("people.manage")
def roster_page() -> str:
    return _roster_page()


@blueprint.get("/import/template")
@requires("people.manage")
def roster_template() -> Response:
    return _sheet(roster.template(), _("名册模板.xlsx"))


@blueprint.post("/import")
@requires("people.manage", unit=False)
def check_roster() -> Response | tuple[str, int]:
    """Try the sheet out: every problem at once, or a page that asks for the confirmation."""
    try:
        given = request.files.get("file")
        if given is None or not given.filename:
            raise Invalid(fields={"file": N_("请选择填好的 .xlsx 文件。")})
        rows = roster.read_rows(given.stream.read(roster.MOST_BYTES + 1))
    except HubError as error:
        with unit.read():
            return _roster_page(error=describe(error)), error.status
    with unit.read():
        _good, problems = service.check_roster(rows, by=viewer())
        if problems:
            return _roster_page(problems=_told(problems), filename=given.filename, count=len(rows)), 422
    with unit.write():
        roster_id = service.keep_roster(rows, given.filename, by=viewer())
    return redirect(url_for("people_admin.waiting_roster", roster_id=roster_id), 303)


@blueprint.get("/import/<roster_id>")
@requires("people.manage")
def waiting_roster(roster_id: str) -> str:
    waiting = queries.waiting_roster(roster_id, viewer().person_id)
    if waiting is None:
        raise NotFound
    return _roster_page(waiting=waiting, filename=waiting.filename, count=len(waiting.rows), rows=waiting.rows[:200])


@blueprint.post("/import/<roster_id>/confirmation")
@requires("people.manage", unit=False)
def confirm_roster(roster_id: str) -> Response:
    """Import everybody and answer with the one sheet that carries their initial passwords."""
    with unit.read():
        waiting = queries.waiting_roster(roster_id, viewer().person_id)
    if waiting is None:
        raise NotFound
    rows = [roster.SheetRow(int(row["number"]), row) for row in waiting.rows]
    made = {row.number: service.made_password() for row in rows}
    with unit.write():
        ids = service.apply_roster(rows, {number: kept for number, (_clear, kept) in made.items()}, roster_id=roster_id, by=viewer())
    return _password_sheet(dict(zip(ids, (clear for clear, _kept in made.values()), strict=True)))


@blueprint.post("/initial-passwords")
@requires("people.manage", unit=False)
def new_initial_passwords() -> Response:
    """Make new initial passwords for everybody who never signed in: the sheet may have been lost."""
    person = viewer()
    with unit.read():
        waiting = queries.never_signed_in(access.managed_schools(person))
    made = {ident: service.made_password() for ident in waiting}
    with unit.write():
        done = service.reset_unused_passwords({ident: kept for ident, (_clear, kept) in made.items()}, by=person)
    return _password_sheet({ident: made[ident][0] for ident in done})


def _list_page(error: Invalid | None) -> str:
    person = viewer()
    within = access.managed_schools(person)
    page = queries.people(
        within,
        words=request.args.get("q", "").strip()[:60],
        school_id=request.args.get("school") or None,
        cursor=request.args.get("cursor"),
    )
    return render_template(
        "people/admin_people.html",
        people=page.rows,
        cursor=page.cursor,
        q=request.args.get("q", ""),
        school=request.args.get("school", ""),
        waiting=len(queries.never_signed_in(within)),
        **_choices(),
        **_told_form(error),
    )


def _person_page(person_id: str, error: Invalid | None) -> str:
    person = access.get_person_for(viewer(), person_id, "see")
    choices = _choices()
    return render_template(
        "people/admin_person.html",
        person=person,
        scope_words=_scope_words(person.roles),
        scope_options=_scope_options(person, is_district=choices["is_district"]),
        may_manage=person.id in access.manageable(viewer(), [person]),
        today=schools.today(),
        **choices,
        **_told_form(error),
    )


def _issued_page(person_id: str, password: str) -> str:
    with unit.read():
        person = access.get_person_for(viewer(), person_id, "see")
        return render_template("people/admin_password.html", person=person, password=password)


def _roster_page(**context: Any) -> str:
    given: dict[str, Any] = {"error": None, "problems": [], "waiting": None, "filename": "", "count": 0, "rows": []}
    return render_template("people/admin_import.html", columns=roster.COLUMNS, **{**given, **context})


def _choices() -> dict[str, Any]:
    person = viewer()
    within = access.managed_schools(person)
    roles = rules.grantable(person.grants)
    there = schools.schools(within)
    return {
        "schools": there,
        "school_options": [(school.id, school.name) for school in there],
        "subjects": [(code, _(name)) for code, name in schools.subject_names().items()],
        "roles": [(role.value, _(rules.ROLE_NAMES[role])) for role in Role if role in roles],
        "is_district": within is None,
    }


def _told_form(error: Invalid | None) -> dict[str, Any]:
    told = describe(error) if error else None
    return {"error": told, "errors": told["fields"] if told else {}, "values": request.form}


def _told(problems: list[roster.Problem]) -> list[dict[str, Any]]:
    return [{"row": p.row, "column": p.column, "sentence": _(p.message, **p.params)} for p in problems]


def _scope_options(person: queries.PersonRow, *, is_district: bool) -> list[tuple[str, str]]:
    """Return the scopes in which a role may be granted, the person's own place of work first."""
    own = [(ScopeKind.SCHOOL, person.school_id)] if person.school_id else [(ScopeKind.DISTRICT, _district_id())]
    scopes = list(own)
    if is_district:
        scopes += [(ScopeKind.DISTRICT, _district_id())]
        scopes += [(ScopeKind.COMMUNITY, ident) for ident in sorted(schools.community_ids())]
        scopes += [(ScopeKind.SCHOOL, school.id) for school in schools.schools()]
        scopes += [(ScopeKind.SUBJECT, code) for code in schools.subject_names()]
    words = _words_of(scopes)
    return [(f"{kind.value}:{ident}", words[kind, ident]) for kind, ident in dict.fromkeys(scopes)]


def _scope_words(grants: Sequence[queries.GrantRow]) -> dict[str, str]:
    """Return grant → its scope in words."""
    words = _words_of([(grant.scope, grant.scope_id) for grant in grants])
    return {grant.id: words[grant.scope, grant.scope_id] for grant in grants}


def _words_of(scopes: Sequence[tuple[ScopeKind, str]]) -> dict[tuple[ScopeKind, str], str]:
    places = {
        ScopeKind.SCHOOL: schools.school_names(ident for kind, ident in scopes if kind is ScopeKind.SCHOOL),
        ScopeKind.COMMUNITY: _community_names([ident for kind, ident in scopes if kind is ScopeKind.COMMUNITY]),
        ScopeKind.SUBJECT: {code: _(name) for code, name in schools.subject_names().items()},
        ScopeKind.DISTRICT: {},
    }
    return {(kind, ident): str(_SCOPES[kind]) % {"name": places[kind].get(ident, ident)} for kind, ident in scopes}


def _community_names(ids: Sequence[str]) -> Mapping[str, str]:
    """Communities live above people, who know them by their cards."""
    return {ident: card.title for ident, card in hub().cards["community"](viewer(), ids).items()}


def _school_of(form: PersonForm) -> str | None:
    """Whoever manages one school only adds to it without being asked which."""
    within = access.managed_schools(viewer())
    return form.school_id or (next(iter(within)) if within is not None and len(within) == 1 else None)


def _grant_home_roles(person_id: str, roles: list[Role], new: service.NewPerson) -> None:
    for role in roles:
        scope = rules.home_scope(role, is_district=new.school_id is None)
        if scope is None:
            raise Invalid(fields={"roles": N_("职责和学校对不上：学校的职责要选学校，区里的职责请把学校留空。")})
        narrowed = new.subjects if role in (Role.GROUP_HEAD, Role.RESEARCHER) else ()
        service.grant_role(person_id, role, scope, new.school_id or _district_id(), subjects=narrowed, by=viewer())


def _default_scope(person_id: str, scope: ScopeKind) -> str:
    person = access.get_person_for(viewer(), person_id, "see")
    return (person.school_id or "") if scope is ScopeKind.SCHOOL else _district_id()


def _district_id() -> str:
    district = schools.the_district()
    return district.id if district else ""


def _password_sheet(passwords: dict[str, str]) -> Response:
    with unit.read():
        found = queries.persons(list(passwords))
    lines = [(p.school, p.name, p.account or "", passwords[p.id]) for p in found]
    return _sheet(roster.password_sheet(lines), _("初始密码.xlsx"))


def _sheet(data: bytes, filename: str) -> Response:
    response = send_file(io.BytesIO(data), mimetype=_SHEET, as_attachment=True, download_name=filename)
    response.headers["Cache-Control"] = "no-store"
    return response

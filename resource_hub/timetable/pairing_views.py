"""Administration of pairings: the list, the form, one pairing with its lessons, and what classes lack.

A form with warnings is not saved at first: it comes back with them and 仍然保存. Warnings that changed since
they were read are shown again.
"""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from resource_hub.infra import unit
from resource_hub.infra.web.doors import requires, viewer
from resource_hub.infra.web.replies import body, describe
from resource_hub.kernel.errors import Invalid
from resource_hub.schools import access as school_access
from resource_hub.schools import queries as schools
from resource_hub.timetable import access, conflicts, gaps, labels, pages, pairing_pages, queries, rules, service
from resource_hub.timetable.queries import PairingFacts
from resource_hub.timetable.schemas import EndForm, PairingForm, VersionForm, given
from resource_hub.timetable.service.pairings import Renewed

blueprint = Blueprint("pairings", __name__, url_prefix="/admin/pairings", template_folder="templates")

_SHOWN_LESSONS = 60


@blueprint.get("")
@requires("timetable.arrange")
def list_pairings() -> str:
    """List the pairings of the viewer's communities in a term, this one or the one asked for."""
    terms = [(one.id, one.name) for one in reversed(schools.terms())]
    term = pairing_pages.term_asked(request.args.get("term"))
    found = access.arranged_communities(viewer())
    within = access.seen_schools(viewer())
    shown = queries.pairings(community_ids=[one.id for one in found], term_id=term.id) if term else []
    shown = [one for one in shown if _is_seen(one, within)]
    return render_template(
        "timetable/admin_pairings.html",
        communities=[(one, [pairing_pages.row(p) for p in shown if p.plan.community_id == one.id]) for one in found],
        terms=terms,
        term_id=term.id if term else "",
    )


@blueprint.get("/gaps")
@requires("timetable.arrange")
def list_gaps() -> str:
    """What classes of the viewer's communities are not taught, and which pairing would mend it."""
    term = pairing_pages.term_asked(None)
    managed = school_access.schools_within(viewer(), access.ARRANGERS)
    found = []
    if term is not None:
        for community in access.arranged_communities(viewer()):
            is_all = managed is None or community.lead_school_id in managed
            found.append(gaps.gaps_of(community, term, only_schools=None if is_all else managed))
    return render_template("timetable/admin_gaps.html", found=found, has_term=term is not None, slot_words=labels.slot_words)


@blueprint.get("/new")
@requires("timetable.arrange")
def new_pairing() -> str:
    """Ask for a community first, then for the classes; what the address names is filled in."""
    return _form_page(_prefilled(), "")


@blueprint.post("")
@requires("timetable.arrange", unit=False)
def add_pairing() -> tuple[str, int] | Response:
    try:
        form = body(PairingForm)
        told = _unread_warnings(form)
        if told:
            with unit.read():
                return _form_page(_sent(), "", warnings=told), 409
        with unit.write():
            made = service.add_pairing(form.plan(), by=viewer())
    except Invalid as error:
        with unit.read():
            return _form_page(_sent(), "", error), error.status
    flash(_("已建立结对，本学期的课已排好。"), "ok")
    return redirect(url_for(".pairing", pairing_id=made), 303)


@blueprint.get("/<pairing_id>")
@requires("timetable.arrange")
def pairing(pairing_id: str) -> str:
    return _pairing_page(pairing_id)


@blueprint.get("/<pairing_id>/form")
@requires("timetable.arrange")
def pairing_form(pairing_id: str) -> str:
    found = access.get_pairing_for(viewer(), pairing_id, "arrange")
    return _form_page({**given(found.plan), "version": found.version}, pairing_id)


@blueprint.post("/<pairing_id>")
@requires("timetable.arrange", unit=False)
def change_pairing(pairing_id: str) -> tuple[str, int] | Response:
    try:
        form = body(PairingForm)
        told = _unread_warnings(form, pairing_id)
        if told:
            with unit.read():
                return _form_page(_sent(), pairing_id, warnings=told), 409
        with unit.write():
            done = service.change_pairing(pairing_id, form.version, form.plan(), by=viewer())
    except Invalid as error:
        with unit.read():
            return _form_page(_sent(), pairing_id, error), error.status
    flash(_done_words(done), "ok")
    return redirect(url_for(".pairing", pairing_id=pairing_id), 303)


@blueprint.post("/<pairing_id>/lessons")
@requires("timetable.arrange", unit=False)
def renew_lessons(pairing_id: str) -> tuple[str, int] | Response:
    """Plan the lessons to come anew by today's calendar and bells."""
    try:
        form = body(VersionForm)
        with unit.write():
            done = service.renew_lessons(pairing_id, form.version, by=viewer())
    except Invalid as error:
        with unit.read():
            return _pairing_page(pairing_id, error), error.status
    flash(_done_words(done), "ok")
    return redirect(url_for(".pairing", pairing_id=pairing_id), 303)


@blueprint.post("/<pairing_id>/end")
@requires("timetable.arrange", unit=False)
def end_pairing(pairing_id: str) -> tuple[str, int] | Response:
    try:
        form = body(EndForm)
        with unit.write():
            done = service.end_pairing(pairing_id, form.version, form.on, by=viewer())
    except Invalid as error:
        with unit.read():
            return _pairing_page(pairing_id, error), error.status
    flash(_("结对已结束，取消了 %(n)s 节还没上的课。上过的和改动过的都保留。", n=done.removed), "ok")
    return redirect(url_for(".pairing", pairing_id=pairing_id), 303)


def _unread_warnings(form: PairingForm, pairing_id: str = "") -> list[str]:
    """Return the warnings of a plan unless its sender has read exactly these; clashes come first (Invalid)."""
    with unit.read():
        if pairing_id:
            access.get_pairing_for(viewer(), pairing_id, "arrange")
        draft = conflicts.drafted(form.plan())
        access.require_arranger(viewer(), form.community_id, draft.school_ids)
        conflicts.refuse_clashes(draft, but_pairing=pairing_id)
        found = conflicts.warnings(draft, but_pairing=pairing_id)
    return [] if rules.digest(found) == form.accepted else found


def _done_words(done: Renewed) -> str:
    words = _("已保存。以后的课已重新排好。")
    if done.kept:
        words += _("有 %(n)s 节已经调过、停过或有人代课，保持原样。", n=done.kept)
    return words


def _pairing_page(pairing_id: str, error: Invalid | None = None) -> str:
    me = viewer()
    found = access.get_pairing_for(me, pairing_id, "see")
    lessons = queries.lessons_between(found.plan.first_day, found.plan.last_day + timedelta(days=60), pairing_id=pairing_id)
    draft, notes = pairing_pages.state_of(found)
    told = describe(error) if error else None
    return render_template(
        "timetable/admin_pairing.html",
        pairing=found,
        row=pairing_pages.row(found),
        labels={"weeks": labels.WEEKS, "reasons": labels.REASONS, "clocks": labels.CLOCKS, "kinds": labels.KINDS},
        lessons=[(one, pages.entry(one), labels.when_words(one.day, one.period, one.starts_at)) for one in lessons[:_SHOWN_LESSONS]],
        count=len(lessons),
        is_stale=draft is not None and found.ended_on is None and pairing_pages.is_stale(draft, lessons),
        notes=notes,
        may_arrange=access.may_arrange(me, found.plan.community_id, found.school_ids) and found.ended_on is None,
        today=schools.today(),
        error=told,
        errors=told["fields"] if told else {},
        values=request.form,
    )


def _is_seen(found: PairingFacts, within: frozenset[str] | None) -> bool:
    return within is None or bool(within & set(found.school_ids))


def _prefilled() -> dict[str, Any]:
    """Return the form's first values: those that the address names, the rest as is usual."""
    term = pairing_pages.term_asked(None)
    asked = request.args
    first = max(schools.today(), term.first_day) if term else schools.today()
    return {
        "community_id": asked.get("community", ""),
        "subject": asked.get("subject", ""),
        "lead_class_id": asked.get("lead_class", ""),
        "lead_person_id": asked.get("lead", ""),
        "receivers": asked.getlist("receiver"),
        "assists": [],
        "slots": asked.getlist("slot"),
        "weeks": "every",
        "first_day": first.isoformat(),
        "last_day": term.last_day.isoformat() if term else "",
        "reason": "no_teacher",
        "clock": "own",
        "kind": "delivery",
    }


def _sent() -> dict[str, Any]:
    several = {name: request.form.getlist(name) for name in ("receivers", "assists", "slots")}
    return {**request.form.to_dict(), **several}


def _form_page(values: Mapping[str, Any], pairing_id: str, error: Invalid | None = None, *, warnings: Iterable[str] = ()) -> str:
    found = access.arranged_communities(viewer())
    chosen = next((one for one in found if one.id == values.get("community_id")), found[0] if len(found) == 1 else None)
    told, unread = describe(error) if error else None, list(warnings)
    return render_template(
        "timetable/admin_pairing_form.html",
        pairing_id=pairing_id,
        communities=[(one.id, one.name) for one in found],
        community=chosen,
        options=pairing_pages.options(chosen, values) if chosen else {},
        warnings=unread,
        accepted=rules.digest(unread) if unread else values.get("accepted", ""),
        error=told,
        errors=told["fields"] if told else {},
        values=values,
        rows=pairing_pages.rows(values),
    )

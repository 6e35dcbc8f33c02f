"""What the pages of plans are given, in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from resource_hub.kernel.errors import HubError
from resource_hub.kernel.viewer import Viewer
from resource_hub.library import lineage
from resource_hub.library import queries as library
from resource_hub.library.lesson_plan import COLUMNS, SECTIONS, Plan, minutes
from resource_hub.plans import labels, queries
from resource_hub.plans.queries import Cause, PlanView
from resource_hub.plans.schemas import Part, PlanState

PERIOD_MINUTES = 40
"""What one lesson lasts; a plan that gives more or less is told so, not refused."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A plan to be read and printed, with where its texts came from."""

    plan: Plan
    sections: Sequence[tuple[str, str]]
    """Names of the texts before the stages."""
    ending: Sequence[tuple[str, str]]
    columns: Sequence[tuple[str, str]]
    minutes: int
    causes: Mapping[str, Sequence[Cause]]


def list_page(viewer: Viewer, cursor: str | None) -> dict[str, Any]:
    found = queries.my_plans(viewer, cursor=cursor)
    more = url_for("plans.plans", cursor=found.cursor) if found.cursor else None
    rows = [
        {
            "title": row.title,
            "url": url_for("plans.plan", plan_id=row.id),
            "where": row.node_path,
            "whose": "" if row.part is Part.OWNER else _("%(name)s的教案", name=row.owner),
            "part": "" if row.part is Part.OWNER else labels.PARTS[row.part],
            "others": _people(row.others),
            "is_closed": row.state is PlanState.CLOSED,
            "updated_at": row.updated_at,
        }
        for row in found.rows
    ]
    return {"rows": rows, "next_url": more}


def new_page(viewer: Viewer, given: Mapping[str, str], error: HubError | None = None) -> dict[str, Any]:
    work = library.resource_view(viewer, given["resource_id"]) if given.get("resource_id") else None
    return {"values": given, "work": work, "error": error, "errors": error.fields if error else {}}


def content_of_work(resource_id: str) -> Plan | None:
    """Return the plan of a work that the caller may see, when it has one as data."""
    version = lineage.version_row(resource_id, lineage.latest_version(resource_id))
    given = version.fields.get("plan") if version is not None else None
    try:
        return Plan.model_validate(given) if given else None
    except ValueError:
        return None


def editor_page(viewer: Viewer, view: PlanView) -> dict[str, Any]:
    props = {
        "plan": view.id,
        "person": viewer.person_id,
        "part": view.part.value,
        "state": view.state.value,
        "sections": _named(SECTIONS),
        "columns": _named(COLUMNS),
        "period_minutes": PERIOD_MINUTES,
    }
    return {"view": view, "props": props, "members": _people([one.name for one in view.members[1:]])}


def sheet_of(viewer: Viewer, plan_id: str, version: int | None = None) -> Sheet:
    """Return a plan as it is read: now, or as one of its versions."""
    plan = queries.plan_of(viewer, plan_id, version)
    causes: dict[str, list[Cause]] = {}
    for cause in queries.causes_of(viewer, plan_id, version):
        causes.setdefault(cause.place, []).append(cause)
    named = _named(SECTIONS)
    at = list(SECTIONS).index("board")
    return Sheet(plan, named[:at], named[at:], _named(COLUMNS), minutes(plan), causes)


def members_page(viewer: Viewer, view: PlanView, words: str) -> dict[str, Any]:
    known = {one.id for one in view.members}
    found = queries.invitable(viewer, words=words) if words else {}
    return {
        "view": view,
        "words": words,
        "members": [{"id": one.id, "name": one.name, "school": one.school, "part": labels.PARTS[one.part]} for one in view.members],
        "found": [card for ident, card in found.items() if ident not in known],
        "may_manage": view.part is Part.OWNER,
        "me": viewer.person_id,
    }


def _named(words: Mapping[str, str]) -> list[tuple[str, str]]:
    return [(key, _(name)) for key, name in words.items()]


def _people(names: Sequence[str]) -> str:
    """Return names in a line, the first three and how many more."""
    if len(names) <= 3:
        return _("、").join(names)
    return ngettext("%(names)s 等 %(num)s 人", "%(names)s 等 %(num)s 人", len(names), names=_("、").join(names[:3]))

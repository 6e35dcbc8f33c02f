"""A plan in the words and shapes of its pages: on the page of a resource, for the printer, and the form to write it in."""

from collections.abc import Mapping
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from resource_hub.curriculum import queries as curriculum
from resource_hub.infra.features import hub
from resource_hub.infra.web.shell import moment
from resource_hub.kernel.viewer import Viewer
from resource_hub.library import lesson_plan, queries
from resource_hub.library.lesson_plan import COLUMNS, SECTIONS, Plan
from resource_hub.library.planning import keeping, showing
from resource_hub.library.queries import ResourceView
from resource_hub.media import queries as media


def plan_part(plan: Plan | None) -> dict[str, Any] | None:
    """Return what ``library/parts/plan.html`` shows; ``None`` without a plan."""
    if plan is None:
        return None
    return showing.shown(plan, media.readable_picture_addresses(lesson_plan.assets(plan)))


def plan_of_page(view: ResourceView) -> dict[str, Any] | None:
    """Return the plan on the page of a resource, with the ways to take it along."""
    part = plan_part(view.plan)
    if part is None or "download" not in view.actions:
        return part
    doors = [(_("打印"), "library_plan.print_page"), (_("下载 Word"), "library_plan.docx"), (_("下载 PDF"), "library_plan.pdf")]
    return part | {"doors": [(label, url_for(door, resource_id=view.id)) for label, door in doors]}


def paper(view: ResourceView, pictures: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Return what the print page and the PDF show; ``pictures`` replaces the addresses of its pictures."""
    plan = view.plan or Plan()
    shown = plan_part(plan) if pictures is None else showing.shown(plan, pictures)
    return {
        "plan": shown, "title": view.title, "url": f"{hub().settings.origin}{url_for('library.resource', resource_id=view.id)}",
        "facts": [(name, words) for name, words in ((_("教师"), view.author), (_("学校"), view.school), (_("课程"), view.path)) if words],
        "when": moment(view.updated_at),
    }  # fmt: skip


def form_page(viewer: Viewer, draft_id: str | None, node_id: str | None = None) -> dict[str, Any]:
    """Return what ``library/plan_form.html`` shows: the form of a plan in one's own draft; ``node_id`` names the lesson it is for."""
    draft: dict[str, Any] = queries.draft_json(viewer, draft_id) if draft_id else {"fields": {"node_id": node_id}, "resource_id": None}
    fields = draft["fields"]
    title = _title_of_place(fields.get("node_id")) or _line(fields.get("title"))
    plan = keeping.opened(fields.get("plan")) or Plan(title=title)
    props = {
        "draft_id": draft_id, "node_id": node_id, "plan": keeping.kept(plan),
        "sections": [(name, _(label)) for name, label in SECTIONS.items()],
        "columns": [(name, _(label)) for name, label in COLUMNS.items()], "period_minutes": keeping.PERIOD_MINUTES,
        "most_steps": lesson_plan.MOST_STEPS, "back_url": url_for("library.upload"),
    }  # fmt: skip
    return {"props": props, "title": _line(fields.get("title")), "ended": draft["resource_id"]}


def _title_of_place(node_id: object) -> str:
    """Return what the textbook calls the lesson: the last word of its path."""
    found = curriculum.places_of([str(node_id)]) if node_id else {}
    return next((place.path.rpartition(" / ")[2][:200] for place in found.values()), "")


def _line(value: object) -> str:
    return str(value or "").strip()[:200]

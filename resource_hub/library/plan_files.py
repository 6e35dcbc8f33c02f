"""A plan as a file to take along: Word in the district's form, PDF from the print page.

Reads rows and the store, and hands plain data to a process of its own. Rule: pictures go in as the
worker made them anew, never as they were uploaded.
"""

import base64
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass

from flask import render_template
from PIL import Image

from resource_hub.infra import child, pdf, unit
from resource_hub.infra.storage import storage
from resource_hub.kernel.errors import NotFound
from resource_hub.kernel.viewer import Viewer
from resource_hub.library import lesson_plan, plan_pages
from resource_hub.library.access import get_resource_for
from resource_hub.library.planning import keeping
from resource_hub.library.queries import ResourceView, resource_view
from resource_hub.media import queries as media

_WRITER = "resource_hub.library.planning.docx_writing"
_WALL_S, _MEMORY_MB = 60, 1_500
_MOST_PICTURES = 60


@dataclass(frozen=True, slots=True)
class PlanFile:
    name: str
    data: bytes


def docx_for(viewer: Viewer, resource_id: str) -> PlanFile:
    """Return the plan of a work as a Word file; NotFound when it has none. To be called outside of any unit."""
    view, keys = _work(viewer, resource_id)
    pictures = {ident: base64.b64encode(_readable(key)).decode() for ident, key in keys.items()}
    order = {
        "plan": keeping.kept(view.plan) if view.plan else {}, "title": view.title, "pictures": pictures,
        "facts": [("教师", view.author), ("学校", view.school), ("课程", view.path)],
    }  # fmt: skip
    made = child.run(_WRITER, json.dumps(order, ensure_ascii=False).encode(), wall_s=_WALL_S, memory_mb=_MEMORY_MB)
    return PlanFile(f"{view.title}.docx", made)


def pdf_for(viewer: Viewer, resource_id: str) -> PlanFile:
    """Return the print page of a plan as PDF; NotFound when there is none. To be called outside of any unit."""
    view, keys = _work(viewer, resource_id)
    pictures = {ident: f"data:image/png;base64,{base64.b64encode(_readable(key)).decode()}" for ident, key in keys.items()}
    page = render_template("library/plan_paper.html", **plan_pages.paper(view, pictures))
    return PlanFile(f"{view.title}.pdf", pdf.pdf_of(page))


def _work(viewer: Viewer, resource_id: str) -> tuple[ResourceView, Mapping[str, str]]:
    """Return a work with a plan and the storage keys of the pictures that it shows."""
    with unit.read():
        get_resource_for(viewer, resource_id, "download")
        view = resource_view(viewer, resource_id)
        if view.plan is None:
            raise NotFound
        return view, media.readable_pictures(lesson_plan.assets(view.plan)[:_MOST_PICTURES])


def _readable(key: str) -> bytes:
    """Return a stored page picture as PNG, which Word and the PDF writer both know."""
    written = io.BytesIO()
    with Image.open(io.BytesIO(storage().get_bytes(key))) as picture:
        picture.convert("RGB").save(written, "PNG")
    return written.getvalue()

"""Comments in the words and shapes of their pages, and the place that a form names. The templates say what they need."""

import re
from collections.abc import Mapping
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from resource_hub.infra.web.replies import parse
from resource_hub.infra.web.shell import moment
from resource_hub.kernel.errors import N_, HubError, Invalid
from resource_hub.kernel.viewer import Viewer
from resource_hub.library import comments, rules
from resource_hub.library.access import get_resource_for
from resource_hub.library.comments import CommentRow
from resource_hub.library.queries import ResourceView
from resource_hub.library.schemas import CommentIn
from resource_hub.media.queries import AssetView
from resource_hub.schools import queries as schools

_BESIDE_THE_WORK, _OF_A_PAGE = 5, 20
"""How many comments stand on the page of the work, where they must not hide what can be done with it, and on their own page."""
_TIME = re.compile(r"(?:(\d{1,2})[::])?(\d{1,3})[::](\d{1,2})")
"""1:25 or 1:02:25, with the colons of either keyboard."""


def comments_part(viewer: Viewer, view: ResourceView, *, cursor: str | None = None, is_here: bool = True) -> dict[str, Any]:
    """Return what ``library/parts/comments.html`` shows; ``is_here``: on the page of the resource itself."""
    resource = get_resource_for(viewer, view.id, "view")
    page = comments.comments_of(viewer, resource, cursor=cursor, limit=_BESIDE_THE_WORK if is_here else _OF_A_PAGE)
    may_comment = view.review in rules.PUBLISHED and view.revises is None
    school = schools.school_names([viewer.school_id]).get(viewer.school_id, "") if viewer.school_id else ""
    return {
        "rows": [{**_row(row, view, is_here=is_here), "answers": [_row(one, view, is_here=is_here) for one in row.answers]}
                 for row in page.rows],
        "action": url_for("lineage.comment", resource_id=view.id) if may_comment else None,
        "signed": f"{school} {viewer.name}".strip(),
        "files": [(f.id, f.filename) for f in view.files if _has_places(f)],
        "more_url": url_for("lineage.comments", resource_id=view.id, cursor=page.cursor) if page.cursor else None,
        "given": {}, "errors": {},
    }  # fmt: skip


def comments_page(
    viewer: Viewer, view: ResourceView, cursor: str | None, given: Mapping[str, str] | None = None, error: HubError | None = None
) -> dict[str, Any]:
    """Return what ``library/comments.html`` shows, with the form filled with what was given."""
    errors = {name: _(text, **dict(error.params)) for name, text in error.fields.items()} if error else {}
    if place := errors.get("page") or errors.get("at_s"):
        errors["where"] = place
    part = comments_part(viewer, view, cursor=cursor, is_here=False)
    return {
        "title": view.title, "url": url_for("library.resource", resource_id=view.id),
        "talk": {**part, "given": given or {}, "errors": errors},
    }  # fmt: skip


def comment_of_form(form: Mapping[str, str], view: ResourceView) -> CommentIn:
    """Return the comment of the form, whose ``where`` is a page or a time of the chosen file; Invalid otherwise."""
    given: dict[str, Any] = {"body": form.get("body", ""), "reply_to": form.get("reply_to") or None}
    where = form.get("where", "").strip()
    file = next((f for f in view.files if f.id == form.get("asset_id")), None)
    if file is not None:
        given["asset_id"] = file.id
        given |= _place(where, file) if where else {}
    elif where:
        raise Invalid(fields={"where": N_("请选择是哪个文件。")})
    return parse(CommentIn, given)


def _place(where: str, file: AssetView) -> dict[str, float]:
    time = _TIME.fullmatch(where)
    if file.is_media and time:
        hours, minute, second = (int(part or 0) for part in time.groups())
        return {"at_s": float(hours * 3600 + minute * 60 + second)}
    if file.page_total and where.isascii() and where.isdigit() and len(where) < 7:
        return {"page": int(where)}
    raise Invalid(fields={"where": N_("文档请写页码，如 3；录像请写时间，如 1:25。")})


def _has_places(file: AssetView) -> bool:
    return file.is_media or bool(file.page_total)


def _row(row: CommentRow, view: ResourceView, *, is_here: bool) -> dict[str, Any]:
    return {
        "id": row.id, "who": f"{row.school} {row.person}".strip(), "is_author": row.is_author, "body": row.body,
        "when": moment(row.created_at), "is_removed": row.is_removed, "place": _place_link(row, view, is_here=is_here),
        "remove_url": url_for("lineage.remove_comment", comment_id=row.id) if row.may_remove else None,
    }  # fmt: skip


def _place_link(row: CommentRow, view: ResourceView, *, is_here: bool) -> dict[str, str] | None:
    """Return words and address of the place that a comment points to; no address once the file was replaced."""
    if row.asset_id is None or row.is_removed:
        return None
    file = next((f for f in view.files if f.id == row.asset_id), None)
    if file is None:
        return {"words": _("说的是以前版本的文件"), "url": ""}
    page = url_for("library.resource", resource_id=view.id)
    if row.page is not None:
        words = _("《%(file)s》第%(n)s页", file=file.filename, n=row.page)
        return {"words": words, "url": f"{'' if is_here else page}#page-{file.id}-{row.page}"}
    if row.at_s is not None:
        is_playing = is_here and view.recording is not None and view.recording.id == file.id
        base = "" if is_playing else url_for("library.resource", resource_id=view.id, recording=file.id)
        second = int(row.at_s)
        words = _("《%(file)s》%(at)s", file=file.filename, at=f"{second // 60}:{second % 60:02}")
        return {"words": words, "url": f"{base}#t={second}"}
    return {"words": _("《%(file)s》", file=file.filename), "url": ""}

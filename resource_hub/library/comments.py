"""What people say about a work, with the page or second that they speak of.

Reads only, inside the caller's unit, for viewers who were let to the work. Rule: a removed comment
shows no words and no name, and stands at all only while somebody's answer hangs on it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from resource_hub.infra.db import db
from resource_hub.kernel.errors import NotFound
from resource_hub.kernel.paging import Page, read_moment, write_cursor
from resource_hub.kernel.viewer import Viewer
from resource_hub.library.access import answers_for, visible_to
from resource_hub.library.models import Comment, Resource
from resource_hub.search.access import scopes_of


@dataclass(frozen=True, slots=True)
class CommentRow:
    """A comment or, in ``answers``, what was said to it, the first answer first."""

    id: str
    person: str
    school: str
    is_author: bool
    body: str
    asset_id: str | None
    page: int | None
    at_s: float | None
    created_at: datetime
    is_removed: bool
    may_remove: bool
    answers: "Sequence[CommentRow]" = field(default=())


def comments_of(viewer: Viewer, resource: Resource, *, cursor: str | None = None, limit: int = 20) -> Page[CommentRow]:
    """Return a page of the comments on a work that the viewer may see, the newest first; Invalid for a cursor that is not ours."""
    answer = aliased(Comment)
    is_answered = sa.exists().where(answer.reply_to == Comment.id, answer.removed_at.is_(None))
    is_standing = sa.or_(Comment.removed_at.is_(None), is_answered)
    query = sa.select(Comment).where(Comment.resource_id == resource.id, Comment.reply_to.is_(None), is_standing)
    if after := read_moment(cursor):
        query = query.where(sa.tuple_(Comment.created_at, Comment.id) < sa.tuple_(*map(sa.literal, after)))
    rows = db.session.scalars(query.order_by(Comment.created_at.desc(), Comment.id.desc()).limit(limit + 1)).all()
    shown = rows[:limit]
    more = write_cursor(shown[-1].created_at.isoformat(), shown[-1].id) if len(rows) > limit else None
    answers = _answers([one.id for one in shown])
    is_judge = answers_for(viewer, resource)

    def row(one: Comment, below: Sequence[CommentRow] = ()) -> CommentRow:
        is_removed = one.removed_at is not None
        may_remove = not is_removed and (is_judge or one.person_id == viewer.person_id)
        return CommentRow(
            one.id, "" if is_removed else one.person_name, "" if is_removed else one.school, one.person_id == resource.author_id,
            one.body, one.asset_id, one.page, one.at_s, one.created_at, is_removed, may_remove, below,
        )  # fmt: skip

    return Page([row(one, [row(below) for below in answers.get(one.id, ())]) for one in shown], more)


def get_comment_for(viewer: Viewer, comment_id: str) -> tuple[Comment, Resource]:
    """Return a standing comment on a work that the viewer may see, with the work; NotFound otherwise."""
    query = sa.select(Comment, Resource).join(Resource, Resource.id == Comment.resource_id)
    query = query.where(Comment.id == comment_id, Comment.removed_at.is_(None), visible_to(scopes_of(viewer)))
    found = db.session.execute(query.with_for_update(of=Comment).execution_options(populate_existing=True)).first()
    if found is None:
        raise NotFound
    return found.Comment, found.Resource


def _answers(ids: Sequence[str]) -> Mapping[str, list[Comment]]:
    found: dict[str, list[Comment]] = {}
    query = sa.select(Comment).where(Comment.reply_to.in_(ids), Comment.removed_at.is_(None))
    for row in db.session.scalars(query.order_by(Comment.created_at, Comment.id)):
        found.setdefault(row.reply_to or "", []).append(row)
    return found

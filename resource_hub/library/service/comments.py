"""Signed comments on published works: given, answered, removed.

Rule: a comment is about the published work. What is still under review has its reviewers' checks,
and a revision ends when it takes its work's place.
"""

from resource_hub.audit import service as audit
from resource_hub.inbox import service as inbox
from resource_hub.infra.db import db
from resource_hub.kernel import clock
from resource_hub.kernel.errors import N_, Invalid, NotAllowed, NotFound
from resource_hub.kernel.ids import new_id
from resource_hub.kernel.refs import Ref
from resource_hub.kernel.viewer import Viewer
from resource_hub.library import rules
from resource_hub.library.access import answers_for, get_resource_for
from resource_hub.library.comments import get_comment_for
from resource_hub.library.models import Comment, Resource
from resource_hub.library.schemas import CommentIn
from resource_hub.library.service import notices
from resource_hub.media import queries as media
from resource_hub.schools import queries as schools


def comment_on(viewer: Viewer, resource_id: str, given: CommentIn) -> Comment:
    """Say something about a published work that the viewer sees; its author is told, and whoever is answered."""
    resource = get_resource_for(viewer, resource_id, "view")
    if resource.review not in rules.PUBLISHED or resource.revises_id:
        raise rules.WrongStep(state=resource.review.value)
    _check_place(resource, given)
    answered = _answered(viewer, resource, given.reply_to)
    school = schools.school_names([viewer.school_id]).get(viewer.school_id, "") if viewer.school_id else ""
    comment = Comment(
        id=new_id("cmt"), resource_id=resource.id, person_id=viewer.person_id, person_name=viewer.name, school=school, body=given.body,
        asset_id=given.asset_id, page=given.page, at_s=given.at_s, reply_to=given.reply_to, created_at=clock.now(),
    )  # fmt: skip
    db.session.add(comment)
    db.session.flush()
    _tell(viewer, resource, answered)
    return comment


def remove_comment(viewer: Viewer, comment_id: str) -> str:
    """Take a comment's words away for good, and return its resource; by its writer or those who may take the work down by duty."""
    comment, resource = get_comment_for(viewer, comment_id)
    if comment.person_id != viewer.person_id and not answers_for(viewer, resource):
        raise NotAllowed
    # The words may hold what must not be kept, such as a pupil's name.
    comment.body, comment.removed_at, comment.removed_by = "", clock.now(), viewer.person_id
    audit.note(viewer, "comment.removed", Ref("resource", resource.id), details={"comment": comment.id, "writer": comment.person_id})
    return resource.id


def _check_place(resource: Resource, given: CommentIn) -> None:
    """Raise Invalid unless the file, page or second is one of the work's."""
    if given.asset_id is None:
        if given.page is not None or given.at_s is not None:
            raise Invalid(fields={"asset_id": N_("请选择是哪个文件。")})
        return
    if given.asset_id not in {file.asset_id for file in resource.files}:
        raise Invalid(fields={"asset_id": N_("这份资源里没有这个文件。")})
    file = media.asset_views([given.asset_id])[given.asset_id]
    if given.page is not None and given.page > (file.page_total or 0):
        raise Invalid(fields={"page": N_("这个文件没有这一页。")})
    if given.at_s is not None and (given.page is not None or not file.is_media or given.at_s > (file.duration_s or 0)):
        raise Invalid(fields={"at_s": N_("这个文件没有这个时间。")})


def _answered(viewer: Viewer, resource: Resource, comment_id: str | None) -> Comment | None:
    """Return the comment that is answered; NotFound when it does not stand there."""
    if comment_id is None:
        return None
    comment, about = get_comment_for(viewer, comment_id)
    if about.id != resource.id:
        raise NotFound
    if comment.reply_to is not None:
        raise Invalid(fields={"reply_to": N_("请回复最上面的那条评论。")})
    return comment


def _tell(viewer: Viewer, resource: Resource, answered: Comment | None) -> None:
    ref, words = Ref("resource", resource.id), {"who": viewer.name}
    if answered is not None and answered.person_id != viewer.person_id:
        inbox.deliver([answered.person_id], notices.COMMENT_ANSWERED, ref, words=words)
    has_heard = answered is not None and answered.person_id == resource.author_id
    if resource.author_id != viewer.person_id and not has_heard:
        inbox.deliver([resource.author_id], notices.COMMENT, ref, words=words)

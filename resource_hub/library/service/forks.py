"""Building on the work of others: forks (改编), and taking over what is new in their origin.

A fork is a resource of its own that holds the origin's files by rows of its own; no bytes are
copied. Rule: the line of credit (``based_on_id``) is written here once and never changed.
"""

from collections.abc import Iterable, Sequence

import sqlalchemy as sa
from flask_babel import gettext as _

from resource_hub.audit import service as audit
from resource_hub.inbox import service as inbox
from resource_hub.infra.db import db
from resource_hub.kernel import clock
from resource_hub.kernel.errors import N_, Conflict, Invalid, NotFound
from resource_hub.kernel.ids import new_id
from resource_hub.kernel.refs import Ref
from resource_hub.kernel.viewer import Viewer
from resource_hub.library import lineage, reuse, rules
from resource_hub.library.access import get_resource_for, is_open_to, school_to_share_from
from resource_hub.library.events import ResourceChanged, VersionPublished
from resource_hub.library.lesson_plan import Plan
from resource_hub.library.models import Draft, Resource, ResourceFile, ResourceVersion
from resource_hub.library.planning import keeping, merging
from resource_hub.library.queries import open_revision_of
from resource_hub.library.schemas import LICENCE_LABELS, Kind, Licence, Review, TakeIn, TakePlanIn, VillageFit
from resource_hub.library.service.changes import subject_of, tell_change
from resource_hub.library.service.pictures import keep_pictures
from resource_hub.library.service.plans import keep_plan_print
from resource_hub.library.service.versions import begin_revision
from resource_hub.media import service as media
from resource_hub.people import queries as people

ORIGIN_CHANGED = "library.origin_changed"
_ENDED = (Review.WITHDRAWN, Review.ARCHIVED)


class NothingNew(Conflict):
    code, message = "nothing_new", N_("原作没有比这更新的版本。请刷新页面查看。")


def fork_resource(viewer: Viewer, resource_id: str) -> Resource:
    """Make a draft of one's own that says and holds what a published work does now; the one begun before, if it is still a draft.

    Raises Gone for a withdrawn work, NotForkable for one that is not published.
    """
    school_id = school_to_share_from(viewer)
    origin = get_resource_for(viewer, resource_id, "view")
    if origin.review not in rules.PUBLISHED or origin.revises_id:
        raise reuse.NotForkable
    version = lineage.latest_version(origin.id)
    begun = _begun(viewer, origin.id, version)
    if begun is not None:
        return begun
    now = clock.now()
    fork = Resource(
        id=new_id("res"),
        **{name: getattr(origin, name) for name in rules.VERSIONED},
        subject=origin.subject,
        author_id=viewer.person_id,
        author_name=viewer.name,
        school_id=school_id,
        review=Review.DRAFT,
        based_on_id=origin.id,
        based_on_version=version,
        created_at=now,
        updated_at=now,
        files=[ResourceFile(id=new_id("fil"), asset_id=file.asset_id, position=file.position, role=file.role) for file in origin.files],
    )
    db.session.add(fork)
    keep_pictures(fork)
    keep_plan_print(fork)
    audit.note(viewer, "resource.forked", Ref("resource", fork.id), details={"origin": origin.id, "version": version})
    tell_change(fork)
    return fork


def take_over(viewer: Viewer, fork_id: str, given: TakeIn) -> Resource:
    """Bring chosen files and fields of a newer version of the origin into one's fork, and return what now waits to be handed in.

    That is the fork itself while it is a draft, else its revision: what is published stays until the review.
    """
    fork, version = _fork_and_version(viewer, fork_id, given.version)
    target = _editable(fork)
    for name in given.fields:
        if name not in reuse.TAKEABLE:
            raise Invalid(fields={"fields": N_("没有这一项。")})
        setattr(target, name, _value(name, version.fields.get(name)))
    if "node_id" in given.fields:
        target.subject = subject_of(target.node_id)
    before = [file.asset_id for file in target.files]
    if given.files:
        target.files = _files(target, version, given.files)
    if not target.change_note:
        target.change_note = _("采纳原作第%(n)s版的改动", n=version.number)
    target.updated_at = clock.now()
    _bring_into_form(viewer, fork, target, given.fields, set(before) - {file.asset_id for file in target.files})
    _decide(viewer, fork, version.number, is_taken=True)
    if target is not fork:
        tell_change(target)
    return target


def take_plan_change(viewer: Viewer, fork_id: str, given: TakePlanIn) -> Resource:
    """Bring one change of the plan of a newer version into one's fork, and return what now waits to be handed in.

    The version stays to be decided about: the next change is taken the same way, until its author
    takes the rest or puts it aside. Raises NotOffered for what was taken already.
    """
    fork, version = _fork_and_version(viewer, fork_id, given.version)
    known = lineage.version_row(version.resource_id, fork.based_on_version or lineage.FIRST_VERSION)
    base, new = (keeping.opened(row.fields.get("plan") if row else None) or Plan() for row in (known, version))
    target = _editable(fork)
    merged = merging.take(base, new, keeping.opened(target.plan) or Plan(), given.change)
    # The pictures of the origin's newer version come along: whoever may take the words may show them.
    target.plan = keeping.kept(merged)
    keep_pictures(target)
    keep_plan_print(target)
    if not target.change_note:
        target.change_note = _("采纳原作第%(n)s版的改动", n=version.number)
    target.updated_at = clock.now()
    _bring_into_form(viewer, fork, target, ["plan"], ())
    audit.note(viewer, "resource.plan_change_taken", Ref("resource", fork.id), details={"version": version.number, "change": given.change})
    tell_change(target)
    return target


def ignore_version(viewer: Viewer, fork_id: str, number: int) -> Resource:
    """Remember that the author of a fork does not want what is new in that version; the next one is told again."""
    fork, version = _fork_and_version(viewer, fork_id, number)
    _decide(viewer, fork, version.number, is_taken=False)
    return fork


def tell_forks(event: VersionPublished) -> None:
    """Tell the authors of forks that the origin has something new, those who may still see it."""
    is_older = sa.func.coalesce(Resource.based_on_version, lineage.FIRST_VERSION) < event.number
    query = sa.select(Resource).where(Resource.based_on_id == event.resource_id, Resource.review.not_in(_ENDED), is_older)
    forks = db.session.scalars(query).all()
    for fork in forks:
        author = people.viewer_of_person(fork.author_id)
        if author is not None and is_open_to(author, event.resource_id):
            inbox.deliver([fork.author_id], ORIGIN_CHANGED, Ref("resource", fork.id), words={"version": str(event.number)})


def keep_licence(event: ResourceChanged) -> None:
    """Refuse a licence that the origin does not give, while the fork or its revision can still be changed."""
    resource = db.session.get(Resource, event.resource_id)
    if resource is None or resource.review not in rules.EDITABLE | {Review.SUBMITTED}:
        return
    fork = resource if resource.based_on_id else db.session.get(Resource, resource.revises_id) if resource.revises_id else None
    if fork is None or fork.based_on_id is None:
        return
    given = lineage.licence_of_version(fork.based_on_id, fork.based_on_version)
    allowed = reuse.licences_of_fork(given) if given else tuple(Licence)
    if resource.licence not in allowed:
        raise Invalid(
            fields={"licence": N_("原作的授权方式是「%(licence)s」，改编后不能用更宽的授权方式。")},
            licence=_(LICENCE_LABELS[given or Licence.L1]),
        )


def _begun(viewer: Viewer, origin_id: str, version: int) -> Resource | None:
    query = sa.select(Resource).where(
        Resource.author_id == viewer.person_id,
        Resource.based_on_id == origin_id,
        Resource.based_on_version == version,
        Resource.review == Review.DRAFT,
    )
    found: Resource | None = db.session.scalar(query.limit(1))
    return found


def _fork_and_version(viewer: Viewer, fork_id: str, number: int) -> tuple[Resource, ResourceVersion]:
    """Return a fork of the viewer's own and a version of its origin that they may see and have not decided about."""
    fork = get_resource_for(viewer, fork_id, "change")
    if fork.based_on_id is None:
        raise NotFound
    get_resource_for(viewer, fork.based_on_id, "view")
    version = lineage.version_row(fork.based_on_id, number)
    if version is None:
        raise NotFound
    if number <= max(fork.based_on_version or lineage.FIRST_VERSION, fork.ignored_version or 0):
        raise NothingNew
    return fork, version


def _editable(fork: Resource) -> Resource:
    if fork.review in rules.EDITABLE:
        return fork
    if fork.review not in rules.PUBLISHED:
        raise rules.WrongStep(state=fork.review.value)
    revision = open_revision_of(fork.id) or begin_revision(fork)
    if revision.review not in rules.EDITABLE:
        raise rules.WrongStep(state=revision.review.value)
    return revision


def _files(target: Resource, version: ResourceVersion, wanted: Sequence[str]) -> list[ResourceFile]:
    """Return the files of the work with those wanted put in or added, each once, in their order."""
    offered = {file.asset_id for file in version.files}
    kept = {file.asset_id: file for file in target.files}
    order = [file.asset_id for file in target.files]
    for choice in wanted:
        new, _arrow, old = choice.partition(">")
        if new not in offered or (old and old not in order):
            raise Invalid(fields={"files": N_("这个文件已经不在这个版本或您的改编里，请刷新页面。")})
        if new in order:
            continue
        if old:
            order[order.index(old)] = new
        else:
            order.append(new)
    files = []
    for position, asset_id in enumerate(order):
        file = kept.get(asset_id) or ResourceFile(id=new_id("fil"), asset_id=asset_id)
        file.position = position
        files.append(file)
    return files


def _value(name: str, kept: object) -> object:
    """Return the value that a version keeps as text as the column has it."""
    if name == "kind":
        return Kind(str(kept))
    if name == "village_fit":
        return VillageFit(str(kept)) if kept else None
    return list(kept) if isinstance(kept, list) else kept


def _bring_into_form(viewer: Viewer, fork: Resource, target: Resource, fields: Sequence[str], replaced: Iterable[str]) -> None:
    """Let a form that was begun before say the same: turned in as it stood, it would undo what was taken over."""
    begun = sa.select(Draft).where(Draft.edits_id.in_((fork.id, target.id)), Draft.resource_id.is_(None))
    for draft in db.session.scalars(begun).all():
        draft.edits_id = target.id
        draft.fields = {**draft.fields, **{name: getattr(target, name) for name in fields}}
    # Under an id that is no draft's: the uploads stay the author's, but stand in no form any more.
    media.move_uploads(viewer, list(replaced), target.id)


def _decide(viewer: Viewer, fork: Resource, number: int, *, is_taken: bool) -> None:
    if is_taken:
        fork.based_on_version = number
    else:
        fork.ignored_version = number
    audit.note(
        viewer, "resource.origin_taken" if is_taken else "resource.origin_ignored", Ref("resource", fork.id), details={"version": number}
    )
    inbox.settle(ORIGIN_CHANGED, Ref("resource", fork.id))
    tell_change(fork)

"""Badges: an author claims an honour of their work, the district verifies or refuses it.

Rule: what nobody verified is no fact; whoever has the duty of district review for the work
verifies, never its author. A badge that turns out wrong is refused afterwards, with the reason.
"""

import sqlalchemy as sa

from resource_hub.audit import service as audit
from resource_hub.inbox import service as inbox
from resource_hub.infra.db import db
from resource_hub.kernel import clock
from resource_hub.kernel.errors import N_, Conflict, Invalid
from resource_hub.kernel.ids import new_id
from resource_hub.kernel.refs import Ref
from resource_hub.kernel.viewer import Duty, Viewer
from resource_hub.library import rules
from resource_hub.library.access import get_resource_for
from resource_hub.library.badges import get_claim_for, get_own_claim
from resource_hub.library.models import Badge
from resource_hub.library.schemas import BadgeIn, BadgeState
from resource_hub.library.service import notices
from resource_hub.media import queries as media
from resource_hub.schools import queries as schools

_PROOFS = frozenset({"image", "paper"})
"""A certificate is a photograph, a scan or a page."""


class AlreadyClaimed(Conflict):
    code, message = "already_claimed", N_("这一年的这项荣誉已经登记过了。")


class AlreadyDecided(Conflict):
    code, message = "already_decided", N_("这项荣誉已经处理过了。请刷新页面查看结果。")


def claim_badge(viewer: Viewer, resource_id: str, given: BadgeIn) -> Badge:
    """Claim an honour for one's own published work; those who verify are given the task."""
    resource = get_resource_for(viewer, resource_id, "change")
    if resource.review not in rules.PUBLISHED or resource.revises_id:
        raise rules.WrongStep(state=resource.review.value)
    if given.year > schools.today().year:
        raise Invalid(fields={"year": N_("还没到这一年。")})
    proof = _proof(viewer, given.proof_upload_id) if given.proof_upload_id else None
    if not given.certificate_no and proof is None:
        raise Invalid(fields={"certificate_no": N_("请填写证书编号，或附上证书的照片。")})
    same = sa.and_(Badge.resource_id == resource.id, Badge.kind == given.kind, Badge.year == given.year)
    if db.session.scalar(sa.select(Badge.id).where(same, Badge.state != BadgeState.REFUSED)):
        raise AlreadyClaimed
    badge = Badge(
        id=new_id("bdg"), resource_id=resource.id, kind=given.kind, year=given.year, certificate_no=given.certificate_no,
        proof_asset_id=proof, state=BadgeState.CLAIMED, claimed_by=viewer.person_id, claimed_at=clock.now(),
    )  # fmt: skip
    db.session.add(badge)
    db.session.flush()
    inbox.deliver(notices.holders_of(Duty.DISTRICT_REVIEW, resource), notices.BADGE, Ref("badge", badge.id))
    return badge


def verify_badge(viewer: Viewer, badge_id: str) -> Badge:
    """Vouch for a claim: from now on it is shown as a fact, under the verifier's name."""
    badge, resource = get_claim_for(viewer, badge_id)
    if badge.state is not BadgeState.CLAIMED:
        raise AlreadyDecided
    _decide(viewer, badge, BadgeState.VERIFIED)
    inbox.deliver([resource.author_id], notices.BADGE_VERIFIED, Ref("badge", badge.id))
    return badge


def refuse_badge(viewer: Viewer, badge_id: str, reason: str) -> Badge:
    """Refuse a claim, or take back what was verified in error; the author is told why and may claim again."""
    badge, resource = get_claim_for(viewer, badge_id)
    if badge.state is BadgeState.REFUSED:
        raise AlreadyDecided
    badge.refused_reason = reason
    _decide(viewer, badge, BadgeState.REFUSED)
    inbox.deliver([resource.author_id], notices.BADGE_REFUSED, Ref("badge", badge.id), words={"reason": reason[:200]})
    return badge


def drop_badge(viewer: Viewer, badge_id: str) -> str:
    """Take back one's own claim, verified or not, as if it had not been made; return the id of the work."""
    badge = get_own_claim(viewer, badge_id)
    ref = Ref("badge", badge.id)
    audit.note(viewer, "badge.dropped", ref, details={"resource": badge.resource_id, "kind": badge.kind.value, "year": badge.year})
    inbox.settle(notices.BADGE, ref)
    db.session.delete(badge)
    return badge.resource_id


def _decide(viewer: Viewer, badge: Badge, state: BadgeState) -> None:
    badge.state, badge.decided_by, badge.decided_at = state, viewer.person_id, clock.now()
    ref = Ref("badge", badge.id)
    audit.note(viewer, f"badge.{state}", ref, details={"resource": badge.resource_id, "kind": badge.kind.value, "year": badge.year})
    inbox.settle(notices.BADGE, ref)


def _proof(viewer: Viewer, upload_id: str) -> str:
    """Return the asset of a finished upload of the viewer's own; Invalid for another one, or for what shows no page."""
    asset_id = media.assets_of_uploads(viewer.person_id, [upload_id]).get(upload_id)
    if asset_id is None or media.asset_views([asset_id])[asset_id].family not in _PROOFS:
        raise Invalid(fields={"proof_upload_id": N_("请附上证书的照片或 PDF。")})
    return asset_id

"""Whom the library tells what: reviewers of what waits, authors of what became of it.

Called inside the unit of the deed. Rule: a task is given to everybody who has the duty, and ends
for all when one of them has done it; nothing is bound to a person who may leave.
"""

from collections.abc import Iterable

from resource_hub.inbox import service as inbox
from resource_hub.kernel.refs import Ref
from resource_hub.kernel.viewer import DISTRICT_STAFF, SCHOOL_REVIEWERS, Duty, Role, ScopeKind, duty_words
from resource_hub.library import rules
from resource_hub.library.models import Resource
from resource_hub.library.schemas import Review
from resource_hub.people import queries as people
from resource_hub.schools import queries as schools
from resource_hub.search.access import scopes_of

REVIEW, OVERDUE, RETURNED, PUBLISHED, WITHDRAWN = (
    "library.review", "library.overdue_review", "library.returned", "library.published", "library.withdrawn",
)  # fmt: skip
COMPLAINT, ANSWERED = "library.complaint", "library.complaint_answered"
BADGE, BADGE_VERIFIED, BADGE_REFUSED = "library.badge", "library.badge_verified", "library.badge_refused"
COMMENT, COMMENT_ANSWERED = "library.comment", "library.comment_answered"

_ROLES = {
    Duty.SCHOOL_REVIEW: SCHOOL_REVIEWERS,
    Duty.DISTRICT_REVIEW: DISTRICT_STAFF,
    Duty.MANAGE: frozenset({Role.DEAN, Role.PRINCIPAL, Role.DISTRICT_ADMIN}),
}


def tell_step(resource: Resource, verb: str, by: str | None) -> None:
    """After a step of review: end the tasks of the last stage, give those of the next, tell the author."""
    ref = Ref("resource", resource.id)
    for kind in (REVIEW, OVERDUE):
        inbox.settle(kind, ref)
    if resource.review in rules.UNDER_REVIEW:
        inbox.settle(RETURNED, ref)
        inbox.deliver(reviewers_of(resource), REVIEW, ref, due=resource.due_on)
    if resource.author_id == by:
        return
    if verb == "return":
        inbox.deliver([resource.author_id], RETURNED, ref, words={"reason": resource.review_note[:200]}, urgent=True)
    elif verb == "withdraw":
        inbox.deliver([resource.author_id], WITHDRAWN, ref, words={"reason": resource.review_note[:200]})
    elif verb in ("school_approve", "district_approve"):
        inbox.deliver([resource.author_id], PUBLISHED, Ref("resource", resource.revises_id or resource.id))


def reviewers_of(resource: Resource) -> list[str]:
    """Return who may take the next step of review: never the author."""
    duty = Duty.SCHOOL_REVIEW if resource.review is Review.SUBMITTED else Duty.DISTRICT_REVIEW
    return holders_of(duty, resource)


def holders_of(duty: Duty, resource: Resource, roles: Iterable[Role] = ()) -> list[str]:
    """Return the persons other than the author who have a duty for a resource today, by one of ``roles`` or any."""
    district = schools.the_district()
    places = [
        (ScopeKind.SCHOOL, resource.school_id), (ScopeKind.DISTRICT, district.id if district else ""),
        (ScopeKind.SUBJECT, resource.subject or ""),
        *((ScopeKind.COMMUNITY, ident) for ident in schools.communities_of_school(resource.school_id)),
    ]  # fmt: skip
    held = {ident for role in roles or _ROLES[duty] for kind, scope_id in places for ident in people.holders(role, kind, scope_id)}
    words = duty_words(duty, resource.school_id, resource.subject)
    found = [people.viewer_of_person(ident) for ident in sorted(held - {resource.author_id})]
    return [one.person_id for one in found if one is not None and words & scopes_of(one)]

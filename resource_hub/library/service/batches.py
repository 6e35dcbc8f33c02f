"""Approving several works at once: each in a unit of its own, so that one refusal spoils no other."""

from collections.abc import Sequence
from dataclasses import dataclass

from resource_hub.infra import unit
from resource_hub.kernel.errors import HubError
from resource_hub.kernel.viewer import Viewer
from resource_hub.library.access import get_resource_for
from resource_hub.library.schemas import Review
from resource_hub.library.service.review import approve_for_district, approve_for_school, check_no_open_reason


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one work; ``error`` is the refusal, ``title`` is empty for what is not there."""

    id: str
    title: str
    review: Review | None
    error: HubError | None = None


def approve_many(viewer: Viewer, ids: Sequence[str]) -> list[Outcome]:
    """Approve each work that waits for this reviewer, all four checks made; to be called outside any unit."""
    return [_approve_one(viewer, ident) for ident in dict.fromkeys(ids)]


def _approve_one(viewer: Viewer, resource_id: str) -> Outcome:
    title = ""
    try:
        with unit.write():
            resource = get_resource_for(viewer, resource_id, "review")
            title = resource.title
            check_no_open_reason(resource)
            act = approve_for_school if resource.review is Review.SUBMITTED else approve_for_district
            return Outcome(resource_id, title, act(viewer, resource_id).review)
    except HubError as error:
        return Outcome(resource_id, title, None, error)

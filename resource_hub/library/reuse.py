"""Pure rules of reuse: what may be built upon, under which licence, and who may adopt for whom."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from resource_hub.kernel.errors import N_, Conflict
from resource_hub.kernel.viewer import Role, ScopeKind, Viewer
from resource_hub.library.schemas import Licence

MENDABLE_FOR = timedelta(days=1)
"""How long a use can be put right by who recorded it; afterwards it is a fact."""
ADOPTERS = frozenset({Role.GROUP_HEAD, Role.DEAN, Role.PRINCIPAL})
"""Who decides what a school or a community teaches with."""
TAKEABLE = ("title", "kind", "summary", "keywords", "node_id", "third_party", "village_fit")
"""The fields that a fork can take over from a newer version of its origin; the licence stays its author's choice."""

_INSIDE = (Licence.L1, Licence.L2, Licence.L3)


class NotForkable(Conflict):
    code = "not_forkable"
    message = N_("只有已发布的资源可以改编。这份资源还没有发布，或者已经下架。")


class UseIsSettled(Conflict):
    code = "use_is_settled"
    message = N_("上课记录只能在一天之内修改或删除。")


def licences_of_fork(origin: Licence) -> tuple[Licence, ...]:
    """Return the licences that a work built on one under ``origin`` may have: L4 hands itself on, L1–L3 never widen."""
    if origin is Licence.L5:
        return tuple(Licence)
    if origin is Licence.L4:
        return (Licence.L4,)
    return _INSIDE[: _INSIDE.index(origin) + 1]


def may_mend_use(created_at: datetime, now: datetime) -> bool:
    return now - created_at < MENDABLE_FOR


def adopts_for(viewer: Viewer, lead_schools: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """Return the scope words that the viewer may adopt for: their school, then communities.

    ``lead_schools`` gives each of the viewer's communities with its lead school: who decides for
    that school decides for the community, as do those with a role in the community itself.
    """
    own = {grant.scope_id for grant in viewer.grants if grant.role in ADOPTERS and grant.scope is ScopeKind.SCHOOL}
    communities = {grant.scope_id for grant in viewer.grants if grant.role in ADOPTERS and grant.scope is ScopeKind.COMMUNITY}
    communities |= {community for community, school in lead_schools if school in own}
    schools = [f"school:{viewer.school_id}"] if viewer.school_id in own else []
    return (*schools, *(f"community:{ident}" for ident in sorted(communities)))

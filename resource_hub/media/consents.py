"""When a recording of pupils may be shown: words and decisions. Pure.

Parents say yes or no on paper that stays with the head teacher; the platform knows head-counts
only. Everything that is not known to be allowed is not.
"""

from collections.abc import Collection
from datetime import date, timedelta

from resource_hub.kernel.errors import N_, Conflict, Invalid
from resource_hub.media.schemas import Consent, ConsentScope, ConsentState, Standing

TEXT_VERSION = "2026-1"
"""Of the printed notice; a batch keeps the one that its parents read."""
LONGEST = timedelta(days=3 * 365)
"""From the signatures to the end of a consent: recordings stay published three years at most."""
DELETED_WITHIN_DAYS = 15
"""What the notice promises to whoever takes a consent back."""
ERASED_AFTER_DAYS = DELETED_WITHIN_DAYS - 1
"""After which the recordings are erased; the bytes follow within a day. Until then a mended one may stand on another batch."""


NOT_NEEDED = Consent(Standing.NOT_NEEDED)
MISSING = Consent(Standing.MISSING)


class ConsentStepRefused(Conflict):
    code, message = "consent_step", N_("这批告知书现在不能这样做，可能有人刚刚更新过。请刷新页面后再看。")


_STEPS: dict[ConsentState, Collection[ConsentState]] = {
    ConsentState.DRAFT: {ConsentState.COLLECTED},
    ConsentState.COLLECTED: {ConsentState.COLLECTED, ConsentState.ACTIVE},
    ConsentState.ACTIVE: {ConsentState.WITHDRAWN_PART, ConsentState.EXPIRED},
    ConsentState.EXPIRED: (),
    ConsentState.WITHDRAWN_PART: {ConsentState.WITHDRAWN_PART},
}


def check_step(state: ConsentState, to: ConsentState) -> None:
    """Raise ConsentStepRefused unless a batch may go from one state to the other."""
    if to not in _STEPS[state]:
        raise ConsentStepRefused


def check_counts(headcount: int, agreed: int, declined: int) -> None:
    """Raise Invalid unless the slips that came back fit the class."""
    if agreed + declined > headcount:
        raise Invalid(fields={"agreed": N_("收回的回执比班级人数还多，请核对。")})


def check_end(made_on: date, valid_until: date) -> None:
    """Raise Invalid unless the consent ends within its time."""
    if not made_on < valid_until <= made_on + LONGEST:
        raise Invalid(fields={"valid_until": N_("期限要在今天之后，最长三年。")})


def consent_by_batch(
    state: ConsentState, scope: ConsentScope, valid_until: date, batch_id: str, *, needed: ConsentScope, today: date
) -> Consent:
    """Return what a batch allows today; the last day still counts."""
    if state in {ConsentState.DRAFT, ConsentState.COLLECTED}:
        standing = Standing.MISSING
    elif state is ConsentState.WITHDRAWN_PART:
        standing = Standing.WITHDRAWN
    elif state is ConsentState.EXPIRED or valid_until < today:
        standing = Standing.EXPIRED
    elif not scope.reaches(needed):
        standing = Standing.TOO_NARROW
    else:
        standing = Standing.ACTIVE
    return Consent(standing, scope, valid_until, batch_id)

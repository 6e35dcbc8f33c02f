"""What a batch of slips allows, and which way it goes."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resource_hub.kernel.errors import Invalid
from resource_hub.media import consents
from resource_hub.media.schemas import ConsentScope as Scope
from resource_hub.media.schemas import ConsentState as State
from resource_hub.media.schemas import Standing

TODAY = date(2026, 11, 24)
DAYS = st.dates(date(2026, 1, 1), date(2027, 12, 31))


@pytest.mark.parametrize(
    ("state", "scope", "days_left", "needed", "standing"),
    [
        (State.DRAFT, Scope.DISTRICT, 30, Scope.SCHOOL, Standing.MISSING),
        (State.COLLECTED, Scope.DISTRICT, 30, Scope.SCHOOL, Standing.MISSING),
        (State.ACTIVE, Scope.SCHOOL, 30, Scope.SCHOOL, Standing.ACTIVE),
        (State.ACTIVE, Scope.SCHOOL, 0, Scope.SCHOOL, Standing.ACTIVE),
        (State.ACTIVE, Scope.SCHOOL, -1, Scope.SCHOOL, Standing.EXPIRED),
        (State.ACTIVE, Scope.SCHOOL, 30, Scope.COMMUNITY, Standing.TOO_NARROW),
        (State.ACTIVE, Scope.COMMUNITY, 30, Scope.SCHOOL, Standing.ACTIVE),
        (State.ACTIVE, Scope.COMMUNITY, 30, Scope.DISTRICT, Standing.TOO_NARROW),
        (State.ACTIVE, Scope.DISTRICT, 30, Scope.DISTRICT, Standing.ACTIVE),
        (State.EXPIRED, Scope.DISTRICT, 30, Scope.SCHOOL, Standing.EXPIRED),
        (State.WITHDRAWN_PART, Scope.DISTRICT, 30, Scope.SCHOOL, Standing.WITHDRAWN),
        (State.WITHDRAWN_PART, Scope.DISTRICT, -1, Scope.SCHOOL, Standing.WITHDRAWN),
    ],
)
def test_a_batch_allows_this(state: State, scope: Scope, days_left: int, needed: Scope, standing: Standing) -> None:
    found = consents.consent_by_batch(state, scope, TODAY + timedelta(days=days_left), "con_1", needed=needed, today=TODAY)
    assert found.state is standing
    assert found.allows is (standing is Standing.ACTIVE)


@given(st.sampled_from(State), st.sampled_from(Scope), DAYS, st.sampled_from(Scope), st.sampled_from(Scope), DAYS)
def test_what_is_allowed_far_is_allowed_near_and_what_is_allowed_late_is_allowed_early(
    state: State, scope: Scope, end: date, far: Scope, near: Scope, day: date
) -> None:
    allowed = consents.consent_by_batch(state, scope, end, "con_1", needed=far, today=day).allows
    if allowed and far.reaches(near):
        assert consents.consent_by_batch(state, scope, end, "con_1", needed=near, today=day - timedelta(days=1)).allows


def test_a_batch_goes_from_print_to_use_to_its_end_and_no_other_way() -> None:
    steps = {(before, after) for before in State for after in State if _may(before, after)}
    assert steps == {
        (State.DRAFT, State.COLLECTED),
        (State.COLLECTED, State.COLLECTED),
        (State.COLLECTED, State.ACTIVE),
        (State.ACTIVE, State.WITHDRAWN_PART),
        (State.ACTIVE, State.EXPIRED),
        (State.WITHDRAWN_PART, State.WITHDRAWN_PART),
    }


def _may(before: State, after: State) -> bool:
    try:
        consents.check_step(before, after)
    except consents.ConsentStepRefused:
        return False
    return True


@pytest.mark.parametrize(("days", "fits"), [(-1, False), (0, False), (1, True), (3 * 365, True), (3 * 365 + 1, False)])
def test_a_consent_ends_within_three_years(days: int, fits: bool) -> None:
    if fits:
        consents.check_end(TODAY, TODAY + timedelta(days=days))
    else:
        with pytest.raises(Invalid):
            consents.check_end(TODAY, TODAY + timedelta(days=days))

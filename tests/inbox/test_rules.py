"""Two digests a day, in the district's time."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from resource_hub.inbox import rules

ZONE = ZoneInfo("Asia/Shanghai")
MOMENTS = st.timedeltas(timedelta(0), timedelta(days=800)).map(lambda since: datetime(2026, 1, 1, tzinfo=UTC) + since)


@given(MOMENTS)
def test_the_next_digest_comes_within_sixteen_hours_and_never_at_night(moment: datetime) -> None:
    at = rules.next_digest(moment, ZONE)
    assert timedelta(0) < at - moment <= timedelta(hours=16)
    assert at.astimezone(ZONE).time() in rules.DIGESTS


@given(MOMENTS)
def test_between_two_digests_there_is_no_other(moment: datetime) -> None:
    before, after = rules.digest_of(moment, ZONE), rules.next_digest(moment, ZONE)
    assert before <= moment < after
    assert rules.next_digest(before, ZONE) == after
    assert rules.digest_of(after, ZONE) == after

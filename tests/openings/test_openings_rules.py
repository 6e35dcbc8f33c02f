"""Pure rules of the open doors."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resource_hub.openings import rules
from resource_hub.openings.xml import clean, text_of


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0", "100.64.0.1", "224.0.0.1", "255.255.255.255",
     "::1", "::", "fe80::1", "fe80::1%eth0", "fd00::5", "::ffff:10.0.0.1", "2002:7f00:1::", "64:ff9b::7f00:1", "ff02::1"],
)  # fmt: skip
def test_addresses_of_the_own_network_are_private(address: str) -> None:
    assert rules.is_private(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "114.114.114.114", "2400:3200::1", "::ffff:8.8.8.8"])
def test_addresses_of_the_world_are_not(address: str) -> None:
    assert not rules.is_private(address)


@given(st.datetimes(timezones=st.just(UTC)), st.timedeltas(min_value=timedelta(-9), max_value=timedelta(9)))
def test_a_datestamp_has_whole_seconds_and_never_goes_back(at: datetime, ahead: timedelta) -> None:
    try:
        before = rules.datestamp(at + ahead)
    except OverflowError:
        return
    stamp = rules.datestamp(at, before)
    assert stamp >= before
    assert stamp.microsecond == 0


@given(st.datetimes(min_value=datetime(1, 1, 1), max_value=datetime(9999, 12, 30), timezones=st.just(UTC)))  # noqa: DTZ001 -- aware by timezones
def test_a_written_moment_is_read_back_and_a_day_is_all_of_its_seconds(at: datetime) -> None:
    whole = rules.datestamp(at)
    text = whole.strftime("%Y").rjust(4, "0") + whole.strftime("-%m-%dT%H:%M:%SZ")
    assert rules.harvest_moment(text, is_end=False) == whole
    first, last = (rules.harvest_moment(text[:10], is_end=is_end) for is_end in (False, True))
    assert first is not None
    assert last is not None
    assert first <= whole <= last


@pytest.mark.parametrize(
    "text", ["", "2026", "2026-13-01", "2026-02-30", "2026-01-01T00:00:00", "2026-01-01T00:00:00+08:00", "２０２６-01-01", "0000-01-01"]
)
def test_other_forms_of_a_date_are_refused(text: str) -> None:
    assert rules.harvest_moment(text, is_end=True) is None


@given(st.text())
def test_no_cell_of_a_sheet_is_a_formula(text: str) -> None:
    assert rules.cell(text)[:1] not in {"=", "+", "-", "@", "\t", "\r"}


@given(st.text(st.characters()))
def test_every_text_can_stand_in_xml(text: str) -> None:
    from lxml import etree

    element = etree.Element("x")
    element.text = clean(text)
    assert etree.fromstring(etree.tostring(element)) is not None


def test_a_message_is_given_up_within_two_days() -> None:
    waits = [rules.retry_after_s(n) for n in range(1, len(rules.RETRY_AFTER_S) + 2)]
    assert waits[-1] is None
    assert sum(wait or 0 for wait in waits) < 48 * 3600


def test_moments_are_written_in_utc() -> None:
    from zoneinfo import ZoneInfo

    assert text_of(datetime(2026, 11, 24, 8, tzinfo=ZoneInfo("Asia/Shanghai"))) == "2026-11-24T00:00:00Z"

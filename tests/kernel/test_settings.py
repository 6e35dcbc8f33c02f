"""Settings: what is wrong is told before anything starts, and hosts are named as browsers send them."""

from datetime import UTC, datetime, timedelta

import pytest

from resource_hub.kernel import clock
from resource_hub.kernel.settings import Settings, SettingsError

_S3 = {"HUB_S3_ACCESS_KEY": "a", "HUB_S3_SECRET_KEY": "b"}


def hosts(**settings: str) -> frozenset[str]:
    return Settings.read({f"HUB_{name.upper()}": value for name, value in settings.items()}).hosts


@pytest.mark.parametrize(
    ("setting", "value", "remedy"),
    [
        ("HUB_PORT", "99999", "a number from 1 to 65535"),
        ("HUB_LISTEN", "0.0.0.0 {", "an IP address of this machine"),
        ("HUB_LISTEN", "hub.lan", "an IP address of this machine"),
        ("HUB_PUBLIC_URL", "hub.lan", "begin with http:// or https://"),
        ("HUB_PUBLIC_URL", "http:hub", "begin with http:// or https://"),
        ("HUB_PUBLIC_URL", "https://", "write a host name"),
        ("HUB_PUBLIC_URL", "https://[fd00::5", "in brackets"),
        ("HUB_PUBLIC_URL", "https://hub.lan:99999", "a port from 1 to 65535"),
        ("HUB_PUBLIC_URL", "https://hub.lan:x", "a port from 1 to 65535"),
        ("HUB_PUBLIC_URL", "https://me@hub.lan", "write a host name"),
        ("HUB_PUBLIC_URL", "https://hub.lan/path", "without a path"),
        ("HUB_PUBLIC_URL", "https://hub.lan?x=1", "without a path"),
        ("HUB_PUBLIC_URL", "https://hub.lan:8000", "give one of them another port"),
        ("HUB_S3_PUBLIC_URL", "hub.lan:9000", "begin with http:// or https://"),
        ("HUB_S3_ENDPOINT", "http://minio:9000", "without http://"),
        ("HUB_S3_ENDPOINT", "minio:9000/x", "without http://"),
        ("HUB_S3_BUCKET", "Hub_Media!", "small letters"),
        ("HUB_S3_BUCKET", "ab", "3 to 63"),
        ("HUB_S3_BUCKET", "a..b", "small letters"),
        ("HUB_S3_BUCKET", "192.168.1.5", "small letters"),
        ("HUB_ALLOWED_HOSTS", "hub.lan,*", "host or host:port"),
        ("HUB_ALLOWED_HOSTS", "hub.lan\n}\nrespond hello", "host or host:port"),
        ("HUB_ALLOWED_HOSTS", "{env.HOME}", "host or host:port"),
        ("HUB_ALLOWED_HOSTS", "[fe80::1%{x}]", "host or host:port"),
        ("HUB_ALLOWED_HOSTS", "https://hub.lan", "host or host:port"),
        ("HUB_ALLOWED_HOSTS", "hub.lan:0", "host or host:port"),
        ("HUB_DATABASE_URL", "postgresql://hub:secret@db:54x2/hub", "from 1 to 65535"),
        ("HUB_DATABASE_URL", "postgresql+psycopg2://db/hub", "postgresql://"),
        ("HUB_DATABASE_URL", "mysql://db/hub", "postgresql://"),
        ("HUB_DATABASE_URL", "sqlite:hub", "sqlite:///"),
        ("HUB_CLOCK", "tomorrow", "an ISO moment"),
        ("HUB_CLOCK", "2026-11-24T08:00@now", "an ISO moment"),
        ("HUB_COLOUR", "green", "not a setting"),
        ("HUB_REDIS_URL", "cache:6379", "redis://"),
        ("HUB_TURN_PORT", "many", "1 to 65535"),
    ],
)
def test_a_wrong_setting_is_told_in_one_line_with_the_remedy(setting: str, value: str, remedy: str) -> None:
    with pytest.raises(SettingsError) as refusal:
        Settings.read(_S3 | {setting: value})
    [problem] = refusal.value.problems
    assert problem.startswith(setting)
    assert remedy in problem
    assert "\n" not in problem


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("HUB_LISTEN", "::1"),
        ("HUB_LISTEN", "[::]"),
        ("HUB_PUBLIC_URL", "https://hub.lan/"),
        ("HUB_PUBLIC_URL", "HTTPS://Hub.Lan:8443"),
        ("HUB_PUBLIC_URL", "http://[fd00::5]"),
        ("HUB_S3_ENDPOINT", "minio_1:9000"),
        ("HUB_S3_ENDPOINT", "s3.amazonaws.com"),
        ("HUB_S3_BUCKET", "hub.media-2"),
        ("HUB_ALLOWED_HOSTS", " Hub.lan , 192.168.1.5:8000,[fd00::5]:8000, "),
        ("HUB_DATABASE_URL", "postgresql://hub:p#w/x?:y@db:5432/hub?sslmode=require"),
        ("HUB_DATABASE_URL", "postgresql+psycopg:///hub?host=/run/postgresql"),
        ("HUB_DATABASE_URL", "postgresql://[fd00::5]:5432/hub"),
        ("HUB_DATABASE_URL", "sqlite:////srv/hub.sqlite3"),
        ("HUB_CLOCK", "2026-11-24T08:00:00+08:00"),
    ],
)
def test_a_right_setting_is_taken(setting: str, value: str) -> None:
    Settings.read(_S3 | {setting: value})


def test_browsers_leave_out_the_port_that_goes_without_saying() -> None:
    assert {"127.0.0.1", "localhost"} <= hosts(port="80")
    assert "hub.lan" in hosts(public_url="http://hub.lan:80")
    assert "hub.lan" in hosts(public_url="https://hub.lan:443")
    assert "hub.lan" in hosts(allowed_hosts="hub.lan:443")
    assert Settings(public_url="https://Hub.lan:443/").origin == "https://hub.lan"
    assert Settings(port="80").origin == "http://127.0.0.1"


def test_an_allowed_name_holds_for_every_port_of_ours() -> None:
    found = hosts(allowed_hosts="Hub.school.lan, [fd00::5]", public_url="https://hub.lan:8443")
    for name in ("hub.school.lan", "[fd00::5]"):
        assert {name, f"{name}:8000", f"{name}:8443"} <= found
    assert "hub.lan:8443" in found
    assert "hub.school.lan:9000" in hosts(allowed_hosts="hub.school.lan:9000")
    assert "hub.school.lan:8000" not in hosts(allowed_hosts="hub.school.lan:9000")


def test_the_address_that_is_listened_on_is_answered() -> None:
    assert "127.0.0.2:8000" in hosts(listen="127.0.0.2")
    assert "[::1]:8000" in hosts(listen="::1")
    assert "192.168.1.5:8000" in hosts(listen="192.168.1.5")
    assert Settings(listen="::1").origin == "http://[::1]:8000"
    assert not {host for host in hosts(listen="0.0.0.0") if host.startswith("0.0.0.0")}


def test_processes_that_start_later_live_in_the_same_shifted_time() -> None:
    first = Settings(clock="2026-11-24T08:00")
    assert first.clock_start == datetime(2026, 11, 24, 0, 0, tzinfo=UTC)
    shared = first.shared_clock
    earlier = f"{shared.partition('@')[0]}@{(clock.real() - timedelta(hours=1)).isoformat()}"
    later = Settings(clock=earlier).clock_start
    assert later is not None
    assert timedelta(hours=1) <= later - first.clock_start < timedelta(hours=2)
    assert Settings(clock=shared).shared_clock == shared, "a platform that is given a running clock keeps it"
    assert Settings().shared_clock == ""

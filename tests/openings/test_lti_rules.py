"""Pure rules of LTI: whom a role makes a pupil, where a link leads, what may be answered to."""

import pytest

from resource_hub.openings import lti

ID = "res_" + "0" * 26


@pytest.mark.parametrize(
    ("resource_id", "target", "leads_to"),
    [
        (ID, "", f"/resources/{ID}"),
        (ID, "https://elsewhere.example/", f"/resources/{ID}"),
        (None, f"https://hub.lan/resources/{ID}", f"/resources/{ID}"),
        (None, f"https://HUB.lan/resources/{ID}?x=1#y", f"/resources/{ID}"),
        (None, f"https://elsewhere.example/resources/{ID}", "/"),
        (None, "https://hub.lan/sign-out", "/"),
        (None, f"https://hub.lan//resources/{ID}", "/"),
        (None, "https://[", "/"),
        ("//elsewhere.example", "", "/"),
        (f"{ID}/../..", "", "/"),
        ({"a": 1}, "", "/"),
    ],
)
def test_a_link_leads_to_one_of_our_resources_or_home(resource_id: object, target: str, leads_to: str) -> None:
    assert lti.destination(resource_id, target, {"hub.lan"}) == leads_to


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "//x", "https://", "https://user@x/", "https://x;script-src *", "https://x y/", "https://[", "data:,x"]
)
def test_an_answer_goes_to_web_addresses_alone(url: str) -> None:
    assert lti.return_origin(url) is None


def test_the_origin_of_an_answer_is_without_its_path() -> None:
    assert lti.return_origin("https://moodle.example.cn:8443/return?x=1") == "https://moodle.example.cn:8443"

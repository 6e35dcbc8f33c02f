"""Pure decisions about accounts, passwords, roles and addresses."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resource_hub.kernel.viewer import Grant, Role, ScopeKind
from resource_hub.people import passwords, rules

DEAN = Grant(Role.DEAN, ScopeKind.SCHOOL, "a")
PRINCIPAL = Grant(Role.PRINCIPAL, ScopeKind.SCHOOL, "a")
GROUP_PRINCIPAL = Grant(Role.PRINCIPAL, ScopeKind.COMMUNITY, "c")
ADMIN = Grant(Role.DISTRICT_ADMIN, ScopeKind.DISTRICT, "d")


@given(st.text())
def test_a_way_back_stays_on_this_site(text: str) -> None:
    path = rules.local_path(text)
    assert path.startswith("/")
    assert not path.startswith(("//", "/\\"))


@given(st.sampled_from(Role), st.sampled_from([DEAN, PRINCIPAL, GROUP_PRINCIPAL]))
def test_only_the_district_hands_out_districts_power(role: Role, grant: Grant) -> None:
    if rules.may_grant([grant], role, "a", ["c"]):
        assert not rules.may_grant([grant], role, None)
        assert not rules.may_grant([grant], role, "b")
        assert role not in {Role.DISTRICT_ADMIN, Role.RESEARCHER, Role.PRINCIPAL}


@given(st.lists(st.sampled_from(sorted(set(Role) - {Role.CLASS_TERMINAL}))))
def test_administrators_manage_everybody(held: list[Role]) -> None:
    assert rules.may_manage([ADMIN], held, "a")
    assert rules.may_manage([ADMIN], held, None)


def test_managing_needs_the_power_to_grant_what_is_held() -> None:
    assert rules.may_manage([DEAN], [Role.TEACHER, Role.STUDIO_HOST], "a")
    assert not rules.may_manage([DEAN], [Role.DEAN], "a")
    assert rules.may_manage([PRINCIPAL], [Role.DEAN], "a")
    assert not rules.may_manage([PRINCIPAL], [Role.TEACHER], "b")
    assert not rules.may_manage([PRINCIPAL], [Role.TEACHER], None)
    assert rules.may_manage([GROUP_PRINCIPAL], [Role.TEACHER], "b", ["c"])
    assert not rules.may_manage([Grant(Role.TEACHER, ScopeKind.SCHOOL, "a")], [], "a")


@pytest.mark.parametrize(
    ("password", "is_fine"),
    [
        ("Chun-Feng-2026", True),
        ("春天里的一节课真好听啊同学们", True),
        ("correct horse battery", True),
        ("Ab1!xyz", False),
        ("abcdefgh", False),
        ("aaaaaaaaaaaaaaaa", False),
        ("P@ssw0rd", False),
        ("my-LinXiaoYun-1", False),
    ],
)
def test_a_password_is_long_or_mixed_and_no_common_one(password: str, is_fine: bool) -> None:
    assert (rules.password_problem(password, "linxiaoyun") is None) == is_fine


def test_made_passwords_pass_the_rules_and_fit_their_hash() -> None:
    made = [passwords.made_password() for _ in range(20)]
    assert len({clear for clear, _kept in made}) == 20
    for clear, kept in made:
        assert rules.password_problem(clear, "linxiaoyun") is None
        assert clear not in kept
    assert passwords.fits(made[0][1], made[0][0])


def test_a_hash_is_opened_by_its_password_alone() -> None:
    kept = passwords.hash_of("Chun-Feng-2026")
    assert passwords.fits(kept, "Chun-Feng-2026")
    assert not passwords.fits(kept, "chun-feng-2026")
    assert not passwords.fits(None, "Chun-Feng-2026")
    assert not passwords.fits("not a hash", "Chun-Feng-2026")


@given(st.from_regex(r"1\d{10}", fullmatch=True))
def test_a_masked_number_hides_its_middle(phone: str) -> None:
    assert rules.masked_phone(phone) == f"{phone[:3]}****{phone[-4:]}"


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/87.0.4280.66 Safari/537.36", "Chrome 87 · Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1 Version/17.0 Mobile/15E Safari/604.1", "Safari 17 · iPhone"),
        ("curl/8.5.0", "curl/8.5.0"),
        ("", ""),
    ],
)  # fmt: skip
def test_a_browser_is_named_in_a_few_words(agent: str, words: str) -> None:
    assert rules.agent_words(agent) == words

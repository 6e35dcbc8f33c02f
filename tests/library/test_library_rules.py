"""Whom a resource reaches: pure, so every state, licence and role can be tried."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resource_hub.kernel.viewer import Duty, Grant, Role, ScopeKind, Viewer, duty_words
from resource_hub.library import rules
from resource_hub.library.schemas import Licence, Review

MEMBERS = {"a": ("s1", "s2"), "b": ("s9",)}
STATES = st.sampled_from(sorted(set(Review) - {Review.WITHDRAWN}))


def viewer(school: str | None = "s1", community: str | None = "a", *grants: Grant) -> Viewer:
    return Viewer("somebody", "", school, frozenset({community} if community else ()), grants)


def reaches(who: Viewer, review: Review, licence: Licence = Licence.L3, subject: str | None = "math") -> bool:
    return bool(rules.audience(review, licence, "author", "s1", subject) & who.scopes(MEMBERS))


COLLEAGUE, NEIGHBOUR, STRANGER = viewer("s1"), viewer("s2"), viewer("s9", "b")


@given(STATES, st.sampled_from(Licence), st.sampled_from(["math", None]))
def test_who_is_farther_away_never_sees_more(review: Review, licence: Licence, subject: str | None) -> None:
    seen = [reaches(who, review, licence, subject) for who in (COLLEAGUE, NEIGHBOUR, STRANGER)]
    assert seen == sorted(seen, reverse=True)
    assert seen[0] is (review in rules.PUBLISHED)
    assert seen[1] is (review in rules.PUBLISHED and licence is not Licence.L1)
    assert seen[2] is (review is Review.DISTRICT_PUBLISHED and licence not in {Licence.L1, Licence.L2})


@given(STATES, st.sampled_from(Licence))
def test_an_author_sees_their_work_in_every_state_and_a_terminal_none(review: Review, licence: Licence) -> None:
    words = rules.audience(review, licence, "author", "s1", None)
    assert words & Viewer("author", "", "s1", frozenset(), ()).scopes({})
    assert not words & Viewer("author", "", "s1", frozenset({"a"}), (), is_terminal=True).scopes(MEMBERS)


@pytest.mark.parametrize(
    ("grant", "reviews"),
    [
        (Grant(Role.GROUP_HEAD, ScopeKind.SCHOOL, "s1"), True),
        (Grant(Role.GROUP_HEAD, ScopeKind.SCHOOL, "s1", frozenset({"math"})), True),
        (Grant(Role.GROUP_HEAD, ScopeKind.SCHOOL, "s1", frozenset({"music"})), False),
        (Grant(Role.GROUP_HEAD, ScopeKind.SCHOOL, "s2"), False),
        (Grant(Role.GROUP_HEAD, ScopeKind.COMMUNITY, "a", frozenset({"math"})), True),
        (Grant(Role.PRINCIPAL, ScopeKind.COMMUNITY, "b"), False),
        (Grant(Role.TEACHER, ScopeKind.SCHOOL, "s1"), False),
        (Grant(Role.RESEARCHER, ScopeKind.DISTRICT, "d"), False),
    ],
)
def test_what_was_submitted_is_seen_by_the_reviewers_of_its_school_and_subject(grant: Grant, *, reviews: bool) -> None:
    outsider = viewer("s9", "b", grant)
    assert reaches(outsider, Review.SUBMITTED) is reviews
    assert bool(duty_words(Duty.SCHOOL_REVIEW, "s1", "math") & outsider.scopes(MEMBERS)) is reviews


@pytest.mark.parametrize(
    ("grant", "reviews"),
    [
        (Grant(Role.DISTRICT_ADMIN, ScopeKind.DISTRICT, "d"), True),
        (Grant(Role.RESEARCHER, ScopeKind.DISTRICT, "d", frozenset({"math"})), True),
        (Grant(Role.RESEARCHER, ScopeKind.DISTRICT, "d", frozenset({"art"})), False),
        (Grant(Role.RESEARCHER, ScopeKind.SUBJECT, "math"), True),
        (Grant(Role.RESEARCHER, ScopeKind.SUBJECT, "art"), False),
        (Grant(Role.RESEARCHER, ScopeKind.SUBJECT, "math", frozenset({"art"})), False),
        (Grant(Role.RESEARCHER, ScopeKind.COMMUNITY, "a"), True),
        (Grant(Role.RESEARCHER, ScopeKind.COMMUNITY, "b"), False),
        (Grant(Role.DISTRICT_LEADER, ScopeKind.DISTRICT, "d"), False),
    ],
)
def test_what_was_proposed_is_seen_by_the_districts_reviewers_of_its_subject(grant: Grant, *, reviews: bool) -> None:
    staff = viewer(None, None, grant)
    assert reaches(staff, Review.DISTRICT_REVIEW, Licence.L1) is reviews
    assert reaches(staff, Review.SCHOOL_PUBLISHED, Licence.L3) is reviews, "they may approve it as it is"
    assert not reaches(staff, Review.SCHOOL_PUBLISHED, Licence.L2)
    assert not reaches(staff, Review.SUBMITTED)
    assert not reaches(staff, Review.DISTRICT_PUBLISHED, Licence.L2)


def test_what_has_no_subject_waits_for_every_reviewer_of_its_school() -> None:
    narrowed = viewer("s1", "a", Grant(Role.GROUP_HEAD, ScopeKind.SCHOOL, "s1", frozenset({"math"})))
    assert reaches(narrowed, Review.SUBMITTED, subject=None)
    assert not reaches(narrowed, Review.SUBMITTED, subject="art")
    assert reaches(viewer("s1", "a", Grant(Role.DEAN, ScopeKind.SCHOOL, "s1")), Review.SUBMITTED, subject=None)


def test_a_subject_is_named_by_the_code_that_roles_use() -> None:
    names = {"math": "数学", "mental_health": "心理健康", "child_health": "幼儿健康"}
    assert rules.subject_code("小学", "数学", names) == "math"
    assert rules.subject_code("高中", "数学·A版", names) == "math"
    assert rules.subject_code("幼儿园", "健康", names) == "child_health"
    assert rules.subject_code("小学", "校本课程", names) is None

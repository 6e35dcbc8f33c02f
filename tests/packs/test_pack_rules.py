"""Pure rules: what a file is, what is missing, which rung is taken."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resource_hub.packs import rules
from resource_hub.packs.schemas import WHOLE, PartRole


@pytest.mark.parametrize(
    ("filename", "family", "role"),
    [
        ("分数 教学设计.docx", "paper", PartRole.PLAN),
        ("分数.pptx", "paper", PartRole.SLIDES),
        ("分数 学习任务单.docx", "paper", PartRole.TASK_SHEET),
        ("分数 课后作业.pdf", "paper", PartRole.EXERCISE),
        ("作业讲评.mp4", "video", PartRole.RECORDING),
        ("分数.enbx", "other", PartRole.SLIDES),
        ("数线.png", "image", PartRole.OTHER),
        ("课堂实录文字稿.txt", "text", PartRole.OTHER),
    ],
)
def test_a_name_tells_the_part(filename: str, family: str, role: PartRole) -> None:
    assert rules.guess_role(filename, family) is role


def test_the_authors_word_counts_and_a_word_that_is_none_does_not() -> None:
    assert rules.role_of("other", "分数.pptx", "paper") is PartRole.OTHER
    assert rules.role_of("gone", "分数.pptx", "paper") is PartRole.SLIDES


@given(st.lists(st.sampled_from(PartRole)))
def test_what_is_missing_and_what_is_in_make_the_whole(roles: list[PartRole]) -> None:
    gone = rules.missing(roles)
    assert set(gone) | (set(roles) & set(WHOLE)) == set(WHOLE)
    assert not set(gone) & set(roles)


@given(st.sets(st.integers(100, 2160), min_size=1), st.integers(100, 2160))
def test_the_rung_is_no_larger_than_asked_for_when_there_is_one(heights: set[int], wanted: int) -> None:
    found = int(rules.rung_for(str(wanted), [*map(str, heights), "a22"]) or 0)
    assert found in heights
    assert found <= wanted or found == min(heights)


def test_forms_go_from_small_to_large() -> None:
    assert rules.forms(["480", "240", "a22"], has_voice=True, has_recording=True) == ["papers", "voice", "240", "480"]
    assert rules.forms([], has_voice=False, has_recording=False) == ["papers"]

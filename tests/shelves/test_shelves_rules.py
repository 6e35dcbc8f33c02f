"""Orders keep everything, trees reach everything, and what a lesson lacks is said in one order."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resource_hub.library.schemas import Kind
from resource_hub.shelves import rules
from resource_hub.shelves.schemas import Group

NAMES = st.lists(st.sampled_from("abcdefgh"), unique=True)


@given(NAMES, st.lists(st.sampled_from("abcdefghxy")))
def test_an_order_keeps_every_work_and_the_places_of_those_not_named(held: list[str], wanted: list[str]) -> None:
    ordered = rules.reordered(held, wanted)
    assert sorted(ordered) == sorted(held)
    assert all(one == was for one, was in zip(ordered, held, strict=True) if was not in wanted)
    named = [one for one in dict.fromkeys(wanted) if one in held]
    assert [one for one in ordered if one in named] == named


def test_a_work_moves_past_its_neighbour_and_stops_at_the_end() -> None:
    assert rules.moved(["a", "b", "c"], "b", is_up=True) == ["b", "a", "c"]
    assert rules.moved(["a", "b", "c"], "b", is_up=False) == ["a", "c", "b"]
    assert rules.moved(["a", "b"], "a", is_up=True) == rules.moved(["a", "b"], "b", is_up=False) == ["a", "b"]


@given(st.dictionaries(st.sampled_from("abcdef"), st.one_of(st.none(), st.sampled_from("abcdefz"))))
def test_every_work_is_reached_once_whatever_it_says_of_its_origin(parents: dict[str, str | None]) -> None:
    below = rules.branches(parents)
    reached: list[str] = []
    waiting = list(below.get(None, ()))
    while waiting:
        reached.append(waiting.pop())
        waiting += below.get(reached[-1], ())
    assert sorted(reached) == sorted(parents)


def test_a_fork_stands_below_its_origin() -> None:
    assert rules.branches({"fork": "origin", "origin": "elsewhere", "other": None}) == {"origin": ["fork"], None: ["origin", "other"]}


@given(st.integers(0, 60), st.integers(1, 6))
def test_stills_are_few_and_in_order(count: int, most: int) -> None:
    places = rules.evenly(count, most)
    assert len(places) == min(count, most)
    assert places == sorted(set(places))
    assert all(0 <= at < count for at in places)


def test_every_kind_of_work_has_its_group() -> None:
    assert set(rules.GROUP_OF_KIND) == set(Kind)


def test_a_lesson_lacks_what_nobody_gave() -> None:
    assert rules.lacking([]) == rules.NEEDED
    assert rules.lacking([Group.SLIDES, Group.PACKS]) == (Group.PLANS, Group.SHEETS, Group.RECORDINGS)
    assert rules.lacking(rules.NEEDED) == ()


@pytest.mark.parametrize(
    ("role", "name", "is_media", "group"),
    [
        ("plan", "x.pptx", False, Group.PLANS),
        ("other", "教案.docx", False, Group.OTHERS),
        (None, "教案.docx", False, Group.PLANS),
        (None, "色彩.pptx", False, Group.SLIDES),
        (None, "任务单.pdf", False, Group.SHEETS),
        (None, "教案讲解.mp4", True, Group.RECORDINGS),
        (None, "照片.zip", False, Group.OTHERS),
    ],
)
def test_a_file_of_a_pack_serves_what_its_author_or_its_name_says(role: str | None, name: str, is_media: bool, group: Group) -> None:
    assert rules.group_of_part(role, name, is_media=is_media) is group


def test_books_of_the_other_half_of_the_year_are_left_out() -> None:
    assert [rules.is_of_half(code, is_first=True) for code in ("G3A", "G3B", "G9", "")] == [True, False, True, True]
    assert [rules.is_of_half(code, is_first=False) for code in ("G3A", "G3B", "G9", "")] == [False, True, True, True]

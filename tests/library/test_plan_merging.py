"""Taking what is new in the plan of an origin, change by change: only that change, and conflicts are told before."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resource_hub.library.compare import Change
from resource_hub.library.lesson_plan import Plan, Step
from resource_hub.library.planning import keeping
from resource_hub.library.planning.merging import NotOffered, Standing, offers, take

IDS = "abcdef"
steps = st.builds(Step, id=st.sampled_from(IDS), name=st.sampled_from(["导入", "探究", "练习"]), teacher=st.sampled_from(["看", "想", ""]),
                  village=st.sampled_from(["", "用饼", "用树叶"]), minutes=st.sampled_from([None, 5, 10]))  # fmt: skip
plans = st.builds(
    Plan,
    title=st.sampled_from(["一", "二"]),
    goals=st.sampled_from(["懂", "会", ""]),
    steps=st.lists(steps, max_size=6, unique_by=lambda step: step.id).map(tuple),
)


def step(ident: str, **columns: object) -> Step:
    return Step(id=ident, **columns)


def standing(base: Plan, new: Plan, mine: Plan) -> dict[str, tuple[Change, Standing]]:
    return {one.key: (one.change, one.standing) for one in offers(base, new, mine)}


def test_each_change_is_offered_with_how_it_stands_to_the_fork() -> None:
    base = Plan(goals="懂", steps=(step("a", teacher="看"), step("b", teacher="想"), step("c", teacher="练")))
    new = Plan(goals="会", steps=(step("a", teacher="看图"), step("b", teacher="想一想"), step("d", teacher="演")))
    mine = Plan(goals="懂", steps=(step("a", teacher="看饼"), step("b", teacher="想", village="用饼"), step("c", teacher="练")))
    assert standing(base, new, mine) == {
        "section:goals": (Change.CHANGED, Standing.FREE),
        "step:a": (Change.CHANGED, Standing.CONFLICT),
        "step:b": (Change.CHANGED, Standing.FREE),
        "step:d": (Change.ADDED, Standing.FREE),
        "step:c": (Change.REMOVED, Standing.FREE),
    }
    taken = take(base, new, mine, "step:b")
    assert taken.steps[1] == step("b", teacher="想一想", village="用饼")
    assert (taken.goals, taken.steps[0]) == (mine.goals, mine.steps[0])


def test_a_moved_stage_goes_behind_the_stage_that_it_follows_now() -> None:
    base = Plan(steps=tuple(step(ident, teacher=f"{ident}说的话各不相同") for ident in "abcd"))
    new = Plan(steps=tuple(base.steps[at] for at in (0, 3, 1, 2)))
    mine = Plan(steps=(*base.steps, step("z", teacher="村校自己的")))
    assert [step.id for step in take(base, new, mine, "move:d").steps] == ["a", "d", "b", "c", "z"]


def test_a_moved_stage_is_taken_once_though_the_origin_put_a_new_one_before_it() -> None:
    base, new, mine = (Plan(steps=tuple(step(ident, teacher="看") for ident in order)) for order in ("bd", "adb", "bda"))
    turns = 0
    while key := next((one.key for one in offers(base, new, mine) if one.standing is not Standing.TAKEN), None):
        mine, turns = take(base, new, mine, key), turns + 1
        assert turns < 4


@given(plans, plans, plans)
def test_taking_all_changes_brings_all_that_is_new_and_loses_nothing_of_ones_own(base: Plan, new: Plan, mine: Plan) -> None:
    own = {one.id for one in mine.steps} - {one.id for one in base.steps} - {one.id for one in new.steps}
    merged = mine
    for _turn in range(60):
        key = next((one.key for one in offers(base, new, merged) if one.standing is not Standing.TAKEN), None)
        if key is None:
            break
        merged = take(base, new, merged, key)
    else:
        pytest.fail("the changes never end")
    assert own <= {one.id for one in merged.steps}
    assert merged.title == (new.title if new.title != base.title else mine.title)
    now, before = {one.id: one for one in new.steps}, {one.id: one for one in base.steps}
    for one in merged.steps:
        if one.id in now and one.id not in before and one.id not in {each.id for each in mine.steps}:
            assert one == now[one.id]


@given(plans, plans)
def test_a_fork_without_changes_of_its_own_becomes_what_the_origin_is(base: Plan, new: Plan) -> None:
    merged = base
    for one in offers(base, new, base):
        if one.key in {each.key for each in offers(base, new, merged) if each.standing is not Standing.TAKEN}:
            merged = take(base, new, merged, one.key)
    assert {one.id: one for one in merged.steps} == {one.id: one for one in new.steps}
    assert (merged.title, merged.goals) == (new.title, new.goals)


def test_what_was_taken_is_not_offered_again() -> None:
    base, new = Plan(goals="懂"), Plan(goals="会")
    for mine, key in ((new, "section:goals"), (base, "section:homework"), (base, "step:x")):
        with pytest.raises(NotOffered):
            take(base, new, mine, key)


@given(plans)
def test_what_is_kept_opens_as_the_same_plan(plan: Plan) -> None:
    assert keeping.opened(keeping.kept(plan)) == plan


@pytest.mark.parametrize(
    ("words", "count"), [("", 1), ("1课时", 1), ("两课时", 2), ("三课时", 3), ("第2课时", 1), ("共 4 课时", 4), ("99999", 30)]
)
def test_periods_are_read_from_words(words: str, count: int) -> None:
    assert keeping.periods(Plan(periods=words)) == count


def test_minutes_that_do_not_add_up_are_remarked() -> None:
    whole = Plan(steps=(step("a", minutes=15), step("b", minutes=25)))
    assert keeping.remarks(whole) == []
    short = Plan(steps=(step("a", minutes=15), step("b")))
    assert [values for _text, values in keeping.remarks(short)] == [{"planned": 15, "periods": 1, "wanted": 40}, {"n": 1}]

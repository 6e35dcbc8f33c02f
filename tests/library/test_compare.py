"""Pages find their counterpart by what they say; marked words are those that the other text has not."""

import random

from hypothesis import given
from hypothesis import strategies as st

from resource_hub.library.compare import Change, Pair, Step, marked, pair_parts, pair_steps, plain_text, sections_of, steps_of

PAGES = [
    "一、教学目标 认识分数的意义,会读写几分之一,感受分数与生活的联系。",
    "二、教学过程 把一个月饼平均分成两份,每份是它的二分之一。学生动手折纸。",
    "三、练习 用分数表示图中的阴影部分,同桌互相检查并说说理由。",
    "四、板书设计 几分之一 平均分 分母 分子 写法与读法",
]
texts = st.lists(st.text(alphabet="甲乙丙丁 ab\n", max_size=12), max_size=8)


def kinds(pairs: list[Pair]) -> list[tuple[int | None, int | None, Change]]:
    return [(pair.before, pair.after, pair.change) for pair in pairs]


def test_an_inserted_page_leaves_the_others_as_they_are() -> None:
    after = [PAGES[0], "课前准备:每组一张圆纸片、一把剪刀,彩笔三支。", *PAGES[1:]]
    assert kinds(pair_parts(PAGES, after)) == [
        (0, 0, Change.SAME), (None, 1, Change.ADDED), (1, 2, Change.SAME), (2, 3, Change.SAME), (3, 4, Change.SAME),
    ]  # fmt: skip


def test_a_removed_page_stands_where_it_was() -> None:
    assert kinds(pair_parts(PAGES, [PAGES[0], *PAGES[2:]])) == [
        (0, 0, Change.SAME), (1, None, Change.REMOVED), (2, 1, Change.SAME), (3, 2, Change.SAME),
    ]  # fmt: skip


def test_a_page_that_moved_and_changed_is_told_as_both() -> None:
    moved = PAGES[1].replace("月饼", "圆饼")
    pairs = pair_parts(PAGES, [PAGES[0], PAGES[2], PAGES[3], moved])
    assert pairs[-1] == Pair(1, 3, Change.MOVED, is_changed=True)
    assert [pair.change for pair in pairs[:-1]] == [Change.SAME] * 3


def test_a_changed_page_is_found_again_and_its_words_marked() -> None:
    changed = PAGES[1].replace("月饼", "土豆片")
    assert kinds(pair_parts(PAGES, [PAGES[0], changed, *PAGES[2:]]))[1] == (1, 1, Change.CHANGED)
    left, right = marked(PAGES[1], changed)
    assert [run.text for run in left if run.is_marked] == ["月饼"]
    assert "".join(run.text for run in right if run.is_marked) == "土豆片"


def test_line_breaks_of_the_layout_are_no_change() -> None:
    assert kinds(pair_parts(["把一个月饼\n平均分成两份"], ["把一个月饼平均分\n成两份"])) == [(0, 0, Change.SAME)]


def test_pages_without_text_are_paired_and_left_to_the_eye() -> None:
    assert kinds(pair_parts([PAGES[0], ""], [PAGES[0] + "补充", ""]))[1] == (1, 1, Change.UNREAD)


def test_steps_keep_their_id_whatever_they_say() -> None:
    before = [Step("a", {"title": "导入", "teacher": "出示田埂的照片"}), Step("b", {"title": "新授"})]
    after = [Step("b", {"title": "新授"}), Step("a", {"title": "到田埂上走一走"})]
    assert pair_steps(before, after) == [Pair(1, 0, Change.SAME), Pair(0, 1, Change.MOVED, is_changed=True)]


def test_a_plan_is_compared_by_what_its_columns_say() -> None:
    assert steps_of(None) == []
    stage = {"id": "a", "name": "导入", "minutes": 5, "teacher": [{"runs": [{"text": "半个月饼"}, {"formula": "1/2"}]}]}
    assert steps_of({"steps": [stage]}) == [Step("a", {"name": "导入", "minutes": "5", "teacher": "半个月饼1/2"})]
    assert sections_of({"title": "分数", "goals": [{"runs": [{"text": "平均分"}]}]}) == {"title": "分数", "goals": "平均分"}


@given(before=texts, after=texts)
def test_every_part_stands_in_the_list_once(before: list[str], after: list[str]) -> None:
    pairs = pair_parts(before, after)
    assert sorted(p.before for p in pairs if p.before is not None) == list(range(len(before)))
    assert [p.after for p in pairs if p.after is not None] == list(range(len(after)))
    for pair in pairs:
        if pair.change is Change.SAME:
            assert pair.before is not None
            assert pair.after is not None
            assert plain_text(before[pair.before]) == plain_text(after[pair.after])


@given(part=texts)
def test_a_text_compared_with_itself_has_no_change(part: list[str]) -> None:
    assert {pair.change for pair in pair_parts(part, part)} <= {Change.SAME, Change.UNREAD}


@given(before=st.text(max_size=60), after=st.text(max_size=60))
def test_marked_runs_put_together_are_the_text(before: str, after: str) -> None:
    left, right = marked(before, after)
    assert "".join(run.text for run in left) == plain_text(before)
    assert "".join(run.text for run in right) == plain_text(after)
    assert "".join(r.text for r in left if not r.is_marked) == "".join(r.text for r in right if not r.is_marked)


def test_hundreds_of_pages_that_look_alike_are_paired_page_by_page() -> None:
    draw = random.Random(4)
    head = "灯塔区 三年级 上册 数学 教师用书 第一单元 " * 3
    pages = [head + "".join(chr(draw.randrange(0x4E00, 0x6000)) for _ in range(500)) for _ in range(400)]
    after = [page[:-30] + "另外写的结尾" for page in pages]
    del after[7]
    after.insert(300, head + "全新的一页")
    pairs = pair_parts(pages, after)
    assert [(p.before, p.after) for p in pairs if p.change in (Change.ADDED, Change.REMOVED)] == [(7, None), (None, 300)]
    assert all(p.change is Change.CHANGED for p in pairs if p.before is not None and p.after is not None)

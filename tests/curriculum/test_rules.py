"""Names of grades, volumes and editions, and the ids made from them."""

import pytest

from resource_hub.curriculum import rules
from resource_hub.curriculum.rules import Wish


@pytest.mark.parametrize(
    ("text", "code"), [("三年级", "G3"), ("3年级", "G3"), ("九", "G9"), ("g7", "G7"), ("中班", "K2"), ("高一", ""), ("", "")]
)
def test_a_grade_is_read_in_every_usual_way(text: str, code: str) -> None:
    assert rules.parse_grade(text) == code


def test_a_volume_is_read_in_every_usual_way() -> None:
    assert [rules.parse_volume(text) for text in ("上", "下册", "全册", "必修1")] == ["上册", "下册", "全一册", "必修1"]


def test_volumes_stand_in_the_order_they_are_taught() -> None:
    books = [("G3", "三年级下册"), ("G9", "九年级全一册"), ("G3", "三年级上册"), ("K1", "小班"), ("G1", "一年级上册")]
    assert [title for _, title in sorted(books, key=lambda book: rules.volume_position(*book))] == [
        "小班",
        "一年级上册",
        "三年级上册",
        "三年级下册",
        "九年级全一册",
    ]


def test_only_books_of_the_new_standard_carry_their_year() -> None:
    assert rules.edition_title("人教版", 2024) == "人教版（2024）"
    assert rules.edition_title("人教版", 2012) == rules.edition_title("人教版", None) == "人教版"


def test_an_id_depends_on_the_path_alone() -> None:
    assert rules.node_id(["小学", "数学"]) == rules.node_id(rules.split_path("小学 / 数学"))
    assert rules.node_id(["小学", "数学"]) != rules.node_id(["小学", "语文"])
    assert len(rules.node_id(["小学"])) == len("cur_") + 26


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("数学三上 分数", Wish("数学", "G3", "上册", ("分数",))),
        ("三年级 英语", Wish("英语", "G3", "", ())),
        ("7年级上册 有理数", Wish("", "G7", "上册", ("有理数",))),
        ("竹编", Wish("", "", "", ("竹编",))),
    ],
)
def test_short_words_of_teachers_are_understood(text: str, wish: Wish) -> None:
    assert rules.read_wish(text) == wish

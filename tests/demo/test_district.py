"""The invented district agrees with itself: people, classes, resources, curriculum."""

from collections import Counter
from datetime import date, timedelta

from pypinyin import lazy_pinyin

from resource_hub.cli.demo import classes, district
from resource_hub.cli.demo.resources import RESOURCES
from resource_hub.cli.demo.slides import read_pages
from resource_hub.cli.demo.writing import TEXTS
from resource_hub.cli.demo.writing.films import FILMS
from resource_hub.curriculum import data, rules
from resource_hub.curriculum.tree import textbook_tree, unit_tree
from resource_hub.library.schemas import Kind, Licence, Review, VillageFit
from resource_hub.schools.rules import teaching_week


def test_accounts_are_the_pinyin_of_the_names_and_nobody_shares_one() -> None:
    assert [person.account for person in district.PEOPLE] == ["".join(lazy_pinyin(person.name)) for person in district.PEOPLE]
    assert len({person.account for person in district.PEOPLE}) == len({person.staff_no for person in district.PEOPLE}) == 68


def test_every_day_of_a_year_would_lie_in_the_thirteenth_week_of_a_term_begun_for_it() -> None:
    length = district.TERM_END - district.TERM_START
    for number in range(366):
        today = date(2026, 8, 1) + timedelta(days=number)
        first = district.first_day_of_term(today)
        assert teaching_week(first, first + length, today) == 13
        assert first.weekday() == district.TERM_START.weekday()


def test_every_school_has_the_staff_of_the_plan() -> None:
    staff = Counter(person.school for person in district.PEOPLE)
    assert staff == {"A1": 12, "A2": 6, "A3": 3, "A4": 1, "B1": 9, "B2": 5, "B3": 3, "B4": 3, "C1": 9, "C2": 4, "C3": 3, "C4": 4, "": 6}


def test_classes_add_up_to_the_pupils_of_the_yearly_figures() -> None:
    counted = Counter({"A4": 11, "B4": 142})
    for figures in classes.INDICATORS:
        counted[figures.school] += figures.pupils
    summed: Counter[str] = Counter()
    for one in classes.CLASSES:
        summed[one.school] += one.headcount
    assert summed == counted
    assert max(one.headcount for one in classes.CLASSES) <= 50


def test_paired_classes_exist_with_the_counts_of_their_pairing() -> None:
    counts = {(one.school, one.name): one.headcount for one in classes.CLASSES}
    paired = [(slot.school, slot.class_name) for p in classes.PAIRINGS for slot in (p.lead, *p.receivers) if slot.class_name]
    assert set(paired) <= set(counts)
    assert [counts[place] for place in (("A1", "三(2)班"), ("A3", "三年级"), ("A4", "三年级"), ("C4", "八年级"))] == [41, 9, 2, 46]


def test_every_resource_hangs_on_a_node_that_exists_and_has_its_words() -> None:
    known = textbook_tree(data.read("textbooks")).drafts.keys() | unit_tree(data.read("units")).drafts.keys()
    known |= unit_tree(district.LOCAL_UNITS).drafts.keys()
    assert [seed.number for seed in RESOURCES] == list(range(1, 41))
    for seed in RESOURCES:
        assert rules.node_id(rules.split_path(seed.node)) in known, seed.node
        words = (Kind(seed.kind), Licence(seed.licence), Review(seed.review), VillageFit(seed.village_fit or "screen"))
        assert len(words) == 4
        assert seed.school
        assert seed.community
        assert 4 <= len(seed.keywords) <= 8
        assert all(file.text in TEXTS for file in seed.files if file.name.endswith((".docx", ".pdf", ".pptx")))
    assert {file.text for seed in RESOURCES for file in seed.files if file.name.endswith(".mp4")} == set(FILMS)


def test_decks_have_as_many_pages_as_their_summary_says() -> None:
    counts = {2: "十二页", 11: "十二页"}
    for seed in RESOURCES:
        if seed.number in counts:
            assert counts[seed.number] in seed.summary
            assert len(read_pages(TEXTS[f"{seed.number}.slides"])) == 12


def test_the_editions_of_the_district_exist() -> None:
    known = textbook_tree(data.read("textbooks")).drafts.keys() | unit_tree(data.read("units")).drafts.keys()
    assert all(rules.node_id(rules.split_path(edition.edition_path)) in known for edition in district.EDITIONS)


def test_lesson_plans_say_what_the_village_class_does() -> None:
    plans = {key: words for key, words in TEXTS.items() if key.endswith(".plan") and "|环节|时间|教师活动" in words}
    assert len(plans) == 13
    assert all("村校端做什么" in words for words in plans.values())
    assert all(450 <= len(words) <= 1300 for words in TEXTS.values())

"""Who taught with a work is written down once, signed, put right within a day, and seen by its author."""

from datetime import timedelta

import pytest

from resource_hub.infra import unit
from resource_hub.infra.features import hub
from resource_hub.kernel import clock
from resource_hub.library import lineage
from resource_hub.library.events import ResourceUsed
from resource_hub.library.schemas import Review
from resource_hub.schools import queries as schools
from tests.library.lineage_of_works import AUTHOR, ELSEWHERE, REVIEWER, VILLAGER, Shelf
from tests.library.works import ART, Works

pytestmark = pytest.mark.slow


def class_of(works: Works, account: str) -> tuple[str, str, int]:
    school = works.school_of(account)
    with works.district.app.app_context(), unit.read():
        found = schools.classes_of_school(school)[0]
        return found.id, found.name, found.head_count


def test_a_lesson_in_a_village_is_seen_by_the_author_and_told_to_others(shelf: Shelf) -> None:
    work = shelf.works.make(AUTHOR, "色彩", Review.SCHOOL_PUBLISHED, node=ART)
    class_id, name, count = class_of(shelf.works, VILLAGER)
    heard: list[ResourceUsed] = []
    with shelf.works.district.app.app_context():
        hub().subscribers.setdefault(ResourceUsed, []).append(heard.append)
    form = shelf.works.page(VILLAGER, f"/resources/{work}/uses/new")
    assert class_id in form
    day = shelf.works.today().isoformat()
    assert f'value="{day}"' in form
    given = {"class_id": class_id, "used_on": day, "pupils": "", "note": "用田里的叶子代替色卡,孩子们都能分清", "changed": "少了投屏"}
    shelf.ask("POST", f"/resources/{work}/uses", VILLAGER, data=given)
    assert heard == [ResourceUsed(work, shelf.works.viewer(VILLAGER).person_id, shelf.works.school_of(VILLAGER), count)]

    page, mine = shelf.works.page(REVIEWER, f"/resources/{work}"), shelf.works.page(AUTHOR, "/work")
    for words in (
        "石桥村小学 吴有田",
        name,
        "用田里的叶子代替色卡",
        "少了投屏",
        f"{count} 名学生",
        "1 所学校用于上课 1 次",
        "其中村校 1 所",
    ):
        assert words in page
        assert words in mine
    told = shelf.ask("GET", f"/api/v1/resources/{work}/uses", REVIEWER)
    assert told["facts"] == {"uses": 1, "schools": 1, "village_schools": 1, "village_teachers": 1}
    assert (told["uses"][0]["used_on"], told["uses"][0]["pupils"], told["uses"][0]["is_mendable"]) == (day, count, False)


def test_what_was_written_down_can_be_put_right_for_a_day_by_oneself(shelf: Shelf) -> None:
    work = shelf.works.make(AUTHOR, "色彩", Review.SCHOOL_PUBLISHED)
    use = shelf.ask("POST", f"/api/v1/resources/{work}/uses", VILLAGER, 201, json={"pupils": 11, "note": "很好"})["id"]
    assert f"/uses/{use}" in shelf.works.page(VILLAGER, f"/resources/{work}")
    assert f"/uses/{use}" not in shelf.works.page(REVIEWER, f"/resources/{work}")
    assert "很好" in shelf.works.page(VILLAGER, f"/uses/{use}")
    shelf.ask("POST", f"/uses/{use}", REVIEWER, 404, data={"pupils": "9"})
    shelf.ask("POST", f"/uses/{use}", VILLAGER, data={"pupils": "12", "note": "分两次上"})
    assert "分两次上" in shelf.works.page(REVIEWER, f"/resources/{work}")

    clock.start_at(clock.now() + timedelta(days=1))
    assert f"/uses/{use}" not in shelf.works.page(VILLAGER, f"/resources/{work}")
    shelf.ask("POST", f"/uses/{use}", VILLAGER, 409, data={"pupils": "1"})
    shelf.ask("POST", f"/uses/{use}/removal", VILLAGER, 409)
    clock.start_at(None)
    shelf.ask("POST", f"/uses/{use}/removal", VILLAGER)
    assert shelf.ask("GET", f"/api/v1/resources/{work}/uses")["uses"] == []


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_form_with_something_wrong_comes_back_filled_in(shelf: Shelf) -> None:
    work = shelf.works.make(AUTHOR, "色彩", Review.SCHOOL_PUBLISHED)
    class_elsewhere = class_of(shelf.works, AUTHOR)[0]
    wrong = {
        "used_on": {"used_on": (shelf.works.today() + timedelta(days=1)).isoformat(), "pupils": "9"},
        "class_id": {"class_id": class_elsewhere},
        "pupils": {"note": "没写人数"},
        "note": {"pupils": "9", "note": "长" * 1001},
    }
    for name, given in wrong.items():
        reply = shelf.works.district.app.test_client(use_cookies=False).post(
            f"/resources/{work}/uses", data=given, headers=shelf.works.district.as_(VILLAGER)
        )
        assert (reply.status_code, f'id="{name}-problem"' in reply.text) == (422, True), name
        assert shelf.ask("POST", f"/api/v1/resources/{work}/uses", VILLAGER, 422, json=given)["fields"].keys() == {name}
    assert shelf.ask("POST", f"/api/v1/resources/{work}/uses", VILLAGER, 422, json={"pupils": 5001})["fields"].keys() == {"pupils"}


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_only_published_works_are_taught_with_and_by_who_sees_them(shelf: Shelf) -> None:
    draft, work = shelf.works.make(AUTHOR, "草稿"), shelf.works.make(AUTHOR, "色彩", Review.SCHOOL_PUBLISHED)
    shelf.ask("POST", f"/api/v1/resources/{draft}/uses", AUTHOR, 409, json={"pupils": 9})
    shelf.ask("POST", f"/api/v1/resources/{work}/uses", ELSEWHERE, 404, json={"pupils": 9})
    shelf.ask("GET", f"/api/v1/resources/{work}/uses", ELSEWHERE, 404)
    shelf.ask("POST", f"/api/v1/resources/{work}/uses", "zhoumin", 403, json={"pupils": 9})


def test_who_decides_for_a_school_or_community_adopts_for_it(shelf: Shelf) -> None:
    works = shelf.works
    work = works.make(AUTHOR, "色彩", Review.SCHOOL_PUBLISHED)
    village_word, community = f"school:{works.school_of('tianhe')}", f"community:{works.community_of(AUTHOR)}"
    assert "采用到石桥村小学" in works.page("tianhe", f"/resources/{work}")
    assert "采用到" not in works.page(VILLAGER, f"/resources/{work}")
    for _ in range(2):
        shelf.ask("PUT", f"/api/v1/resources/{work}/adoption", "tianhe", json={"word": village_word})
    shelf.ask("POST", f"/resources/{work}/adoptions", REVIEWER, data={"word": community})
    shelf.ask("POST", f"/resources/{work}/adoptions", REVIEWER, 403, data={"word": village_word})
    shelf.ask("PUT", f"/api/v1/resources/{work}/adoption", "tianhe", 403, json={"word": community})
    shelf.ask("PUT", f"/api/v1/resources/{work}/adoption", VILLAGER, 403, json={"word": village_word})
    with works.district.app.app_context(), unit.read():
        assert lineage.adopted([work]) == {work: lineage.Adopted(frozenset({village_word, community}), by_village=True)}
    page = works.page(AUTHOR, f"/resources/{work}")
    assert "石桥村小学 采用" in page
    assert "青岚实小教共体 采用" in page
    shelf.ask("POST", f"/resources/{work}/adoptions/end", REVIEWER, 403, data={"word": village_word})
    shelf.ask("POST", f"/resources/{work}/adoptions/end", "tianhe", data={"word": village_word})
    assert "石桥村小学 采用" not in works.page(AUTHOR, f"/resources/{work}")
    with works.district.app.app_context(), unit.read():
        assert lineage.adopted([work]) == {work: lineage.Adopted(frozenset({community}))}


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_my_work_lists_what_i_published_the_newest_first_in_pages(shelf: Shelf) -> None:
    works = shelf.works
    assert "您还没有发布的作品" in works.page(AUTHOR, "/work")
    for number in range(22):
        works.make(AUTHOR, f"第{number:02}课", Review.SCHOOL_PUBLISHED, minutes=number)
    works.make(AUTHOR, "草稿")
    works.make(VILLAGER, "别人的", Review.SCHOOL_PUBLISHED)
    page = works.page(AUTHOR, "/work")
    assert page.index("第21课") < page.index("第20课") < page.index("第02课")
    assert not {"第01课", "草稿", "别人的"} & {words for words in ("第01课", "草稿", "别人的") if words in page}
    more = page.partition("/work?cursor=")[2].partition('"')[0]
    assert [title in works.page(AUTHOR, f"/work?cursor={more}") for title in ("第02课", "第01课", "第00课")] == [False, True, True]
    works.page(AUTHOR, "/work?cursor=WyJ4IiwgInkiXQ", 422)
    with works.counting() as few:
        works.page(VILLAGER, "/work")
    with works.counting() as many:
        works.page(AUTHOR, "/work")
    assert len(many) <= len(few) + 3

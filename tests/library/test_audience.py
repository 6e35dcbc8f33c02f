"""Who finds what: over scopes of roles, through memberships that change, and after a withdrawal."""

from datetime import timedelta

import pytest

from resource_hub.kernel import clock
from resource_hub.kernel.viewer import Role, ScopeKind
from resource_hub.library.schemas import Licence, Review
from tests.library.works import ART, MATHS, Works

pytestmark = pytest.mark.slow

SCHOOL = Review.SCHOOL_PUBLISHED


def sees(works: Works, account: str, resource: str) -> bool:
    """Ask for the resource itself, in search and on the first page: all three must agree."""
    status = works.status(account, resource)
    assert status in {200, 404}
    assert (resource in works.found(account)) is (status == 200)
    return status == 200


def test_a_school_that_leaves_takes_its_works_along_at_once(works: Works) -> None:
    shared = works.make("lujing", "教共体里的色彩", SCHOOL)
    whole = works.make("lujing", "全区的色彩", Review.DISTRICT_PUBLISHED)
    works.index()
    assert sees(works, "wuyoutian", shared)
    assert "教共体里的色彩" in works.page("wuyoutian")
    works.leave("lujing", works.today())
    assert not sees(works, "wuyoutian", shared), "with the index as it was"
    assert "教共体里的色彩" not in works.page("wuyoutian")
    assert sees(works, "wuyoutian", whole)
    assert sees(works, "shilei", shared), "its own people still do"
    works.index()
    assert not sees(works, "wuyoutian", shared)


def test_a_dated_change_counts_from_its_day(works: Works) -> None:
    ours, theirs = works.make("linxiaoyun", "甲的课", SCHOOL), works.make("meixue", "乙的课", SCHOOL)
    tomorrow = works.today() + timedelta(days=1)
    works.leave("wuyoutian", tomorrow)
    works.join("wuyoutian", works.community_of("meixue"), tomorrow)
    works.index()
    assert (sees(works, "wuyoutian", ours), sees(works, "wuyoutian", theirs)) == (True, False)
    clock.start_at(clock.now() + timedelta(days=1))
    assert (sees(works, "wuyoutian", ours), sees(works, "wuyoutian", theirs)) == (False, True)


def test_a_change_of_membership_files_its_works_under_the_new_community(works: Works) -> None:
    resource = works.make("linxiaoyun", "全区的色彩", Review.DISTRICT_PUBLISHED)
    works.index()
    other = works.community_of("meixue")
    works.join("linxiaoyun", other, works.today())
    works.index()
    head = works.district.as_("meixue")
    listed = works.district.client.get("/api/v1/search", query_string={"community": other}, headers=head).json["data"]["hits"]
    assert [hit["id"] for hit in listed] == [resource]


def test_a_group_head_reviews_what_belongs_to_their_subjects_or_to_none(works: Works) -> None:
    art = works.make("linxiaoyun", "美术稿", Review.SUBMITTED, node=ART)
    maths = works.make("maxiao", "数学稿", Review.SUBMITTED, node=MATHS)
    bare = works.make("yike", "没有学科的稿", Review.SUBMITTED)
    works.index()
    assert works.found("tangwan") == {art, bare}, "a head of Chinese, music and art"
    assert works.found("qiulan") == {art, maths, bare}, "the dean reviews all subjects"
    assert [works.status("tangwan", ident) for ident in (art, maths, bare)] == [200, 404, 200]
    home = works.page("tangwan")
    assert "美术稿" in home
    assert "数学稿" not in home
    assert works.step("tangwan", maths, "school-approval") == 404
    assert works.step("tangwan", art, "school-approval") == 200


def test_roles_in_a_community_reach_its_schools_and_no_others(works: Works) -> None:
    ours = works.make("lujing", "二校的数学稿", Review.SUBMITTED, node=MATHS)
    theirs = works.make("zhangcheng", "城南的数学稿", Review.SUBMITTED, node=MATHS)
    art = works.make("linxiaoyun", "美术稿", Review.SUBMITTED, node=ART)
    works.grant("yinxiaoman", Role.GROUP_HEAD, ScopeKind.COMMUNITY, works.community_of("yinxiaoman"), "math")
    works.index()
    assert works.found("yinxiaoman") == {ours}
    assert "二校的数学稿" in works.page("yinxiaoman")
    assert [works.status("yinxiaoman", ident) for ident in (ours, theirs, art)] == [200, 404, 404]
    assert works.step("yinxiaoman", ours, "school-approval") == 200
    works.grant("tianhe", Role.PRINCIPAL, ScopeKind.COMMUNITY, works.community_of("tianhe"))
    works.index()
    assert works.found("tianhe") >= {ours, art}
    assert works.step("tianhe", art, "return", reason="请注明图片来源") == 200


def test_a_researcher_of_one_subject_sees_what_waits_in_it(works: Works) -> None:
    proposed = works.make("maxiao", "申请区审的数学", Review.DISTRICT_REVIEW, Licence.L2, MATHS)
    art = works.make("linxiaoyun", "申请区审的美术", Review.DISTRICT_REVIEW, node=ART)
    submitted = works.make("lujing", "校内待审", Review.SUBMITTED, node=MATHS)
    for role, scope, scope_id in ((Role.RESEARCHER, ScopeKind.SUBJECT, "math"), (Role.RESEARCHER, ScopeKind.COMMUNITY, "")):
        works.grant("nihang", role, scope, scope_id or works.community_of("linxiaoyun"), *(["math"] if not scope_id else []))
    works.index()
    assert works.found("nihang") == {proposed}
    assert "申请区审的数学" in works.page("nihang")
    assert [works.status("nihang", ident) for ident in (proposed, art, submitted)] == [200, 404, 404]
    assert works.step("nihang", proposed, "district-approval") == 200
    assert works.status("nihang", proposed) == 404, "approved within its community: licence and state decide again"


def test_licence_and_state_decide_for_researchers_too(works: Works) -> None:
    mine, near, wide, art, chinese = (
        works.make("maxiao", "只限本校", SCHOOL, Licence.L1, MATHS),
        works.make("maxiao", "教共体内", SCHOOL, Licence.L2, MATHS),
        works.make("maxiao", "可以全区", SCHOOL, Licence.L3, MATHS),
        works.make("linxiaoyun", "美术", SCHOOL, Licence.L5, ART),
        works.make("tangwan", "语文", SCHOOL, Licence.L3, "小学 / 语文"),
    )
    works.index()
    assert works.found("zhoumin") == {wide, art}, "a researcher of mathematics, music and art may approve these"
    assert works.found("minjie") == {wide, art, chinese}
    assert works.found("chenlan") == set(), "a leader of the district reviews nothing"
    assert works.step("maxiao", mine, "proposal") == works.step("maxiao", near, "proposal") == 200
    works.index()
    assert works.found("zhoumin") == {mine, near, wide, art}, "whoever proposes asks them to look"


def test_a_withdrawn_work_is_gone_for_those_who_knew_it_and_unknown_to_the_rest(works: Works) -> None:
    resource = works.make("linxiaoyun", "要下架的课", SCHOOL)
    draft = works.make("linxiaoyun", "没发过的课")
    assert works.step("linxiaoyun", resource, "withdrawal", reason="要更新") == 200
    assert works.step("linxiaoyun", draft, "withdrawal", reason="不要了") == 200
    works.index()
    assert {who: works.status(who, resource) for who in ("linxiaoyun", "tangwan", "wuyoutian", "meixue", "chenlan")} == {
        "linxiaoyun": 200, "tangwan": 410, "wuyoutian": 410, "meixue": 404, "chenlan": 404,
    }  # fmt: skip
    assert works.status("wuyoutian", draft) == works.status("tangwan", draft) == 404
    assert resource not in works.found("wuyoutian")
    assert "要下架的课" not in works.page("wuyoutian")
    assert "要下架的课" in works.page("linxiaoyun", "/resources/mine")


def test_many_works_of_others_do_not_hide_what_is_new_for_me(works: Works) -> None:
    works.make("linxiaoyun", "早些时候的课", SCHOOL)
    for number in range(70):
        works.make("meixue", f"城南的课{number}", SCHOOL, minutes=number + 1)
    assert "早些时候的课" in works.page("wuyoutian")
    assert "城南的课" not in works.page("wuyoutian")


def test_what_waits_longest_is_listed_first_however_much_others_have_to_do(works: Works) -> None:
    for number in range(45):
        works.make("maxiao", f"数学稿{number}", Review.SUBMITTED, node=MATHS)
    works.make("linxiaoyun", "等着的美术稿", Review.SUBMITTED, node=ART)
    assert "等着的美术稿" in works.page("tangwan")


@pytest.mark.parametrize("page", ["/", "/resources/mine", "/search"])
def test_a_longer_list_costs_no_more_queries(works: Works, page: str) -> None:
    works.make("linxiaoyun", "第一课", SCHOOL, node=ART)
    works.index()
    works.page("linxiaoyun", page)
    with works.counting() as few:
        assert "第一课" in works.page("linxiaoyun", page)
    for number in range(7):
        author = "linxiaoyun" if number % 2 or page == "/resources/mine" else "lujing"
        works.make(author, f"第{number}课", SCHOOL, node=(ART, MATHS)[number % 2], minutes=number + 1)
    works.index()
    works.page("linxiaoyun", page)
    with works.counting() as many:
        assert "第6课" in works.page("linxiaoyun", page)
    assert len(many) == len(few)

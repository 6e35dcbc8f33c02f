"""What a fork may be licensed as, who adopts for whom, which files belong together."""

from resource_hub.kernel.viewer import Grant, Role, ScopeKind, Viewer
from resource_hub.library import reuse
from resource_hub.library.compare import Change, File, Pair, pair_files
from resource_hub.library.schemas import Licence


def viewer(role: Role, scope: ScopeKind, scope_id: str) -> Viewer:
    return Viewer("per_1", "某", "sch_1", frozenset({"com_1", "com_2"}), (Grant(role, scope, scope_id),))


def test_a_fork_is_never_wider_than_its_origin_and_share_alike_hands_itself_on() -> None:
    allowed = {origin: reuse.licences_of_fork(origin) for origin in Licence}
    assert allowed == {
        Licence.L1: (Licence.L1,),
        Licence.L2: (Licence.L1, Licence.L2),
        Licence.L3: (Licence.L1, Licence.L2, Licence.L3),
        Licence.L4: (Licence.L4,),
        Licence.L5: tuple(Licence),
    }


def test_the_lead_school_decides_for_the_community_and_others_for_themselves() -> None:
    leads = [("com_1", "sch_1"), ("com_2", "sch_9")]
    assert reuse.adopts_for(viewer(Role.DEAN, ScopeKind.SCHOOL, "sch_1"), leads) == ("school:sch_1", "community:com_1")
    assert reuse.adopts_for(viewer(Role.GROUP_HEAD, ScopeKind.COMMUNITY, "com_2"), leads) == ("community:com_2",)
    assert reuse.adopts_for(viewer(Role.TEACHER, ScopeKind.SCHOOL, "sch_1"), leads) == ()


def test_files_belong_together_by_bytes_then_name_then_kind() -> None:
    before = [File("a", "教案.docx", "paper"), File("b", "课件.pptx", "paper", "x"), File("c", "实录.mp4", "video")]
    after = [
        File("d", "课件改.pptx", "paper", "x"),
        File("e", "教案.docx", "paper"),
        File("f", "新录像.mp4", "video"),
        File("g", "图.png", "image"),
    ]
    assert pair_files(before, after) == [
        Pair(1, 0, Change.SAME),
        Pair(0, 1, Change.CHANGED, is_changed=True),
        Pair(2, 2, Change.CHANGED, is_changed=True),
        Pair(None, 3, Change.ADDED),
    ]
    assert pair_files(before[:1], []) == [Pair(0, None, Change.REMOVED)]

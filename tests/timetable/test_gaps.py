"""What classes are not taught, entered by their school, and the pairings that would mend it."""

import pytest

from resource_hub.community import queries as communities
from resource_hub.infra import unit
from resource_hub.kernel.errors import Invalid, NotFound
from resource_hub.schools import queries as schools
from resource_hub.schools.schemas import Grade
from resource_hub.timetable import gaps, queries, service
from resource_hub.timetable.required import required_subjects
from resource_hub.timetable.schemas import Slot
from tests.timetable.conftest import Ground
from tests.timetable.test_pairings import paired

pytestmark = pytest.mark.slow

YEAR = "2026-2027"
REQUIRED = required_subjects([Grade.G3])


def say_what_is_taught(ground: Ground) -> None:
    """The city school teaches everything, the village school no music and no fine art; of the third nothing is known."""
    town, classes = ground.town, ground.classes
    with town.app.app_context(), unit.write():
        city = [(classes[name], subject) for name in ("A1 三(1)", "A1 三(2)") for subject in REQUIRED]
        teachers = {(classes["A1 三(2)"], "fine_art"): town.people["linxiaoyun"]}
        service.set_taught(town.schools["A1"], YEAR, city, teachers=teachers)
        service.set_taught(town.schools["A3"], YEAR, [(classes["A3 三"], subject) for subject in REQUIRED - {"music", "fine_art"}])


def found(ground: Ground) -> gaps.CommunityGaps:
    with ground.town.app.app_context(), unit.read():
        community = communities.communities([ground.town.communities["A"]])[0]
        term = schools.term_on(ground.plan.first_day)
        assert term is not None
        return gaps.gaps_of(community, term)


def test_what_lacks_is_listed_with_classes_of_the_grade_whose_teacher_is_known(ground: Ground) -> None:
    say_what_is_taught(ground)
    told = found(ground)
    assert [(gap.school, gap.subject, gap.is_paired) for gap in told.gaps] == [
        ("石桥村小学", "music", False), ("石桥村小学", "fine_art", False),
    ]  # fmt: skip
    music, art = told.gaps
    assert [(p.lead_class_id, p.person) for p in art.proposals] == [(ground.classes["A1 三(2)"], "林晓云")]
    # The school's only music teacher is known without being named for a class.
    assert {(p.lead_class_id, p.person) for p in music.proposals} == {(ground.classes[n], "钟海") for n in ("A1 三(1)", "A1 三(2)")}
    assert (art.proposals[0].slot, art.proposals[0].minutes) == (Slot(1, 3), 35)
    assert [name for _, name in told.unknown] == ["大坪教学点"]


def test_a_gap_is_covered_by_a_pairing_whose_slot_is_no_longer_proposed(ground: Ground) -> None:
    say_what_is_taught(ground)
    paired(ground)
    music, art = found(ground).gaps
    assert (art.is_paired, art.proposals) == (True, ())
    assert music.is_paired is False
    busy = {slot for proposal in music.proposals for slot in [proposal.slot]}
    assert Slot(2, 3) not in busy


def test_a_dean_ticks_what_the_own_school_teaches(ground: Ground) -> None:
    town, klass = ground.town, ground.classes["A3 三"]
    principal, path = town.browser("tianhe"), f"/admin/schools/{town.schools['A3']}/subjects"
    page = principal.get(path).text
    assert f'value="{klass}:music" checked' in page
    assert "还没有保存过" in page
    taught = [f"{klass}:{subject}" for subject in sorted(REQUIRED - {"music"})]
    assert principal.post(path, {"school_year": YEAR, "taught": taught}, page="/account").status_code == 303
    assert f'value="{klass}:music">' in principal.get(path).text
    with town.app.app_context(), unit.read():
        assert set(queries.taught([klass])[klass]) == REQUIRED - {"music"}
    for login, status in (("qiulan", 404), ("wuyoutian", 403), ("minjie", 200)):
        assert town.browser(login).get(path).status_code == status
    assert "音乐" in principal.get("/admin/pairings/gaps").text
    assert town.browser("wuyoutian").get("/admin/pairings/gaps").status_code == 403


def test_a_proposal_leads_to_the_form_filled_in(ground: Ground) -> None:
    say_what_is_taught(ground)
    dean = ground.town.browser("qiulan")
    page = dean.get("/admin/pairings/gaps").text
    link = next(part.split('"')[0] for part in page.split('href="') if part.startswith("/admin/pairings/new?") and "fine_art" in part)
    form = dean.get(link.replace("&amp;", "&")).text
    for chosen in (ground.classes["A1 三(2)"], ground.town.people["linxiaoyun"], ground.classes["A3 三"], "fine_art"):
        assert f'value="{chosen}" selected' in form
    assert 'value="1-3" checked' in form


def test_a_class_of_another_school_is_not_ticked(ground: Ground) -> None:
    town = ground.town
    with town.app.app_context():
        with pytest.raises(Invalid), unit.write():
            service.set_taught(town.schools["A3"], YEAR, [(ground.classes["A1 三(1)"], "music")])
        with pytest.raises(NotFound), unit.write():
            service.set_taught(town.schools["A3"], YEAR, [], by=town.viewer("qiulan"))

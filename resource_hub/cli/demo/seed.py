"""Writing the demo district into an installation, through the same services that people use.

``seed_people`` is quick and comes before the platform says that it is ready; ``seed_resources``
goes on in the background, resource by resource. Both may be stopped at any moment and begun
again: what is there is left as it is.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path

from resource_hub.cli.demo import classes, district
from resource_hub.cli.demo.classes import TerminalSeed
from resource_hub.cli.demo.district import GrantSeed
from resource_hub.cli.demo.lessons import seed_lessons
from resource_hub.cli.demo.plans import plan_of
from resource_hub.cli.demo.resources import RESOURCES, ResourceSeed
from resource_hub.cli.demo.taught import teach
from resource_hub.community import service as communities
from resource_hub.community.schemas import CommunityModel
from resource_hub.curriculum import queries as curriculum
from resource_hub.curriculum import service as curriculum_service
from resource_hub.infra import unit
from resource_hub.kernel.errors import NotAllowed, NotFound
from resource_hub.kernel.viewer import DISTRICT_STAFF, SCHOOL_REVIEWERS, Role, ScopeKind, Viewer
from resource_hub.library import queries as library_queries
from resource_hub.library import service as library
from resource_hub.library.rules import OwnWork
from resource_hub.library.schemas import Kind, Licence, ResourceIn, Review, VillageFit
from resource_hub.media import queries as media_queries
from resource_hub.media import service as media
from resource_hub.media.schemas import Declaration
from resource_hub.media.service import consents
from resource_hub.people import queries as people_queries
from resource_hub.people import service as people
from resource_hub.people.service import NewPerson
from resource_hub.schools import queries as schools_queries
from resource_hub.schools import service as schools
from resource_hub.schools.schemas import Grade, Locality, SchoolForm, SchoolKind

_SCHOOL_YEAR = f"{district.SCHOOL_YEAR}-{district.SCHOOL_YEAR + 1}"


def seed_people(password: str) -> None:
    """Write district, communities, schools, classes, term, curriculum, accounts and shared lessons; in seconds."""
    password_hash = people.hash_password(password)
    with unit.write():
        if not curriculum.children_of(None):
            curriculum_service.load_standard()
        curriculum_service.import_units(district.LOCAL_UNITS, dry_run=False)
    with unit.write():
        district_id = schools.set_up_district(district.DISTRICT)
        school_ids = _seed_schools()
        _seed_communities(school_ids)
        _seed_term()
        _seed_bells(school_ids)
        _seed_classes(school_ids)
        codes = _subject_codes()
        for seed in district.PEOPLE:
            _seed_person(seed, password_hash, district_id, school_ids, codes)
    with unit.write():
        _seed_editions()
        seed_lessons(school_ids)


def _seed_schools() -> dict[str, str]:
    places = {"city": Locality.CITY, "township": Locality.TOWN, "village": Locality.VILLAGE}
    return {
        s.code: schools.add_school(
            SchoolForm(
                code=s.code, name=s.name, kind=SchoolKind(s.kind), locality=places[s.place], is_boarding=s.is_boarding,
                is_three_schools=s.is_three_schools, uplink_mbps=s.uplink_mbps,
            )
        )
        for s in district.SCHOOLS
    }  # fmt: skip


def _seed_communities(school_ids: Mapping[str, str]) -> None:
    since = _first_day()
    for c in district.COMMUNITIES:
        ident = communities.add_community(
            code=c.code, name=c.name, model=CommunityModel(c.model), lead_school_id=school_ids[c.lead_school], starts_on=since
        )
        for s in district.SCHOOLS:
            if s.community == c.code:
                communities.add_member(ident, school_ids[s.code], since=since)


def _seed_term() -> None:
    if schools_queries.term_on(schools_queries.today()):
        return
    first = _first_day()
    moved = first - district.TERM_START
    schools.add_term(school_year=_SCHOOL_YEAR, number=1, first_day=first, last_day=district.TERM_END + moved)
    holidays = {date(2026, 10, 1) + timedelta(days=n) + moved: "国庆节" for n in range(8)}
    makeup_days = {date(2026, 9, 27) + moved: "", date(2026, 10, 10) + moved: ""}
    for year in {day.year for day in holidays | makeup_days}:
        in_year = [{day: name for day, name in days.items() if day.year == year} for days in (holidays, makeup_days)]
        schools.set_special_days(year, *in_year)


def _seed_bells(school_ids: Mapping[str, str]) -> None:
    since = _first_day()
    there = schools_queries.bells_of(school_ids.values(), since)
    for s in district.SCHOOLS:
        if s.bells in district.BELLS and school_ids[s.code] not in there:
            schools.set_bells(school_ids[s.code], since, district.periods_of(s.bells))


def _first_day() -> date:
    return district.first_day_of_term(schools_queries.today())


def _seed_classes(school_ids: Mapping[str, str]) -> None:
    counted: dict[tuple[str, str], int] = {}
    there = {c.id for ident in school_ids.values() for c in schools_queries.classes_of_school(ident)}
    for c in classes.CLASSES:
        number = counted[(c.school, c.grades[0])] = counted.get((c.school, c.grades[0]), 0) + 1
        class_id = schools.add_class(
            school_ids[c.school], school_year=_SCHOOL_YEAR, grade=Grade(c.grades[0]), number=number, head_count=c.headcount,
            grades=[Grade(g) for g in c.grades],
        )  # fmt: skip
        if class_id not in there and TerminalSeed(c.school, c.name) in classes.TERMINALS:
            people.add_terminal(school_ids[c.school], f"{c.name}教室", class_id=class_id)


def _subject_codes() -> dict[str, str]:
    """Return the code of each subject by its name; kindergarten fields go by their short names too."""
    names = schools_queries.subject_names()
    return {name.removeprefix("幼儿"): code for code, name in names.items()} | {name: code for code, name in names.items()}


def _seed_person(
    seed: district.PersonSeed, password_hash: str, district_id: str, school_ids: Mapping[str, str], codes: Mapping[str, str]
) -> None:
    person_id = people.add_person(
        NewPerson(
            name=seed.name, staff_no=seed.staff_no, login=seed.account, school_id=school_ids.get(seed.school),
            subjects=[codes[s] for s in seed.subjects if s in codes], joined_on=_first_day() - timedelta(days=365 * seed.years_at_school),
        ),
        password_hash=password_hash,
        must_change=False,
    )  # fmt: skip
    if not any(g.role is Role.TEACHER for g in seed.grants) and seed.school:
        people.grant_role(person_id, Role.TEACHER, ScopeKind.SCHOOL, school_ids[seed.school])
    for grant in seed.grants:
        people.grant_role(
            person_id, grant.role, grant.scope, _scope_id(grant, district_id, school_ids),
            subjects=[codes[s] for s in grant.subjects if s in codes],
        )  # fmt: skip


def _scope_id(grant: GrantSeed, district_id: str, school_ids: Mapping[str, str]) -> str:
    if grant.scope is ScopeKind.DISTRICT:
        return district_id
    if grant.scope is ScopeKind.COMMUNITY:
        lead = next(c.lead_school for c in district.COMMUNITIES if c.code == grant.code)
        return next(iter(schools_queries.communities_of_school(school_ids[lead])))
    return school_ids[grant.code]


def _seed_editions() -> None:
    for edition in district.EDITIONS:
        node = curriculum.node_at(edition.edition_path)
        curriculum_service.set_district_edition(district.SCHOOL_YEAR, edition.stage, edition.subject, node.id, grade=edition.grade)


def seed_resources(folder: Path, say: Callable[[int, str], None]) -> None:
    """Write the forty resources, made of real files, with their way of review; goes on where a run was cut off."""
    made: dict[int, str] = {}
    for seed in RESOURCES:
        author = _viewer(seed.author)
        there = _find(author, seed.title)
        made[seed.number] = there.id if there else _make(seed, author, folder, made.get(seed.based_on or 0))
        if there is None or there.review is Review.DRAFT:
            _walk(made[seed.number], seed.review, author, district.person(seed.author).school)
        if there is None:
            say(seed.number, seed.title)
    teach(made)


def _make(seed: ResourceSeed, author: Viewer, folder: Path, based_on_id: str | None) -> str:
    from resource_hub.cli.demo.files import write_all

    paths = write_all(folder, only=[seed.number])[seed.number]
    uploads = [media.take_file(author.person_id, path, path.name) for path in paths]
    given = ResourceIn(
        title=seed.title, kind=Kind(seed.kind), upload_ids=uploads, keywords=list(seed.keywords), summary=seed.summary,
        node=_node_id(seed.node), licence=Licence(seed.licence), third_party=seed.third_party,
        village_fit=VillageFit(seed.village_fit) if seed.village_fit else None, plan=plan_of(seed),
    )  # fmt: skip
    with unit.write():
        made = library.create_resource(author, given, based_on_id=based_on_id)
        for view in media_queries.asset_views([file.asset_id for file in made.files]).values():
            if view.family == "video":  # drawn for the demo: there are no pupils in it
                consents.declare(author, view.id, Declaration.NO_PUPILS)
        return made.id


_WAY: Mapping[str, tuple[str, ...]] = {
    "draft": (),
    "submitted": ("submit",),
    "returned": ("submit", "return"),
    "school_published": ("submit", "school_approve"),
    "district_review": ("submit", "school_approve", "propose"),
    "district_published": ("submit", "school_approve", "propose", "district_approve"),
    "withdrawn": ("submit", "school_approve", "withdraw"),
}


def _walk(resource_id: str, state: str, author: Viewer, school: str) -> None:
    """Take a resource along its way of review, each step by somebody who may; LookupError when nobody may."""
    at_school = [p.account for p in district.PEOPLE if p.school == school and any(g.role in SCHOOL_REVIEWERS for g in p.grants)]
    bureau = [p.account for p in district.PEOPLE if any(g.role in DISTRICT_STAFF for g in p.grants)]
    acts: Mapping[str, tuple[Callable[[Viewer], object], Sequence[str]]] = {
        "submit": (lambda v: library.submit_resource(v, resource_id), ()),
        "school_approve": (lambda v: library.approve_for_school(v, resource_id), at_school),
        "return": (lambda v: library.return_resource(v, resource_id, "图片来源不明，请注明或更换。"), at_school),
        "propose": (lambda v: library.propose_to_district(v, resource_id), ()),
        "district_approve": (lambda v: library.approve_for_district(v, resource_id), bureau),
        "withdraw": (lambda v: library.withdraw_resource(v, resource_id, "作者准备更新内容。"), ()),
    }
    for verb in _WAY[state]:
        act, reviewers = acts[verb]
        if not any(_tried(act, viewer) for viewer in ([_viewer(a) for a in reviewers] if reviewers else [author])):
            raise LookupError(f"nobody of the demo district may {verb} {resource_id}")


def _tried(act: Callable[[Viewer], object], viewer: Viewer) -> bool:
    """Return whether this person could take the step; most schools have several who may not."""
    try:
        with unit.write():
            act(viewer)
    except (NotAllowed, NotFound, OwnWork):
        return False
    return True


def _find(author: Viewer, title: str) -> library_queries.ResourceCard | None:
    with unit.read():
        cursor = None
        while True:
            page = library_queries.my_resources(author, cursor=cursor, limit=50)
            found = next((card for card in page.rows if card.title == title), None)
            cursor = page.cursor
            if found or cursor is None:
                return found


def _node_id(path: str) -> str | None:
    if not path:
        return None
    with unit.read():
        return curriculum.node_at(path).id


def _viewer(account: str) -> Viewer:
    with unit.read():
        person_id = people_queries.person_by_login(account)
        found = people_queries.viewer_of_person(person_id) if person_id else None
    if found is None:
        raise LookupError(f"no demo account {account}")
    return found

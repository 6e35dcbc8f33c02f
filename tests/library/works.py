"""Resources in any state without files and without the way there: for questions of who sees what."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta

import sqlalchemy as sa

from resource_hub.community import service as communities
from resource_hub.curriculum import queries as curriculum
from resource_hub.infra import unit
from resource_hub.infra.db import db
from resource_hub.infra.index import Indexer
from resource_hub.kernel import clock
from resource_hub.kernel.viewer import Role, ScopeKind, Viewer
from resource_hub.library import service
from resource_hub.library.models import Resource
from resource_hub.library.rules import PUBLISHED
from resource_hub.library.schemas import Kind, Licence, ResourceIn, Review
from resource_hub.library.service.changes import tell_change
from resource_hub.people import queries as people
from resource_hub.people import service as persons
from resource_hub.schools import queries as schools
from tests.people_of_a_district import District

ART = "小学 / 美术 / 人教版 / 三年级上册 / 色彩 / 色彩的冷与暖"
MATHS = "小学 / 数学 / 人教版 / 三年级上册 / 分数的初步认识"


@dataclass
class Works:
    district: District

    def viewer(self, account: str) -> Viewer:
        """Return who that person is today."""
        with self.district.app.app_context(), unit.read():
            found = people.viewer_of_person(people.person_by_login(account) or "")
        assert found is not None
        return found

    def make(
        self, account: str, title: str, review: Review = Review.DRAFT, licence: Licence = Licence.L3, node: str = "", minutes: int = 0
    ) -> str:
        """Write a resource of that author in that state, published that many minutes from now."""
        author = self.viewer(account)
        with self.district.app.app_context(), unit.write():
            place = curriculum.node_at(node).id if node else None
            made = service.create_resource(author, ResourceIn(title=title, kind=Kind.LESSON_PLAN, licence=licence, node=place))
            made.review = review
            made.published_at = clock.now() + timedelta(minutes=minutes) if review in PUBLISHED else None
            tell_change(made)
            return made.id

    def review_of(self, resource_id: str) -> Review:
        with self.district.app.app_context(), unit.read():
            found = db.session.get(Resource, resource_id)
            assert found is not None
            return found.review

    def grant(self, account: str, role: Role, scope: ScopeKind, scope_id: str, *subjects: str) -> None:
        person_id = self.viewer(account).person_id
        with self.district.app.app_context(), unit.write():
            persons.grant_role(person_id, role, scope, scope_id, subjects=subjects)

    def community_of(self, account: str) -> str:
        return next(iter(self.viewer(account).community_ids))

    def school_of(self, account: str) -> str:
        return self.viewer(account).school_id or ""

    def leave(self, account: str, until: date) -> None:
        """End the membership of that person's school."""
        community, school = self.community_of(account), self.school_of(account)
        with self.district.app.app_context(), unit.write():
            communities.end_member(community, school, until=until)

    def join(self, account: str, community: str, since: date) -> None:
        school = self.school_of(account)
        with self.district.app.app_context(), unit.write():
            communities.add_member(community, school, since=since)

    def today(self) -> date:
        with self.district.app.app_context():
            return schools.today()

    def status(self, account: str, resource_id: str) -> int:
        return self.district.client.get(f"/api/v1/resources/{resource_id}", headers=self.district.as_(account)).status_code

    def step(self, account: str, resource_id: str, verb: str, **body: str) -> int:
        head = self.district.as_(account)
        return self.district.client.post(f"/api/v1/resources/{resource_id}/{verb}", json=body, headers=head).status_code

    def found(self, account: str, query: str = "") -> set[str]:
        """Return the ids that a search finds, having checked that totals and facets count no others."""
        asked = self.district.client.get("/api/v1/search", query_string={"q": query, "limit": 50}, headers=self.district.as_(account))
        assert asked.status_code == 200, asked.json
        data = asked.json["data"]
        assert data["total"] == len(data["hits"]) == sum(value["count"] for value in data["facets"].get("kind", []))
        return {hit["id"] for hit in data["hits"]}

    def page(self, account: str, path: str = "/", status: int = 200) -> str:
        head = self.district.as_(account)
        answer = self.district.app.test_client(use_cookies=False).get(path, headers=head)
        assert answer.status_code == status, answer.text
        return answer.text

    def index(self) -> None:
        """Take into the index what there is."""
        indexer = Indexer(self.district.app)
        try:
            while indexer.turn() and indexer.is_building:
                pass
        finally:
            indexer.stop()

    @contextmanager
    def counting(self) -> Iterator[list[str]]:
        """Note the statements that run inside."""
        seen: list[str] = []

        def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
            seen.append(statement)

        with self.district.app.app_context():
            engine = db.engine
        sa.event.listen(engine, "before_cursor_execute", note)
        try:
            yield seen
        finally:
            sa.event.remove(engine, "before_cursor_execute", note)

"""Works of every kind on places of the curriculum, asked for by the people of the demo district."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from resource_hub.curriculum import queries as curriculum
from resource_hub.infra import unit
from resource_hub.infra.db import db
from resource_hub.infra.index import index_of
from resource_hub.kernel import clock
from resource_hub.library.models import Resource
from resource_hub.library.schemas import Kind, Licence, Review
from resource_hub.library.service.changes import tell_change
from tests.library.conftest import put
from tests.library.works import Works
from tests.people_of_a_district import District

__all__ = ["put"]

AUTHOR, DEAN, HEAD, VILLAGER, ELSEWHERE, RESEARCHER, ADMIN = (
    "linxiaoyun", "qiulan", "tangwan", "wuyoutian", "yanzitian", "tanxiao", "minjie"
)  # fmt: skip
PUBLISHED = Review.SCHOOL_PUBLISHED


@dataclass
class Shelves:
    works: Works

    def make(
        self, title: str, node: str = "", kind: Kind = Kind.LESSON_PLAN, who: str = AUTHOR, review: Review = PUBLISHED,
        licence: Licence = Licence.L3, based_on: str | None = None, minutes: int = 0,
    ) -> str:  # fmt: skip
        """Write a work of that kind, in that state."""
        ident = self.works.make(who, title, review, licence, node, minutes)
        with self.works.district.app.app_context(), unit.write():
            made = db.session.get_one(Resource, ident)
            made.kind, made.based_on_id = kind, based_on
            tell_change(made)
        return ident

    def node(self, path: str) -> str:
        with self.works.district.app.app_context(), unit.read():
            return curriculum.node_at(path).id

    def ask(self, who: str, method: str, path: str, status: int = 0, **given: Any) -> Any:
        """Return the data of an answer or its error, or where it led; an error must have been expected."""
        head = self.works.district.as_(who)
        reply = self.works.district.app.test_client(use_cookies=False).open(path, method=method, headers=head, **given)
        assert (reply.status_code == status) if status else (reply.status_code < 400), reply.text
        if reply.is_json:
            return reply.json["data"] if reply.json["ok"] else reply.json["error"]
        return reply.headers.get("Location", "") or reply.text

    def page(self, who: str, path: str, status: int = 200) -> str:
        return self.works.page(who, path, status)


@pytest.fixture
def shelves(district: District) -> Iterator[Shelves]:
    yield Shelves(Works(district))
    clock.start_at(None)
    index_of(district.app).close()

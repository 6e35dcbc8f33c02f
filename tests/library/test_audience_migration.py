"""Audiences that a migration writes for what is there are those that the library itself keeps."""

import itertools

import pytest
import sqlalchemy as sa

from resource_hub.infra import migrate, unit
from resource_hub.infra.db import db
from resource_hub.library.models import Resource, ResourceScope
from resource_hub.library.schemas import Licence, Review
from tests.library.works import ART, MATHS, Works

pytestmark = pytest.mark.slow

Kept = dict[str, tuple[str | None, frozenset[str]]]


def kept(works: Works) -> Kept:
    with works.district.app.app_context(), unit.read():
        words: dict[str, set[str]] = {}
        for row in db.session.scalars(sa.select(ResourceScope)):
            words.setdefault(row.resource_id, set()).add(row.word)
        return {row.id: (row.subject, frozenset(words[row.id])) for row in db.session.scalars(sa.select(Resource))}


def test_down_and_up_again_leaves_every_audience_as_it_was(works: Works) -> None:
    states = sorted(set(Review) - {Review.WITHDRAWN})
    for number, (review, licence) in enumerate(itertools.product(states, (Licence.L1, Licence.L2, Licence.L4))):
        works.make("linxiaoyun", f"第{number}课", review, licence, ("", ART, MATHS)[number % 3])
    published, draft = works.make("linxiaoyun", "下架的课", Review.SUBMITTED, node=ART), works.make("linxiaoyun", "下架的草稿")
    works.step("qiulan", published, "school-approval")
    for ident in (published, draft):
        assert works.step("linxiaoyun", ident, "withdrawal", reason="要更新") == 200
    before = kept(works)
    assert len(before) == len(states) * 3 + 2
    settings = works.district.app.extensions["resource_hub"].settings
    with works.district.app.app_context():
        db.engine.dispose()
        migrate.downgrade(settings, "0011")
        migrate.upgrade(settings)
    assert kept(works) == before

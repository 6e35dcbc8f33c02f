"""What was published before harvesting began is offered from the day of the upgrade."""

import pytest
import sqlalchemy as sa

from resource_hub.infra import migrate, unit
from resource_hub.infra.db import db
from resource_hub.library.schemas import Licence, Review
from resource_hub.openings.models import OfferedRecord
from tests.library.works import ART, Works

pytestmark = pytest.mark.slow


def offered(works: Works) -> dict[str, tuple[str | None, bool, bool, bool]]:
    with works.district.app.app_context(), unit.read():
        rows = db.session.scalars(sa.select(OfferedRecord)).all()
        assert all(row.datestamp.microsecond == 0 for row in rows)
        return {row.resource_id: (row.subject, row.is_deleted, row.is_open, row.was_open) for row in rows}


def test_down_and_up_again_offers_what_is_published_in_the_district(works: Works) -> None:
    for licence in Licence:
        works.make("linxiaoyun", f"全区 {licence}", Review.DISTRICT_PUBLISHED, licence, ART)
    works.make("linxiaoyun", "校内", Review.SCHOOL_PUBLISHED, Licence.L5)
    before = offered(works)
    assert len(before) == 3
    settings = works.district.app.extensions["resource_hub"].settings
    with works.district.app.app_context():
        db.engine.dispose()
        migrate.downgrade(settings, "0021")
        migrate.upgrade(settings)
    assert offered(works) == before

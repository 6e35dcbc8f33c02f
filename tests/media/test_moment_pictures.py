"""The pictures beside places found: of the page, or of what was on the screen then."""

from datetime import timedelta

import pytest

from resource_hub.infra import unit
from resource_hub.infra.db import db
from resource_hub.infra.features import hub
from resource_hub.infra.index import Moment
from resource_hub.kernel import clock
from resource_hub.kernel.ids import new_id
from resource_hub.media.models import Asset, AssetConsent, ConsentBatch, Page, Rendition, SlideText
from resource_hub.media.schemas import ConsentScope, ConsentState, Declaration
from resource_hub.schools import queries as schools
from tests.people_of_a_district import District

pytestmark = pytest.mark.slow


def add_files() -> None:
    for ident, family in (("ast_deck", "paper"), ("ast_film", "video"), ("ast_hidden", "video")):
        db.session.add(
            Asset(id=ident, person_id="per_x", filename=ident, media_type="x/y", family=family, size=1, created_at=clock.now())
        )  # fmt: skip
    db.session.flush()
    for number, images in ((1, {"960": "page1-960", "480": "page1-480"}), (2, {})):
        runs = [[100, 100, 300, 40, "认识分数"]]
        db.session.add(Page(asset_id="ast_deck", number=number, text="", width=4, height=3, images=images, runs=runs))
    db.session.add(SlideText(asset_id="ast_film", number=0, at_s=10.0, text="分数", runs=[[5, 5, 90, 20, "分数"]]))
    for ident in ("ast_film", "ast_hidden"):
        for kind, label, meta in (("still", "0000", {"at_s": 4.0}), ("still", "0001", {"at_s": 10.0}), ("poster", "poster", {})):
            group = "voice" if kind == "still" else kind
            db.session.add(
                Rendition(id=new_id("rnd"), asset_id=ident, group=group, kind=kind, label=label, key=f"{ident}-{label}",
                          media_type="image/webp", bytes=1, meta=meta)
            )  # fmt: skip


def take_consent_back(asset_id: str) -> None:
    now, school = clock.now(), schools.schools()[0].id
    batch = ConsentBatch(
        id="con_x", school_id=school, scope=ConsentScope.SCHOOL, text_version="1", headcount=40, agreed=39, declined=1,
        state=ConsentState.WITHDRAWN_PART, valid_until=(now + timedelta(days=30)).date(), made_by="per_x", created_at=now, withdrawn_at=now,
    )  # fmt: skip
    db.session.add(batch)
    db.session.flush()
    db.session.add(AssetConsent(asset_id=asset_id, batch_id="con_x", declaration=Declaration.NONE, declared_by="per_x", at=now))


def test_a_place_found_has_its_page_or_the_last_still_before_it(district: District) -> None:
    with district.app.app_context(), unit.write():
        add_files()
        take_consent_back("ast_hidden")
    asked = {
        Moment("ast_deck", page=1): "page1-480", Moment("ast_deck", page=2): None, Moment("ast_deck", page=9): None,
        Moment("ast_film", at_s=2.0): "ast_film-poster", Moment("ast_film", at_s=9.6): "ast_film-0001",
        Moment("ast_film", at_s=9.4): "ast_film-0000", Moment("ast_film", at_s=600.0): "ast_film-0001",
        Moment("ast_hidden", at_s=9.0): None,
    }  # fmt: skip
    with district.app.test_request_context(), unit.read():
        found = hub().pictures({moment: ["分数"] for moment in asked})
        assert hub().pictures({}) == {}
    assert found.keys() == {moment for moment, key in asked.items() if key}
    assert all(asked[moment] in picture.url for moment, picture in found.items())
    marked = {moment for moment, picture in found.items() if picture.boxes}
    assert marked == {Moment("ast_deck", page=1), Moment("ast_film", at_s=9.6), Moment("ast_film", at_s=600.0)}

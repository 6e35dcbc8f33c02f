"""A recording that is observed: its notes stand on its page for whom they are for, and opening it is written down."""

import pytest
import sqlalchemy as sa

from resource_hub.audit.models import AuditEntry
from resource_hub.infra import unit
from resource_hub.infra.db import db
from resource_hub.kernel import clock
from resource_hub.library.models import ResourceFile
from resource_hub.library.schemas import Review
from resource_hub.media.models import Asset
from tests.library.works import Works
from tests.observation.conftest import OBSERVER, OTHER, STRANGER, TEACHER, Device
from tests.people_of_a_district import District

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
ASSET = "ast_lesson"


@pytest.fixture
def recording(district: District) -> str:
    """The page of a work of the city's teacher with a recording, shared in the community."""
    works = Works(district)
    resource = works.make(TEACHER, "色彩的冷与暖", Review.SCHOOL_PUBLISHED)
    owner = works.viewer(TEACHER).person_id
    with district.app.app_context(), unit.write():
        db.session.add(
            Asset(
                id=ASSET, person_id=owner, filename="课.mp4", media_type="video/mp4", family="video", size=1, facts={}, duration_s=2400.0,
                created_at=clock.now(),
            )
        )  # fmt: skip
        db.session.flush()
        db.session.add(ResourceFile(id="rfl_lesson", resource_id=resource, asset_id=ASSET, position=0))
    return resource


def openings(district: District) -> int:
    with district.app.app_context(), unit.read():
        query = sa.select(sa.func.count()).select_from(AuditEntry).where(AuditEntry.action == "recording.observed")
        return db.session.scalar(query) or 0


def test_notes_stand_on_the_recordings_page_for_whom_they_are_for(district: District, recording: str) -> None:
    phone = Device(district, OBSERVER)
    page = f"/resources/{recording}"
    assert f"/observe?resource={recording}" in phone.ask("get", page).text
    seen = phone.observation(what="recording", resource=recording, asset=ASSET)
    answer = phone.sync(observations=[seen], notes=[phone.note(seen["id"], second=754)])
    assert (answer["refused"], answer["told"]) == ({}, {})
    assert 'href="#t=754"' in phone.ask("get", page).text
    assert "四号说柿子是暖的" not in Device(district, TEACHER).ask("get", page).text
    phone.ask("post", f"/observe/{seen['id']}/share")
    assert "四号说柿子是暖的" in Device(district, TEACHER).ask("get", page).text
    assert "四号说柿子是暖的" not in Device(district, OTHER).ask("get", page).text


def test_opening_a_recording_to_observe_it_is_written_down(district: District, recording: str) -> None:
    phone = Device(district, OBSERVER)
    seen = phone.observation(what="recording", resource=recording, asset=ASSET)
    phone.sync(observations=[seen])
    assert openings(district) == 0
    page = phone.ask("get", f"/observe/{seen['id']}")
    assert 'data-island="player"' in page.text
    assert openings(district) == 1


def test_who_cannot_see_the_recording_keeps_the_notes_without_it(district: District, recording: str) -> None:
    phone = Device(district, STRANGER)
    seen = phone.observation(what="recording", resource=recording, asset=ASSET)
    assert "记录没有丢" in phone.sync(observations=[seen], notes=[phone.note(seen["id"])])["told"][seen["id"]]
    assert 'data-island="player"' not in phone.ask("get", f"/observe/{seen['id']}").text


def test_what_observers_found_in_a_recording_has_a_page_with_ways_to_its_moments(district: District, recording: str) -> None:
    data, page = f"/observe/resources/{recording}", f"/resources/{recording}"
    assert data not in Device(district, TEACHER).ask("get", page).text
    for account, codes in ((OBSERVER, "TTTTSSTTST"), (OTHER, "TTTSSSTTSS")):
        phone = Device(district, account)
        seen = phone.observation(what="recording", resource=recording, asset=ASSET)
        phone.sync(observations=[seen], codings=[phone.coding(seen["id"], codes)], marks=[phone.mark(seen["id"], wait_ms=1_500)])
        assert data in phone.ask("get", page).text
        phone.ask("post", f"/observe/{seen['id']}/share")
    assert data in Device(district, TEACHER).ask("get", page).text
    shown = Device(district, TEACHER).ask("get", data).text
    assert f'href="/resources/{recording}#t=90"' in shown
    assert shown.count("1.5 秒") == 4  # mean and longest of each observer
    assert "2 处不同" not in Device(district, OBSERVER).ask("get", data).text
    assert Device(district, STRANGER).ask("get", data).status_code == 404

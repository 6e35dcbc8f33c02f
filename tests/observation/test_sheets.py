"""What observers counted, on the report, in print, and side by side in 课堂数据; photos and ways to the recording."""

import io
from datetime import timedelta

import pytest
from PIL import Image

from resource_hub.infra import unit
from resource_hub.infra.db import db
from resource_hub.infra.storage import storage
from resource_hub.kernel import clock
from resource_hub.media.models import Asset, Page
from resource_hub.media.schemas import Declaration
from resource_hub.observation import queries
from resource_hub.people import queries as people
from resource_hub.recordings.models import Recording
from resource_hub.recordings.schemas import RecordingState
from resource_hub.timetable.models import Lesson
from tests.observation.conftest import OBSERVER, OTHER, PRINCIPAL, TEACHER, Device, person
from tests.people_of_a_district import District

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def counted(district: District, lesson: str, account: str, waits: dict[str, int]) -> str:
    """An observation with a question to each of these ends, shared with the teacher."""
    phone = Device(district, account)
    seen = phone.observation(what="lesson", lesson=lesson, viewpoints=["dialogue", "caring"])
    marks = [phone.mark(seen["id"], end=end, wait_ms=wait, level="analyse") for end, wait in waits.items()]
    marks += [phone.mark(seen["id"]), phone.mark(seen["id"], is_deleted=True)]
    marks.append(phone.mark(seen["id"], "village_first", "village", viewpoint="caring"))
    assert phone.sync(observations=[seen], marks=marks)["refused"] == {}
    assert phone.ask("post", f"/observe/{seen['id']}/share").status_code == 303
    return str(seen["id"])


def rows(page: str) -> list[list[str]]:
    """The cells of every row of tables, as text."""
    from html.parser import HTMLParser

    class Reader(HTMLParser):
        def __init__(self) -> None:
            super().__init__()
            self.found: list[list[str]] = []
            self.within = False

        def handle_starttag(self, tag: str, _attrs: object) -> None:
            if tag == "tr":
                self.found.append([])
            if tag in {"td", "th"}:
                self.within = True
                self.found[-1].append("")

        def handle_endtag(self, tag: str) -> None:
            if tag in {"td", "th"}:
                self.within = False

        def handle_data(self, data: str) -> None:
            if self.within:
                self.found[-1][-1] += data.strip()

    reader = Reader()
    reader.feed(page)
    return reader.found


def test_several_observers_stand_side_by_side_and_are_not_added_up(district: District, lesson: str) -> None:
    counted(district, lesson, OBSERVER, {"city": 1_000, "village": 4_000})
    counted(district, lesson, OTHER, {"city": 3_000, "all": 500})
    found = rows(Device(district, TEACHER).ask("get", f"/observe/lessons/{lesson}").text)
    assert [row for row in found if row[0] in {"提问", "问城里", "提问次数", "平均候答"}][:4] == [
        ["提问", "吴有田", "毛大山"], ["问城里"], ["提问次数", "2", "2"], ["平均候答", "1.0 秒", "3.0 秒"],
    ]  # fmt: skip
    assert ["分析", "2", "2"] in found
    assert ["先请村端", "村里 1", "村里 1"] in found


def test_a_report_shows_the_sheet_to_whom_the_notes_are_for(district: District, lesson: str) -> None:
    seen = counted(district, lesson, OBSERVER, {"city": 1_000, "village": 4_000})
    page = Device(district, TEACHER).ask("get", f"/observe/{seen}/report").text
    assert "问城里 2 次，候答平均 1.0 秒，分析及以上占 100%；问村里 1 次，候答平均 4.0 秒" in page
    Device(district, OBSERVER).ask("post", f"/observe/{seen}/share")
    assert "问城里" not in Device(district, PRINCIPAL).ask("get", f"/observe/{seen}/report").text


def test_other_features_read_sheets_as_far_as_they_are_for_the_viewer(district: District, lesson: str) -> None:
    seen = counted(district, lesson, OBSERVER, {"city": 1_000})
    with district.app.app_context(), unit.read():
        for account, expected in ((TEACHER, [(seen, 3)]), (OBSERVER, [(seen, 3)]), (OTHER, [])):
            viewer = people.viewer_of_person(people.person_by_login(account) or "")
            assert viewer
            assert [(one.observation_id, len(one.counted)) for one in queries.sheets_of_lesson(viewer, lesson)] == expected


def test_the_page_gives_the_frame_and_what_the_server_has_to_the_device(district: District, lesson: str) -> None:
    seen = counted(district, lesson, OBSERVER, {"city": 1_000})
    page = Device(district, OBSERVER).ask("get", f"/observe/{seen}").text.replace("&#34;", '"')
    assert '"viewpoints":["dialogue","caring"]' in page
    assert '"wait_ms":1000' in page
    assert "问了什么、问谁" in page


def photo(district: District, ident: str, *, is_ready: bool = True) -> str:
    """A photo of the observer as the worker leaves it."""
    written = io.BytesIO()
    Image.effect_noise((960, 720), 60).convert("RGB").save(written, "WEBP")
    owner = person(district, OBSERVER)
    with district.app.app_context(), unit.write():
        storage().put_bytes(f"pages/{ident}.webp", written.getvalue(), "image/webp")
        db.session.add(Asset(id=ident, person_id=owner, filename="photo.jpg", media_type="image/jpeg", family="image", size=1, facts={}, created_at=clock.now()))  # fmt: skip
        db.session.flush()
        if is_ready:
            db.session.add(Page(asset_id=ident, number=1, width=960, height=720, images={"960": f"pages/{ident}.webp"}))
    return ident


def test_photos_stand_beside_their_notes_and_small_in_print(district: District, lesson: str) -> None:
    from pypdfium2 import PdfDocument
    from pypdfium2.raw import FPDF_PAGEOBJ_IMAGE

    phone = Device(district, OBSERVER)
    seen = phone.observation(what="lesson", lesson=lesson)
    notes = [phone.note(seen["id"], photo=photo(district, f"ast_p{at}", is_ready=at < 6)) for at in range(7)]
    assert phone.sync(observations=[seen], notes=notes, marks=[phone.mark(seen["id"], wait_ms=2_000)])["refused"] == {}
    page = phone.ask("get", f"/observe/{seen['id']}/report").text
    assert page.count('class="note-photo"') == 6
    assert page.count("照片正在处理") == 1
    reply = phone.ask("get", f"/observe/{seen['id']}.pdf")
    document = PdfDocument(reply.data)
    assert len(document) == 1
    assert len(list(document[0].get_objects(filter=[FPDF_PAGEOBJ_IMAGE]))) == 4
    assert len(reply.data) < 600_000
    text = document[0].get_textpage().get_text_range()
    assert "还有 3 张照片印不下" in text
    assert "问城里 1 次" in text


def test_where_two_coders_disagree_the_time_leads_to_the_recording(district: District, lesson: str) -> None:
    for account, codes in ((OBSERVER, "TTTTSSTTST"), (OTHER, "TTTSSSTTSS")):
        phone = Device(district, account)
        seen = phone.observation(what="lesson", lesson=lesson)
        phone.sync(observations=[seen], codings=[phone.coding(seen["id"], codes)])
        phone.ask("post", f"/observe/{seen['id']}/share")
    page = f"/observe/lessons/{lesson}"
    without = Device(district, TEACHER).ask("get", page).text
    assert "1:30 ·" in without
    assert "recording#t=" not in without
    owner = person(district, TEACHER)
    with district.app.app_context(), unit.write():
        found = db.session.get_one(Lesson, lesson)
        began = clock.ms(found.opened_at or found.starts_at)
        db.session.add(Asset(id="ast_film", person_id=owner, filename="课.mp4", media_type="video/mp4", family="video", size=1, facts={}, duration_s=600.0, created_at=clock.now()))  # fmt: skip
        db.session.flush()
        # The recorder began twenty seconds into the lesson and lasted two minutes: the second place was never recorded.
        db.session.add(Recording(id="rec_1", lesson_id=lesson, person_id=owner, state=RecordingState.READY, declaration=Declaration.NO_PUPILS, asset_id="ast_film",
                                 placed=[[began + 20_000, 0, 120]], slide_texts=[], created_at=clock.now(), joined_at=clock.now(), expires_at=clock.now() + timedelta(days=30)))  # fmt: skip
    shown = Device(district, TEACHER).ask("get", page).text
    assert f'href="/live/{lesson}/recording#t=70"' in shown
    assert shown.count("recording#t=") == 1
    # A draft of a recording is its teacher's alone: an observer who may not see it is given no way to it.
    assert "recording#t=" not in Device(district, OBSERVER).ask("get", page).text

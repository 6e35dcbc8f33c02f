"""Near-same texts are pointed out by the fingerprint of their text, to whoever may see the other."""

import random

import pytest

from resource_hub.infra import unit
from resource_hub.library import prints
from resource_hub.media import service as media
from resource_hub.media.schemas import PageFacts
from tests.library.conftest import Put
from tests.people_of_a_district import District

WORDS = [
    "色彩",
    "冷暖",
    "颜料",
    "调和",
    "学生",
    "观察",
    "树叶",
    "泥土",
    "比较",
    "讨论",
    "展示",
    "评价",
    "小组",
    "任务",
    "记录",
    "画面",
    "天空",
    "黄昏",
    "柿子",
    "果皮",
    "对比",
    "明度",
    "纯度",
    "范作",
]


def plan(seed: int, length: int = 600) -> str:
    """Return a text of that many words in an order of its own."""
    return "".join(random.Random(seed).choices(WORDS, k=length))


def apart(one: str, other: str) -> int:
    return sum((a ^ b).bit_count() for a, b in zip(prints.bands_of(one), prints.bands_of(other), strict=True))


def test_copies_that_were_touched_up_are_near() -> None:
    texts = [plan(seed) for seed in range(50)]
    found = [apart(text, text[:500] + "这里换成自己班的情况" + text[510:]) <= prints.NEAR for text in texts]
    assert sum(found) >= 45, "a hint: nine of ten is enough"


def test_layout_and_marks_do_not_count() -> None:
    text = plan(1)
    assert apart(text, f"  {text[:400]}\n\n{text[400:]}。") == 0


def test_texts_of_other_lessons_are_far() -> None:
    texts = [plan(seed) + " ".join(str(number * seed) for number in range(200)) for seed in range(1, 12)]
    assert min(apart(a, b) for place, a in enumerate(texts) for b in texts[:place]) > prints.NEAR


def test_a_short_text_says_nothing() -> None:
    assert prints.bands_of("今天我们学习色彩的冷与暖。") == ()


@pytest.mark.slow
def test_the_form_points_to_the_other_with_nearly_the_same_text(district: District, put: Put) -> None:
    text = plan(7)

    def bring(account: str, words: str, draft: str | None = None) -> tuple[str, str]:
        upload = put(account, "教案.txt", words.encode(), draft)
        with district.app.app_context(), unit.write():
            asset = media_asset(upload)
            page = PageFacts(number=1, text=words, width=100, height=140, images={})
            media.record_pages(asset, [page], total=1, complete=True)
        return upload, asset

    def media_asset(upload: str) -> str:
        from resource_hub.infra.db import db
        from resource_hub.media.models import Upload

        return db.session.get_one(Upload, upload).asset_id

    first, _ = bring("tangwan", text)
    head = district.as_("tangwan")
    body = {"title": "唐老师的教案", "kind": "lesson_plan", "upload_ids": [first]}
    made = district.client.post("/api/v1/resources", json=body, headers=head).json["data"]["id"]

    def alike(account: str) -> list[str]:
        draft = district.client.post("/api/v1/drafts", headers=district.as_(account)).json["data"]["id"]
        bring(account, text[:300] + "换了一句话" + text[305:], draft)
        told = district.client.get(f"/api/v1/drafts/{draft}", headers=district.as_(account)).json["data"]
        return [one["id"] for upload in told["uploads"] for one in upload["alike"]]

    assert alike("linxiaoyun") == [], "a draft of somebody else is nobody's business"
    district.client.post(f"/api/v1/resources/{made}/submission", headers=head)
    district.client.post(f"/api/v1/resources/{made}/school-approval", headers=district.as_("qiulan"))
    assert alike("linxiaoyun") == [made]
    assert alike("meixue") == []

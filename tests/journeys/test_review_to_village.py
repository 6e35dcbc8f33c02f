"""A city teacher's lesson pack: put together, reviewed at school, found by a village teacher."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.journeys.conftest import Bring, Wait
from tests.library.conftest import Put
from tests.people_of_a_district import District

pytestmark = pytest.mark.slow

# What else colleagues of the community have shared: each has some of the words that are asked for.
NEIGHBOURS = (
    ("lujing", "分数折纸任务单", "数学三上 几分之一", "三年级 折纸 1/4", "折一折,涂一涂,画图说明。"),
    ("shilei", "写日记起步", "语文三上 写日记", "三年级 日记", "今天看见什么?听见什么?画下来也可以。"),
    ("yike", "画流程图", "信息科技五上 流程图", "算法 流程图", "用煮面条的步骤画流程图。"),
    ("helan", "水到哪里去了", "科学三上 水到哪里去了", "三年级 蒸发", "湿布称重三次,记录颜色变浅的时间。"),
)


def share(say: Callable[..., Any], ask: Callable[..., Any], put: Put, neighbour: tuple[str, ...]) -> str:
    account, title, place, keywords, words = neighbour
    upload = put(account, f"{title}.txt", words.encode())
    node = ask(account, "/api/v1/curriculum/nodes", q=place)["nodes"][0]["id"]
    made = say(account, "/api/v1/resources", title=title, kind="task_sheet", upload_ids=[upload], node=node, keywords=keywords.split())
    say(account, f"/api/v1/resources/{made['id']}/submission")
    return str(made["id"])


@pytest.mark.usefixtures("working")
def test_a_pack_is_reviewed_at_school_and_found_in_the_village(
    district: District, put: Put, bring: Bring, say: Callable[..., Any], ask: Callable[..., Any], until: Wait,
    plan: bytes, slides: bytes, sheet: bytes,
) -> None:  # fmt: skip
    draft = say("linxiaoyun", "/api/v1/drafts")["id"]
    files = (("色彩的冷与暖 教案.docx", plan), ("色彩的冷与暖 课件.pptx", slides), ("调三种暖色 任务单.pdf", sheet))
    uploads = [bring("linxiaoyun", draft, name, data) for name, data in files]
    suggested = ask("linxiaoyun", f"/api/v1/drafts/{draft}")["suggestions"]
    assert suggested.pop("title").startswith("色彩的冷与暖")
    assert suggested == {"kind": "lesson_pack", "author_name": "林晓云", "licence": "L3"}

    node = ask("linxiaoyun", "/api/v1/curriculum/nodes", q="美术三上 色彩")["nodes"][0]
    given = {"title": "色彩的冷与暖", "kind": "lesson_pack", "licence": "L3", "node": node["id"], "keywords": ["颜色", "冷暖", "画画"]}
    made = say("linxiaoyun", "/api/v1/resources", **given, upload_ids=uploads, draft_id=draft)["id"]
    pack = f"/api/v1/resources/{made}"

    def ready() -> Any:
        seen = ask("linxiaoyun", pack)
        assert seen["failure"] is None, seen["failure"]
        return seen if seen["state"] == "ready" else None

    seen: Any = until(ready)
    assert [one["filename"] for one in seen["files"]] == [name for name, _ in files]
    assert all(one["pages"] for one in seen["documents"])
    assert len(seen["documents"]) == 3
    assert seen["path"].startswith("小学 / 美术 / 人教版 / 三年级上册 / 色彩")
    assert (seen["author"], seen["school"], seen["licence"]) == ("林晓云", "青岚区实验小学", "L3")

    say("linxiaoyun", f"{pack}/submission")
    own = district.client.post(f"{pack}/school-approval", headers=district.as_("linxiaoyun"))
    assert own.status_code == 403
    for account in ("wuyoutian", "meixue"):
        assert district.client.get(pack, headers=district.as_(account)).status_code == 404
    say("tangwan", f"{pack}/school-approval")
    for account, status in (("hejianguo", 200), ("wuyoutian", 200), ("maodashan", 200), ("meixue", 404), ("quyi", 404)):
        assert district.client.get(pack, headers=district.as_(account)).status_code == status, account

    neighbours = [share(say, ask, put, neighbour) for neighbour in NEIGHBOURS]
    for ident, reviewer in zip(neighbours, ("xianghong", "xianghong", "qiulan", "qiulan"), strict=True):
        say(reviewer, f"/api/v1/resources/{ident}/school-approval")
    until(lambda: ask("wuyoutian", "/api/v1/search", limit="50")["total"] >= 1 + len(neighbours))

    def places(words: str) -> list[str]:
        return [hit["id"] for hit in ask("wuyoutian", "/api/v1/search", q=words, edition="人教版")["hits"]]

    found = ask("wuyoutian", "/api/v1/search", q="色彩", edition="人教版")
    assert found["hits"][0]["id"] == made
    labels = {name: [one["label"] for one in found["facets"][name]] for name in ("stage", "subject", "grade")}
    assert labels == {"stage": ["小学"], "subject": ["美术"], "grade": ["三年级"]}
    assert made in places("三年级 画 颜色")[:3]
    assert ask("meixue", "/api/v1/search", q="色彩")["total"] == 0

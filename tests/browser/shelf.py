"""Resources about colours on a running platform: a film with captions, slides, a plan of another
school, and so many exercises that a search has more than one page of hits."""

from pathlib import Path

from tests.browser.publishing import approve, asking, data_of, make, upload, wait_until_ready
from tests.browser.recordings import make_lesson, make_slides
from tests.infra.standing import wait_until

EXERCISES = 12
HITS = EXERCISES + 3
WORD = "色彩"

_CAPTIONS = "1\n00:00:00,000 --> 00:00:02,500\n今天我们认识色彩的冷与暖。\n"


def fill(address: str, password: str, folder: Path) -> str:
    """Make them, wait until a search finds them all, and return the path of the one with the film."""
    film = make_lesson(folder, seconds=3, kbps=1000)
    slides = make_slides(folder)
    sheet, plan = folder / "色彩练习.txt", folder / "色彩里的分数.txt"
    sheet.write_text("用泥土、叶汁调出三种暖色,写下它们像什么。", encoding="utf-8")
    plan.write_text("把色彩卡片平均分成四份,每份是几分之一?", encoding="utf-8")
    with asking(address, "linxiaoyun", password) as hub:
        node = data_of(hub.get("/curriculum/nodes", params={"q": "美术三上 色彩的冷与暖"}))["nodes"][0]["id"]
        deck, exercise = upload(hub, slides), upload(hub, sheet)
        pack = make(hub, title="色彩的冷与暖 同步课", kind="lesson_pack", upload_ids=[upload(hub, film), deck], node=node,
                    keywords=["冷暖", "调色"], summary="认识冷暖色,用身边的材料调色。", village_fit="screen")  # fmt: skip
        lone = make(hub, title="色彩的冷与暖 课件", kind="slides", upload_ids=[deck], node=node)
        for number in range(1, EXERCISES + 1):
            make(hub, title=f"色彩练习 {number}", kind="exercise", upload_ids=[exercise])
        recording = data_of(hub.get(f"/resources/{pack}"))["files"][0]["asset_id"]
        hub.post(f"/assets/{recording}/captions", files={"file": ("字幕.srt", _CAPTIONS.encode())}).raise_for_status()
    with asking(address, "lujing", password) as hub:
        other = make(hub, title="色彩里的分数", kind="lesson_plan", upload_ids=[upload(hub, plan)])
    for ident, author, reviewer in ((pack, "linxiaoyun", "tangwan"), (lone, "linxiaoyun", "tangwan"), (other, "lujing", "xianghong")):
        approve(address, password, ident, author=author, reviewer=reviewer)
    with asking(address, "linxiaoyun", password) as hub:
        wait_until_ready(hub, pack)
        wait_until(lambda: data_of(hub.get("/search", params={"q": WORD}))["total"] >= HITS)
    return f"/resources/{pack}"

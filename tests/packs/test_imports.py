"""Imports by the API: checked, shown, confirmed, made row by row, and never twice."""

import io
import os
import subprocess
import sys
import zipfile
from dataclasses import fields
from datetime import timedelta

import httpx
import pytest
import sqlalchemy as sa

from resource_hub.infra import jobs, unit
from resource_hub.infra.db import db
from resource_hub.kernel import clock
from resource_hub.kernel.settings import Settings
from resource_hub.library.models import Resource
from resource_hub.packs import cartridge
from resource_hub.packs.models import ImportRow
from resource_hub.packs.schemas import RowState
from tests.infra.standing import wait_until
from tests.library.conftest import Put
from tests.library.works import Works
from tests.packs.conftest import WorkOff, ask
from tests.people_of_a_district import District
from tests.running_platform import ROOT

pytestmark = pytest.mark.slow
AUTHOR, COLLEAGUE = "linxiaoyun", "wuyoutian"
ROWS = 15
ONE_JOB = """
from resource_hub.app import create_app
from resource_hub.infra import jobs
from resource_hub.kernel.settings import Settings
with create_app(Settings.read()).app_context():
    jobs.work_once("pack")
"""
TABLE = (
    "文件,标题,类型,课程目录,关键词,授权\n"
    "教案.txt;任务单.txt,色彩的冷与暖,课例包,美术三上 色彩,冷暖、调色,L2\n"
    "没有.txt,少了文件,教学设计,,,\n"
    "教案.txt,目录不对,教学设计,火星地理,,\n"
    "../坏.txt,路径不对,天书,,,L9\n"
    "作业.txt,,,,,\n"
)


def packed(*members: tuple[str, str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in members:
            archive.writestr(name, text)
    return out.getvalue()


def folder() -> bytes:
    return packed(("课/导入表.csv", TABLE), ("课/教案.txt", "冷与暖"), ("课/任务单.txt", "调色"), ("课/作业.txt", "画一画"))


def begin(district: District, put: Put, work_off: WorkOff, data: bytes, filename: str = "美术.zip", **more: str) -> dict:
    upload = put(AUTHOR, filename, data)
    begun = ask(district, "POST", "/imports", AUTHOR, 202, upload_id=upload, **more)
    assert (begun["state"], begun["rows"]) == ("checking", [])
    work_off()
    return ask(district, "GET", f"/imports/{begun['id']}", AUTHOR)


def titles(district: District, works: Works) -> list[str]:
    page = works.page(AUTHOR, "/resources/mine")
    return [title for title in ("色彩的冷与暖", "少了文件", "目录不对", "路径不对", "作业") if f">{title}</a>" in page]


def test_a_folder_with_a_table_is_shown_first_and_made_when_confirmed(
    district: District, put: Put, works: Works, work_off: WorkOff
) -> None:
    put(AUTHOR, "教案.txt", "冷与暖".encode())
    found = begin(district, put, work_off, folder())
    assert found["state"] == "checked"
    rows = {row["number"]: row for row in found["rows"]}
    assert {number: row["state"] for number, row in rows.items()} == {2: "ready", 3: "wrong", 4: "wrong", 5: "wrong", 6: "ready"}
    assert rows[2]["files"] == ["课/教案.txt", "课/任务单.txt"]
    assert "出现了 2 次" in " ".join(rows[2]["notes"])
    assert rows[3]["problems"] == ["压缩包里没有这个文件：没有.txt"]
    assert rows[4]["problems"] == ["课程目录里没有这个位置：火星地理"]
    assert len(rows[5]["problems"]) == 3
    assert (rows[6]["title"], rows[6]["kind"]) == ("作业", "习题作业")
    assert titles(district, works) == []
    assert "导入这 2 份" in works.page(AUTHOR, f"/imports/{found['id']}")
    ask(district, "GET", f"/imports/{found['id']}", COLLEAGUE, 404)
    ask(district, "POST", f"/imports/{found['id']}/confirmation", COLLEAGUE, 404)
    ask(district, "POST", f"/imports/{found['id']}/confirmation", AUTHOR, 202)
    work_off()
    done = ask(district, "GET", f"/imports/{found['id']}", AUTHOR)
    assert (done["state"], done["counts"]) == ("done", {"made": 2, "wrong": 3})
    made = ask(district, "GET", f"/resources/{done['rows'][0]['resource_id']}", AUTHOR)
    assert (made["title"], made["kind"], made["licence"], made["review"]) == ("色彩的冷与暖", "lesson_pack", "L2", "draft")
    assert [file["filename"] for file in made["files"]] == ["教案.txt", "任务单.txt"]
    assert "美术" in made["path"]
    assert ask(district, "POST", f"/imports/{found['id']}/confirmation", AUTHOR, 409)["code"] == "nothing_to_make"
    again = begin(district, put, work_off, folder(), "再一次.zip")
    assert any("《色彩的冷与暖》" in note for note in again["rows"][0]["notes"])
    ask(district, "DELETE", f"/imports/{again['id']}", AUTHOR)
    ask(district, "GET", f"/imports/{again['id']}", AUTHOR, 404)
    assert titles(district, works) == ["色彩的冷与暖", "作业"]


def test_a_worker_that_is_killed_in_the_middle_makes_nothing_twice(
    district: District, put: Put, work_off: WorkOff, hub_settings: Settings
) -> None:
    names = [f"教案{n}.txt" for n in range(ROWS)]
    table = "文件,标题,类型\n" + "".join(f"{name},第{n}课,教学设计\n" for n, name in enumerate(names))
    found = begin(district, put, work_off, packed(("表.csv", table), *((name, name) for name in names)))
    ask(district, "POST", f"/imports/{found['id']}/confirmation", AUTHOR, 202)
    given = {f"HUB_{field.name.upper()}": str(getattr(hub_settings, field.name)) for field in fields(hub_settings)}
    with subprocess.Popen([sys.executable, "-c", ONE_JOB], cwd=ROOT, env={"PATH": os.environ["PATH"], **given}) as worker:
        wait_until(lambda: made(district) >= 2, 120)
        worker.kill()
    assert made(district) >= 2
    clock.start_at(clock.now() + timedelta(minutes=2))
    with district.app.app_context():
        assert jobs.work_once("pack")
    assert made(district) == ROWS
    with district.app.app_context(), unit.read():
        titles = db.session.scalars(sa.select(Resource.title)).all()
    assert sorted(titles) == sorted(f"第{n}课" for n in range(ROWS))


def made(district: District) -> int:
    with district.app.app_context(), unit.read():
        return db.session.scalar(sa.select(sa.func.count()).select_from(ImportRow).where(ImportRow.state == RowState.MADE)) or 0


def test_a_table_beside_the_zip_and_zips_that_cannot_be_taken(district: District, put: Put, work_off: WorkOff) -> None:
    table = put(AUTHOR, "表.csv", "文件,标题,类型\n教案.txt,色彩,教学设计\n".encode("gbk"))
    found = begin(district, put, work_off, packed(("教案.txt", "冷与暖")), table_upload_id=table)
    assert [(row["title"], row["state"]) for row in found["rows"]] == [("色彩", "ready")]
    for data, words in (
        (packed(("教案.txt", "冷与暖")), "没有找到表格"),
        (packed(("甲.csv", TABLE), ("乙.csv", TABLE)), "几张表格"),
        (packed(("表.csv", "标题\n色彩\n")), "“文件”这一列"),
    ):
        refused = begin(district, put, work_off, data)
        assert refused["state"] == "refused"
        assert words in refused["message"]
    plain = put(AUTHOR, "教案.txt", "冷与暖".encode())
    assert "upload_id" in ask(district, "POST", "/imports", AUTHOR, 422, upload_id=plain)["fields"]
    assert "upload_id" in ask(district, "POST", "/imports", COLLEAGUE, 422, upload_id=plain)["fields"]
    head = district.as_(AUTHOR)
    outside = packed(("../教案.txt", "冷与暖"))
    with pytest.raises(AssertionError, match="unsafe_archive"):
        put(AUTHOR, "坏.zip", outside)
    assert district.client.get("/imports/template.xlsx", headers=head).data[:2] == b"PK"


def test_a_cartridge_goes_out_and_comes_in_as_the_same_pack(district: District, put: Put, work_off: WorkOff) -> None:
    files = [put(AUTHOR, name, text.encode()) for name, text in (("2 教案.txt", "冷"), ("1 任务单.txt", "暖"))]
    given = {"title": "色彩的冷与暖 & <暖>", "kind": "lesson_pack", "upload_ids": files, "summary": "两课时", "keywords": ["冷暖"]}
    work = ask(district, "POST", "/resources", AUTHOR, 201, **given)["id"]
    work_off()
    ask(district, "POST", f"/resources/{work}/offline", AUTHOR, 202, rung="imscc")
    work_off()
    offer = next(one for one in ask(district, "GET", f"/resources/{work}/offline", AUTHOR)["offers"] if one["rung"] == "imscc")
    data = httpx.get(offer["url"]).content
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert sorted(archive.namelist()) == ["files/1-1.txt", "files/1-2.txt", "imsmanifest.xml"]
        manifest = archive.read("imsmanifest.xml")
    assert b"1.3.0" in manifest
    assert "全区教学使用" in manifest.decode()
    assert cartridge.read(manifest).title == "色彩的冷与暖 & <暖>"
    found = begin(district, put, work_off, data, "课.imscc")
    (row,) = found["rows"]
    assert (row["title"], row["state"], row["files"]) == ("色彩的冷与暖 & <暖>", "ready", ["2 教案.txt", "1 任务单.txt"])
    ask(district, "POST", f"/imports/{found['id']}/confirmation", AUTHOR, 202)
    work_off()
    (row,) = ask(district, "GET", f"/imports/{found['id']}", AUTHOR)["rows"]
    made = ask(district, "GET", f"/resources/{row['resource_id']}", AUTHOR)
    assert (made["summary"], made["keywords"]) == ("两课时", ["冷暖"])
    assert [file["filename"] for file in made["files"]] == ["2 教案.txt", "1 任务单.txt"]


def test_parts_are_ordered_and_named_by_their_author_alone(district: District, put: Put, works: Works, work_off: WorkOff) -> None:
    files = [put(AUTHOR, name, name.encode()) for name in ("教学设计.txt", "作业.txt", "图.txt")]
    work = ask(district, "POST", "/resources", AUTHOR, 201, title="色彩", kind="lesson_pack", upload_ids=files)["id"]
    found = ask(district, "GET", f"/resources/{work}/parts", AUTHOR)
    assert [part["role"] for part in found["parts"]] == ["plan", "exercise", "other"]
    assert [one["label"] for one in found["line"] if one["is_in"]] == ["教学设计", "作业"]
    first, second, third = (part["asset_id"] for part in found["parts"])
    wanted = [{"asset_id": third, "role": "slides"}, {"asset_id": first}, {"asset_id": second, "role": "task_sheet"}]
    ask(district, "PUT", f"/resources/{work}/parts", COLLEAGUE, 404, parts=wanted)
    changed = ask(district, "PUT", f"/resources/{work}/parts", AUTHOR, parts=wanted)["parts"]
    assert [(part["asset_id"], part["role"], part["is_guessed"]) for part in changed] == [
        (third, "slides", False), (first, "plan", True), (second, "task_sheet", False),
    ]  # fmt: skip
    assert ask(district, "PUT", f"/resources/{work}/parts", AUTHOR, 409, parts=wanted[:2])["code"] == "other_files"
    assert [f["asset_id"] for f in ask(district, "GET", f"/resources/{work}", AUTHOR)["files"]] == [third, first, second]
    ask(district, "POST", f"/resources/{work}/submission", AUTHOR)
    assert ask(district, "PUT", f"/resources/{work}/parts", AUTHOR, 409, parts=wanted[::-1])["code"] == "wrong_step"
    ask(district, "PUT", f"/resources/{work}/parts", AUTHOR, parts=[*wanted[:2], {"asset_id": second, "role": "other"}])
    page = works.page(AUTHOR, f"/resources/{work}/parts")
    assert "不能改顺序" in page
    works.page(COLLEAGUE, f"/resources/{work}/parts", 404)
    line = works.page(AUTHOR, f"/resources/{work}")
    assert line.count("还没有") == 3
    assert f"/resources/{work}/offline" in line

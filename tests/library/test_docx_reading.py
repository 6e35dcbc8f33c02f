"""A plan out of somebody's Word file: templates are recognised, no word is lost, hostile files are refused by name."""

import io
import json
import zipfile

import docx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from resource_hub.infra import child
from resource_hub.library import lesson_plan
from resource_hub.library.lesson_plan import Plan
from resource_hub.library.planning.docx_reading import read

Rows = list[list[str]]
SIX = ["环节", "时间", "教师活动", "学生活动", "设计意图", "村校端"]
CONTENT = "[Content_Types].xml"


def file_of(*parts: str | Rows) -> bytes:
    """Return a Word file of paragraphs and tables."""
    document = docx.Document()
    for part in parts:
        if isinstance(part, str):
            document.add_paragraph(part)
            continue
        table = document.add_table(rows=len(part), cols=max(map(len, part)))
        for there, row in zip(table.rows, part, strict=True):
            for cell, text in zip(there.cells, row, strict=False):  # a row may end early
                cell.text = text
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()


def plan_of(data: bytes) -> Plan:
    return Plan.model_validate(json.loads(read(data))["plan"])


def said(plan: Plan) -> str:
    words = [plan.title, plan.periods, *(step.name for step in plan.steps)]
    return "\n".join([*words, *(lesson_plan.words(text) for text in lesson_plan.every_text(plan))])


def zipped(**members: bytes) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name.replace("__", "/"), data)
    return written.getvalue()


def test_names_and_values_sections_and_stages_find_their_places() -> None:
    stages = [
        ["教学环节", "学生活动", "教师活动", "设计意图", "时间", "村端活动"],
        ["一、导入", "看月饼", "出示月饼", "联系生活", "5分钟", "看圆饼"],
        ["二、探究（20分钟）", "折纸", "巡视", "动手", "", "折玉米叶"],
    ]
    plan = plan_of(
        file_of(
            "《认识几分之一》教学设计", [["课题", "认识几分之一", "课时", "1课时"], ["教学目标", "理解平均分", "学情分析", "见过半个"]],
            "一、教材分析", "从整数到分数。", "教学重点：几分之一", "四、教学过程", stages, "【板书设计】", "1/2", "六、课后反思", "下次慢一点",
        )
    )  # fmt: skip
    assert (plan.title, plan.periods) == ("认识几分之一", "1课时")
    sections = {name: lesson_plan.words(getattr(plan, name)) for name in lesson_plan.SECTIONS}
    assert sections["goals"] == "理解平均分"
    assert sections["textbook"] == "从整数到分数。"
    assert sections["key_points"] == "教学重点：\n几分之一"
    assert (sections["board"], sections["reflection"]) == ("1/2", "下次慢一点")
    assert [(step.name, step.minutes) for step in plan.steps] == [("一、导入", 5), ("二、探究（20分钟）", 20)]
    assert [lesson_plan.words(step.village) for step in plan.steps] == ["看圆饼", "折玉米叶"]
    assert lesson_plan.words(plan.steps[1].pupils) == "折纸"


def test_stages_written_as_paragraphs_are_stages_too() -> None:
    plan = plan_of(file_of("教学过程", "（一）导入", "出示图片", "学生：说一说", "（二）练习", "设计意图：巩固", "作业设计", "抄一遍"))
    assert [step.name for step in plan.steps] == ["（一）导入", "（二）练习"]
    assert lesson_plan.words(plan.steps[0].pupils) == "说一说"
    assert lesson_plan.words(plan.steps[1].intent) == "巩固"
    assert lesson_plan.words(plan.homework) == "抄一遍"


HAN = st.text(alphabet="甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥，。：、0123abc（）", min_size=1, max_size=30).filter(
    lambda text: text.strip()
)
TITLES = st.sampled_from(["一、教学目标", "教材分析", "【板书设计】", "教学过程", "学情分析：", "五、作业", "教学难点"])
TABLES = st.lists(st.lists(HAN, min_size=6, max_size=6), max_size=4).flatmap(
    lambda rows: st.sampled_from([rows, [SIX, *rows], [[SIX[2], "资源", *SIX[3:5], SIX[0], SIX[1]], *rows]])
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.one_of(HAN, TITLES, TABLES), max_size=8))
def test_every_word_of_the_file_is_in_the_plan(parts: list[str | Rows]) -> None:
    plan = plan_of(file_of(*(part for part in parts if part)))
    whole = "".join(said(plan).split()) + "".join(str(step.minutes) for step in plan.steps)
    for part in parts:
        for text in [part] if isinstance(part, str) else [cell for row in part for cell in row]:
            if (
                text not in SIX
                and (text, len(part)) != ("资源", 1)
                and text not in {"一、教学目标", "教材分析", "【板书设计】", "教学过程", "学情分析：", "五、作业"}
            ):
                assert all(piece in whole for piece in "".join(text.split()).split("：")), text


def test_words_in_boxes_controls_and_formulas_are_read_and_deleted_ones_are_not() -> None:
    w, m = "http://schemas.openxmlformats.org/wordprocessingml/2006/main", "http://schemas.openxmlformats.org/officeDocument/2006/math"
    body = (
        f'<w:document xmlns:w="{w}" xmlns:m="{m}"><w:body><w:p><w:r><w:t>板书</w:t></w:r></w:p>'
        "<w:sdt><w:sdtContent><w:p><w:ins><w:r><w:t>插入的</w:t></w:r></w:ins><w:del><w:r><w:delText>删去的</w:delText></w:r></w:del>"
        "<m:oMath><m:r><m:t>x+1</m:t></m:r></m:oMath><w:r><w:pict><w:txbxContent><w:p><w:r><w:t>框里的</w:t></w:r></w:p></w:txbxContent></w:pict>"
        "</w:r></w:p></w:sdtContent></w:sdt></w:body></w:document>"
    )
    plan = plan_of(zipped(word__document=b"", **{"word__document.xml": body.encode()}))
    assert lesson_plan.words(plan.board) == "插入的x+1\n框里的"


def test_three_hundred_rows_and_a_thousand_paragraphs_fit() -> None:
    many = [SIX, *[[f"环{n}", "1", f"教{n}", "", "", f"村{n}"] for n in range(330)]]
    plan = plan_of(file_of("教学目标", *[f"目标{n}" for n in range(500)], "教学过程", many))
    assert len(plan.steps) == lesson_plan.MOST_STEPS
    whole = said(plan)
    assert all(word in whole for word in ("目标499", "环329", "教329", "村329"))


BOMB = {"word__document.xml": b"<a>" + b" " * (30 << 20) + b"</a>"}
ENTITIES = b'<!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;">]><a>&c;</a>'


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"no zip at all", "broken"),
        (file_of("a")[:500], "broken"),
        (zipped(**{"word__document.xml": b"<w:p"}), "broken"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "locked"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old"),
        (zipped(**BOMB), "bomb"),
        (zipped(**{"word__document.xml": ENTITIES}), "unsafe"),
        (zipped(**{"word__document.xml": ENTITIES.decode().encode("utf-16")}), "unsafe"),
        (zipped(**{"word__document.xml": b"<a/>", "word__vbaProject.bin": b"x"}), "macro"),
        (zipped(**{"ppt__presentation.xml": b"<a/>"}), "other"),
    ],
    ids=["text", "cut", "xml", "locked", "doc", "bomb", "entities", "entities16", "macro", "pptx"],
)
def test_a_file_that_is_none_of_ours_is_refused_by_name(data: bytes, reason: str) -> None:
    with pytest.raises(child.Refused) as refusal:
        read(data)
    assert refusal.value.reason == reason


def test_a_child_is_ended_at_its_limits() -> None:
    with pytest.raises(child.Refused, match="broken"):
        child.run("resource_hub.library.planning.docx_reading", b"x", wall_s=20, memory_mb=1000)
    with pytest.raises(child.TooHard):
        child.run("resource_hub.library.planning.docx_reading", file_of("a" * 100), wall_s=20, memory_mb=40)

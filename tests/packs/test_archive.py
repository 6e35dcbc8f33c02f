"""Zips of others: names in GBK, paths that lead outside, links, bombs, and five thousand files."""

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resource_hub.packs import tables
from resource_hub.packs.archive import MOST_MEMBERS, BadArchive, HugeArchive, ZipBomb, clean, open_archive


def packed(*members: tuple[str | zipfile.ZipInfo, bytes], compression: int = zipfile.ZIP_STORED) -> io.BytesIO:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return out


def packed_by_a_chinese_pc(*names: str, encoding: str = "gbk") -> io.BytesIO:
    """Write names as a PC does that does not mark them as UTF-8: the bytes stand in for themselves."""
    stand_ins = [f"{n:03}".ljust(len(name.encode(encoding)), "x") for n, name in enumerate(names)]
    data = packed(*((stand_in, b"x") for stand_in in stand_ins)).getvalue()
    for stand_in, name in zip(stand_ins, names, strict=True):
        data = data.replace(stand_in.encode(), name.encode(encoding))
    return io.BytesIO(data)


@pytest.mark.parametrize("encoding", ["gbk", "utf-8"])
def test_names_are_read_as_they_were_meant(encoding: str) -> None:
    names = ("分数/教学设计.docx", "分数/课件.pptx", "分数/乗法.txt")  # 乗 ends in a backslash in GBK
    with open_archive(packed_by_a_chinese_pc(*names, encoding=encoding)) as archive:
        assert tuple(archive.members) == names
        assert archive.read("分数/教学设计.docx", 10) == b"x"


def test_a_table_may_name_a_file_without_its_folders_when_only_one_is_meant() -> None:
    with open_archive(packed(("包/一/教案.docx", b"1"), ("包/二/教案.docx", b"2"), ("包/二/课件.pptx", b"3"))) as archive:
        assert [member and member.name for member in map(archive.find, ("课件.pptx", "二\\教案.docx", "教案.docx", "件.pptx", ""))] == [
            "包/二/课件.pptx", "包/二/教案.docx", None, None, None,
        ]  # fmt: skip


def test_what_is_hostile_is_told_at_the_member_and_clutter_is_left_out() -> None:
    link = zipfile.ZipInfo("链接.docx")
    link.external_attr = 0o120777 << 16
    given_members = (("../外面.docx", b"1"), ("/etc/passwd", b"1"), ("c:/x.docx", b"1"), (link, b"/etc/passwd"), ("套.zip", b"1"), ("空.docx", b""),
                     ("好.docx", b"1"), ("__MACOSX/._好.docx", b"1"), ("Thumbs.db", b"1"), ("~$好.docx", b"1"))  # fmt: skip
    with open_archive(packed(*given_members)) as archive:
        assert {name: bool(member.problem) for name, member in archive.members.items()} == {
            "../外面.docx": True, "/etc/passwd": True, "c:/x.docx": True, "链接.docx": True, "套.zip": True, "空.docx": True, "好.docx": False,
        }  # fmt: skip


def test_a_bomb_is_left_before_it_fills_the_disk() -> None:
    with open_archive(packed(("炸弹.txt", b"\0" * (64 << 20)), compression=zipfile.ZIP_DEFLATED)) as archive, pytest.raises(ZipBomb):
        archive.digest("炸弹.txt", lambda: None)


def test_five_thousand_files_are_read_and_one_more_is_not() -> None:
    many = [(f"{n}.txt", b"1") for n in range(MOST_MEMBERS)]
    with open_archive(packed(*many)) as archive:
        assert len(archive.members) == MOST_MEMBERS
    with pytest.raises(HugeArchive), open_archive(packed(*many, ("one-more.txt", b"1"))):
        pass


@given(st.binary(max_size=400))
def test_no_bytes_do_more_than_be_refused(data: bytes) -> None:
    with pytest.raises(BadArchive), open_archive(io.BytesIO(b"PK\x03\x04" + data)):
        pass


@given(st.text(max_size=60))
def test_a_clean_name_stays_clean(name: str) -> None:
    assert clean(clean(name)) == clean(name) or clean(name).startswith(("./", " "))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_table_is_read_in_the_encodings_of_chinese_pcs(encoding: str) -> None:
    text = "文件,标题*,类型(选填)\n教案.docx;课件.pptx; 作业.docx,分数的初步认识,课例包\n,,\n录像.mp4,倍的认识,\n"
    lines = tables.read(text.encode(encoding))
    assert [(line.number, line.files, line.cells) for line in lines] == [
        (2, ["教案.docx", "课件.pptx", "作业.docx"], {"title": "分数的初步认识", "kind": "课例包"}),
        (4, ["录像.mp4"], {"title": "倍的认识"}),
    ]


def test_the_template_can_be_read_again() -> None:
    (line,) = tables.read(tables.template())
    assert line.files == ["分数/教案.docx", "分数/课件.pptx"]
    assert set(line.cells) == {"title", "kind", "node", "keywords", "summary", "licence", "village_fit"}


def test_a_table_without_files_and_one_that_is_none_are_told() -> None:
    with pytest.raises(tables.ColumnMissing):
        tables.read("标题\n分数\n".encode())
    for data in (b"", b"\x00\x01", b"PK\x03\x04 no zip"):
        with pytest.raises((tables.UnreadableTable, tables.ColumnMissing)):
            tables.read(data)
    with pytest.raises(tables.TableTooLarge):
        tables.read(("文件\n" + "a.docx\n" * 2001).encode())

"""Rosters: files that mean harm, rows that do not fit, and importing all or nothing."""

import io
import re
import zipfile
from collections.abc import Sequence
from pathlib import Path

import openpyxl
import pytest
import sqlalchemy as sa
from click.testing import CliRunner
from werkzeug.test import TestResponse

from resource_hub.cli.people import command
from resource_hub.infra import unit
from resource_hub.infra.db import db
from resource_hub.kernel.errors import Invalid, TooLarge
from resource_hub.kernel.settings import Settings
from resource_hub.people import queries, roster
from resource_hub.people.models import Account, Person, RosterImport
from tests.people.standing import Browser, Town
from tests.people.test_admin import sheet_rows

GOOD = ["安然", "QL00100", "13812345678", "青岚区实验小学", "数学、科学", "教师、教研组长", "anran"]


def sheet(*rows: Sequence[object], header: Sequence[str] = roster.COLUMNS) -> bytes:
    book = openpyxl.Workbook()
    page = book.worksheets[0]
    page.append(list(header))
    for row in rows:
        page.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def changed(**cells: str) -> list[str]:
    names = {"name": 0, "number": 1, "phone": 2, "school": 3, "subjects": 4, "roles": 5, "account": 6}
    row = list(GOOD)
    for name, value in cells.items():
        row[names[name]] = value
    return row


def made_distinct(row: list[str], n: int) -> list[str]:
    """Give a row a number and an account of its own, but keep the one that is wrong."""
    number = f"QL009{n:02}" if row[1] == GOOD[1] else row[1]
    account = f"u{n}x" if row[6] == GOOD[6] else row[6]
    return [row[0], number, *row[2:6], account]


def upload(browser: Browser, data: bytes, name: str = "名册.xlsx") -> TestResponse:
    given = {"file": (io.BytesIO(data), name)}
    return browser.post("/admin/people/import", given, page="/admin/people/import", content_type="multipart/form-data")


def test_the_template_is_read_back_with_its_headings() -> None:
    with pytest.raises(Invalid) as refused:
        roster.read_rows(roster.template())
    assert refused.value.code == "empty_sheet"


def test_numbers_of_excel_become_the_text_that_was_meant() -> None:
    rows = roster.read_rows(sheet(["安然", 100234, 13812345678.0, None, None, "教师"]))
    assert rows[0].cells["工号"] == "100234"
    assert rows[0].cells["手机"] == "13812345678"


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04rubbish", b"name,number\nx,1", b"\xd0\xcf\x11\xe0" + b"\0" * 600])
def test_what_is_no_sheet_is_refused_in_words(data: bytes) -> None:
    with pytest.raises(Invalid) as refused:
        roster.read_rows(data)
    assert "模板" in refused.value.message


def test_a_zip_that_unpacks_to_very_much_is_not_read() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("xl/worksheets/sheet1.xml", b"0" * (60 << 20))
    assert len(out.getvalue()) < roster.MOST_BYTES
    with pytest.raises(TooLarge):
        roster.read_rows(out.getvalue())


def test_a_sheet_with_entities_is_refused() -> None:
    attack = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><worksheet>&a;</worksheet>'
    with pytest.raises(Invalid) as refused:
        roster.read_rows(replaced(sheet(GOOD), "xl/worksheets/sheet1.xml", attack))
    assert refused.value.code == "unreadable_sheet"


def test_a_sheet_that_claims_a_million_rows_is_read_by_what_it_holds() -> None:
    data = sheet(GOOD)
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        inside = package.read("xl/worksheets/sheet1.xml").replace(b"A1:G2", b"A1:XFD1048576")
    assert len(roster.read_rows(replaced(data, "xl/worksheets/sheet1.xml", inside))) == 1


def test_more_rows_than_fit_are_refused() -> None:
    with pytest.raises(TooLarge):
        roster.read_rows(sheet(*([GOOD[:2]] * (roster.MOST_ROWS + 1))))
    with pytest.raises(TooLarge):
        roster.read_rows(sheet(*([GOOD[:2]] * (roster.MOST_ROWS + 400))))


def test_a_missing_column_is_named() -> None:
    with pytest.raises(Invalid) as refused:
        roster.read_rows(sheet(GOOD[:4], header=roster.COLUMNS[:4]))
    assert refused.value.params["columns"] == "学科、角色"


WRONG = (
    (changed(name="=1+1"), "姓名", "这一格是公式，请改成文字。"),
    (changed(name=""), "姓名", "这一项需要填写。"),
    (changed(number="QL00004"), "工号", "这个工号已经在名册里。"),
    (changed(number="330102199001011234"), "工号", "这像是身份证号。平台不保存身份证号，请填工号。"),
    (changed(phone="+1+1"), "手机", "这一格是公式，请改成文字。"),
    (changed(phone="不详"), "手机", "手机号码不对，请填 11 位数字。"),
    (changed(school="实验小学"), "学校", "没有叫“实验小学”的学校，请填全称。"),
    (changed(subjects="数学、奥数"), "学科", "没有叫“奥数”的学科。"),
    (changed(roles="教师、院长"), "角色", "没有叫“院长”的角色。"),
    (changed(roles="区管理员"), "角色", "“区管理员”和学校这一列对不上"),
    (changed(roles="班级终端"), "角色", "没有叫“班级终端”的角色。"),
    (changed(account="安然"), "账号", "账号用 2 到 40 个小写字母"),
    (changed(account="LinXiaoYun"), "账号", "这个账号已经有人用，请换一个。"),
)


@pytest.mark.slow
def test_each_wrong_cell_is_told_with_row_and_column_and_nothing_is_imported(town: Town) -> None:
    fine = changed(number="QL00200", account="fine", phone="+86 13812345678")
    rows = [made_distinct(row, n) for n, (row, _column, _sentence) in enumerate(WRONG)]
    answer = upload(town.browser("minjie"), sheet(fine, *rows))
    assert answer.status_code == 422
    told = " ".join(re.sub(r"<[^>]*>", " ", answer.text).split())
    for number, (_row, column, sentence) in enumerate(WRONG, start=3):
        assert f"{number} {column} {sentence}" in told
    assert f"{len(WRONG)} 处要改" in told
    with town.app.app_context(), unit.read():
        assert queries.person_by_login("fine") is None
        assert db.session.scalar(sa.select(RosterImport)) is None


@pytest.mark.slow
def test_the_same_number_twice_in_one_sheet_is_told_for_both_rows(town: Town) -> None:
    answer = upload(town.browser("minjie"), sheet(GOOD, changed(account="other")))
    assert answer.text.count("表里有两行用了同一个工号。") == 2


@pytest.mark.slow
def test_a_checked_roster_is_imported_whole_and_its_passwords_are_given_once(town: Town) -> None:
    dean = town.browser("qiulan")
    answer = upload(dean, sheet(GOOD, changed(name="简宁", number="QL00101", account="", subjects="")))
    assert answer.status_code == 303
    assert "检查通过：2 位同事" in dean.get(answer.location).text
    with town.app.app_context(), unit.read():
        assert queries.person_by_login("anran") is None

    given = dean.post(f"{answer.location}/confirmation", page="/admin/people/import")
    rows = sheet_rows(given.data)
    assert [row[:3] for row in rows[1:]] == [["青岚区实验小学", "安然", "anran"], ["青岚区实验小学", "简宁", "ql00101"]]
    for _school, _name, account, password in rows[1:]:
        assert town.browser().sign_in(str(account), str(password)).location == "/account"
    with town.app.app_context(), unit.read():
        person = queries.person(queries.person_by_login("anran") or "")
        assert person is not None
        assert [(grant.role.value, grant.subjects) for grant in person.roles] == [("group_head", ("math", "science")), ("teacher", ())]
        assert db.session.scalar(sa.select(RosterImport)) is None
    assert dean.post(f"{answer.location}/confirmation", page="/admin/people/import").status_code == 404


@pytest.mark.slow
def test_a_roster_that_stopped_fitting_after_its_check_imports_nobody(town: Town) -> None:
    first, second = town.browser("minjie"), town.browser("qiulan")
    waiting = upload(first, sheet(changed(number="QL00200", account="fine"), GOOD)).location
    done = upload(second, sheet(GOOD)).location
    assert second.post(f"{done}/confirmation", page="/admin/people/import").status_code == 200
    assert first.post(f"{waiting}/confirmation", page="/admin/people/import").status_code == 409
    with town.app.app_context(), unit.read():
        assert queries.person_by_login("fine") is None


@pytest.mark.slow
def test_a_dean_imports_neither_other_schools_nor_powerful_roles(town: Town) -> None:
    rows = (
        changed(school="城南小学"),
        changed(number="QL00101", account="b", roles="校长"),
        changed(number="QL00102", account="cc", school=""),
    )
    answer = upload(town.browser("qiulan"), sheet(*rows))
    assert answer.text.count("您只能导入自己学校的同事。") == 2
    assert "您不能授予“校长”，请联系区管理员。" in answer.text


@pytest.mark.slow
def test_a_checked_roster_belongs_to_whoever_handed_it_in(town: Town) -> None:
    waiting = upload(town.browser("minjie"), sheet(GOOD)).location
    other = town.browser("qiulan")
    assert other.get(waiting).status_code == 404
    assert other.post(f"{waiting}/confirmation", page="/admin/people/import").status_code == 404


@pytest.mark.slow
def test_a_large_roster_is_imported_in_few_statements_a_head(town: Town) -> None:
    rows = [changed(name=f"教师{n}", number=f"N{n:05}", account="") for n in range(400)]
    browser = town.browser("minjie")
    waiting = upload(browser, sheet(*rows)).location
    assert browser.post(f"{waiting}/confirmation", page="/admin/people/import").status_code == 200
    with town.app.app_context(), unit.read():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Person)) == 407


@pytest.mark.slow
def test_the_command_line_imports_resets_and_locks(town: Town, hub_settings: Settings, tmp_path: Path) -> None:
    file, passwords = tmp_path / "roster.xlsx", tmp_path / "passwords.xlsx"
    file.write_bytes(sheet(GOOD))
    run = CliRunner(env={"HUB_DATA": hub_settings.data, "HUB_DATABASE_URL": hub_settings.database_url, "HUB_DEMO": "0"}).invoke
    assert run(command, ["import-roster", str(file), "--check"]).exit_code == 0
    assert run(command, ["import-roster", str(file)]).exit_code == 2
    done = run(command, ["import-roster", str(file), "--passwords-to", str(passwords)])
    assert done.exit_code == 0, done.output
    assert passwords.stat().st_mode & 0o777 == 0o600
    password = str(sheet_rows(passwords.read_bytes())[1][3])
    assert town.browser().sign_in("anran", password).status_code == 303

    assert "anran\t安然\tQL00100\t青岚区实验小学\t教研组长、教师" in run(command, ["list", "--words", "安然"]).output
    reset = run(command, ["reset-password", "anran"]).output.strip()
    assert town.browser().sign_in("anran", password).status_code == 401
    assert town.browser().sign_in("anran", reset).status_code == 303
    assert run(command, ["lock", "anran"]).exit_code == 0
    assert town.browser().sign_in("anran", reset).status_code == 403
    assert run(command, ["unlock", "anran"]).exit_code == 0
    assert town.browser().sign_in("anran", reset).status_code == 303
    with town.app.app_context(), unit.read():
        assert db.session.scalar(sa.select(Account.must_change).where(Account.login == "anran"))


def replaced(data: bytes, member: str, content: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            target.writestr(name, content if name == member else source.read(name))
    return out.getvalue()

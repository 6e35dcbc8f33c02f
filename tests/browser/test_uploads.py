"""Uploads through falls of the line: what is stored stays stored, what is missing is sent, and words say which."""

import os
import re
import sqlite3
import wave
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, Response, Route, expect

from tests.browser.conftest import PASSWORD, PATIENCE_MS, OpenPage, Sending, sign_in
from tests.browser.publishing import publish
from tests.running_platform import Platform

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

FILES = "input[data-upload=files]"
MIB = 1024 * 1024


class Parts:
    """The parts that a page has stored, by the answers of storage, and how fast it sends them."""

    def __init__(self, page: Page) -> None:
        self.stored: list[int] = []
        self.sending = Sending(page)
        page.on("response", self._note)

    def _note(self, answer: Response) -> None:
        number = re.search(r"[?&]partNumber=(\d+)", answer.url)
        if number and answer.request.method == "PUT" and answer.ok:
            self.stored.append(int(number[1]))


@pytest.fixture
def sound(tmp_path: Path) -> Callable[..., Path]:
    """Write a recording of noise, four parts long, that differs from all others."""

    def write(name: str = "朗读 静夜思.wav", size: int = 16 * MIB) -> Path:
        folder = tmp_path / os.urandom(4).hex()
        folder.mkdir()
        with wave.open(str(folder / name), "wb") as out:
            out.setnchannels(2)
            out.setsampwidth(2)
            out.setframerate(44_100)
            out.writeframes(os.urandom(size))
        return folder / name

    return write


def begin(page: Page, address: str, *files: Path, bytes_a_second: int = 3 * MIB) -> Parts:
    """Open the upload page, put in files, and return when the first part is stored."""
    parts = Parts(page)
    parts.sending.limit(bytes_a_second)
    page.goto(f"{address}/upload")
    page.set_input_files(FILES, files)
    while not parts.stored:
        page.wait_for_timeout(50)
    return parts


def missing_parts(page: Page) -> set[int]:
    """Return the parts of the draft's only upload that storage does not have, as the server says."""
    stored = page.evaluate(
        """async () => {
          const ask = async (path) => (await (await fetch('/api/v1' + path)).json()).data
          const draft = await ask('/drafts/' + new URLSearchParams(location.search).get('draft'))
          return (await ask('/uploads/' + draft.uploads[0].id)).parts.map(part => part.number)
        }"""
    )
    return {1, 2, 3, 4} - set(stored)


def test_after_a_reload_only_what_is_missing_is_sent_and_no_other_file_is_taken(
    address: str, open_page: OpenPage, sound: Callable[..., Path]
) -> None:
    right, same_size, other_size = sound(), sound(), sound(size=2 * MIB)
    page = open_page("linxiaoyun").page
    before = begin(page, address, right)
    page.fill("#f-title", "静夜思,两种读法")
    expect(page.locator(".upload-form [role=status]")).to_have_text("资料已保存")
    page.reload()
    row = page.locator(".upload-row")
    expect(row).to_contain_text("请再次选择同一文件以继续")
    expect(page.locator("#f-title")).to_have_value("静夜思,两种读法")
    missing = missing_parts(page)
    assert not missing & set(before.stored)
    after = Parts(page)
    for wrong in (other_size, same_size):
        row.locator("input[type=file]").set_input_files(wrong)
        expect(row).to_contain_text("不是同一个文件")
        assert after.stored == []
    row.locator("input[type=file]").set_input_files(right)
    expect(row).to_have_class("upload-row upload-done")
    assert set(after.stored) <= missing


def test_an_upload_goes_on_at_another_computer(address: str, open_page: OpenPage, sound: Callable[..., Path]) -> None:
    file = sound()
    home = open_page("zhonghai")
    before = begin(home.page, address, file)
    home.page.context.close()
    school = open_page("zhonghai").page
    after = Parts(school)
    school.goto(f"{address}/upload")
    school.click("text=没完成的草稿")
    school.click("text=接着做")
    expect(school.locator(".upload-row")).to_contain_text("请再次选择同一文件以继续")
    missing = missing_parts(school)
    assert not missing & set(before.stored)
    school.set_input_files(FILES, file)
    expect(school.locator(".upload-row")).to_have_class("upload-row upload-done")
    assert set(after.stored) <= missing


def test_a_cut_line_is_told_and_heals_by_itself(address: str, open_page: OpenPage, sound: Callable[..., Path]) -> None:
    watched = open_page("linxiaoyun", ["net::ERR_INTERNET_DISCONNECTED", "net::ERR_NETWORK_CHANGED"])
    page = watched.page
    sending = begin(page, address, sound()).sending
    sending.cut()
    expect(page.locator(".upload-row")).to_contain_text("网络断开了")
    expect(page.locator(".upload-row")).to_contain_text("不会丢")
    sending.limit(8 * MIB)
    expect(page.locator(".upload-row")).to_have_class("upload-row upload-done")


def test_a_paused_upload_waits_and_goes_on(address: str, open_page: OpenPage, sound: Callable[..., Path]) -> None:
    page = open_page("linxiaoyun").page
    begin(page, address, sound())
    page.get_by_role("button", name="暂停").click()
    expect(page.locator(".upload-row")).to_contain_text("已暂停")
    page.get_by_role("button", name="继续").click()
    expect(page.locator(".upload-row")).to_have_class("upload-row upload-done")


def test_several_files_become_one_resource(address: str, open_page: OpenPage, sound: Callable[..., Path]) -> None:
    page = open_page("linxiaoyun").page
    begin(page, address, sound("童谣 范读.wav", MIB), sound("童谣 伴奏.wav", 2 * MIB), bytes_a_second=-1)
    expect(page.locator(".upload-row.upload-done")).to_have_count(2)
    page.fill("#f-title", "童谣两首")
    page.select_option("#f-kind", "media_asset")
    page.get_by_role("button", name="保存为资源").click()
    page.wait_for_url("**/resources/res_*")
    expect(page.locator(".file")).to_have_count(2)


def test_what_is_no_teaching_file_is_refused_in_words_at_its_row(address: str, open_page: OpenPage, tmp_path: Path) -> None:
    watched = open_page("linxiaoyun", ["422"])
    empty, program, broken = tmp_path / "空.pptx", tmp_path / "课件.exe", tmp_path / "课件.pptx"
    empty.touch()
    program.write_bytes(b"MZ" + bytes(58) + b"\x80\0\0\0" + bytes(64) + b"PE\0\0" + os.urandom(4096))
    broken.write_bytes(os.urandom(4096))
    page = watched.page
    page.goto(f"{address}/upload")
    page.set_input_files(FILES, [empty, program, broken])
    for name, words in (("空.pptx", "0 字节"), ("课件.exe", "可执行程序"), ("课件.pptx", "认不出这个文件的内容")):
        row = page.locator(".upload-row", has_text=name)
        expect(row).to_contain_text(words)
        expect(row).to_have_class("upload-row upload-refused")


def hold_first(page: Page, glob: str, method: str) -> list[Route]:
    """Let the first request of this kind wait, as on a slow line; returns it once it is asked."""
    held: list[Route] = []

    def pass_or_hold(route: Route) -> None:
        if held or route.request.method != method:
            route.continue_()
        else:
            held.append(route)

    page.route(glob, pass_or_hold)
    return held


def until_held(page: Page, held: list[Route]) -> str:
    """Return the address that it asks for."""
    while not held:
        page.wait_for_timeout(50)
    return held[0].request.url


def leave_upload(platform: Platform, ident: str, changes: str) -> None:
    """Leave the row of an upload as a platform that died at this moment leaves it."""
    with sqlite3.connect(platform.data / "hub.sqlite3", timeout=30) as database:
        assert database.execute(f"UPDATE upload SET {changes} WHERE id = ?", (ident,)).rowcount == 1
    database.close()


def test_words_typed_while_a_draft_is_on_its_way_stay(address: str, open_page: OpenPage) -> None:
    page = open_page("linxiaoyun").page
    page.goto(f"{address}/upload")
    page.fill("#f-title", "早先的标题")
    page.fill("#f-summary", "早先的简介")
    expect(page.locator(".upload-form [role=status]")).to_have_text("资料已保存")
    held = hold_first(page, "**/api/v1/drafts/*", "GET")
    page.reload()
    until_held(page, held)
    page.fill("#f-title", "正在写的标题")
    held[0].continue_()
    expect(page.locator("#f-summary")).to_have_value("早先的简介")
    expect(page.locator("#f-title")).to_have_value("正在写的标题")
    expect(page.locator(".upload-form [role=status]")).to_have_text("资料已保存")
    page.reload()
    expect(page.locator("#f-title")).to_have_value("正在写的标题")


def test_unsent_words_wait_for_their_own_author_on_a_shared_computer(address: str, open_page: OpenPage) -> None:
    page = open_page("linxiaoyun", ["net::ERR_FAILED"]).page
    page.route("**/api/v1/drafts", lambda route: route.abort())
    page.goto(f"{address}/upload")
    page.fill("#f-title", "还没发出的话")
    for account, title in (("zhonghai", ""), ("linxiaoyun", "还没发出的话")):
        page.context.clear_cookies()
        sign_in(page, address, account)
        page.goto(f"{address}/upload")
        expect(page.locator("#f-title")).to_have_value(title)


def test_a_file_whose_parts_are_being_joined_is_not_asked_for_again(
    address: str, platform: Platform, open_page: OpenPage, sound: Callable[..., Path]
) -> None:
    page = open_page("linxiaoyun", ["409 (Conflict)"]).page
    held = hold_first(page, "**/api/v1/uploads/*/finish", "POST")
    begin(page, address, sound(size=MIB), bytes_a_second=-1)
    ident = until_held(page, held).split("/")[-2]
    # A minute is given to whoever joins; at first somebody seems to be at it still.
    leave_upload(platform, ident, "state = 'finishing', finishing_at = strftime('%Y-%m-%d %H:%M:%f000', 'now', '-45 seconds')")
    after = Parts(page)
    page.reload()
    expect(page.locator(".upload-row")).to_have_class("upload-row upload-done", timeout=PATIENCE_MS)
    assert after.stored == []


def test_an_upload_that_was_never_opened_is_begun_anew(
    address: str, platform: Platform, open_page: OpenPage, sound: Callable[..., Path]
) -> None:
    page = open_page("linxiaoyun").page
    file = sound(size=2 * MIB)
    held = hold_first(page, "**/api/v1/uploads/*/finish", "POST")
    begin(page, address, file, bytes_a_second=-1)
    leave_upload(platform, until_held(page, held).split("/")[-2], "state = 'opening', multipart_id = NULL")
    page.reload()
    row = page.locator(".upload-row")
    expect(row).to_contain_text("上次没能开始传")
    row.locator("input[type=file]").set_input_files(file)
    expect(row).to_have_class("upload-row upload-done")
    page.reload()
    expect(row).to_have_class("upload-row upload-done")
    expect(row).to_have_count(1)


def test_parts_are_checked_in_the_page_where_the_worker_does_not_load(
    address: str, open_page: OpenPage, sound: Callable[..., Path]
) -> None:
    page = open_page("linxiaoyun", ["digest.worker"]).page
    page.route("**/digest.worker*", lambda route: route.abort())
    begin(page, address, sound(), bytes_a_second=-1)
    expect(page.locator(".upload-row")).to_have_class("upload-row upload-done", timeout=PATIENCE_MS)


def test_bytes_that_are_there_already_are_told_before_saving(address: str, open_page: OpenPage, sound: Callable[..., Path]) -> None:
    file = sound(size=MIB)
    first = publish(address, "linxiaoyun", PASSWORD, [file], title="早就有的朗读", kind="media_asset")
    page = open_page("linxiaoyun").page
    begin(page, address, file, bytes_a_second=-1)
    twin = page.get_by_role("link", name="早就有的朗读")
    expect(twin).to_be_visible(timeout=PATIENCE_MS)
    assert twin.get_attribute("href") == first

"""Uploads through falls of the line: what is stored stays stored, what is missing is sent, and words say which."""

import os
import re
import wave
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, Response, expect

from tests.browser.conftest import OpenPage, Sending

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
